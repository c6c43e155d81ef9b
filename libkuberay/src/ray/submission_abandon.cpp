#include "ray/submission.hpp"

#include <kuberay/kube/api.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using objects = kube::api<kube::object>;

constexpr std::chrono::seconds longest_look(10);
constexpr std::string_view operator_finalizer = "ray.io/rayjob-finalizer";

// What was under way when its waiter was cancelled goes on by itself; this learns how it ended.
template <class T>
task<void> settle(shared_submission s, own_task<T>* op)
{
    task<void> bounded = with_timeout(s->what.settle_timeout, op->done());
    result<void> const settled = co_await as_result(std::move(bounded));
    if (settled.has_error() && settled.error().code() != errc::timed_out) throw failure(settled.error());
}

error not_known(submission const& s, error const& why)
{
    std::string const unknown = "nobody can tell whether Ray has taken the job " + s.traces.submission_id;
    if (!s.has_rayjob()) return why.with_context(unknown);
    return why.with_context(s.job_name() + " is kept, because " + unknown)
        .with_hint("delete it with `kubectl ray delete " + s.job_name() + "`");
}

// True when Ray has the job. Errors: nobody can tell.
task<bool> ask_ray(shared_submission s)
{
    job_client const client = *s->client;
    task<submitted_job> reading = with_timeout(longest_look, client.get(s->traces.submission_id));
    result<submitted_job> const found = co_await as_result(std::move(reading));
    if (found.has_value()) co_return !s->what.submits || found->entrypoint == s->what.job.entrypoint;
    if (found.error().code() == reason::not_found) co_return false;
    if (is_cancellation(found.error())) throw failure(found.error());
    throw failure(not_known(*s, found.error()));
}

bool was_refused(own_task<std::string>& posting)
{
    if (!posting.is_done() || posting.outcome().has_value()) return false;
    error const& why = posting.outcome().error();
    if (why.code() == reason::already_exists) return true;
    return why.status() && why.status()->http_status >= 400 && why.status()->http_status < 500;
}

task<void> settle_acceptance(shared_submission s)
{
    if (s->traces.accepted) co_return;
    if (!s->what.submits) {
        // The operator may have submitted it while nobody looked.
        if (s->watch && s->traces.submission_id.empty()) s->traces.submission_id = s->watch->view.now().status.job_id;
        s->traces.accepted = s->watch && !s->watch->view.now().status.status.empty();
        if (s->traces.accepted || !s->client || s->traces.submission_id.empty()) co_return;
        s->traces.accepted = co_await ask_ray(s);
        co_return;
    }
    if (!s->posting) co_return;
    co_await settle(s, s->posting.get());
    if (s->posting->is_done() && s->posting->outcome().has_value()) {
        s->traces.accepted = true;
    } else if (!was_refused(*s->posting)) {
        s->posting->cancel();
        s->traces.accepted = co_await ask_ray(s);
    }
}

// The operator stops the job of a RayJob that is deleted, by its id: here that of a job that had the id before.
bool would_stop_foreign_job(submission const& s)
{
    if (s.selected.empty() || !s.posting || !s.posting->is_done() || s.posting->outcome().has_value()) return false;
    return s.posting->outcome().error().code() == reason::already_exists;
}

task<void> settle_creation(shared_submission s)
{
    if (!s->creating || s->traces.rayjob_created) co_return;
    co_await settle(s, s->creating.get());
    if (s->creating->is_done() && s->creating->outcome().has_value()) {
        s->traces.rayjob_created = true;
        s->traces.rayjob_uid = s->creating->outcome()->uid;
        co_return;
    }
    if (s->creating->is_done() && s->creating->outcome().error().code() == reason::already_exists) co_return;
    s->creating->cancel();
    objects const in = objects::in_ns(s->on, job::type(), s->ns);
    std::optional<kube::object> const found = co_await in.find(s->name);
    if (!found) co_return;
    auto const mark = found->metadata.annotations.find(std::string(run_annotation));
    if (mark == found->metadata.annotations.end() || mark->second != s->run_id) co_return;
    s->traces.rayjob_created = true;
    s->traces.rayjob_uid = found->metadata.uid;
}

// The operator does nothing more for a RayJob that goes without its finalizer, and sets that only at the beginning.
task<void> release_finalizer(shared_submission s)
{
    objects const in = objects::in_ns(s->on, job::type(), s->ns);
    std::optional<kube::object> const found = co_await in.find(s->name);
    if (!found || found->metadata.uid != s->traces.rayjob_uid) co_return;
    std::vector<std::string> const& finalizers = found->metadata.finalizers;
    auto const at = std::find(finalizers.begin(), finalizers.end(), operator_finalizer);
    if (at == finalizers.end()) co_return;
    std::string const path = "/metadata/finalizers/" + std::to_string(at - finalizers.begin());
    json::array operations;
    operations.push_back(json::object{{"op", "test"}, {"path", "/metadata/uid"}, {"value", s->traces.rayjob_uid}});
    operations.push_back(json::object{{"op", "test"}, {"path", path}, {"value", operator_finalizer}});
    operations.push_back(json::object{{"op", "remove"}, {"path", path}});
    kube::patch_body const body = kube::patch_body::operations(std::move(operations));
    kube::write_params const params;
    kube::object const released = co_await in.patch(s->name, body, params);
}

task<void> remove_rayjob(shared_submission s)
{
    if (would_stop_foreign_job(*s)) co_await release_finalizer(s);
    objects const in = objects::in_ns(s->on, job::type(), s->ns);
    kube::remove_params params;
    params.uid = s->traces.rayjob_uid;
    task<void> removing = in.remove(s->name, params);
    result<void> const removed = co_await as_result(std::move(removing));
    if (removed.has_error()) {
        // Gone, or of another uid: nothing of ours is left.
        bool const is_gone =
            kube::is_absence(removed.error(), job::type(), s->name) || removed.error().code() == reason::conflict;
        if (!is_gone) throw failure(removed.error());
    }
    s->traces.rayjob_created = false;
    s->traces.rayjob_uid.clear();
}

task<void> abandon(shared_submission s, bool even_accepted)
{
    if (!even_accepted || !s->has_rayjob()) co_await settle_acceptance(s);
    if (!s->has_rayjob() || (s->traces.accepted && !even_accepted)) co_return;
    co_await settle_creation(s);
    if (s->traces.rayjob_created) co_await remove_rayjob(s);
}

}  // namespace

task<void> abandon_submission(shared_submission s, bool even_accepted) { return abandon(std::move(s), even_accepted); }

}  // namespace kuberay::ray
