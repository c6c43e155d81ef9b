#include "base/quote.hpp"

#include <kuberay/base/quantity.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace kuberay {
namespace {

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

constexpr wide nanos_in_one = 1'000'000'000;
constexpr int nano_exponent = -9;

constexpr wide power_of_ten(int exponent)
{
    wide power = 1;
    for (; exponent > 0; --exponent)
        power *= 10;
    return power;
}

// Amounts from 10^28 up are refused, and arithmetic stops short of it, so that a sum of two always fits 127 bits.
constexpr int limit_digits = 37;
constexpr wide limit = power_of_ten(limit_digits);

struct suffix_row {
    std::string_view text;
    int base, exponent;
};

constexpr std::array suffixes{
    suffix_row{"n", 10, -9}, suffix_row{"u", 10, -6}, suffix_row{"m", 10, -3}, suffix_row{"", 10, 0},
    suffix_row{"k", 10, 3},  suffix_row{"M", 10, 6},  suffix_row{"G", 10, 9},  suffix_row{"T", 10, 12},
    suffix_row{"P", 10, 15}, suffix_row{"E", 10, 18}, suffix_row{"Ki", 2, 10}, suffix_row{"Mi", 2, 20},
    suffix_row{"Gi", 2, 30}, suffix_row{"Ti", 2, 40}, suffix_row{"Pi", 2, 50}, suffix_row{"Ei", 2, 60},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text)
{
    auto const end = std::find_if_not(text.begin(), text.end(), is_digit);
    auto const digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

struct parts {
    bool negative = false;
    std::string_view integer;  // without leading zeros, but "0" for none
    std::string_view fraction;
    std::string_view suffix;
    bool has_digits = false;
};

parts split_parts(std::string_view text)
{
    parts found;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        found.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    found.integer = take_digits(text);
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        found.fraction = take_digits(text);
    }
    found.has_digits = !found.integer.empty() || !found.fraction.empty();
    auto const significant = found.integer.find_first_not_of('0');
    found.integer = significant == std::string_view::npos ? "0" : found.integer.substr(significant);
    found.suffix = text;
    return found;
}

// The exponent of "e3", "E-6"; absent when `suffix` is no exponent.
std::optional<int> exponent_of(std::string_view suffix)
{
    if (suffix.size() < 2 || (suffix.front() != 'e' && suffix.front() != 'E')) return std::nullopt;
    suffix.remove_prefix(1);
    bool const negative = suffix.front() == '-';
    if (suffix.front() == '-' || suffix.front() == '+') suffix.remove_prefix(1);
    if (suffix.empty()) return std::nullopt;
    constexpr int far = 1'000'000;  // beyond every amount there is; avoids overflow
    int value = 0;
    for (char const c : suffix) {
        if (!is_digit(c)) return std::nullopt;
        value = std::min(value * 10 + (c - '0'), far);
    }
    return negative ? -value : value;
}

// `digits` times 10^exponent, in nanos, rounded away from zero. Absent from 10^28 up.
std::optional<wide> nanos_of(std::string_view integer, std::string_view fraction, int exponent)
{
    std::string digits(integer);
    digits += fraction;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    long const scale = long(exponent) - long(fraction.size()) - nano_exponent;
    // The digits before the nano's end count, the rest only rounds.
    long const kept = long(digits.size()) + std::min(scale, 0L);
    if (digits.empty()) return 0;
    if (long(digits.size()) + scale > limit_digits) return std::nullopt;
    wide value = 0;
    for (long i = 0; i < std::max(kept, 0L); ++i)
        value = value * 10 + (digits[static_cast<std::size_t>(i)] - '0');
    if (scale > 0) return value * power_of_ten(static_cast<int>(scale));
    auto const rest = std::string_view(digits).substr(static_cast<std::size_t>(std::max(kept, 0L)));
    if (rest.find_first_not_of('0') != std::string_view::npos) ++value;
    return value;
}

// `integer`.`fraction` times 2^exponent in nanos, rounded away from zero and capped at 2^63-1.
wide binary_nanos_of(std::string_view integer, std::string_view fraction, int exponent)
{
    constexpr wide cap = wide(std::numeric_limits<std::int64_t>::max()) * nanos_in_one;
    unsigned_wide whole = 0;
    for (char const c : integer) {
        whole = whole * 10 + static_cast<unsigned>(c - '0');
        if (whole >> 63) return cap;
    }
    if ((whole << exponent) >> 63) return cap;

    // The fraction, bit by bit: doubling a decimal fraction yields its next bit as carry. What is left then is below
    // one, and is turned into nanos digit by digit.
    std::string digits(fraction);
    unsigned_wide bits = 0;
    for (int i = 0; i < exponent; ++i) {
        unsigned carry = 0;
        for (std::size_t at = digits.size(); at-- > 0;) {
            unsigned const doubled = static_cast<unsigned>(digits[at] - '0') * 2 + carry;
            digits[at] = static_cast<char>('0' + doubled % 10);
            carry = doubled / 10;
        }
        bits = bits * 2 + carry;
    }
    wide const below_one = *nanos_of("0", digits, 0);
    wide const ones = static_cast<wide>((whole << exponent) + bits);
    return std::min(ones * nanos_in_one + below_one, cap);
}

// Whether the API server gives the text back as it came (the fast path of resource.ParseQuantity).
bool is_kept_decimal(parts const& from, int exponent)
{
    std::string const digits = std::string(from.integer) + std::string(from.fraction);
    long const scale = long(exponent) - long(from.fraction.size());
    return digits.size() <= 18 && scale >= nano_exponent && scale % 3 == 0 && !digits.ends_with("000")
           && digits.front() != '0';
}

bool is_kept_binary(parts const& from, int exponent)
{
    if (!from.fraction.empty()) return false;
    int const precision = 15 - static_cast<int>(std::min<std::size_t>(from.integer.size(), 99)) - exponent * 3 / 10 - 1;
    if (precision < 0) return false;
    int last_three = 0;  // 8 divides 1000
    for (char const c : from.integer.substr(from.integer.size() - std::min<std::size_t>(from.integer.size(), 3)))
        last_three = last_three * 10 + (c - '0');
    return last_three % 8 != 0;
}

std::string digits_of(wide value)
{
    bool const negative = value < 0;
    std::string text;
    for (; value != 0; value /= 10)
        text += static_cast<char>('0' + static_cast<int>(value % 10) * (negative ? -1 : 1));
    if (text.empty()) text = "0";
    if (negative) text += '-';
    std::reverse(text.begin(), text.end());
    return text;
}

std::string suffix_for(int base, int exponent)
{
    for (auto const& row : suffixes)
        if (row.base == base && row.exponent == exponent) return std::string(row.text);
    return "e" + std::to_string(exponent);
}

std::string decimal_text(wide nanos, bool with_exponent)
{
    int exponent = nano_exponent;
    for (; nanos % 10 == 0; nanos /= 10)
        ++exponent;
    for (; exponent % 3 != 0; --exponent)
        nanos *= 10;
    if (exponent == 0) return digits_of(nanos);
    return digits_of(nanos) + (with_exponent ? "e" + std::to_string(exponent) : suffix_for(10, exponent));
}

std::string binary_text(wide whole)
{
    int exponent = 0;
    for (; whole % 1024 == 0 && exponent < 60; whole /= 1024)
        exponent += 10;
    return digits_of(whole) + (exponent == 0 ? std::string() : suffix_for(2, exponent));
}

wide clamped(wide value) { return std::clamp(value, -(limit - 1), limit - 1); }

std::optional<std::int64_t> rounded(wide nanos, wide unit)
{
    wide value = nanos / unit;
    if (nanos % unit != 0) value += nanos < 0 ? -1 : 1;
    using limits = std::numeric_limits<std::int64_t>;
    if (value < limits::min() || value > limits::max()) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

error refused(std::string_view text, std::string const& why)
{
    return error(errc::bad_input, "invalid quantity " + quoted(text) + ": " + why);
}

}  // namespace

quantity::quantity(std::int64_t amount)
    : nanos_(wide(amount) * nanos_in_one)
{
}

result<quantity> quantity::parse(std::string_view text)
{
    constexpr auto usual = "write a number with an optional suffix, such as 2, 500m, 1.5G or 4Gi";
    if (text.empty()) return refused(text, "it is empty").with_hint(usual);
    parts const from = split_parts(text);
    if (!from.has_digits) return refused(text, "a number was expected").with_hint(usual);

    quantity parsed;
    std::optional<wide> nanos;
    auto const row =
        std::find_if(suffixes.begin(), suffixes.end(), [&](auto const& r) { return r.text == from.suffix; });
    auto const exponent = exponent_of(from.suffix);
    if (row != suffixes.end() && row->base == 2) {
        parsed.form_ = form::binary;
        nanos = binary_nanos_of(from.integer, from.fraction, row->exponent);
        if (is_kept_binary(from, row->exponent)) parsed.text_ = text;
        // A fraction of one has no binary form.
        if (*nanos > 0 && *nanos < nanos_in_one) parsed.form_ = form::decimal;
    } else if (row != suffixes.end() || exponent) {
        parsed.form_ = row != suffixes.end() ? form::decimal : form::exponent;
        int const scale = row != suffixes.end() ? row->exponent : *exponent;
        nanos = nanos_of(from.integer, from.fraction, scale);
        if (is_kept_decimal(from, scale)) parsed.text_ = text;
    } else if (from.suffix.find_first_not_of("eEinumkKMGTP+-0123456789") == std::string_view::npos) {
        return refused(text, "unknown suffix " + quoted(from.suffix))
            .with_hint("known suffixes are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei");
    } else {
        return refused(text, "it is no number with a suffix").with_hint(usual);
    }
    if (!nanos) return refused(text, "the number is too large");
    parsed.nanos_ = from.negative ? -*nanos : *nanos;
    return parsed;
}

std::string quantity::str() const
{
    if (!text_.empty()) return text_;
    if (nanos_ == 0) return "0";
    wide const magnitude = nanos_ < 0 ? -nanos_ : nanos_;
    // Small amounts and fractions of ones are written in decimal, so that nothing is rounded.
    bool const binary = form_ == form::binary && magnitude >= 1024 * nanos_in_one && magnitude % nanos_in_one == 0;
    return binary ? binary_text(nanos_ / nanos_in_one) : decimal_text(nanos_, form_ == form::exponent);
}

int quantity::sign() const noexcept { return nanos_ < 0 ? -1 : nanos_ > 0 ? 1 : 0; }

std::optional<std::int64_t> quantity::to_int64() const noexcept { return rounded(nanos_, nanos_in_one); }

std::optional<std::int64_t> quantity::to_milli() const noexcept { return rounded(nanos_, nanos_in_one / 1000); }

std::strong_ordering quantity::compare(quantity const& other) const noexcept
{
    if (nanos_ == other.nanos_) return std::strong_ordering::equal;
    return nanos_ < other.nanos_ ? std::strong_ordering::less : std::strong_ordering::greater;
}

quantity operator+(quantity const& a, quantity const& b)
{
    quantity sum;
    sum.form_ = a.is_zero() ? b.form_ : a.form_;
    sum.nanos_ = clamped(a.nanos_ + b.nanos_);
    return sum;
}

quantity operator-(quantity const& a, quantity const& b) { return a + -b; }

quantity operator*(quantity const& a, std::int64_t factor)
{
    quantity product;
    product.form_ = a.form_;
    wide const magnitude = factor < 0 ? -wide(factor) : wide(factor);
    if (factor == 0 || a.is_zero()) return product;
    bool const negative = (factor < 0) != (a.nanos_ < 0);
    wide const amount = a.nanos_ < 0 ? -a.nanos_ : a.nanos_;
    wide const result = amount > (limit - 1) / magnitude ? limit - 1 : amount * magnitude;
    product.nanos_ = negative ? -result : result;
    return product;
}

quantity quantity::operator-() const
{
    quantity negated;
    negated.form_ = form_;
    negated.nanos_ = -nanos_;
    return negated;
}

}  // namespace kuberay
