#include "kube/port_channels.hpp"

#include <kuberay/base/error.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

constexpr char data_channel = 0;
constexpr std::size_t channels = 2;

std::uint16_t little_endian(std::string const& message)
{
    auto const low = static_cast<unsigned char>(message[1]);
    auto const high = static_cast<unsigned char>(message[2]);
    return static_cast<std::uint16_t>(high << 8 | low);
}

}  // namespace

port_channel_decoder::port_channel_decoder(std::uint16_t port)
    : port_(port)
{
}

std::optional<port_message> port_channel_decoder::read(std::string message)
{
    if (message.empty()) return std::nullopt;
    auto const channel = static_cast<std::size_t>(static_cast<unsigned char>(message[0]));
    if (channel >= channels)
        throw failure(
            errc::protocol_violation,
            "the server wrote to channel " + std::to_string(channel) + " of a port-forward that has channels 0 and 1"
        );
    if (!std::exchange(begun_[channel], true)) {
        if (message.size() != 3)
            throw failure(errc::protocol_violation, "a port-forward channel did not begin with its port");
        if (std::uint16_t const said = little_endian(message); said != port_)
            throw failure(
                errc::protocol_violation,
                "the server forwards port " + std::to_string(said) + " instead of " + std::to_string(port_)
            );
        return std::nullopt;
    }
    if (message.size() == 1) return std::nullopt;
    port_message read;
    read.what = channel == 0 ? port_message::kind::data : port_message::kind::failure;
    message.erase(0, 1);
    read.bytes = std::move(message);
    return read;
}

std::string port_channel_message(std::string_view bytes)
{
    std::string message;
    message.reserve(bytes.size() + 1);
    message.push_back(data_channel);
    message.append(bytes);
    return message;
}

}  // namespace kuberay::kube
