#pragma once

#include "kube/container_run.hpp"
#include "ray/pod_program.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/follow_logs.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::ray {

/// One container, as the watch sees it, and what follows it.
struct followed_container {
    explicit followed_container(asio::any_io_executor executor)
        : follower(std::move(executor))
    {
    }

    task_group follower;  // its task
    std::uint64_t lines = 0;
    std::string pod, container;
    bool is_head = false;
    bool is_gone = false;              // the pod was deleted
    bool is_followed = false;          // by a task
    kube::container_run run;           // as seen last
    std::optional<std::int64_t> done;  // the restart count of the last run that was followed to its end
};

using followed_ptr = std::shared_ptr<followed_container>;

struct followed_pod {
    followed_pod() = default;
    std::list<followed_ptr> containers;
};

/// What the tasks of one follower share: the pods, and the lines that wait to be taken.
class cluster_log_follower::implementation {
public:
    implementation(
        kube::client on, std::string ns, std::string cluster, follow_logs_options options, start_program start
    );

    static task<std::optional<node_log_line>> next(std::shared_ptr<implementation> self);
    void cancel();
    /// How long the log of a deleted pod may be silent before it counts as ended: a lost node never ends it.
    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

    // For the tasks.
    kube::client const& on() const noexcept { return on_; }
    std::string const& ns() const noexcept { return ns_; }
    follow_logs_options const& options() const noexcept { return options_; }
    start_program const& start_in_pod() const noexcept { return start_; }
    /// Waits for room.
    static task<void> put(std::shared_ptr<implementation> self, followed_ptr from, kube::log_line line);
    void trouble(followed_container const& at, error const& cause) const;
    void fail(error why);

private:
    static task<void> start(std::shared_ptr<implementation> self);
    static task<void> watch_pods(std::shared_ptr<implementation> self);
    static task<void> watch_cluster(std::shared_ptr<implementation> self);
    static task<void> follow(std::shared_ptr<implementation> self, followed_ptr what);
    static task<void> let_go(std::shared_ptr<implementation> self, followed_ptr what);
    static task<void> guard(std::shared_ptr<implementation> self, task<void> op);

    std::string selector() const;
    void see(std::shared_ptr<implementation> const& self, kube::pod const& now);
    void forget(std::shared_ptr<implementation> const& self, kube::pod const& gone);
    void add_containers(kube::pod const& of, followed_pod& into);
    void follow_if_due(std::shared_ptr<implementation> const& self, followed_ptr const& what);
    bool is_over() const noexcept;
    bool is_full() const noexcept;

    kube::client on_;
    std::string ns_, cluster_;
    follow_logs_options options_;
    start_program start_;
    task_group tasks_;
    condition news_, room_;
    std::chrono::milliseconds patience_{5'000};
    std::map<std::string, followed_pod> pods_;  // by uid
    std::list<followed_ptr> followed_;          // by tasks
    std::deque<node_log_line> queue_;
    std::size_t queued_bytes_ = 0;
    bool started_ = false, ended_ = false, stopped_ = false;
    std::optional<error> failed_;
};

/// Follows one run of a container to its end; returns its restart count.
/// Errors: as `kube::log_follower::next`.
task<std::int64_t> follow_container(std::shared_ptr<cluster_log_follower::implementation> into, followed_ptr what);

/// Follows a file of a container while it runs. Errors: `reason::forbidden`, `unauthorized`; cancellation.
task<std::int64_t> follow_file(std::shared_ptr<cluster_log_follower::implementation> into, followed_ptr what);

/// Refuses what would not stay below Ray's log folder. Errors: throws `failure`, `errc::bad_input`.
void require_log_file_name(std::string_view file);

/// True for what no other attempt, nor another pod, would be spared.
bool concerns_all_pods(error const& e) noexcept;

}  // namespace kuberay::ray
