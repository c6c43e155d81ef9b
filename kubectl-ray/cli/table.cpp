#include "cli/table.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <numeric>

namespace cli {
namespace {

constexpr std::size_t padding = 3, least_width = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_number(std::string_view& text)
{
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length]))
        ++length;
    std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    return digits;
}

int sign_of(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int natural_order(std::string_view a, std::string_view b)
{
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            std::string_view const left = take_number(a), right = take_number(b);
            if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
            if (left != right) return left < right ? -1 : 1;
            continue;
        }
        if (a.front() != b.front()) return a.front() < b.front() ? -1 : 1;
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return sign_of(a.size() <=> b.size());
}

int rank(json::value const& key)
{
    if (key.is_null()) return 0;
    if (key.is_bool()) return 1;
    if (key.is_number()) return 2;
    return key.is_string() ? 3 : 4;
}

void append_cell(std::string& into, std::string_view cell, std::size_t width, bool last)
{
    into += cell;
    if (!last) into.append(width - std::min(width, kuberay::display_width(cell)), ' ');
}

}  // namespace

std::string shown_cell(std::string_view text)
{
    std::size_t const end = text.find_first_of("\f\n\r");
    if (end == std::string_view::npos) return kuberay::printable_line(text);
    return kuberay::printable_line(text.substr(0, end)) + "...";
}

int compare_keys(json::value const& a, json::value const& b)
{
    int const ranks = rank(a) - rank(b);
    if (ranks != 0) return ranks;
    if (a.is_bool()) return int(a.get_bool()) - int(b.get_bool());
    if (a.is_int64() && b.is_int64()) return sign_of(a.get_int64() <=> b.get_int64());
    if (a.is_number()) {
        double const left = a.to_number<double>(), right = b.to_number<double>();
        return left < right ? -1 : left > right ? 1 : 0;
    }
    return a.is_string() ? natural_order(a.get_string(), b.get_string()) : 0;
}

std::vector<std::size_t> sorted_order(std::vector<json::value> const& keys)
{
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&keys](std::size_t a, std::size_t b) {
        int const by_key = compare_keys(keys[a], keys[b]);
        return by_key != 0 ? by_key < 0 : a < b;
    });
    return order;
}

table::table(std::vector<std::string> header)
    : header_(std::move(header))
{
    for (std::string const& title : header_)
        widths_.push_back(std::max(kuberay::display_width(title) + padding, least_width));
}

// Cells as they are shown, each ended by a NUL; the columns grow with them.
std::string table::pack(std::vector<std::string> const& cells)
{
    std::string packed;
    for (std::size_t i = 0; i < header_.size(); ++i) {
        std::string const cell = i < cells.size() ? shown_cell(cells[i]) : std::string();
        widths_[i] = std::max(widths_[i], kuberay::display_width(cell) + padding);
        packed += cell;
        packed += '\0';
    }
    return packed;
}

void table::add(std::vector<std::string> const& cells, json::value key)
{
    starts_.push_back(packed_.size());
    packed_ += pack(cells);
    if (!key.is_null() || !keys_.empty()) {
        keys_.resize(starts_.size() - 1);
        keys_.push_back(std::move(key));
    }
}

void table::sort()
{
    if (keys_.empty()) return;
    std::vector<std::size_t> starts;
    std::vector<json::value> keys;
    for (std::size_t const at : sorted_order(keys_)) {
        starts.push_back(starts_[at]);
        keys.push_back(std::move(keys_[at]));
    }
    starts_ = std::move(starts);
    keys_ = std::move(keys);
}

void table::write_row(std::string& into, std::string_view cells) const
{
    for (std::size_t i = 0; i < header_.size(); ++i) {
        std::size_t const end = cells.find('\0');
        append_cell(into, cells.substr(0, end), widths_[i], i + 1 == header_.size());
        cells.remove_prefix(end + 1);
    }
    into += '\n';
}

void table::print(sink& to, bool with_header) const
{
    std::string text;
    if (with_header) {
        std::string header;
        for (std::string const& title : header_)
            header += shown_cell(title) + '\0';
        write_row(text, header);
        to.write(text);
    }
    for (std::size_t const start : starts_) {
        text.clear();
        write_row(text, std::string_view(packed_).substr(start));
        to.write(text);
    }
}

std::string table::line(std::vector<std::string> const& cells)
{
    std::string text;
    write_row(text, pack(cells));
    return text;
}

}  // namespace cli
