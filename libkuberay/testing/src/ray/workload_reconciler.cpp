#include "workload_reconciler.hpp"

#include "pod_template.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::testing {

json::object status_of(json::object const& object)
{
    json::value const* status = object.if_contains("status");
    return status && status->is_object() ? status->get_object() : json::object();
}

json::object make_owned_cluster(json::object const& owner, std::string const& spec_path, std::string const& name)
{
    json::value const root = owner;
    json::object cluster;
    cluster["apiVersion"] = "ray.io/v1";
    cluster["kind"] = "RayCluster";
    json::object& meta = part_of(cluster, "metadata");
    meta["name"] = name;
    meta["namespace"] = text_at(owner, "metadata.namespace");
    json::object& labels = part_of(meta, "labels");
    labels["ray.io/originated-from-crd"] = text_at(owner, "kind");
    labels["ray.io/originated-from-cr-name"] = text_at(owner, "metadata.name");
    meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(owner)));
    if (json::value const* spec = find_path(root, spec_path)) cluster["spec"] = *spec;
    return cluster;
}

void reconcile_service(api_server server, object_name const& name)
{
    std::optional<json::object> found = server.find("rayservices.ray.io", name.ns, name.name);
    if (!found || !text_at(*found, "metadata.deletionTimestamp").empty()) return;
    json::object service = std::move(*found);
    json::object status = status_of(service);
    std::string const now = format_rfc3339(server.now());
    std::string const active = text_at(status, "activeServiceStatus.rayClusterName");
    std::string pending = text_at(status, "pendingServiceStatus.rayClusterName");
    if (active.empty() && pending.empty()) {
        pending = name.name + "-" + next_suffix();
        server.put(make_owned_cluster(service, "spec.rayClusterConfig", pending));
        part_of(status, "pendingServiceStatus")["rayClusterName"] = pending;
        set_condition(status, "Ready", false, "Initializing", "RayService is initializing", now);
    }
    auto const cluster = server.find("rayclusters.ray.io", name.ns, active.empty() ? pending : active);
    if (cluster && text_at(*cluster, "status.state") == "ready") {
        json::object running;
        running["rayClusterName"] = text_at(*cluster, "metadata.name");
        running["rayClusterStatus"] = cluster->at("status");
        status["activeServiceStatus"] = std::move(running);
        status["pendingServiceStatus"] = json::object();
        status["serviceStatus"] = "Running";
        status["numServeEndpoints"] = 1 + number_at(*cluster, "status.readyWorkerReplicas", 0);
        set_condition(
            status, "Ready", true, "NonZeroServeEndpoints", "Number of serve endpoints is greater than 0", now
        );
        for (char const* suffix : {"-head-svc", "-serve-svc"}) {
            if (server.find("services", name.ns, name.name + suffix)) continue;
            json::object made = make_head_service(*cluster);
            part_of(made, "metadata")["name"] = name.name + suffix;
            part_of(made, "metadata")["ownerReferences"] = json::array(1, json::value(owner_reference_to(service)));
            server.put(std::move(made));
        }
    }
    status["observedGeneration"] = number_at(service, "metadata.generation", 1);
    write_status(server, std::move(service), std::move(status));
}

}  // namespace kuberay::testing
