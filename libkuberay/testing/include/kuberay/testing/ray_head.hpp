#pragma once

#include <kuberay/testing/pod_streams.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::testing {

/// How the head goes wrong. Requests meet faults in the order of injection.
struct head_fault {
    enum class kind {
        refuse_connections,  ///< as while the dashboard restarts
        answer_lost,         ///< the request is carried out, the connection ends without an answer (POST of a job)
        upload_cut,          ///< the connection ends after `after_bytes` of a package
        log_cut,             ///< the log stream ends after `after_bytes`
        stream_unsupported,  ///< /api/v0/logs/stream answers 404
        file_unsupported,    ///< /api/v0/logs/file answers 404
        unauthorized,        ///< 401
        internal_error,      ///< 500 with a traceback
    };
    head_fault() = default;
    kind what{};
    std::uint64_t after_bytes = 0;
    int times = 1;
};

struct ray_head_options {
    ray_head_options() = default;
    std::filesystem::path folder;  ///< jobs run in folders of their own below it; removed with the head
    std::string token;             ///< not empty: asked for, as Ray does in token mode
    std::string ray_version = "2.60.0";
    bool runs_processes = true;  ///< entrypoints run as `/bin/sh -c`; false: `on_entrypoint` says what they do
};

/// What an entrypoint without a process does: writes output, returns the exit code.
struct entrypoint_call {
    entrypoint_call() = default;
    std::string submission_id, entrypoint;
    std::function<task<void>(std::string bytes)> write;
    std::function<task<void>()> until_stopped;
};

/// A stand-in for the head of a Ray cluster: the Jobs API, packages and log endpoints as measured on Ray 2.60, an HTTP
/// server on connections that come through pods (`attach_to`) or a local port. Entrypoints really run, as local processes
/// in a folder with their unpacked working directory; stop ends the process group (SIGTERM, then SIGKILL after 3 s).
///
/// A handle. Thread safety: on the server's executor only.
class ray_head {
public:
    ray_head(asio::any_io_executor executor, ray_head_options options);

    /// Serves port 8265 of every pod of `pods`.
    void attach_to(pod_streams pods);
    /// Listens on 127.0.0.1 and returns the port.
    std::uint16_t listen();

    void on_entrypoint(std::function<task<int>(entrypoint_call call)> program);
    void inject(head_fault fault);

    /// For the stand-in of the operator: the status of a job, "" when there is none.
    std::string status_of(std::string const& submission_id) const;
    std::vector<std::string> packages() const;
    std::size_t requests(std::string const& method, std::string const& path_prefix) const;
    /// Ends every process and connection.
    void stop();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::testing
