#include "cli/group_names.hpp"
#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/edit_report.hpp"

#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/scale.hpp>

namespace cli::commands {
namespace {

/// Which word is the positional: the proposal's grammar turns cluster and group around.
enum class scale_form { names_cluster, names_group };

std::optional<std::int32_t> unless_absent(std::int32_t value)
{
    return value == -1 ? std::nullopt : std::optional<std::int32_t>(value);
}

task<void> wait_for_groups(
    context on, std::string ns, std::string name, std::vector<std::string> groups, std::chrono::nanoseconds limit
)
{
    progress_line line(on);
    auto const show = [&line](std::string const& group, int ready, int wanted) {
        line.show(
            "Waiting for worker group " + group + ": " + std::to_string(ready) + "/" + std::to_string(wanted)
            + " pods ready"
        );
    };
    std::function<void(std::string const&, int, int)> const on_progress = show;
    co_await ray::wait_groups_ready(on.client(), ns, name, groups, limit, on_progress);
    line.clear();
    on.out().write("Ray cluster " + name + ": the scaled worker groups are ready\n");
}

class scale_cluster final : public command {
public:
    explicit scale_cluster(scale_form form)
        : form_(form)
    {
    }

    void declare(flags& on) override
    {
        on.about("Changes replicas and bounds of worker groups. Fields of others are never touched, and the final "
                 "state is checked.");
        bool const by_group = form_ == scale_form::names_group;
        std::string const start = by_group ? "cluster scale pool -c demo" : "scale cluster demo -w pool";
        on.example("Three workers, and wait for them", start + " --replicas 3 --wait");
        on.example("New bounds for the autoscaler", start + " --min-replicas 1 --max-replicas 10");
        if (by_group) {
            on.words("GROUP", 1, 1, &words_).completes = complete_groups(&cluster_);
            flag& cluster = on.value("ray-cluster", 'c', &cluster_, "Ray cluster of the group.");
            cluster.required = true;
            cluster.completes = complete_clusters();
        } else {
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
        on.value("replicas", 'r', &replicas_, "Wanted replicas.").default_text.clear();
        on.value("min-replicas", 0, &least_, "Fewest replicas (autoscaler).").default_text.clear();
        on.value("max-replicas", 0, &most_, "Most replicas (autoscaler).").default_text.clear();
        on.toggle("wait", 0, &wait_, "Wait until the pods of the groups are ready and no others are left.");
        on.value("timeout", 0, &timeout_, "Longest wait with --wait; 0 means no limit.");
        on.toggle("dry-run", 0, &dry_run_, "Let the server check the change, store nothing.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
    }

    void complete(flags const&) override
    {
        if (form_ == scale_form::names_group)
            groups_ = {words_.front()};
        else
            cluster_ = words_.front();
        for (std::string const& text : groups_)
            wanted_.push_back(scale_of(text));
    }

    void validate() const override
    {
        if (timeout_.count() < 0) throw usage_error("flag --timeout cannot be negative");
        std::vector<ray::problem> const problems = ray::validate(wanted_);
        if (!problems.empty()) throw usage_error(ray::as_error(problems).message());
    }

    task<exit_code> run(context on) override
    {
        require_name_in_path(ray::cluster::type(), cluster_);
        ray::edit_options options;
        options.dry_run = dry_run_;
        options.force = force_;
        std::string const ns = on.ns();
        ray::edit_outcome const outcome = co_await ray::scale_cluster(on.client(), ns, cluster_, wanted_, options);
        report_edit(on, "Ray cluster " + cluster_ + " in namespace " + ns, outcome, dry_run_);
        if (!wait_ || dry_run_) co_return exit_code::done;
        std::vector<std::string> names;
        for (ray::group_scale const& each : wanted_)
            names.push_back(each.group);
        co_await wait_for_groups(on, ns, cluster_, names, timeout_);
        co_return exit_code::done;
    }

private:
    ray::group_scale scale_of(std::string const& text) const
    {
        ray::group_scale scale;
        std::size_t const equals = text.find('=');
        scale.group = text.substr(0, equals);
        scale.replicas = unless_absent(replicas_);
        scale.min_replicas = unless_absent(least_);
        scale.max_replicas = unless_absent(most_);
        if (equals == std::string::npos) return scale;
        std::int32_t count = 0;
        try {
            assign(count, std::string_view(text).substr(equals + 1));
        } catch (bad_value const& bad) {
            throw usage_error("bad value " + in_quotes(text) + " for flag -w, --worker-group: " + bad.cause);
        }
        scale.replicas = count;
        return scale;
    }

    scale_form form_;
    std::vector<std::string> words_, groups_;
    std::string cluster_, typed_cluster_;
    std::int32_t replicas_ = -1, least_ = -1, most_ = -1;
    bool wait_ = false, dry_run_ = false, force_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
    std::vector<ray::group_scale> wanted_;
};

}  // namespace

std::unique_ptr<command> make_scale_cluster() { return std::make_unique<scale_cluster>(scale_form::names_cluster); }

std::unique_ptr<command> make_scale_group() { return std::make_unique<scale_cluster>(scale_form::names_group); }

}  // namespace cli::commands
