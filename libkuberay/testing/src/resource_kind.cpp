#include "resource_kind.hpp"

#include "ray_schemas.hpp"

#include <boost/json/parse.hpp>

#include <initializer_list>
#include <utility>

namespace kuberay::testing {

namespace {

resource_kind core(std::string group, std::string kind, std::string plural, std::string singular)
{
    resource_kind made;
    made.group = std::move(group);
    made.version = "v1";
    made.kind = std::move(kind);
    made.plural = std::move(plural);
    made.singular = std::move(singular);
    return made;
}

/// A built-in kind of which only the names of the top-level fields are known.
std::shared_ptr<schema const> fields_only(std::initializer_list<char const*> names, json::object const& named)
{
    json::object notation;
    notation["apiVersion"] = "string";
    notation["kind"] = "string";
    notation["metadata"] = "$metadata";
    for (char const* name : names)
        notation[name] = "any";
    return read_schema(notation, named);
}

resource_kind ray(std::string kind, std::string plural, std::string singular, json::object const& named)
{
    resource_kind made = core("ray.io", std::move(kind), std::move(plural), std::move(singular));
    made.categories = {"all"};
    made.custom = made.has_status = made.has_generation = made.columns_from_paths = true;
    made.content = read_schema(named.at(made.kind), named);
    return made;
}

void add_core_kinds(std::vector<resource_kind>& kinds, json::object const& named)
{
    resource_kind configmap = core("", "ConfigMap", "configmaps", "configmap");
    configmap.short_names = {"cm"};
    configmap.content = fields_only({"data", "binaryData", "immutable"}, named);

    resource_kind event = core("", "Event", "events", "event");
    event.short_names = {"ev"};

    resource_kind ns = core("", "Namespace", "namespaces", "namespace");
    ns.short_names = {"ns"};
    ns.namespaced = false;
    ns.has_status = ns.returns_deleted = true;
    ns.content = fields_only({"spec", "status"}, named);

    resource_kind claim = core("", "PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim");
    claim.short_names = {"pvc"};
    claim.has_status = claim.returns_deleted = true;
    claim.content = fields_only({"spec", "status"}, named);

    resource_kind pod = core("", "Pod", "pods", "pod");
    pod.short_names = {"po"};
    pod.categories = {"all"};
    pod.has_status = pod.has_generation = pod.returns_deleted = true;
    pod.content = fields_only({"spec", "status"}, named);

    resource_kind secret = core("", "Secret", "secrets", "secret");
    secret.content = fields_only({"data", "stringData", "type", "immutable"}, named);

    resource_kind account = core("", "ServiceAccount", "serviceaccounts", "serviceaccount");
    account.short_names = {"sa"};
    account.returns_deleted = true;
    account.content = fields_only({"secrets", "imagePullSecrets", "automountServiceAccountToken"}, named);

    resource_kind service = core("", "Service", "services", "service");
    service.short_names = {"svc"};
    service.categories = {"all"};
    service.has_status = service.returns_deleted = true;
    service.content = fields_only({"spec", "status"}, named);

    for (resource_kind* kind : {&configmap, &event, &ns, &claim, &pod, &secret, &account, &service})
        kinds.push_back(std::move(*kind));
}

void add_group_kinds(std::vector<resource_kind>& kinds, json::object const& named)
{
    resource_kind definition = core(
        "apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "customresourcedefinition"
    );
    definition.short_names = {"crd", "crds"};
    definition.categories = {"api-extensions"};
    definition.namespaced = false;
    definition.has_status = definition.has_generation = true;

    resource_kind deployment = core("apps", "Deployment", "deployments", "deployment");
    deployment.short_names = {"deploy"};
    deployment.categories = {"all"};
    deployment.has_status = deployment.has_generation = true;
    deployment.content = fields_only({"spec", "status"}, named);

    resource_kind review =
        core("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "selfsubjectaccessreview");
    review.namespaced = false;
    review.review = true;

    resource_kind job = core("batch", "Job", "jobs", "job");
    job.categories = {"all"};
    job.has_status = job.has_generation = true;
    job.content = fields_only({"spec", "status"}, named);

    for (resource_kind* kind : {&definition, &deployment, &review, &job})
        kinds.push_back(std::move(*kind));
}

void add_ray_kinds(std::vector<resource_kind>& kinds, json::object const& named)
{
    resource_kind cluster = ray("RayCluster", "rayclusters", "raycluster", named);
    cluster.columns = {
        {"desired workers", "integer", "status.desiredWorkerReplicas"},
        {"available workers", "integer", "status.availableWorkerReplicas"},
        {"cpus", "string", "status.desiredCPU"},
        {"memory", "string", "status.desiredMemory"},
        {"gpus", "string", "status.desiredGPU"},
        {"tpus", "string", "status.desiredTPU", 1},
        {"status", "string", "status.state"},
        {"age", "date", "metadata.creationTimestamp"},
        {"head pod IP", "string", "status.head.podIP", 1},
        {"head service IP", "string", "status.head.serviceIP", 1},
    };
    resource_kind cron_job = ray("RayCronJob", "raycronjobs", "raycronjob", named);
    cron_job.columns = {
        {"schedule", "string", "spec.schedule"},
        {"last schedule", "string", "status.lastScheduleTime"},
        {"age", "date", "metadata.creationTimestamp"},
        {"suspend", "boolean", "spec.suspend"},
    };
    resource_kind job = ray("RayJob", "rayjobs", "rayjob", named);
    job.columns = {
        {"job status", "string", "status.jobStatus"},
        {"deployment status", "string", "status.jobDeploymentStatus"},
        {"ray cluster name", "string", "status.rayClusterName"},
        {"start time", "string", "status.startTime"},
        {"end time", "string", "status.endTime"},
        {"age", "date", "metadata.creationTimestamp"},
    };
    resource_kind service = ray("RayService", "rayservices", "rayservice", named);
    service.columns = {
        {"service status", "string", "status.serviceStatus"},
        {"num serve endpoints", "string", "status.numServeEndpoints"},
    };
    for (resource_kind* kind : {&cluster, &cron_job, &job, &service})
        kinds.push_back(std::move(*kind));
}

std::vector<resource_kind> make_kinds()
{
    json::value const parsed = json::parse(json::string_view(ray_schemas().data(), ray_schemas().size()));
    json::object const& named = parsed.as_object();
    std::vector<resource_kind> kinds;
    add_core_kinds(kinds, named);
    add_group_kinds(kinds, named);
    add_ray_kinds(kinds, named);
    return kinds;
}

template <class Matches>
resource_kind const* first_kind(Matches matches)
{
    for (resource_kind const& kind : all_kinds())
        if (matches(kind)) return &kind;
    return nullptr;
}

}  // namespace

printer_column::printer_column(std::string name, std::string type, std::string path, int priority)
    : name(std::move(name))
    , type(std::move(type))
    , path(std::move(path))
    , priority(priority)
{
}

std::vector<resource_kind> const& all_kinds()
{
    static std::vector<resource_kind> const kinds = make_kinds();
    return kinds;
}

resource_kind const* find_kind(std::string_view group, std::string_view version, std::string_view plural)
{
    return first_kind([&](resource_kind const& kind) {
        return kind.group == group && kind.version == version && kind.plural == plural;
    });
}

resource_kind const* find_resource(std::string_view resource)
{
    return first_kind([&](resource_kind const& kind) { return kind.resource() == resource; });
}

resource_kind const* find_object_kind(std::string_view api_version, std::string_view name)
{
    return first_kind([&](resource_kind const& kind) { return kind.api_version() == api_version && kind.kind == name; }
    );
}

}  // namespace kuberay::testing
