#include "base/number_text.hpp"
#include "base/utf8.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace kuberay {
namespace {

std::string_view view(json::string_view s) { return std::string_view(s.data(), s.size()); }

void append_unicode_escape(std::string& to, char32_t c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    to += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        to += digits[(c >> shift) & 0xF];
}

class writer {
public:
    writer(int indent, bool sort_keys, bool escape_html)
        : indent_(indent)
        , sort_keys_(sort_keys)
        , escape_html_(escape_html)
    {
    }

    void write(json::value const& value)
    {
        switch (value.kind()) {
        case json::kind::null: out_ += "null"; break;
        case json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
        case json::kind::int64: out_ += std::to_string(value.get_int64()); break;
        case json::kind::uint64: out_ += std::to_string(value.get_uint64()); break;
        case json::kind::double_: out_ += json_number(value.get_double()); break;
        case json::kind::string: write_string(view(value.get_string())); break;
        case json::kind::array: write_array(value.get_array()); break;
        case json::kind::object: write_object(value.get_object()); break;
        }
    }

    std::string take() { return std::move(out_); }

private:
    void new_line()
    {
        if (indent_ < 0) return;
        out_ += '\n';
        out_.append(static_cast<std::size_t>(indent_) * depth_, ' ');
    }

    void write_array(json::array const& items)
    {
        if (items.empty()) {
            out_ += "[]";
            return;
        }
        char before = '[';
        ++depth_;
        for (auto const& item : items) {
            out_ += before;
            before = ',';
            new_line();
            write(item);
        }
        --depth_;
        new_line();
        out_ += ']';
    }

    void write_object(json::object const& members)
    {
        if (members.empty()) {
            out_ += "{}";
            return;
        }
        std::vector<json::key_value_pair const*> rows;
        rows.reserve(members.size());
        for (auto const& row : members)
            rows.push_back(&row);
        if (sort_keys_)
            std::sort(rows.begin(), rows.end(), [](auto const* a, auto const* b) {
                return view(a->key()) < view(b->key());
            });
        char before = '{';
        ++depth_;
        for (auto const* row : rows) {
            out_ += before;
            before = ',';
            new_line();
            write_string(view(row->key()));
            out_ += indent_ < 0 ? ":" : ": ";
            write(row->value());
        }
        --depth_;
        new_line();
        out_ += '}';
    }

    void write_string(std::string_view text)
    {
        out_ += '"';
        while (!text.empty()) {
            // Most of a text needs no escape: copied in one piece.
            auto const plain = std::find_if_not(text.begin(), text.end(), [&](char c) { return is_plain(c); });
            auto const length = static_cast<std::size_t>(plain - text.begin());
            out_.append(text, 0, length);
            text.remove_prefix(length);
            if (text.empty()) break;
            auto const step = next_code_point(text);
            write_special(step, text.substr(0, step.length));
            text.remove_prefix(step.length);
        }
        out_ += '"';
    }

    bool is_plain(char c) const
    {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\') return false;
        return !escape_html_ || (c != '<' && c != '>' && c != '&');
    }

    void write_special(utf8_step const& step, std::string_view bytes)
    {
        if (!step.valid) {
            out_ += "\\ufffd";
            return;
        }
        switch (step.code_point) {
        case '"': out_ += "\\\""; return;
        case '\\': out_ += "\\\\"; return;
        case '\b': out_ += "\\b"; return;
        case '\f': out_ += "\\f"; return;
        case '\n': out_ += "\\n"; return;
        case '\r': out_ += "\\r"; return;
        case '\t': out_ += "\\t"; return;
        // Go escapes these because JavaScript takes them for line ends.
        case 0x2028:
        case 0x2029: append_unicode_escape(out_, step.code_point); return;
        default:
            if (step.code_point < 0x80)
                append_unicode_escape(out_, step.code_point);
            else
                out_ += bytes;
        }
    }

    std::string out_;
    std::size_t depth_ = 0;
    int indent_;  // negative: all on one line
    bool sort_keys_;
    bool escape_html_;
};

}  // namespace

std::string json_number(double value)
{
    if (!std::isfinite(value)) return "null";  // cannot come from a document
    double const magnitude = std::abs(value);
    std::array<char, 64> buffer;
    auto const end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    std::string text(buffer.data(), end);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)) {
        // e-09 is written e-9.
        if (auto const e = text.find("e-0"); e != std::string::npos) text.erase(e + 2, 1);
        return text;
    }
    // The shortest digits, padded with zeros: std::chars_format::fixed would write those of the exact value.
    auto const e = text.find('e');
    int const exponent = std::stoi(text.substr(e + 1));
    std::string const sign = text.front() == '-' ? "-" : "";
    std::string digits = text.substr(sign.size(), e - sign.size());
    std::erase(digits, '.');
    if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    auto const whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string to_json(json::value const& value)
{
    writer out(-1, false, false);
    out.write(value);
    return out.take();
}

std::string to_pretty_json(json::value const& value, json_style style)
{
    writer out(std::max(style.indent, 0), style.sort_keys, style.escape_html);
    out.write(value);
    return out.take();
}

}  // namespace kuberay
