#include "kube/container_run.hpp"

#include <vector>

namespace kuberay::kube {
namespace {

container_status const* find_status(pod const& of, std::string_view container)
{
    for (auto const* list : {&of.container_statuses, &of.init_container_statuses})
        for (container_status const& status : *list)
            if (status.name == container) return &status;
    return nullptr;
}

bool has_container(pod const& of, std::string_view name)
{
    for (auto const* list : {&of.containers, &of.init_containers})
        for (container const& one : *list)
            if (one.name == name) return true;
    return false;
}

container_run::phase phase_of(container_status const& status)
{
    if (status.now.state == "running") return container_run::phase::running;
    if (status.now.state == "terminated" || status.last.state == "terminated") return container_run::phase::ended;
    return container_run::phase::waiting;
}

}  // namespace

std::string only_container(pod const& of) { return of.containers.size() == 1 ? of.containers[0].name : std::string(); }

container_run run_of(pod const& of, std::string_view container)
{
    container_run run;
    run.pod_uid = of.metadata.uid;
    bool const is_over = of.phase == "Succeeded" || of.phase == "Failed";
    if (container_status const* status = find_status(of, container)) {
        run.restarts = status->restart_count;
        run.is = phase_of(*status);
        if (is_over) run.is = container_run::phase::ended;
        return run;
    }
    if (is_over) {
        run.is = container_run::phase::ended;
    } else if (of.phase == "Running" || !has_container(of, container)) {
        run.is = container_run::phase::running;
    }
    return run;
}

}  // namespace kuberay::kube
