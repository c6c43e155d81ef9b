#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "cli/resource_names.hpp"
#include "commands/commands.hpp"
#include "commands/delete_targets.hpp"
#include "commands/edit_report.hpp"
#include "commands/group_wait.hpp"

#include <kuberay/ray/suspend.hpp>

namespace cli::commands {
namespace {

class suspension final : public command {
public:
    explicit suspension(ray::suspension wanted)
        : wanted_(wanted)
    {
    }

    void declare(flags& on) override
    {
        std::string const word = is_suspend() ? "suspend" : "resume";
        if (is_suspend())
            on.about("Takes the pods of a Ray cluster away, or stops a RayJob, and keeps the object.");
        else
            on.about("Brings a suspended object back. A RayJob starts anew: what it had done is done again.");
        on.example("A Ray cluster", word + " cluster demo");
        on.example("A RayJob", word + " rayjob/nightly");
        on.words("(NAME | TYPE/NAME | TYPE NAME)", 1, 2, &words_).completes = complete_targets(words_taken());
        std::string const until =
            is_suspend() ? "the object says that it is suspended." : "the pods of a cluster's worker groups are ready.";
        on.toggle("wait", 0, &wait_, "Wait until " + until);
        on.value("timeout", 0, &timeout_, "Longest wait with --wait; 0 means no limit.");
        on.toggle("dry-run", 0, &dry_run_, "Let the server check the change, store nothing.");
        on.toggle("force", 0, &force_, "Also when a RayJob or RayService owns the cluster.");
    }

    void complete(flags const&, global_flags&) override
    {
        std::string word = words_.front();
        if (words_.size() == 2) {
            std::optional<ray::target_kind> const kind = kind_of_word(word);
            if (!kind) throw usage_error(in_quotes(word) + " is none of cluster, job, service, cronjob");
            word = std::string(ray::word_of(*kind)) + "/" + words_.back();
        }
        result<ray::target> const parsed = ray::parse_target(word, words_taken().kinds);
        if (parsed.has_error()) throw usage_error(parsed.error().message());
        what_ = *parsed;
    }

    void validate() const override
    {
        refuse_negative("timeout", timeout_);
        if (wait_ && !is_suspend() && what_.kind != ray::target_kind::cluster)
            throw usage_error("resume --wait is for clusters; for a job there is: kubectl ray wait job " + what_.name);
    }

    task<exit_code> run(context on) override
    {
        ray::edit_options options;
        options.dry_run = dry_run_;
        options.force = force_;
        std::string const ns = on.ns();
        ray::edit_outcome const outcome = co_await ray::set_suspension(on.client(), ns, what_, wanted_, options);
        report_edit(on, what_.str(), outcome, dry_run_);
        if (!wait_ || dry_run_) co_return exit_code::done;
        if (!is_suspend()) {
            co_await wait_for_groups(on, ns, what_.name, groups_of(outcome.object), timeout_);
            co_return exit_code::done;
        }
        co_await ray::wait_suspended(on.client(), ns, what_, timeout_);
        on.out().write(what_.str() + " is suspended\n");
        co_return exit_code::done;
    }

private:
    static target_words words_taken()
    {
        target_words allowed;
        allowed.kind_first = true;
        allowed.kinds = {ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::cron_job};
        return allowed;
    }

    bool is_suspend() const { return wanted_ == ray::suspension::suspend; }

    ray::suspension wanted_;
    std::vector<std::string> words_;
    ray::target what_;
    bool wait_ = false, dry_run_ = false, force_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::minutes(5);
};

}  // namespace

std::unique_ptr<command> make_suspend() { return std::make_unique<suspension>(ray::suspension::suspend); }

std::unique_ptr<command> make_resume() { return std::make_unique<suspension>(ray::suspension::resume); }

}  // namespace cli::commands
