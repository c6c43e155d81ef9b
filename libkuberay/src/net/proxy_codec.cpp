#include "net/proxy_codec.hpp"

#include <kuberay/base/base64.hpp>

#include <boost/asio/ip/address.hpp>

#include <array>
#include <charconv>

namespace kuberay::net {
namespace {

constexpr std::size_t max_head_size = 64 * 1024;

error refused(std::string said) { return error(errc::proxy_refused, std::move(said)); }

std::string visible(std::string_view text)
{
    std::string safe(text.substr(0, 120));
    for (char& c : safe)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return safe;
}

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

}  // namespace

std::string connect_request(std::string const& target, std::string const& user_info)
{
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!user_info.empty()) {
        // Basic credentials always have a colon (RFC 7617).
        std::string const pair = user_info.find(':') == std::string::npos ? user_info + ':' : user_info;
        request += "Proxy-Authorization: Basic " + base64_encode(pair) + "\r\n";
    }
    return request + "\r\n";
}

result<std::optional<connect_answer>> parse_connect_answer(std::string_view bytes)
{
    constexpr std::string_view start = "HTTP/1.";
    std::string_view const compared = bytes.substr(0, start.size());
    if (start.substr(0, compared.size()) != compared) return refused("its answer is not HTTP: " + visible(bytes));
    std::string_view line = bytes.substr(0, bytes.find('\n'));
    auto const end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (bytes.size() >= max_head_size) return refused("the head of its answer is too long");
        return std::optional<connect_answer>();
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    connect_answer answer;
    answer.size = end + 4;
    std::string_view const status = line.size() < 12 ? std::string_view() : line.substr(9, 3);
    auto const [stop, ec] = std::from_chars(status.data(), status.data() + status.size(), answer.status);
    if (ec != std::errc() || stop != status.data() + status.size() || answer.status < 100)
        return refused("its answer has no status: " + visible(line));
    answer.reason = line.size() > 13 ? visible(line.substr(13)) : std::string();
    return std::optional<connect_answer>(std::move(answer));
}

namespace socks5 {

std::string greeting(bool with_password)
{
    return with_password ? std::string("\x05\x02\x00\x02", 4) : std::string("\x05\x01\x00", 3);
}

result<method> parse_choice(std::string_view bytes)
{
    if (bytes.size() != 2 || byte_at(bytes, 0) != 5) return refused("its answer is not SOCKS 5: " + visible(bytes));
    switch (byte_at(bytes, 1)) {
    case 0: return method::none;
    case 2: return method::password;
    default: return refused("it accepts none of the offered ways to authenticate");
    }
}

result<std::string> password_request(std::string_view user_info)
{
    auto const colon = user_info.find(':');
    std::string_view const user = user_info.substr(0, colon);
    std::string_view const password =
        colon == std::string_view::npos ? std::string_view() : user_info.substr(colon + 1);
    if (user.size() > 255 || password.size() > 255)
        return error(errc::bad_config, "the user name or password for the proxy is longer than 255 bytes");
    std::string request("\x01", 1);
    request += static_cast<char>(user.size());
    request += user;
    request += static_cast<char>(password.size());
    request += password;
    return request;
}

result<void> parse_password_answer(std::string_view bytes)
{
    // Some proxies answer with the version of SOCKS instead of that of the sub-negotiation; the status decides.
    if (bytes.size() != 2) return refused("its answer is incomplete");
    if (byte_at(bytes, 1) != 0) return refused("it does not accept the user name and password");
    return {};
}

result<std::string> connect_request(std::string const& host, std::uint16_t port)
{
    std::string request("\x05\x01\x00", 3);
    error_code code;
    auto const address = boost::asio::ip::make_address(host, code);
    if (!code && address.is_v4()) {
        auto const bytes = address.to_v4().to_bytes();
        request += '\x01';
        request.append(bytes.begin(), bytes.end());
    } else if (!code) {
        auto const bytes = address.to_v6().to_bytes();
        request += '\x04';
        request.append(bytes.begin(), bytes.end());
    } else {
        if (host.size() > 255) return error(errc::bad_config, "the host name is longer than 255 bytes");
        request += '\x03';
        request += static_cast<char>(host.size());
        request += host;
    }
    request += static_cast<char>(port >> 8);
    request += static_cast<char>(port & 0xff);
    return request;
}

result<std::size_t> parse_answer_start(std::string_view bytes)
{
    constexpr std::array<std::string_view, 9> reasons{
        "",
        "general failure",
        "its rules do not allow this connection",
        "the network is unreachable",
        "the host is unreachable",
        "the host refused the connection",
        "the connection timed out",
        "it does not know the command",
        "it does not support this kind of address",
    };
    if (bytes.size() != answer_start_size || byte_at(bytes, 0) != 5)
        return refused("its answer is not SOCKS 5: " + visible(bytes));
    unsigned const reply = byte_at(bytes, 1);
    if (reply != 0) {
        std::string const reason = reply < reasons.size() ? std::string(reasons[reply]) : "unknown reason";
        return refused("it answered: " + reason + " (SOCKS reply " + std::to_string(reply) + ")");
    }
    // Behind the first byte of the address: the rest of it and the port.
    switch (byte_at(bytes, 3)) {
    case 1: return std::size_t(3 + 2);
    case 3: return std::size_t(byte_at(bytes, 4)) + 2;
    case 4: return std::size_t(15 + 2);
    default: return refused("its answer has an unknown kind of address");
    }
}

}  // namespace socks5
}  // namespace kuberay::net
