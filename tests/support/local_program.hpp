#pragma once

#include "ray/pod_program.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::test {

/// A process of this machine in the place of a program in a container. Its output is read once its input has ended.
class local_program {
public:
    explicit local_program(std::vector<std::string> const& command, bool has_input)
    {
        std::signal(SIGPIPE, SIG_IGN);
        std::array<int, 2> input{-1, -1};
        if (::pipe2(input.data(), O_CLOEXEC) != 0) throw failure(errc::unexpected, "no pipe");
        out_ = ::fileno(::tmpfile());
        err_ = ::fileno(::tmpfile());
        std::vector<char*> words;
        for (auto const& word : command)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(input[0], 0);
            ::dup2(out_, 1);
            ::dup2(err_, 2);
            std::signal(SIGPIPE, SIG_DFL);
            ::execvp(words[0], words.data());
            ::_exit(127);
        }
        ::close(input[0]);
        input_ = input[1];
        if (!has_input) end_input();
    }

    local_program(local_program const&) = delete;
    local_program& operator=(local_program const&) = delete;

    ~local_program()
    {
        end_input();
        wait();
        ::close(out_);
        ::close(err_);
    }

    bool input_open() const noexcept { return input_ >= 0; }

    /// False when the program does not read any more.
    bool write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            ssize_t const written = ::write(input_, bytes.data(), bytes.size());
            if (written < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

    void end_input()
    {
        if (input_ >= 0) ::close(input_);
        input_ = -1;
        if (changed_) changed_->notify_all();
    }

    static task<void> input_ended(std::shared_ptr<local_program> program)
    {
        if (!program->changed_) program->changed_.emplace(co_await asio::this_coro::executor);
        while (program->input_open())
            co_await program->changed_->wait();
    }

    int wait()
    {
        int status = 0;
        if (child_ > 0 && ::waitpid(child_, &status, 0) == child_) {
            exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            child_ = -1;
            ::lseek(out_, 0, SEEK_SET);
            ::lseek(err_, 0, SEEK_SET);
        }
        return exit_code_;
    }

    std::string read(kube::output_channel from)
    {
        std::string bytes(10'000, '\0');
        ssize_t const count = ::read(from == kube::output_channel::out ? out_ : err_, bytes.data(), bytes.size());
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }

private:
    pid_t child_ = -1;
    int input_ = -1, out_ = -1, err_ = -1, exit_code_ = -1;
    std::optional<condition> changed_;  // once somebody waits
};

inline task<std::optional<kube::exec_output>> read_local(std::shared_ptr<local_program> program)
{
    co_await local_program::input_ended(program);
    program->wait();
    kube::exec_output piece;
    piece.channel = kube::output_channel::err;
    piece.bytes = program->read(piece.channel);
    if (piece.bytes.empty()) {
        piece.channel = kube::output_channel::out;
        piece.bytes = program->read(piece.channel);
    }
    if (piece.bytes.empty()) co_return std::nullopt;
    co_return piece;
}

inline task<void> write_local(std::shared_ptr<local_program> program, std::string bytes)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);  // others have their turn
    if (program->input_open() && !program->write(bytes)) program->end_input();
}

inline task<void> finish_local(std::shared_ptr<local_program> program)
{
    program->end_input();
    co_return;
}

inline ray::pod_program handle_of(std::shared_ptr<local_program> const& program)
{
    ray::pod_program handle;
    handle.read = [program] { return read_local(program); };
    handle.write = [program](std::string bytes) { return write_local(program, std::move(bytes)); };
    handle.finish_input = [program] { return finish_local(program); };
    handle.exit_code = [program] { return program->wait(); };
    handle.abort = [program] { program->end_input(); };
    return handle;
}

inline task<ray::pod_program> start_local(std::string, kube::exec_options options)
{
    co_return handle_of(std::make_shared<local_program>(options.command, options.input));
}

}  // namespace kuberay::test
