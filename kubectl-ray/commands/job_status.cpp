#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "commands/commands.hpp"
#include "commands/job_command.hpp"
#include "commands/submission_view.hpp"
#include "commands/wait_for.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/reported_job.hpp>

namespace cli::commands {
namespace {

// A RayJob says what it knows by itself; a dashboard that does not answer at once need not be waited for.
constexpr std::chrono::seconds ask_ray(5);

using fields = std::vector<std::pair<std::string, std::string>>;

std::string time_text(std::optional<kuberay::timestamp> at)
{
    return at ? kuberay::format_rfc3339(*at) : std::string();
}

void add_submission(fields& into, ray::submitted_job const& job)
{
    into.emplace_back("Status", job.status);
    into.emplace_back("Entrypoint", job.entrypoint);
    into.emplace_back("Submission ID", job.submission_id);
    into.emplace_back("Job ID", job.job_id);
    into.emplace_back("Started", time_text(job.start_time));
    into.emplace_back("Ended", time_text(job.end_time));
    if (job.driver_exit_code) into.emplace_back("Exit code", std::to_string(*job.driver_exit_code));
    into.emplace_back("Error type", job.error_type);
    into.emplace_back("Message", job.message);
}

// What is empty is left out; a text of several lines stands below its name.
std::string lines_of(fields const& all)
{
    std::string text;
    for (auto const& [name, value] : all) {
        if (value.empty()) continue;
        std::string const shown = kuberay::printable(value);
        bool const is_long = shown.find('\n') != std::string::npos;
        text += name + ":" + (is_long ? "\n" : std::string(15 - std::min<std::size_t>(name.size(), 14), ' '));
        text += shown;
        if (!text.ends_with('\n')) text += '\n';
    }
    return text;
}

class job_status final : public job_command {
public:
    void complete(flags const& given, global_flags& globals) override
    {
        output_.complete();
        job_command::complete(given, globals);
    }

protected:
    void describe(flags& on) override
    {
        on.about("Shows how a job is: a RayJob and what Ray says of its job, or with -c or --address a submission. The "
                 "exit code says only whether it could be read; job wait tells how a job ends.");
        on.example("A RayJob", "job status nightly");
        on.example("Only the word", "job status nightly -o jsonpath={.status.jobStatus}");
        output_.declare(on);
    }

    task<exit_code> act(context on) override
    {
        task<exit_code> showing = place_.is_given() ? show_submission(on) : show_rayjob(on);
        co_return co_await std::move(showing);
    }

private:
    task<exit_code> show_submission(context on)
    {
        task<ray::job_client> connecting = connect_jobs(on, place_);
        ray::job_client const jobs = co_await std::move(connecting);
        ray::submitted_job const job = co_await jobs.get(name_);
        if (!output_.text.empty()) {
            printer(on, output_, submission_view()).show(submission_document(job));
            co_return exit_code::done;
        }
        fields all;
        add_submission(all, job);
        on.out().write(lines_of(all));
        co_return exit_code::done;
    }

    task<exit_code> show_rayjob(context on)
    {
        task<ray::job> reading = read_rayjob(on, name_);
        ray::job const rayjob = co_await std::move(reading);
        if (!output_.text.empty()) {
            kube::api_core const core(on.client(), ray::job::type(), on.ns());
            json::value document = co_await core.get(name_);
            printer(on, output_, rayjob_view()).show(std::move(document));
            co_return exit_code::done;
        }
        fields all;
        all.emplace_back("RayJob", rayjob.metadata.name);
        all.emplace_back("Deployment", rayjob.status.deployment_status);
        all.emplace_back("Reason", rayjob.status.reason);
        all.emplace_back("Ray cluster", rayjob.status.ray_cluster_name);
        task<std::optional<ray::submitted_job>> asking = in_ray(on, rayjob);
        std::optional<ray::submitted_job> const job = co_await std::move(asking);
        add_submission(all, job ? *job : ray::reported_job(rayjob));
        on.out().write(lines_of(all));
        co_return exit_code::done;
    }

