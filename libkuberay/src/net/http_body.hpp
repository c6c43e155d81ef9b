#pragma once

#include "net/http_exchange.hpp"

namespace kuberay::net {

enum class body_coding { decoded, as_sent };

/// The answer of an exchange whose head was read. The connection goes back to its pool when the body has ended, and
/// is closed when the response is destroyed before that.
http_response make_response(std::shared_ptr<http_exchange> of, body_coding coding);

}  // namespace kuberay::net
