#include "base/quote.hpp"
#include "ray/failing.hpp"
#include "ray/patch_operations.hpp"
#include "ray/scale_plan.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/scale.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>

namespace kuberay::ray {
namespace {

std::string text_of(std::int64_t n) { return std::to_string(n); }

// One of the three numbers of a group: its key, its flag, the server's default.
struct bound {
    std::string_view key, flag, word;
    std::int64_t absent;
    std::optional<std::int32_t> group_scale::* wanted;
};

constexpr bound minimum{"minReplicas", "--min-replicas", "min replicas", 0, &group_scale::min_replicas};
constexpr bound maximum{
    "maxReplicas", "--max-replicas", "max replicas", std::numeric_limits<std::int32_t>::max(),
    &group_scale::max_replicas
};
constexpr bound count{"replicas", "--replicas", "replicas", 0, &group_scale::replicas};

void check_final_state(group_scale const& wanted, std::int64_t low, std::int64_t high, std::int64_t replicas)
{
    auto const refuse = [&](std::string text) {
        throw failure(
            errc::bad_input, "the worker group " + kuberay::quoted(wanted.group) + " would have " + std::move(text)
        );
    };
    if (low > high) refuse("min replicas " + text_of(low) + " above max replicas " + text_of(high));
    if (replicas < low) refuse("replicas " + text_of(replicas) + " below min replicas " + text_of(low));
    if (replicas > high) refuse("replicas " + text_of(replicas) + " above max replicas " + text_of(high));
}

void plan_group(edit_plan& plan, json::object const& object, std::string_view at, group_scale const& wanted)
{
    std::size_t const index = index_of_group(object, wanted.group, at);
    json::value const& group = groups_of(object, at)[index];
    std::string const path = pointer_to(at) + "/" + std::to_string(index) + "/";
    json::array tests, writes;
    add_operation(tests, "test", path + "groupName", json::value(wanted.group));
    std::int64_t final_state[3] = {};
    std::size_t place = 0;
    for (bound const& one : {minimum, maximum, count}) {
        std::optional<std::int64_t> const present = int_at(group, one.key);
        std::int64_t const before = present.value_or(one.absent);
        std::int64_t const after = (wanted.*one.wanted).value_or(static_cast<std::int32_t>(before));
        final_state[place++] = after;
        // What the checks relied on must still hold when the server applies the patch.
        if (present) add_operation(tests, "test", path + std::string(one.key), json::value(*present));
        if (after == before) continue;
        add_operation(writes, present ? "replace" : "add", path + std::string(one.key), json::value(after));
        plan.changes.emplace_back(wanted.group + ": " + std::string(one.word), text_of(before), text_of(after));
    }
    check_final_state(wanted, final_state[0], final_state[1], final_state[2]);
    if (writes.empty()) return;
    for (json::array* part : {&tests, &writes})
        for (json::value& operation : *part)
            plan.operations.push_back(std::move(operation));
}

void check_request(std::vector<problem>& problems, group_scale const& wanted)
{
    std::string const flag_min(minimum.flag), flag_max(maximum.flag), flag_count(count.flag);
    if (wanted.group.empty()) problems.emplace_back("--worker-group", "the name of the worker group is empty");
    if (!wanted.replicas && !wanted.min_replicas && !wanted.max_replicas)
        problems.emplace_back(
            flag_count, "nothing to change; give " + flag_count + ", " + flag_min + " or " + flag_max
        );
    bool negative = false;
    for (bound const& one : {minimum, maximum, count}) {
        std::int32_t const value = (wanted.*one.wanted).value_or(0);
        if (value < 0) problems.emplace_back(std::string(one.flag), text_of(value) + " is negative");
        negative |= value < 0;
    }
    if (negative) return;
    auto const& [group, replicas, low, high] = wanted;
    if (low && high && *low > *high)
        problems.emplace_back(flag_min, text_of(*low) + " is above " + flag_max + " " + text_of(*high));
    if (replicas && low && *replicas < *low)
        problems.emplace_back(flag_count, text_of(*replicas) + " is below " + flag_min + " " + text_of(*low));
    if (replicas && high && *replicas > *high)
        problems.emplace_back(flag_count, text_of(*replicas) + " is above " + flag_max + " " + text_of(*high));
}

}  // namespace

std::vector<problem> validate(std::vector<group_scale> const& wanted)
{
    std::vector<problem> problems;
    std::set<std::string> seen;
    for (group_scale const& one : wanted) {
        check_request(problems, one);
        if (!seen.insert(one.group).second)
            problems.emplace_back("--worker-group", "the group " + kuberay::quoted(one.group) + " is given twice");
    }
    return problems;
}

edit_plan plan_scale_at(json::object const& object, std::string_view at, std::vector<group_scale> const& wanted)
{
    edit_plan plan;
    for (group_scale const& one : wanted)
        plan_group(plan, object, at, one);
    return plan;
}

edit_plan plan_scale(json::object const& cluster, std::vector<group_scale> const& wanted)
{
    return plan_scale_at(cluster, cluster_groups, wanted);
}

bool leaves_surplus_to_autoscaler(edit_outcome const& outcome)
{
    json::value const object = outcome.object;
    if (!bool_at(object, "spec.enableInTreeAutoscaling").value_or(false)) return false;
    auto const is_less = [](field_change const& change) {
        return change.field.ends_with(": " + std::string(count.word))
               && std::atoll(change.to.c_str()) < std::atoll(change.from.c_str());
    };
    return std::any_of(outcome.changes.begin(), outcome.changes.end(), is_less);
}

task<edit_outcome>
scale_cluster(kube::client on, std::string ns, std::string name, std::vector<group_scale> wanted, edit_options options)
{
    if (error const refused = as_error(validate(wanted))) return failing<edit_outcome>(refused);
    edit_builder build = [wanted = std::move(wanted)](json::object const& now) { return plan_scale(now, wanted); };
    return edit_object(
        std::move(on), cluster::type(), std::move(ns), std::move(name), std::move(build), std::move(options)
    );
}

}  // namespace kuberay::ray
