#include "cli/amounts.hpp"

#include <iterator>

namespace cli {

std::string bytes_text(std::uint64_t bytes)
{
    constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return std::to_string(bytes) + " B";
    std::size_t unit = 0;
    std::uint64_t whole = bytes, rest = 0;
    while (whole >= 1024 && unit < std::size(units)) {
        rest = whole % 1024;
        whole /= 1024;
        ++unit;
    }
    return std::to_string(whole) + "." + std::to_string(rest * 10 / 1024) + " " + std::string(units[unit - 1]);
}

std::string counted(std::uint64_t count, std::string_view noun)
{
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace cli
