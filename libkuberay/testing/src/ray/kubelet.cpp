#include "cluster_reconciler.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

json::object
condition_of(char const* type, bool is_true, std::string const& now, char const* reason, char const* message)
{
    json::object made;
    made["type"] = type;
    made["status"] = is_true ? "True" : "False";
    made["lastTransitionTime"] = now;
    if (*reason) made["reason"] = reason;
    if (*message) made["message"] = message;
    return made;
}

json::array container_statuses(json::object const& pod, std::string const& now, bool running)
{
    json::array statuses;
    json::value const root = pod;
    json::value const* containers = find_path(root, "spec.containers");
    if (!containers || !containers->is_array()) return statuses;
    for (json::value const& container : containers->get_array()) {
        json::object one;
        one["name"] = string_at(container, "name");
        one["image"] = string_at(container, "image");
        one["ready"] = running;
        one["started"] = running;
        one["restartCount"] = 0;
        json::object& state = part_of(one, "state");
        if (running) {
            part_of(state, "running")["startedAt"] = now;
        } else {
            json::object& waiting = part_of(state, "waiting");
            waiting["reason"] = "ImagePullBackOff";
            waiting["message"] = "Back-off pulling image \"" + std::string(string_at(container, "image")) + "\"";
        }
        statuses.push_back(std::move(one));
    }
    return statuses;
}

std::string cluster_of(json::object const& pod)
{
    json::value const root = pod;
    json::value const* labels = find_path(root, "metadata.labels");
    json::value const* cluster =
        labels && labels->is_object() ? labels->get_object().if_contains("ray.io/cluster") : nullptr;
    return cluster && cluster->is_string() ? std::string(cluster->get_string()) : std::string();
}

}  // namespace

bool advance_pod(api_server server, operator_settings& settings, json::object pod)
{
    if (text_at(pod, "status.phase") != "Pending" || cluster_of(pod).empty() || settings.hold_pods) return false;
    pod_trouble const trouble = settings.trouble_of(cluster_of(pod));
    if (trouble == pod_trouble::held) return false;
    std::string const now = format_rfc3339(server.now());
    json::object& status = part_of(pod, "status");
    if (trouble == pod_trouble::unschedulable) {
        if (status.contains("conditions")) return false;
        char const* const message = "0/1 nodes are available: 1 Insufficient cpu.";
        status["conditions"] =
            json::array(1, json::value(condition_of("PodScheduled", false, now, "Unschedulable", message)));
        json::object const stored = server.put(std::move(pod));
        write_event(server, stored, "Warning", "FailedScheduling", message, "default-scheduler");
        return true;
    }
    bool const running = trouble == pod_trouble::none;
    if (!running && !text_at(pod, "spec.nodeName").empty()) return false;
    part_of(pod, "spec")["nodeName"] = "node-1";
    json::array conditions;
    conditions.push_back(condition_of("PodScheduled", true, now, "", ""));
    conditions.push_back(condition_of("Initialized", true, now, "", ""));
    for (char const* type : {"ContainersReady", "Ready"})
        conditions.push_back(condition_of(
            type, running, now, running ? "" : "ContainersNotReady", running ? "" : "containers with unready status"
        ));
    status["conditions"] = std::move(conditions);
    status["containerStatuses"] = container_statuses(pod, now, running);
    status["hostIP"] = "10.0.255.1";
    status["startTime"] = now;
    if (running) {
        status["phase"] = "Running";
        unsigned const ip = settings.next_ip++;
        status["podIP"] = "10.0." + std::to_string(ip / 250) + "." + std::to_string(ip % 250 + 1);
    }
    json::object const stored = server.put(std::move(pod));
    object_name const name(stored);
    write_event(
        server, stored, "Normal", "Scheduled", "Successfully assigned " + name.ns + "/" + name.name + " to node-1",
        "default-scheduler"
    );
    if (!running) write_event(server, stored, "Warning", "Failed", "Error: ImagePullBackOff", "kubelet");
    return true;
}

}  // namespace kuberay::testing
