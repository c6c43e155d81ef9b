#pragma once

#include "kube/container_run.hpp"
#include "kube/log_line_codec.hpp"
#include "kube/log_resume.hpp"
#include "kube/watch_environment.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::kube {

/// A follow as a state: which run of the container is read, up to which line, and the body being read, if any. Every
/// step asks the pod how its container is, opens a body, or reads a piece of one.
class log_follower::implementation {
public:
    implementation(
        client on, std::string ns, std::string pod, log_follow_options options,
        watch_environment environment = watch_environment()
    );

    /// The next line. The shared owner lives in the task.
    static task<std::optional<log_line>> next(std::shared_ptr<implementation> self);

    std::int64_t restarts() const noexcept { return run_ ? run_->restarts : 0; }

private:
    // What a body is read for.
    enum class pass {
        tail,      // the last lines of what there is, as asked for at the start
        follow,    // what there is and what comes
        rest,      // what there is: the container has ended
        previous,  // what is missing of the run before
    };

    task<void> step();
    task<void> look();
    task<void> await_start();
    void see(kube::pod const& now);
    void choose_pass();
    task<void> open();
    task<void> read();
    void take(log_line piece);
    void end_body();
    void finish();
    task<void> recover(error cause);
    void refuse(error const& cause);
    log_options request_options() const;
    void note_start(net::http_response const& answer);
    error explained_cause(error const& cause) const;

    client on_;
    api<kube::pod> pods_;
    std::string ns_, pod_;
    log_follow_options options_;
    watch_environment environment_;

    std::optional<container_run> run_;  // whose log is read
    std::int64_t seen_restarts_ = 0;    // what the pod said last
    pass pass_ = pass::follow;
    bool looked_ = false;        // the pod was asked since the last body
    bool tail_pending_ = false;  // the tail was not read yet
    bool ended_ = false;         // a following body ended properly, and the pod was not asked yet
    bool done_ = false;
    std::optional<timestamp> floor_;  // the start that `since` stands for

    std::optional<log_reader> body_;
    log_line_codec codec_;
    log_resume resume_;
    std::deque<log_line> lines_;
    std::size_t fresh_ = 0;  // lines reported of this body
    std::optional<error> trouble_;
    unsigned failures_ = 0;  // in a row without a line
};

}  // namespace kuberay::kube
