#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace playground {

/// What the command line asks for.
struct options {
    options() = default;
    std::string kubeconfig;  ///< where to write it; empty: a temporary folder
    std::uint16_t port = 0;
    int clusters = 0;
    std::chrono::milliseconds latency{0};
    std::string token;
    bool help = false;
    std::vector<std::string> command;  ///< empty: serve until interrupted
};

/// Reads the arguments (without the program). Errors: `kuberay::failure`, `errc::bad_input`.
options read_options(std::vector<std::string> const& arguments);

std::string help_text();

}  // namespace playground
