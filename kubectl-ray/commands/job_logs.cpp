#include "cli/program.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "commands/commands.hpp"
#include "commands/job_command.hpp"
#include "commands/job_output.hpp"

#include <kuberay/base/task.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/wait.hpp>

namespace cli::commands {
namespace {

// Between two looks whether a job that the dashboard does not know yet was submitted.
constexpr std::chrono::milliseconds look_again(500);

// A RayJob of InteractiveMode has an id before anybody has submitted it.
task<void> until_submitted(context on, job_subject of)
{
    bool told = false;
    for (;;) {
        task<ray::submitted_job> looking = of.dashboard.get(of.name.id);
        result<ray::submitted_job> const found = co_await kuberay::as_result(std::move(looking));
        if (found.has_value()) co_return;
        bool const may_come = found.error().code() == kuberay::reason::not_found && of.rayjob;
        if (!may_come) throw failure(found.error());
        task<ray::job> reading = read_rayjob(on, of.name.rayjob);
        ray::job const now = co_await std::move(reading);
        if (ray::is_finished(now.status)) throw failure(found.error());
        if (!told) on.note("Ray does not know the job " + of.name.id + " yet; waiting for it to be submitted.");
        told = true;
        co_await kuberay::sleep_for(look_again);
    }
}

// The RayJob when it is over, or has gone on to another job in Ray.
task<ray::job> after_attempt(context on, ray::job before)
{
    auto const jobs = kube::api<ray::job>::in_ns(on.client(), on.ns());
    std::string const id = before.status.job_id, name = before.metadata.name;
    kube::predicate<ray::job> const moved_on = [id](std::optional<ray::job> const& now) {
        return !now || ray::is_finished(now->status) || (!now->status.job_id.empty() && now->status.job_id != id);
    };
    std::chrono::steady_clock::duration const no_limit{};
    task<std::optional<ray::job>> waiting = kube::wait_until(jobs, name, moved_on, no_limit);
    std::optional<ray::job> now = co_await std::move(waiting);
    co_return now ? std::move(*now) : std::move(before);
}

// Follows a job through the attempts that its RayJob makes; what the last one was.
task<shown_output> follow_all(context on, job_place place, std::string name)
{
    for (int attempt = 1;; ++attempt) {
        task<job_subject> finding = await_job(on, place, name);
        job_subject const of = co_await std::move(finding);
        co_await until_submitted(on, of);
        if (attempt > 1) on.note("Attempt " + std::to_string(attempt) + ": " + of.name.id);
        shown_output const shown = co_await follow_output(on, of);
        bool const may_retry =
            of.rayjob && of.rayjob->spec.backoff_limit.value_or(0) > 0 && shown.job.status == ray::job_phase::failed;
        if (!may_retry) co_return shown;
        ray::job const now = co_await after_attempt(on, *of.rayjob);
        if (now.status.job_id == of.name.id || ray::is_finished(now.status)) co_return shown;
    }
}

class job_logs final : public job_command {
public:
    void validate() const override
    {
        job_command::validate();
        if (all_ && place_.is_given()) throw usage_error("--all-attempts is for RayJobs");
        if (all_ && follow_) throw usage_error("--all-attempts and --follow exclude each other");
    }

protected:
    void describe(flags& on) override
    {
        on.about("Shows what a job has printed, byte for byte: that of a RayJob, or with -c or --address that of a "
                 "submission. With -f it goes on until the job has ended; the exit code says nothing of the job "
                 "(attach does).");
        on.example("The output so far", "job logs nightly");
        on.example("And what comes", "job logs nightly -f");
        on.example("Of a job that was submitted to a cluster", "job logs raysubmit_Abc123 -c demo");
        on.toggle("follow", 'f', &follow_, "Go on until the job has ended, or Ctrl-C.");
        on.toggle("all-attempts", 0, &all_, "Every attempt of a RayJob that was retried, oldest first.");
    }

