#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/params.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace kuberay::ray {

namespace json = boost::json;

/// The name under which this library's writes appear in managedFields (that of KubeRay's own plugin).
inline constexpr std::string_view field_manager = "ray-kubectl-plugin";

struct create_options {
    create_options() = default;
    bool dry_run = false;  ///< the server checks and answers, and stores nothing
    kube::field_validation field_validation = kube::field_validation::strict;
};

struct create_outcome {
    create_outcome() = default;
    std::string ns, name, uid;
    json::object object;  ///< as the server stored it (or would)
};

/// Creates the RayCluster `cluster` (with apiVersion, kind, metadata.name; without namespace: the client's default) and
/// never changes one that exists. One server-side apply whose body carries resourceVersion "1": the server itself
/// refuses when the name is taken. A server that refuses although there is no such cluster is asked by GET, then gets
/// the apply without it.
///
/// Errors: `reason::already_exists` naming name and namespace; `reason::invalid` and the others of the server; a field
/// that the installed CRD does not have is named. Cancellation: terminal; the cluster may
/// have been created.
task<create_outcome> create_cluster(kube::client on, json::object cluster, create_options options = create_options());

}  // namespace kuberay::ray
