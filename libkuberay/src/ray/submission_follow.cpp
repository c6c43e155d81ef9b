#include "ray/late_output.hpp"
#include "ray/submission.hpp"

#include <kuberay/ray/reported_job.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using steady = std::chrono::steady_clock;
using output_sink = std::function<task<void>(std::string bytes)>;

/// How long the output may stand still once the RayJob is over, and a RayJob that will be tried again may look failed.
constexpr std::chrono::seconds grace(10), longest_verdict(60);

struct pace {
    explicit pace(steady::time_point now)
        : last(now)
    {
    }

    steady::time_point last;  ///< when output moved
    bool in_sink = false;
    std::optional<steady::time_point> over_since;
};

task<void> copy_output(shared_submission s, output_sink sink, std::shared_ptr<pace> at)
{
    for (;;) {
        task<std::optional<std::string>> next = s->follower->next();
        std::optional<std::string> bytes = co_await std::move(next);
        if (!bytes) co_return;
        at->in_sink = true;
        task<void> writing = sink(std::move(*bytes));
        co_await std::move(writing);
        at->in_sink = false;
        at->last = s->now();
    }
}

// A RayJob that is over takes its cluster with it sooner or later. The output is then given as long as it still moves;
// where the operator gave up on a job that still runs, only a moment.
judgement judge_over(submission const& s, pace& at)
{
    judgement now;
    if (!s.watch || !s.watch->view.is_over()) return now;
    if (!at.over_since) at.over_since = s.now();
    rayjob_view const& view = s.watch->view;
    bool const gave_up = is_finished(view.now().status) && !view.has_outcome();
    steady::time_point from = *at.over_since;
    if (!gave_up) from = std::max(from, at.in_sink ? s.now() : at.last);
    steady::duration const left = from + grace - s.now();
    now.is_over = left <= steady::duration::zero();
    now.look_again = std::max<steady::duration>(left, std::chrono::milliseconds(1));
    return now;
}

void open_follower(shared_submission const& s)
{
    job_log_options options = s->what.log;
    options.on_status = [weak = std::weak_ptr<submission>(s), then = s->what.log.on_status](submitted_job const& job) {
        if (then) then(job);
        auto const alive = weak.lock();
        if (!alive) return;
        submit_event event;
        event.stage = submit_stage::status;
        event.name = job.submission_id;
        event.job = job;
        alive->emit(event);
    };
    options.on_trouble = [weak = std::weak_ptr<submission>(s), then = s->what.log.on_trouble](error const& cause) {
        if (then) then(cause);
        if (auto const alive = weak.lock()) alive->trouble(cause);
    };
    s->follower.emplace(*s->client, s->traces.submission_id, std::move(options));
}

submitted_job told_by_rayjob(submission const& s)
{
    submitted_job job = reported_job(s.watch->view.now());
    job.submission_id = s.traces.submission_id;
    return job;
}

bool rayjob_knows_the_end(submission const& s)
{
    return s.watch && s.watch->view.is_over() && s.watch->view.has_outcome();
}

error output_missing(submission const& s, std::optional<error> const& cause)
{
    std::string text = "the job has ended and its cluster does not answer any more; the output after byte "
                       + std::to_string(s.follower->position()) + " is missing";
    if (cause) text += ": " + cause->message();
    return error(errc::connection_lost, std::move(text));
}

// One attempt, to its end.
task<submitted_job> follow_one(shared_submission s, output_sink sink)
{
    if (s->copying) co_await s->copying->done();
    if (!s->follower) open_follower(s);
    auto const at = std::make_shared<pace>(s->now());
    s->copying = std::make_shared<own_task<void>>(s->on.get_executor(), s->changed, copy_output(s, sink, at));
    auto const copying = s->copying;
    std::function<judgement()> const judge = [s, at] { return judge_over(*s, *at); };
    task<step_end> judged = run_judged(s, copying, judge);
    result<step_end> const through = co_await as_result(std::move(judged));
    copying->cancel();
    if (through.has_value() && *through == step_end::through) co_return s->follower->job();
    std::optional<error> cause;
    if (through.has_error()) cause = through.error();
    bool const is_callers = cause && (is_cancellation(*cause) || at->in_sink);
    if (is_callers) throw failure(*cause);
    if (rayjob_knows_the_end(*s)) {
        s->trouble(output_missing(*s, cause));
        co_return told_by_rayjob(*s);
    }
    std::optional<error> const verdict = s->watch ? s->watch->view.verdict() : std::nullopt;
    if (verdict) throw failure(*verdict);
    throw failure(cause ? *cause : error(errc::unexpected, s->job_name() + " is over without an outcome"));
}

// With a backoffLimit the operator starts anew, on another cluster.
task<bool> is_tried_again(shared_submission s, submitted_job job)
{
    if (s->what.submits || !s->watch || job.status != job_phase::failed) co_return false;
    rayjob_view const& view = s->watch->view;
    if (view.now().spec.backoff_limit.value_or(0) <= 0) co_return false;
    steady::time_point const until = s->now() + longest_verdict;
    while (!s->watch->lost && !view.is_over() && s->now() < until) {
        job_status const& status = view.now().status;
        bool const is_elsewhere = !status.ray_cluster_name.empty() && status.ray_cluster_name != s->traces.cluster;
        if (status.deployment_status == job_deployment::retrying || is_elsewhere) co_return true;
        steady::duration const left = until - s->now();
        co_await s->changed.wait_for(left);
    }
    co_return false;
}

task<void> begin_next_attempt(shared_submission s, submitted_job failed)
{
    s->trouble(error(errc::unexpected, "an attempt has failed and the operator tries again: " + failed.message));
    s->follower.reset();
    s->client.reset();
    s->deadline = s->after(s->what.cluster_timeout);
    co_await await_cluster_name(s);
    step_end const up = co_await reach_cluster(s);
    if (up == step_end::through) co_await reach_dashboard(s);
    co_await await_operator_submission(s);
}

task<submitted_job> follow(shared_submission s, output_sink sink)
{
    if (!s->traces.accepted) throw failure(errc::bad_input, "following a job that was not submitted");
    listening_scope const listening(s);
    for (;;) {
        submitted_job job;
        if (s->client) {
            job = co_await follow_one(s, sink);
        } else {
            job = told_by_rayjob(*s);
            co_await read_late_output(s, sink);
        }
        bool const again = co_await is_tried_again(s, job);
        if (again) {
            co_await begin_next_attempt(s, job);
            continue;
        }
        submit_event event;
        event.stage = submit_stage::ended;
        event.name = job.submission_id;
        event.job = job;
        s->emit(event);
        co_return job;
    }
}

}  // namespace

task<submitted_job> follow_submission(shared_submission s, output_sink sink)
{
    return follow(std::move(s), std::move(sink));
}

}  // namespace kuberay::ray
