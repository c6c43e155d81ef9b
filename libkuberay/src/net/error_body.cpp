#include "net/error_body.hpp"

namespace kuberay::net {

task<std::string> read_error_body(http_response* response, std::size_t enough)
{
    std::string body;
    while (body.size() < enough) {
        task<std::string> reading = response->read_some();
        result<std::string> piece = co_await as_result(std::move(reading));
        if (!piece && is_cancellation(piece.error())) throw failure(piece.error());
        if (!piece || piece->empty()) break;
        body += *piece;
    }
    co_return body;
}

}  // namespace kuberay::net
