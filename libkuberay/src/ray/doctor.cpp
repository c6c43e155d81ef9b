#include "ray/operator_check.hpp"
#include "ray/permission_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/discovery.hpp>
#include <kuberay/ray/doctor.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using findings = std::vector<finding>;

task<findings> check_server(kube::client on)
{
    task<kube::server_version> reading = kube::read_server_version(on);
    result<kube::server_version> read = co_await as_result(std::move(reading));
    findings found;
    if (read.has_value())
        found.emplace_back(health::ok, "API server", "answers, Kubernetes " + read->git_version);
    else
        found.emplace_back(
            health::failing, "API server", read.error().message(),
            read.error().hint().empty() ? "check the kubeconfig's context and the way to the server"
                                        : std::string(read.error().hint())
        );
    co_return found;
}

constexpr std::string_view install_operator =
    "install the KubeRay operator: "
    "https://docs.ray.io/en/latest/cluster/kubernetes/getting-started/kuberay-operator-installation.html";

finding crd_finding(std::string const& plural, std::vector<std::string> const& served)
{
    std::string const check = "CRD " + plural;
    if (std::ranges::find(served, plural) != served.end()) return finding(health::ok, check, "served as ray.io/v1");
    // The operator's manifests leave it out where its feature gate is off.
    if (plural == "raycronjobs")
        return finding(
            health::warning, check, "not served: cron jobs cannot be used",
            "needs KubeRay 1.6 or later with the feature gate RayCronJob"
        );
    return finding(health::failing, check, "not served as ray.io/v1", std::string(install_operator));
}

task<findings> check_crds(kube::client on)
{
    net::http_request request("GET", "/apis/ray.io/v1");
    task<json::value> reading = on.send_for_json(std::move(request));
    result<json::value> read = co_await as_result(std::move(reading));
    findings found;
    if (read.has_error() && read.error().code() != reason::not_found) {
        found.emplace_back(health::failing, "CRDs of Ray", read.error().message(), "see the check of the API server");
        co_return found;
    }
    std::vector<std::string> served;
    json::value const* resources = read.has_value() ? find_path(*read, "resources") : nullptr;
    if (resources && resources->is_array())
        for (json::value const& one : resources->get_array())
            served.emplace_back(string_at(one, "name"));
    for (char const* plural : {"rayclusters", "rayjobs", "rayservices", "raycronjobs"})
        found.push_back(crd_finding(plural, served));
    co_return found;
}

task<findings> check_webhooks(kube::client on)
{
    kube::resource_type const type(
        "admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations",
        kube::scope::cluster
    );
    auto const hooks = kube::api<kube::object>::cluster_wide(on, type);
    kube::list_params const all;
    task<kube::object_list<kube::object>> reading = hooks.list(all);
    result<kube::object_list<kube::object>> read = co_await as_result(std::move(reading));
    findings found;
    if (read.has_error()) {
        found.emplace_back(health::warning, "webhooks", "cannot be read: " + read.error().message());
        co_return found;
    }
    std::vector<std::string> names;
    for (kube::object const& hook : read->items)
        if (hook.metadata.name.find("ray") != std::string::npos) names.push_back(hook.metadata.name);
    found.emplace_back(
        health::ok, "webhooks", names.empty() ? "none for Ray (they are optional)" : "installed: " + join(names, ", ")
    );
    co_return found;
}

task<findings> examine_all(kube::client on, std::string ns)
{
    std::vector<task<findings>> ops;
    ops.push_back(check_server(on));
    ops.push_back(check_crds(on));
    ops.push_back(check_operator(on, ns));
    ops.push_back(check_webhooks(on));
    ops.push_back(check_permissions(on, ns));
    std::vector<result<findings>> parts = co_await run_all(std::move(ops));
    findings all;
    for (result<findings>& part : parts) {
        if (part.has_error())
            all.emplace_back(health::failing, "check", part.error().message(), "see the check of the API server");
        else
            std::ranges::move(*part, std::back_inserter(all));
    }
    co_return all;
}

}  // namespace

finding::finding(health how, std::string checked, std::string said, std::string cure)
    : state(how)
    , check(std::move(checked))
    , message(std::move(said))
    , remedy(std::move(cure))
{
}

task<std::vector<finding>> examine(kube::client on, std::string ns)
{
    std::string chosen = ns.empty() ? on.default_ns() : std::move(ns);
    return examine_all(std::move(on), std::move(chosen));
}

}  // namespace kuberay::ray
