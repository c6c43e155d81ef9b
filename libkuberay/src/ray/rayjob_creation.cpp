#include "base/quote.hpp"
#include "ray/submission.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/describe.hpp>
#include <kuberay/ray/wait.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using objects = kube::api<kube::object>;
using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds longest_deletion(60);
constexpr char const* doctor = "run `kubectl ray doctor`: it checks the operator and its rights";

objects rayjobs_of(submission const& s) { return objects::in_ns(s.on, job::type(), s.ns); }

bool has_mark(kube::object const& found, std::string const& run_id)
{
    auto const mark = found.metadata.annotations.find(std::string(run_annotation));
    return mark != found.metadata.annotations.end() && mark->second == run_id;
}

error with_replace_hint(error const& why)
{
    if (why.code() != reason::already_exists) return why;
    return why.with_hint("choose another name, or replace it: --replace deletes it and its cluster first");
}

// The server has spoken, and nothing was done.
bool is_refusal(error const& why)
{
    if (why.status()) return why.status()->http_status >= 400 && why.status()->http_status < 500;
    error_code const code = why.code();
    return code == errc::bad_input || code == errc::bad_config || code == errc::credentials
           || code == errc::tls_rejected || is_cancellation(why);
}

// Creates it, and when no answer says whether that worked, looks.
task<create_outcome> create_settled(kube::client on, json::object rayjob, std::string run_id)
{
    ownership_test const is_ours = [run_id](kube::object const& found) { return has_mark(found, run_id); };
    kube::object const wanted(rayjob);
    create_options const options;
    task<create_outcome> creating = create_object(on, job::type(), std::move(rayjob), options, is_ours);
    result<create_outcome> made = co_await as_result(std::move(creating));
    if (made.has_value()) co_return std::move(*made);
    error const why = made.error();
    if (is_refusal(why)) throw failure(with_replace_hint(why));
    objects const in = objects::in_ns(on, job::type(), wanted.metadata.ns);
    task<std::optional<kube::object>> finding = in.find(wanted.metadata.name);
    result<std::optional<kube::object>> found = co_await as_result(std::move(finding));
    if (found.has_error() || !found->has_value() || !is_ours(**found)) throw failure(why);
    create_outcome outcome;
    outcome.ns = wanted.metadata.ns;
    outcome.name = wanted.metadata.name;
    outcome.uid = (*found)->metadata.uid;
    co_return outcome;
}

task<void> delete_predecessor(shared_submission s)
{
    objects const in = rayjobs_of(*s);
    std::optional<kube::object> const found = co_await in.find(s->name);
    if (!found) co_return;
    kube::remove_params params;
    params.uid = found->metadata.uid;
    task<void> removing = in.remove(s->name, params);
    result<void> const removed = co_await as_result(std::move(removing));
    if (removed.has_error() && !kube::is_absence(removed.error(), job::type(), s->name))
        throw failure(removed.error().with_context("replacing " + s->job_name()));
    task<void> waiting = wait_deleted(s->on, job::type(), s->ns, s->name, params.uid, longest_deletion);
    result<void> const gone = co_await as_result(std::move(waiting));
    if (gone.has_error() && gone.error().code() == errc::timed_out)
        throw failure(gone.error().with_context("replacing " + s->job_name()).with_hint(doctor));
    gone.value();
}

task<void> follow_rayjob(kube::watcher<job> changes, std::shared_ptr<watched_rayjob> into)
{
    while (!into->lost) {
        task<kube::watch_event<job>> next = changes.next();
        result<kube::watch_event<job>> event = co_await as_result(std::move(next));
        if (event.has_error())
            into->lost = event.error();
        else
            into->view.see(std::move(*event));
        into->changed.notify_all();
    }
}

void watch_rayjob(submission& s, std::string const& uid)
{
    s.watch = std::make_shared<watched_rayjob>(s.changed, rayjob_view(s.name, uid));
    kube::watch_params params;
    params.field_selector = "metadata.name=" + s.name;
    auto const jobs = kube::api<job>::in_ns(s.on, s.ns);
    s.watching.start(follow_rayjob(jobs.watch(params), s.watch));
}

