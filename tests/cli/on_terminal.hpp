#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace cli {

/// kubectl-ray as the leader of a session on a terminal of its own.
class on_terminal {
public:
    on_terminal(std::vector<std::string> arguments, std::string const& kubeconfig)
        : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
    {
        if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) throw std::runtime_error("openpt");
        slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        set_size(90, 30);
        arguments.insert(arguments.begin(), "kubectl-ray");
        std::vector<char*> argv;
        for (std::string& each : arguments)
            argv.push_back(each.data());
        argv.push_back(nullptr);
        ::setenv("KUBECONFIG", kubeconfig.c_str(), 1);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::setsid();
            ::ioctl(slave_, TIOCSCTTY, 0);
            for (int const fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
                ::dup2(slave_, fd);
            ::execv(KUBECTL_RAY, argv.data());
            ::_exit(99);
        }
        ::unsetenv("KUBECONFIG");
    }

    ~on_terminal()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait();
        }
        ::close(slave_);
        ::close(master_);
    }

    on_terminal(on_terminal const&) = delete;
    on_terminal& operator=(on_terminal const&) = delete;

    void type(std::string const& text) const
    {
        EXPECT_EQ(::write(master_, text.data(), text.size()), ssize_t(text.size()));
    }

    void set_size(unsigned short columns, unsigned short rows) const
    {
        winsize size{};
        size.ws_col = columns;
        size.ws_row = rows;
        ::ioctl(master_, TIOCSWINSZ, &size);
    }

    /// Reads until `text` was shown.
    std::string seen(std::string const& text)
    {
        while (shown_.find(text) == std::string::npos) {
            pollfd asked{};
            asked.fd = master_;
            asked.events = POLLIN;
            char piece[4096];
            if (::poll(&asked, 1, 30'000) <= 0) throw std::runtime_error(text + " did not appear in " + shown_);
            ssize_t const got = ::read(master_, piece, sizeof piece);
            if (got <= 0) throw std::runtime_error("the terminal ended; shown was " + shown_);
            shown_.append(piece, static_cast<std::size_t>(got));
        }
        return shown_;
    }

    bool is_raw() const
    {
        termios now{};
        ::tcgetattr(slave_, &now);
        return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0;
    }

    void send(int signal) const { ::kill(pid_, signal); }

    int wait()
    {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    int master_, slave_ = -1;
    pid_t pid_ = -1;
    std::string shown_;
};

}  // namespace cli
