#pragma once

#include "cli/names.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace cli {

struct terminal_size {
    terminal_size() = default;
    std::uint16_t columns = 0, rows = 0;
    bool operator==(terminal_size const&) const = default;
};

/// Absent when `fd` is no terminal, or one that does not know its size.
std::optional<terminal_size> size_of_terminal(int fd) noexcept;

/// Hands every key on as it is typed, Ctrl-C too, as long as it lives; then the terminal is as it was.
///
/// It is also given back when a signal ends the process (SIGHUP, SIGQUIT, SIGABRT and what a crash raises). One at a time.
/// Errors: the system's code when the terminal cannot be set up.
class raw_terminal {
public:
    explicit raw_terminal(int fd);
    ~raw_terminal();
    raw_terminal(raw_terminal const&) = delete;
    raw_terminal& operator=(raw_terminal const&) = delete;

    /// Sets it up again, after the shell had the terminal in between (SIGTSTP, SIGCONT). Nothing without one.
    static void resume() noexcept;

    /// Gives the terminal back at once, for ways out that run no destructors. May be called from a signal handler.
    static void restore_now() noexcept;
};

/// Tells when a terminal changes its size.
class size_watch {
public:
    size_watch(kuberay::asio::any_io_executor executor, int fd);

    /// Suspends until SIGWINCH or SIGCONT came; the size as it is then. Cancellation: terminal.
    task<std::optional<terminal_size>> next();

private:
    struct state;
    static task<std::optional<terminal_size>> wait(std::shared_ptr<state> shared);
    std::shared_ptr<state> state_;
};

}  // namespace cli
