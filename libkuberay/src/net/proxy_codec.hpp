#pragma once

#include <kuberay/net/endpoint.hpp>

#include <optional>
#include <string>
#include <string_view>

/// What is said to proxies and what they answer, as bytes. Pure; sources: RFC 9110 9.3.6 (CONNECT), RFC 1928 (SOCKS 5),
/// RFC 1929 (user name and password).
namespace kuberay::net {

/// The request for a tunnel to `target` ("host:port"); `user_info` becomes Basic credentials unless empty.
std::string connect_request(std::string const& target, std::string const& user_info);

/// The status line of an answer to CONNECT.
struct connect_answer {
    connect_answer() = default;
    int status = 0;
    std::string reason;
    std::size_t size = 0;  ///< bytes of the whole head
};

/// The answer at the start of `bytes`; empty while its head is incomplete. Errors: `errc::proxy_refused` for bytes that
/// are no HTTP or a head beyond 64 KiB.
result<std::optional<connect_answer>> parse_connect_answer(std::string_view bytes);

namespace socks5 {

/// The first message: no authentication, and name with password when there is user info.
std::string greeting(bool with_password);

enum class method { none, password };

/// The answer of 2 bytes. Errors: `errc::proxy_refused`.
result<method> parse_choice(std::string_view bytes);

/// RFC 1929. Errors: `errc::bad_config` when a part is longer than 255 bytes.
result<std::string> password_request(std::string_view user_info);

/// The answer of 2 bytes. Errors: `errc::proxy_refused`.
result<void> parse_password_answer(std::string_view bytes);

/// Asks for a connection; names go to the proxy unresolved. Errors: `errc::bad_config` for a name beyond 255 bytes.
result<std::string> connect_request(std::string const& host, std::uint16_t port);

constexpr std::size_t answer_start_size = 5;

/// How many bytes follow the first 5 of the answer to `connect_request`. Errors: `errc::proxy_refused` with the reason.
result<std::size_t> parse_answer_start(std::string_view bytes);

}  // namespace socks5
}  // namespace kuberay::net
