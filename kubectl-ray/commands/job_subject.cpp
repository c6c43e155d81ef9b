#include "commands/job_subject.hpp"

#include "cli/progress.hpp"
#include "cli/quote.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/kube/wait.hpp>

#include <algorithm>

namespace cli::commands {
namespace {

error absent(context const& on, std::string const& name)
{
    return not_found("rayjob " + in_quotes(name) + " not found in namespace " + in_quotes(on.ns()));
}

std::string state_of(ray::job const& of)
{
    std::string text = of.status.deployment_status.empty() ? "new" : of.status.deployment_status;
    if (!of.status.reason.empty()) text += ", " + of.status.reason;
    if (!of.status.message.empty()) text += ": " + of.status.message;
    return text;
}

bool has_ray_job(ray::job const& of) { return !of.status.job_id.empty() && !of.status.ray_cluster_name.empty(); }

job_name named(context const& on, std::string name)
{
    job_name made;
    made.ns = on.ns();
    made.rayjob = std::move(name);
    return made;
}

error no_ray_job(context const& on, ray::job const& of)
{
    std::string const& name = of.metadata.name;
    if (ray::is_finished(of.status))
        return error(
            errc::unsatisfiable, "RayJob " + in_quotes(name) + " is over and has no job in Ray (" + state_of(of) + ")"
        );
    return error(errc::unsatisfiable, "RayJob " + in_quotes(name) + " has no job in Ray yet (" + state_of(of) + ")")
        .with_hint(
            "to wait for it: " + named(on, name).command(on, "attach")
            + "; to give it up: " + named(on, name).command(on, "delete")
        );
}

// The dashboard of a RayJob's cluster, found anew for each connection.
task<job_subject> subject_of(context on, job_place place, ray::job of)
{
    ray::job_client_options options = place.client_options(on);
    std::string const cluster = of.status.ray_cluster_name;
    task<std::string> asking = ray::dashboard_token(on.client(), on.ns(), cluster, options.token);
    result<std::string> const token = co_await kuberay::as_result(std::move(asking));
    if (token.has_error() && token.error().code() == kuberay::reason::not_found && ray::is_finished(of.status))
        throw failure(
            error(
                errc::unsatisfiable, "RayJob " + in_quotes(of.metadata.name) + " has ended (" + of.status.status
                                         + "), and its Ray cluster " + in_quotes(cluster) + " is gone with the output"
            )
                .with_hint("what the RayJob itself says: " + on.program() + " describe job " + of.metadata.name)
        );
    if (token.has_error()) throw failure(token.error());
    options.token = *token;
    ray::target const head(ray::target_kind::cluster, cluster);
    job_name name = named(on, of.metadata.name);
    name.id = of.status.job_id;
    job_subject made(std::move(name), ray::dial_dashboard(on.client(), on.ns(), head, options));
    made.rayjob = std::move(of);
    co_return made;
}

task<job_subject> submission_of(context on, job_place place, std::string id)
{
    job_name name;
    if (place.address.empty()) name.ns = on.ns();
    name.id = std::move(id);
    name.cluster = place.cluster;
    name.address = place.address;
    task<ray::job_client> connecting = connect_jobs(on, std::move(place));
    ray::job_client const jobs = co_await std::move(connecting);
    co_return job_subject(std::move(name), jobs);
}

}  // namespace

job_subject::job_subject(job_name named, ray::job_client known_by)
    : name(std::move(named))
    , dashboard(std::move(known_by))
{
}

std::string read_job_word(std::string const& word, bool is_submission)
{
    if (is_submission) {
        std::string const fault = ray::submission_id_fault(word);
        if (!fault.empty()) throw usage_error(in_quotes(word) + " cannot be a submission id: " + fault);
        return word;
    }
    std::string const full = word.find('/') == std::string::npos ? "rayjob/" + word : word;
    result<ray::target> const parsed = ray::parse_target(full, {ray::target_kind::job});
    if (parsed.has_error()) throw usage_error(parsed.error().message(), std::string(parsed.error().hint()));
    return parsed->name;
}

task<ray::job> read_rayjob(context on, std::string name)
{
    require_name_in_path(ray::job::type(), name);
    auto const jobs = kube::api<ray::job>::in_ns(on.client(), on.ns());
    std::optional<ray::job> found = co_await jobs.find(name);
    if (!found) throw failure(absent(on, name));
    co_return std::move(*found);
}

task<job_subject> find_job(context on, job_place place, std::string name)
{
    if (place.is_given()) co_return co_await submission_of(on, place, name);
    ray::job const found = co_await read_rayjob(on, name);
    if (!has_ray_job(found)) throw failure(no_ray_job(on, found));
    co_return co_await subject_of(on, place, found);
}

task<job_subject> await_job(context on, job_place place, std::string name)
{
    if (place.is_given()) co_return co_await submission_of(on, place, name);
    require_name_in_path(ray::job::type(), name);
    progress_line line(on);
    auto const jobs = kube::api<ray::job>::in_ns(on.client(), on.ns());
    kube::predicate<ray::job> const started = [on, name, &line](std::optional<ray::job> const& now) {
        if (!now) throw failure(absent(on, name));
        if (has_ray_job(*now)) return true;
        if (ray::is_finished(now->status)) throw failure(no_ray_job(on, *now));
        line.show("Waiting for RayJob " + name + ": " + state_of(*now));
        return false;
    };
    std::chrono::steady_clock::duration const no_limit{};
    task<std::optional<ray::job>> waiting = kube::wait_until(jobs, name, started, no_limit);
    std::optional<ray::job> const found = co_await std::move(waiting);
    line.clear();
    co_return co_await subject_of(on, place, *found);
}

task<ray::submitted_job> await_end(job_subject of, std::function<void(ray::submitted_job const&)> on_wait)
{
    constexpr std::chrono::milliseconds longest_pause(500);
    std::chrono::milliseconds pause(200);
    for (;;) {
        ray::submitted_job job = co_await of.dashboard.get(of.name.id);
        if (job.is_finished()) co_return job;
        on_wait(job);
        co_await kuberay::sleep_for(pause);
        pause = std::min(pause * 2, longest_pause);
    }
}

}  // namespace cli::commands
