#include "ray/pod_trouble.hpp"

#include <algorithm>
#include <array>

namespace kuberay::ray {
namespace {

// What every pod passes through on its way.
bool is_normal_start(std::string_view reason) noexcept
{
    return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

void add_containers(
    std::vector<pod_trouble>& found, kube::pod const& pod, std::vector<kube::container_status> const& statuses
)
{
    for (kube::container_status const& status : statuses) {
        bool const waits = status.now.state == "waiting" && !is_normal_start(status.now.reason);
        bool const died = status.now.state == "terminated" && status.now.exit_code.value_or(0) != 0;
        if (!waits && !died) continue;
        pod_trouble trouble;
        trouble.pod = pod.metadata.name;
        trouble.container = status.name;
        trouble.reason = status.now.reason;
        trouble.message = status.now.message;
        // CrashLoopBackOff says that it died, the state before says of what.
        if (waits && trouble.message.empty()) trouble.message = status.last.message;
        if (waits && !status.last.reason.empty() && status.now.reason == "CrashLoopBackOff")
            trouble.message =
                "last ended with " + status.last.reason
                + (status.last.exit_code ? " (exit code " + std::to_string(*status.last.exit_code) + ")" : "");
        if (died && trouble.message.empty()) trouble.message = "exit code " + std::to_string(*status.now.exit_code);
        found.push_back(std::move(trouble));
    }
}

}  // namespace

std::vector<pod_trouble> troubles_of(kube::pod const& pod)
{
    std::vector<pod_trouble> found;
    for (kube::condition const& condition : pod.conditions) {
        if (condition.type != "PodScheduled" || condition.status != "False") continue;
        pod_trouble trouble;
        trouble.pod = pod.metadata.name;
        trouble.reason = condition.reason;
        trouble.message = condition.message;
        found.push_back(std::move(trouble));
    }
    if (pod.phase == "Failed" && !pod.reason.empty()) {
        pod_trouble trouble;
        trouble.pod = pod.metadata.name;
        trouble.reason = pod.reason;
        trouble.message = pod.message;
        found.push_back(std::move(trouble));
    }
    add_containers(found, pod, pod.init_container_statuses);
    add_containers(found, pod, pod.container_statuses);
    return found;
}

bool is_hopeless(pod_trouble const& trouble) noexcept { return trouble.reason == "InvalidImageName"; }

}  // namespace kuberay::ray
