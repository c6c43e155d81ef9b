#pragma once

#include <cstddef>
#include <string_view>

namespace kuberay::kube {

/// Finds where a JSON object or array ends, in bytes that arrive in pieces, without decoding it: counts brackets outside
/// strings. Whether the text between is valid is for the parser to say.
class json_scanner {
public:
    static constexpr std::size_t npos = std::string_view::npos;

    /// Starts at an opening bracket; the next byte given to `scan` is that bracket.
    void start() noexcept
    {
        depth_ = 0;
        in_string_ = false;
        escaped_ = false;
    }

    /// The number of bytes of `piece` that belong to the value when it ends in this piece, else `npos`: all do.
    std::size_t scan(std::string_view piece) noexcept;

private:
    bool ends_at(char c) noexcept;

    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace kuberay::kube
