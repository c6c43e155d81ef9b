#include "base/quote.hpp"
#include "ray/group_validation.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/validation.hpp>

#include <algorithm>
#include <set>

namespace kuberay::ray {
namespace {

constexpr std::size_t longest_cluster_name = 53;  // the operator's limit: pod and service names are made of it

bool is_version(std::string_view text)
{
    // It becomes the tag of an image.
    static constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    return text.size() <= 128 && text.find_first_not_of(allowed) == std::string_view::npos && text.front() != '.'
           && text.front() != '-';
}

void check_names(problem_list& problems, cluster_config const& config)
{
    if (!config.name.empty())
        if (std::string fault = cluster_name_fault(config.name); !fault.empty())
            problems.add(problems.name("NAME", "name"), std::move(fault));
    if (!config.ns.empty() && !is_dns1123_label(config.ns))
        problems.add(
            problems.name("--namespace", "namespace"), kuberay::quoted(config.ns) + " cannot name a namespace"
        );
    if (!config.ray_version.empty() && !is_version(config.ray_version))
        problems.add(
            problems.name("--ray-version", "ray-version"),
            kuberay::quoted(config.ray_version) + " cannot be a version of Ray"
        );
    if (config.image.find_first_of(" \t\r\n") != std::string::npos)
        problems.add(
            problems.name("--image", "image"), kuberay::quoted(config.image) + " cannot name an image: it has spaces"
        );
}

void check_head(problem_list& problems, head_config const& head)
{
    problems.check_amount(problems.name("--head-cpu", "head.cpu"), head.cpu);
    problems.check_amount(problems.name("--head-memory", "head.memory"), head.memory);
    problems.check_amount(problems.name("--head-gpu", "head.gpu"), head.gpu);
    problems.check_amount(problems.name("--head-ephemeral-storage", "head.ephemeral-storage"), head.ephemeral_storage);
    for (auto const& [name, amount] : head.extended_resources)
        problems.check_amount(problems.name("--head-extended-resources", "head.extended-resources"), amount);
    problems.check_word(
        problems.name("--head-service-type", "head.service-type"), head.service_type,
        {"ClusterIP", "NodePort", "LoadBalancer"}
    );
}

void check_group_names(problem_list& problems, std::vector<worker_group_config> const& groups)
{
    std::set<std::string> seen;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::string const name = effective_group_name(groups[i], i);
        if (seen.insert(name).second) continue;
        std::string const key = "worker-groups[" + std::to_string(i) + "].name";
        problems.add(problems.name("--worker-group", key), "the group " + kuberay::quoted(name) + " is given twice");
    }
}

void check_autoscaler(problem_list& problems, cluster_config const& config)
{
    if (!config.autoscaler) return;
    auto const& autoscaler = *config.autoscaler;
    problems.check_word(problems.name("--autoscaler", "autoscaler.version"), autoscaler.version, {"v1", "v2"});
    if (autoscaler.idle_timeout_seconds.value_or(0) < 0)
        problems.add(
            problems.name("--autoscaler-idle-timeout", "autoscaler.idle-timeout-seconds"),
            std::to_string(*autoscaler.idle_timeout_seconds) + " is negative"
        );
    problems.check_word(
        problems.name("--autoscaler-upscaling-mode", "autoscaler.upscaling-mode"), autoscaler.upscaling_mode,
        {"Default", "Aggressive", "Conservative"}
    );
    for (std::size_t i = 0; i < config.worker_groups.size(); ++i)
        if (config.worker_groups[i].suspend.value_or(false))
            problems.add(
                problems.name("--worker-group", "worker-groups[" + std::to_string(i) + "].suspend"),
                "a group cannot be suspended while the autoscaler is on"
            );
}

void check_fault_tolerance(problem_list& problems, gcs_fault_tolerance_config const& config)
{
    std::string const key = "gcs-fault-tolerance";
    if (config.redis_address.empty())
        problems.add(problems.name("--redis-address", key + ".redis-address"), "the address of Redis is required");
    if (!config.redis_password_secret) return;
    auto const& secret = *config.redis_password_secret;
    std::string const where = key + ".redis-password-secret";
    if (secret.name.empty())
        problems.add(problems.name("--redis-password-secret", where + ".name"), "the name of the secret is required");
    if (secret.key.empty())
        problems.add(problems.name("--redis-password-secret", where + ".key"), "the key in the secret is required");
}

// Ray learned to ask for a token in 2.52.0; the operator refuses older versions.
bool knows_tokens(std::string const& version)
{
    std::vector<std::string> const parts = split(version, '.');
    if (parts.size() < 2 || parts[0].size() > 4 || parts[1].size() > 4) return true;
    auto const number = [](std::string const& text) {
        return text.find_first_not_of("0123456789") == std::string::npos && !text.empty() ? std::stoi(text) : 0;
    };
    int const major = number(parts[0]);
    return major != 2 ? major > 2 : number(parts[1]) >= 52;
}

void check_auth(problem_list& problems, cluster_config const& config)
{
    std::string const where = problems.name("--auth", "auth.mode");
    std::string const& mode = config.auth->mode;
    if (mode.empty()) return problems.add(where, "the mode is required: token or disabled");
    problems.check_word(where, mode, {"token", "disabled"});
    if (to_lower(mode) == "token" && !config.ray_version.empty() && !knows_tokens(config.ray_version))
        problems.add(where, "token needs Ray 2.52.0 or later, not " + config.ray_version);
}

void check_gcsfuse(problem_list& problems, gcsfuse_config const& config)
{
    std::string const key = "gke.gcsfuse.";
    if (config.bucket_name.empty())
        problems.add(problems.name("--gcsfuse-bucket", key + "bucket-name"), "the name of the bucket is required");
    std::string const path = problems.name("--gcsfuse-mount-path", key + "mount-path");
    if (config.mount_path.empty())
        problems.add(path, "the path to mount the bucket at is required");
    else if (!config.mount_path.starts_with('/'))
        problems.add(path, kuberay::quoted(config.mount_path) + " is not absolute");
    if (!config.resources) return;
    problems.check_amount(key + "resources.cpu", config.resources->cpu);
    problems.check_amount(key + "resources.memory", config.resources->memory);
    problems.check_amount(key + "resources.ephemeral-storage", config.resources->ephemeral_storage);
}

}  // namespace

