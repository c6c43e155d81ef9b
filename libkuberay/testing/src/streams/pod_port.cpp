#include "streams/pod_port.hpp"

#include "net/socket_stream.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

failure refused(std::string const& pod, int port)
{
    std::string const number = std::to_string(port);
    return failure(
        errc::connection_lost, "error forwarding port " + number + " to pod " + pod
                                   + ", uid : dial tcp 127.0.0.1:" + number + ": connect: connection refused"
    );
}

}  // namespace

task<std::shared_ptr<pod_port>> pod_port::open(std::shared_ptr<stream_host> host, std::string pod, int port)
{
    auto const made = std::make_shared<pod_port>();
    auto const number = static_cast<std::uint16_t>(port);
    bool const harmed = host->take_fault(stream_fault::kind::forward_refuse, pod).has_value();
    if (harmed || host->refused_ports.contains(number)) throw refused(pod, port);
    if (auto const local = host->local_ports.find(number); local != host->local_ports.end()) {
        asio::ip::tcp::socket socket(host->executor);
        asio::ip::tcp::endpoint const there(asio::ip::address_v4::loopback(), local->second);
        error_code fault;
        co_await socket.async_connect(there, asio::redirect_error(asio::use_awaitable, fault));
        if (fault == asio::error::operation_aborted) throw failure(fault, std::string());
        if (fault) throw refused(pod, port);
        made->stream = net::make_tcp_stream(std::move(socket));
        co_return made;
    }
    auto const server = host->ports.find(number);
    if (server == host->ports.end()) throw refused(pod, port);
    std::pair<net::byte_stream, net::byte_stream> ends = net::make_stream_pair(host->executor, 256 * 1024);
    made->stream = std::move(ends.first);
    made->serving_ = true;
    task<void> serving = server->second(pod, std::move(ends.second));
    async_run(
        host->executor, std::move(serving),
        asio::bind_cancellation_slot(made->stop_.slot(), [made](result<void> const&) { made->serving_ = false; })
    );
    co_return made;
}

void pod_port::end()
{
    stream.close();
    if (serving_) stop_.emit(asio::cancellation_type::terminal);
}

}  // namespace kuberay::testing
