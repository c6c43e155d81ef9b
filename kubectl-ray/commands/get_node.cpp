#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/get_command.hpp"

#include <kuberay/ray/nodes.hpp>

namespace cli::commands {
namespace {

class get_node final : public get_command {
protected:
    void describe(flags& on) override
    {
        on.about("Lists the Ray nodes (pods) of the namespace, or shows the one that is named.");
        on.example("The nodes of one cluster, with their state and addresses", "get node -c demo -o wide");
        on.value("ray-cluster", 'c', &cluster_, "Only nodes of this Ray cluster.").completes = complete_clusters();
    }

    std::string word() const override { return "[NODE]"; }
    completer names() override { return complete_nodes(&cluster_); }

    object_view view() const override
    {
        object_view made;
        made.type = kube::pod::type();
        made.noun = "Ray nodes";
        made.selector = "ray.io/is-ray-node=yes";
        if (!cluster_.empty()) {
            made.selector += ",ray.io/cluster=" + cluster_;
            made.among = "of Ray cluster " + in_quotes(cluster_);
        }
        made.columns = columns(
            {"NAME", "CPUS", "GPUS", "TPUS", "MEMORY", "CLUSTER", "TYPE", "WORKER GROUP", "AGE"},
            {"STATUS", "READY", "RESTARTS", "IP", "NODE"}
        );
        bool const with_ns = list_.all_namespaces;
        if (with_ns) made.columns.insert(made.columns.begin(), view_column("NAMESPACE"));
        made.cells = [with_ns](json::value const& item, kuberay::timestamp now) {
            ray::node_row row = ray::row_of(kube::pod::from_json(item), now);
            std::vector<std::string> cells{row.name,    row.cpus,     row.gpus,   row.tpus, row.memory,
                                           row.cluster, row.type,     row.group,  row.age,  row.phase,
                                           row.ready,   row.restarts, row.pod_ip, row.node};
            if (with_ns) cells.insert(cells.begin(), row.ns);
            return cells;
        };
        return made;
    }

private:
    std::string cluster_;
};

}  // namespace

std::unique_ptr<command> make_get_node() { return std::make_unique<get_node>(); }

}  // namespace cli::commands
