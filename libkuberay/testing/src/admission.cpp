#include "admission.hpp"

#include "refusal.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <boost/json/serialize.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::string_view name_rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end "
    "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

constexpr std::string_view unchecked_rules =
    "Invalid value: null: some validation rules were not checked because the object "
    "was invalid; correct the existing errors to complete validation";

void default_to(json::object& object, std::string_view name, json::value value)
{
    if (!object.contains(name)) object[name] = std::move(value);
}

json::object& child_of(json::object& object, std::string_view name)
{
    json::value& child = object[name];
    return child.is_object() ? child.get_object() : child.emplace_object();
}

void default_pod(json::object& pod)
{
    json::object& spec = child_of(pod, "spec");
    default_to(spec, "restartPolicy", "Always");
    default_to(spec, "terminationGracePeriodSeconds", 30);
    default_to(spec, "dnsPolicy", "ClusterFirst");
    default_to(spec, "schedulerName", "default-scheduler");
    default_to(spec, "enableServiceLinks", true);
    for (char const* list : {"containers", "initContainers"}) {
        json::value* containers = spec.if_contains(list);
        if (!containers || !containers->is_array()) continue;
        for (json::value& container : containers->get_array()) {
            if (!container.is_object()) continue;
            default_to(container.get_object(), "resources", json::object());
            default_to(container.get_object(), "imagePullPolicy", "IfNotPresent");
            json::value* ports = container.get_object().if_contains("ports");
            if (!ports || !ports->is_array()) continue;
            for (json::value& port : ports->get_array())
                if (port.is_object()) default_to(port.get_object(), "protocol", "TCP");
        }
    }
    json::object& status = child_of(pod, "status");
    default_to(status, "phase", "Pending");
    default_to(status, "qosClass", "BestEffort");
}

void default_service(cluster& in, json::object& service)
{
    json::object& spec = child_of(service, "spec");
    default_to(spec, "type", "ClusterIP");
    default_to(spec, "sessionAffinity", "None");
    if (!spec.contains("clusterIP")) spec["clusterIP"] = in.make_service_ip();
    default_to(spec, "clusterIPs", json::array(1, spec["clusterIP"]));
    if (json::value* ports = spec.if_contains("ports"); ports && ports->is_array()) {
        for (json::value& port : ports->get_array()) {
            if (!port.is_object()) continue;
            default_to(port.get_object(), "protocol", "TCP");
            if (json::value const* number = port.get_object().if_contains("port"))
                default_to(port.get_object(), "targetPort", *number);
        }
    }
    default_to(child_of(service, "status"), "loadBalancer", json::object());
}

void default_secret(json::object& secret)
{
    default_to(secret, "type", "Opaque");
    json::value const* plain = secret.if_contains("stringData");
    if (!plain || !plain->is_object()) return;
    json::object const texts = plain->get_object();
    json::object& data = child_of(secret, "data");
    for (auto const& [key, value] : texts)
        if (value.is_string()) data[key] = base64_encode(std::string_view(value.get_string()));
    secret.erase("stringData");
}

void default_namespace(json::object& ns)
{
    json::object& meta = meta_of(ns);
    child_of(meta, "labels")["kubernetes.io/metadata.name"] = meta["name"];
    default_to(child_of(ns, "spec"), "finalizers", json::array(1, json::value("kubernetes")));
    default_to(child_of(ns, "status"), "phase", "Active");
}

}  // namespace

void check_namespace(cluster const& in, resource_kind const& kind, std::string_view ns, std::string_view name)
{
    if (!kind.namespaced) return;
    resource_kind const& namespaces = *find_resource("namespaces");
    object_ptr const found = in.store.find(namespaces, std::string_view(), ns);
    if (!found) throw not_found(namespaces, ns);
    if (meta_text(*found, "deletionTimestamp").empty()) return;
    std::string const where(ns);
    std::vector<refusal_cause> causes;
    causes.emplace_back("NamespaceTerminating", "namespace " + where + " is being terminated", "metadata.namespace");
    throw forbidden(
        kind, name, "unable to create new content in namespace " + where + " because it is being terminated", causes
    );
}

std::vector<std::string> prune_unknown(resource_kind const& kind, json::object& object)
{
    if (!kind.content) return {};
    json::value whole = std::move(object);
    std::vector<std::string> removed = prune(whole, *kind.content);
    object = std::move(whole.get_object());
    return removed;
}

void set_kind_defaults(cluster& in, resource_kind const& kind, json::object& object)
{
    if (kind.custom && kind.content) {
        json::value whole = std::move(object);
        set_defaults(whole, *kind.content);
        object = std::move(whole.get_object());
    }
    if (kind.kind == "Pod") default_pod(object);
    if (kind.kind == "Service") default_service(in, object);
    if (kind.kind == "Secret") default_secret(object);
    if (kind.kind == "Namespace") default_namespace(object);
}

void check_valid(resource_kind const& kind, json::object const& object)
{
    std::string const name(meta_text(object, "name"));
    std::vector<refusal_cause> causes;
    bool skipped_rules = false;
    if (name.empty()) {
        causes.emplace_back("FieldValueRequired", "Required value: name or generateName is required", "metadata.name");
        skipped_rules = kind.custom;
    } else if (!is_dns1123_subdomain(name)) {
        causes.emplace_back(
            "FieldValueInvalid", "Invalid value: \"" + name + "\": " + std::string(name_rule), "metadata.name"
        );
    }
    if (kind.custom && kind.content) {
        std::vector<refusal_cause> found = validate(json::value(object), *kind.content);
        skipped_rules = skipped_rules || !found.empty();
        for (refusal_cause& cause : found)
            causes.push_back(std::move(cause));
    }
    if (kind.kind == "Pod") {
        json::value const* spec = object.if_contains("spec");
        json::value const* containers = spec ? find_path(*spec, "containers") : nullptr;
        if (!containers || !containers->is_array() || containers->get_array().empty())
            causes.emplace_back("FieldValueRequired", "Required value", "spec.containers");
    }
    if (causes.empty()) return;
    if (skipped_rules) causes.emplace_back("FieldValueInvalid", std::string(unchecked_rules), "<nil>");
    throw invalid(kind, name, causes);
}

void set_system_metadata(cluster& in, resource_kind const& kind, json::object& object)
{
    json::object& meta = meta_of(object);
    if (meta_text(object, "name").empty() && !meta_text(object, "generateName").empty())
        meta["name"] = std::string(meta_text(object, "generateName")) + in.make_suffix();
    meta["uid"] = in.make_uid();
    meta["creationTimestamp"] = in.now_text();
    meta.erase("deletionTimestamp");
    meta.erase("deletionGracePeriodSeconds");
    meta.erase("managedFields");
    if (kind.has_generation)
        meta["generation"] = 1;
    else
        meta.erase("generation");
}

}  // namespace kuberay::testing
