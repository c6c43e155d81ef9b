#include "kube/attempt.hpp"
#include "kube/log_request.hpp"

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

task<log_reader> open(client on, std::string ns, std::string pod, log_options options)
{
    if (ns.empty()) ns = on.default_ns();
    net::http_request request = log_request(ns, pod, options);
    task<net::http_response> sending = on.send(std::move(request));
    result<net::http_response> answer = co_await as_result(std::move(sending));
    if (answer.has_error()) {
        resource_type const& type = kube::pod::type();
        throw failure(explained(answer.error(), attempt_on_object("reading the log of", type, ns, pod), type));
    }
    co_return log_reader(std::move(*answer));
}

}  // namespace

log_reader::log_reader(net::http_response answer)
    : answer_(std::move(answer))
{
}

task<std::string> log_reader::read_some() { return answer_.read_some(); }

task<log_reader> read_log(client on, std::string ns, std::string pod, log_options options)
{
    return open(std::move(on), std::move(ns), std::move(pod), std::move(options));
}

}  // namespace kuberay::kube
