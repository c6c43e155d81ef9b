#pragma once

#include <kuberay/ray/cluster_config.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// One thing that is wrong with a config: where (`--worker-cpu`, `worker-groups[0].cpu`), and what.
struct problem {
    problem() = default;
    problem(std::string at, std::string what);
    std::string where, message;
    bool operator==(problem const&) const = default;
};

/// How the person gave the config; decides the names in `problem::where`.
enum class config_source {
    flags,  ///< --head-cpu, --worker-cpu; of several groups `--worker-group NAME: cpu`
    file,   ///< head.cpu, worker-groups[0].cpu
};

struct validation_options {
    validation_options() = default;
    config_source source = config_source::flags;
    bool groups_by_flag = false;       ///< the groups came from repeated --worker-group flags
    bool skip_tpu_validation = false;  ///< only the two selectors are looked for, not what they say
    bool tpu_by_flag = false;          ///< the two selectors came from --tpu-accelerator and --tpu-topology
};

/// Everything that is wrong with `config`, in the order of the flags (reference 2.5): names, quantities (bad syntax, bad
/// suffix, bad number, negative each have a text of their own), groups, the autoscaler, the TPU rule. Empty: fine.
/// What only the server can know is not checked. Pure.
std::vector<problem> validate(cluster_config const& config, validation_options options = validation_options());

/// The checks of one group, for `create workergroup`; `where` of each problem is the flag. Pure.
std::vector<problem> validate(worker_group_config const& group, validation_options options = validation_options());

/// `where: message`, one per line, as an error (`errc::bad_input`); no error when there is no problem.
error as_error(std::vector<problem> const& problems);

/// Reads a quantity that a person wrote and explains what is wrong with it; `32GB` is refused naming 32G and 32Gi.
/// Errors: `errc::bad_input`; the message does not name the flag.
result<void> check_quantity(std::string_view text);

/// Empty when `name` can name a RayCluster (DNS-1035 label of at most 53 characters), else what is wrong.
std::string cluster_name_fault(std::string_view name);

}  // namespace kuberay::ray
