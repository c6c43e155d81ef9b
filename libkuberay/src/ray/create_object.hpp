#pragma once

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/create_cluster.hpp>

#include <functional>

namespace kuberay::ray {

/// True for an object that this very caller has made: the answer that said so was lost.
using ownership_test = std::function<bool(kube::object const& found)>;

/// `create_cluster` for any resource. An object of that name for which `is_ours` holds is no refusal but the outcome.
task<create_outcome> create_object(
    kube::client on, kube::resource_type type, json::object object, create_options options,
    ownership_test is_ours = ownership_test()
);

}  // namespace kuberay::ray
