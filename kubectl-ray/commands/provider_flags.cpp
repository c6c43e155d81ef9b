#include "commands/provider_flags.hpp"

#include "cli/resource_names.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/tpu.hpp>

namespace cli::commands {

void provider_flags::declare(flags& on)
{
    std::size_t const first = on.all().size();
    on.value("storage-bucket", 0, &options_.bucket, "gke: Cloud Storage bucket to mount in all pods.");
    on.value("storage-container", 0, &options_.container, "aks: Blob container to mount in all pods.");
    on.value("storage-secret", 0, &options_.secret, "aks: Secret of the storage account.").completes =
        complete_secrets();
    on.value(
          "storage-claim", 0, &options_.claim,
          "PersistentVolumeClaim to mount in all pods (EFS, S3, Azure Files, Filestore)."
    )
        .completes = complete_claims();
    on.value("storage-mount-path", 0, &options_.mount_path, "Where the storage is mounted.").default_text =
        "/mnt/cluster-storage";
    on.choice(
          "load-balancer", 0, &balancer_, {candidate("none"), candidate("internal"), candidate("external")},
          "Load balancer for the head service: internal or external."
    )
        .default_text.clear();
    on.value("accelerator", 0, &options_.gpu, "GPU of the workers' nodes: gke nvidia-l4, eks g5.xlarge, aks nvidia.");
    std::vector<candidate> tpus;
    for (std::string& name : ray::tpu_accelerators())
        tpus.emplace_back(std::move(name));
    on.value("tpu-accelerator", 0, &options_.tpu_accelerator, "gke: TPU of the workers' nodes.").completes =
        complete_choices(std::move(tpus));
    on.value("tpu-topology", 0, &options_.tpu_topology, "gke: TPU topology, as 2x4.").completes =
        [this](context, completion_query) {
            candidates known;
            for (std::string& topology : ray::tpu_topologies(options_.tpu_accelerator))
                known.items.emplace_back(std::move(topology));
            return offer(std::move(known));
        };
    on.toggle("spot", 0, &options_.spot, "Workers on spot nodes.");
    on.value("efa", 0, &options_.efa, "eks: Network interfaces (EFA) of each worker.");
    for (std::size_t i = first; i < on.all().size(); ++i)
        dependent_.push_back(on.all()[i].name);
    on.choice(
        "provider", 0, &provider_, {candidate("gke"), candidate("eks"), candidate("aks")},
        "Add what is particular to this provider's Kubernetes: gke, eks or aks."
    );
}

void provider_flags::add_to(ray::cluster_config& config, flags const& given) const
{
    if (provider_.empty()) {
        std::vector<std::string> offenders;
        for (std::string const& name : dependent_)
            if (given.given(name)) offenders.push_back("--" + name);
        if (!offenders.empty()) throw usage_error("only with --provider: " + kuberay::join(offenders, ", "));
        return;
    }
    ray::provider_options options = options_;
    options.which = ray::parse_provider(provider_).value();
    if (balancer_ != "none")
        options.balancer = balancer_ == "internal" ? ray::load_balancer::internal : ray::load_balancer::external;
    std::vector<ray::problem> const problems = ray::validate(options, config);
    if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
    ray::add_provider_parts(config, options);
}

}  // namespace cli::commands
