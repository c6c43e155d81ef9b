#include "net/websocket_stream.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace kuberay::net {
namespace {

constexpr std::chrono::seconds patience_at_the_end(1);
constexpr std::size_t joined_write = 65536;  // smaller payloads are copied behind their head into one buffer
constexpr int normal_closure = 1000;
constexpr int no_code = 1005;

}  // namespace

class websocket::implementation {
public:
    implementation(
        byte_stream stream, websocket_role role, std::string subprotocol, std::size_t max_message_size,
        std::shared_ptr<websocket_pulse> pulse
    )
        : stream(std::move(stream))
        , role(role)
        , decoder(role, max_message_size)
        , subprotocol(std::move(subprotocol))
        , pulse(std::move(pulse))
        , changed(this->stream.get_executor())
    {
    }

    static std::shared_ptr<implementation> const& of(websocket const& handle) { return handle.implementation_; }

    byte_stream stream;
    websocket_role role;
    websocket_decoder decoder;
    websocket_masks masks;
    std::string subprotocol;
    std::shared_ptr<websocket_pulse> pulse;
    condition changed;
    bool reading = false;
    bool writing = false;
    bool close_sent = false;
    bool close_received = false;
    bool ended = false;         // by our own close
    bool write_failed = false;  // part of a frame may be out: nothing can follow it
    int close_code = 0;
    std::optional<std::string> pong;
    std::optional<error> violation;  // thrown when what came before it was given out
    std::array<char, 65536> buffer;
};

namespace {

using shared = std::shared_ptr<websocket::implementation>;

/// Holds one of the flags `reading` and `writing`.
class turn {
public:
    turn(shared on, bool websocket::implementation::* flag)
        : on_(std::move(on))
        , flag_(flag)
    {
        (*on_).*flag_ = true;
    }

    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;

    ~turn()
    {
        (*on_).*flag_ = false;
        on_->changed.notify_all();
    }

private:
    shared on_;
    bool websocket::implementation::* flag_;
};

failure lost(websocket::implementation const& on, error_code code, char const* doing)
{
    if (on.close_received) return failure(errc::connection_lost, "the peer closed the WebSocket");
    if (code == asio::error::operation_aborted) return failure(code, std::string());
    return failure(
        errc::connection_lost, std::string("the connection was lost while ") + doing + " a WebSocket: " + code.message()
    );
}

/// A frame on its way out.
struct outgoing_frame {
    outgoing_frame(shared on, websocket_opcode opcode, std::string content, byte_stream::handler done)
        : on(std::move(on))
        , payload(std::move(content))
        , done(std::move(done))
        , state(asio::get_associated_cancellation_slot(this->done), asio::enable_total_cancellation())
    {
        std::optional<websocket_mask> mask;
        if (this->on->role == websocket_role::client) {
            mask = this->on->masks.next();
            apply_mask(payload.data(), payload.size(), *mask);
        }
        head = websocket_frame_head(opcode, payload.size(), mask);
        if (payload.size() <= joined_write) head += std::exchange(payload, std::string());
        pieces[0] = asio::buffer(head);
        pieces[1] = asio::buffer(payload);
    }

    shared on;
    std::string head, payload;
    std::array<asio::const_buffer, 2> pieces;  // what is not sent yet
    byte_stream::handler done;
    asio::cancellation_state state;  // a cancellation between two pieces counts too
};

void send(std::unique_ptr<outgoing_frame> frame)
{
    auto& on = *frame->on;
    auto const pieces = frame->pieces;
    auto const slot = frame->state.slot();
    auto const completes_on = asio::get_associated_executor(frame->done, on.stream.get_executor());
    auto sent = [frame = std::move(frame)](error_code code, std::size_t size) mutable {
        for (auto& piece : frame->pieces) {
            std::size_t const taken = std::min(size, piece.size());
            piece += taken;
            size -= taken;
        }
        bool const is_sent = asio::buffer_size(frame->pieces) == 0;
        bool const is_cancelled = frame->state.cancelled() != asio::cancellation_type::none;
        if (!code && !is_sent && is_cancelled) code = asio::error::operation_aborted;
        if (code) {
            frame->on->write_failed = true;
            // What the peer had sent before it went away can still be read: it may say why.
            if (code == asio::error::operation_aborted) frame->on->stream.close();
            return std::move(frame->done)(code, 0);
        }
        if (!is_sent) return send(std::move(frame));
        std::move(frame->done)(code, 0);
    };
    on.stream.async_write_some(
        pieces, asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(sent)))
    );
}

