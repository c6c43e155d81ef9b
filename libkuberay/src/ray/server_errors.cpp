#include "ray/server_errors.hpp"

#include <kuberay/base/text.hpp>

namespace kuberay::ray {
namespace {

constexpr std::string_view undeclared = ": field not declared in schema";

}  // namespace

std::vector<std::string> undeclared_fields(std::string_view message)
{
    std::vector<std::string> fields;
    for (std::size_t at = 0; (at = message.find(undeclared, at)) != std::string_view::npos; at += undeclared.size()) {
        std::size_t const start = message.find_last_of(" \t\n", at);
        std::size_t const from = start == std::string_view::npos ? 0 : start + 1;
        fields.emplace_back(message.substr(from, at - from));
    }
    return fields;
}

error explain(error const& from, kube::resource_type const& type)
{
    server_status const* status = from.status();
    if (!status) return from;
    if (from.code() == reason::not_found && status->name.empty())
        return from.with_hint(
            "the server does not serve " + type.plural + "." + type.group
            + "; is the KubeRay operator installed? See https://docs.ray.io/en/latest/cluster/kubernetes"
        );
    std::vector<std::string> const fields = undeclared_fields(status->message);
    if (fields.empty()) return from;
    error const explained(
        errc::bad_input, "the installed KubeRay CRD of " + type.kind + " has no field " + join(fields, ", ")
    );
    return explained.with_hint("update the CRDs together with the operator, or leave the field out");
}

}  // namespace kuberay::ray