error nobody_came(submission const& s)
{
    return error(
               errc::unsatisfiable, "nobody has touched " + s.job_name() + " in namespace " + kuberay::quoted(s.ns)
                                        + " for " + format_duration(s.what.operator_timeout)
                                        + ": no KubeRay operator seems to look after this namespace"
    )
        .with_hint(doctor);
}

// An operator that cannot make progress still tells of it. No right to read events: nothing is known.
task<std::optional<kube::event>> last_event(shared_submission s, std::string uid)
{
    task<std::vector<kube::event>> listing = events_of(s->on, s->ns, job::type().kind, s->name);
    result<std::vector<kube::event>> found = co_await as_result(std::move(listing));
    if (found.has_error()) co_return std::nullopt;
    std::optional<kube::event> last;
    for (kube::event& one : *found)
        if (one.involved_uid.empty() || one.involved_uid == uid) last = std::move(one);
    co_return last;
}

error told_by(kube::event const& event)
{
    return error(errc::unexpected, "the operator says: " + event.reason + ": " + printable_line(event.message));
}

steady::duration until_next_look(submission const& s, bool operator_seen, steady::time_point started)
{
    steady::duration pause = s.deadline ? *s.deadline - s.now() : std::chrono::hours(1);
    if (operator_seen) return pause;
    steady::duration const left = started + s.what.operator_timeout - s.now();
    return std::max<steady::duration>(std::min(pause, left), std::chrono::milliseconds(1));
}

}  // namespace

task<void> refuse_taken_name(shared_submission s)
{
    if (s->what.replace) co_return;
    objects const in = rayjobs_of(*s);
    std::optional<kube::object> const found = co_await in.find(s->name);
    if (!found) co_return;
    server_status status;
    status.http_status = 409;
    status.reason = "AlreadyExists";
    status.message = "the RayJob " + kuberay::quoted(s->name) + " already exists in namespace " + kuberay::quoted(s->ns)
                     + "; nothing was changed";
    throw failure(with_replace_hint(error(std::move(status))));
}

task<void> create_rayjob(shared_submission s)
{
    if (s->what.replace) co_await delete_predecessor(s);
    s->creating = std::make_unique<own_task<create_outcome>>(
        s->on.get_executor(), s->changed, create_settled(s->on, s->what.rayjob, s->run_id)
    );
    co_await s->creating->done();
    std::string const uid = s->creating->outcome().value().uid;
    s->traces.rayjob_created = true;
    s->traces.rayjob_uid = uid;
    watch_rayjob(*s, uid);
    s->emit(submit_stage::rayjob_created, s->name);
}

task<void> await_cluster_name(shared_submission s)
{
    steady::time_point const started = s->now();
    bool operator_seen = s->what.operator_timeout <= steady::duration::zero();
    std::string const former = s->selected.empty() ? s->traces.cluster : std::string();
    rayjob_view const& view = s->watch->view;
    for (;;) {
        if (s->watch->lost) throw failure(*s->watch->lost);
        std::optional<error> const verdict = view.verdict();
        if (verdict) throw failure(*verdict);
        std::string const& cluster = view.now().status.ray_cluster_name;
        if (!cluster.empty() && cluster != former) break;
        operator_seen = operator_seen || view.is_touched();
        if (!operator_seen && s->now() - started >= s->what.operator_timeout) {
            std::optional<kube::event> const told = co_await last_event(s, s->traces.rayjob_uid);
            if (!told && !view.is_touched()) throw failure(nobody_came(*s));
            operator_seen = true;
            if (told) s->trouble(told_by(*told));
        }
        if (s->deadline && s->now() >= *s->deadline)
            throw failure(
                errc::timed_out, "waiting for the RayCluster of " + s->job_name()
                                     + " to be named: the deadline passed; the RayJob is " + view.state()
            );
        steady::duration const pause = until_next_look(*s, operator_seen, started);
        co_await s->changed.wait_for(pause);
    }
    s->traces.cluster = view.now().status.ray_cluster_name;
    s->emit(submit_stage::cluster_known, s->traces.cluster);
}

}  // namespace kuberay::ray
