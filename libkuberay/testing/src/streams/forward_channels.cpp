#include "streams/channel_socket.hpp"
#include "streams/forward_transports.hpp"
#include "streams/pod_port.hpp"

#include <kuberay/base/async_run.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

struct channels {
    explicit channels(std::shared_ptr<stream_host> by)
        : host(std::move(by))
        , changed(host->executor)
    {
    }

    std::shared_ptr<stream_host> host;
    condition changed;  ///< `settled`
    std::string pod;
    std::shared_ptr<channel_socket> socket;
    std::vector<std::shared_ptr<pod_port>> ports;  ///< null: refused
    std::vector<bool> settled;                     ///< connected or refused
    std::size_t open = 0;
};

using shared_channels = std::shared_ptr<channels>;

task<void> pump_down(shared_channels on, std::size_t index)
{
    std::shared_ptr<pod_port> const port = on->ports[index];
    for (;;) {
        std::string bytes = co_await net::read_some(&port->stream);
        if (bytes.empty()) co_return;
        co_await send_message(on->socket, static_cast<int>(2 * index), std::move(bytes));
    }
}

task<void> serve_port(shared_channels on, std::size_t index, int number)
{
    counted const counting(on->host, &stream_host::connections);
    task<std::shared_ptr<pod_port>> opening = pod_port::open(on->host, on->pod, number);
    result<std::shared_ptr<pod_port>> const port = co_await as_result(std::move(opening));
    if (port) on->ports[index] = *port;
    on->settled[index] = true;
    on->changed.notify_all();
    if (!port) {
        co_await send_message(on->socket, static_cast<int>(2 * index + 1), port.error().message());
        co_return;
    }
    task<void> pumping = pump_down(on, index);
    result<void> const ended = co_await as_result(std::move(pumping));
    (*port)->end();
}

task<void> serve_port_to_the_end(shared_channels on, std::size_t index, int number)
{
    task<void> serving = serve_port(on, index, number);
    result<void> const ended = co_await as_result(std::move(serving));
    if (--on->open == 0) co_await end_properly(on->socket);
}

/// The number of the port, on both of its channels.
task<void> announce(shared_channels on, std::size_t index, int number)
{
    std::string port(1, static_cast<char>(number & 0xff));
    port += static_cast<char>(number >> 8 & 0xff);
    co_await send_message(on->socket, static_cast<int>(2 * index), port);
    co_await send_message(on->socket, static_cast<int>(2 * index + 1), port);
}

task<void> pump_up(shared_channels on)
{
    for (;;) {
        std::optional<std::string> message = co_await next_message(on->socket);
        if (!message) co_return;
        auto const channel = static_cast<std::size_t>(take_channel(*message));
        std::size_t const index = channel / 2;
        if (channel % 2 != 0 || index >= on->ports.size()) continue;
        while (!on->settled[index])
            co_await on->changed.wait();
        std::shared_ptr<pod_port> const port = on->ports[index];
        if (port) {
            task<void> writing = net::write_all(&port->stream, std::move(*message));
            result<void> const written = co_await as_result(std::move(writing));
        }
    }
}

void end_all(channels& on)
{
    on.socket->stream.close();
    for (std::shared_ptr<pod_port> const& port : on.ports)
        if (port) port->end();
}

}  // namespace

task<void> serve_forward_channels(
    std::shared_ptr<stream_host> host, std::string pod, std::vector<int> ports, net::byte_stream connection
)
{
    auto const on = std::make_shared<channels>(host);
    on->pod = std::move(pod);
    on->socket = std::make_shared<channel_socket>(std::move(connection));
    on->ports.resize(ports.size());
    on->settled.resize(ports.size());
    on->open = ports.size();
    for (std::size_t i = 0; i < ports.size(); ++i)
        co_await announce(on, i, ports[i]);
    for (std::size_t i = 0; i < ports.size(); ++i)
        async_run(host->executor, serve_port_to_the_end(on, i, ports[i]), [](result<void> const&) {});
    try {
        task<void> pumping = pump_up(on);
        result<void> const left = co_await as_result(std::move(pumping));
    } catch (...) {
        end_all(*on);
        throw;
    }
    end_all(*on);
}

}  // namespace kuberay::testing
