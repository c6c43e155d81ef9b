#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/base/task.hpp>

#include <string>

namespace kuberay::kube {
}
namespace kuberay::ray {
}

/// The plugin: argv in, library calls, text out. Nothing here is for other programs.
namespace cli {

namespace json = boost::json;
namespace kube = kuberay::kube;
namespace ray = kuberay::ray;

using kuberay::errc;
using kuberay::error;
using kuberay::failure;
using kuberay::result;
using kuberay::task;

/// What the process ends with.
enum class exit_code : int {
    done = 0,
    failed = 1,
    usage = 2,          ///< the command line cannot be understood; nothing was done
    timed_out = 124,    ///< a deadline of ours passed
    interrupted = 130,  ///< SIGINT or SIGTERM
};

/// The command line is wrong. Thrown while it is read and checked, never by a running command.
class usage_error : public failure {
public:
    explicit usage_error(std::string message, std::string hint = std::string())
        : failure(kuberay::error(errc::bad_input, std::move(message)).with_hint(std::move(hint)))
    {
    }
};

/// What is looked for and is not there, as an error with the code `reason::not_found`.
error not_found(std::string sentence);

}  // namespace cli
