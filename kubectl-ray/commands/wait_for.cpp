#include "commands/wait_for.hpp"

#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/wait.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/job.hpp>

namespace cli::commands {
namespace {

using kuberay::string_at;
using state = wanted_state::kind;

std::string_view condition_status(json::object const& object, std::string_view type)
{
    json::value const root = object;
    json::value const* const conditions = kuberay::find_path(root, "status.conditions");
    json::array const* const all = conditions ? conditions->if_array() : nullptr;
    if (!all) return std::string_view();
    for (json::value const& each : *all) {
        if (kuberay::to_lower(string_at(each, "type")) != kuberay::to_lower(type)) continue;
        std::string_view const status = string_at(each, "status");
        for (char const* known : {"True", "False", "Unknown"})
            if (status == known) return known;
    }
    return std::string_view();
}

std::string text_at(json::object const& object, std::string_view path)
{
    json::value const root = object;
    return std::string(string_at(root, path));
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> all)
{
    for (std::string_view const each : all)
        if (text == each) return true;
    return false;
}

std::int64_t backoff_limit_of(json::object const& job)
{
    json::value const root = job;
    json::value const* const limit = kuberay::find_path(root, "spec.backoffLimit");
    return limit && limit->is_int64() ? limit->get_int64() : 0;
}

bool job_is(json::object const& job, state wanted)
{
    std::string const deployment = text_at(job, "status.jobDeploymentStatus"),
                      status = text_at(job, "status.jobStatus");
    // With a backoffLimit the operator tries a failed job again, until it says Failed itself.
    bool const gave_up = is_one_of(
        deployment, {ray::job_deployment::failed, ray::job_deployment::complete, ray::job_deployment::validation_failed}
    );
    bool const is_tried_again = status == ray::job_phase::failed && !gave_up && backoff_limit_of(job) > 0;
    bool const failed = is_one_of(deployment, {ray::job_deployment::failed, ray::job_deployment::validation_failed})
                        || (is_one_of(status, {ray::job_phase::failed, ray::job_phase::stopped}) && !is_tried_again);
    bool const complete =
        !failed && (deployment == ray::job_deployment::complete || status == ray::job_phase::succeeded);
    if (complete) return true;
    if (failed) {
        std::string what = "the RayJob ended as " + (status.empty() ? deployment : status);
        for (char const* path : {"status.reason", "status.message"})
            if (std::string const more = text_at(job, path); !more.empty()) what += ": " + more;
        throw failure(errc::unsatisfiable, what);
    }
    if (wanted == state::complete) return false;
    if (wanted == state::running) return status == ray::job_phase::running;
    return is_one_of(deployment, {ray::job_deployment::running, ray::job_deployment::waiting});
}

bool cluster_is_ready(json::object const& cluster)
{
    return condition_status(cluster, ray::cluster_condition::provisioned) == "True"
           || text_at(cluster, "status.state") == ray::cluster_state::ready;
}

bool is_suspended(ray::target_kind kind, json::object const& object)
{
    if (kind == ray::target_kind::job) {
        if (text_at(object, "status.jobDeploymentStatus") == ray::job_deployment::suspended) return true;
        if (job_is(object, state::complete)) throw failure(errc::unsatisfiable, "the RayJob is complete");
        return false;
    }
    if (kind == ray::target_kind::cron_job)
        return kuberay::bool_at(json::value(object), "spec.suspend").value_or(false);
    return text_at(object, "status.state") == ray::cluster_state::suspended
           || condition_status(object, ray::cluster_condition::suspended) == "True";
}

bool is_ready(ray::target_kind kind, json::object const& object)
{
    switch (kind) {
    case ray::target_kind::cluster: return cluster_is_ready(object);
    case ray::target_kind::job: return job_is(object, state::ready);
    case ray::target_kind::service:
        return condition_status(object, "Ready") == "True" || text_at(object, "status.serviceStatus") == "Running";
    case ray::target_kind::cron_job: return true;
    }
    return true;
}

bool path_matches(json::object const& object, wanted_state const& wanted)
{
    json::value const root = object;
    for (json::value const* found : wanted.path->find(root))
        if (path_text(*found) == wanted.value) return true;
    return false;
}

error absent(ray::target const& what, std::string const& ns)
{
    return not_found(what.str() + " not found in namespace " + in_quotes(ns));
}

}  // namespace

result<wanted_state> parse_wanted_state(std::string_view text)
{
    static constexpr std::pair<std::string_view, state> plain[] = {
        {"ready", state::ready},     {"suspended", state::suspended}, {"delete", state::gone},
        {"running", state::running}, {"complete", state::complete},
    };
    wanted_state wanted;
    wanted.text = std::string(text);
    for (auto const& [word, what] : plain) {
        if (kuberay::to_lower(text) != word) continue;
        wanted.what = what;
        return wanted;
    }
    if (text.starts_with("condition=") && text.size() > 10) {
        std::string_view const rest = text.substr(10);
        std::size_t const equals = rest.find('=');
        wanted.what = state::condition;
        wanted.condition = std::string(rest.substr(0, equals));
        wanted.status = equals == std::string_view::npos ? "True" : std::string(rest.substr(equals + 1));
        return wanted;
    }
    if (text.starts_with("jsonpath=")) {
        std::string_view const rest = text.substr(9);
        std::size_t const brace = rest.rfind('}');
        std::size_t const equals = rest.find('=', brace == std::string_view::npos ? 0 : brace);
        if (equals == std::string_view::npos)
            return error(errc::bad_input, "jsonpath must have the form jsonpath={PATH}=VALUE");
        result<json_path> path = json_path::parse_relaxed(rest.substr(0, equals));
        if (path.has_error()) return path.error();
        wanted.what = state::path;
        wanted.path = std::move(*path);
        wanted.value = std::string(rest.substr(equals + 1));
        return wanted;
    }
    return error(
        errc::bad_input,
        "must be one of ready, suspended, delete, running, complete, condition=TYPE[=STATUS], jsonpath={PATH}=VALUE"
    );
}

bool is_in_state(ray::target_kind kind, json::object const& object, wanted_state const& wanted)
{
    switch (wanted.what) {
    case state::ready: return is_ready(kind, object);
    case state::suspended: return is_suspended(kind, object);
    case state::gone: return false;
    case state::running:
    case state::complete: return job_is(object, wanted.what);
    case state::condition:
        return kuberay::to_lower(condition_status(object, wanted.condition)) == kuberay::to_lower(wanted.status);
    case state::path: return path_matches(object, wanted);
    }
    return false;
}

task<void> wait_for(context on, std::string ns, ray::target what, wanted_state wanted, std::chrono::nanoseconds limit)
{
    progress_line line(on);
    line.show("Waiting for " + what.str() + " in namespace " + in_quotes(ns) + ": " + wanted.text);
    kube::api<kube::object> const objects = kube::api<kube::object>::in_ns(on.client(), ray::type_of(what.kind), ns);
    kube::predicate<kube::object> const done = [what, ns, wanted](std::optional<kube::object> const& now) {
        if (wanted.what == state::gone) return !now;
        if (!now) throw failure(absent(what, ns));
        return is_in_state(what.kind, now->content, wanted);
    };
    task<std::optional<kube::object>> waiting = kube::wait_until(objects, what.name, done, limit);
    result<std::optional<kube::object>> const ended = co_await kuberay::as_result(std::move(waiting));
    line.clear();
    if (ended.has_error())
        throw failure(ended.error().with_context(
            "waiting for " + what.str() + " in namespace " + in_quotes(ns) + ": " + wanted.text
        ));
}

task<void> wait_for_manifest(context on, manifest what, std::chrono::nanoseconds limit)
{
    std::optional<ray::target_kind> const kind = kind_of_word(what.kind());
    if (!kind || !what.kind().starts_with("Ray")) co_return;
    wanted_state wanted;
    wanted.text = "ready";
    std::string ns(string_at(what.object, "metadata.namespace"));
    if (ns.empty()) ns = on.ns();
    ray::target const target(*kind, what.name());
    co_await wait_for(on, ns, target, wanted, limit);
    on.out().write(what.str() + " is ready\n");
    on.out().flush();
}

}  // namespace cli::commands
