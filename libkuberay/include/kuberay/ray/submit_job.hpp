#pragma once

#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/job_log.hpp>
#include <kuberay/ray/runtime_env.hpp>
#include <kuberay/ray/wait.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

/// What a RayJob says beside its cluster.
struct rayjob_config {
    rayjob_config() = default;
    std::string name, ns;
    std::string submission_id, entrypoint;
    std::string existing_cluster;  ///< a clusterSelector instead of a cluster of its own
    std::optional<std::int32_t> ttl_seconds_after_finished;
    bool shutdown_after_job_finishes = false;
    std::map<std::string, std::string> labels, annotations;
};

/// The RayJob (InteractiveMode) that `job submit` creates; `cluster` is used unless an existing one is named. Pure.
/// Errors: as `generate_cluster`.
json::object generate_rayjob(rayjob_config const& job, cluster_config const& cluster);

/// The RayCronJob that makes such a RayJob on a schedule. The jobs run in HTTPMode: nobody is there to submit them.
/// Pure. Errors: `errc::bad_input` for a schedule that is none, and for local files in the runtime environment, which
/// only a submitting client can upload.
json::object
generate_cron_job(json::object rayjob, std::string schedule, std::string time_zone, json::object runtime_env);

/// Reads a RayJob manifest for submission: exactly one RayJob in the first document. Errors: `errc::bad_document`,
/// `errc::bad_input` naming file and field: another kind, no entrypoint where one is needed, backoffLimit above 0 with
/// InteractiveMode, a negative ttl, a ttl without shutdownAfterJobFinishes.
json::object read_rayjob(std::string_view text, std::string const& source);

enum class submit_stage {
    rayjob_created,    ///< `name`
    cluster_known,     ///< `name` of the RayCluster
    cluster_progress,  ///< `cluster`
    cluster_ready,
    dashboard_ready,  ///< `name`: Ray's version
    uploading,        ///< `done` of `total` bytes of the package `name`
    upload_skipped,   ///< the cluster has the package `name`
    submitted,        ///< accepted: `name` is the submission id; from here nothing is deleted
    status,           ///< `job` changed
    trouble,          ///< `cause`; it goes on
    ended,            ///< `job` is final
};

struct submit_event {
    submit_event() = default;
    submit_stage stage{};
    std::string name;
    std::uint64_t done = 0, total = 0;
    progress cluster;
    submitted_job job;
    error cause;
};

/// One submission: where to, what, and how long to wait.
struct submit_request {
    submit_request() = default;
    json::object rayjob;   ///< to be created; empty: no RayJob
    bool replace = false;  ///< delete an existing RayJob of that name first, and wait until it is gone
    std::string cluster;   ///< without `rayjob`: an existing RayCluster, straight to its dashboard
    std::optional<dashboard_address> address;  ///< the dashboard is there, whatever the objects say
    job_submission job;
    resolved_runtime_env runtime_env;  ///< its `env` goes into `job`, its packages are uploaded
    job_client_options client;         ///< `token` empty: taken from the cluster where it asks for one
    bool submits = true;  ///< false: the operator submits it (HTTPMode, K8sJobMode, SidecarMode); follow only
    std::chrono::steady_clock::duration cluster_timeout = std::chrono::minutes(10);
    std::chrono::steady_clock::duration dashboard_timeout = std::chrono::seconds(60);
    std::chrono::steady_clock::duration operator_timeout =
        std::chrono::seconds(9);  ///< until anybody touches the RayJob
    /// How long `abandon` waits for the answer to what was under way when `start` was cancelled, before it looks itself.
    std::chrono::steady_clock::duration settle_timeout = std::chrono::seconds(10);
    job_log_options log;
    std::function<void(submit_event const&)> on_event;           ///< called only while a step of the run is awaited
    std::function<std::chrono::steady_clock::time_point()> now;  ///< tests; empty: the steady clock
};

/// What a submission left in the cluster.
struct submit_traces {
    submit_traces() = default;
    std::string ns, rayjob, rayjob_uid, cluster, submission_id;
    bool rayjob_created = false;
    bool accepted = false;  ///< Ray has the job
};

/// A job on its way from this machine to its end. A handle: copies are the same run.
///
/// Steps are separate, so that a program decides between them what a failure or an interruption means:
/// `start`, then `follow` (or not), and `abandon` when `start` did not get through.
/// Thread safety: on the client's executor. Lifetime: to be destroyed on it, before its context.
class job_run {
public:
    job_run(kube::client on, std::string ns, submit_request what);

    /// Creates the RayJob (never changes one that exists), waits for its cluster and the dashboard, uploads packages and
    /// submits. Every wait is a watch and ends early with the reason. With an existing cluster all that can be known
    /// beforehand (name, cluster, dashboard, submission id) comes before anything is created. Once per run.
    ///
    /// Errors: `reason::already_exists` naming the RayJob (with a hint about `replace`) or the submission id;
    /// `errc::unsatisfiable` with the operator's reason (Failed, ValidationFailed, deleted or replaced by another), or when
    /// nobody touched the RayJob within `operator_timeout`; `errc::timed_out` naming what was awaited; those of
    /// `wait_cluster_ready` and `job_client`. Cancellation: terminal; `traces` says what is there.
    task<void> start() const;

    /// Output to `sink`, until the job has ended and its output is drained; with a backoffLimit that of every attempt.
    /// When the cluster goes before that, the RayJob's word counts and `trouble` says what is missing.
    /// Errors: those of `job_log_follower::next`; `errc::unsatisfiable` when the RayJob was deleted or the operator gave
    /// up; what `sink` throws. Cancellation: terminal; can be called again and goes on behind the bytes given to `sink`.
    task<submitted_job> follow(std::function<task<void>(std::string bytes)> sink) const;

    /// Deletes the RayJob that `start` created (by its uid), unless Ray has accepted the job or `even_accepted`.
    /// Also what a cancelled `start` had under way is found, with and without a RayJob: the RayJob by a mark of this run, the
    /// submission by asking Ray; `traces` is exact afterwards. A job that had the submission id before is not stopped.
    /// Errors: the server's (absence is none); when nobody can tell whether Ray has the job, the error says so, and a
    /// RayJob is kept.
    task<void> abandon(bool even_accepted = false) const;

    /// Waits until the RayJob says Complete or Failed. Errors: as `start`.
    task<job> wait_rayjob(std::chrono::steady_clock::duration timeout) const;

    /// Asks Ray to stop the job and waits until it is terminal, at most `limit`. Errors: `errc::timed_out`.
    task<submitted_job> stop(std::chrono::steady_clock::duration limit) const;

    submit_traces traces() const;

    /// The dashboard that `start` has reached. Errors: throws `failure`, `errc::bad_input`, before that.
    job_client dashboard() const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

/// All of it for programs: `start`, `abandon` when that fails, `follow`.
task<submitted_job>
submit_job(kube::client on, std::string ns, submit_request what, std::function<task<void>(std::string bytes)> sink);

}  // namespace kuberay::ray
