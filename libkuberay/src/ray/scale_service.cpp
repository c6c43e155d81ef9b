#include "ray/failing.hpp"
#include "ray/patch_operations.hpp"
#include "ray/scale_plan.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/scale_service.hpp>
#include <kuberay/ray/service.hpp>

namespace kuberay::ray {
namespace {

// While an upgrade is under way there are two clusters, and which of them will stay is open.
std::string active_cluster_of(json::object const& object)
{
    json::value const document(object);
    std::string const who = who_is(object);
    if (std::string const pending(string_at(document, "status.pendingServiceStatus.rayClusterName")); !pending.empty())
        throw failure(error(errc::unsatisfiable, who + " is being upgraded (the cluster " + pending + " is pending)")
                          .with_hint("wait until the upgrade is over"));
    std::string active(string_at(document, "status.activeServiceStatus.rayClusterName"));
    if (active.empty()) throw failure(errc::unsatisfiable, who + " has no active cluster yet");
    return active;
}

task<service_scale_outcome>
scale(kube::client on, std::string ns, std::string name, std::vector<group_scale> wanted, edit_options options)
{
    auto const active = std::make_shared<std::string>();
    edit_builder const build = [active, wanted](json::object const& now) {
        *active = active_cluster_of(now);
        return plan_scale_at(now, service_groups, wanted);
    };
    task<edit_outcome> writing = edit_object(on, service::type(), ns, name, build, options);
    edit_outcome written = co_await std::move(writing);
    service_scale_outcome outcome;
    outcome.cluster = *active;
    outcome.changes = std::move(written.changes);
    // The RayService controls its cluster, and is the one that was changed.
    edit_options on_cluster = options;
    on_cluster.force = true;
    on_cluster.uid.clear();
    task<edit_outcome> scaling = scale_cluster(on, ns, outcome.cluster, wanted, on_cluster);
    outcome.on_cluster = co_await as_result(std::move(scaling));
    co_return outcome;
}

}  // namespace

task<service_scale_outcome>
scale_service(kube::client on, std::string ns, std::string name, std::vector<group_scale> wanted, edit_options options)
{
    if (error const refused = as_error(validate(wanted))) return failing<service_scale_outcome>(refused);
    return scale(std::move(on), std::move(ns), std::move(name), std::move(wanted), std::move(options));
}

}  // namespace kuberay::ray
