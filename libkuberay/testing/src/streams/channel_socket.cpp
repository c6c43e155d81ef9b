#include "streams/channel_socket.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t largest_payload = 32 * 1024;
constexpr std::size_t largest_write = 256 * 1024;

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

std::string frame_of(net::websocket_opcode opcode, std::string_view payload)
{
    std::string frame = net::websocket_frame_head(opcode, payload.size(), std::nullopt);
    frame += payload;
    return frame;
}

task<void> send_bytes(std::shared_ptr<channel_socket> on, std::string bytes)
{
    while (on->writing)
        co_await on->turned.wait();
    writing_turn const mine(on);
    co_await net::write_all(&on->stream, std::move(bytes));
}

}  // namespace

task<void> send_message(std::shared_ptr<channel_socket> on, int channel, std::string bytes)
{
    std::size_t at = 0;
    do {
        std::string frames;
        frames.reserve(std::min(bytes.size() - at, largest_write) + 128);
        do {
            std::string_view const payload = std::string_view(bytes).substr(at, largest_payload);
            frames += net::websocket_frame_head(net::websocket_opcode::binary, payload.size() + 1, std::nullopt);
            frames += static_cast<char>(channel);
            frames += payload;
            at += payload.size();
        } while (at < bytes.size() && frames.size() < largest_write);
        co_await send_bytes(on, std::move(frames));
    } while (at < bytes.size());
}

task<void> end_properly(std::shared_ptr<channel_socket> on)
{
    std::string frame = frame_of(net::websocket_opcode::close, net::websocket_close_payload(1000));
    co_await send_bytes(on, std::move(frame));
    on->stream.close();
}

task<std::optional<std::string>> next_message(std::shared_ptr<channel_socket> on)
{
    for (;;) {
        std::optional<net::websocket_event> event = on->decoder.next();
        if (!event) {
            std::string const bytes = co_await net::read_some(&on->stream);
            if (bytes.empty()) co_return std::nullopt;
            on->decoder.put(bytes);
        } else if (event->kind == net::websocket_opcode::close || event->fragmented) {
            co_return std::nullopt;
        } else if (event->kind == net::websocket_opcode::ping) {
            std::string frame = frame_of(net::websocket_opcode::pong, event->payload);
            co_await send_bytes(on, std::move(frame));
        } else if (event->kind != net::websocket_opcode::pong && !event->payload.empty()) {
            co_return std::move(event->payload);
        }
    }
}

int take_channel(std::string& message)
{
    int const channel = static_cast<unsigned char>(message.front());
    message.erase(0, 1);
    return channel;
}

}  // namespace kuberay::testing
