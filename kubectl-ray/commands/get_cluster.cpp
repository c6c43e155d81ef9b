#include "cli/resource_names.hpp"
#include "commands/get_command.hpp"

#include <kuberay/ray/cluster_row.hpp>

namespace cli::commands {
namespace {

std::vector<std::string> cells_of(json::value const& item, kuberay::timestamp now)
{
    ray::cluster_row const row = ray::row_of_cluster(item, now);
    return {row.name,        row.ns,       row.desired_workers, row.available_workers, row.cpus,
            row.gpus,        row.tpus,     row.memory,          row.condition,         row.status,
            row.age,         row.head_pod, row.head_ip,         row.service,           row.autoscaler,
            row.ray_version, row.image};
}

class get_cluster final : public get_command {
protected:
    void describe(flags& on) override
    {
        on.about("Lists the Ray clusters of the namespace, or shows the one that is named.");
        on.example("The clusters of the current namespace", "get cluster");
        on.example("All clusters, with image, Ray version and head pod", "get cluster -A -o wide");
        on.example("Follow one cluster", "get cluster demo --watch");
    }

    completer names() override { return complete_clusters(); }

    object_view view() const override
    {
        object_view made;
        made.type = ray::cluster::type();
        made.noun = "Ray clusters";
        made.columns = columns(
            {"NAME", "NAMESPACE", "DESIRED WORKERS", "AVAILABLE WORKERS", "CPUS", "GPUS", "TPUS", "MEMORY", "CONDITION",
             "STATUS", "AGE"},
            {"HEAD POD", "HEAD IP", "SERVICE", "AUTOSCALER", "RAY VERSION", "IMAGE"}
        );
        made.cells = cells_of;
        return made;
    }
};

}  // namespace

std::unique_ptr<command> make_get_cluster() { return std::make_unique<get_cluster>(); }

}  // namespace cli::commands
