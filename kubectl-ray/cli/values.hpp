#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// `key=value` pairs of a repeatable flag; a later key replaces an earlier one.
using string_map = std::map<std::string, std::string>;

/// How texts of the command line become values, as Go's strconv and pflag read them.
///
/// Errors: throws `bad_value` with the cause alone; who calls knows the flag and the text.
struct bad_value {
    std::string cause;
};

void assign(bool& into, std::string_view text);
void assign(std::string& into, std::string_view text);
void assign(std::int32_t& into, std::string_view text);
void assign(std::int64_t& into, std::string_view text);
void assign(float& into, std::string_view text);
void assign(std::chrono::nanoseconds& into, std::string_view text);

/// Appends the whole text: the flag may be given several times, commas do not separate.
void assign(std::vector<std::string>& into, std::string_view text);

/// The rules of pflag's stringToString (reference 1.3): one `=` is one pair; with more, the text is a CSV record.
void assign(string_map& into, std::string_view text);

template <class T>
void assign(std::optional<T>& into, std::string_view text)
{
    T value{};
    assign(value, text);
    into = std::move(value);
}

/// The type's name in help.
constexpr char const* type_name(bool const&) { return ""; }
constexpr char const* type_name(std::string const&) { return "string"; }
constexpr char const* type_name(std::int32_t const&) { return "int32"; }
constexpr char const* type_name(std::int64_t const&) { return "int"; }
constexpr char const* type_name(float const&) { return "float32"; }
constexpr char const* type_name(std::chrono::nanoseconds const&) { return "duration"; }
constexpr char const* type_name(std::vector<std::string> const&) { return "stringArray"; }
constexpr char const* type_name(string_map const&) { return "stringToString"; }

template <class T>
constexpr char const* type_name(std::optional<T> const&)
{
    return type_name(T());
}

/// The value as help shows it after "default"; empty: nothing worth showing.
std::string default_text(bool value);
std::string default_text(std::string const& value);
std::string default_text(std::int32_t value);
std::string default_text(std::int64_t value);
std::string default_text(float value);
std::string default_text(std::chrono::nanoseconds value);
std::string default_text(std::vector<std::string> const& value);
std::string default_text(string_map const& value);

template <class T>
std::string default_text(std::optional<T> const& value)
{
    return value ? default_text(*value) : std::string();
}

template <class T>
constexpr bool is_repeatable(T const&)
{
    return false;
}
constexpr bool is_repeatable(std::vector<std::string> const&) { return true; }
constexpr bool is_repeatable(string_map const&) { return true; }

}  // namespace cli
