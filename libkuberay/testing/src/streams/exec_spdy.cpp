#include "net/spdy_connection.hpp"
#include "streams/cuttable_stream.hpp"
#include "streams/exec_transports.hpp"

#include <map>
#include <utility>
#include <vector>

namespace kuberay::testing {

namespace {

constexpr std::chrono::seconds stream_limit(30);
constexpr std::size_t most_size_text = 4096;

/// The connection and its streams by type.
struct exec_streams {
    net::spdy_connection connection;
    std::function<void()> cut;
    std::map<std::string, net::byte_stream, std::less<>> by_type;

    net::byte_stream* find(std::string_view type)
    {
        auto const found = by_type.find(type);
        return found == by_type.end() ? nullptr : &found->second;
    }
};

using shared_streams = std::shared_ptr<exec_streams>;

std::string value_of(net::spdy_headers const& headers, std::string_view name)
{
    for (auto const& [key, value] : headers)
        if (key == name) return value;
    return std::string();
}

/// Waits for the streams that the request announced.
task<void> accept_streams(shared_streams on, std::size_t count)
{
    while (on->by_type.size() < count) {
        std::optional<net::spdy_incoming> incoming = co_await on->connection.accept();
        if (!incoming) throw failure(errc::connection_lost, "the client left before it opened its streams");
        std::string const type = value_of(incoming->headers, "streamtype");
        on->by_type.insert_or_assign(type, std::move(incoming->stream));
    }
}

task<void> send(shared_streams on, exec_channel channel, std::string bytes)
{
    char const* const type = channel == exec_channel::out   ? "stdout"
                             : channel == exec_channel::err ? "stderr"
                                                            : "error";
    net::byte_stream* const stream = on->find(type);
    if (stream) co_await net::write_all(stream, std::move(bytes));
}

task<void> end(shared_streams on)
{
    for (char const* type : {"stdout", "stderr", "error"}) {
        net::byte_stream* const stream = on->find(type);
        if (stream) co_await stream->finish_writing();
    }
    on->connection.close();
}

task<void> pump_input(shared_streams on, std::shared_ptr<exec_session> session)
{
    net::byte_stream* const stream = on->find("stdin");
    while (stream) {
        std::string bytes = co_await net::read_some(stream);
        if (bytes.empty()) break;
        bool const goes_on = co_await exec_session::put_input(session, std::move(bytes));
        if (!goes_on) co_return;
    }
    session->end_input();
}

task<void> pump_sizes(shared_streams on, std::shared_ptr<exec_session> session)
{
    net::byte_stream* const stream = on->find("resize");
    std::string unread;  // a stream of documents, which come in pieces of any size
    while (stream && unread.size() < most_size_text) {
        std::string const bytes = co_await net::read_some(stream);
        if (bytes.empty()) co_return;
        unread += bytes;
        for (std::size_t end = unread.find('}'); end != std::string::npos; end = unread.find('}')) {
            session->put_size(std::string_view(unread).substr(0, end + 1));
            unread.erase(0, end + 1);
        }
    }
}

task<void> wait_for_end(shared_streams on) { co_await on->connection.ended(); }

std::vector<task<void>> pumps_of(shared_streams const& on, std::shared_ptr<exec_session> const& session)
{
    std::vector<task<void>> pumps;
    pumps.push_back(pump_input(on, session));
    pumps.push_back(pump_sizes(on, session));
    pumps.push_back(wait_for_end(on));
    return pumps;
}

exec_session::transport transport_over(shared_streams const& on)
{
    exec_session::transport over;
    over.send = [on](exec_channel channel, std::string bytes) { return send(on, channel, std::move(bytes)); };
    over.end = [on] { return end(on); };
    over.cut = [on] { on->cut(); };
    return over;
}

}  // namespace

task<void> serve_exec_spdy(
    std::shared_ptr<stream_host> host, exec_call call, stream_host::program program, net::byte_stream connection
)
{
    counted const counting(host, &stream_host::sessions);
    auto const on = std::make_shared<exec_streams>();
    auto cuttable = make_cuttable(std::move(connection));
    on->cut = std::move(cuttable.second);
    on->connection = net::spdy_connection(std::move(cuttable.first), net::spdy_role::server);
    std::size_t const count = 1u + call.input + call.output + call.errors + call.terminal;
    task<void> accepting = accept_streams(on, count);
    co_await with_timeout(stream_limit, std::move(accepting));
    auto const session = std::make_shared<exec_session>(host, std::move(call));
    exec_session::start(session, std::move(program), transport_over(on));
    try {
        std::vector<task<void>> pumps = pumps_of(on, session);
        std::vector<result<void>> const ended = co_await run_all(std::move(pumps));
        co_await exec_session::leave(session);
    } catch (...) {
        on->connection.close();
        session->cancel();
        throw;
    }
}

}  // namespace kuberay::testing
