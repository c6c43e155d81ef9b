#include "cli/byte_streams.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace cli {
namespace {

namespace asio = kuberay::asio;

[[noreturn]] void throw_system(std::string what)
{
    throw failure(kuberay::error_code(errno, boost::system::system_category()), std::move(what));
}

enum class direction { reading, writing };

bool is_ready(int fd, direction what)
{
    pollfd asked{};
    asked.fd = fd;
    asked.events = what == direction::reading ? POLLIN : POLLOUT;
    return ::poll(&asked, 1, 0) > 0;  // also for an end or an error: what follows reports it
}

/// Waits until a descriptor is ready. Asio would make the descriptor itself non-blocking, so it watches an epoll of ours
/// that watches the descriptor.
class readiness {
public:
    readiness(asio::any_io_executor executor, int fd, direction what)
        : fd_(fd)
        , what_(what)
        , watched_(std::move(executor))
    {
    }

    /// True when waiting made sense.
    bool is_ready_now() const { return is_ready(fd_, what_); }

    void prepare()
    {
        if (watched_.is_open() || never_waits_) return;
        int const made = ::epoll_create1(EPOLL_CLOEXEC);
        if (made < 0) throw_system("watching a standard stream");
        watched_.assign(made);
        epoll_event wanted{};
        wanted.events = what_ == direction::reading ? EPOLLIN : EPOLLOUT;
        if (::epoll_ctl(made, EPOLL_CTL_ADD, fd_, &wanted) == 0) return;
        if (errno != EPERM) throw_system("watching a standard stream");
        never_waits_ = true;  // a file
    }

    bool never_waits() const noexcept { return never_waits_; }

    asio::posix::stream_descriptor& watched() noexcept { return watched_; }

private:
    int fd_;
    direction what_;
    asio::posix::stream_descriptor watched_;
    bool never_waits_ = false;
};

// `on` is kept by who calls.
task<void> until_ready(readiness* on)
{
    on->prepare();
    while (!on->never_waits() && !on->is_ready_now())
        co_await on->watched().async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
}

constexpr std::size_t read_size = std::size_t(32) << 10;

}  // namespace

struct byte_input::state {
    explicit state(context from)
        : on(std::move(from))
        , ready(on.executor(), on.in_fd(), direction::reading)
    {
    }

    context on;
    readiness ready;
};

byte_input::byte_input(context on)
    : state_(std::make_shared<state>(std::move(on)))
{
}

task<std::string> byte_input::read_some() const { return read(state_); }

task<std::string> byte_input::read(std::shared_ptr<state> shared)
{
    int const fd = shared->on.in_fd();
    if (fd < 0) co_return shared->on.in().read_all();
    std::string piece(read_size, '\0');
    for (;;) {
        co_await until_ready(&shared->ready);
        ssize_t const got = ::read(fd, piece.data(), piece.size());
        if (got >= 0) {
            piece.resize(static_cast<std::size_t>(got));
            co_return piece;
        }
        if (errno == EINTR || errno == EAGAIN) continue;
        throw_system("reading standard input");
    }
}

struct byte_output::state {
    enum class kind { file, socket, pipe, other };

    state(context from, output_to where)
        : on(std::move(from))
        , to(where)
        , fd(where == output_to::out ? on.out_fd() : on.err_fd())
        , ready(on.executor(), fd, direction::writing)
    {
        struct stat found{};
        if (fd < 0 || ::fstat(fd, &found) != 0) return;
        if (S_ISREG(found.st_mode)) what = kind::file;
        if (S_ISSOCK(found.st_mode)) what = kind::socket;
        if (S_ISFIFO(found.st_mode)) what = kind::pipe;
    }

    // What a descriptor that is ready takes without blocking: a pipe promises a page, a terminal a little.
    std::size_t portion() const noexcept
    {
        if (ready.never_waits() || what == kind::file || what == kind::socket) return std::size_t(64) << 10;
        return what == kind::pipe ? 4096 : 512;
    }

    ssize_t write_some(char const* from, std::size_t size) const
    {
        if (what == kind::socket) return ::send(fd, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        return ::write(fd, from, size);
    }

    context on;
    output_to to;
    int fd;
    kind what = kind::other;
    readiness ready;
};

byte_output::byte_output(context on, output_to where)
    : state_(std::make_shared<state>(std::move(on), where))
{
}

task<void> byte_output::write(std::string bytes) const { return write_all(state_, std::move(bytes)); }

task<void> byte_output::write_all(std::shared_ptr<state> shared, std::string bytes)
{
    if (shared->fd < 0) {
        sink& into = shared->to == output_to::out ? shared->on.out() : shared->on.err();
        into.write(bytes);
        into.flush();
        co_return;
    }
    std::size_t at = 0;
    while (at < bytes.size()) {
        co_await until_ready(&shared->ready);
        std::size_t const size = std::min(bytes.size() - at, shared->portion());
        ssize_t const written = shared->write_some(bytes.data() + at, size);
        if (written >= 0)
            at += static_cast<std::size_t>(written);
        else if (errno != EINTR && errno != EAGAIN)
            throw_system(shared->to == output_to::out ? "writing to standard output" : "writing to standard error");
    }
}

}  // namespace cli
