#include "ray/pod_template.hpp"

#include <kuberay/base/quantity.hpp>

namespace kuberay::ray {
namespace {

// In the API server's canonical text; empty when there is nothing to ask for.
std::string canonical(std::string const& amount)
{
    if (amount.empty()) return {};
    quantity const parsed = quantity::parse(amount).value();
    return parsed.is_zero() ? std::string() : parsed.str();
}

// A CPU limit would throttle Ray; everything else is limited to what was asked for.
json::object resources_of(container_amounts const& amounts)
{
    json::object limits, requests;
    auto const add = [&](std::string_view name, std::string const& amount, bool limited) {
        std::string const text = canonical(amount);
        if (text.empty()) return;
        requests.emplace(name, text);
        if (limited) limits.emplace(name, text);
    };
    add("cpu", amounts.cpu, false);
    add("memory", amounts.memory, true);
    add("ephemeral-storage", amounts.ephemeral_storage, true);
    add("nvidia.com/gpu", amounts.gpu, true);
    add("google.com/tpu", amounts.tpu, true);
    for (auto const& [name, amount] : amounts.extended)
        add(name, amount, true);
    json::object resources;
    resources.emplace("limits", std::move(limits));
    resources.emplace("requests", std::move(requests));
    return resources;
}

json::array head_ports()
{
    auto const port = [](int number, std::string_view name) {
        json::object p;
        p.emplace("containerPort", number);
        p.emplace("name", name);
        return p;
    };
    json::array ports;
    ports.push_back(port(6379, "gcs-server"));
    ports.push_back(port(8265, "dashboard"));
    ports.push_back(port(10001, "client"));
    return ports;
}

// The pod's own variables win over the cluster's.
json::array env_of(string_map const& cluster, string_map const& pod)
{
    string_map all = pod;
    all.insert(cluster.begin(), cluster.end());
    json::array env;
    for (auto const& [name, value] : all) {
        json::object variable;
        variable.emplace("name", name);
        variable.emplace("value", value);
        env.push_back(std::move(variable));
    }
    return env;
}

gcsfuse_config const* gcsfuse_of(cluster_config const& config)
{
    return config.gke && config.gke->gcsfuse ? &*config.gke->gcsfuse : nullptr;
}

json::object gcsfuse_volume(gcsfuse_config const& config)
{
    json::object attributes;
    attributes.emplace("bucketName", config.bucket_name);
    if (!config.mount_options.empty()) attributes.emplace("mountOptions", config.mount_options);
    auto const add = [&](std::string_view name, std::optional<bool> on) {
        if (on) attributes.emplace(name, *on ? "true" : "false");
    };
    add("disableMetrics", config.disable_metrics);
    add("gcsfuseMetadataPrefetchOnMount", config.gcsfuse_metadata_prefetch_on_mount);
    add("skipCSIBucketAccessCheck", config.skip_csi_bucket_access_check);
    json::object csi;
    csi.emplace("driver", "gcsfuse.csi.storage.gke.io");
    csi.emplace("volumeAttributes", std::move(attributes));
    json::object volume;
    volume.emplace("name", "cluster-storage");
    volume.emplace("csi", std::move(csi));
    return volume;
}

// Without gke-gcsfuse/volumes GKE does not add the sidecar that serves the mount.
void add_gcsfuse_annotations(string_map& annotations, gcsfuse_config const& config)
{
    annotations.emplace("gke-gcsfuse/volumes", "true");
    if (!config.resources) return;
    auto const add = [&](char const* name, std::string const& amount) {
        std::string const text = canonical(amount);
        if (!text.empty()) annotations.emplace(name, text);
    };
    add("gke-gcsfuse/cpu-request", config.resources->cpu);
    add("gke-gcsfuse/memory-limit", config.resources->memory);
    add("gke-gcsfuse/memory-request", config.resources->memory);
    add("gke-gcsfuse/ephemeral-storage-limit", config.resources->ephemeral_storage);
    add("gke-gcsfuse/ephemeral-storage-request", config.resources->ephemeral_storage);
}

json::object container_of(cluster_config const& config, pod_parts const& parts)
{
    json::object container;
    container.emplace("name", parts.container);
    container.emplace("image", effective_image(config));
    if (parts.is_head) container.emplace("ports", head_ports());
    if (json::array env = env_of(config.env, parts.env); !env.empty()) container.emplace("env", std::move(env));
    container.emplace("resources", resources_of(parts.amounts));
    json::array mounts = config.volume_mounts;
    if (auto const* gcsfuse = gcsfuse_of(config)) {
        json::object mount;
        mount.emplace("name", "cluster-storage");
        mount.emplace("mountPath", gcsfuse->mount_path);
        mounts.push_back(std::move(mount));
    }
    if (!mounts.empty()) container.emplace("volumeMounts", std::move(mounts));
    return container;
}

json::object pod_spec(cluster_config const& config, pod_parts const& parts)
{
    json::object spec;
    json::array containers;
    containers.push_back(container_of(config, parts));
    spec.emplace("containers", std::move(containers));
    if (!config.service_account.empty()) spec.emplace("serviceAccountName", config.service_account);
    if (!parts.node_selectors.empty()) spec.emplace("nodeSelector", to_object(parts.node_selectors));
    json::array tolerations = config.tolerations;
    tolerations.insert(tolerations.end(), parts.tolerations.begin(), parts.tolerations.end());
    if (!tolerations.empty()) spec.emplace("tolerations", std::move(tolerations));
    json::array secrets;
    for (std::string const& name : config.image_pull_secrets) {
        json::object secret;
        secret.emplace("name", name);
        secrets.push_back(std::move(secret));
    }
    if (!secrets.empty()) spec.emplace("imagePullSecrets", std::move(secrets));
    json::array volumes = config.volumes;
    if (auto const* gcsfuse = gcsfuse_of(config)) volumes.push_back(gcsfuse_volume(*gcsfuse));
    if (!volumes.empty()) spec.emplace("volumes", std::move(volumes));
    return spec;
}

}  // namespace

json::object to_object(string_map const& from)
{
    json::object written;
    for (auto const& [key, value] : from)
        written.emplace(key, value);
    return written;
}

json::object pod_template(cluster_config const& config, pod_parts const& parts)
{
    string_map annotations = config.pod_annotations;
    if (auto const* gcsfuse = gcsfuse_of(config)) add_gcsfuse_annotations(annotations, *gcsfuse);
    json::object written;
    if (!annotations.empty()) {
        json::object metadata;
        metadata.emplace("annotations", to_object(annotations));
        written.emplace("metadata", std::move(metadata));
    }
    written.emplace("spec", pod_spec(config, parts));
    return written;
}

}  // namespace kuberay::ray
