#include "base/quote.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/provider.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

constexpr std::string_view volume_name = "cluster-storage";

std::string mount_path_of(provider_options const& options)
{
    return options.mount_path.empty() ? "/mnt/cluster-storage" : options.mount_path;
}

json::object toleration_of(std::string_view key, std::string_view value)
{
    json::object toleration;
    toleration.emplace("key", key);
    toleration.emplace("operator", "Equal");
    toleration.emplace("value", value);
    toleration.emplace("effect", "NoSchedule");
    return toleration;
}

void mount_volume(cluster_config& config, provider_options const& options, std::string_view kind, json::object source)
{
    json::object volume, mount;
    volume.emplace("name", volume_name);
    volume.emplace(kind, std::move(source));
    mount.emplace("name", volume_name);
    mount.emplace("mountPath", mount_path_of(options));
    config.volumes.push_back(std::move(volume));
    config.volume_mounts.push_back(std::move(mount));
}

json::object blob_source(provider_options const& options)
{
    json::object attributes, source;
    attributes.emplace("containerName", options.container);
    attributes.emplace("secretName", options.secret);
    attributes.emplace("mountOptions", "-o allow_other");
    source.emplace("driver", "blob.csi.azure.com");
    source.emplace("volumeAttributes", std::move(attributes));
    return source;
}

void add_storage(cluster_config& config, provider_options const& options)
{
    if (!options.bucket.empty()) {
        gcsfuse_config& gcsfuse = (config.gke ? *config.gke : config.gke.emplace()).gcsfuse.emplace();
        gcsfuse.bucket_name = options.bucket;
        gcsfuse.mount_path = mount_path_of(options);
    }
    if (!options.container.empty()) mount_volume(config, options, "csi", blob_source(options));
    if (!options.claim.empty()) {
        json::object source;
        source.emplace("claimName", options.claim);
        mount_volume(config, options, "persistentVolumeClaim", std::move(source));
    }
}

// The head service's annotations, as each provider's documentation of its load balancers has them.
string_map balancer_annotations(provider which, bool internal)
{
    switch (which) {
    case provider::eks:
        return {
            {"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", "ip"},
            {"service.beta.kubernetes.io/aws-load-balancer-scheme", internal ? "internal" : "internet-facing"},
            {"service.beta.kubernetes.io/aws-load-balancer-type", "external"}
        };
    case provider::aks:
        return {{"service.beta.kubernetes.io/azure-load-balancer-internal", internal ? "true" : "false"}};
    case provider::gke: break;
    }
    if (internal) return {{"networking.gke.io/load-balancer-type", "Internal"}};
    return {{"cloud.google.com/l4-rbs", "enabled"}};
}

void add_balancer(cluster_config& config, provider_options const& options)
{
    if (options.balancer == load_balancer::none) return;
    config.head.service_type = "LoadBalancer";
    config.head_service_annotations.merge(
        balancer_annotations(options.which, options.balancer == load_balancer::internal)
    );
}

std::string_view gpu_selector(provider which) noexcept
{
    switch (which) {
    case provider::eks: return "node.kubernetes.io/instance-type";
    case provider::aks: return "kubernetes.azure.com/accelerator";
    case provider::gke: break;
    }
    return "cloud.google.com/gke-accelerator";
}

void add_spot(worker_group_config& group, provider which)
{
    switch (which) {
    case provider::gke:
        group.node_selectors.emplace("cloud.google.com/gke-spot", "true");
        group.tolerations.push_back(toleration_of("cloud.google.com/gke-spot", "true"));
        break;
    case provider::eks: group.node_selectors.emplace("eks.amazonaws.com/capacityType", "SPOT"); break;
    case provider::aks:
        group.node_selectors.emplace("kubernetes.azure.com/scalesetpriority", "spot");
        group.tolerations.push_back(toleration_of("kubernetes.azure.com/scalesetpriority", "spot"));
        break;
    }
}

bool is_wanted(std::string const& amount) { return !amount.empty() && amount != "0"; }