template <class Token>
auto async_send(shared on, websocket_opcode opcode, std::string payload, Token&& token)
{
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto done, shared to, websocket_opcode what, std::string content) {
            send(std::make_unique<outgoing_frame>(
                std::move(to), what, std::move(content), byte_stream::handler(std::move(done))
            ));
        },
        token, std::move(on), opcode, std::move(payload)
    );
}

task<void> send_frame(shared on, websocket_opcode opcode, std::string payload)
{
    error_code code;
    co_await async_send(on, opcode, std::move(payload), asio::redirect_error(asio::use_awaitable, code));
    if (code) throw lost(*on, code, "writing to");
}

task<void> send_pongs(shared on)
{
    while (on->pong && !on->close_sent) {
        std::string answer = std::move(*on->pong);
        on->pong.reset();
        co_await send_frame(on, websocket_opcode::pong, std::move(answer));
    }
}

task<void> write_frame(shared on, websocket_opcode opcode, std::string payload)
{
    while (on->writing)
        co_await on->changed.wait();
    turn const mine(on, &websocket::implementation::writing);
    if (on->write_failed) throw failure(errc::connection_lost, "an earlier write to the WebSocket has failed");
    if (on->close_sent || on->close_received) {
        if (opcode != websocket_opcode::close || on->close_sent)
            throw failure(errc::connection_lost, "the WebSocket is closed");
    }
    if (opcode == websocket_opcode::close) on->close_sent = true;
    co_await send_frame(on, opcode, std::move(payload));
    co_await send_pongs(on);
}

task<void> receive(shared on)
{
    error_code code;
    asio::mutable_buffer const into = asio::buffer(on->buffer);
    std::size_t const size = co_await on->stream.async_read_some(into, asio::redirect_error(asio::use_awaitable, code));
    if (code && (on->ended || (on->close_sent && code != asio::error::operation_aborted))) {
        on->close_received = true;  // the peer left its close frame out, which harms nobody
        co_return;
    }
    if (code == asio::error::eof)
        throw failure(errc::connection_lost, "the connection ended without the close of the WebSocket");
    if (code) throw lost(*on, code, "reading from");
    on->pulse->received = std::chrono::steady_clock::now();
    try {
        on->decoder.put(std::string_view(on->buffer.data(), size));
    } catch (failure const& broken) {
        on->violation = broken.error();
    }
}

task<void> ignore_failure(task<void> op)
{
    result<void> const outcome = co_await as_result(std::move(op));
    if (outcome.has_error() && is_cancellation(outcome.error())) throw failure(outcome.error());
}

task<void> answer_ping(shared on, std::string payload)
{
    // A writer at work takes the answer along: waiting for it here could wait for the peer to read, for ever.
    if (on->writing) {
        on->pong = std::move(payload);
        co_return;
    }
    if (!on->close_sent) co_await ignore_failure(write_frame(on, websocket_opcode::pong, std::move(payload)));
}

task<void> answer_close(shared on, int code)
{
    on->close_received = true;
    on->close_code = code;
    on->changed.notify_all();
    if (!on->close_sent && !on->writing) {
        std::string const payload = code == no_code ? std::string() : websocket_close_payload(code);
        task<void> answering = write_frame(on, websocket_opcode::close, payload);
        co_await ignore_failure(with_timeout(patience_at_the_end, std::move(answering)));
    }
    on->stream.close();
}

task<void> take_control(shared on, websocket_event event)
{
    if (event.kind == websocket_opcode::ping)
        co_await answer_ping(on, std::move(event.payload));
    else if (event.kind == websocket_opcode::close)
        co_await answer_close(on, event.close_code);
    else
        ++on->pulse->pongs;
}

