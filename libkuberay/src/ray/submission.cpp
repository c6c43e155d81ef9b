#include "ray/submission.hpp"

#include <kuberay/base/json.hpp>

#include <random>

namespace kuberay::ray {
namespace {

std::string random_word()
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device source;
    std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
    std::string word;
    for (int i = 0; i < 20; ++i)
        word += letters[any(source)];
    return word;
}

json::object& part(json::object& of, std::string_view key)
{
    json::value& value = of[key];
    return value.is_object() ? value.get_object() : value.emplace_object();
}

std::string text_of(json::object const& object, std::string_view path)
{
    json::value const root = object;
    return std::string(string_at(root, path));
}

// The id stands in the RayJob, in the submission and in what is followed: one of them may say it.
void settle_submission_id(submission& s)
{
    std::string const of_rayjob = text_of(s.what.rayjob, "spec.jobId");
    if (s.what.submits) {
        std::string& id = s.what.job.submission_id;
        if (id.empty()) id = of_rayjob.empty() ? make_submission_id() : of_rayjob;
        if (s.has_rayjob()) part(s.what.rayjob, "spec")["jobId"] = id;
        s.traces.submission_id = id;
        if (s.what.job.entrypoint.empty()) s.what.job.entrypoint = text_of(s.what.rayjob, "spec.entrypoint");
        if (!s.what.runtime_env.env.empty()) s.what.job.runtime_env = s.what.runtime_env.env;
    } else {
        s.traces.submission_id = of_rayjob;
    }
}

std::string selected_cluster(json::object const& rayjob)
{
    auto const* spec = rayjob.if_contains("spec");
    auto const* selector = spec && spec->is_object() ? spec->get_object().if_contains("clusterSelector") : nullptr;
    auto const* name =
        selector && selector->is_object() ? selector->get_object().if_contains("ray.io/cluster") : nullptr;
    return name && name->is_string() ? std::string(name->get_string()) : std::string();
}

// The operation is cancelled with its last holder: this frame.
task<step_end> judged(shared_submission s, std::shared_ptr<own_task<void>> op, std::function<judgement()> judge)
{
    for (;;) {
        if (op->is_done()) {
            op->outcome().value();
            co_return step_end::through;
        }
        judgement const now = judge();
        if (now.verdict) throw failure(*now.verdict);
        if (now.is_over) co_return step_end::job_over;
        if (now.look_again)
            co_await s->changed.wait_for(*now.look_again);
        else
            co_await s->changed.wait();
    }
}

}  // namespace

submission::submission(kube::client client, std::string in_ns, submit_request request)
    : on(std::move(client))
    , ns(in_ns.empty() ? on.default_ns() : std::move(in_ns))
    , what(std::move(request))
    , changed(on.get_executor())
    , run_id(random_word())
    , watching(on.get_executor())
{
    name = text_of(what.rayjob, "metadata.name");
    selected = selected_cluster(what.rayjob);
    settle_submission_id(*this);
    if (has_rayjob()) {
        json::object& metadata = part(what.rayjob, "metadata");
        metadata["namespace"] = ns;
        part(metadata, "annotations")[run_annotation] = run_id;
    }
    traces.ns = ns;
    traces.rayjob = name;
    traces.cluster = has_rayjob() ? selected : what.cluster;
}

std::optional<submission::time_point> submission::after(duration limit) const
{
    if (limit <= duration::zero()) return std::nullopt;
    return now() + limit;
}

void submission::emit(submit_event const& event) const
{
    if (!listening || !what.on_event) return;
    what.on_event(event);
    condition told = changed;  // what the caller's clock says may have changed
    told.notify_all();
}

void submission::emit(submit_stage stage, std::string named) const
{
    submit_event event;
    event.stage = stage;
    event.name = std::move(named);
    emit(event);
}

void submission::trouble(error cause) const
{
    submit_event event;
    event.stage = submit_stage::trouble;
    event.cause = std::move(cause);
    emit(event);
}

task<step_end> run_judged(shared_submission s, std::shared_ptr<own_task<void>> op, std::function<judgement()> judge)
{
    return judged(std::move(s), std::move(op), std::move(judge));
}

task<step_end> run_under_watch(
    shared_submission s, task<void> op, std::optional<submission::time_point> until, std::function<error()> too_late
)
{
    auto running = std::make_shared<own_task<void>>(s->on.get_executor(), s->changed, std::move(op));
    return judged(s, std::move(running), [s, until, too_late = std::move(too_late)] {
        judgement now;
        if (s->watch) {
            now.is_over = !s->what.submits && s->watch->view.is_over() && s->watch->view.has_outcome();
            if (now.is_over) return now;
            now.verdict = s->watch->lost ? s->watch->lost : s->watch->view.verdict();
        }
        if (now.verdict || !until) return now;
        auto const left = *until - s->now();
        if (left <= submission::duration::zero()) now.verdict = too_late();
        now.look_again = left;
        return now;
    });
}

}  // namespace kuberay::ray
