#pragma once

#include "cli/flags.hpp"

#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/validation.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cli::commands {

/// The flags of `create cluster` that shape the object.
struct cluster_flags {
    cluster_flags();

    void declare(flags& on);

    /// The config that the flags describe. Errors: `usage_error` for a `--worker-group` that cannot be read.
    kuberay::ray::cluster_config config(flags const& given) const;

    bool skip_tpu_validation = false;
    std::vector<std::string> group_texts;  ///< --worker-group

private:
    void declare_head(flags& on);
    void declare_workers(flags& on);
    void declare_cluster(flags& on);

    kuberay::ray::cluster_config config_;
    kuberay::ray::worker_group_config worker_;
    kuberay::ray::autoscaler_config autoscaler_;
    kuberay::ray::gcs_fault_tolerance_config fault_tolerance_;
    std::string redis_secret_, auth_mode_, auth_secret_;
    std::optional<bool> suspend_;
    std::vector<std::string> tolerations_;
};

/// Reads `name=pool,replicas=2,min=1,max=4,hosts=1,cpu=4,memory=8Gi,gpu=1,tpu=4,ephemeral-storage=10Gi`.
/// Errors: throws `bad_value`. Pure.
kuberay::ray::worker_group_config parse_worker_group(std::string_view text);

/// Reads `key=value:Effect`, `key:Effect`, `key` or `:Effect` as a pod's toleration. Errors: throws `bad_value`. Pure.
kuberay::json::object parse_toleration(std::string_view text);

}  // namespace cli::commands
