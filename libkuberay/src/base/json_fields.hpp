#pragma once

#include <kuberay/base/int_or_string.hpp>
#include <kuberay/base/quantity.hpp>
#include <kuberay/base/time.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace kuberay {

/// One row of a field table: the wire name beside the member.
template <class Owner, class Member>
struct field {
    constexpr field(std::string_view wire_name, Member Owner::* at)
        : name(wire_name)
        , member(at)
    {
    }

    std::string_view name;
    Member Owner::* member;
};

/// The wire form of a struct, specialised beside its implementation, in the order of the upstream Go struct:
///
///     template <> struct field_table<ray::worker_group> {
///         using t = ray::worker_group;
///         static constexpr auto fields = std::tuple{field{"groupName", &t::group_name}, ...};
///     };
///
/// Members may be std::string, bool, int32, int64, double, quantity, int_or_string, timestamp, raw json::value, object
/// and array, structs with a table, and optionals, vectors and string-keyed maps of these.
template <class T>
struct field_table;

namespace detail {

template <class T>
concept has_field_table = requires { field_table<T>::fields; };

/// Where in the document we are; lives on the stack, becomes text only in an error.
struct field_place {
    field_place const* parent = nullptr;
    std::string_view name;      // a key, or the root's own name
    std::ptrdiff_t index = -1;  // of a list item

    std::string text() const;
};

[[noreturn]] void throw_wrong_type(field_place const& at, char const* expected);

void read_scalar(json::value const& from, std::string& into, field_place const& at);
void read_scalar(json::value const& from, bool& into, field_place const& at);
void read_scalar(json::value const& from, std::int32_t& into, field_place const& at);
void read_scalar(json::value const& from, std::int64_t& into, field_place const& at);
void read_scalar(json::value const& from, double& into, field_place const& at);
void read_scalar(json::value const& from, quantity& into, field_place const& at);
void read_scalar(json::value const& from, int_or_string& into, field_place const& at);
void read_scalar(json::value const& from, timestamp& into, field_place const& at);
void read_scalar(json::value const& from, json::value& into, field_place const& at);
void read_scalar(json::value const& from, json::object& into, field_place const& at);
void read_scalar(json::value const& from, json::array& into, field_place const& at);

json::array const& items_of(json::value const& from, field_place const& at);
json::object const& members_of(json::value const& from, field_place const& at);

template <class T>
struct shape {
    static constexpr int kind = has_field_table<T> ? 1 : 0;
};
template <class T>
struct shape<std::optional<T>> {
    static constexpr int kind = 2;
};
template <class T>
struct shape<std::vector<T>> {
    static constexpr int kind = 3;
};
template <class T>
struct shape<std::map<std::string, T>> {
    static constexpr int kind = 4;
};
template <class T>
struct shape<std::map<std::string, T, std::less<>>> {
    static constexpr int kind = 4;
};

template <class T>
void read_value(json::value const& from, T& into, field_place const& at)
{
    if constexpr (shape<T>::kind == 1) {
        auto const& object = members_of(from, at);
        std::apply(
            [&](auto const&... row) {
                auto const read_one = [&](auto const& r) {
                    json::value const* found = object.if_contains(r.name);
                    if (found && !found->is_null()) read_value(*found, into.*r.member, field_place{&at, r.name});
                };
                (read_one(row), ...);
            },
            field_table<T>::fields
        );
    } else if constexpr (shape<T>::kind == 2) {
        if (from.is_null()) return into.reset();
        read_value(from, into.emplace(), at);
    } else if constexpr (shape<T>::kind == 3) {
        auto const& items = items_of(from, at);
        into.clear();
        into.reserve(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            // By value: vector<bool> has no references to bind to.
            typename T::value_type item{};
            read_value(items[i], item, field_place{&at, {}, static_cast<std::ptrdiff_t>(i)});
            into.push_back(std::move(item));
        }
    } else if constexpr (shape<T>::kind == 4) {
        into.clear();
        for (auto const& [key, value] : members_of(from, at))
            if (!value.is_null()) read_value(value, into[std::string(key)], field_place{&at, key});
    } else {
        read_scalar(from, into, at);
    }
}

json::value write_scalar(std::string const& from);
json::value write_scalar(bool from);
json::value write_scalar(std::int32_t from);
json::value write_scalar(std::int64_t from);
json::value write_scalar(double from);
json::value write_scalar(quantity const& from);
json::value write_scalar(int_or_string const& from);
json::value write_scalar(timestamp from);
json::value write_scalar(json::value const& from);
json::value write_scalar(json::object const& from);
json::value write_scalar(json::array const& from);

/// Appends, knowing that the key is new.
void append(json::object& to, std::string_view key, json::value value);

template <class T>
json::value write_value(T const& from);

template <class T>
bool is_left_out(T const& from)
{
    if constexpr (shape<T>::kind == 2)
        return !from.has_value();
    else if constexpr (std::same_as<T, json::value>)
        return from.is_null();
    else if constexpr (requires {
                           { from.empty() } -> std::convertible_to<bool>;
                       })
        return from.empty();
    else
        return false;
}

template <class T>
json::object write_struct(T const& from)
{
    json::object written;
    std::apply(
        [&](auto const&... row) {
            auto const write_one = [&](auto const& r) {
                auto const& member = from.*r.member;
                if (is_left_out(member)) return;
                json::value value = write_value(member);
                // A plain struct member without content is absent; an optional one that is set is written as {}.
                using member_type = std::remove_cvref_t<decltype(member)>;
                if constexpr (shape<member_type>::kind == 1)
                    if (value.get_object().empty()) return;
                append(written, r.name, std::move(value));
            };
            (write_one(row), ...);
        },
        field_table<T>::fields
    );
    return written;
}

template <class T>
json::value write_value(T const& from)
{
    if constexpr (shape<T>::kind == 1) {
        return json::value(write_struct(from));
    } else if constexpr (shape<T>::kind == 2) {
        return from ? write_value(*from) : json::value();
    } else if constexpr (shape<T>::kind == 3) {
        json::array written;
        written.reserve(from.size());
        for (typename T::value_type const& item : from)
            written.push_back(write_value(item));
        return json::value(std::move(written));
    } else if constexpr (shape<T>::kind == 4) {
        json::object written;
        for (auto const& [key, value] : from)
            append(written, key, write_value(value));
        return json::value(std::move(written));
    } else {
        return write_scalar(from);
    }
}

}  // namespace detail

/// The struct that `from` describes. Unknown keys are ignored, null counts as absent, absent keeps the default.
///
/// Errors: throws `failure`, `errc::bad_document`: "spec.workerGroupSpecs[1].replicas: expected an integer"; `path`
/// goes before the first name.
template <class T>
T read_fields(json::value const& from, std::string_view path = std::string_view())
{
    T value{};
    detail::read_value(from, value, detail::field_place{nullptr, path});
    return value;
}

/// The wire form, keys in table order. Left out: empty optionals, strings, lists, maps and raw values, and plain struct
/// members that would be empty. An optional that holds something empty is written.
template <class T>
json::object write_fields(T const& from)
{
    return detail::write_struct(from);
}

}  // namespace kuberay
