#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/kube/client.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::kube {

struct log_options {
    log_options() = default;
    std::string container;  ///< empty: the server's choice, which needs a pod with one container
    bool previous = false;  ///< of the container before its last restart
    bool timestamps = false;
    std::optional<std::chrono::seconds> since;  ///< not older than; excludes `since_time`
    std::optional<timestamp> since_time;        ///< from this second on
    std::optional<std::int64_t> tail;           ///< lines from the end
    std::optional<std::int64_t> limit_bytes;
};

/// The log of a container up to now, piece by piece, raw: pieces end anywhere, also inside a line or a character.
/// Movable. Errors: as `http_response::read_some`. A proper end does not prove that all was there: the API server ends
/// a log properly when it loses the node.
class log_reader {
public:
    log_reader() = default;
    explicit log_reader(net::http_response answer);

    /// The next piece; empty at the end.
    task<std::string> read_some();

private:
    net::http_response answer_;
};

/// Reads a log. Errors: the server's Status (`reason::not_found`, `bad_request` for a container that has not started or
/// has no previous log). Source: reference kubernetes-clients 2.i.
task<log_reader> read_log(client on, std::string ns, std::string pod, log_options options);

/// One line of a log, without its end. A line longer than `log_follow_options::max_line` comes in parts: all but the
/// last have `more`.
struct log_line {
    log_line() = default;
    std::optional<timestamp> time;  ///< as the node recorded it; of the first part
    std::string text;               ///< raw bytes
    bool more = false;
};

/// `timestamps` makes no difference: every line has its time.
struct log_follow_options : log_options {
    log_follow_options() = default;
    std::size_t max_line = 256 * 1024;
    std::function<void(error const& cause)> on_reconnect;  ///< the stream broke off and is taken up again
    std::chrono::milliseconds first_wait{250}, longest_wait{10'000};
};

/// Follows the log of one container across cuts: resumes at the second of the last line and leaves out what was
/// reported already, so no line is lost or reported twice. The end is proven: only when the pod says that this run of
/// the container (same restart count) has terminated and a further request brings nothing more, or the pod is gone, is a
/// proper end of the body the end; else following goes on. A restarted container is followed into its new run, after
/// what is missing of the one before.
/// Needs `get` on pods besides `pods/log`. Movable. Cancellation: terminal; the follower can be used again.
class log_follower {
public:
    class implementation;

    log_follower(client on, std::string ns, std::string pod, log_follow_options options);
    explicit log_follower(std::shared_ptr<implementation> implementation);
    log_follower(log_follower&&) noexcept;
    log_follower& operator=(log_follower&&) noexcept;
    ~log_follower();

    /// The next line; nullopt when the container has ended and its log is read. A container that has not started yet
    /// is waited for.
    /// Errors: those that waiting cannot heal: `reason::not_found` (pod or container), `forbidden`, `unauthorized`,
    /// `bad_request` other than for a container that is about to start; `errc::bad_input` for `previous` and
    /// `limit_bytes`, which do not go with following.
    task<std::optional<log_line>> next();

    /// The restart count of the run that is read: which one has ended, after nullopt.
    std::int64_t restarts() const noexcept;

private:
    std::shared_ptr<implementation> implementation_;
};

}  // namespace kuberay::kube
