#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// `512 B`, `1.5 KiB`, `20.0 MiB`. Pure.
std::string bytes_text(std::uint64_t bytes);

/// `1 file`, `3 files`. Pure.
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace cli
