#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/ray/cluster.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace kuberay::ray {

/// The cells of `get cluster`, as text.
struct cluster_row {
    cluster_row() = default;
    std::string name, ns;
    std::string desired_workers, available_workers, cpus, gpus, tpus, memory, condition, status, age;
    std::string head_pod, head_ip, service, autoscaler, ray_version, image;  ///< only in wide output
    bool operator==(cluster_row const&) const = default;
};

/// Total for any cluster: what is missing is an empty cell, a count or amount that is missing is `0`. `autoscaler` is
/// empty, or its version (`v1` where none is given). `image` is the head container's. Pure.
cluster_row row_of(cluster const& from, timestamp now);

/// The same straight from an item of a list. Fields of the wrong type count as missing: one odd object must not hide the
/// others.
cluster_row row_of_cluster(json::value const& document, timestamp now);

}  // namespace kuberay::ray
