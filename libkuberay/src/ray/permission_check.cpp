#include "ray/permission_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>

#include <array>
#include <map>

namespace kuberay::ray {
namespace {

struct needed_right {
    std::string_view command, verb, group, resource, subresource;
};

// Reference, section 6: the least that each command needs.
constexpr std::array rights{
    needed_right{"get cluster", "list", "ray.io", "rayclusters", ""},
    needed_right{"get cluster --watch, create --wait", "watch", "ray.io", "rayclusters", ""},
    needed_right{"create cluster", "create", "ray.io", "rayclusters", ""},
    needed_right{"create cluster, scale, update", "patch", "ray.io", "rayclusters", ""},
    needed_right{"delete cluster", "delete", "ray.io", "rayclusters", ""},
    needed_right{"job submit", "create", "ray.io", "rayjobs", ""},
    needed_right{"job submit", "watch", "ray.io", "rayjobs", ""},
    needed_right{"delete job", "delete", "ray.io", "rayjobs", ""},
    needed_right{"get service", "list", "ray.io", "rayservices", ""},
    needed_right{"get node, get workergroup", "list", "", "pods", ""},
    needed_right{"log", "get", "", "pods", "log"},
    needed_right{"log", "create", "", "pods", "exec"},
    needed_right{"session, dashboard, job submit", "create", "", "pods", "portforward"},
    needed_right{"session, dashboard", "get", "", "services", ""},
    needed_right{"get token", "get", "", "secrets", ""},
};

std::string name_of(needed_right const& right)
{
    std::string name = std::string(right.verb) + " " + std::string(right.resource);
    if (!right.subresource.empty()) name += "/" + std::string(right.subresource);
    if (!right.group.empty()) name += "." + std::string(right.group);
    return name;
}

json::object review_of(needed_right const& right, std::string const& ns)
{
    json::object attributes, spec, review;
    attributes.emplace("namespace", ns);
    attributes.emplace("verb", right.verb);
    attributes.emplace("group", right.group);
    attributes.emplace("resource", right.resource);
    if (!right.subresource.empty()) attributes.emplace("subresource", right.subresource);
    spec.emplace("resourceAttributes", std::move(attributes));
    review.emplace("apiVersion", "authorization.k8s.io/v1");
    review.emplace("kind", "SelfSubjectAccessReview");
    review.emplace("spec", std::move(spec));
    return review;
}

enum class verdict { allowed, denied };

task<verdict> may(kube::api<kube::object> in, kube::object review)
{
    kube::object const answer = co_await in.create(review);
    json::value const* status = answer.content.if_contains("status");
    bool const allowed = status && bool_at(*status, "allowed").value_or(false);
    co_return allowed ? verdict::allowed : verdict::denied;
}

task<std::vector<finding>> check(kube::client on, std::string ns)
{
    kube::resource_type const type(
        "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", kube::scope::cluster
    );
    auto const in = kube::api<kube::object>::cluster_wide(on, type);
    std::vector<task<verdict>> ops;
    for (needed_right const& right : rights)
        ops.push_back(may(in, kube::object(review_of(right, ns))));
    std::vector<result<verdict>> const answers = co_await run_all(std::move(ops));

    std::vector<finding> found;
    int allowed = 0;
    std::string unknown;
    std::map<std::string, std::vector<std::string>> missing;
    for (std::size_t i = 0; i < rights.size(); ++i) {
        if (answers[i].has_error())
            unknown = answers[i].error().message();
        else if (*answers[i] == verdict::allowed)
            ++allowed;
        else
            missing[std::string(rights[i].command)].push_back(name_of(rights[i]));
    }
    std::string const check = "permissions in " + ns;
    if (!unknown.empty()) found.emplace_back(health::warning, check, "cannot be asked for: " + unknown);
    if (missing.empty() && unknown.empty())
        found.emplace_back(health::ok, check, "all " + std::to_string(allowed) + " rights that the commands need");
    for (auto const& [command, names] : missing)
        found.emplace_back(
            health::warning, check, command + " is not allowed: " + join(names, ", "),
            "ask for a Role in " + ns + " with these verbs"
        );
    co_return found;
}

}  // namespace

task<std::vector<finding>> check_permissions(kube::client on, std::string ns)
{
    return check(std::move(on), std::move(ns));
}

}  // namespace kuberay::ray
