#include "ray/create_object.hpp"

#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/create_cluster.hpp>

namespace kuberay::ray {

task<create_outcome> create_cluster(kube::client on, json::object cluster, create_options options)
{
    return create_object(std::move(on), cluster::type(), std::move(cluster), options);
}

}  // namespace kuberay::ray
