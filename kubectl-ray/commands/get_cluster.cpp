#include "cli/listing.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"

#include <kuberay/ray/cluster_row.hpp>

namespace cli::commands {
namespace {

std::vector<std::string> cells_of(json::value const& item, kuberay::timestamp now)
{
    ray::cluster_row row = ray::row_of_cluster(item, now);
    return {
        std::move(row.name),
        std::move(row.ns),
        std::move(row.desired_workers),
        std::move(row.available_workers),
        std::move(row.cpus),
        std::move(row.gpus),
        std::move(row.tpus),
        std::move(row.memory),
        std::move(row.condition),
        std::move(row.status),
        std::move(row.age),
        std::move(row.head_pod),
        std::move(row.head_ip),
        std::move(row.service),
        std::move(row.autoscaler),
        std::move(row.ray_version),
        std::move(row.image)
    };
}

object_view cluster_view()
{
    object_view view;
    view.type = ray::cluster::type();
    view.noun = "Ray clusters";
    for (char const* title :
         {"NAME", "NAMESPACE", "DESIRED WORKERS", "AVAILABLE WORKERS", "CPUS", "GPUS", "TPUS", "MEMORY", "CONDITION",
          "STATUS", "AGE"})
        view.columns.emplace_back(title);
    for (char const* title : {"HEAD POD", "HEAD IP", "SERVICE", "AUTOSCALER", "RAY VERSION", "IMAGE"})
        view.columns.emplace_back(title, true);
    view.cells = cells_of;
    return view;
}

class get_cluster final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Lists the Ray clusters of the namespace, or shows the one that is named.");
        on.example("The clusters of the current namespace", "get cluster");
        on.example("All clusters, with image, Ray version and head pod", "get cluster -A -o wide");
        on.example("Follow one cluster", "get cluster demo --watch");
        on.words("[NAME]", 0, 1, &words_).completes = complete_clusters();
        list_.declare(on);
        output_.declare(on);
    }

    void complete(flags const&) override
    {
        if (!words_.empty()) name_ = words_.front();
        output_.complete();
    }

    void validate() const override { list_.validate(name_, output_); }

    task<exit_code> run(context on) override
    {
        return show_objects(std::move(on), cluster_view(), list_, output_, name_);
    }

private:
    std::vector<std::string> words_;
    std::string name_;
    list_flags list_;
    output_flags output_;
};

}  // namespace

std::unique_ptr<command> make_get_cluster() { return std::make_unique<get_cluster>(); }

}  // namespace cli::commands
