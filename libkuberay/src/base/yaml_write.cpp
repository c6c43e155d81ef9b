#include "base/number_text.hpp"
#include "base/utf8.hpp"
#include "base/yaml_emit.hpp"

#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace kuberay {
namespace {

std::string_view view(json::string_view s) { return std::string_view(s.data(), s.size()); }

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

// Outside ASCII by blocks: exact enough for the order of keys.
bool is_letter(char32_t c)
{
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool const symbol = (c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7
                        || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x3004) || (c >= 0x3007 && c <= 0x3030)
                        || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE6F)
                        || (c >= 0x1F000 && c <= 0x1FAFF);
    return !symbol;
}

std::u32string code_points(std::string_view text)
{
    std::u32string points;
    while (!text.empty()) {
        auto const step = next_code_point(text);
        points += step.code_point;
        text.remove_prefix(step.length);
    }
    return points;
}

// Reads a run of digits from `at`. `number` wraps around as the integers of Go do.
std::size_t end_of_number(std::u32string const& text, std::size_t at, std::uint64_t& number)
{
    for (; at < text.size() && is_digit(text[at]); ++at)
        number = number * 10 + (text[at] - U'0');
    return at;
}

// The order of go-yaml v2: letters by code point and after everything else, runs of digits as numbers.
bool comes_before(std::u32string const& a, std::u32string const& b)
{
    std::size_t const common = std::min(a.size(), b.size());
    std::size_t i = 0;
    while (i < common && a[i] == b[i])
        ++i;
    if (i == common) return a.size() < b.size();
    bool const a_letter = is_letter(a[i]), b_letter = is_letter(b[i]);
    if (a_letter && b_letter) return a[i] < b[i];
    if (a_letter || b_letter) return b_letter;
    std::uint64_t a_number = 0, b_number = 0;
    // A zero within a number that began before the difference counts as a digit of it.
    if (a[i] == U'0' || b[i] == U'0')
        for (std::size_t j = i; j > 0 && is_digit(a[j - 1]); --j)
            if (a[j - 1] != U'0') {
                a_number = b_number = 1;
                break;
            }
    std::size_t const a_end = end_of_number(a, i, a_number), b_end = end_of_number(b, i, b_number);
    if (a_number != b_number) return static_cast<std::int64_t>(a_number) < static_cast<std::int64_t>(b_number);
    if (a_end != b_end) return a_end < b_end;
    return a[i] < b[i];
}

struct row {
    std::u32string order;
    json::key_value_pair const* member = nullptr;
};

std::vector<row> rows_of(json::object const& members, bool sorted)
{
    std::vector<row> rows;
    rows.reserve(members.size());
    for (auto const& member : members)
        rows.push_back({sorted ? code_points(view(member.key())) : std::u32string(), &member});
    if (!sorted) return rows;
    // Heap sort: the order is not transitive for every set of keys, which std::sort would not survive.
    auto const less = [](row const& a, row const& b) { return comes_before(a.order, b.order); };
    std::make_heap(rows.begin(), rows.end(), less);
    std::sort_heap(rows.begin(), rows.end(), less);
    return rows;
}

// A double as it comes out of JSON and back through go-yaml: an integer where it is one, else Go's 'g' format.
std::string double_text(double value)
{
    if (!std::isfinite(value)) return "null";
    std::string const number = json_number(value);
    if (number == "-0") return "0";
    if (number.find_first_of(".e") == std::string::npos && std::abs(value) < 18446744073709551616.0) return number;
    std::array<char, 64> buffer;
    auto const scientific =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    std::string text(buffer.data(), scientific);
    int const exponent = std::stoi(text.substr(text.find('e') + 1));
    return exponent < -4 || exponent >= 6 ? text : number;
}

class writer {
public:
    explicit writer(bool sort_keys)
        : sort_keys_(sort_keys)
    {
    }

    // `indent` is the column of the block that holds the value; `in_mapping` when the value belongs to a key.
    void write(json::value const& value, std::size_t indent, bool root, bool in_mapping)
    {
        switch (value.kind()) {
        case json::kind::null: out_.token("null"); break;
        case json::kind::bool_: out_.token(value.get_bool() ? "true" : "false"); break;
        case json::kind::int64: out_.token(std::to_string(value.get_int64())); break;
        case json::kind::uint64: out_.token(std::to_string(value.get_uint64())); break;
        case json::kind::double_: out_.token(double_text(value.get_double())); break;
        case json::kind::string: out_.string(view(value.get_string()), indent, yaml_emitter::role::value); break;
        case json::kind::array: write_items(value.get_array(), indent, root, in_mapping); break;
        case json::kind::object: write_members(value.get_object(), root ? 0 : indent + 2); break;
        }
    }

    std::string finish()
    {
        out_.start_line(0);
        return out_.take();
    }

private:
    void write_items(json::array const& items, std::size_t indent, bool root, bool in_mapping)
    {
        if (items.empty()) return out_.token("[]");
        // The dashes of a list under a key stand in the column of the key.
        bool const same_column = root || (in_mapping && !out_.at_block_start());
        std::size_t const column = same_column ? indent : indent + 2;
        for (auto const& item : items) {
            out_.start_line(column);
            out_.indicator("-", true, true);
            write(item, column, false, false);
        }
    }

    void write_members(json::object const& members, std::size_t indent)
    {
        if (members.empty()) return out_.token("{}");
        for (auto const& row : rows_of(members, sort_keys_)) {
            auto const key = view(row.member->key());
            out_.start_line(indent);
            if (yaml_emitter::is_simple_key(key)) {
                out_.string(key, indent, yaml_emitter::role::key);
                out_.indicator(":", false, false);
            } else {
                out_.indicator("?", true, true);
                out_.string(key, indent, yaml_emitter::role::value);
                out_.start_line(indent);
                out_.indicator(":", true, true);
            }
            write(row.member->value(), indent, false, true);
        }
    }

    yaml_emitter out_;
    bool sort_keys_;
};

}  // namespace

std::string to_yaml(json::value const& value, yaml_style style)
{
    writer out(style.sort_keys);
    out.write(value, 0, true, false);
    return out.finish();
}

}  // namespace kuberay
