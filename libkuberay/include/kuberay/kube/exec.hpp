#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/liveness.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::kube {

enum class output_channel { out, err };

/// A piece of what the program wrote, as it arrived.
struct exec_output {
    exec_output() = default;
    output_channel channel = output_channel::out;
    std::string bytes;
};

/// How the streams reach the container. Chosen by `exec`; to be shown to people who debug.
enum class exec_protocol { websocket_v4, websocket_v5, spdy };

/// What a session on a container is to have.
struct exec_options : liveness {
    exec_options() = default;
    std::vector<std::string> command;   ///< the program and its arguments, no shell; `attach` ignores it
    std::string container;              ///< empty: the server's choice, which needs a pod with one container
    bool input = false;                 ///< the session is written to
    bool output = true, errors = true;  ///< at least one of the three is needed; a terminal has no `errors`
    bool terminal = false;
    /// The end of the input must reach the program (`finish_input`): needs the protocol v5 or SPDY. With v5 the API
    /// server reports success when it loses the node in between, so ask for it only where a program waits for the end.
    bool ends_input = false;
    bool allow_websocket = true, allow_spdy = true;  ///< at least one; a refused WebSocket falls back to SPDY
};

/// A program in a container, or what `attach` is connected to. Movable; destroying it ends the connection.
///
/// One `read` and one writing operation (`write`, `finish_input`, `resize`) may be under way at the same time.
/// Back-pressure: nothing is read from the network while nobody calls `read`, beyond a bounded buffer; pings are sent
/// meanwhile. Both output channels come through one `read`, so neither can block the other.
/// Thread safety: on the client's executor. Cancellation: terminal; the session is then good for `abort` only.
class exec_session {
public:
    class implementation;

    exec_session() = default;
    explicit exec_session(std::unique_ptr<implementation> implementation);
    exec_session(exec_session&&) noexcept;
    exec_session& operator=(exec_session&&) noexcept;
    ~exec_session();

    /// The next piece of output, never empty; nullopt when the program has ended and everything was read: `exit_code`
    /// is known then.
    ///
    /// Errors: `errc::connection_lost`, naming the bytes received, when the connection ended without a status, whatever
    /// it looked like; the server's Status when the program could not be started or was not waited for
    /// (`reason::internal`, ...); `errc::protocol_violation`.
    task<std::optional<exec_output>> read();

    /// Writes all of `bytes` to the program's input. Errors: `errc::connection_lost`; `errc::bad_input` for a session
    /// without input. When the program has ended, `read` tells so; what is written then is dropped. A write that fails
    /// may be ahead of the Status: `read` on, it has the last word.
    task<void> write(std::string bytes);

    /// Ends the input (the program reads its end). Errors: `errc::bad_input` for a session without `ends_input`.
    task<void> finish_input();

    /// Tells the size of the terminal. Errors: `errc::bad_input` for a session without terminal.
    task<void> resize(std::uint16_t columns, std::uint16_t rows);

    /// 0 to 255 once `read` has returned nullopt. A program ended by a signal: as the container runtime reports it.
    int exit_code() const;
    exec_protocol protocol() const noexcept;

    /// Ends the connection at once. The server ends the program's input and output; the program may live on.
    void abort() noexcept;

private:
    std::unique_ptr<implementation> implementation_;
};

/// Runs a program in a container of a running pod.
///
/// Tries the WebSocket protocol v4 alone (v5 with `ends_input`); on a refusal of the upgrade (an old server, a proxy, a
/// role with only `create`) SPDY/3.1 by POST. The program is started at most once: nothing is tried again behind a 101, a
/// connection lost on the way, or a gateway's 502 and 504.
/// Errors: the server's Status (`reason::not_found`, `forbidden` with a hint about `pods/exec`, `bad_request` for a pod
/// with several containers); those of `client::open_websocket`; `errc::bad_input` for options that contradict.
/// Source: reference kubernetes-clients 2.a, 2.b.4.
task<exec_session> exec(client on, std::string ns, std::string pod, exec_options options);

/// Connects to the main process of a container. Errors, protocols: as `exec`.
task<exec_session> attach(client on, std::string ns, std::string pod, exec_options options);

/// What came of a program that was run to its end.
struct exec_result {
    exec_result() = default;
    int exit_code = 0;
    std::string out, err;
};

/// Runs a program that needs no input, to its end. Errors: as `exec` and `read`; `errc::too_large` beyond `limit` bytes.
task<exec_result> run_in_pod(
    client on, std::string ns, std::string pod, std::string container, std::vector<std::string> command,
    std::size_t limit = std::size_t(1) << 20
);

}  // namespace kuberay::kube
