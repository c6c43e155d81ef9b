#include "commands/log_request.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/nodes.hpp>
#include <kuberay/ray/session.hpp>

#include <algorithm>

namespace cli::commands {
namespace {

// As HTML forms encode a value: a blank is a plus.
std::string form_escaped(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string escaped;
    for (char const c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
                           || c == '_' || c == '.' || c == '~';
        auto const byte = static_cast<unsigned char>(c);
        if (plain)
            escaped += c;
        else if (c == ' ')
            escaped += '+';
        else
            (escaped += '%') += {digits[byte >> 4], digits[byte & 15]};
    }
    return escaped;
}

std::string project_of(std::string const& context)
{
    std::vector<std::string> const parts = kuberay::split(context, '_');  // gke_PROJECT_LOCATION_CLUSTER
    return parts.size() > 1 && parts.front() == "gke" ? parts[1] : std::string();
}

// Without its side-car, Ray's own files are not there.
task<void> look_for_collector(context on, std::string cluster)
{
    ray::node_query query;
    query.ns = on.ns();
    query.cluster = cluster;
    query.label_selector = "ray.io/node-type=head";
    task<std::vector<kube::pod>> listing = ray::list_nodes(on.client(), query);
    result<std::vector<kube::pod>> const heads = co_await kuberay::as_result(std::move(listing));
    if (heads.has_error()) {
        if (kuberay::is_cancellation(heads.error())) throw failure(heads.error());
        co_return on.warn("whether the head has the container fluentbit is unknown: " + heads.error().message());
    }
    if (heads->empty()) co_return;
    auto const is_collector = [](kube::container const& each) { return each.name == "fluentbit"; };
    if (std::ranges::none_of(heads->front().containers, is_collector))
        on.warn("the head has no container fluentbit; Ray's own log files may be missing there");
}

}  // namespace

std::string
gke_log_url(std::string const& ns, std::string const& cluster, ray::node_kinds nodes, std::string const& context)
{
    std::string query = "resource.type=\"k8s_container\"\nresource.labels.namespace_name=\"" + ns
                        + "\"\nlabels.\"k8s-pod/ray_io/cluster\"=\"" + cluster + "\"\n";
    switch (nodes) {
    case ray::node_kinds::head: query += "labels.\"k8s-pod/ray_io/node-type\"=\"head\""; break;
    case ray::node_kinds::worker: query += "labels.\"k8s-pod/ray_io/node-type\"=\"worker\""; break;
    case ray::node_kinds::all: query += "labels.\"k8s-pod/ray_io/is-ray-node\"=\"yes\""; break;
    }
    std::string url = "https://console.cloud.google.com/logs/query;query=" + form_escaped(query);
    if (std::string const project = project_of(context); !project.empty()) url += "?project=" + form_escaped(project);
    return url;
}

task<exit_code> link_logs(context on, log_request how)
{
    task<std::string> naming = ray::find_cluster_name(on.client(), on.ns(), how.what);
    std::string const cluster = co_await std::move(naming);
    co_await look_for_collector(on, cluster);
    std::string const& name = on.client().configuration().context;
    if (project_of(name).empty())
        on.warn("the context \"" + name + "\" names no GKE cluster; choose the project in the browser");
    on.out().write(gke_log_url(on.ns(), cluster, how.nodes, name) + "\n");
    co_return exit_code::done;
}

}  // namespace cli::commands
