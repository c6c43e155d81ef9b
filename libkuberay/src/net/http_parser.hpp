#pragma once

#include <kuberay/net/http.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::net {

/// The head of a message as it was read. A value.
struct http_head {
    http_head() = default;
    int status = 0;              ///< of a response
    std::string method, target;  ///< of a request
    int version = 11;            ///< 10 or 11
    http_fields fields;

    bool operator==(http_head const&) const = default;
};

/// Reads one HTTP/1.1 message (RFC 9112) from bytes that come in pieces of any size. Does no input or output.
///
/// Errors of `put` and `put_end`: `errc::protocol_violation`; `errc::too_large` for a head, a chunk line or trailers
/// beyond the limit; `errc::connection_lost` from `put_end` inside a message. After an error it is good for nothing.
class http_parser {
public:
    enum class kind { request, response };

    explicit http_parser(kind of, std::size_t max_head_size);
    http_parser(http_parser&&) noexcept;
    http_parser& operator=(http_parser&&) noexcept;
    ~http_parser();

    /// The response has no body whatever its fields say (the answer to HEAD). To be called before the first `put`.
    void expect_no_body();

    /// Adds bytes. Those behind the end of the message are kept for `take_rest`.
    void put(std::string_view bytes);

    /// The peer ended its direction; completes a response whose body is delimited by that.
    void put_end();

    /// No byte of the message has come.
    bool is_untouched() const noexcept;

    bool has_head() const noexcept;
    http_head const& head() const noexcept;

    /// What has been read of the body (dechunked) since the last call.
    std::string take_body() noexcept;

    /// `take_body` would give bytes.
    bool has_body_bytes() const noexcept;

    /// The message is complete. Body bytes may still be there to be taken.
    bool is_done() const noexcept;

    /// The connection can carry another message after this one.
    bool keep_alive() const noexcept;

    /// The fields behind a chunked body.
    http_fields const& trailers() const noexcept;

    /// The bytes behind a complete message.
    std::string take_rest() noexcept;

private:
    class implementation;
    template <bool IsRequest>
    class reader;
    std::unique_ptr<implementation> implementation_;
};

/// The usual words for a status code; "Unknown" where there are none.
std::string_view reason_phrase(int status) noexcept;

}  // namespace kuberay::net
