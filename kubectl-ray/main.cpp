#include "cli/program.hpp"
#include "commands/commands.hpp"

#include <kuberay/base/file.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>

namespace {

std::size_t terminal_width()
{
    winsize size{};
    for (int const fd : {STDOUT_FILENO, STDERR_FILENO})
        if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

cli::process this_process()
{
    using buffering = cli::fd_sink::buffering;
    cli::process from;
    from.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
    from.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    from.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
    from.in_fd = STDIN_FILENO;
    from.out_fd = STDOUT_FILENO;
    from.err_fd = STDERR_FILENO;
    from.out = std::make_shared<cli::fd_sink>(
        STDOUT_FILENO, "standard output", from.out_is_terminal ? buffering::line : buffering::block
    );
    from.err = std::make_shared<cli::fd_sink>(STDERR_FILENO, "standard error", buffering::none);
    from.in = std::make_shared<cli::fd_source>(STDIN_FILENO);
    from.environment = kuberay::environment;
    from.now = [] { return kuberay::timestamp(std::chrono::system_clock::now()); };
    from.width = terminal_width();
    from.handles_signals = true;
    return from;
}

}  // namespace

int main(int argc, char** argv)
{
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a closed pipe is seen where it is written to
    std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    // kubectl completes a plugin by running the program of this name with the words after `ray`.
    if (argc > 0 && std::filesystem::path(argv[0]).filename() == "kubectl_complete-ray")
        arguments.insert(arguments.begin(), "__complete");
    return cli::run_program(this_process(), cli::commands::root(), std::move(arguments));
}
