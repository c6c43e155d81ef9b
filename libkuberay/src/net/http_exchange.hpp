#pragma once

#include "net/connection_pool.hpp"
#include "net/http_codec.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::net {

/// One request and its answer on one connection: what is known about it while it goes on.
struct http_exchange {
    http_exchange(pooled_connection connection, http_request const& request, std::size_t max_head_size);

    pooled_connection connection;
    http_response_parser parser;
    std::string what;                   ///< "GET /path", for messages
    std::size_t accepted = 0;           ///< bytes of the request that the connection took
    bool source_started = false;        ///< the request's source was asked for a piece
    bool sent = false;                  ///< the whole request was taken
    bool answered = false;              ///< a byte of the answer came
    std::optional<error> source_error;  ///< why the source could not go on
    std::array<char, 65536> buffer;
};

/// Sends the request and reads until the head of its answer is there. An answer that comes before the request was
/// sent ends the sending.
///
/// Errors: `errc::connection_lost`, `errc::protocol_violation`, `errc::too_large`; those of the request's source.
task<void>
run_exchange(std::shared_ptr<http_exchange> on, std::string head, std::shared_ptr<http_request const> request);

/// Reads more of the answer. Errors: as `run_exchange`.
task<void> read_more(std::shared_ptr<http_exchange> on);

}  // namespace kuberay::net
