#include "kube/exec_channel.hpp"

#include <kuberay/base/error.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

std::string begin_message(exec_channel channel) { return std::string(1, static_cast<char>(channel)); }

}  // namespace

std::optional<channel_message> decode_channel(std::string message)
{
    if (message.empty()) throw failure(errc::protocol_violation, "the server sent a message without a channel");
    auto const channel = static_cast<exec_channel>(static_cast<unsigned char>(message.front()));
    if (channel != exec_channel::output && channel != exec_channel::errors && channel != exec_channel::status)
        return std::nullopt;
    channel_message decoded;
    decoded.channel = channel;
    // Within the message's own memory: at most 32 KiB with any known server.
    message.erase(0, 1);
    decoded.payload = std::move(message);
    return decoded;
}

std::string take_input_message(std::string_view bytes, std::size_t& at)
{
    std::string_view const piece = bytes.substr(at, max_channel_message - 1);
    std::string message;
    message.reserve(1 + piece.size());
    message += static_cast<char>(exec_channel::input);
    message += piece;
    at += piece.size();
    return message;
}

std::string close_input_message()
{
    return begin_message(exec_channel::close) + static_cast<char>(exec_channel::input);
}

std::string resize_text(std::uint16_t columns, std::uint16_t rows)
{
    return "{\"Width\":" + std::to_string(columns) + ",\"Height\":" + std::to_string(rows) + "}";
}

std::string resize_message(std::uint16_t columns, std::uint16_t rows)
{
    return begin_message(exec_channel::resize) + resize_text(columns, rows);
}

}  // namespace kuberay::kube
