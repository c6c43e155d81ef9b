#include "ray/operator_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/operator_version.hpp>

#include <boost/json/array.hpp>

namespace kuberay::ray {
namespace {

constexpr std::string_view gates_flag = "--feature-gates=";

finding operator_finding(operator_info const& info)
{
    std::string const who = info.ns + "/" + info.deployment + ", version " + info.version;
    std::string const remedy = "see kubectl -n " + info.ns + " describe deployment " + info.deployment;
    if (info.ready_replicas == 0)
        return finding(health::failing, "KubeRay operator", who + ": no replica is ready", remedy);
    if (std::string const misfit = misfit_of(info.version); !misfit.empty())
        return finding(health::warning, "KubeRay operator", who + ": " + misfit, "update the operator");
    return finding(health::ok, "KubeRay operator", who + ", ready");
}

finding nothing_found(operator_search const& search)
{
    if (search.cluster_wide)
        return finding(
            health::failing, "KubeRay operator", "no Deployment with its labels in any namespace",
            "install the operator, or label its Deployment app.kubernetes.io/name=kuberay-operator"
        );
    return finding(
        health::warning, "KubeRay operator",
        "none found in " + join(search.looked_in, ", ") + "; other namespaces may not be read"
    );
}

task<finding> gate_finding(kube::client on, operator_info info)
{
    auto const in = kube::api<kube::object>::in_ns(on, kube::deployment::type(), info.ns);
    task<kube::object> reading = in.get(info.deployment);
    result<kube::object> read = co_await as_result(std::move(reading));
    std::string const check = "feature gate RayCronJob";
    if (read.has_error()) co_return finding(health::warning, check, "cannot be read: " + read.error().message());
    std::optional<bool> const gate = feature_gate_of(read->content, "RayCronJob");
    if (gate.value_or(false)) co_return finding(health::ok, check, "on");
    co_return finding(
        health::warning, check, "off: the operator leaves cron jobs alone",
        "start the operator with --feature-gates=RayCronJob=true"
    );
}

task<std::vector<finding>> check(kube::client on, std::string ns)
{
    std::vector<finding> found;
    task<operator_search> searching = find_operators(on, ns);
    result<operator_search> search = co_await as_result(std::move(searching));
    if (search.has_error()) {
        found.emplace_back(
            health::warning, "KubeRay operator", search.error().message(), "ask for rights to read Deployments"
        );
        co_return found;
    }
    if (search->found.empty()) found.push_back(nothing_found(*search));
    for (operator_info const& info : search->found)
        found.push_back(operator_finding(info));
    if (search->found.size() > 1 && search->cluster_wide)
        found.emplace_back(
            health::warning, "KubeRay operator", "several run; each cluster must belong to one of them only",
            "give each its own namespaces (--watch-namespace)"
        );
    if (search->found.size() == 1) {
        operator_info const only = search->found.front();
        finding gate = co_await gate_finding(on, only);
        found.push_back(std::move(gate));
    }
    co_return found;
}

}  // namespace

std::optional<bool> feature_gate_of(json::object const& deployment, std::string_view gate)
{
    std::optional<bool> state;
    json::value const* spec = deployment.if_contains("spec");
    json::value const* container = spec ? find_path(*spec, "template.spec.containers.0") : nullptr;
    if (!container) return state;
    for (std::string_view const list : {"command", "args"}) {
        json::value const* words = find_path(*container, list);
        if (!words || !words->is_array()) continue;
        for (json::value const& word : words->get_array()) {
            std::string_view const text =
                word.is_string() ? std::string_view(word.get_string().data(), word.get_string().size()) : "";
            if (!text.starts_with(gates_flag)) continue;
            for (std::string const& pair : split(text.substr(gates_flag.size()), ','))
                if (pair.starts_with(std::string(gate) + "=")) state = to_lower(pair).ends_with("=true");
        }
    }
    return state;
}

task<std::vector<finding>> check_operator(kube::client on, std::string ns)
{
    return check(std::move(on), std::move(ns));
}

}  // namespace kuberay::ray
