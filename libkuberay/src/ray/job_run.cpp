#include "ray/submission.hpp"

#include <utility>

namespace kuberay::ray {

struct job_run::state : submission {
    using submission::submission;
};

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds stop_poll(200);
constexpr int polls_between_stops = 5;

task<void> submit(shared_submission s)
{
    if (s->what.submits && s->what.job.entrypoint.empty())
        throw failure(errc::bad_input, "submitting a job: there is no entrypoint");
    if (!s->has_rayjob()) {
        if (!s->traces.cluster.empty() && !s->what.address) {
            co_await check_cluster_exists(s);
            s->emit(submit_stage::cluster_known, s->traces.cluster);
            co_await reach_cluster(s);
        }
        co_await reach_dashboard(s);
    } else if (!s->selected.empty()) {
        // Everything that can be known beforehand comes before anything is created, or deleted.
        co_await refuse_taken_name(s);
        co_await check_cluster_exists(s);
        co_await reach_cluster(s);
        co_await reach_dashboard(s);
        if (s->what.submits) co_await refuse_taken_id(s);
        co_await create_rayjob(s);
        co_await await_cluster_name(s);
    } else {
        co_await create_rayjob(s);
        co_await await_cluster_name(s);
        step_end const up = co_await reach_cluster(s);
        if (up == step_end::through) co_await reach_dashboard(s);
    }
    if (s->what.submits) {
        co_await upload_packages(s);
        co_await post_job(s);
    } else if (s->has_rayjob()) {
        co_await await_operator_submission(s);
    } else {
        throw failure(errc::bad_input, "following what the operator submits needs a RayJob");
    }
}

task<void> start(shared_submission s)
{
    if (s->listening || s->creating || s->posting) throw failure(errc::bad_input, "a submission is started once");
    listening_scope const listening(s);
    s->deadline = s->after(s->what.cluster_timeout);
    task<void> submitting = submit(s);
    result<void> const submitted = co_await as_result(std::move(submitting));
    if (submitted.has_value()) co_return;
    error const why = submitted.error();
    if (is_cancellation(why)) throw failure(why);
    error const explained = co_await with_submitter_log(s, why);
    throw failure(explained);
}

task<job> await_finished(shared_submission s)
{
    rayjob_view const& view = s->watch->view;
    while (!is_finished(view.now().status)) {
        if (s->watch->lost) throw failure(*s->watch->lost);
        std::optional<error> const verdict = view.verdict();
        if (verdict) throw failure(*verdict);
        co_await s->changed.wait();
    }
    co_return view.now();
}

task<job> wait_finished(shared_submission s, steady::duration timeout)
{
    if (!s->watch) throw failure(errc::bad_input, "waiting for a RayJob that was not created");
    task<job> bounded = with_timeout(timeout, await_finished(s));
    result<job> ended = co_await as_result(std::move(bounded));
    if (ended.has_value()) co_return std::move(*ended);
    if (ended.error().code() != errc::timed_out) throw failure(ended.error());
    throw failure(
        errc::timed_out, "waiting for " + s->job_name() + " to be complete: the deadline of " + format_duration(timeout)
                             + " passed; it is " + s->watch->view.state()
    );
}

// A job that waits for resources does not heed a stop; it is told again.
task<submitted_job> stop_until_ended(job_client client, std::string id, std::shared_ptr<std::string> last)
{
    for (int polls = 0;; ++polls) {
        submitted_job now = co_await client.get(id);
        *last = now.status;
        if (now.is_finished()) co_return now;
        bool const is_due = polls == 0 || (polls % polls_between_stops == 0 && now.status == job_phase::pending);
        if (is_due) {
            bool const was_running = co_await client.stop(id);
            (void)was_running;  // the status says it better
        }
        co_await sleep_for(stop_poll);
    }
}

task<submitted_job> stop(shared_submission s, steady::duration limit)
{
    if (!s->client || !s->traces.accepted) throw failure(errc::bad_input, "stopping a job that was not submitted");
    std::string const id = s->traces.submission_id;
    auto const last = std::make_shared<std::string>();
    job_client const client = *s->client;
    task<submitted_job> bounded = with_timeout(limit, stop_until_ended(client, id, last));
    result<submitted_job> ended = co_await as_result(std::move(bounded));
    if (ended.has_value()) co_return std::move(*ended);
    if (ended.error().code() != errc::timed_out) throw failure(ended.error());
    throw failure(
        errc::timed_out, "stopping the job " + id + ": it has not ended within " + format_duration(limit)
                             + (last->empty() ? "" : "; it is " + *last)
    );
}

task<submitted_job> submit_and_follow(job_run run, std::function<task<void>(std::string bytes)> sink)
{
    task<void> starting = run.start();
    result<void> const started = co_await as_result(std::move(starting));
    if (started.has_error()) {
        if (is_cancellation(started.error())) throw failure(started.error());
        task<void> cleaning = run.abandon();
        result<void> const cleaned = co_await as_result(std::move(cleaning));
        if (cleaned.has_error()) throw failure(started.error().with_hint("left behind: " + cleaned.error().message()));
        submit_traces const traces = run.traces();
        if (traces.accepted)
            throw failure(started.error().with_hint("Ray has the job " + traces.submission_id + " all the same"));
        throw failure(started.error());
    }
    task<submitted_job> following = run.follow(sink);
    co_return co_await std::move(following);
}

}  // namespace

job_run::job_run(kube::client on, std::string ns, submit_request what)
    : state_(std::make_shared<state>(std::move(on), std::move(ns), std::move(what)))
{
}

task<void> job_run::start() const { return ray::start(state_); }

task<submitted_job> job_run::follow(std::function<task<void>(std::string bytes)> sink) const
{
    return follow_submission(state_, std::move(sink));
}

task<void> job_run::abandon(bool even_accepted) const { return abandon_submission(state_, even_accepted); }

task<job> job_run::wait_rayjob(std::chrono::steady_clock::duration timeout) const
{
    return wait_finished(state_, timeout);
}

task<submitted_job> job_run::stop(std::chrono::steady_clock::duration limit) const { return ray::stop(state_, limit); }

submit_traces job_run::traces() const { return state_->traces; }

job_client job_run::dashboard() const
{
    if (!state_->client) throw failure(errc::bad_input, "the dashboard has not been reached");
    return *state_->client;
}

task<submitted_job>
submit_job(kube::client on, std::string ns, submit_request what, std::function<task<void>(std::string bytes)> sink)
{
    return submit_and_follow(job_run(std::move(on), std::move(ns), std::move(what)), std::move(sink));
}

}  // namespace kuberay::ray
