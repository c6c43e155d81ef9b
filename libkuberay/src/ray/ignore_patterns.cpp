#include "ray/ignore_patterns.hpp"

#include "base/utf8.hpp"
#include "ray/wildmatch.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>
#include <optional>

namespace kuberay::ray {
namespace {

// What Python's str.strip takes away.
bool is_white(char32_t letter)
{
    return (letter >= 9 && letter <= 13) || (letter >= 28 && letter <= 32) || letter == 0x85 || letter == 0xA0
           || letter == 0x1680 || (letter >= 0x2000 && letter <= 0x200A) || letter == 0x2028 || letter == 0x2029
           || letter == 0x202F || letter == 0x205F || letter == 0x3000;
}

std::string_view stripped(std::string_view text)
{
    std::size_t begin = std::string_view::npos, end = 0;
    for (std::size_t at = 0; at < text.size();) {
        utf8_step const step = next_code_point(text.substr(at));
        bool const white = step.valid && is_white(step.code_point);
        if (!white && begin == std::string_view::npos) begin = at;
        at += step.length;
        if (!white) end = at;
    }
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin);
}

// The set between brackets, without them; nothing for a range that runs backwards.
std::optional<wildmatch::character_set> read_set(std::string_view inside)
{
    wildmatch::character_set set;
    if (inside.starts_with('!')) {
        set.negated = true;
        inside.remove_prefix(1);
    }
    std::vector<char32_t> letters;
    for (std::size_t at = 0; at < inside.size();) {
        utf8_step const step = next_code_point(inside.substr(at));
        letters.push_back(step.valid ? step.code_point : 0xDC00u + static_cast<unsigned char>(inside[at]));
        at += step.length;
    }
    for (std::size_t at = 0; at < letters.size();) {
        char32_t const first = letters[at];
        if (at + 2 < letters.size() && letters[at + 1] == U'-') {
            char32_t const last = letters[at + 2];
            if (last < first) return std::nullopt;
            set.ranges.emplace_back(first, last);
            at += 3;
        } else {
            set.ranges.emplace_back(first, first);
            ++at;
        }
    }
    return set;
}

// Where the set that begins behind `begin` ends; npos when its bracket stands for itself.
std::size_t end_of_set(std::string_view part, std::size_t begin)
{
    std::size_t at = begin;
    if (at < part.size() && part[at] == '!') ++at;
    if (at < part.size() && part[at] == ']') ++at;
    return part.find(']', at);
}

// One component of the pattern. False for a set that is none.
bool add_part(wildmatch& to, std::string_view part)
{
    bool escaped = false;
    for (std::size_t at = 0; at < part.size(); ++at) {
        char const letter = part[at];
        if (escaped) {
            escaped = false;
            to.add_text(part.substr(at, 1));
        } else if (letter == '\\') {
            escaped = true;
        } else if (letter == '*') {
            to.add_some();
        } else if (letter == '?') {
            to.add_one();
        } else if (std::size_t const end = letter == '[' ? end_of_set(part, at + 1) : std::string_view::npos;
                   end != std::string_view::npos) {
            std::optional<wildmatch::character_set> set = read_set(part.substr(at + 1, end - at - 1));
            if (!set) return false;
            to.add_set(std::move(*set));
            at = end;
        } else {
            to.add_text(part.substr(at, 1));
        }
    }
    return true;
}

// The components, with "**" where they reach over several.
std::vector<std::string> parts_of(std::string_view text)
{
    std::vector<std::string> parts = split(text, '/');
    if (parts.front().empty()) {
        parts.erase(parts.begin());  // from the folder itself
    } else if (parts.size() == 1 || (parts.size() == 2 && parts.back().empty())) {
        if (parts.front() != "**") parts.insert(parts.begin(), "**");  // at any depth
    }
    if (parts.size() > 1 && parts.back().empty()) parts.back() = "**";
    return parts;
}

// False for a set that is none.
bool compile(wildmatch& to, std::vector<std::string> const& parts, bool excludes)
{
    bool needs_slash = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        bool const last = i + 1 == parts.size();
        if (parts[i] == "**") {
            if (i == 0 && last)
                to.add_anything(1);
            else if (i == 0)
                to.add_leading_folders();
            else if (last)
                to.add_text("/");
            else
                to.add_inner_folders();
            if (i > 0 && last) to.add_anything(0);
            needs_slash = i > 0;
            continue;
        }
        if (needs_slash) to.add_text("/");
        needs_slash = true;
        if (parts[i] == "*") {
            to.add_one();
            to.add_some();
            continue;
        }
        if (!add_part(to, parts[i])) return false;
        if (last && excludes) to.add_below();
    }
    return true;
}

}  // namespace

struct ignore_patterns::pattern {
    wildmatch match;
    bool excludes = true;
};

ignore_patterns::ignore_patterns(std::vector<std::string> const& lines, std::string const& source)
{
    auto patterns = std::make_shared<std::vector<pattern>>();
    for (std::size_t number = 0; number < lines.size(); ++number) {
        std::string_view text = stripped(lines[number]);
        if (text.empty() || text.front() == '#' || text == "/") continue;
        pattern next;
        if (text.front() == '!') {
            next.excludes = false;
            text.remove_prefix(1);
        }
        if (text.starts_with('\\')) text.remove_prefix(1);
        std::vector<std::string> const parts = parts_of(text);
        if (parts.empty() || !compile(next.match, parts, next.excludes))
            throw failure(
                errc::bad_input, source + ", line " + std::to_string(number + 1) + ": \""
                                     + printable_line(stripped(lines[number])) + "\" is no pattern"
            );
        patterns->push_back(std::move(next));
    }
    if (!patterns->empty()) patterns_ = std::move(patterns);
}

bool ignore_patterns::exclude(std::string_view path) const
{
    if (!patterns_) return false;
    // The last that matches decides.
    for (auto one = patterns_->rbegin(); one != patterns_->rend(); ++one)
        if (one->match.matches(path)) return one->excludes;
    return false;
}

std::vector<std::string> ignore_lines(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        std::size_t const end = std::min(text.find_first_of("\r\n"), text.size());
        lines.emplace_back(text.substr(0, end));
        bool const two = text.substr(end).starts_with("\r\n");
        text.remove_prefix(std::min(text.size(), end + (two ? 2 : 1)));
    }
    return lines;
}

}  // namespace kuberay::ray
