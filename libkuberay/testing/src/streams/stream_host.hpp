#pragma once

#include "server_core.hpp"
#include "streams/container_log.hpp"
#include "streams/pod_target.hpp"

#include <kuberay/testing/pod_streams.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kuberay::testing {

/// What `pod_streams` is behind its handle: what runs, listens and was logged in pods.
class stream_host {
public:
    using program = std::function<task<int>(exec_call call)>;
    using port_server = std::function<task<void>(std::string pod, net::byte_stream connection)>;

    explicit stream_host(std::shared_ptr<server_core> const& core);

    /// The server; null when it is gone, which no stream lives to see.
    std::shared_ptr<server_core> core() const { return core_.lock(); }

    container_log& log_of(std::string const& pod, std::string const& container);

    /// The first fault of that kind for the pod; it is used up.
    std::optional<stream_fault> take_fault(stream_fault::kind what, std::string_view pod);
    /// The first one of several kinds.
    std::optional<stream_fault> take_fault(std::initializer_list<stream_fault::kind> kinds, std::string_view pod);

    /// Writes a new status of a container in every pod of that name.
    void change_status(std::string_view pod, std::string_view container, bool restarted);

    asio::any_io_executor executor;
    condition changed;  ///< the server's own
    program on_exec, on_attach;
    std::map<std::uint16_t, port_server> ports;
    std::map<std::uint16_t, std::uint16_t> local_ports;
    std::set<std::uint16_t> refused_ports;
    std::deque<stream_fault> faults;
    std::size_t sessions = 0;
    std::size_t connections = 0;

private:
    std::weak_ptr<server_core> core_;
    std::map<std::pair<std::string, std::string>, container_log> logs_;
};

/// Counts itself in a counter of the host while it lives.
class counted {
public:
    counted(std::shared_ptr<stream_host> on, std::size_t stream_host::* counter);
    counted(counted const&) = delete;
    counted& operator=(counted const&) = delete;
    ~counted();

private:
    std::shared_ptr<stream_host> on_;
    std::size_t stream_host::* counter_;
};

/// The bytes of an answer that ends its connection.
std::string answer_bytes(api_answer answer);
/// An answer of the node, in plain text.
std::string plain_answer_bytes(int status, std::string text);

/// The refusal of a WebSocket that a fault asks for.
std::optional<std::string>
refused_websocket(stream_host& host, recorded_request const& request, pod_target const& target);

task<void> serve_log(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection);
task<void> serve_forward(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection);
task<void> serve_exec(std::shared_ptr<stream_host> host, recorded_request request, net::byte_stream connection);

}  // namespace kuberay::testing
