#include "cli/group_names.hpp"
#include "cli/listing.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/get_command.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/worker_groups.hpp>

namespace cli::commands {
namespace {

kube::resource_type const& group_type()
{
    static kube::resource_type const type("", "v1", "WorkerGroup", "workergroups");
    return type;
}

// A worker group is a part of a RayCluster; for -o json it is shown as an object of its own.
json::value item_of(ray::worker_group_row const& row)
{
    json::object item;
    item["apiVersion"] = "ray.io/v1";
    item["kind"] = "WorkerGroup";
    json::object& metadata = item["metadata"].emplace_object();
    metadata["name"] = row.name;
    metadata["namespace"] = row.ns;
    json::object& spec = item["spec"].emplace_object();
    spec["cluster"] = row.cluster;
    spec["minReplicas"] = row.min;
    spec["maxReplicas"] = row.max;
    spec["replicas"] = row.replicas;
    spec["numOfHosts"] = row.hosts;
    spec["suspend"] = row.suspended;
    json::object& status = item["status"].emplace_object();
    status["readyReplicas"] = row.ready;
    status["readyPods"] = row.ready_pods;
    json::object& resources = status["resources"].emplace_object();
    resources["cpu"] = row.cpus.str();
    resources["gpu"] = row.gpus.str();
    resources["tpu"] = row.tpus.str();
    resources["memory"] = row.memory.str();
    return item;
}

std::string number(json::value const& item, std::string_view path)
{
    return std::to_string(kuberay::int_at(item, path).value_or(0));
}

std::string text(json::value const& item, std::string_view path) { return std::string(kuberay::string_at(item, path)); }

object_view group_view(bool with_ns)
{
    object_view view;
    view.type = group_type();
    view.noun = "worker groups";
    view.columns = columns(
        {"NAME", "MIN", "MAX", "REPLICAS", "CPUS", "GPUS", "TPUS", "MEMORY", "CLUSTER"},
        {"HOSTS", "READY PODS", "SUSPENDED"}
    );
    if (with_ns) view.columns.insert(view.columns.begin(), view_column("NAMESPACE"));
    view.cells = [with_ns](json::value const& item, kuberay::timestamp) {
        std::vector<std::string> cells{
            text(item, "metadata.name"),
            number(item, "spec.minReplicas"),
            number(item, "spec.maxReplicas"),
            number(item, "status.readyReplicas") + "/" + number(item, "spec.replicas"),
            text(item, "status.resources.cpu"),
            text(item, "status.resources.gpu"),
            text(item, "status.resources.tpu"),
            text(item, "status.resources.memory"),
            text(item, "spec.cluster"),
            number(item, "spec.numOfHosts"),
            number(item, "status.readyPods"),
            kuberay::bool_at(item, "spec.suspend").value_or(false) ? "true" : "false",
        };
        if (with_ns) cells.insert(cells.begin(), text(item, "metadata.namespace"));
        return cells;
    };
    return view;
}

task<std::vector<json::value>> items_of(context on, ray::worker_group_query query)
{
    if (!query.all_namespaces) query.ns = on.ns();
    std::vector<ray::worker_group_row> const rows = co_await ray::list_worker_groups(on.client(), query);
    std::vector<json::value> items;
    for (ray::worker_group_row const& row : rows)
        items.push_back(item_of(row));
    co_return items;
}

class get_workergroup final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Lists the worker groups of the Ray clusters in the namespace. REPLICAS is ready / wanted; the "
                 "amounts are those of all pods of the group.");
        on.example("The groups of one cluster", "get workergroup -c demo");
        on.words("[GROUP]", 0, 1, &words_).completes = complete_groups(&query_.cluster);
        on.value("ray-cluster", 'c', &query_.cluster, "Only groups of this Ray cluster.").completes =
            complete_clusters();
        on.toggle("all-namespaces", 'A', &query_.all_namespaces, "Look in every namespace; beats --namespace.");
        on.value("selector", 'l', &query_.label_selector, "Only groups of clusters with these labels.");
        contexts_.declare(on);
        output_.declare(on);
    }

    void complete(flags const&, global_flags&) override
    {
        if (!words_.empty()) query_.group = words_.front();
        output_.complete();
    }

    task<exit_code> run(context on) override
    {
        object_view const view = group_view(query_.all_namespaces);
        std::vector<std::string> const contexts = contexts_.names(on);
        if (!contexts.empty()) {
            items_reader const items = [query = query_](context one) { return items_of(std::move(one), query); };
            co_return co_await show_contexts(on, view, output_, contexts, items);
        }
        std::vector<json::value> found = co_await items_of(on, query_);
        printer to(on, output_, view);
        if (!query_.group.empty() && found.size() == 1) {
            to.show(std::move(found.front()));
            co_return exit_code::done;
        }
        for (json::value& item : found)
            to.add(std::move(item));
        to.finish("No worker groups found in " + scope_text(on, query_.all_namespaces) + ".");
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
    ray::worker_group_query query_;
    context_flags contexts_;
    output_flags output_;
};

}  // namespace

std::unique_ptr<command> make_get_workergroup() { return std::make_unique<get_workergroup>(); }

}  // namespace cli::commands
