#include "streams/exec_websocket.hpp"

#include "net/websocket_codec.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t largest_message = std::size_t(32) << 20;
constexpr std::size_t largest_payload = 32 * 1024;
constexpr std::size_t largest_write = 256 * 1024;

/// The connection under a session.
struct channel_socket {
    explicit channel_socket(net::byte_stream connection)
        : stream(std::move(connection))
        , turned(stream.get_executor())
    {
    }

    net::byte_stream stream;
    net::websocket_decoder decoder{net::websocket_role::server, largest_message};
    condition turned;
    bool writing = false;
};

class writing_turn {
public:
    explicit writing_turn(std::shared_ptr<channel_socket> on)
        : on_(std::move(on))
    {
        on_->writing = true;
    }

    writing_turn(writing_turn const&) = delete;
    writing_turn& operator=(writing_turn const&) = delete;

    ~writing_turn()
    {
        on_->writing = false;
        on_->turned.notify_all();
    }

private:
    std::shared_ptr<channel_socket> on_;
};

void add_frame(std::string& to, net::websocket_opcode opcode, std::string_view payload)
{
    to += net::websocket_frame_head(opcode, payload.size(), std::nullopt);
    to += payload;
}

void add_message(std::string& to, exec_channel channel, std::string_view payload)
{
    to += net::websocket_frame_head(net::websocket_opcode::binary, payload.size() + 1, std::nullopt);
    to += static_cast<char>(channel);
    to += payload;
}

task<void> send_bytes(std::shared_ptr<channel_socket> on, std::string bytes)
{
    while (on->writing)
        co_await on->turned.wait();
    writing_turn const mine(on);
    co_await net::write_all(&on->stream, std::move(bytes));
}

task<void> send_message(std::shared_ptr<channel_socket> on, exec_channel channel, std::string bytes)
{
    std::size_t at = 0;
    do {
        std::string frames;
        frames.reserve(std::min(bytes.size() - at, largest_write) + 128);
        do {
            std::string_view const payload = std::string_view(bytes).substr(at, largest_payload);
            add_message(frames, channel, payload);
            at += payload.size();
        } while (at < bytes.size() && frames.size() < largest_write);
        co_await send_bytes(on, std::move(frames));
    } while (at < bytes.size());
}

task<void> end_properly(std::shared_ptr<channel_socket> on)
{
    std::string frame;
    add_frame(frame, net::websocket_opcode::close, net::websocket_close_payload(1000));
    co_await send_bytes(on, std::move(frame));
    on->stream.close();
}

void take_size(exec_session& session, std::string_view text)
{
    error_code fault;
    json::value const size = json::parse(json::string_view(text.data(), text.size()), fault);
    if (fault || !size.is_object()) return;
    auto const number_at = [&](char const* name) {
        json::value const* value = size.get_object().if_contains(name);
        return value && value->is_int64() ? static_cast<int>(value->get_int64()) : 0;
    };
    session.put_size(number_at("Width"), number_at("Height"));
}

/// False: the session is to end.
task<bool> take_message(std::shared_ptr<exec_session> session, std::string message)
{
    if (message.empty()) co_return true;
    int const channel = static_cast<unsigned char>(message.front());
    message.erase(0, 1);
    if (channel == static_cast<int>(exec_channel::in)) {
        bool const goes_on = co_await exec_session::put_input(session, std::move(message));
        co_return goes_on;
    }
    if (channel == static_cast<int>(exec_channel::size)) take_size(*session, message);
    if (channel == 255 && session->call().protocol == "v5.channel.k8s.io") {
        if (message.size() != 1) co_return false;
        if (message.front() == static_cast<char>(exec_channel::in)) session->end_input();
    }
    co_return true;
}

task<void> read_messages(std::shared_ptr<channel_socket> on, std::shared_ptr<exec_session> session)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(&on->stream);
        if (bytes.empty()) co_return;
        on->decoder.put(bytes);
        while (auto event = on->decoder.next()) {
            if (event->kind == net::websocket_opcode::close || event->fragmented) co_return;
            if (event->kind == net::websocket_opcode::ping) {
                std::string frame;
                add_frame(frame, net::websocket_opcode::pong, event->payload);
                co_await send_bytes(on, std::move(frame));
            } else if (event->kind != net::websocket_opcode::pong) {
                bool const goes_on = co_await take_message(session, std::move(event->payload));
                if (!goes_on) co_return;
            }
        }
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
    over.send = [on](exec_channel channel, std::string bytes) { return send_message(on, channel, std::move(bytes)); };
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
    co_await send_message(on, first_channel(session->call()), std::string());
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
