#include "cli/confirm.hpp"
#include "cli/dry_run.hpp"
#include "cli/group_names.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/edit_report.hpp"
#include "commands/group_wait.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/nodes.hpp>
#include <kuberay/ray/update.hpp>

namespace cli::commands {
namespace {

// Running pods keep the template they were made from; who does not know that waits for ever.
task<void> tell_of_stale_pods(context on, std::string ns, std::string name, json::object cluster)
{
    if (ray::recreates_pods(cluster)) co_return;
    ray::node_query query;
    query.ns = ns;
    query.cluster = name;
    task<std::vector<kube::pod>> listing = ray::list_nodes(on.client(), query);
    result<std::vector<kube::pod>> const pods = co_await kuberay::as_result(std::move(listing));
    if (pods.has_error()) co_return on.warn("the pods could not be looked at: " + pods.error().message());
    std::size_t const stale = ray::stale_pods(cluster, *pods).size();
    if (stale > 0)
        on.note(
            std::to_string(stale) + " running pod" + (stale == 1 ? " keeps" : "s keep")
            + " the old template until replaced; --recreate replaces all pods of the cluster."
        );
}

class update_cluster final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Changes image, Ray version, amounts, replicas, environment or labels of a Ray cluster. Shows what "
                 "will change and "
                 "asks first. What is not named stays, and nobody else's change is overwritten.");
        on.example(
            "Another Ray version, in the pods that run as well", "update cluster demo --ray-version 2.52.0 --recreate"
        );
        on.example("More memory for one group", "update cluster demo -w pool --worker-memory 16Gi --yes");
        on.words("NAME", 1, 1, &words_).completes = complete_clusters();
        on.value("image", 0, &update_.image, "Image of the head and of every worker group.");
        on.value("ray-version", 0, &update_.ray_version, "Version of Ray; images rayproject/ray:VERSION follow.");
        on.value("head-cpu", 0, &update_.head.cpu, "CPUs of the head; 0 takes the amount out.");
        on.value("head-memory", 0, &update_.head.memory, "Memory of the head.");
        on.value("head-gpu", 0, &update_.head.gpu, "GPUs of the head.");
        on.value("worker-group", 'w', &update_.group, "The only worker group to change; else every group.").completes =
            complete_groups(&name_);
        on.value("worker-cpu", 0, &update_.workers.cpu, "CPUs of each worker.").aliases = {"worker-cpus"};
        on.value("worker-memory", 0, &update_.workers.memory, "Memory of each worker.");
        on.value("worker-gpu", 0, &update_.workers.gpu, "GPUs of each worker.").aliases = {"worker-gpus"};
        on.value("replicas", 'r', &update_.replicas, "Replicas of the group.").aliases = {"worker-replicas"};
        on.value("labels", 0, &update_.labels, "Labels to set on the cluster; may be given several times.");
        on.value(
            "annotations", 0, &update_.annotations, "Annotations to set on the cluster; may be given several times."
        );
        on.value(
            "env", 0, &update_.env, "Environment variable to set in Ray's containers; may be given several times."
        );
        on.toggle("recreate", 0, &update_.recreate, "Replace running pods by new ones.");
        on.toggle("yes", 'y', &yes_, "Do not ask.");
        on.toggle("wait", 0, &wait_, "Wait until the pods of the worker groups are ready.");
        on.value("timeout", 0, &timeout_, "Longest wait with --wait; 0 means no limit.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
        dry_run_.declare(on);
    }

    void complete(flags const&, global_flags&) override { name_ = words_.front(); }

    void validate() const override
    {
        if (timeout_.count() < 0) throw usage_error("flag --timeout cannot be negative");
        std::vector<ray::problem> const problems = ray::validate(update_);
        if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
    }

    task<exit_code> run(context on) override
    {
        require_name_in_path(ray::cluster::type(), name_);
        std::string const ns = on.ns(), what = "Ray cluster " + name_ + " in namespace " + ns;
        kube::api_core const core(on.client(), ray::cluster::type(), ns);
        json::value const now = co_await core.get(name_);
        ray::edit_plan const plan = ray::plan_update(now.as_object(), update_);
        std::string const planned = changes_list(what, plan.changes, false);
        if (plan.changes.empty() || dry_run_.client()) {
            on.out().write(planned);
            on.out().flush();
            co_return exit_code::done;
        }
        bool const asks = !yes_ && !dry_run_.server();
        if (asks && !confirmed(on, planned + "Change it?")) co_return exit_code::done;
        ray::edit_options options;
        options.dry_run = dry_run_.server();
        options.force = force_;
        options.uid = std::string(kuberay::string_at(now, "metadata.uid"));
        ray::edit_outcome const outcome = co_await ray::update_cluster(on.client(), ns, name_, update_, options);
        on.out().write(changes_list(what, outcome.changes, options.dry_run));
        on.out().flush();
        tell_of_autoscaler(on, outcome);
        if (options.dry_run) co_return exit_code::done;
        co_await tell_of_stale_pods(on, ns, name_, outcome.object);
        if (wait_) co_await wait_for_groups(on, ns, name_, groups_of(outcome.object), timeout_);
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_;
    std::string name_;
    ray::cluster_update update_;
    bool yes_ = false, wait_ = false, force_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
    dry_run_flag dry_run_;
};

}  // namespace

std::unique_ptr<command> make_update_cluster() { return std::make_unique<update_cluster>(); }

}  // namespace cli::commands