    task<exit_code> act(context on) override
    {
        if (follow_) {
            shown_output const shown = co_await follow_all(on, place_, name_);
            tell_without_output(on, shown.job, shown.bytes);
            co_return exit_code::done;
        }
        task<job_subject> finding = find_job(on, place_, name_);
        result<job_subject> const of = co_await kuberay::as_result(std::move(finding));
        if (of.has_error()) {
            task<exit_code> instead = from_submitter(on, of.error());
            co_return co_await std::move(instead);
        }
        if (all_) co_return co_await show_attempts(on, *of);
        std::uint64_t const bytes = co_await print_output(on, *of);
        if (bytes == 0) {
            ray::submitted_job const job = co_await of->dashboard.get(of->name.id);
            tell_without_output(on, job, bytes);
        }
        co_return exit_code::done;
    }

private:
    // A job that failed before it could print anything has nothing but its message.
    static void tell_without_output(context const& on, ray::submitted_job const& job, std::uint64_t bytes)
    {
        if (bytes == 0) on.note("No output. " + outcome_text(job, false) + ".");
    }

    // The submitter pod has the output too, and outlives the cluster.
    task<exit_code> from_submitter(context on, error why)
    {
        if (place_.is_given() || why.code() != errc::unsatisfiable) throw failure(why);
        bool const printed = co_await print_submitter_log(on, name_);
        if (!printed) throw failure(why);
        on.note("This is the log of the submitter pod: " + why.message() + ".");
        co_return exit_code::done;
    }

    task<exit_code> show_attempts(context on, job_subject of)
    {
        std::vector<ray::submitted_job> const on_cluster = co_await of.dashboard.list();
        std::vector<ray::submitted_job> const attempts = attempts_of(*of.rayjob, on_cluster);
        int number = 0;
        for (ray::submitted_job const& each : attempts) {
            on.note("Attempt " + std::to_string(++number) + ": " + each.submission_id + ", " + each.status);
            job_subject one = of;
            one.name.id = each.submission_id;
            std::uint64_t const bytes = co_await print_output(on, one);
            tell_without_output(on, each, bytes);
        }
        std::int32_t const failed = of.rayjob->status.failed.value_or(0);
        std::int32_t const known = static_cast<std::int32_t>(
            std::ranges::count(attempts, std::string(ray::job_phase::failed), &ray::submitted_job::status)
        );
        if (failed > known)
            on.note(
                std::to_string(failed - known)
                + " earlier attempts ran on clusters that are gone, and their output with them."
            );
        co_return exit_code::done;
    }

    bool follow_ = false, all_ = false;
};

class attach final : public job_command {
public:
    void validate() const override
    {
        job_command::validate();
        refuse_negative("timeout", timeout_);
    }

protected:
    void describe(flags& on) override
    {
        on.about("Shows the output of a job from its beginning, follows it to its end, and exits as job submit does: 0 "
                 "when it succeeded, 1 when it failed or was stopped. Ctrl-C leaves the job alone.");
        on.example("Back to a job that was left", "job attach nightly");
        on.toggle("stopped-ok", 0, &stopped_ok_, "A job that was stopped is no failure.");
        on.value("timeout", 0, &timeout_, "Longest time; the job is not stopped. 0 means no limit.");
    }

    task<exit_code> act(context on) override
    {
        task<shown_output> bounded = kuberay::with_timeout(timeout_, follow_all(on, place_, name_));
        result<shown_output> const shown = co_await kuberay::as_result(std::move(bounded));
        if (shown.has_error() && shown.error().code() == errc::timed_out)
            throw failure(shown.error().with_context("following " + in_quotes(name_) + ", which goes on"));
        if (shown.has_error()) throw failure(shown.error());
        outcome_style style;
        style.stopped_ok = stopped_ok_;
        style.showed_output = shown->bytes > 0;
        style.coloured = on.err_is_terminal() && on.colour_allowed();
        co_return report_outcome(on, shown->job, style);
    }

    task<exit_code> interrupted(context on) override
    {
        on.note("Interrupted; the job goes on.");
        co_return exit_code::interrupted;
    }

private:
    bool stopped_ok_ = false;
    std::chrono::nanoseconds timeout_{0};
};

}  // namespace

std::unique_ptr<command> make_job_logs() { return std::make_unique<job_logs>(); }

std::unique_ptr<command> make_attach_job() { return std::make_unique<attach>(); }

}  // namespace cli::commands
