#pragma once

#include "api_request.hpp"
#include "certificates.hpp"
#include "cluster.hpp"

#include <kuberay/base/task.hpp>
#include <kuberay/net/byte_stream.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::net {
class tls_server;
}

namespace kuberay::testing {

/// One connection of a client.
struct server_connection {
    server_connection() = default;
    net::byte_stream stream;
    asio::cancellation_signal stop;
    std::string certificate_user;
};

/// What an `api_server` is behind its handle. Shared by its connections, which end when it stops.
class server_core : public std::enable_shared_from_this<server_core> {
public:
    server_core(asio::any_io_executor executor, api_server_options options);

    void start();
    void stop();
    void drop_connections();
    /// Serves a connection; over TLS when `secure`.
    void serve(net::byte_stream stream, bool secure);

    /// The fault that this request meets, if any; it is used up.
    std::optional<fault> take_fault(std::string const& method, std::string const& target);
    api_server::stream_handler const* handler_for(std::string_view path) const;

    asio::any_io_executor executor;
    cluster in;
    condition changed;  ///< notified after every request, answer and change
    std::vector<recorded_request> journal;
    std::vector<fault> faults;
    std::set<std::shared_ptr<server_connection>> connections;
    std::size_t accepted = 0;
    std::size_t open_watches = 0;
    std::size_t bookmarks_asked = 0;
    std::size_t watch_ends_asked = 0;
    std::size_t resumes_asked = 0;
    std::vector<std::function<void(std::string_view, json::object const&)>> observers;
    std::vector<std::pair<std::string, api_server::stream_handler>> handlers;
    std::optional<certificate_authority> authority;
    identity client_identity;
    std::shared_ptr<net::tls_server> tls;
    std::uint16_t port = 0;

private:
    static task<void> accept_all(std::shared_ptr<server_core> self);
    void note_change(object_change const& change);

    std::optional<asio::ip::tcp::acceptor> acceptor_;
    asio::cancellation_signal stop_accepting_;
    bool garbage_is_due_ = false;
};

/// Reads requests from the connection and answers them until it ends.
task<void> serve_connection(std::shared_ptr<server_core> core, std::shared_ptr<server_connection> connection);

}  // namespace kuberay::testing
