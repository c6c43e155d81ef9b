#pragma once

#include "ray/job_output.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/ray/job_log.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::ray {

/// What the tasks of one follower share: one asks for the job's status, one reads its output.
class job_log_follower::implementation {
public:
    implementation(job_client on, std::string id, job_log_options options);

    static task<std::optional<std::string>> next(std::shared_ptr<implementation> self);
    void cancel();
    submitted_job const& job() const noexcept { return job_; }
    std::uint64_t position() const noexcept { return returned_; }

private:
    using self_ptr = std::shared_ptr<implementation>;
    using clock = std::chrono::steady_clock;

    enum class live_end { ended, job_is_finished, outage };

    static task<void> watch_status(self_ptr self);
    static task<void> read_all(self_ptr self);
    static task<void> follow_live(self_ptr self);
    static task<void> read_rest(self_ptr self);
    static task<live_end> try_live(self_ptr self);
    static task<void> keep_outcome(self_ptr self, task<void> op);
    static task<void> guard(self_ptr self, task<void> op);
    static task<void> put(self_ptr self, std::string bytes);
    static task<void> wait_for_news(self_ptr self, clock::duration at_most);
    static output_sink sink_of(self_ptr const& self);

    void see(submitted_job now);
    void trouble(error const& cause) const;
    void fail(error why);
    bool is_unreachable_for_good(clock::time_point since) const;
    void choose_next_way(error const& why);
    std::optional<error> end_of_attempt(live_end end, bool had_news) const;
    error explain_absence(error const& why) const;
    clock::duration status_pause(clock::time_point begun) const;

    job_client on_;
    std::string id_;
    job_log_options options_;
    task_group tasks_, reading_;
    condition changed_, room_;
    submitted_job job_;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::uint64_t returned_ = 0;
    std::shared_ptr<output_position> read_;
    output_attempt live_;
    int refusals_ = 0;                     // of the present way, in a row
    std::uint64_t outages_ = 0;            // of the status
    std::optional<result<void>> outcome_;  // of the attempt that was under way
    bool started_ = false, read_to_end_ = false;
    bool is_lost_ = false;  // the dashboard did not answer at last
    std::optional<error> failed_;
};

}  // namespace kuberay::ray