problem::problem(std::string at, std::string what)
    : where(std::move(at))
    , message(std::move(what))
{
}

std::string cluster_name_fault(std::string_view name)
{
    std::string const who = kuberay::quoted(name) + " cannot name a RayCluster: ";
    if (name.empty()) return "the name of the cluster is empty";
    if (name.size() > longest_cluster_name)
        return who + "it has " + std::to_string(name.size()) + " characters, at most 53 are possible";
    if (!is_dns1035_label(name))
        return who + "use lower-case letters, digits and '-', beginning with a letter and not ending with '-'";
    return {};
}

std::vector<problem> validate(cluster_config const& config, validation_options options)
{
    problem_list problems(options);
    check_names(problems, config);
    check_head(problems, config.head);
    check_group_names(problems, config.worker_groups);
    for (std::size_t i = 0; i < config.worker_groups.size(); ++i)
        check_group(problems, config.worker_groups[i], i);
    check_autoscaler(problems, config);
    if (config.gcs_fault_tolerance) check_fault_tolerance(problems, *config.gcs_fault_tolerance);
    if (config.auth) check_auth(problems, config);
    if (config.gke && config.gke->gcsfuse) check_gcsfuse(problems, *config.gke->gcsfuse);
    return problems.take();
}

std::vector<problem> validate(worker_group_config const& group, validation_options options)
{
    problem_list problems(options);
    check_group(problems, group, 0);
    return problems.take();
}

error as_error(std::vector<problem> const& problems)
{
    if (problems.empty()) return error();
    std::string text;
    for (problem const& p : problems)
        text += (text.empty() ? "" : "\n") + p.where + ": " + p.message;
    return error(errc::bad_input, std::move(text));
}

}  // namespace kuberay::ray
