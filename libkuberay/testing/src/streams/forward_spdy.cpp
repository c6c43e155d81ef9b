#include "net/spdy_connection.hpp"
#include "streams/forward_transports.hpp"
#include "streams/pod_port.hpp"

#include <kuberay/base/async_run.hpp>

#include <charconv>
#include <map>
#include <utility>

namespace kuberay::testing {

namespace {

/// The two streams of one connection, which are told apart from others by their request's number.
struct stream_pair {
    stream_pair() = default;
    net::byte_stream data, error;
    int port = 0;
};

struct tunnel {
    std::shared_ptr<stream_host> host;
    std::string pod;
    net::spdy_connection connection;
    std::function<void()> cut;
    std::map<std::string, stream_pair> halves;
    std::optional<stream_fault> harm;
    std::uint64_t sent = 0;
};

using shared_tunnel = std::shared_ptr<tunnel>;

std::string value_of(net::spdy_headers const& headers, std::string_view name)
{
    for (auto const& [key, value] : headers)
        if (key == name) return value;
    return std::string();
}

task<void> pump_up(net::byte_stream* from, net::byte_stream* to)
{
    for (;;) {
        task<std::string> reading = net::read_some(from);
        result<std::string> bytes = co_await as_result(std::move(reading));
        if (!bytes) {
            to->close();
            co_return;
        }
        if (bytes->empty()) break;
        co_await net::write_all(to, std::move(*bytes));
    }
    co_await to->finish_writing();
}

/// What the fault leaves of the bytes.
std::string allowed(tunnel& on, std::string bytes)
{
    if (!on.harm) {
        on.harm = on.host->take_fault(stream_fault::kind::forward_cut, on.pod);
        on.sent = 0;
    }
    if (on.harm && bytes.size() > on.harm->after_bytes - on.sent)
        bytes.resize(static_cast<std::size_t>(on.harm->after_bytes - on.sent));
    on.sent += bytes.size();
    return bytes;
}

task<void> pump_down(shared_tunnel on, net::byte_stream* from, net::byte_stream* to)
{
    for (;;) {
        task<std::string> reading = net::read_some(from);
        result<std::string> bytes = co_await as_result(std::move(reading));
        if (!bytes) {
            to->close();
            co_return;
        }
        if (bytes->empty()) break;
        std::string sending = allowed(*on, std::move(*bytes));
        task<void> writing = net::write_all(to, std::move(sending));
        result<void> const written = co_await as_result(std::move(writing));
        if (!written) from->close();
        if (on->harm && on->sent >= on->harm->after_bytes) on->cut();
        if (!written) co_return;
    }
    co_await to->finish_writing();
}

task<void> carry(shared_tunnel on, stream_pair* streams, std::shared_ptr<pod_port> port)
{
    try {
        std::vector<task<void>> both;
        both.push_back(pump_up(&streams->data, &port->stream));
        both.push_back(pump_down(on, &port->stream, &streams->data));
        std::vector<result<void>> const ended = co_await run_all(std::move(both), 2);
        port->end();
        co_await streams->error.finish_writing();
    } catch (...) {
        port->end();
        throw;
    }
}

task<void> serve_pair(shared_tunnel on, stream_pair streams)
{
    counted const counting(on->host, &stream_host::connections);
    task<std::shared_ptr<pod_port>> opening = pod_port::open(on->host, on->pod, streams.port);
    result<std::shared_ptr<pod_port>> const port = co_await as_result(std::move(opening));
    if (port) {
        co_await carry(on, &streams, *port);
        co_return;
    }
    co_await net::write_all(&streams.error, port.error().message());
    co_await streams.error.finish_writing();
    streams.data.close();
}

/// Starts the connection when both of its streams are there.
void take(shared_tunnel const& on, net::spdy_incoming incoming)
{
    std::string const type = value_of(incoming.headers, "streamtype");
    std::string const request = value_of(incoming.headers, "requestid");
    std::string const port = value_of(incoming.headers, "port");
    stream_pair& half = on->halves[request];
    std::from_chars(port.data(), port.data() + port.size(), half.port);
    (type == "error" ? half.error : half.data) = std::move(incoming.stream);
    if (!half.error || !half.data) return;
    stream_pair whole = std::move(half);
    on->halves.erase(request);
    async_run(on->host->executor, serve_pair(on, std::move(whole)), [](result<void> const&) {});
}

}  // namespace

task<void>
serve_forward_spdy(std::shared_ptr<stream_host> host, std::string pod, net::byte_stream over, std::function<void()> cut)
{
    auto const on = std::make_shared<tunnel>();
    on->host = host;
    on->pod = std::move(pod);
    on->cut = std::move(cut);
    on->connection = net::spdy_connection(std::move(over), net::spdy_role::server);
    try {
        for (;;) {
            std::optional<net::spdy_incoming> incoming = co_await on->connection.accept();
            if (!incoming) break;
            take(on, std::move(*incoming));
        }
    } catch (...) {
        on->connection.close();
        throw;
    }
    on->connection.close();
}

}  // namespace kuberay::testing
