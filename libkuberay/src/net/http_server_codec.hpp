#pragma once

#include "net/http_parser.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace kuberay::net {

/// Requests as a server reads them from one connection, one after the other. Does no input or output.
///
///     put(bytes) until has_head(); take_body() after each put until is_done(); answer;
///     start_next() when keep_alive(), which may find the next request in the bytes already there.
///     For an upgrade: answer 101, then the connection's further bytes are take_rest() and what is read after it.
///
/// Errors: those of `http_parser`.
class http_request_parser {
public:
    explicit http_request_parser(std::size_t max_head_size = 256 * 1024);

    void put(std::string_view bytes) { parser_.put(bytes); }

    /// The client ended its direction. True when that is between two requests, which is no error.
    bool put_end();

    bool has_head() const noexcept { return parser_.has_head(); }
    http_head const& head() const noexcept { return parser_.head(); }
    std::string take_body() noexcept { return parser_.take_body(); }
    bool is_done() const noexcept { return parser_.is_done(); }
    bool keep_alive() const noexcept { return parser_.keep_alive(); }
    std::string take_rest() noexcept { return parser_.take_rest(); }

    /// Drops the finished request and reads on with the bytes behind it.
    void start_next();

private:
    std::size_t max_head_size_;
    http_parser parser_;
};

/// "HTTP/1.1 200 OK", the fields and the empty line. The fields say how the body is delimited (Content-Length, or
/// Transfer-Encoding: chunked).
std::string response_head_bytes(int status, http_fields const& fields);

/// A whole answer with Content-Length.
std::string response_bytes(int status, http_fields fields, std::string_view body);

/// One chunk of a chunked body; empty for empty `data`, which would end the body.
std::string chunk_bytes(std::string_view data);

/// The end of a chunked body.
std::string last_chunk_bytes();

}  // namespace kuberay::net
