#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/net/endpoint.hpp>
#include <kuberay/net/http.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/target.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// What is asked of the Jobs API (`POST /api/jobs/`). Only what is set is sent.
struct job_submission {
    job_submission() = default;
    std::string entrypoint;     ///< a shell command line: one word of argv is quoted once (`shell_words`)
    std::string submission_id;  ///< see `make_submission_id`
    json::object runtime_env;   ///< as Ray takes it: no local paths any more
    std::map<std::string, std::string> metadata;
    std::optional<double> entrypoint_num_cpus, entrypoint_num_gpus;
    std::optional<std::int64_t> entrypoint_memory;  ///< bytes
    std::map<std::string, double> entrypoint_resources;
    std::map<std::string, std::string> entrypoint_label_selector;  ///< servers of 2026 and later only

    json::object to_json() const;
};

/// A job as the Jobs API shows it.
struct submitted_job {
    submitted_job() = default;
    std::string type;                   ///< "SUBMISSION", or "DRIVER" for programs that connected by themselves
    std::string job_id, submission_id;  ///< empty when absent
    std::string status;                 ///< a `job_phase`
    std::string entrypoint, message, error_type;
    std::optional<timestamp> start_time, end_time;
    std::map<std::string, std::string> metadata;
    json::object runtime_env;
    std::string driver_node_id;  ///< empty while PENDING
    std::optional<std::int64_t> driver_exit_code;

    /// STOPPED, SUCCEEDED or FAILED.
    bool is_finished() const noexcept;

    /// Errors: throws `failure`, `errc::bad_document`.
    static submitted_job from_json(json::value const& document);
};

struct job_server_version {
    job_server_version() = default;
    std::string api, ray;  ///< "4", "2.60.0"
};

/// `raysubmit_` and 16 characters of Ray's alphabet from the system's random source.
std::string make_submission_id();

/// Empty, or what is wrong with an id that a person chose (empty, "/", control characters, white space, too long for the
/// name of its log file): the server would take some of these and leave a job behind that never runs. Pure.
std::string submission_id_fault(std::string_view id);

/// argv as one line for a POSIX shell that gives back exactly these words. Pure.
std::string shell_words(std::vector<std::string> const& argv);

/// How requests to a dashboard are dressed.
struct job_client_options {
    job_client_options() = default;
    std::string path_prefix;  ///< of the dashboard behind a proxy; without trailing slash
    net::http_fields fields;  ///< sent with every request; an Authorization among them wins over `token`
    std::string token;        ///< a secret: "Authorization: Bearer"; empty: none
    /// Until an answer is there; not for output and uploads, which take their time. Zero: no limit.
    std::chrono::milliseconds request_timeout = std::chrono::seconds(30);
};

/// A client of the Ray Jobs REST API (and of the log endpoints beside it), of Ray 2.9 and later. A handle.
///
/// Requests that only read are sent again after a lost connection. Refusals are thrown with the useful line of the
/// server's text (its body is a Python traceback), never the whole of it; 401 and 403 with a hint about tokens.
/// Thread safety: on the transport's executor.
class job_client {
public:
    /// `for_output` carries the output of jobs, which waits while it is not taken, where that would hold up the requests
    /// on `over` (a tunnel without flow control); null: `over` does.
    explicit job_client(
        std::shared_ptr<net::transport> over, job_client_options options = job_client_options(),
        std::shared_ptr<net::transport> for_output = nullptr
    );

    /// Errors: those of `transport::send`; `reason::unauthorized`, `forbidden`; `errc::unexpected` for a server that is
    /// no Ray dashboard.
    task<job_server_version> version() const;

    /// Submits and returns the submission id. `what.submission_id` must be set: when the answer is lost, a GET of that id
    /// settles whether the job was taken (compared by entrypoint), and it is sent again only if it was not.
    /// Errors: `reason::already_exists`; `reason::bad_request`; those above.
    task<std::string> submit(job_submission what) const;

    /// By submission id or job id. Errors: `reason::not_found`.
    task<submitted_job> get(std::string id) const;
    task<std::vector<submitted_job>> list() const;

    /// Asks the job to stop; false when it had ended. Not sent again after a lost connection. A job that waits for resources stays PENDING although the server
    /// says yes: look at its status.
    task<bool> stop(std::string id) const;

    /// Deletes a finished job's record. Errors: `reason::not_found`; `reason::conflict` when it is not finished.
    task<void> remove(std::string id) const;

    /// The job's whole output so far as raw bytes, piece by piece to `sink`: `/api/v0/logs/file`, else `…/logs`. After a cut
    /// it goes on at the byte where it stopped. Errors: also `errc::bad_input` for a driver that was not submitted.
    task<void> read_log(std::string id, std::function<task<void>(std::string bytes)> sink) const;

    /// True when the cluster has the package `gcs://NAME`; that also keeps it there for the next ten minutes.
    task<bool> has_package(std::string name) const;

    /// Uploads a file as `gcs://NAME`, in bounded memory. Errors: the system's code for the file; `errc::too_large`
    /// (413). A cut upload is tried once more.
    task<void> upload_package(
        std::string name, std::filesystem::path file, std::function<void(std::uint64_t sent)> on_progress = {}
    ) const;

    std::shared_ptr<net::transport> const& over() const noexcept;
    std::shared_ptr<net::transport> const& for_output() const noexcept;
    job_client_options const& options() const noexcept;

private:
    struct state;
    std::shared_ptr<state const> state_;
};

/// Where a dashboard is reached without Kubernetes: `http(s)://host[:port][/prefix]`.
struct dashboard_address {
    dashboard_address() = default;
    net::url url;
    net::tls_options tls;
};

/// Reads an address of a dashboard. Errors: `errc::bad_input` for `ray://`, `host:6379` (which need Ray itself) and other
/// schemes, with what to give instead.
result<dashboard_address> parse_dashboard_address(std::string_view text);

/// The values of Ray's `--verify`: true, false, or a file (or folder) of certificates, which must exist.
/// Errors: `errc::bad_input` naming the path.
result<void> apply_verify(std::string_view text, net::tls_options& into);

/// A client of the dashboard at an address; a path in it goes before every target, user and password become basic
/// authentication. Proxies of the environment are used.
job_client connect_dashboard(
    asio::any_io_executor executor, dashboard_address where, job_client_options options = job_client_options()
);

/// The dashboard of whatever head pod the target has at the time, through the API server: no local port, no address
/// guessed. Each new connection goes through one shared tunnel, opened anew (and the head looked up again) after a loss;
/// output has a tunnel of its own. Errors of requests: also those of `session_resolver` and `kube::pod_tunnel`.
job_client
dial_dashboard(kube::client on, std::string ns, target what, job_client_options options = job_client_options());

/// The token for the dashboard of a cluster: RAY_AUTH_TOKEN of the environment (`explicit_token`) when not empty, else
/// that of the cluster's secret when its `authOptions.mode` is "token", else empty. Errors: as `read_token`.
task<std::string> dashboard_token(kube::client on, std::string ns, std::string cluster, std::string explicit_token);

}  // namespace kuberay::ray
