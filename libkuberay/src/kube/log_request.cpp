#include "kube/log_request.hpp"

#include "kube/request.hpp"

#include <kuberay/kube/core.hpp>

namespace kuberay::kube {

net::http_request log_request(std::string const& ns, std::string const& pod, log_options const& options, log_end end)
{
    if (options.since && options.since_time)
        throw failure(errc::bad_input, "a log starts either at an age or at a moment, not at both");
    query_writer query(object_path(object_place(kube::pod::type(), ns, pod, "log")));
    query.add_if("container", options.container);
    query.add_if("follow", end == log_end::never ? "true" : "");
    query.add_if("previous", options.previous ? "true" : "");
    query.add_if("timestamps", options.timestamps ? "true" : "");
    if (options.since) query.add("sinceSeconds", std::to_string(options.since->count()));
    // The server reads whole seconds only.
    if (options.since_time) query.add("sinceTime", format_rfc3339(*options.since_time));
    if (options.tail) query.add("tailLines", std::to_string(*options.tail));
    if (options.limit_bytes) query.add("limitBytes", std::to_string(*options.limit_bytes));
    net::http_request request("GET", query.take());
    request.fields.set("Accept", "*/*");
    return request;
}

}  // namespace kuberay::kube
