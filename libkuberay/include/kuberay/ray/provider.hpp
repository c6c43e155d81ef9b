#pragma once

#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/validation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// Whose Kubernetes it is.
enum class provider {
    gke,  ///< Google Kubernetes Engine
    eks,  ///< Amazon Elastic Kubernetes Service
    aks,  ///< Azure Kubernetes Service
};

/// Reads `gke`, `eks`, `aks`, in any case. Errors: `errc::bad_input` naming the known ones.
result<provider> parse_provider(std::string_view text);

std::string_view word_of(provider which) noexcept;

enum class load_balancer { none, internal, external };

/// What a person asks of the provider; each member is one flag. Empty: not asked for.
struct provider_options {
    provider_options() = default;
    ray::provider which = provider::gke;
    std::string bucket;     ///< --storage-bucket: gke: a Cloud Storage bucket (GCS FUSE)
    std::string container;  ///< --storage-container: aks: a Blob container (Blob CSI, inline) with its account's secret
    std::string secret;     ///< --storage-secret: aks: the secret of the storage account
    std::string claim;      ///< --storage-claim: a PersistentVolumeClaim (EFS, Mountpoint S3, Azure Files, Filestore)
    std::string mount_path;                        ///< --storage-mount-path; empty: /mnt/cluster-storage
    load_balancer balancer = load_balancer::none;  ///< --load-balancer internal|external, for the head's service
    std::string gpu;  ///< --accelerator: gke: nvidia-l4; eks: an instance type such as g5.xlarge; aks: nvidia
    std::string tpu_accelerator, tpu_topology;  ///< --tpu-accelerator, --tpu-topology: gke
    bool spot = false;                          ///< --spot: workers on spot nodes
    std::string efa;                            ///< --efa: eks: network interfaces (EFA) of each worker
};

/// What does not fit the provider, contradicts itself, or is for GPUs or TPUs that no worker group of `config` asks for;
/// by flag. Pure.
std::vector<problem> validate(provider_options const& options, cluster_config const& config);

/// Adds the provider's parts to `config`: volumes and mounts, pod annotations, node selectors and tolerations of the
/// workers, the head service's type and annotations. Nothing else changes; a selector that `config` has is kept. Pure.
/// Expects valid options.
void add_provider_parts(cluster_config& config, provider_options const& options);

}  // namespace kuberay::ray
