#include "cli/group_names.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/edit_report.hpp"
#include "commands/group_scales.hpp"

#include <kuberay/ray/scale_service.hpp>
#include <kuberay/ray/service.hpp>

namespace cli::commands {
namespace {

class scale_service final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Scales worker groups of a RayService: its own spec, which the next cluster gets, and its active Ray "
                 "cluster.");
        on.example("New bounds for the autoscaler", "scale service chat -w pool --min-replicas 2 --max-replicas 10");
        on.words("NAME", 1, 1, &words_).completes = complete_services();
        flag& group =
            on.value("worker-group", 'w', &groups_, "Worker group, or GROUP=REPLICAS; may be given several times.");
        group.required = true;
        group.completes = complete_service_groups();
        scales_.declare(on);
        on.toggle("dry-run", 0, &dry_run_, "Let the server check the change, store nothing.");
    }

    void complete(flags const&, global_flags&) override { wanted_ = scales_.of(groups_); }
    void validate() const override { check(wanted_); }

    task<exit_code> run(context on) override
    {
        std::string const name = words_.front(), ns = on.ns();
        require_name_in_path(ray::service::type(), name);
        ray::edit_options options;
        options.dry_run = dry_run_;
        ray::service_scale_outcome const outcome = co_await ray::scale_service(on.client(), ns, name, wanted_, options);
        ray::edit_outcome own;
        own.changes = outcome.changes;
        report_edit(on, "RayService " + name + " in namespace " + ns, own, dry_run_);
        if (outcome.on_cluster.has_error())
            throw failure(
                outcome.on_cluster.error()
                    .with_context("the RayService was scaled, its active Ray cluster " + outcome.cluster + " was not")
                    .with_hint("run the command again")
            );
        report_edit(on, "Ray cluster " + outcome.cluster + " in namespace " + ns, *outcome.on_cluster, dry_run_);
        tell_of_autoscaler(on, *outcome.on_cluster);
        co_return exit_code::done;
    }

private:
    std::vector<std::string> words_, groups_;
    group_scales scales_;
    bool dry_run_ = false;
    std::vector<ray::group_scale> wanted_;
};

}  // namespace

std::unique_ptr<command> make_scale_service() { return std::make_unique<scale_service>(); }

}  // namespace cli::commands
