#pragma once

#include "net/http_parser.hpp"

#include <kuberay/net/http.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace kuberay::net {

enum class request_purpose { exchange, upgrade };

/// The head of `request` as it goes over the wire, with Host, Content-Length or Transfer-Encoding, and Connection set
/// (the caller's own are dropped, as is Expect). Gzip is asked for where `accept_gzip` and the caller did not choose.
///
/// Errors: `errc::bad_input` for a method, target, field name or value that could change what the head means (spaces,
/// line ends, other control characters). Values are never repeated in the message.
std::string
request_head_bytes(http_request const& request, std::string_view authority, request_purpose purpose, bool accept_gzip);

/// Reads the answer to one request, skipping interim ones (1xx) before it. Errors: those of `http_parser`.
class http_response_parser {
public:
    http_response_parser(std::string_view request_method, std::size_t max_head_size);

    void put(std::string_view bytes);
    void put_end() { parser_.put_end(); }

    bool has_head() const noexcept { return parser_.has_head() && !is_interim(); }
    http_head const& head() const noexcept { return parser_.head(); }
    bool has_body_bytes() const noexcept { return parser_.has_body_bytes(); }
    std::string take_body() noexcept { return parser_.take_body(); }
    bool is_done() const noexcept { return parser_.is_done() && !is_interim(); }
    std::string take_rest() noexcept { return parser_.take_rest(); }

    /// The connection can carry another request after this answer.
    bool keep_alive() const noexcept { return parser_.keep_alive(); }

private:
    bool is_interim() const noexcept;

    bool answers_head_;
    std::size_t max_head_size_;
    int interim_ = 0;
    http_parser parser_;
};

}  // namespace kuberay::net
