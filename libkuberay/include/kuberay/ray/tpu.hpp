#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// What a worker group asks of GKE: node selectors, TPU chips of each pod, and hosts of each replica.
struct tpu_slice {
    tpu_slice() = default;
    std::string accelerator;  ///< cloud.google.com/gke-tpu-accelerator
    std::string topology;     ///< cloud.google.com/gke-tpu-topology: 2x4, 2x2x4
    std::int64_t chips_per_host = 0;
    std::int64_t hosts = 1;
};

/// Why no such slice exists; empty when it does. The table is that of GKE as known when this was written: a newer
/// accelerator is refused too, so callers offer a way round. Pure. Source: KubeRay pull request 5166.
std::string fault_of(tpu_slice const& slice);

/// The accelerators of the table, for completion.
std::vector<std::string> tpu_accelerators();

/// The topologies of an accelerator of the table, smallest first; of one with three dimensions the usual ones, of an
/// unknown one none. For completion.
std::vector<std::string> tpu_topologies(std::string_view accelerator);

}  // namespace kuberay::ray
