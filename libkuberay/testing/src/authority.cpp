#include "authority.hpp"

#include "refusal.hpp"

#include <kuberay/base/json.hpp>

namespace kuberay::testing {

namespace {

constexpr std::string_view anonymous = "system:anonymous";

bool is_public(std::string_view path)
{
    return path == "/version" || path.starts_with("/readyz") || path.starts_with("/healthz")
           || path.starts_with("/livez");
}

}  // namespace

std::string authenticate(cluster const& in, net::http_fields const& fields, std::string_view certificate_user)
{
    std::string user(certificate_user);
    std::string_view const authorization = fields.get("Authorization");
    if (authorization.starts_with("Bearer ")) {
        std::optional<std::string> known = in.user_of_token(authorization.substr(7));
        if (!known && in.wants_credentials()) throw unauthorized();
        if (known) user = *known;
    }
    if (user.empty()) user = in.wants_credentials() ? std::string(anonymous) : "admin";
    if (std::string_view const as = fields.get("Impersonate-User"); !as.empty()) user = as;
    return user;
}

void authorize(cluster const& in, api_request const& request)
{
    bool const is_stranger = request.user == anonymous && in.wants_credentials();
    if (!request.kind) {
        if (is_stranger && !is_public(request.path)) {
            std::string const message =
                "forbidden: User \"" + request.user + "\" cannot get path \"" + request.path + "\"";
            throw refusal(403, failure_status(403, "Forbidden", message, json::object()));
        }
        return;
    }
    std::string resource = request.kind->plural;
    if (!request.subresource.empty()) resource += "/" + request.subresource;
    if (!is_stranger && !in.denies(request.user, request.verb, request.kind->group, resource, request.ns)) return;
    std::string why = "User \"" + request.user + "\" cannot " + request.verb + " resource \"" + resource
                      + "\" in API group \"" + request.kind->group + "\"";
    why += request.ns.empty() ? " at the cluster scope" : " in the namespace \"" + request.ns + "\"";
    throw forbidden(*request.kind, request.name, why, {});
}

json::object review_access(cluster const& in, api_request const& request, json::object review)
{
    json::value const root = review;
    std::string resource(string_at(root, "spec.resourceAttributes.resource"));
    if (std::string_view const sub = string_at(root, "spec.resourceAttributes.subresource"); !sub.empty())
        resource += "/" + std::string(sub);
    bool const denied = in.denies(
        request.user, string_at(root, "spec.resourceAttributes.verb"), string_at(root, "spec.resourceAttributes.group"),
        resource, string_at(root, "spec.resourceAttributes.namespace")
    );
    json::object status;
    status["allowed"] = !denied;
    review["status"] = std::move(status);
    return review;
}

}  // namespace kuberay::testing
