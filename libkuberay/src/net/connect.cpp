#include "net/connect.hpp"

#include "net/pending_operation.hpp"
#include "net/socket_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace kuberay::net {
namespace {

using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr auto attempt_delay = std::chrono::milliseconds(250);

/// Asio's resolver does not end when it is cancelled, so the answer goes here and the waiting coroutine does not wait
/// for more than its own cancellation.
struct lookup {
    explicit lookup(asio::any_io_executor executor)
        : resolver(executor)
    {
    }

    tcp::resolver resolver;
    tcp::resolver::results_type results;
    pending_operation waiting;
};

template <class Token>
auto async_lookup(std::shared_ptr<lookup> state, std::string host, std::string port, Token&& token)
{
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto done, std::shared_ptr<lookup> on, std::string host_name, std::string service) {
            std::weak_ptr<lookup> const weak = on;
            on->waiting.start(
                on->resolver.get_executor(), byte_stream::handler(std::move(done)),
                [weak](std::uint64_t ticket) {
                    auto const self = weak.lock();
                    if (!self || !self->waiting.is_waiting(ticket)) return;
                    self->resolver.cancel();
                    self->waiting.finish(asio::error::operation_aborted, 0);
                }
            );
            on->resolver.async_resolve(
                host_name, service, tcp::resolver::numeric_service,
                [on](error_code code, tcp::resolver::results_type results) {
                    on->results = std::move(results);
                    on->waiting.finish(code, 0);
                }
            );
        },
        token, std::move(state), std::move(host), std::move(port)
    );
}

/// The state that the attempts of one race share.
struct contest {
    contest(asio::any_io_executor executor, std::vector<tcp::endpoint> endpoints)
        : changed(executor)
    {
        for (auto const& endpoint : endpoints)
            entries.push_back(entry(executor, endpoint));
    }

    struct entry {
        entry(asio::any_io_executor const& executor, tcp::endpoint endpoint)
            : endpoint(endpoint)
            , socket(executor)
        {
        }

        tcp::endpoint endpoint;
        tcp::socket socket;
        std::optional<steady_clock::time_point> started;
        std::optional<error_code> failed;
    };

    // How long the entry has to wait still; zero: start now.
    steady_clock::duration wait_of(std::size_t index) const
    {
        if (index == 0) return steady_clock::duration::zero();
        entry const& before = entries[index - 1];
        if (before.failed) return steady_clock::duration::zero();
        if (!before.started) return steady_clock::duration::max();
        return std::max(*before.started + attempt_delay - steady_clock::now(), steady_clock::duration::zero());
    }

    void decide(std::size_t index)
    {
        winner = index;
        error_code ignored;
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (i != index) entries[i].socket.close(ignored);
        changed.notify_all();
    }

    std::vector<entry> entries;
    condition changed;
    std::optional<std::size_t> winner;
};

task<void> attempt(std::shared_ptr<contest> contest, std::size_t index)
{
    auto& own = contest->entries[index];
    for (auto wait = contest->wait_of(index); !contest->winner && wait > steady_clock::duration::zero();
         wait = contest->wait_of(index))
        co_await contest->changed.wait_for(wait);
    if (contest->winner) co_return;
    own.started = steady_clock::now();
    contest->changed.notify_all();
    error_code code;
    tcp::endpoint const endpoint = own.endpoint;
    co_await own.socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    if (contest->winner) co_return;
    if (!code) {
        contest->decide(index);
        co_return;
    }
    own.failed = code;
    contest->changed.notify_all();
    if (code == asio::error::operation_aborted) throw failure(code, std::string());
}

std::string text_of(tcp::endpoint const& endpoint)
{
    std::string const address = endpoint.address().to_string();
    std::string const port = std::to_string(endpoint.port());
    return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + port;
}

error defeat(contest const& lost)
{
    error_code const first = lost.entries.front().failed.value_or(asio::error::operation_aborted);
    if (lost.entries.size() == 1) return error(first, std::string());
    std::string others;
    for (auto const& entry : lost.entries)
        others += (others.empty() ? "tried " : ", ") + text_of(entry.endpoint)
                  + (entry.failed && *entry.failed != first ? " (" + entry.failed->message() + ')' : std::string());
    return error(first, others);
}

}  // namespace

task<std::vector<tcp::endpoint>> resolve(asio::any_io_executor executor, std::string host, std::uint16_t port)
{
    std::vector<tcp::endpoint> endpoints;
    error_code code;
    auto const literal = asio::ip::make_address(host, code);
    if (!code) {
        endpoints.emplace_back(literal, port);
        co_return endpoints;
    }
    auto const state = std::make_shared<lookup>(executor);
    std::string service = std::to_string(port);
    co_await async_lookup(state, std::move(host), std::move(service), asio::redirect_error(asio::use_awaitable, code));
    if (code) throw failure(code, "looking up the host name");
    for (auto const& entry : state->results)
        endpoints.push_back(entry.endpoint());
    if (endpoints.empty()) throw failure(error_code(asio::error::host_not_found), "looking up the host name");
    co_return endpoints;
}

std::vector<tcp::endpoint> interleave(std::vector<tcp::endpoint> endpoints)
{
    if (endpoints.empty()) return endpoints;
    bool const starts_with_v6 = endpoints.front().address().is_v6();
    std::vector<tcp::endpoint> same;
    std::vector<tcp::endpoint> other;
    for (auto const& endpoint : endpoints)
        (endpoint.address().is_v6() == starts_with_v6 ? same : other).push_back(endpoint);
    std::vector<tcp::endpoint> ordered;
    for (std::size_t i = 0; i < std::max(same.size(), other.size()); ++i) {
        if (i < same.size()) ordered.push_back(same[i]);
        if (i < other.size()) ordered.push_back(other[i]);
    }
    return ordered;
}

task<tcp::socket> race(asio::any_io_executor executor, std::vector<tcp::endpoint> endpoints)
{
    auto const shared = std::make_shared<contest>(executor, std::move(endpoints));
    std::vector<task<void>> attempts;
    for (std::size_t i = 0; i < shared->entries.size(); ++i)
        attempts.push_back(attempt(shared, i));
    std::size_t const count = attempts.size();
    co_await run_all(std::move(attempts), count);
    if (!shared->winner) throw failure(defeat(*shared));
    co_return std::move(shared->entries[*shared->winner].socket);
}

task<byte_stream>
connect_tcp(asio::any_io_executor executor, std::string host, std::uint16_t port, stalled_peer when_stalled)
{
    std::vector<tcp::endpoint> found = co_await resolve(executor, std::move(host), port);
    std::vector<tcp::endpoint> ordered = interleave(std::move(found));
    tcp::socket socket = co_await race(executor, std::move(ordered));
    co_return make_tcp_stream(std::move(socket), when_stalled);
}

task<byte_stream> connect_unix(asio::any_io_executor executor, std::string path)
{
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        throw failure(errc::bad_config, "the path of the unix socket is too long");
    asio::local::stream_protocol::socket socket(executor);
    asio::local::stream_protocol::endpoint const endpoint(path);
    error_code code;
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    if (code) throw failure(code, std::string());
    asio::generic::stream_protocol::socket any(std::move(socket));
    co_return make_socket_stream(std::move(any));
}

}  // namespace kuberay::net
