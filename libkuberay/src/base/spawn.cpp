#include "base/spawn.hpp"

#include "base/descriptor.hpp"
#include "base/doubling_pause.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <map>

extern char** environ;

namespace kuberay {
namespace {

int open_pidfd(pid_t pid) noexcept
{
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    static_cast<void>(pid);
    return -1;
#endif
}

}  // namespace

spawn_plan::spawn_plan()
{
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
}

spawn_plan::~spawn_plan()
{
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
}

std::vector<std::string> environment_with(std::vector<std::pair<std::string, std::string>> const& more)
{
    std::map<std::string, std::string> values;
    for (char** entry = environ; entry && *entry; ++entry) {
        std::string const text(*entry);
        std::size_t const equals = text.find('=');
        if (equals != std::string::npos) values[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (auto const& [name, value] : more)
        values[name] = value;
    std::vector<std::string> lines;
    lines.reserve(values.size());
    for (auto const& [name, value] : values)
        lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

task<void> await_child(pid_t pid, std::function<bool()> has_ended)
{
    if (has_ended()) co_return;
    descriptor pidfd(open_pidfd(pid));
    if (pidfd.is_open()) {
        asio::posix::stream_descriptor watch(co_await asio::this_coro::executor, pidfd.get());
        pidfd.release();
        while (!has_ended()) {
            error_code ended;
            co_await watch.async_wait(
                asio::posix::descriptor_base::wait_read, asio::redirect_error(asio::use_awaitable, ended)
            );
            if (ended) throw failure(ended, "waiting for a child process");
        }
        co_return;
    }
    // A kernel older than 5.3.
    doubling_pause pauses(std::chrono::milliseconds(1), std::chrono::milliseconds(100));
    while (!has_ended()) {
        doubling_pause::duration const pause = pauses.next();
        co_await sleep_for(pause);
    }
}

}  // namespace kuberay
