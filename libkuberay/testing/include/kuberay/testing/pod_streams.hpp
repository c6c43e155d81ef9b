#pragma once

#include <kuberay/testing/api_server.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::testing {

/// One exec or attach as the container sees it.
struct exec_call {
    exec_call() = default;
    std::string ns, pod, container;
    std::vector<std::string> command;  ///< empty for attach
    bool input = false, output = false, errors = false, terminal = false;
    std::string protocol;  ///< "v4.channel.k8s.io", "v5.channel.k8s.io", "SPDY/3.1"

    /// What the client sent; empty at the end of the input (which v4 cannot tell: there it is the end of the session).
    std::function<task<std::string>()> read_input;
    std::function<task<void>(std::string bytes)> write_output, write_errors;
    /// The next size of the terminal: columns, rows.
    std::function<task<std::pair<int, int>>()> next_size;
};

/// How a stream goes wrong. Streams meet them in the order of injection, each once.
struct stream_fault {
    enum class kind {
        exec_cut,            ///< the connection ends after `after_bytes` of output (both channels), without a status
        exec_input_cut,      ///< the same after `after_bytes` of input
        exec_no_status,      ///< after all output a proper end (close frame 1000, FIN) without a status
        exec_bad_status,     ///< a status that is no JSON
        exec_false_success,  ///< after `after_bytes` of output a Success and a proper end (what v5 does for a lost node)
        websocket_refused,   ///< 400 for the WebSocket; SPDY works
        websocket_forbidden,  ///< 403 for the GET (a role with only `create`); SPDY works
        forward_cut,          ///< the whole tunnel ends after `after_bytes` to the client
        forward_refuse,       ///< "connection refused" on the error stream of the next connection
        log_cut,              ///< the body breaks off after `after_bytes`
        log_false_end,        ///< the body ends properly after `after_bytes`
    };
    stream_fault() = default;
    kind what{};
    std::uint64_t after_bytes = 0;
    std::string pod;  ///< empty: any
    int times = 1;
};

/// Serves exec, attach, port-forward and logs of the pods of an API server, as kube-apiserver 1.36 and a kubelet do:
/// WebSocket v4 and v5, SPDY/3.1 by POST, the port-forward tunnel, v4 channels, log parameters. Pods must exist and run.
///
/// Logs belong to pods by their name, in every namespace.
///
/// A handle; the server keeps it. Thread safety: to be used from the server's executor only.
class pod_streams {
public:
    explicit pod_streams(api_server server);

    /// What runs in containers; returns the exit code (a `failure` becomes a Status of reason InternalError). Without
    /// one: `cat`, `true`, `false`, `echo WORDS`, `exit N`, `sh -c "exit N"`; others are not found (a Status, as above).
    /// When the client leaves, its input ends and writes fail with `errc::connection_lost`; what still runs 100 ms later
    /// is cancelled.
    void on_exec(std::function<task<int>(exec_call call)> program);
    /// What exec runs without a program, for programs that know more commands.
    static task<int> run_default(exec_call call);
    /// What attach is connected to. Without one: what is appended to the container's log, until that ends.
    void on_attach(std::function<task<int>(exec_call call)> program);
    /// What listens in pods; the task owns the connection. Without one, ports refuse connections.
    void on_port(std::uint16_t port, std::function<task<void>(std::string pod, net::byte_stream connection)> server);
    /// Connections to any pod's `port` go to this local port.
    void forward_to(std::uint16_t port, std::uint16_t local_port);
    void refuse_port(std::uint16_t port);

    /// Adds lines to the log of a container, as the runtime would record them at `time` (default: the server's clock).
    void append_log(std::string pod, std::string container, std::string text, std::optional<timestamp> time = {});
    /// The container restarts: its log becomes the previous one, follows end, and the restart count of its status rises.
    void rotate_log(std::string pod, std::string container);
    /// The container has ended: follows end, and its status says terminated.
    void end_log(std::string pod, std::string container);

    void inject(stream_fault fault);
    /// Exec and attach sessions, follows and tunnels open now; `api_server::until` may wait for them.
    std::size_t sessions() const noexcept;
    /// Connections into pods open now.
    std::size_t port_connections() const noexcept;

private:
    std::shared_ptr<class stream_host> host_;
};

}  // namespace kuberay::testing
