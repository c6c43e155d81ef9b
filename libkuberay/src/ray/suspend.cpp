#include "ray/failing.hpp"
#include "ray/patch_operations.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/wait.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/suspend.hpp>

namespace kuberay::ray {
namespace {

// The operator suspends a job by deleting its cluster, which it does only for one that it would delete anyway.
void refuse_job(json::object const& object)
{
    json::value const document(object);
    std::string const who = who_is(object);
    std::string const state(string_at(document, "status.jobDeploymentStatus"));
    if (state == job_deployment::complete || state == job_deployment::failed
        || state == job_deployment::validation_failed)
        throw failure(errc::bad_input, who + " is finished (" + state + ") and cannot be suspended");
    if (json::value const* selector = find_path(document, "spec.clusterSelector");
        selector && selector->is_object() && !selector->get_object().empty())
        throw failure(errc::bad_input, who + " runs on a cluster chosen by clusterSelector and cannot be suspended");
    if (!bool_at(document, "spec.shutdownAfterJobFinishes").value_or(false))
        throw failure(errc::bad_input, who + " cannot be suspended: spec.shutdownAfterJobFinishes is false");
}

bool is_suspended(target_kind kind, json::value const& document)
{
    if (kind == target_kind::cron_job) return bool_at(document, "spec.suspend").value_or(false);
    if (kind == target_kind::job) return string_at(document, "status.jobDeploymentStatus") == job_deployment::suspended;
    if (string_at(document, "status.state") == cluster_state::suspended) return true;
    json::value const* conditions = find_path(document, "status.conditions");
    if (!conditions || !conditions->is_array()) return false;
    for (json::value const& one : conditions->get_array())
        if (string_at(one, "type") == cluster_condition::suspended && string_at(one, "status") == "True") return true;
    return false;
}

std::string state_of(target_kind kind, json::value const& document)
{
    return std::string(string_at(document, kind == target_kind::job ? "status.jobDeploymentStatus" : "status.state"));
}

bool is_over(json::value const& document)
{
    std::string_view const state = string_at(document, "status.jobDeploymentStatus");
    return state == job_deployment::complete || state == job_deployment::failed;
}

task<void> wait_for(kube::api<kube::object> in, target what, std::chrono::steady_clock::duration timeout)
{
    auto const last = std::make_shared<std::string>();
    kube::predicate<kube::object> const done = [what, last](std::optional<kube::object> const& now) {
        if (!now) throw failure(errc::unsatisfiable, what.str() + " is not there (any more)");
        json::value const document(now->content);
        *last = state_of(what.kind, document);
        if (what.kind == target_kind::job && is_over(document))
            throw failure(errc::unsatisfiable, what.str() + " ended as " + *last + " instead of being suspended");
        return is_suspended(what.kind, document);
    };
    auto waiting = kube::wait_until(in, what.name, done, timeout);
    auto ended = co_await as_result(std::move(waiting));
    if (ended.has_value()) co_return;
    if (ended.error().code() != errc::timed_out) throw failure(ended.error());
    std::string text = what.str() + " was not suspended before the deadline passed";
    if (!last->empty()) text += "; its state is " + *last;
    throw failure(errc::timed_out, std::move(text));
}

}  // namespace

edit_plan plan_suspension(target_kind kind, json::object const& object, suspension wanted)
{
    edit_plan plan;
    bool const on = wanted == suspension::suspend;
    json::value const document(object);
    std::optional<bool> const present = bool_at(document, "spec.suspend");
    if (present.value_or(false) == on) return plan;
    if (kind == target_kind::job && on) refuse_job(object);
    if (present) add_operation(plan.operations, "test", "/spec/suspend", json::value(*present));
    add_operation(plan.operations, present ? "replace" : "add", "/spec/suspend", json::value(on));
    plan.changes.emplace_back("suspend", on ? "false" : "true", on ? "true" : "false");
    return plan;
}

task<edit_outcome> set_suspension(kube::client on, std::string ns, target what, suspension wanted, edit_options options)
{
    if (what.kind == target_kind::service)
        return failing<edit_outcome>(error(errc::bad_input, what.str() + ": a RayService cannot be suspended"));
    edit_builder build = [kind = what.kind, wanted](json::object const& now) {
        return plan_suspension(kind, now, wanted);
    };
    return edit_object(
        std::move(on), type_of(what.kind), std::move(ns), what.name, std::move(build), std::move(options)
    );
}

task<void> wait_suspended(kube::client on, std::string ns, target what, std::chrono::steady_clock::duration timeout)
{
    auto in = kube::api<kube::object>::in_ns(std::move(on), type_of(what.kind), std::move(ns));
    return wait_for(std::move(in), std::move(what), timeout);
}

}  // namespace kuberay::ray
