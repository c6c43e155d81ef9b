#pragma once

#include <kuberay/base/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

namespace json = boost::json;

inline constexpr std::string_view default_ray_version = "2.52.0";
inline constexpr std::string_view default_group_name = "default-group";

using string_map = std::map<std::string, std::string>;

/// What a person writes to get a RayCluster: by flags, or in a config file (YAML). The key in the file stands beside
/// each member. Quantities are text (`2`, `500m`, `4Gi`) and are checked by `validate`; empty or zero means: none.

struct gcsfuse_resources {
    gcsfuse_resources() = default;
    std::string cpu, memory, ephemeral_storage;  ///< cpu, memory, ephemeral-storage
};

/// A Google Cloud Storage bucket mounted into every pod (gke.gcsfuse).
struct gcsfuse_config {
    gcsfuse_config() = default;
    std::string bucket_name, mount_path;                     ///< bucket-name, mount-path; both required
    std::string mount_options;                               ///< mount-options
    std::optional<bool> disable_metrics;                     ///< disable-metrics
    std::optional<bool> gcsfuse_metadata_prefetch_on_mount;  ///< gcsfuse-metadata-prefetch-on-mount
    std::optional<bool> skip_csi_bucket_access_check;        ///< skip-csi-bucket-access-check
    std::optional<gcsfuse_resources> resources;              ///< resources (of the sidecar)
};

struct gke_config {
    gke_config() = default;
    std::optional<gcsfuse_config> gcsfuse;  ///< gcsfuse
};

/// Giving it turns the autoscaler on.
struct autoscaler_config {
    autoscaler_config() = default;
    std::string version;                               ///< version: v1 or v2, in any case
    std::optional<std::int32_t> idle_timeout_seconds;  ///< idle-timeout-seconds
    std::string upscaling_mode;  ///< upscaling-mode: Default, Aggressive, Conservative, in any case
};

struct secret_key_config {
    secret_key_config() = default;
    std::string name, key;  ///< name, key
};

/// Lets the cluster survive the loss of its head (GCS state in Redis).
struct gcs_fault_tolerance_config {
    gcs_fault_tolerance_config() = default;
    std::string redis_address;                               ///< redis-address: required
    std::string redis_username;                              ///< redis-username
    std::optional<secret_key_config> redis_password_secret;  ///< redis-password-secret
    std::string external_storage_namespace;                  ///< external-storage-namespace
};

struct auth_config {
    auth_config() = default;
    std::string mode;         ///< mode: token or disabled
    std::string secret_name;  ///< secret-name: an existing secret with the key auth_token
};

struct head_config {
    head_config() = default;
    std::string cpu = "2", memory = "4Gi", gpu, ephemeral_storage;  ///< cpu, memory, gpu, ephemeral-storage
    std::string service_type;                                       ///< service-type: ClusterIP, NodePort, LoadBalancer
    string_map extended_resources;                                  ///< extended-resources: vendor.com/thing: amount
    string_map ray_start_params, node_selectors;                    ///< ray-start-params, node-selectors
    string_map env;                                                 ///< env: added to the cluster's
    json::array tolerations;                                        ///< tolerations: added to the cluster's
};

struct worker_group_config {
    worker_group_config() = default;
    std::string name;                                        ///< name; empty: default-group, default-group-1, ...
    std::int32_t replicas = 0;                               ///< replicas
    std::optional<std::int32_t> min_replicas, max_replicas;  ///< min-replicas, max-replicas
    std::optional<std::int32_t> num_of_hosts;                ///< num-of-hosts
    std::string cpu, gpu, tpu, memory, ephemeral_storage;    ///< cpu, gpu, tpu, memory, ephemeral-storage
    string_map extended_resources;                           ///< extended-resources: vendor.com/thing: amount
    string_map ray_start_params, node_selectors;             ///< ray-start-params, node-selectors
    string_map env;                                          ///< env: added to the cluster's
    json::array tolerations;                                 ///< tolerations: added to the cluster's
    std::optional<bool> suspend;                             ///< suspend
};

/// The group that a cluster has when none is named: 1 replica, 2 CPUs, 4Gi.
worker_group_config default_worker_group();

struct cluster_config {
    cluster_config();  ///< the defaults of an empty file

    std::string ns, name;                                           ///< namespace, name
    string_map labels, annotations;                                 ///< labels, annotations
    std::string ray_version;                                        ///< ray-version; empty: `default_ray_version`
    std::string image;                                              ///< image; empty: rayproject/ray:<ray-version>
    std::string service_account;                                    ///< service-account
    std::optional<bool> suspend;                                    ///< suspend
    head_config head;                                               ///< head: merged key by key over the defaults
    std::vector<worker_group_config> worker_groups;                 ///< worker-groups: replaces the default list
    std::optional<autoscaler_config> autoscaler;                    ///< autoscaler
    std::optional<gcs_fault_tolerance_config> gcs_fault_tolerance;  ///< gcs-fault-tolerance
    std::optional<auth_config> auth;                                ///< auth
    std::optional<gke_config> gke;                                  ///< gke
    string_map env;                                                 ///< env: of every Ray container
    json::array tolerations;                                        ///< tolerations: of every pod, as in a pod
    std::vector<std::string> image_pull_secrets;                    ///< image-pull-secrets: names
    json::array volumes, volume_mounts;   ///< volumes, volume-mounts: as in a pod; for every pod
    string_map pod_annotations;           ///< pod-annotations: of every pod
    string_map head_service_annotations;  ///< head-service-annotations
};

/// The image that the cluster's containers get: `image`, else the one of the Ray version.
std::string effective_image(cluster_config const& config);

/// The name of group number `index`, with the default filled in.
std::string effective_group_name(worker_group_config const& group, std::size_t index);

/// Reads a config file, strictly. The first document counts; an empty one gives the defaults. Unquoted scalars follow
/// YAML 1.1; where text is wanted, numbers and booleans keep their source text.
///
/// Errors: throws `failure`, `errc::bad_document`, with every problem of the file, one per line, in file order, each
/// `FILE:LINE:COLUMN: ...`: unknown keys (with the nearest valid one), keys given twice, wrong types, null where a value
/// is needed, and what `validate` finds.
cluster_config parse_cluster_config(std::string_view text, std::string file_name);

/// The JSON Schema (draft 2020-12) of the config file, for editors. Generated from the tables that `parse_cluster_config`
/// reads by.
json::object cluster_config_json_schema();

}  // namespace kuberay::ray
