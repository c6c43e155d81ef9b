#include "base/doubling_pause.hpp"
#include "base/lasting.hpp"
#include "base/quote.hpp"
#include "ray/submission.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/wait.hpp>

namespace kuberay::ray {
namespace {

using steady = std::chrono::steady_clock;
using clusters = kube::api<cluster>;

constexpr std::chrono::seconds longest_try(10);
constexpr std::chrono::milliseconds first_pause(100), longest_pause(2000);

wait_options options_of(shared_submission s)
{
    wait_options options;
    options.now = s->what.now;
    options.on_progress = [s](progress const& now) {
        s->last_progress = now;
        submit_event event;
        event.stage = submit_stage::cluster_progress;
        event.name = s->traces.cluster;
        event.cluster = now;
        s->emit(event);
    };
    options.on_reconnect = [s](error const& cause) { s->trouble(cause); };
    return options;
}

// The operator names a cluster before it makes it.
task<void> cluster_up(shared_submission s)
{
    std::string const name = s->traces.cluster;
    clusters const in = clusters::in_ns(s->on, s->ns);
    kube::predicate<cluster> const is_there = [](std::optional<cluster> const& now) { return now.has_value(); };
    std::optional<cluster> const there = co_await kube::wait_until(in, name, is_there, steady::duration::zero());
    std::string const uid = there->metadata.uid;
    cluster const ready = co_await wait_cluster_ready(s->on, s->ns, name, uid, options_of(s));
}

std::string awaited_cluster(submission const& s)
{
    std::string text = "waiting for the RayCluster " + s.ns + "/" + s.traces.cluster;
    if (s.has_rayjob()) text += " of " + s.job_name();
    return text;
}

error too_late(submission const& s)
{
    progress const& last = s.last_progress;
    std::string text =
        awaited_cluster(s) + " to become ready: the deadline of " + format_duration(s.what.cluster_timeout) + " passed";
    if (last.pods_wanted > 0)
        text += "; " + std::to_string(last.pods_ready) + " of " + std::to_string(last.pods_wanted) + " pods are ready";
    for (pod_trouble const& trouble : last.troubles)
        text += "; pod " + trouble.pod + ": " + trouble.reason
                + (trouble.message.empty() ? "" : ": " + printable_line(trouble.message));
    for (std::string const& message : last.messages)
        text += "; " + printable_line(message);
    return error(errc::timed_out, std::move(text));
}

// After a failed attempt the operator goes on with another cluster.
bool goes_on_elsewhere(submission const& s)
{
    if (!s.watch || !s.selected.empty() || s.watch->lost || s.watch->view.verdict()) return false;
    job_status const& status = s.watch->view.now().status;
    return status.deployment_status == job_deployment::retrying || status.ray_cluster_name != s.traces.cluster;
}

// The dashboard listens some seconds after the head is ready.
task<void> dashboard_up(shared_submission s, job_client client, std::shared_ptr<error> last)
{
    doubling_pause pauses(first_pause, longest_pause);
    for (;;) {
        task<job_server_version> asking = with_timeout(longest_try, client.version());
        result<job_server_version> const answer = co_await as_result(std::move(asking));
        if (answer.has_value()) {
            s->client = client;
            s->emit(submit_stage::dashboard_ready, answer->ray);
            co_return;
        }
        if (is_lasting(answer.error()) || is_cancellation(answer.error())) throw failure(answer.error());
        bool const is_news = !*last || last->message() != answer.error().message();
        *last = answer.error();
        if (is_news) s->trouble(*last);
        steady::duration const pause = pauses.next();
        co_await sleep_for(pause);
    }
}

std::string dashboard_name(submission const& s)
{
    if (s.what.address) return "the dashboard at " + s.what.address->url.authority();
    return "the dashboard of the RayCluster " + s.ns + "/" + s.traces.cluster;
}

error no_answer(submission const& s, error const& last)
{
    std::string text = "waiting for " + dashboard_name(s) + " to answer: the deadline of "
                       + format_duration(s.what.dashboard_timeout) + " passed";
    if (last) text += "; the last try: " + last.message();
    error late(errc::timed_out, std::move(text));
    return last.hint().empty() ? late : late.with_hint(std::string(last.hint()));
}

}  // namespace

task<job_client> make_client(shared_submission s)
{
    job_client_options options = s->what.client;
    std::string const& cluster = s->traces.cluster;
    bool const has_credential = !options.token.empty() || options.fields.contains("Authorization");
    if (!has_credential && !cluster.empty())
        options.token = co_await dashboard_token(s->on, s->ns, cluster, std::string());
    if (s->what.address) co_return connect_dashboard(s->on.get_executor(), *s->what.address, std::move(options));
    if (cluster.empty())
        throw failure(errc::bad_input, "submitting a job: neither a RayJob, a RayCluster nor an address is given");
    target const where(target_kind::cluster, cluster);
    co_return dial_dashboard(s->on, s->ns, where, std::move(options));
}

task<void> check_cluster_exists(shared_submission s)
{
    clusters const in = clusters::in_ns(s->on, s->ns);
    std::optional<cluster> const found = co_await in.find(s->traces.cluster);
    if (found) co_return;
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "there is no RayCluster " + kuberay::quoted(s->traces.cluster) + " in namespace "
                     + kuberay::quoted(s->ns) + " to submit the job to";
    throw failure(error(std::move(status)).with_hint("`kubectl ray get cluster -A` lists all"));
}

task<step_end> reach_cluster(shared_submission s)
{
    for (;;) {
        std::function<error()> const late = [s] { return too_late(*s); };
        task<step_end> judged = run_under_watch(s, cluster_up(s), s->deadline, late);
        result<step_end> const up = co_await as_result(std::move(judged));
        if (up.has_value()) {
            if (*up == step_end::through) s->emit(submit_stage::cluster_ready, s->traces.cluster);
            co_return *up;
        }
        if (is_cancellation(up.error()) || !goes_on_elsewhere(*s)) throw failure(up.error());
        co_await await_cluster_name(s);
    }
}

task<step_end> reach_dashboard(shared_submission s)
{
    job_client const client = co_await make_client(s);
    auto const last = std::make_shared<error>();
    std::function<error()> const late = [s, last] { return no_answer(*s, *last); };
    std::optional<steady::time_point> const until = s->after(s->what.dashboard_timeout);
    task<step_end> judged = run_under_watch(s, dashboard_up(s, client, last), until, late);
    co_return co_await std::move(judged);
}

}  // namespace kuberay::ray
