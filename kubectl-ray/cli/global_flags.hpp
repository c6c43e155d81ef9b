#pragma once

#include "cli/flags.hpp"

#include <kuberay/kube/config.hpp>

#include <string>

namespace cli {

/// kubectl's flags that every command takes (reference 1.4).
struct global_flags {
    global_flags() = default;
    kube::load_options load;
    std::string cache_dir, request_timeout = "0";
    std::vector<std::string> as_user_extra;
    std::int32_t verbosity = 0;
    bool help = false;
    std::size_t max_connections = 32;  ///< no flag: a command that follows many streams at once asks for more

    /// Declares them after those of the command, which may take a short form for itself.
    void declare(flags& on);

    /// Fills in `load` what needs more than copying. Errors: `usage_error`.
    void complete();
};

}  // namespace cli
