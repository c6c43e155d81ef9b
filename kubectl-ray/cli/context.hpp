#pragma once

#include "cli/global_flags.hpp"
#include "cli/names.hpp"
#include "cli/stream.hpp"

#include <kuberay/base/time.hpp>
#include <kuberay/kube/client.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cli {

/// What a program gets from its process. Tests fill it with their own.
struct process {
    process() = default;
    std::shared_ptr<sink> out, err;
    std::shared_ptr<source> in;
    std::function<std::optional<std::string>(std::string const&)> environment;
    std::function<kuberay::timestamp()> now;
    bool in_is_terminal = false, out_is_terminal = false, err_is_terminal = false;
    /// Where `in`, `out` and `err` are descriptors; -1: they are not, and bytes go through the streams above.
    int in_fd = -1, out_fd = -1, err_fd = -1;
    std::size_t width = 80;               ///< of the terminal
    std::string program = "kubectl ray";  ///< as the user calls it
    bool handles_signals = false;         ///< SIGINT and SIGTERM end the command cleanly
    std::function<kube::client_options(kuberay::asio::any_io_executor)> client_options;  ///< tests; empty: the defaults
};

/// What a running command sees of the world. A handle: copies share; given by value to coroutines.
/// Thread safety: for the one thread that runs the command.
class context {
public:
    context(process from, global_flags globals, kuberay::asio::any_io_executor executor);

    sink& out() const;
    sink& err() const;
    source& in() const;
    kuberay::timestamp now() const;
    std::optional<std::string> environment(std::string const& name) const;
    kuberay::asio::any_io_executor executor() const;

    bool in_is_terminal() const noexcept;
    bool out_is_terminal() const noexcept;
    bool err_is_terminal() const noexcept;
    int in_fd() const noexcept;
    int out_fd() const noexcept;
    int err_fd() const noexcept;
    std::size_t width() const noexcept;
    bool colour_allowed() const;  ///< a terminal, and no NO_COLOR
    std::string const& program() const noexcept;

    global_flags const& globals() const noexcept;

    /// The client for the configuration that the global flags select; made by the first call.
    /// Errors: those of `kube::load_config`.
    kube::client client() const;

    /// The same world, but another context of the kubeconfig.
    context with_context(std::string name) const;

    /// --namespace, else that of the context, else `default`. Errors: as `client`.
    std::string ns() const;

    /// The same for commands that must work without a kubeconfig: one that cannot be used is a warning.
    std::string ns_without_server() const;

    /// A line on stderr for a person.
    void note(std::string const& line) const;

    /// `Warning: ...` on stderr, each text once.
    void warn(std::string const& text) const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace cli
