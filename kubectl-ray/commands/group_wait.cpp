#include "commands/group_wait.hpp"

#include "cli/progress.hpp"
#include "cli/quote.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/ray/scale.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>

namespace cli::commands {

std::vector<std::string> groups_of(json::object const& cluster)
{
    json::value const root = cluster;
    std::vector<std::string> names;
    json::value const* const groups = kuberay::find_path(root, "spec.workerGroupSpecs");
    json::array const* const all = groups ? groups->if_array() : nullptr;
    if (!all) return names;
    for (json::value const& group : *all)
        names.emplace_back(kuberay::string_at(group, "groupName"));
    return names;
}

task<void> wait_for_groups(
    context on, std::string ns, std::string cluster, std::vector<std::string> groups, std::chrono::nanoseconds limit
)
{
    progress_line line(on);
    std::vector<std::string> known(groups.size());  // what is known of each group, in the order of `groups`
    std::function<void(std::string const&, int, int)> const on_progress = [&](std::string const& group, int ready,
                                                                              int wanted) {
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (groups[i] == group) known[i] = group + " " + std::to_string(ready) + "/" + std::to_string(wanted);
        if (std::ranges::all_of(known, [](std::string const& text) { return !text.empty(); }))
            line.show("Waiting for pods of worker groups: " + kuberay::join(known, ", ") + " ready");
    };
    task<void> waiting = ray::wait_groups_ready(on.client(), ns, cluster, groups, limit, on_progress);
    result<void> const ended = co_await kuberay::as_result(std::move(waiting));
    line.clear();
    if (ended.has_error())
        throw failure(ended.error().with_context(
            "waiting for the worker groups of Ray cluster " + in_quotes(cluster) + " in namespace " + in_quotes(ns)
        ));
    on.out().write("Ray cluster " + cluster + ": the worker groups are ready\n");
    on.out().flush();
}

}  // namespace cli::commands
