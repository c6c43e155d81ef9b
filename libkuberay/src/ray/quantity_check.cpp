#include "base/quote.hpp"

#include <kuberay/base/quantity.hpp>
#include <kuberay/ray/validation.hpp>

namespace kuberay::ray {
namespace {

// The two quantities that someone may mean who wrote 32GB, 32GiB, 4gb or 512mb; empty for other text.
std::string unit_meant(std::string_view text)
{
    std::size_t const digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return {};
    std::string_view unit = text.substr(digits);
    while (unit.starts_with(' '))
        unit.remove_prefix(1);
    if (unit.empty()) return {};
    std::string_view const letters = "kmgtpeKMGTPE";
    char big = unit.front();
    if (letters.find(big) == std::string_view::npos) return {};
    if (big >= 'a' && big <= 'z') big = static_cast<char>(big - 'a' + 'A');
    std::string_view const rest = unit.substr(1);
    std::string const number(text.substr(0, digits));
    std::string const binary = number + big + "i";
    if (rest == "i" || rest == "I" || rest == "iB" || rest == "ib" || rest == "IB") return binary + " (binary)";
    if (rest != "B" && rest != "b" && !rest.empty()) return {};
    // `m` alone is a valid suffix (milli), as is every capital but K.
    std::string const decimal = number + (big == 'K' ? 'k' : big);
    return decimal + " (decimal) or " + binary + " (binary)";
}

}  // namespace

result<void> check_quantity(std::string_view text)
{
    auto const parsed = quantity::parse(text);
    if (!parsed) {
        std::string message = parsed.error().message();
        if (std::string const meant = unit_meant(text); !meant.empty()) message += "; write " + meant;
        return error(errc::bad_input, std::move(message));
    }
    if (parsed->sign() < 0)
        return error(errc::bad_input, "invalid quantity " + kuberay::quoted(text) + ": it is negative");
    return {};
}

}  // namespace kuberay::ray
