#include "pod_template.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/quantity.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

json::object template_of(json::object const& group_spec)
{
    json::value const* found = group_spec.if_contains("template");
    return found && found->is_object() ? found->get_object() : json::object();
}

json::object port_of(char const* name, int number)
{
    json::object port;
    port["name"] = name;
    port["appProtocol"] = "tcp";
    port["protocol"] = "TCP";
    port["port"] = number;
    port["targetPort"] = number;
    return port;
}

void set_ray_command(json::object& spec, bool is_head, std::string const& service)
{
    json::value* containers = spec.if_contains("containers");
    if (!containers || !containers->is_array() || containers->get_array().empty()) return;
    json::value& first = containers->get_array().front();
    if (!first.is_object() || first.get_object().contains("command")) return;
    std::string const start = is_head ? "ray start --head --block --dashboard-host=0.0.0.0 --metrics-export-port=8080"
                                      : "ray start --address=" + service + ":6379 --block --metrics-export-port=8080";
    json::array command;
    for (char const* word : {"/bin/bash", "-c", "--"})
        command.push_back(json::value(word));
    first.get_object()["command"] = std::move(command);
    first.get_object()["args"] = json::array(1, json::value("ulimit -n 65536; " + start));
}

}  // namespace

std::string head_service_name(json::object const& cluster)
{
    std::string const own = text_at(cluster, "spec.headGroupSpec.headService.metadata.name");
    return own.empty() ? text_at(cluster, "metadata.name") + "-head-svc" : own;
}

json::object make_ray_pod(json::object const& cluster, json::object const& group_spec, std::string const& group)
{
    bool const is_head = group.empty();
    std::string const name = text_at(cluster, "metadata.name");
    std::string const role = is_head ? "head" : "worker";
    std::string const prefix = name + "-" + (is_head ? "head-" : group + "-worker-");
    json::object pod = template_of(group_spec);
    pod["apiVersion"] = "v1";
    pod["kind"] = "Pod";
    json::object& meta = part_of(pod, "metadata");
    meta["namespace"] = text_at(cluster, "metadata.namespace");
    meta["generateName"] = prefix;
    meta["name"] = prefix + next_suffix();
    json::object& labels = part_of(meta, "labels");
    labels["app.kubernetes.io/created-by"] = "kuberay-operator";
    labels["app.kubernetes.io/name"] = "kuberay";
    labels["ray.io/cluster"] = name;
    labels["ray.io/group"] = is_head ? "headgroup" : group;
    labels["ray.io/identifier"] = name + "-" + role;
    labels["ray.io/is-ray-node"] = "yes";
    labels["ray.io/node-type"] = role;
    json::object& annotations = part_of(meta, "annotations");
    annotations["ray.io/ft-enabled"] = "false";
    annotations["ray.io/kuberay-version"] = "v1.6.2";
    meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(cluster)));
    std::string const service =
        head_service_name(cluster) + "." + text_at(cluster, "metadata.namespace") + ".svc.cluster.local";
    set_ray_command(part_of(pod, "spec"), is_head, service);
    return pod;
}

json::object make_head_service(json::object const& cluster)
{
    std::string const name = text_at(cluster, "metadata.name");
    json::object labels;
    labels["app.kubernetes.io/created-by"] = "kuberay-operator";
    labels["app.kubernetes.io/name"] = "kuberay";
    labels["ray.io/cluster"] = name;
    labels["ray.io/identifier"] = name + "-head";
    labels["ray.io/node-type"] = "head";
    json::object service;
    service["apiVersion"] = "v1";
    service["kind"] = "Service";
    json::object& meta = part_of(service, "metadata");
    meta["name"] = head_service_name(cluster);
    meta["namespace"] = text_at(cluster, "metadata.namespace");
    meta["labels"] = labels;
    meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(cluster)));
    if (json::value const* spec = cluster.if_contains("spec"))
        if (json::value const* annotations = find_path(*spec, "headServiceAnnotations"))
            meta["annotations"] = *annotations;
    json::object& spec = part_of(service, "spec");
    std::string const type = text_at(cluster, "spec.headGroupSpec.serviceType");
    spec["type"] = type.empty() ? "ClusterIP" : type;
    // Without a type of its own the service is headless.
    if (type.empty()) spec["clusterIP"] = "None";
    spec["publishNotReadyAddresses"] = true;
    spec["selector"] = std::move(labels);
    json::array ports;
    ports.push_back(port_of("client", 10001));
    ports.push_back(port_of("dashboard", 8265));
    ports.push_back(port_of("gcs-server", 6379));
    ports.push_back(port_of("metrics", 8080));
    ports.push_back(port_of("serve", 8000));
    spec["ports"] = std::move(ports);
    return service;
}

std::string resource_of_template(
    json::object const& group_spec, std::string_view resource, std::int64_t pods, std::string const& sum
)
{
    quantity total = quantity::parse(sum).value();
    json::value const whole = template_of(group_spec);
    json::value const* containers = find_path(whole, "spec.containers");
    if (!containers || !containers->is_array()) return sum;
    for (json::value const& container : containers->get_array()) {
        for (char const* kind : {"requests", "limits"}) {
            json::value const* amounts = find_path(container, std::string("resources.") + kind);
            json::value const* amount =
                amounts && amounts->is_object() ? amounts->get_object().if_contains(resource) : nullptr;
            if (!amount) continue;
            std::string const text = amount->is_string() ? std::string(amount->get_string()) : to_json(*amount);
            if (auto const parsed = quantity::parse(text)) total += *parsed * pods;
            break;
        }
    }
    return total.str();
}

}  // namespace kuberay::testing