    // What Ray says now; what the operator wrote down may be some seconds old.
    task<std::optional<ray::submitted_job>> in_ray(context on, ray::job rayjob)
    {
        if (rayjob.status.job_id.empty() || ray::is_finished(rayjob.status)) co_return std::nullopt;
        task<ray::submitted_job> bounded = kuberay::with_timeout(ask_ray, asked(on, place_, name_));
        result<ray::submitted_job> const job = co_await kuberay::as_result(std::move(bounded));
        if (job.has_value()) co_return *job;
        if (kuberay::is_cancellation(job.error())) throw failure(job.error());
        if (job.error().code() != kuberay::reason::not_found)
            on.warn("this is what the operator knows; Ray could not be asked: " + job.error().message());
        co_return std::nullopt;
    }

    static task<ray::submitted_job> asked(context on, job_place place, std::string name)
    {
        task<job_subject> finding = find_job(on, place, name);
        job_subject const of = co_await std::move(finding);
        co_return co_await of.dashboard.get(of.name.id);
    }

    output_flags output_;
};

task<ray::submitted_job> find_and_await_end(context on, job_place place, std::string id)
{
    task<job_subject> finding = find_job(on, place, id);
    job_subject const of = co_await std::move(finding);
    progress_line line(on);
    std::function<void(ray::submitted_job const&)> const show = [&line, id](ray::submitted_job const& job) {
        line.show("Waiting for Ray job " + id + ": " + job.status);
    };
    co_return co_await await_end(of, show);
}

class job_wait final : public job_command {
public:
    void complete(flags const& given, global_flags& globals) override
    {
        job_command::complete(given, globals);
        result<wanted_state> parsed = parse_wanted_state(text_);
        if (parsed.has_error())
            throw usage_error("bad value " + in_quotes(text_) + " for flag --for: " + parsed.error().message());
        wanted_ = std::move(*parsed);
        if (place_.is_given() && given.given("for")) throw usage_error("--for is for RayJobs");
        if (!place_.is_given() && stopped_ok_) throw usage_error("--stopped-ok needs -c or --address");
    }

    void validate() const override
    {
        job_command::validate();
        refuse_negative("timeout", timeout_);
    }

protected:
    void describe(flags& on) override
    {
        on.about("Waits until a job has ended: exits with 0 when it succeeded, 1 when it failed or was stopped, 124 "
                 "when the time is over. For a RayJob --for can say something else; with -c or --address it is a "
                 "submission.");
        on.example("Until it has ended", "job wait nightly --timeout 2h");
        on.example("Until it runs", "job wait nightly --for running");
        flag& state = on.value(
            "for", 0, &text_,
            "What a RayJob is waited for: complete, running, ready, suspended, delete, condition=TYPE[=STATUS] or "
            "jsonpath={PATH}=VALUE."
        );
        std::vector<candidate> states;
        for (char const* each : {"complete", "running", "ready", "suspended", "delete", "condition=", "jsonpath="})
            states.emplace_back(each);
        state.completes = complete_choices(std::move(states));
        on.value("timeout", 0, &timeout_, "Longest wait; 0 means no limit.");
        on.toggle("stopped-ok", 0, &stopped_ok_, "With -c or --address: a job that was stopped is no failure.");
    }

    task<exit_code> act(context on) override
    {
        if (place_.is_given()) co_return co_await wait_for_submission(on);
        ray::target const what(ray::target_kind::job, name_);
        co_await wait_for(on, on.ns(), what, wanted_, timeout_);
        on.out().write(what.str() + ": " + kuberay::printable_line(wanted_.text) + "\n");
        co_return exit_code::done;
    }

private:
    task<exit_code> wait_for_submission(context on)
    {
        task<ray::submitted_job> bounded = kuberay::with_timeout(timeout_, find_and_await_end(on, place_, name_));
        result<ray::submitted_job> const job = co_await kuberay::as_result(std::move(bounded));
        if (job.has_error() && job.error().code() == errc::timed_out)
            throw failure(
                errc::timed_out, "Ray job " + name_ + " has not ended within " + kuberay::format_duration(timeout_)
            );
        if (job.has_error()) throw failure(job.error());
        outcome_style style;
        style.stopped_ok = stopped_ok_;
        co_return report_outcome(on, *job, style);
    }

    std::string text_ = "complete";
    bool stopped_ok_ = false;
    std::chrono::nanoseconds timeout_{0};
    wanted_state wanted_;
};

}  // namespace

std::unique_ptr<command> make_job_status() { return std::make_unique<job_status>(); }

std::unique_ptr<command> make_job_wait() { return std::make_unique<job_wait>(); }

}  // namespace cli::commands
