#include "cli/confirm.hpp"
#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/edit_report.hpp"
#include "commands/owner_cluster.hpp"

#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/group_edit.hpp>
#include <kuberay/ray/validation.hpp>

namespace cli::commands {
namespace {

class create_workergroup final : public command {
public:
    explicit create_workergroup(grammar form)
        : form_(form)
    {
        group_ = ray::default_worker_group();
        group_.num_of_hosts = 1;
        group_.min_replicas = 1;
        group_.max_replicas = 10;
    }

    void declare(flags& on) override
    {
        on.about("Adds a worker group to a Ray cluster. Without --image its workers get the image of the cluster.");
        on.example("Two GPU workers", "create workergroup gpu -c demo --worker-replicas 2 --worker-gpu 1");
        on.words("GROUP", 1, 1, &words_);
        cluster_.declare(on, form_, "Ray cluster that gets the group.");
        on.value("ray-version", 0, &config_.ray_version, "Version of Ray in the image.").default_text =
            "that of the cluster";
        on.value("image", 0, &config_.image, "Image of the workers.").default_text = "that of the cluster";
        on.value("worker-replicas", 0, &group_.replicas, "Workers of the group.");
        on.value("worker-min-replicas", 0, &group_.min_replicas, "Fewest workers (autoscaler).");
        on.value("worker-max-replicas", 0, &group_.max_replicas, "Most workers (autoscaler).");
        on.value("num-of-hosts", 0, &group_.num_of_hosts, "Hosts (pods) of each replica.");
        on.value("worker-cpu", 0, &group_.cpu, "CPUs of each worker.").aliases = {"worker-cpus"};
        on.value("worker-memory", 0, &group_.memory, "Memory of each worker.");
        on.value("worker-gpu", 0, &group_.gpu, "GPUs of each worker.").aliases = {"worker-gpus"};
        on.value("worker-tpu", 0, &group_.tpu, "TPU chips of each worker.").aliases = {"worker-tpus"};
        on.value("worker-ray-start-params", 0, &group_.ray_start_params, "Parameters of ray start on the workers.");
        on.value("worker-node-selectors", 0, &group_.node_selectors, "Node labels that the workers need.");
        on.toggle("skip-tpu-validation", 0, &skip_tpu_, "Do not check TPU topology and host count.");
        on.toggle("dry-run", 0, &dry_run_, "Let the server check the change, store nothing.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
    }

    void complete(flags const& given, global_flags& globals) override
    {
        cluster_.complete(form_, globals);
        group_.name = words_.front();
        // The peer's defaults of the bounds must not contradict the replicas that a person asks for.
        if (!given.given("worker-min-replicas")) group_.min_replicas = std::min(*group_.min_replicas, group_.replicas);
        if (!given.given("worker-max-replicas")) group_.max_replicas = std::max(*group_.max_replicas, group_.replicas);
    }

    void validate() const override
    {
        ray::validation_options options;
        options.skip_tpu_validation = skip_tpu_;
        std::vector<ray::problem> const problems = ray::validate(group_, options);
        if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
    }

    task<exit_code> run(context on) override
    {
        cluster_.tell(on);
        std::string const cluster = cluster_.name;
        require_name_in_path(ray::cluster::type(), cluster);
        ray::edit_options options;
        options.dry_run = dry_run_;
        options.force = force_;
        std::string const ns = on.ns();
        ray::edit_outcome const outcome =
            co_await ray::create_worker_group(on.client(), ns, cluster, config_, group_, options);
        on.out().write(
            "Created worker group " + group_.name + " in Ray cluster " + ns + "/" + cluster
            + (dry_run_ ? " (server dry run)" : "") + "\n"
        );
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
    grammar form_;
    owner_cluster cluster_;
    ray::cluster_config config_;
    ray::worker_group_config group_;
    bool skip_tpu_ = false, dry_run_ = false, force_ = false;
};

class delete_workergroup final : public command {
public:
    explicit delete_workergroup(grammar form)
        : form_(form)
    {
    }

    void declare(flags& on) override
    {
        on.about(
            "Removes a worker group: scales it to 0, waits until its pods are gone, then takes it out of the cluster."
        );
        on.example("Without being asked", "delete workergroup gpu -c demo --yes");
        on.words("GROUP", 1, 1, &words_).completes = complete_groups(&cluster_.name);
        cluster_.declare(on, form_, "Ray cluster of the group.");
        on.toggle("yes", 'y', &yes_, "Do not ask.");
        on.value("timeout", 0, &timeout_, "Longest wait for the pods; 0 means no limit.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
    }

    void complete(flags const&, global_flags& globals) override { cluster_.complete(form_, globals); }

    void validate() const override { refuse_negative("timeout", timeout_); }

    task<exit_code> run(context on) override
    {
        cluster_.tell(on);
        std::string const cluster = cluster_.name;
        require_name_in_path(ray::cluster::type(), cluster);
        std::string const ns = on.ns(), group = words_.front();
        std::string const question = "Delete worker group " + in_quotes(group) + " of Ray cluster " + in_quotes(cluster)
                                     + " in namespace " + in_quotes(ns) + "?";
        if (!yes_ && !confirmed(on, question)) co_return exit_code::done;
        ray::edit_options options;
        options.force = force_;
        ray::edit_outcome const outcome =
            co_await ray::delete_worker_group(on.client(), ns, cluster, group, timeout_, options);
        on.out().write("Deleted workergroup " + group + "\n");
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
    grammar form_;
    owner_cluster cluster_;
    bool yes_ = false, force_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
};

}  // namespace

std::unique_ptr<command> make_create_workergroup() { return std::make_unique<create_workergroup>(grammar::verb_first); }

std::unique_ptr<command> make_cluster_group_create()
{
    return std::make_unique<create_workergroup>(grammar::noun_first);
}

std::unique_ptr<command> make_delete_workergroup() { return std::make_unique<delete_workergroup>(grammar::verb_first); }

std::unique_ptr<command> make_cluster_group_delete()
{
    return std::make_unique<delete_workergroup>(grammar::noun_first);
}

}  // namespace cli::commands
