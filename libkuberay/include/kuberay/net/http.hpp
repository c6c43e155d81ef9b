#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::net {

/// Header fields in order; names compare without case. A value.
class http_fields {
public:
    using value_type = std::pair<std::string, std::string>;

    http_fields() = default;

    /// The first value of `name`, or an empty text.
    std::string_view get(std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept;
    /// Every value of `name`, in order.
    std::vector<std::string> all(std::string_view name) const;
    /// Replaces every field of that name.
    void set(std::string_view name, std::string value);
    /// Adds one more field.
    void add(std::string name, std::string value);
    void erase(std::string_view name);

    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }

    bool operator==(http_fields const&) const = default;

private:
    std::vector<value_type> fields_;
};

/// A request body that is produced while it is sent.
struct body_source {
    body_source() = default;
    std::optional<std::uint64_t> length;      ///< absent: chunked
    std::function<task<std::string>()> next;  ///< the next piece; empty text: the end. Called again from the start
                                              ///< by nobody: a request with a source is never sent twice
};

/// One request to the server of an `http_client`. A value.
struct http_request {
    http_request() = default;
    http_request(std::string method, std::string target);

    std::string method = "GET";
    std::string target = "/";  ///< path and query, encoded
    http_fields fields;        ///< Host, Content-Length, Connection are set when it is sent
    std::string body;
    std::optional<body_source> source;  ///< instead of `body`

    /// GET, HEAD, PUT, DELETE, OPTIONS: may be sent again after a lost connection.
    bool is_idempotent() const noexcept;
};

/// The answer to a request: the head at once, the body piece by piece (already dechunked and decompressed).
/// Movable. Destroying it before the end of the body closes the connection; after the end the connection is reused.
class http_response {
public:
    /// What a connection implements.
    class body_reader {
    public:
        virtual ~body_reader() = default;
        /// The next piece; empty at the proven end.
        virtual task<std::string> next() = 0;
    };

    http_response() = default;
    http_response(int status, http_fields fields, std::shared_ptr<body_reader> body);

    int status() const noexcept { return status_; }
    http_fields const& fields() const noexcept { return fields_; }
    bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }

    /// The next piece of the body as it arrives; empty at its end.
    /// Errors: `errc::connection_lost` when the connection ended before the body did, `errc::protocol_violation`.
    task<std::string> read_some();

    /// The rest of the body. Errors: as `read_some`; `errc::too_large` beyond `limit` bytes (decompressed).
    task<std::string> read_all(std::size_t limit = std::size_t(64) << 20);

private:
    int status_ = 0;
    http_fields fields_;
    std::shared_ptr<body_reader> body_;
};

/// What came of asking a server to switch protocols.
struct upgrade_result {
    upgrade_result() = default;
    http_response response;  ///< status 101, or the refusal with its body
    byte_stream stream;      ///< only after 101: positioned behind the response head
};

/// The seam between the Kubernetes client and the network. Implemented by `http_client`, and by tests.
/// Thread safety: used from its executor only.
class transport {
public:
    virtual ~transport() = default;
    virtual asio::any_io_executor get_executor() const noexcept = 0;
    /// Sends one request. Any HTTP status is an answer, not a failure.
    virtual task<http_response> send(http_request request) = 0;
    /// Sends a request with `Connection: Upgrade` on a connection of its own.
    virtual task<upgrade_result> upgrade(http_request request) = 0;
    /// Closes idle connections (after a change of credentials).
    virtual void drop_idle() noexcept = 0;
};

struct http_client_options {
    http_client_options() = default;
    std::size_t max_connections = 32;  ///< open at the same time; further requests wait for a free one
    std::chrono::seconds idle_limit = std::chrono::seconds(55);  ///< kube-apiserver closes idle connections after 90 s
    std::size_t max_head_size = 256 * 1024;                      ///< bytes of a response head
    bool accept_gzip = true;
};

struct connect_options;

/// A `transport` to one server over a pool of keep-alive HTTP/1.1 connections.
///
/// A reused connection that fails before the first byte of the answer is replaced once: for idempotent requests
/// always, for others only when no byte of the request was accepted.
/// Errors of `send`: those of `dial`; `errc::connection_lost`, `protocol_violation`, `too_large` (head), `bad_input`.
std::shared_ptr<transport> make_http_client(
    asio::any_io_executor executor, connect_options connect, http_client_options options = http_client_options()
);

}  // namespace kuberay::net
