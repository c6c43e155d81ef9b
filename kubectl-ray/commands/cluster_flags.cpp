#include "commands/cluster_flags.hpp"

#include "cli/resource_names.hpp"

#include <kuberay/base/text.hpp>

namespace cli::commands {
namespace {

using kuberay::printable_line;

void set_count(std::int32_t& into, std::string const& key, std::string const& value)
{
    try {
        assign(into, value);
    } catch (bad_value const& bad) {
        throw bad_value{key + ": " + bad.cause};
    }
}

bool set_group_field(ray::worker_group_config& group, std::string const& key, std::string const& value)
{
    static constexpr std::pair<std::string_view, std::string ray::worker_group_config::*> texts[] = {
        {"name", &ray::worker_group_config::name},
        {"cpu", &ray::worker_group_config::cpu},
        {"memory", &ray::worker_group_config::memory},
        {"gpu", &ray::worker_group_config::gpu},
        {"tpu", &ray::worker_group_config::tpu},
        {"ephemeral-storage", &ray::worker_group_config::ephemeral_storage},
    };
    for (auto const& [name, member] : texts) {
        if (key != name) continue;
        group.*member = value;
        return true;
    }
    static constexpr std::pair<std::string_view, std::optional<std::int32_t> ray::worker_group_config::*> counts[] = {
        {"min", &ray::worker_group_config::min_replicas},   {"min-replicas", &ray::worker_group_config::min_replicas},
        {"max", &ray::worker_group_config::max_replicas},   {"max-replicas", &ray::worker_group_config::max_replicas},
        {"hosts", &ray::worker_group_config::num_of_hosts}, {"num-of-hosts", &ray::worker_group_config::num_of_hosts},
    };
    for (auto const& [name, member] : counts) {
        if (key != name) continue;
        set_count((group.*member).emplace(), key, value);
        return true;
    }
    if (key != "replicas") return false;
    set_count(group.replicas, key, value);
    return true;
}

std::vector<candidate> choices_of(std::initializer_list<char const*> texts)
{
    std::vector<candidate> all;
    for (char const* text : texts)
        all.emplace_back(text);
    return all;
}

}  // namespace

ray::worker_group_config parse_worker_group(std::string_view text)
{
    ray::worker_group_config group = ray::default_worker_group();
    for (std::string const& field : kuberay::split(text, ',')) {
        std::size_t const equals = field.find('=');
        if (equals == std::string::npos)
            throw bad_value{"\"" + printable_line(field) + "\" must have the form key=value"};
        std::string const key = field.substr(0, equals), value = field.substr(equals + 1);
        if (!set_group_field(group, key, value))
            throw bad_value{
                "unknown key \"" + printable_line(key)
                + "\" (known: name, replicas, min, max, hosts, cpu, memory, gpu, tpu, ephemeral-storage)"
            };
    }
    if (group.name.empty()) throw bad_value{"name is missing"};
    return group;
}

json::object parse_toleration(std::string_view text)
{
    std::size_t const colon = text.rfind(':');
    std::string_view const effect = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    std::string_view const key_value = text.substr(0, colon);
    std::size_t const equals = key_value.find('=');
    json::object toleration;
    if (!key_value.substr(0, equals).empty()) toleration["key"] = key_value.substr(0, equals);
    toleration["operator"] = equals == std::string_view::npos ? "Exists" : "Equal";
    if (equals != std::string_view::npos) toleration["value"] = key_value.substr(equals + 1);
    if (effect.empty()) return toleration;
    for (char const* known : {"NoSchedule", "PreferNoSchedule", "NoExecute"}) {
        if (effect != known) continue;
        toleration["effect"] = effect;
        return toleration;
    }
    throw bad_value{
        "the effect \"" + printable_line(effect) + "\" must be one of NoSchedule, PreferNoSchedule, NoExecute"
    };
}

cluster_flags::cluster_flags()
{
    worker_ = ray::default_worker_group();
    worker_.num_of_hosts = 1;
}

void cluster_flags::declare(flags& on)
{
    declare_cluster(on);
    declare_head(on);
    declare_workers(on);
}

void cluster_flags::declare_cluster(flags& on)
{
    on.value("labels", 0, &config_.labels, "Labels of the cluster; may be given several times.");
    on.value("annotations", 0, &config_.annotations, "Annotations of the cluster; may be given several times.");
    on.value("ray-version", 0, &config_.ray_version, "Version of Ray in the image.").default_text =
        std::string(ray::default_ray_version);
    on.value("image", 0, &config_.image, "Image of head and workers.").default_text = "rayproject/ray:RAY-VERSION";
    on.value("service-account", 0, &config_.service_account, "Service account of all pods.").completes =
        complete_service_accounts();
    on.value("env", 0, &config_.env, "Environment variable of all Ray containers; may be given several times.");
    on.value(
        "toleration", 0, &tolerations_,
        "Toleration of all pods (KEY=VALUE:EFFECT, KEY:EFFECT); may be given several times."
    );
    on.value(
          "image-pull-secret", 0, &config_.image_pull_secrets, "Secret for pulling images; may be given several times."
    )
        .completes = complete_secrets();
    on.choice("autoscaler", 0, &autoscaler_.version, choices_of({"v1", "v2"}), "Turn the autoscaler on: v1 or v2.");
    on.value(
        "autoscaler-idle-timeout", 0, &autoscaler_.idle_timeout_seconds, "Seconds before an idle worker is removed."
    );
    on.choice(
        "autoscaler-upscaling-mode", 0, &autoscaler_.upscaling_mode,
        choices_of({"Default", "Aggressive", "Conservative"}),
        "How fast the autoscaler adds workers: Default, Aggressive or Conservative."
    );
    on.value("redis-address", 0, &fault_tolerance_.redis_address, "Redis that keeps the state when the head is lost.");
    on.value("redis-username", 0, &fault_tolerance_.redis_username, "User name for Redis.");
    on.value("redis-password-secret", 0, &redis_secret_, "Secret and key with the password for Redis, as NAME/KEY.")
        .completes = complete_secrets("/");
    on.value(
        "external-storage-namespace", 0, &fault_tolerance_.external_storage_namespace, "Prefix of the keys in Redis."
    );
    on.choice(
        "auth", 0, &auth_mode_, choices_of({"token", "disabled"}), "Authentication of Ray itself: token or disabled."
    );
    on.value("auth-secret", 0, &auth_secret_, "Existing secret with the key auth_token; else the operator makes one.")
        .completes = complete_secrets();
    flag& suspend = on.value("suspend", 0, &suspend_, "Create the cluster suspended, without pods.");
    suspend.bare = "true";
    on.toggle("skip-tpu-validation", 0, &skip_tpu_validation, "Do not check TPU topology and host count.");
}

void cluster_flags::declare_head(flags& on)
{
    ray::head_config& head = config_.head;
    on.value("head-cpu", 0, &head.cpu, "CPUs of the head.").aliases = {"head-cpus"};
    on.value("head-memory", 0, &head.memory, "Memory of the head.");
    on.value("head-gpu", 0, &head.gpu, "GPUs of the head.").aliases = {"head-gpus"};
    on.value("head-ephemeral-storage", 0, &head.ephemeral_storage, "Ephemeral storage of the head.");
    on.value("head-ray-start-params", 0, &head.ray_start_params, "Parameters of ray start on the head.");
    on.value("head-node-selectors", 0, &head.node_selectors, "Node labels that the head needs.");
}

void cluster_flags::declare_workers(flags& on)
{
    on.value("worker-replicas", 0, &worker_.replicas, "Workers of the group.");
    on.value("worker-min-replicas", 0, &worker_.min_replicas, "Fewest workers of the group (autoscaler).");
    on.value("worker-max-replicas", 0, &worker_.max_replicas, "Most workers of the group (autoscaler).");
    on.value("num-of-hosts", 0, &worker_.num_of_hosts, "Hosts (pods) of each replica.");
    on.value("worker-cpu", 0, &worker_.cpu, "CPUs of each worker.").aliases = {"worker-cpus"};
    on.value("worker-memory", 0, &worker_.memory, "Memory of each worker.");
    on.value("worker-gpu", 0, &worker_.gpu, "GPUs of each worker.").aliases = {"worker-gpus"};
    on.value("worker-tpu", 0, &worker_.tpu, "TPU chips of each worker.").aliases = {"worker-tpus"};
    on.value("worker-ephemeral-storage", 0, &worker_.ephemeral_storage, "Ephemeral storage of each worker.");
    on.value("worker-ray-start-params", 0, &worker_.ray_start_params, "Parameters of ray start on the workers.");
    on.value("worker-node-selectors", 0, &worker_.node_selectors, "Node labels that the workers need.");
    on.value(
        "worker-group", 0, &group_texts,
        "A worker group, as name=NAME,replicas=N,cpu=N,memory=N (also min, max, hosts, gpu, tpu, ephemeral-storage); "
        "may be given several times and replaces the one group of the --worker flags."
    );
}

ray::cluster_config cluster_flags::config(flags const& given) const
{
    ray::cluster_config made = config_;
    made.suspend = suspend_;
    made.worker_groups = {worker_};
    if (!group_texts.empty()) made.worker_groups.clear();
    std::string what;
    try {
        for (std::string const& text : group_texts) {
            what = "bad value \"" + printable_line(text) + "\" for flag --worker-group: ";
            made.worker_groups.push_back(parse_worker_group(text));
        }
        for (std::string const& text : tolerations_) {
            what = "bad value \"" + printable_line(text) + "\" for flag --toleration: ";
            made.tolerations.push_back(parse_toleration(text));
        }
    } catch (bad_value const& bad) {
        throw usage_error(what + bad.cause);
    }
    bool const scaled =
        given.given("autoscaler") || given.given("autoscaler-idle-timeout") || given.given("autoscaler-upscaling-mode");
    if (scaled) made.autoscaler = autoscaler_;
    if (given.given("auth") || given.given("auth-secret")) {
        made.auth.emplace().mode = auth_mode_.empty() ? "token" : auth_mode_;
        made.auth->secret_name = auth_secret_;
    }
    bool const tolerant = given.given("redis-address") || given.given("redis-username")
                          || given.given("redis-password-secret") || given.given("external-storage-namespace");
    if (!tolerant) return made;
    made.gcs_fault_tolerance = fault_tolerance_;
    if (redis_secret_.empty()) return made;
    std::size_t const slash = redis_secret_.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == redis_secret_.size())
        throw usage_error(
            "bad value \"" + printable_line(redis_secret_)
            + "\" for flag --redis-password-secret: it must have the form NAME/KEY"
        );
    ray::secret_key_config& secret = made.gcs_fault_tolerance->redis_password_secret.emplace();
    secret.name = redis_secret_.substr(0, slash);
    secret.key = redis_secret_.substr(slash + 1);
    return made;
}

}  // namespace cli::commands
