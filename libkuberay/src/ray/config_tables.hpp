#pragma once

#include <kuberay/ray/cluster_config.hpp>

#include <string_view>
#include <tuple>

namespace kuberay::ray {

enum class presence { optional, required };

/// One row of a table of config keys: the key, the member it fills, one sentence for the schema, the allowed words.
template <class Owner, class Member>
struct config_key {
    constexpr config_key(
        std::string_view key, Member Owner::* at, std::string_view text, presence how = presence::optional,
        std::string_view allowed = std::string_view()
    )
        : name(key)
        , member(at)
        , about(text)
        , need(how)
        , words(allowed)
    {
    }

    std::string_view name;
    Member Owner::* member;
    std::string_view about;
    presence need;
    std::string_view words;  // separated by spaces; only for the schema
};

/// The keys of one struct of the config file: the only place that knows them. Reading, the suggestions for unknown keys
/// and the JSON Schema follow it.
template <class T>
struct config_table;

template <>
struct config_table<gcsfuse_resources> {
    using t = gcsfuse_resources;
    static constexpr auto keys = std::tuple{
        config_key{"cpu", &t::cpu, "CPU of the sidecar, a quantity"},
        config_key{"memory", &t::memory, "Memory of the sidecar, a quantity"},
        config_key{"ephemeral-storage", &t::ephemeral_storage, "Ephemeral storage of the sidecar, a quantity"},
    };
};

template <>
struct config_table<gcsfuse_config> {
    using t = gcsfuse_config;
    static constexpr auto keys = std::tuple{
        config_key{"bucket-name", &t::bucket_name, "Name of the bucket", presence::required},
        config_key{"mount-path", &t::mount_path, "Absolute path in the containers", presence::required},
        config_key{"mount-options", &t::mount_options, "Options of the mount, separated by commas"},
        config_key{"disable-metrics", &t::disable_metrics, "Do not report metrics"},
        config_key{
            "gcsfuse-metadata-prefetch-on-mount", &t::gcsfuse_metadata_prefetch_on_mount,
            "Read the metadata of the bucket when it is mounted"
        },
        config_key{
            "skip-csi-bucket-access-check", &t::skip_csi_bucket_access_check,
            "Do not check access to the bucket before mounting"
        },
        config_key{"resources", &t::resources, "Resources of the sidecar"},
    };
};

template <>
struct config_table<gke_config> {
    using t = gke_config;
    static constexpr auto keys = std::tuple{
        config_key{"gcsfuse", &t::gcsfuse, "A Cloud Storage bucket mounted into every pod"},
    };
};

template <>
struct config_table<autoscaler_config> {
    using t = autoscaler_config;
    static constexpr auto keys = std::tuple{
        config_key{"version", &t::version, "Version of the autoscaler", presence::optional, "v1 v2"},
        config_key{
            "idle-timeout-seconds", &t::idle_timeout_seconds, "Seconds without work after which a worker is removed"
        },
        config_key{
            "upscaling-mode", &t::upscaling_mode, "How fast the autoscaler adds workers", presence::optional,
            "Default Aggressive Conservative"
        },
    };
};

template <>
struct config_table<secret_key_config> {
    using t = secret_key_config;
    static constexpr auto keys = std::tuple{
        config_key{"name", &t::name, "Name of the secret", presence::required},
        config_key{"key", &t::key, "Key in the secret", presence::required},
    };
};

template <>
struct config_table<gcs_fault_tolerance_config> {
    using t = gcs_fault_tolerance_config;
    static constexpr auto keys = std::tuple{
        config_key{"redis-address", &t::redis_address, "host:port of Redis", presence::required},
        config_key{"redis-username", &t::redis_username, "User name for Redis"},
        config_key{"redis-password-secret", &t::redis_password_secret, "Where the password for Redis is kept"},
        config_key{
            "external-storage-namespace", &t::external_storage_namespace,
            "Name under which the cluster's state is kept in Redis"
        },
    };
};

template <>
struct config_table<auth_config> {
    using t = auth_config;
    static constexpr auto keys = std::tuple{
        config_key{"mode", &t::mode, "Whether Ray asks for a token", presence::required, "token disabled"},
        config_key{"secret-name", &t::secret_name, "A secret with the key auth_token to be used as the token"},
    };
};

template <>
struct config_table<head_config> {
    using t = head_config;
    static constexpr auto keys = std::tuple{
        config_key{"cpu", &t::cpu, "CPU of the head, a quantity"},
        config_key{"memory", &t::memory, "Memory of the head, a quantity"},
        config_key{"gpu", &t::gpu, "Number of GPUs of the head"},
        config_key{"ephemeral-storage", &t::ephemeral_storage, "Ephemeral storage of the head, a quantity"},
        config_key{"extended-resources", &t::extended_resources, "Further resources of the head by name"},
        config_key{
            "service-type", &t::service_type, "Type of the head's service", presence::optional,
            "ClusterIP NodePort LoadBalancer"
        },
        config_key{"ray-start-params", &t::ray_start_params, "Parameters of `ray start`"},
        config_key{"node-selectors", &t::node_selectors, "Labels that the node must have"},
        config_key{"env", &t::env, "Environment variables of the head's container"},
        config_key{"tolerations", &t::tolerations, "Tolerations of the head, as in a pod"},
    };
};

template <>
struct config_table<worker_group_config> {
    using t = worker_group_config;
    static constexpr auto keys = std::tuple{
        config_key{"name", &t::name, "Name of the group"},
        config_key{"replicas", &t::replicas, "Number of replicas"},
        config_key{"min-replicas", &t::min_replicas, "The autoscaler's lower bound"},
        config_key{"max-replicas", &t::max_replicas, "The autoscaler's upper bound"},
        config_key{"num-of-hosts", &t::num_of_hosts, "Hosts (pods) of each replica"},
        config_key{"cpu", &t::cpu, "CPU of each pod, a quantity"},
        config_key{"gpu", &t::gpu, "Number of GPUs of each pod"},
        config_key{"tpu", &t::tpu, "Number of TPU chips of each pod"},
        config_key{"memory", &t::memory, "Memory of each pod, a quantity"},
        config_key{"ephemeral-storage", &t::ephemeral_storage, "Ephemeral storage of each pod, a quantity"},
        config_key{"extended-resources", &t::extended_resources, "Further resources of each pod by name"},
        config_key{"ray-start-params", &t::ray_start_params, "Parameters of `ray start`"},
        config_key{"node-selectors", &t::node_selectors, "Labels that the nodes must have"},
        config_key{"env", &t::env, "Environment variables of the group's containers"},
        config_key{"tolerations", &t::tolerations, "Tolerations of the group, as in a pod"},
        config_key{"suspend", &t::suspend, "Create the group without pods"},
    };
};

template <>
struct config_table<cluster_config> {
    using t = cluster_config;
    static constexpr auto keys = std::tuple{
        config_key{"namespace", &t::ns, "Namespace of the cluster"},
        config_key{"name", &t::name, "Name of the cluster"},
        config_key{"labels", &t::labels, "Labels of the RayCluster"},
        config_key{"annotations", &t::annotations, "Annotations of the RayCluster"},
        config_key{"ray-version", &t::ray_version, "Version of Ray"},
        config_key{"image", &t::image, "Image of every Ray container; by default that of the Ray version"},
        config_key{"service-account", &t::service_account, "Service account of every pod"},
        config_key{"suspend", &t::suspend, "Create the cluster suspended, without pods"},
        config_key{"head", &t::head, "The head; what is not given keeps its default"},
        config_key{"worker-groups", &t::worker_groups, "The worker groups; replaces the default group"},
        config_key{"autoscaler", &t::autoscaler, "Turns the autoscaler on"},
        config_key{"gcs-fault-tolerance", &t::gcs_fault_tolerance, "Keeps the cluster's state in Redis"},
        config_key{"auth", &t::auth, "Authentication of Ray's own interfaces"},
        config_key{"gke", &t::gke, "Parts for Google Kubernetes Engine"},
        config_key{"env", &t::env, "Environment variables of every Ray container"},
        config_key{"tolerations", &t::tolerations, "Tolerations of every pod, as in a pod"},
        config_key{"image-pull-secrets", &t::image_pull_secrets, "Names of the secrets for pulling the image"},
        config_key{"volumes", &t::volumes, "Volumes of every pod, as in a pod"},
        config_key{"volume-mounts", &t::volume_mounts, "Mounts in every Ray container, as in a container"},
        config_key{"pod-annotations", &t::pod_annotations, "Annotations of every pod"},
        config_key{"head-service-annotations", &t::head_service_annotations, "Annotations of the head's service"},
    };
};

}  // namespace kuberay::ray
