#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The messages of `v4.channel.k8s.io` and `v5.channel.k8s.io`: one byte for the channel, then its bytes. No input or
/// output. Source: reference kubernetes-clients 2.a; apimachinery util/remotecommand.
namespace kuberay::kube {

enum class exec_channel : std::uint8_t { input = 0, output = 1, errors = 2, status = 3, resize = 4, close = 255 };

/// kubectl's size; the API server's reader copies in pieces of it.
inline constexpr std::size_t max_channel_message = 32 * 1024;

struct channel_message {
    channel_message() = default;
    exec_channel channel = exec_channel::output;
    std::string payload;  ///< may be empty: the server says "connected" with an empty message
};

/// What came from the server; nullopt for a channel that is not for the client (dropped, as client-go does).
/// Errors: throws `failure`, `errc::protocol_violation`, for a message without a channel.
std::optional<channel_message> decode_channel(std::string message);

/// The next message of `bytes` from `at` on, on the input's channel; moves `at`.
std::string take_input_message(std::string_view bytes, std::size_t& at);

/// v5 only: the end of the input.
std::string close_input_message();

/// `{"Width":80,"Height":24}`, the resize stream's text.
std::string resize_text(std::uint16_t columns, std::uint16_t rows);

std::string resize_message(std::uint16_t columns, std::uint16_t rows);

}  // namespace kuberay::kube