/// The messages that have come, at most `most`, up to a control frame, whose answer may take time; waits for one. None
/// after a close frame.
task<std::vector<websocket_event>> read_messages(shared on, std::size_t most)
{
    turn const mine(on, &websocket::implementation::reading);
    std::vector<websocket_event> messages;
    while (messages.size() < most && !on->close_received) {
        bool const is_control = on->decoder.next_is_control();
        if (is_control && !messages.empty()) break;
        std::optional<websocket_event> event = on->decoder.next();
        if (is_control) {
            co_await take_control(on, std::move(*event));
        } else if (event) {
            messages.push_back(std::move(*event));
        } else if (!messages.empty()) {
            break;
        } else {
            if (on->violation) throw failure(*on->violation);
            co_await receive(on);
        }
    }
    co_return messages;
}

task<std::optional<websocket_message>> read_message(shared on)
{
    std::vector<websocket_event> messages = co_await read_messages(on, 1);
    if (messages.empty()) co_return std::nullopt;
    websocket_message message;
    message.binary = messages.front().kind == websocket_opcode::binary;
    message.payload = std::move(messages.front().payload);
    co_return std::optional<websocket_message>(std::move(message));
}

task<void> wait_for_close(shared on)
{
    while (on->reading && !on->close_received)
        co_await on->changed.wait();
    while (!on->close_received)
        co_await read_message(on);
}

task<void> close_both_ways(shared on)
{
    std::string const payload = websocket_close_payload(normal_closure);
    if (!on->close_sent && !on->close_received) {
        task<void> closing = write_frame(on, websocket_opcode::close, payload);
        co_await ignore_failure(with_timeout(patience_at_the_end, std::move(closing)));
    }
    if (!on->close_received) {
        task<void> waiting = wait_for_close(on);
        co_await ignore_failure(with_timeout(patience_at_the_end, std::move(waiting)));
    }
    on->ended = true;
    on->stream.close();
}

}  // namespace

websocket::websocket(std::shared_ptr<implementation> implementation)
    : implementation_(std::move(implementation))
{
}

websocket::websocket(websocket&&) noexcept = default;

websocket& websocket::operator=(websocket&& other) noexcept
{
    if (this != &other) {
        abort();
        implementation_ = std::move(other.implementation_);
    }
    return *this;
}

websocket::~websocket() { abort(); }

asio::any_io_executor websocket::get_executor() const noexcept { return implementation_->stream.get_executor(); }
std::string const& websocket::subprotocol() const noexcept { return implementation_->subprotocol; }
int websocket::close_code() const noexcept { return implementation_->close_code; }

task<std::optional<websocket_message>> websocket::read() { return read_message(implementation_); }

task<void> websocket::write(std::string payload)
{
    return write_frame(implementation_, websocket_opcode::binary, std::move(payload));
}

task<void> websocket::ping() { return write_frame(implementation_, websocket_opcode::ping, std::string()); }
task<void> websocket::close() { return close_both_ways(implementation_); }

void websocket::abort() noexcept
{
    if (implementation_) implementation_->stream.close();
}

task<std::vector<websocket_event>> read_ready_messages(websocket const& from)
{
    return read_messages(websocket::implementation::of(from), std::numeric_limits<std::size_t>::max());
}

void write_message(websocket const& to, std::string payload, byte_stream::handler done)
{
    shared const on = websocket::implementation::of(to);
    asio::any_io_executor const executor = on->stream.get_executor();
    if (on->writing || on->write_failed || on->close_sent || on->close_received) {
        async_run(
            executor, write_frame(on, websocket_opcode::binary, std::move(payload)),
            [done = std::move(done)](result<void> sent) mutable {
                std::move(done)(sent.has_value() ? error_code() : sent.error().code(), 0);
            }
        );
        return;
    }
    auto sent = [on, executor, done = std::move(done)](error_code code, std::size_t) mutable {
        on->writing = false;
        on->changed.notify_all();
        if (on->pong && !code) {
            std::string answer = std::move(*on->pong);
            on->pong.reset();
            async_run(executor, answer_ping(on, std::move(answer)), [](result<void>) {});
        }
        std::move(done)(code, 0);
    };
    async_send(on, websocket_opcode::binary, std::move(payload), std::move(sent));
    on->writing = true;
}

websocket make_websocket(
    byte_stream stream, websocket_role role, std::string subprotocol, std::size_t max_message_size,
    std::shared_ptr<websocket_pulse> pulse
)
{
    return websocket(std::make_shared<websocket::implementation>(
        std::move(stream), role, std::move(subprotocol), max_message_size, std::move(pulse)
    ));
}

}  // namespace kuberay::net
