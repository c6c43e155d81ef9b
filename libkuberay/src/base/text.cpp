#include "base/quote.hpp"
#include "base/utf8.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <utility>

namespace kuberay {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

// Characters that turn the direction of what follows, so that a line reads otherwise than it is.
bool is_bidi_control(char32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_caret(std::string& to, char32_t c)
{
    to += '^';
    to += static_cast<char>(c ^ 0x40);  // ESC is ^[, DEL is ^?
}

void append_code_name(std::string& to, char32_t c)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    to += "<U+";
    for (int shift = 12; shift >= 0; shift -= 4)
        to += digits[(c >> shift) & 0xF];
    to += '>';
}

std::string neutralised(std::string_view text, std::string_view allowed)
{
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        auto const step = next_code_point(text);
        char32_t const c = step.code_point;
        if (!step.valid)
            append_code_point(safe, 0xFFFD);
        else if (c < 0x80 && allowed.find(static_cast<char>(c)) != std::string_view::npos)
            safe += static_cast<char>(c);
        else if (c < 0x20 || c == 0x7F)
            append_caret(safe, c);
        else if ((c >= 0x80 && c <= 0x9F) || is_bidi_control(c) || c == 0x2028 || c == 0x2029)
            append_code_name(safe, c);
        else
            safe.append(text, 0, step.length);
        text.remove_prefix(step.length);
    }
    return safe;
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view text)
{
    if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

}  // namespace

std::string printable(std::string_view text) { return neutralised(text, "\n\t"); }

std::string printable_line(std::string_view text) { return neutralised(text, std::string_view()); }

std::string quoted(std::string_view text)
{
    constexpr std::size_t longest = 64;
    bool const cut = text.size() > longest;
    if (cut) {
        std::size_t end = longest;
        while (end > longest - 4 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u)
            --end;
        text = text.substr(0, end);
    }
    return "\"" + printable_line(text) + (cut ? "...\"" : "\"");
}

std::size_t display_width(std::string_view text) noexcept
{
    std::size_t width = 0;
    for (; !text.empty(); ++width)
        text.remove_prefix(next_code_point(text).length);
    return width;
}

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    // Optimal string alignment: three rows of the usual table.
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(above);
        above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::vector<std::string>
nearest(std::string_view word, std::vector<std::string> const& candidates, std::size_t max_distance)
{
    constexpr std::size_t most_shown = 3;
    // Every short word is two edits from any other.
    std::size_t const allowed = word.size() <= 3 ? std::min<std::size_t>(max_distance, 1) : max_distance;
    std::vector<std::pair<std::size_t, std::size_t>> found;  // distance, index
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto const& candidate = candidates[i];
        std::size_t const distance = edit_distance(to_lower(word), to_lower(candidate));
        bool const begins = !word.empty() && candidate.starts_with(word);
        if (begins || distance <= allowed) found.emplace_back(begins ? std::min(distance, max_distance) : distance, i);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> words;
    for (std::size_t i = 0; i < found.size() && i < most_shown; ++i)
        words.push_back(candidates[found[i].second]);
    return words;
}

bool is_dns1123_label(std::string_view text) noexcept { return text.size() <= 63 && is_label(text); }

bool is_dns1035_label(std::string_view text) noexcept
{
    return is_dns1123_label(text) && text.front() >= 'a' && text.front() <= 'z';
}

bool is_dns1123_subdomain(std::string_view text) noexcept
{
    if (text.size() > 253) return false;
    for (;;) {
        auto const dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_safe_path_segment(std::string_view name) noexcept
{
    if (name.empty() || name == "." || name == "..") return false;
    return std::none_of(name.begin(), name.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F || c == '/' || c == '%';
    });
}

std::string join(std::vector<std::string> const& parts, std::string_view separator)
{
    std::string joined;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0) joined += separator;
        joined += parts[i];
    }
    return joined;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    for (;;) {
        auto const end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) noexcept
{
    auto const begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) return std::string_view();
    return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::string to_lower(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

}  // namespace kuberay
