#include "cli/byte_streams.hpp"
#include "support/co_test.hpp"

#include <kuberay/base/task_group.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

namespace cli {
namespace {

namespace asio = kuberay::asio;

struct pipe_ends {
    pipe_ends()
    {
        if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    }

    ~pipe_ends()
    {
        close_end(0);
        close_end(1);
    }

    void close_end(std::size_t which)
    {
        if (fds[which] >= 0) ::close(fds[which]);
        fds[which] = -1;
    }

    std::array<int, 2> fds{-1, -1};
};

context with_fds(asio::any_io_executor executor, int in, int out)
{
    process from;
    from.out = from.err = std::make_shared<string_sink>();
    from.in = std::make_shared<string_source>("from the source");
    from.environment = [](std::string const&) { return std::optional<std::string>(); };
    from.in_fd = in;
    from.out_fd = out;
    return context(from, global_flags(), executor);
}

std::string taken(int fd, std::size_t size)
{
    std::string text(size, '\0');
    std::size_t at = 0;
    while (at < size) {
        ssize_t const got = ::read(fd, text.data() + at, size - at);
        if (got <= 0) break;
        at += static_cast<std::size_t>(got);
    }
    text.resize(at);
    return text;
}

KUBERAY_CO_TEST(byte_input, a_pipe_gives_what_comes_then_its_end_and_keeps_its_flags)
{
    pipe_ends pipe;
    int const flags = ::fcntl(pipe.fds[0], F_GETFL);
    byte_input const input(with_fds(co_await asio::this_coro::executor, pipe.fds[0], -1));
    EXPECT_EQ(::write(pipe.fds[1], "ab\0c", 4), 4);
    std::string const first = co_await input.read_some();
    EXPECT_EQ(first, std::string("ab\0c", 4));
    EXPECT_EQ(::fcntl(pipe.fds[0], F_GETFL), flags) << "O_NONBLOCK would be seen by the shell";
    pipe.close_end(1);
    std::string const end = co_await input.read_some();
    EXPECT_EQ(end, "");
}

KUBERAY_CO_TEST(byte_input, waiting_for_a_pipe_does_not_hold_up_others)
{
    pipe_ends pipe;
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    byte_input const input(with_fds(executor, pipe.fds[0], -1));
    bool waits = true;
    // It has its turn when the read below has to wait.
    asio::post(executor, [&] {
        EXPECT_TRUE(waits);
        EXPECT_EQ(::write(pipe.fds[1], "late", 4), 4);
    });
    std::string const got = co_await input.read_some();
    waits = false;
    EXPECT_EQ(got, "late");
}

KUBERAY_CO_TEST(byte_input, a_file_is_read_to_its_end)
{
    std::string const path = ::testing::TempDir() + "byte-input-" + std::to_string(::getpid());
    std::ofstream(path) << std::string(100'000, 'x');
    int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    byte_input const input(with_fds(co_await asio::this_coro::executor, fd, -1));
    std::size_t size = 0;
    for (;;) {
        std::string const piece = co_await input.read_some();
        if (piece.empty()) break;
        size += piece.size();
    }
    EXPECT_EQ(size, 100'000u);
    ::close(fd);
    ::unlink(path.c_str());
}

KUBERAY_CO_TEST(byte_input, without_a_descriptor_the_source_is_read)
{
    byte_input const input(with_fds(co_await asio::this_coro::executor, -1, -1));
    std::string const first = co_await input.read_some();
    EXPECT_EQ(first, "from the source");
    std::string const end = co_await input.read_some();
    EXPECT_EQ(end, "");
}

KUBERAY_CO_TEST(byte_output, a_full_pipe_suspends_the_writer_and_nothing_is_lost)
{
    pipe_ends pipe;
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    byte_output const output(with_fds(executor, -1, pipe.fds[1]), output_to::out);
    byte_input const input(with_fds(executor, pipe.fds[0], -1));
    int const room = ::fcntl(pipe.fds[1], F_GETPIPE_SZ);
    std::string const text(static_cast<std::size_t>(room) * 4, 'y');
    bool written = false;
    kuberay::task_group beside(executor);
    auto const write = [](byte_output into, std::string bytes, bool* done) -> task<void> {
        co_await into.write(std::move(bytes));
        *done = true;
    };
    beside.start(write(output, text, &written));
    // There is something to read once the writer has written what it could and lets others have their turn.
    std::string got = co_await input.read_some();
    int left = 0;
    EXPECT_EQ(::ioctl(pipe.fds[0], FIONREAD, &left), 0);
    EXPECT_EQ(got.size() + static_cast<std::size_t>(left), static_cast<std::size_t>(room)) << "it was full";
    EXPECT_FALSE(written);
    while (got.size() < text.size()) {
        std::string const piece = co_await input.read_some();
        got += piece;
    }
    EXPECT_EQ(got, text);
}

KUBERAY_CO_TEST(byte_output, a_reader_that_went_away_is_epipe)
{
    std::signal(SIGPIPE, SIG_IGN);
    pipe_ends pipe;
    byte_output const output(with_fds(co_await asio::this_coro::executor, -1, pipe.fds[1]), output_to::out);
    pipe.close_end(0);
    task<void> writing = output.write("x");
    result<void> const ended = co_await kuberay::as_result(std::move(writing));
    EXPECT_EQ(ended.error().code(), kuberay::error_code(EPIPE, boost::system::system_category()));
}

KUBERAY_CO_TEST(byte_output, files_and_sockets_take_all)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    byte_output const socket(with_fds(executor, -1, ends[0]), output_to::out);
    co_await socket.write("over a socket");
    EXPECT_EQ(taken(ends[1], 13), "over a socket");
    int const nowhere = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    byte_output const full(with_fds(executor, -1, nowhere), output_to::out);
    task<void> writing = full.write("x");
    result<void> const ended = co_await kuberay::as_result(std::move(writing));
    EXPECT_EQ(ended.error().code(), kuberay::error_code(ENOSPC, boost::system::system_category()));
    for (int const fd : {ends[0], ends[1], nowhere})
        ::close(fd);
}

}  // namespace
}  // namespace cli
