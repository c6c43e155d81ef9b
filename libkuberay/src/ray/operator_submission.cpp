#include "ray/submission.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds pause(250);

// Ray knows the job some time before the RayJob's status says so.
task<void> job_appears(shared_submission s)
{
    job_client const client = *s->client;
    for (;;) {
        std::string const id = s->watch->view.now().status.job_id;
        if (!id.empty()) {
            task<submitted_job> reading = client.get(id);
            result<submitted_job> const found = co_await as_result(std::move(reading));
            if (found.has_value()) {
                s->traces.submission_id = id;
                co_return;
            }
            error_code const code = found.error().code();
            if (code != reason::not_found && code != errc::connection_lost && code != errc::timed_out)
                throw failure(found.error());
        }
        co_await s->changed.wait_for(pause);
    }
}

error with_log(error const& why, std::string const& log)
{
    if (log.empty()) return why;
    error told(why.code(), why.message() + "\nthe end of the submitter's log:\n" + printable(log));
    return why.hint().empty() ? told : told.with_hint(std::string(why.hint()));
}

error too_late(submission const& s)
{
    std::string text = "waiting for the operator to submit the job of " + s.job_name() + ": the deadline of "
                       + format_duration(s.what.cluster_timeout) + " passed; the RayJob is " + s.watch->view.state();
    return error(errc::timed_out, std::move(text));
}

}  // namespace

task<void> await_operator_submission(shared_submission s)
{
    step_end end = step_end::job_over;  // before its dashboard could be reached
    if (s->client) {
        std::function<error()> const late = [s] { return too_late(*s); };
        task<step_end> judged = run_under_watch(s, job_appears(s), s->deadline, late);
        end = co_await std::move(judged);
    }
    if (end == step_end::job_over) s->traces.submission_id = s->watch->view.now().status.job_id;
    s->traces.accepted = true;
    s->emit(submit_stage::submitted, s->traces.submission_id);
}

task<error> with_submitter_log(shared_submission s, error why)
{
    bool const by_operator = !s->what.submits && s->watch && s->watch->view.verdict();
    if (!by_operator || is_cancellation(why)) co_return why;
    std::string const log = co_await submitter_log(s->on, s->watch->view.now());
    co_return with_log(why, log);
}

}  // namespace kuberay::ray
