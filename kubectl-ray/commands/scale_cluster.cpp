#include "cli/group_names.hpp"
#include "cli/refuse_negative.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/edit_report.hpp"
#include "commands/group_scales.hpp"
#include "commands/group_wait.hpp"
#include "commands/owner_cluster.hpp"

#include <kuberay/ray/cluster.hpp>

namespace cli::commands {
namespace {

/// Which word is the positional: the proposal's grammar turns cluster and group around.
enum class scale_form { names_cluster, names_group };

class scale_cluster final : public command {
public:
    explicit scale_cluster(scale_form form)
        : form_(form)
    {
    }

    void declare(flags& on) override
    {
        on.about(
            "Changes replicas and bounds of worker groups. Fields of others are never touched, and the final state is "
            "checked."
        );
        if (form_ == scale_form::names_group)
            declare_group(on);
        else
            declare_cluster(on);
        scales_.declare(on);
        on.toggle("wait", 0, &wait_, "Wait until the pods of the groups are ready and no others are left.");
        on.value("timeout", 0, &timeout_, "Longest wait with --wait; 0 means no limit.");
        on.toggle("dry-run", 0, &dry_run_, "Let the server check the change, store nothing.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
    }

    void complete(flags const&, global_flags& globals) override
    {
        if (form_ == scale_form::names_group) {
            owner_.complete(grammar::noun_first, globals);
            groups_ = {words_.front()};
            cluster_ = owner_.name;
        } else {
            cluster_ = words_.front();
        }
        wanted_ = scales_.of(groups_);
    }

    void validate() const override
    {
        refuse_negative("timeout", timeout_);
        check(wanted_);
    }

    task<exit_code> run(context on) override
    {
        owner_.tell(on);
        require_name_in_path(ray::cluster::type(), cluster_);
        ray::edit_options options;
        options.dry_run = dry_run_;
        options.force = force_;
        std::string const ns = on.ns();
        ray::edit_outcome const outcome = co_await ray::scale_cluster(on.client(), ns, cluster_, wanted_, options);
        report_edit(on, "Ray cluster " + cluster_ + " in namespace " + ns, outcome, dry_run_);
        tell_of_autoscaler(on, outcome);
        if (!wait_ || dry_run_) co_return exit_code::done;
        std::vector<std::string> names;
        for (ray::group_scale const& each : wanted_)
            names.push_back(each.group);
        co_await wait_for_groups(on, ns, cluster_, names, timeout_);
        co_return exit_code::done;
    }

private:
    void declare_cluster(flags& on)
    {
        on.example("Three workers, and wait for them", "scale cluster demo -w pool --replicas 3 --wait");
        on.example("New bounds for the autoscaler", "scale cluster demo -w pool --min-replicas 1 --max-replicas 10");
        on.example("Two groups at once", "scale cluster demo -w cpu=4 -w gpu=2");
        on.words("NAME", 1, 1, &words_).completes = complete_clusters();
        flag& group =
            on.value("worker-group", 'w', &groups_, "Worker group, or GROUP=REPLICAS; may be given several times.");
        group.required = true;
        group.completes = [this](context around, completion_query query) {
            typed_cluster_ = query.positionals.empty() ? std::string() : query.positionals.front();
            return complete_groups(&typed_cluster_)(std::move(around), std::move(query));
        };
    }

    void declare_group(flags& on)
    {
        on.example("Three workers, and wait for them", "cluster scale pool -c demo --replicas 3 --wait");
        on.words("GROUP", 1, 1, &words_).completes = complete_groups(&owner_.name);
        owner_.declare(on, grammar::noun_first, "Ray cluster of the group.");
    }

    scale_form form_;
    std::vector<std::string> words_, groups_;
    std::string cluster_, typed_cluster_;
    owner_cluster owner_;
    group_scales scales_;
    bool wait_ = false, dry_run_ = false, force_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
    std::vector<ray::group_scale> wanted_;
};

}  // namespace

std::unique_ptr<command> make_scale_cluster() { return std::make_unique<scale_cluster>(scale_form::names_cluster); }

std::unique_ptr<command> make_scale_group() { return std::make_unique<scale_cluster>(scale_form::names_group); }

}  // namespace cli::commands
