#include "cli/terminal.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

namespace cli {
namespace {

namespace asio = kuberay::asio;

constexpr std::array ending_signals{SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// Signal handlers see nothing but globals.
std::atomic<int> raw_fd{-1};
termios saved{}, raw{};
std::array<struct sigaction, ending_signals.size()> previous{};

extern "C" void restore_and_end(int signal)
{
    raw_terminal::restore_now();
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
        if (ending_signals[i] == signal) ::sigaction(signal, &previous[i], nullptr);
    ::raise(signal);
}

void catch_ending_signals()
{
    struct sigaction ours{};
    ours.sa_handler = restore_and_end;
    sigemptyset(&ours.sa_mask);
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
        ::sigaction(ending_signals[i], &ours, &previous[i]);
}

void leave_ending_signals() noexcept
{
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
        ::sigaction(ending_signals[i], &previous[i], nullptr);
}

[[noreturn]] void throw_system(char const* what)
{
    throw failure(kuberay::error_code(errno, boost::system::system_category()), what);
}

}  // namespace

std::optional<terminal_size> size_of_terminal(int fd) noexcept
{
    winsize found{};
    if (fd < 0 || ::ioctl(fd, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0) return std::nullopt;
    terminal_size size;
    size.columns = found.ws_col;
    size.rows = found.ws_row;
    return size;
}

raw_terminal::raw_terminal(int fd)
{
    if (raw_fd.load() >= 0) throw std::logic_error("the terminal is raw already");
    if (::tcgetattr(fd, &saved) != 0) throw_system("reading the settings of the terminal");
    raw = saved;
    ::cfmakeraw(&raw);
    catch_ending_signals();
    raw_fd.store(fd);
    if (::tcsetattr(fd, TCSANOW, &raw) == 0) return;
    int const why = errno;
    restore_now();
    leave_ending_signals();
    errno = why;
    throw_system("changing the settings of the terminal");
}

raw_terminal::~raw_terminal()
{
    restore_now();
    leave_ending_signals();
}

void raw_terminal::resume() noexcept
{
    int const fd = raw_fd.load();
    if (fd >= 0) ::tcsetattr(fd, TCSANOW, &raw);
}

void raw_terminal::restore_now() noexcept
{
    int const fd = raw_fd.exchange(-1);
    if (fd >= 0) ::tcsetattr(fd, TCSANOW, &saved);
}

struct size_watch::state {
    state(asio::any_io_executor executor, int on)
        : signals(std::move(executor), SIGWINCH, SIGCONT)
        , fd(on)
    {
    }

    asio::signal_set signals;
    int fd;
};

size_watch::size_watch(asio::any_io_executor executor, int fd)
    : state_(std::make_shared<state>(std::move(executor), fd))
{
}

task<std::optional<terminal_size>> size_watch::next() { return wait(state_); }

task<std::optional<terminal_size>> size_watch::wait(std::shared_ptr<state> shared)
{
    int const signal = co_await shared->signals.async_wait(asio::use_awaitable);
    static_cast<void>(signal);
    co_return size_of_terminal(shared->fd);
}

}  // namespace cli
