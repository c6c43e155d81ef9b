#pragma once

#include "ray/create_object.hpp"
#include "ray/own_task.hpp"
#include "ray/rayjob_view.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/ray/submit_job.hpp>

#include <memory>
#include <optional>
#include <string>

namespace kuberay::ray {

/// By this annotation a run recognises the RayJob that it has made when the answer was lost.
inline constexpr std::string_view run_annotation = "libkuberay/run-id";

/// A RayJob under watch: what is known of it, and a condition for whatever waits for a change.
struct watched_rayjob {
    watched_rayjob(condition notified, rayjob_view empty)
        : changed(std::move(notified))
        , view(std::move(empty))
    {
    }

    condition changed;
    rayjob_view view;
    std::optional<error> lost;  ///< the watch cannot go on
};

/// Everything that one run knows. Shared by its coroutines.
struct submission {
    using time_point = std::chrono::steady_clock::time_point;
    using duration = std::chrono::steady_clock::duration;

    submission(kube::client client, std::string in_ns, submit_request request);

    bool has_rayjob() const noexcept { return !what.rayjob.empty(); }

    time_point now() const { return what.now ? what.now() : std::chrono::steady_clock::now(); }

    /// `limit` from now on; none for zero.
    std::optional<time_point> after(duration limit) const;

    void emit(submit_event const& event) const;
    void emit(submit_stage stage, std::string name) const;
    void trouble(error cause) const;
    std::string job_name() const { return "rayjob/" + name; }

    kube::client on;
    std::string ns;
    submit_request what;
    condition changed;
    std::string name;      ///< of the RayJob
    std::string selected;  ///< by the RayJob: an existing RayCluster
    std::string run_id;
    std::optional<time_point> deadline;  ///< of the cluster
    bool listening = false;              ///< the caller is there to be told

    std::unique_ptr<own_task<create_outcome>> creating;
    std::shared_ptr<watched_rayjob> watch;
    task_group watching;
    progress last_progress;
    std::optional<job_client> client;
    std::unique_ptr<own_task<std::string>> posting;
    std::optional<job_log_follower> follower;
    std::shared_ptr<own_task<void>> copying;  ///< what the follower says; one at a time
    submit_traces traces;
};

using shared_submission = std::shared_ptr<submission>;

/// Tells the caller for as long as it lives.
class listening_scope {
public:
    explicit listening_scope(shared_submission of)
        : of_(std::move(of))
    {
        of_->listening = true;
    }

    listening_scope(listening_scope const&) = delete;
    listening_scope& operator=(listening_scope const&) = delete;

    ~listening_scope() { of_->listening = false; }

private:
    shared_submission of_;
};

/// What is to become of an operation in view of the RayJob.
struct judgement {
    judgement() = default;
    std::optional<error> verdict;  ///< it ends with this error
    bool is_over = false;          ///< it ends without
    std::optional<std::chrono::steady_clock::duration> look_again;
};

/// How a step ended: well, or because the job has ended without it.
enum class step_end { through, job_over };

/// Waits until `op` ends or `judge`, asked after every change, ends it.
/// Errors: those of `op` and of the judge.
task<step_end> run_judged(shared_submission s, std::shared_ptr<own_task<void>> op, std::function<judgement()> judge);

/// `run_judged` for an operation that comes before the job runs: a RayJob that failed or is gone ends it; one that is
/// finished without us (the operator submits) makes it `job_over`. At `until` it ends with what `too_late` says.
task<step_end> run_under_watch(
    shared_submission s, task<void> op, std::optional<submission::time_point> until = std::nullopt,
    std::function<error()> too_late = std::function<error()>()
);

/// The steps of `job_run::start`, in rayjob_creation.cpp,
task<void> refuse_taken_name(shared_submission s);
task<void> create_rayjob(shared_submission s);
task<void> await_cluster_name(shared_submission s);
/// submission_cluster.cpp,
task<void> check_cluster_exists(shared_submission s);
task<step_end> reach_cluster(shared_submission s);
task<step_end> reach_dashboard(shared_submission s);
/// A client with a connection of its own.
task<job_client> make_client(shared_submission s);
/// submission_upload.cpp,
task<void> refuse_taken_id(shared_submission s);
task<void> upload_packages(shared_submission s);
task<void> post_job(shared_submission s);
/// and operator_submission.cpp.
task<void> await_operator_submission(shared_submission s);
/// Why the operator's submission came to nothing, with what the submitter has written.
task<error> with_submitter_log(shared_submission s, error why);

/// Deletes what was created. See `job_run::abandon`.
task<void> abandon_submission(shared_submission s, bool even_accepted);
/// See `job_run::follow`.
task<submitted_job> follow_submission(shared_submission s, std::function<task<void>(std::string bytes)> sink);

/// The end of the submitter's log (K8sJobMode, SidecarMode); empty when there is none.
task<std::string> submitter_log(kube::client on, job of);

}  // namespace kuberay::ray
