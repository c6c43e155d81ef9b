#include "streams/channel_socket.hpp"
#include "streams/exec_transports.hpp"

#include <utility>

namespace kuberay::testing {

namespace {

/// False: the session is to end.
task<bool> take_message(std::shared_ptr<exec_session> session, std::string message)
{
    int const channel = take_channel(message);
    if (channel == static_cast<int>(exec_channel::in)) {
        bool const goes_on = co_await exec_session::put_input(session, std::move(message));
        co_return goes_on;
    }
    if (channel == static_cast<int>(exec_channel::size)) session->put_size(message);
    if (channel == 255 && session->call().protocol == "v5.channel.k8s.io") {
        if (message.size() != 1) co_return false;
        if (message.front() == static_cast<char>(exec_channel::in)) session->end_input();
    }
    co_return true;
}

task<void> read_messages(std::shared_ptr<channel_socket> on, std::shared_ptr<exec_session> session)
{
    for (;;) {
        std::optional<std::string> message = co_await next_message(on);
        if (!message) co_return;
        bool const goes_on = co_await take_message(session, std::move(*message));
        if (!goes_on) co_return;
    }
}

exec_channel first_channel(exec_call const& call)
{
    if (call.output) return exec_channel::out;
    return call.errors ? exec_channel::err : exec_channel::status;
}

exec_session::transport transport_over(std::shared_ptr<channel_socket> const& on)
{
    exec_session::transport over;
    over.send = [on](exec_channel channel, std::string bytes) {
        return send_message(on, static_cast<int>(channel), std::move(bytes));
    };
    over.end = [on] { return end_properly(on); };
    over.cut = [on] { on->stream.close(); };
    return over;
}

}  // namespace

task<void> serve_exec_websocket(
    std::shared_ptr<stream_host> host, exec_call call, stream_host::program program, net::byte_stream connection
)
{
    counted const counting(host, &stream_host::sessions);
    auto const on = std::make_shared<channel_socket>(std::move(connection));
    auto const session = std::make_shared<exec_session>(host, std::move(call));
    co_await send_message(on, static_cast<int>(first_channel(session->call())), std::string());
    exec_session::start(session, std::move(program), transport_over(on));
    try {
        task<void> reading = read_messages(on, session);
        result<void> const left = co_await as_result(std::move(reading));
        // Either the session has ended, or its client is gone or broke the protocol.
        if (left.has_error() || !session->is_ending()) on->stream.close();
        co_await exec_session::leave(session);
    } catch (...) {
        session->cancel();
        throw;
    }
}

}  // namespace kuberay::testing
