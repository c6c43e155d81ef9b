#pragma once

#include <kuberay/base/error.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay {

/// An amount of a resource as Kubernetes writes it: `500m`, `4Gi`, `1e3`. A value; exact, no floating point.
///
/// Follows apimachinery `resource.Quantity`: the finest step is a nano (finer amounts are rounded away from zero),
/// amounts with a binary suffix are capped at 2^63-1. Equality and order go by amount: `1000m == 1`.
/// Narrower than Kubernetes: text without a digit is refused, and so are amounts of 10^28 and more, where arithmetic
/// saturates.
class quantity {
public:
    /// Zero.
    quantity() = default;

    /// The whole number `amount`, in decimal form.
    explicit quantity(std::int64_t amount);

    /// Errors: `errc::bad_input`; empty text, bad syntax, an unknown suffix and an unusable number differ in message.
    static result<quantity> parse(std::string_view text);

    /// The canonical text; the text parsed when that is canonical already (behaviour of the API server).
    std::string str() const;

    /// -1, 0 or 1.
    int sign() const noexcept;

    bool is_zero() const noexcept { return sign() == 0; }

    /// The amount as an integer, rounded away from zero. Absent when it lies outside int64.
    std::optional<std::int64_t> to_int64() const noexcept;

    /// The amount in thousandths, rounded away from zero. Absent when it lies outside int64.
    std::optional<std::int64_t> to_milli() const noexcept;

    std::strong_ordering compare(quantity const& other) const noexcept;

    friend std::strong_ordering operator<=>(quantity const& a, quantity const& b) noexcept { return a.compare(b); }

    friend bool operator==(quantity const& a, quantity const& b) noexcept { return a.compare(b) == 0; }

    /// The result has the form (decimal, binary, exponent) of the left side, or of the right one when the left is zero.
    friend quantity operator+(quantity const& a, quantity const& b);
    friend quantity operator-(quantity const& a, quantity const& b);
    friend quantity operator*(quantity const& a, std::int64_t factor);

    quantity operator-() const;
    quantity& operator+=(quantity const& other) { return *this = *this + other; }
    quantity& operator-=(quantity const& other) { return *this = *this - other; }

private:
    enum class form : std::uint8_t { decimal, exponent, binary };

    __extension__ typedef __int128 wide;

    wide nanos_ = 0;  // the amount in nanos
    form form_ = form::decimal;
    std::string text_;  // as parsed, when canonical
};

}  // namespace kuberay
