#pragma once

#include <kuberay/ray/job_client.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::ray {

struct job_log_options {
    job_log_options() = default;
    /// Pause between two looks at the status; it grows to five times of it while a job runs long, and between tries after
    /// a loss to ten times.
    std::chrono::milliseconds poll = std::chrono::milliseconds(100);
    std::uint64_t skip = 0;  ///< bytes at the start that the caller already has
    std::chrono::steady_clock::duration give_up_after =
        std::chrono::minutes(2);                          ///< of an unreachable dashboard; zero: never
    std::function<void(submitted_job const&)> on_status;  ///< whenever status or message changed
    std::function<void(error const& cause)> on_trouble;  ///< connection lost, another way taken, bytes that are missing
};

/// Follows one job from PENDING to its end: its output as raw bytes as the job prints them, then the outcome. Movable.
///
/// The output comes by `/api/v0/logs/stream`; where that fails by `logs/file`, `GET …/logs`, and the tail WebSocket (without
/// compression). After a cut it goes on at the byte where it stopped; where it had to read text, Ray has made `\r\n` and `\r`
/// to `\n`. The end is what the Jobs API says, never what a socket says: after a terminal status the log file, which grows
/// no more, is read on to its proven end. A job that failed before it had a node has no output: see `job().message`.
/// Lifetime: to be destroyed on the client's executor.
class job_log_follower {
public:
    class implementation;
    job_log_follower(job_client on, std::string id, job_log_options options = job_log_options());
    explicit job_log_follower(std::shared_ptr<implementation> implementation);
    job_log_follower(job_log_follower&&) noexcept;
    job_log_follower& operator=(job_log_follower&&) noexcept;
    ~job_log_follower();

    /// The next bytes of the output; nullopt when the job has ended and all of it was returned: `job()` is then final.
    /// Bounded: what is not fetched waits at the server.
    /// Errors: `reason::not_found` (deleted, or never there, or forgotten by a head that restarted); `errc::bad_input` for a
    /// driver that was not submitted; `reason::unauthorized`, `forbidden`;
    /// `errc::connection_lost` after `give_up_after`. Cancellation: terminal; it can be called again.
    task<std::optional<std::string>> next();

    /// The job as last seen.
    submitted_job const& job() const noexcept;
    /// Bytes of output returned so far, those skipped included.
    std::uint64_t position() const noexcept;

private:
    std::shared_ptr<implementation> implementation_;
};

}  // namespace kuberay::ray
