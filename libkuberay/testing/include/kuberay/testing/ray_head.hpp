#pragma once

#include <kuberay/testing/pod_streams.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::testing {

/// How the head goes wrong. Requests meet faults in the order of injection.
struct head_fault {
    enum class kind {
        refuse_connections,  ///< new connections end at once, as while the dashboard restarts
        answer_lost,         ///< the request is carried out, the connection ends without an answer
        upload_cut,          ///< the connection ends after `after_bytes` of a package
        log_cut,             ///< the answer with a log (any of its ways) ends after `after_bytes` of its body
        stream_unsupported,  ///< /api/v0/logs/stream answers 404
        file_unsupported,    ///< /api/v0/logs/file answers 404
        unauthorized,        ///< 401
        internal_error,      ///< 500 with a traceback
        hang,                ///< no answer, until the client leaves
    };
    head_fault() = default;
    kind what{};
    std::uint64_t after_bytes = 0;
    int times = 1;
    std::string method, path;  ///< only requests of this method whose path begins so; empty: any
};

struct ray_head_options {
    ray_head_options() = default;
    /// Where it makes a folder of its own for sessions, logs and jobs, removed with the head; empty: the system's
    /// folder for temporary files.
    std::filesystem::path folder;
    std::string token;  ///< not empty: asked for, as Ray does in token mode
    std::string ray_version = "2.60.0";
    bool runs_processes = true;  ///< entrypoints run as `/bin/sh -c`; false: `on_entrypoint` says what they do
    double cpus = 2;             ///< jobs that ask for more (or for GPUs) wait, PENDING
    std::chrono::milliseconds start_delay{0};    ///< from a submission to its entrypoint
    std::chrono::milliseconds tail_pause{1000};  ///< of the tail WebSocket, at each of its steps
    std::string page;                            ///< HTML for GET /
    bool keep_journal = true;                    ///< false: `requests` counts nothing, for heads that run long
};

/// What an entrypoint without a process does: writes output, returns the exit code.
struct entrypoint_call {
    entrypoint_call() = default;
    std::string submission_id, entrypoint;
    json::object runtime_env;
    std::function<task<void>(std::string bytes)> write;
    /// Returns when the job is to stop; what runs 3 s later still is cancelled.
    std::function<task<void>()> until_stopped;
};

/// A stand-in for the head of a Ray cluster: the Jobs API, packages and log endpoints as measured on Ray 2.60, an HTTP
/// server on connections that come through pods (`attach_to`), a local port or a stream. Entrypoints really run, as local
/// processes in a session of their own, in a folder with their unpacked working directory; stop ends the process group
/// (SIGTERM, then SIGKILL after 3 s), and nothing of the group outlives the entrypoint.
///
/// A handle: copies are the same head; the last one's end stops it, also where it is attached. Thread safety: on its
/// executor only, which must be serial.
class ray_head {
public:
    explicit ray_head(asio::any_io_executor executor, ray_head_options options = ray_head_options());

    /// Serves port 8265 of every pod of `pods`.
    void attach_to(pod_streams pods);
    /// Listens on 127.0.0.1 and returns the port.
    std::uint16_t listen();
    /// Serves one connection until it ends; for ports of pods that lead to different heads.
    task<void> serve(net::byte_stream connection) const;

    void on_entrypoint(std::function<task<int>(entrypoint_call call)> program);
    void inject(head_fault fault);
    /// Jobs submitted from now on stay PENDING, as without resources, until `hold_jobs(false)`.
    void hold_jobs(bool hold);
    /// A program that connected by itself: a job of type DRIVER, which nothing but GET and the list knows.
    void add_driver(std::string job_id, std::string status = "RUNNING");

    /// As POST /api/jobs/; returns the submission id. Errors: `errc::bad_input` with the last line of the refusal.
    std::string submit(json::object request);
    /// As POST .../stop and DELETE; nothing when there is no such job.
    void stop_job(std::string const& submission_id);
    /// A job as GET shows it.
    std::optional<json::object> find(std::string const& submission_id) const;
    /// The submission ids, sorted.
    std::vector<std::string> submissions() const;
    /// All of its output so far.
    std::string log_of(std::string const& submission_id) const;
    /// The status of a job, "" when there is none.
    std::string status_of(std::string const& submission_id) const;
    /// Calls back after a job's status or message changed, until the head's end.
    void on_change(std::function<void()> callback);
    /// Suspends until `done()` holds; it is asked after every request and every change of a job.
    task<void> until(std::function<bool()> done) const;

    /// The names of the packages uploaded so far, sorted.
    std::vector<std::string> packages() const;
    std::string package(std::string const& name) const;
    std::size_t requests(std::string const& method, std::string const& path_prefix) const;
    std::size_t connections() const noexcept;
    /// Ends every connection; jobs go on.
    void drop_connections();
    /// Ends every process and connection, for good.
    void stop();

private:
    struct owner;
    std::shared_ptr<owner> owner_;
};

}  // namespace kuberay::testing
