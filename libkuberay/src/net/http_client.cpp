#include "net/http_client.hpp"

#include "net/connect.hpp"
#include "net/http_body.hpp"
#include "net/prefixed_stream.hpp"

#include <kuberay/net/dialer.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::net {
namespace {

struct client_state {
    client_state() = default;
    asio::any_io_executor executor;
    std::string authority;
    http_client_options options;
    std::function<task<byte_stream>()> dial_for_stream;
    std::shared_ptr<connection_pool> pool;
};

// The server may close an idle connection in the moment it is used again; the request then never reached it.
bool may_send_again(http_exchange const& on, http_request const& request, error const& why)
{
    if (!on.connection.is_reused() || on.answered || why.code() != errc::connection_lost) return false;
    return on.accepted == 0 || (request.is_idempotent() && !on.source_started);
}

task<http_response> send_over(std::shared_ptr<client_state> state, http_request request)
{
    std::string const head =
        request_head_bytes(request, state->authority, request_purpose::exchange, state->options.accept_gzip);
    body_coding const coding = request.fields.contains("Accept-Encoding") ? body_coding::as_sent : body_coding::decoded;
    auto const shared = std::make_shared<http_request const>(std::move(request));
    task<pooled_connection> acquiring = state->pool->acquire();
    pooled_connection connection = co_await std::move(acquiring);
    for (;;) {
        auto const on = std::make_shared<http_exchange>(std::move(connection), *shared, state->options.max_head_size);
        task<void> exchange = run_exchange(on, head, shared);
        result<void> const outcome = co_await as_result(std::move(exchange));
        if (outcome.has_value()) {
            if (on->parser.head().status == 101)
                throw failure(
                    errc::protocol_violation, "the server switched protocols, unasked, in answer to " + on->what
                );
            co_return make_response(on, coding);
        }
        if (!may_send_again(*on, *shared, outcome.error())) throw failure(outcome.error());
        task<pooled_connection> replacing = state->pool->replace(std::move(on->connection));
        connection = co_await std::move(replacing);
    }
}

task<upgrade_result> upgrade_over(std::shared_ptr<client_state> state, http_request request)
{
    if (!request.fields.contains("Upgrade")) throw failure(errc::bad_input, "an upgrade needs the header Upgrade");
    std::string head = request_head_bytes(request, state->authority, request_purpose::upgrade, false);
    auto const shared = std::make_shared<http_request const>(std::move(request));
    task<byte_stream> dialling = state->dial_for_stream();
    byte_stream stream = co_await std::move(dialling);
    pooled_connection own(std::move(stream));
    auto const on = std::make_shared<http_exchange>(std::move(own), *shared, state->options.max_head_size);
    co_await run_exchange(on, std::move(head), shared);
    upgrade_result answer;
    if (on->parser.head().status == 101) {
        answer.response = http_response(101, on->parser.head().fields, nullptr);
        answer.stream = with_prefix(on->parser.take_rest(), std::move(on->connection.stream()));
    } else {
        answer.response = make_response(on, body_coding::decoded);
    }
    co_return answer;
}

class http_client final : public transport {
public:
    explicit http_client(std::shared_ptr<client_state> state)
        : state_(std::move(state))
    {
    }

    ~http_client() override { state_->pool->drop_idle(); }

    asio::any_io_executor get_executor() const noexcept override { return state_->executor; }
    task<http_response> send(http_request request) override { return send_over(state_, std::move(request)); }
    task<upgrade_result> upgrade(http_request request) override { return upgrade_over(state_, std::move(request)); }
    void drop_idle() noexcept override { state_->pool->drop_idle(); }

private:
    std::shared_ptr<client_state> state_;
};

}  // namespace

std::shared_ptr<transport> make_http_client_over(
    asio::any_io_executor executor, std::string authority, pool_options connections, http_client_options options
)
{
    connections.max_connections = std::max<std::size_t>(options.max_connections, 1);
    connections.idle_limit = options.idle_limit;
    auto const state = std::make_shared<client_state>();
    state->executor = executor;
    state->authority = std::move(authority);
    state->options = options;
    state->dial_for_stream = connections.dial_for_stream ? connections.dial_for_stream : connections.dial;
    state->pool = std::make_shared<connection_pool>(std::move(executor), std::move(connections));
    return std::make_shared<http_client>(state);
}

std::shared_ptr<transport>
make_http_client(asio::any_io_executor executor, connect_options connect, http_client_options options)
{
    std::string authority = connect.server.scheme == "unix" ? "localhost" : connect.server.authority();
    pool_options connections;
    connections.dial = [executor, connect] { return dial(executor, connect); };
    connections.dial_for_stream = [executor, connect = std::move(connect)] {
        return dial_for_stream(executor, connect);
    };
    return make_http_client_over(executor, std::move(authority), std::move(connections), std::move(options));
}

}  // namespace kuberay::net
