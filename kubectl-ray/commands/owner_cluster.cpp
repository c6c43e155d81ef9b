#include "commands/owner_cluster.hpp"

#include "cli/quote.hpp"
#include "cli/resource_names.hpp"

#include <algorithm>

namespace cli::commands {

void owner_cluster::declare(flags& on, grammar form, std::string help)
{
    flag& cluster = on.value("ray-cluster", 'c', &name, std::move(help));
    cluster.required = form == grammar::verb_first;  // else checked by `complete`
    cluster.completes = complete_clusters();
}

void owner_cluster::complete(grammar form, global_flags& globals)
{
    if (form == grammar::verb_first || !name.empty()) return;
    std::string const given = globals.load.cluster;
    if (given.empty()) throw usage_error("required flag missing: -c, --ray-cluster");
    std::vector<std::string> const entries = kube::load_names(globals.load).clusters;
    if (std::find(entries.begin(), entries.end(), given) != entries.end())
        throw usage_error(
            "flag --cluster " + in_quotes(given)
                + " names a cluster of the kubeconfig, and -c, --ray-cluster is missing",
            "--ray-cluster names the Ray cluster, --context the Kubernetes cluster"
        );
    name = given;
    globals.load.cluster.clear();
    taken_from_cluster_ = true;
}

void owner_cluster::tell(context const& on) const
{
    if (taken_from_cluster_)
        on.note("--cluster " + in_quotes(name) + " is taken for the Ray cluster; --ray-cluster says so plainly.");
}

}  // namespace cli::commands
