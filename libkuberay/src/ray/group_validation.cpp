#include "ray/group_validation.hpp"

#include "base/quote.hpp"

#include <kuberay/base/quantity.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/ray/tpu.hpp>

#include <algorithm>
#include <limits>

namespace kuberay::ray {
namespace {

constexpr std::string_view accelerator_key = "cloud.google.com/gke-tpu-accelerator";
constexpr std::string_view topology_key = "cloud.google.com/gke-tpu-topology";

// The names of one group's values.
struct group_names {
    problem_list const& problems;
    worker_group_config const& group;
    std::size_t index;

    std::string of(std::string_view flag, std::string_view key) const
    {
        if (!problems.from_flags()) return "worker-groups[" + std::to_string(index) + "]." + std::string(key);
        if (!problems.options().groups_by_flag) return std::string(flag);
        return "--worker-group " + effective_group_name(group, index) + ": " + std::string(key);
    }
};

bool is_amount(std::string const& text)
{
    auto const parsed = quantity::parse(text);
    return parsed && parsed->sign() > 0;
}

void check_bounds(problem_list& problems, group_names const& names)
{
    auto const& group = names.group;
    std::string const replicas = names.of("--worker-replicas", "replicas");
    std::string const min = names.of("--worker-min-replicas", "min-replicas");
    std::string const max = names.of("--worker-max-replicas", "max-replicas");
    auto const negative = [&](std::string const& where, std::int32_t value) {
        if (value < 0) problems.add(where, std::to_string(value) + " is negative");
        return value < 0;
    };
    bool bad = negative(replicas, group.replicas);
    if (group.min_replicas) bad |= negative(min, *group.min_replicas);
    if (group.max_replicas) bad |= negative(max, *group.max_replicas);
    if (bad) return;
    std::int32_t const low = group.min_replicas.value_or(0);
    std::int32_t const high = group.max_replicas.value_or(std::numeric_limits<std::int32_t>::max());
    auto const text = [](std::int32_t n) { return std::to_string(n); };
    if (low > high)
        problems.add(min, text(low) + " is above " + max + " " + text(high));
    else if (group.replicas < low)
        problems.add(replicas, text(group.replicas) + " is below " + min + " " + text(low));
    else if (group.replicas > high)
        problems.add(replicas, text(group.replicas) + " is above " + max + " " + text(high));
}

void check_hosts(problem_list& problems, group_names const& names)
{
    if (!names.group.num_of_hosts) return;
    std::string const where = names.of("--num-of-hosts", "num-of-hosts");
    std::int64_t const hosts = *names.group.num_of_hosts;
    if (hosts < 1)
        problems.add(where, std::to_string(hosts) + " is too small; a replica has at least 1 host");
    else if (hosts * std::int64_t(names.group.replicas) > std::numeric_limits<std::int32_t>::max())
        problems.add(where, "replicas times hosts is more than 2147483647 pods");
}

void check_tpu(problem_list& problems, group_names const& names)
{
    auto const& group = names.group;
    if (!is_amount(group.tpu)) return;
    std::string const where =
        problems.options().tpu_by_flag ? "--tpu-topology" : names.of("--worker-node-selectors", "node-selectors");
    for (std::string_view const key : {accelerator_key, topology_key}) {
        auto const found = group.node_selectors.find(std::string(key));
        if (found != group.node_selectors.end() && !found->second.empty()) continue;
        std::string message = names.of("--worker-tpu", "tpu") + " needs the selector " + std::string(key);
        message += "; its values are listed at https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus";
        problems.add(where, std::move(message));
        return;
    }
    if (problems.options().skip_tpu_validation) return;
    tpu_slice slice;
    slice.accelerator = group.node_selectors.at(std::string(accelerator_key));
    slice.topology = group.node_selectors.at(std::string(topology_key));
    slice.chips_per_host = quantity::parse(group.tpu)->to_int64().value_or(0);
    slice.hosts = group.num_of_hosts.value_or(1);
    if (std::string fault = fault_of(slice); !fault.empty())
        problems.add(where, std::move(fault) + " (--skip-tpu-validation leaves this check out)");
}

}  // namespace

std::string problem_list::name(std::string_view flag, std::string_view key) const
{
    return std::string(from_flags() ? flag : key);
}

void problem_list::check_amount(std::string const& where, std::string const& text)
{
    if (text.empty()) return;
    if (auto const checked = check_quantity(text); !checked) add(where, checked.error().message());
}

void problem_list::check_word(std::string const& where, std::string const& text, std::vector<std::string> const& words)
{
    if (text.empty()) return;
    bool const known = std::ranges::any_of(words, [&](auto const& w) { return to_lower(w) == to_lower(text); });
    if (!known) add(where, kuberay::quoted(text) + " is not one of " + join(words, ", "));
}

void check_group(problem_list& problems, worker_group_config const& group, std::size_t index)
{
    group_names const names{problems, group, index};
    // Pod names are made of the cluster's and the group's in lower case; the label ray.io/group holds it as it is.
    if (!group.name.empty() && !is_dns1123_label(to_lower(group.name)))
        problems.add(
            names.of("GROUP", "name"),
            kuberay::quoted(group.name)
                + " cannot name a worker group; use letters, digits and '-', at most 63, with a letter or "
                  "digit at both ends"
        );
    check_bounds(problems, names);
    problems.check_amount(names.of("--worker-cpu", "cpu"), group.cpu);
    problems.check_amount(names.of("--worker-memory", "memory"), group.memory);
    problems.check_amount(names.of("--worker-gpu", "gpu"), group.gpu);
    problems.check_amount(names.of("--worker-tpu", "tpu"), group.tpu);
    problems.check_amount(names.of("--worker-ephemeral-storage", "ephemeral-storage"), group.ephemeral_storage);
    for (auto const& [name, amount] : group.extended_resources)
        problems.check_amount(names.of("--worker-extended-resources", "extended-resources"), amount);
    check_hosts(problems, names);
    check_tpu(problems, names);
}

}  // namespace kuberay::ray
