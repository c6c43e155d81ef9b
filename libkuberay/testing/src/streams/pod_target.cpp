#include "streams/pod_target.hpp"

#include "refusal.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace kuberay::testing {

namespace {

std::vector<std::string> names_at(json::value const& pod, std::initializer_list<std::string_view> lists)
{
    std::vector<std::string> names;
    for (std::string_view const list : lists) {
        json::value const* found = find_path(pod, list);
        if (!found || !found->is_array()) continue;
        for (json::value const& one : found->get_array())
            names.emplace_back(string_at(one, "name"));
    }
    return names;
}

bool has_member(json::value const* of, std::string_view path) { return of && find_path(*of, path); }

}  // namespace

pod_target find_pod(cluster const& in, recorded_request const& from)
{
    pod_target target;
    target.request = read_request(from);
    if (from.method != "GET" && (from.method != "POST" || target.request.subresource == "log")) {
        std::string_view const message = "the server does not allow this method on the requested resource";
        throw refusal(405, failure_status(405, "MethodNotAllowed", message, json::object()));
    }
    target.ns = target.request.ns;
    target.pod = target.request.name;
    target.object = in.store.find(*target.request.kind, target.ns, target.pod);
    if (!target.object) throw not_found(*target.request.kind, target.pod);
    return target;
}

void choose_container(pod_target& target)
{
    json::value const pod = *target.object;
    auto const all = names_at(pod, {"spec.initContainers", "spec.containers", "spec.ephemeralContainers"});
    target.container = target.request.parameter("container");
    if (!target.container.empty()) {
        if (std::ranges::find(all, target.container) != all.end()) return;
        throw bad_request("container " + target.container + " is not valid for pod " + target.pod);
    }
    auto const containers = names_at(pod, {"spec.containers"});
    if (containers.size() == 1) {
        target.container = containers.front();
        return;
    }
    std::string why = "a container name must be specified for pod " + target.pod;
    if (!containers.empty()) why += ", choose one of: [" + join(all, " ") + "]";
    throw bad_request(why);
}

void check_node(pod_target const& target)
{
    json::value const pod = *target.object;
    std::string_view const phase = string_at(pod, "status.phase");
    if (string_at(pod, "spec.nodeName").empty() && (phase.empty() || phase == "Pending"))
        throw bad_request("pod " + target.pod + " does not have a host assigned");
}

json::value const* container_status(json::value const& pod, std::string_view container)
{
    for (auto const* list :
         {"status.containerStatuses", "status.initContainerStatuses", "status.ephemeralContainerStatuses"}) {
        json::value const* found = find_path(pod, list);
        if (!found || !found->is_array()) continue;
        for (json::value const& one : found->get_array())
            if (string_at(one, "name") == container) return &one;
    }
    return nullptr;
}

bool runs(json::object const& pod, std::string_view container)
{
    json::value const root = pod;
    if (string_at(root, "status.phase") != "Running") return false;
    json::value const* status = container_status(root, container);
    return !has_member(status, "state.terminated") && !has_member(status, "state.waiting");
}

std::string waiting_reason(json::object const& pod, std::string_view container)
{
    json::value const root = pod;
    json::value const* status = container_status(root, container);
    if (status && find_path(*status, "state.waiting")) {
        // A container that ran before has a log, also while it waits for its restart.
        if (has_member(status, "lastState.terminated")) return std::string();
        std::string reason(string_at(*status, "state.waiting.reason"));
        return reason.empty() ? "ContainerCreating" : reason;
    }
    return !status && string_at(root, "status.phase") == "Pending" ? "ContainerCreating" : std::string();
}

}  // namespace kuberay::testing
