#include "base/json_fields.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/string.hpp>

#include <cmath>
#include <limits>

namespace kuberay::detail {
namespace {

template <class T>
void read_integer(json::value const& from, T& into, field_place const& at)
{
    using limits = std::numeric_limits<T>;
    if (auto const* n = from.if_int64()) {
        if (*n < limits::min() || *n > limits::max()) throw_wrong_type(at, "a smaller integer");
        into = static_cast<T>(*n);
    } else if (from.is_uint64()) {
        throw_wrong_type(at, "a smaller integer");
    } else if (auto const* d = from.if_double(); d && std::trunc(*d) == *d) {
        // 3.0 comes out of YAML and of writers that know no integers. 2^63 is exact as double, max() is not.
        if (*d < static_cast<double>(limits::min()) || *d >= -static_cast<double>(limits::min()))
            throw_wrong_type(at, "a smaller integer");
        into = static_cast<T>(*d);
    } else {
        throw_wrong_type(at, "an integer");
    }
}

std::string_view text_of(json::string const& s) { return std::string_view(s.data(), s.size()); }

}  // namespace

std::string field_place::text() const
{
    std::string before = parent ? parent->text() : std::string();
    if (index >= 0) return before + "[" + std::to_string(index) + "]";
    if (before.empty() || name.empty()) return before + std::string(name);
    return before + "." + std::string(name);
}

void throw_wrong_type(field_place const& at, char const* expected)
{
    std::string const place = at.text();
    std::string const what = std::string("expected ") + expected;
    throw failure(errc::bad_document, place.empty() ? what : place + ": " + what);
}

json::array const& items_of(json::value const& from, field_place const& at)
{
    auto const* items = from.if_array();
    if (!items) throw_wrong_type(at, "a list");
    return *items;
}

json::object const& members_of(json::value const& from, field_place const& at)
{
    auto const* members = from.if_object();
    if (!members) throw_wrong_type(at, "an object");
    return *members;
}

void read_scalar(json::value const& from, std::string& into, field_place const& at)
{
    auto const* s = from.if_string();
    if (!s) throw_wrong_type(at, "a string");
    into.assign(s->data(), s->size());
}

void read_scalar(json::value const& from, bool& into, field_place const& at)
{
    auto const* b = from.if_bool();
    if (!b) throw_wrong_type(at, "true or false");
    into = *b;
}

void read_scalar(json::value const& from, std::int32_t& into, field_place const& at) { read_integer(from, into, at); }

void read_scalar(json::value const& from, std::int64_t& into, field_place const& at) { read_integer(from, into, at); }

void read_scalar(json::value const& from, double& into, field_place const& at)
{
    if (auto const* d = from.if_double())
        into = *d;
    else if (auto const* n = from.if_int64())
        into = static_cast<double>(*n);
    else if (auto const* u = from.if_uint64())
        into = static_cast<double>(*u);
    else
        throw_wrong_type(at, "a number");
}

void read_scalar(json::value const& from, quantity& into, field_place const& at)
{
    std::string text;
    if (auto const* s = from.if_string())
        text = std::string(text_of(*s));
    else if (from.is_number())
        text = to_json(from);
    else
        throw_wrong_type(at, "a quantity");
    auto parsed = quantity::parse(text);
    if (!parsed) throw failure(errc::bad_document, at.text() + ": " + parsed.error().message());
    into = std::move(*parsed);
}

void read_scalar(json::value const& from, int_or_string& into, field_place const& at)
{
    if (auto const* s = from.if_string()) {
        into = std::string(text_of(*s));
    } else {
        if (!from.is_number()) throw_wrong_type(at, "an integer or a string");
        std::int64_t number = 0;
        read_integer(from, number, at);
        into = number;
    }
}

void read_scalar(json::value const& from, timestamp& into, field_place const& at)
{
    auto const* s = from.if_string();
    auto const parsed = s ? parse_rfc3339(text_of(*s)) : std::nullopt;
    if (!parsed) throw_wrong_type(at, "a time such as 2026-01-31T12:00:00Z");
    into = *parsed;
}

void read_scalar(json::value const& from, json::value& into, field_place const&) { into = from; }

void read_scalar(json::value const& from, json::object& into, field_place const& at) { into = members_of(from, at); }

void read_scalar(json::value const& from, json::array& into, field_place const& at) { into = items_of(from, at); }

json::value write_scalar(std::string const& from) { return json::value(from); }

json::value write_scalar(bool from) { return json::value(from); }

json::value write_scalar(std::int32_t from) { return json::value(from); }

json::value write_scalar(std::int64_t from) { return json::value(from); }

json::value write_scalar(double from) { return json::value(from); }

json::value write_scalar(quantity const& from) { return json::value(from.str()); }

json::value write_scalar(int_or_string const& from)
{
    if (auto const* number = std::get_if<std::int64_t>(&from)) return json::value(*number);
    return json::value(std::get<std::string>(from));
}

json::value write_scalar(timestamp from) { return json::value(format_rfc3339_nano(from)); }

json::value write_scalar(json::value const& from) { return from; }

json::value write_scalar(json::object const& from) { return json::value(from); }

json::value write_scalar(json::array const& from) { return json::value(from); }

void append(json::object& to, std::string_view key, json::value value) { to.emplace(key, std::move(value)); }

}  // namespace kuberay::detail
