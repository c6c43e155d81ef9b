#include "cli/confirm.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/refuse_negative.hpp"
#include "commands/commands.hpp"
#include "commands/delete_targets.hpp"
#include "commands/job_command.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>

namespace cli::commands {
namespace {

class stop_job final : public job_command {
public:
    void validate() const override
    {
        job_command::validate();
        refuse_negative("timeout", timeout_);
    }

protected:
    void describe(flags& on) override
    {
        on.about("Asks Ray to stop a job: that of a RayJob, or with -c or --address a submission. Its processes get "
                 "SIGTERM, and SIGKILL 3 seconds later. The RayJob and its cluster stay; job delete removes them.");
        on.example("The job of a RayJob", "job stop nightly");
        on.example("A submission", "job stop raysubmit_Abc123 -c demo");
        on.toggle("no-wait", 0, &no_wait_, "Return when Ray has taken the request.");
        on.value("timeout", 0, &timeout_, "Longest wait until the job has ended; 0 means no limit.");
    }

    task<exit_code> act(context on) override
    {
        task<job_subject> finding = find_job(on, place_, name_);
        job_subject const of = co_await std::move(finding);
        bool const asked = co_await of.dashboard.stop(of.name.id);
        if (asked && no_wait_) {
            on.out().write("Asked Ray to stop job " + of.name.id + "\n");
            co_return exit_code::done;
        }
        task<ray::submitted_job> waiting = asked ? wait(on, of) : of.dashboard.get(of.name.id);
        ray::submitted_job const job = co_await std::move(waiting);
        on.out().write(kuberay::printable_line(outcome_text(job, true)) + (asked ? "\n" : " before\n"));
        co_return exit_code::done;
    }

private:
    task<ray::submitted_job> wait(context on, job_subject of)
    {
        progress_line line(on);
        line.show("Waiting until " + of.name.str() + " has stopped");
        auto const last = std::make_shared<std::string>();
        std::function<void(ray::submitted_job const&)> const keep = [last](auto const& job) { *last = job.status; };
        task<ray::submitted_job> bounded = kuberay::with_timeout(timeout_, await_end(of, keep));
        result<ray::submitted_job> const ended = co_await kuberay::as_result(std::move(bounded));
        line.clear();
        if (ended.has_value()) co_return *ended;
        if (ended.error().code() != errc::timed_out) throw failure(ended.error());
        error const late(
            errc::timed_out,
            "Ray job " + of.name.id + " is still " + *last + " after " + kuberay::format_duration(timeout_)
        );
        // Ray says yes to that request and does nothing.
        bool const never = *last == ray::job_phase::pending && !of.name.rayjob.empty();
        if (never)
            throw failure(late.with_hint(
                "Ray does not stop a job that still waits for resources; to give it up: "
                + of.name.command(on, "delete")
            ));
        throw failure(late);
    }

    bool no_wait_ = false;
    std::chrono::nanoseconds timeout_ = std::chrono::seconds(30);
};

class delete_job final : public command {
public:
    void declare(flags& on) override
    {
        on.about("Deletes RayJobs with the clusters that were made for them, after asking. With -c or --address it is "
                 "the records of submissions that have ended; their cluster stays.");
        on.example("A RayJob, without being asked", "job delete nightly --yes");
        on.example("The record of a submission", "job delete raysubmit_Abc123 -c demo");
        on.words("(NAME | SUBMISSION-ID)...", 1, any_number, &words_).completes = complete_job_names(&place_);
        place_.declare(
            on, "Ray cluster whose jobs they are; the words are then submission ids, no RayJobs.",
            "URL of the dashboard whose jobs they are."
        );
        on.toggle("yes", 'y', &how_.yes, "Do not ask.");
        on.toggle("wait", 0, &how_.wait, "Wait until the RayJobs are gone.");
        on.value("timeout", 0, &how_.timeout, "Longest wait with --wait; 0 means no limit.");
        on.toggle("ignore-not-found", 0, &how_.ignore_not_found, "One that is not there is no error.");
        how_.dry_run.declare(on);
    }

    void complete(flags const& given, global_flags& globals) override
    {
        place_.complete(globals);
        for (std::string const& word : words_)
            names_.push_back(read_job_word(word, place_.is_given()));
        if (!place_.is_given()) return;
        for (char const* const of_objects : {"wait", "timeout", "dry-run"})
            if (given.given(of_objects)) throw usage_error(std::string("--") + of_objects + " is for RayJobs");
    }

    void validate() const override
    {
        place_.validate();
        refuse_negative("timeout", how_.timeout);
    }

    task<exit_code> run(context on) override
    {
        place_.tell(on);
        co_await place_.settle(on);
        if (place_.is_given()) co_return co_await delete_submissions(on);
        how_.kind = ray::target_kind::job;
        how_.typed = true;
        for (std::string const& name : names_) {
            requested_target& added = how_.targets.emplace_back();
            added.what = ray::target(ray::target_kind::job, name);
            added.typed = true;
        }
        co_return co_await run_delete(on, how_);
    }

private:
    task<exit_code> delete_submissions(context on)
    {
        std::string question = "These records of jobs will be deleted:\n";
        for (std::string const& id : names_)
            question += "- " + kuberay::printable_line(id) + "\n";
        question += "Delete?";
        if (!how_.yes && !confirmed(on, question)) co_return exit_code::done;
        task<ray::job_client> connecting = connect_jobs(on, place_);
        ray::job_client const jobs = co_await std::move(connecting);
        bool failed = false;
        for (std::string const& id : names_) {
            task<void> removing = jobs.remove(id);
            result<void> const removed = co_await kuberay::as_result(std::move(removing));
            bool const absent = removed.has_error() && removed.error().code() == kuberay::reason::not_found;
            if (removed.has_value()) {
                on.out().write("Deleted job " + id + "\n");
            } else if (kuberay::is_cancellation(removed.error())) {
                throw failure(removed.error());
            } else if (!absent || !how_.ignore_not_found) {
                on.err().write(error_lines(removed.error()));
                failed = true;
            }
        }
        co_return failed ? exit_code::failed : exit_code::done;
    }

    std::vector<std::string> words_, names_;
    job_place place_;
    delete_request how_;
};

}  // namespace

std::unique_ptr<command> make_stop_job() { return std::make_unique<stop_job>(); }

std::unique_ptr<command> make_delete_job() { return std::make_unique<delete_job>(); }

}  // namespace cli::commands
