#include "kube/logged_body.hpp"

#include <memory>

namespace kuberay::kube {
namespace {

struct logged_reading {
    logged_reading(net::http_response from, request_log log, std::string target)
        : from(std::move(from))
        , log(std::move(log))
        , target(std::move(target))
    {
    }

    net::http_response from;
    request_log log;
    std::string target;
};

task<std::string> next_piece(std::shared_ptr<logged_reading> on)
{
    std::string piece = co_await on->from.read_some();
    if (!piece.empty()) on->log.body("response body", on->target, piece);
    co_return piece;
}

class logged_body final : public net::http_response::body_reader {
public:
    explicit logged_body(std::shared_ptr<logged_reading> reading)
        : reading_(std::move(reading))
    {
    }

    task<std::string> next() override { return next_piece(reading_); }

private:
    std::shared_ptr<logged_reading> reading_;
};

}  // namespace

net::http_response with_logged_body(net::http_response response, request_log log, std::string target)
{
    int const status = response.status();
    net::http_fields fields = response.fields();
    auto reading = std::make_shared<logged_reading>(std::move(response), std::move(log), std::move(target));
    return net::http_response(status, std::move(fields), std::make_shared<logged_body>(std::move(reading)));
}

}  // namespace kuberay::kube
