#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

#include <string>

namespace kuberay::testing {

/// The pod and the container that a request for a stream is about.
struct pod_target {
    pod_target() = default;
    api_request request;
    std::string ns, pod, container;
    object_ptr object;
};

/// The pod of the request. Errors: `refusal` 404, 405.
pod_target find_pod(cluster const& in, recorded_request const& from);

/// Chooses the container. Errors: `refusal` 400 in the words of kube-apiserver, naming the containers.
void choose_container(pod_target& target);

/// Errors: `refusal` 400 when no node has the pod.
void check_node(pod_target const& target);

/// False when the node would say that there is no such container: the pod or the container does not run.
bool runs(json::object const& pod, std::string_view container);

/// Why the container has not started yet ("ContainerCreating"); empty when it has.
std::string waiting_reason(json::object const& pod, std::string_view container);

/// The status of a container, of any kind; null when there is none.
json::value const* container_status(json::value const& pod, std::string_view container);

}  // namespace kuberay::testing
