#include "commands/job_output.hpp"

#include "cli/byte_streams.hpp"
#include "cli/progress.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>
#include <kuberay/ray/job_log.hpp>

#include <algorithm>
#include <tuple>

namespace cli::commands {
namespace {

constexpr std::size_t suffix_length = 5;

// Kubernetes' own alphabet of generated names is lower-case letters and digits.
bool is_attempt_id(std::string_view id, std::string const& rayjob)
{
    if (id.size() != rayjob.size() + 1 + suffix_length || !id.starts_with(rayjob + "-")) return false;
    auto const fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return std::ranges::all_of(id.substr(rayjob.size() + 1), fits);
}

ray::job_log_options options_of(context const& on, std::shared_ptr<progress_line> line, std::shared_ptr<bool> speaks)
{
    ray::job_log_options options;
    options.on_status = [line, speaks](ray::submitted_job const& job) {
        if (!*speaks && job.status == ray::job_phase::pending)
            line->show("Ray job " + job.submission_id + " is pending: " + job.message);
    };
    options.on_trouble = [on, line](error const& cause) {
        line->clear();
        on.note("Trouble: " + cause.message() + ". Going on.");
    };
    return options;
}

}  // namespace

task<shown_output> follow_output(context on, job_subject of)
{
    byte_output const out(on, output_to::out);
    auto const line = std::make_shared<progress_line>(on);
    auto const speaks = std::make_shared<bool>(false);
    ray::job_log_options const options = options_of(on, line, speaks);
    ray::job_log_follower follower(of.dashboard, of.name.id, options);
    char last = '\n';
    for (;;) {
        std::optional<std::string> piece = co_await follower.next();
        if (!piece) break;
        line->clear();
        *speaks = true;
        if (!piece->empty()) last = piece->back();
        co_await out.write(std::move(*piece));
    }
    line->clear();
    if (last != '\n' && on.out_is_terminal() && on.err_is_terminal()) on.err().write("\n");
    shown_output shown;
    shown.job = follower.job();
    shown.bytes = follower.position();
    co_return shown;
}

task<std::uint64_t> print_output(context on, job_subject of)
{
    byte_output const out(on, output_to::out);
    auto const count = std::make_shared<std::uint64_t>(0);
    std::function<task<void>(std::string)> const sink = [out, count](std::string bytes) {
        *count += bytes.size();
        return out.write(std::move(bytes));
    };
    co_await of.dashboard.read_log(of.name.id, sink);
    co_return *count;
}

std::vector<ray::submitted_job> attempts_of(ray::job const& rayjob, std::vector<ray::submitted_job> const& on_cluster)
{
    std::vector<ray::submitted_job> found;
    for (ray::submitted_job const& each : on_cluster) {
        bool const is_ours =
            each.submission_id == rayjob.status.job_id || is_attempt_id(each.submission_id, rayjob.metadata.name);
        if (is_ours && !each.submission_id.empty()) found.push_back(each);
    }
    std::ranges::sort(found, {}, [](ray::submitted_job const& each) {
        return std::tuple(each.start_time, each.submission_id);
    });
    return found;
}

task<bool> print_submitter_log(context on, std::string rayjob)
{
    auto const pods = kube::api<kube::pod>::in_ns(on.client(), on.ns());
    kube::list_params which;
    which.label_selector = "job-name=" + rayjob;
    kube::object_list<kube::pod> found = co_await pods.list(which);
    if (found.items.empty()) co_return false;
    std::ranges::sort(found.items, {}, [](kube::pod const& pod) { return pod.metadata.creation_timestamp; });
    kube::pod const& newest = found.items.back();
    kube::log_options options;
    if (!newest.containers.empty()) options.container = newest.containers.front().name;
    std::string const pod = newest.metadata.name;
    kube::log_reader log = co_await kube::read_log(on.client(), on.ns(), pod, options);
    byte_output const out(on, output_to::out);
    for (;;) {
        std::string piece = co_await log.read_some();
        if (piece.empty()) break;
        co_await out.write(std::move(piece));
    }
    co_return true;
}

}  // namespace cli::commands