void add_to_group(worker_group_config& group, provider_options const& options)
{
    // Only groups that ask for GPUs need a node that has them.
    bool const wants_tpu = is_wanted(group.tpu);
    if (!options.gpu.empty() && is_wanted(group.gpu))
        group.node_selectors.emplace(std::string(gpu_selector(options.which)), options.gpu);
    if (!options.tpu_accelerator.empty() && wants_tpu)
        group.node_selectors.emplace("cloud.google.com/gke-tpu-accelerator", options.tpu_accelerator);
    if (!options.tpu_topology.empty() && wants_tpu)
        group.node_selectors.emplace("cloud.google.com/gke-tpu-topology", options.tpu_topology);
    if (options.spot) add_spot(group, options.which);
    if (!options.efa.empty()) group.extended_resources.emplace("vpc.amazonaws.com/efa", options.efa);
}

// One flag that only some provider knows.
struct exclusive_flag {
    char const* flag;
    std::string const provider_options::* value;
    provider only;
};

}  // namespace

std::string_view word_of(provider which) noexcept
{
    switch (which) {
    case provider::eks: return "eks";
    case provider::aks: return "aks";
    case provider::gke: break;
    }
    return "gke";
}

result<provider> parse_provider(std::string_view text)
{
    for (provider const which : {provider::gke, provider::eks, provider::aks})
        if (to_lower(text) == word_of(which)) return which;
    return error(errc::bad_input, "unknown provider " + kuberay::quoted(text) + "; known are gke, eks, aks");
}

std::vector<problem> validate(provider_options const& options, cluster_config const& config)
{
    std::vector<problem> problems;
    exclusive_flag const flags[] = {
        {"--storage-bucket", &provider_options::bucket, provider::gke},
        {"--storage-container", &provider_options::container, provider::aks},
        {"--storage-secret", &provider_options::secret, provider::aks},
        {"--tpu-accelerator", &provider_options::tpu_accelerator, provider::gke},
        {"--tpu-topology", &provider_options::tpu_topology, provider::gke},
        {"--efa", &provider_options::efa, provider::eks},
    };
    for (exclusive_flag const& one : flags)
        if (!(options.*one.value).empty() && options.which != one.only)
            problems.emplace_back(
                one.flag,
                "only for --provider " + std::string(word_of(one.only)) + ", not " + std::string(word_of(options.which))
            );
    int const stores = int(!options.bucket.empty()) + int(!options.container.empty()) + int(!options.claim.empty());
    if (stores > 1)
        problems.emplace_back("--storage-claim", "give one of --storage-bucket, --storage-container, --storage-claim");
    if (stores == 0 && !options.mount_path.empty())
        problems.emplace_back("--storage-mount-path", "there is no storage to mount");
    if (!options.mount_path.empty() && !options.mount_path.starts_with('/'))
        problems.emplace_back("--storage-mount-path", kuberay::quoted(options.mount_path) + " is not absolute");
    if (!options.container.empty() && options.secret.empty())
        problems.emplace_back("--storage-secret", "--storage-container needs the secret of its storage account");
    if (!options.claim.empty() && !is_dns1123_subdomain(options.claim))
        problems.emplace_back("--storage-claim", kuberay::quoted(options.claim) + " cannot name a claim");
    if (!options.efa.empty())
        if (auto const checked = check_quantity(options.efa); !checked)
            problems.emplace_back("--efa", checked.error().message());
    auto const some_group_has = [&](std::string worker_group_config::* amount) {
        return std::ranges::any_of(config.worker_groups, [&](auto const& group) { return is_wanted(group.*amount); });
    };
    if (!options.gpu.empty() && !some_group_has(&worker_group_config::gpu))
        problems.emplace_back("--accelerator", "no worker group asks for GPUs; --worker-gpu says how many");
    bool const has_tpu = some_group_has(&worker_group_config::tpu);
    if (!options.tpu_accelerator.empty() && !has_tpu)
        problems.emplace_back("--tpu-accelerator", "no worker group asks for TPUs; --worker-tpu says how many");
    else if (!options.tpu_topology.empty() && !has_tpu)
        problems.emplace_back("--tpu-topology", "no worker group asks for TPUs; --worker-tpu says how many");
    return problems;
}

void add_provider_parts(cluster_config& config, provider_options const& options)
{
    add_storage(config, options);
    add_balancer(config, options);
    for (worker_group_config& group : config.worker_groups)
        add_to_group(group, options);
}

}  // namespace kuberay::ray
