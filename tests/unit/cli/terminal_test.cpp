#include "cli/terminal.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace cli {
namespace {

namespace asio = kuberay::asio;

/// A pseudo-terminal.
struct terminal_pair {
    terminal_pair()
        : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
    {
        if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) throw std::runtime_error("openpt");
        slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    }

    ~terminal_pair()
    {
        ::close(slave);
        ::close(master);
    }

    bool is_raw() const
    {
        termios now{};
        ::tcgetattr(slave, &now);
        return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0;
    }

    void set_size(unsigned short columns, unsigned short rows) const
    {
        winsize size{};
        size.ws_col = columns;
        size.ws_row = rows;
        ::ioctl(master, TIOCSWINSZ, &size);
    }

    int master, slave = -1;
};

TEST(raw_terminal, it_is_raw_while_it_lives)
{
    terminal_pair terminal;
    {
        raw_terminal const raw(terminal.slave);
        EXPECT_TRUE(terminal.is_raw());
    }
    EXPECT_FALSE(terminal.is_raw());
}

TEST(raw_terminal, an_exception_gives_it_back)
{
    terminal_pair terminal;
    EXPECT_THROW(
        {
            raw_terminal const raw(terminal.slave);
            throw std::runtime_error("x");
        },
        std::runtime_error
    );
    EXPECT_FALSE(terminal.is_raw());
}

TEST(raw_terminal, it_can_be_set_up_again_and_not_when_nobody_has_it)
{
    terminal_pair terminal;
    {
        raw_terminal const raw(terminal.slave);
        termios cooked{};
        ::tcgetattr(terminal.slave, &cooked);
        cooked.c_lflag |= ICANON | ECHO | ISIG;
        ::tcsetattr(terminal.slave, TCSANOW, &cooked);
        raw_terminal::resume();
        EXPECT_TRUE(terminal.is_raw());
    }
    raw_terminal::resume();
    EXPECT_FALSE(terminal.is_raw());
}

TEST(raw_terminal, what_is_no_terminal_is_an_error)
{
    int const nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    EXPECT_THROW(raw_terminal{nothing}, failure);
    ::close(nothing);
}

class fatal_signal : public ::testing::TestWithParam<int> {};

TEST_P(fatal_signal, gives_the_terminal_back_and_still_ends_the_process)
{
    terminal_pair terminal;
    pid_t const child = ::fork();
    if (child == 0) {
        std::signal(GetParam(), SIG_DFL);  // not the sanitizer's
        raw_terminal const raw(terminal.slave);
        ::raise(GetParam());
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), GetParam());
    EXPECT_FALSE(terminal.is_raw());
}

INSTANTIATE_TEST_SUITE_P(all, fatal_signal, ::testing::Values(SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS));

KUBERAY_CO_TEST(size_watch, a_change_is_told_with_the_new_size)
{
    terminal_pair terminal;
    EXPECT_FALSE(size_of_terminal(terminal.slave).has_value()) << "a new one has no size";
    size_watch watch(co_await asio::this_coro::executor, terminal.slave);
    terminal.set_size(100, 40);
    ::raise(SIGWINCH);
    std::optional<terminal_size> const now = co_await watch.next();
    EXPECT_TRUE(now.has_value());
    EXPECT_EQ(now.value_or(terminal_size()).columns, 100);
    EXPECT_EQ(now.value_or(terminal_size()).rows, 40);
}

}  // namespace
}  // namespace cli
