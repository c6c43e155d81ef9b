// Runs a job on Ray and prints its output: submit_job NAMESPACE WHAT [replace] [FOLDER] -- WORD...
//
// WHAT is NAME (a RayJob with a cluster of its own), NAME@CLUSTER (a RayJob on an existing cluster), @CLUSTER (no RayJob), or
// FILE.yaml (a RayJob; those that the operator submits are followed). FOLDER becomes the working directory. Ctrl-C deletes
// what was created until Ray has the job, and then leaves it running.

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/file.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/kube/config.hpp>
#include <kuberay/ray/submit_job.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <iostream>
#include <optional>

using namespace kuberay;

namespace {

using words = std::vector<std::string>;

void tell(ray::submit_event const& event)
{
    using enum ray::submit_stage;
    switch (event.stage) {
    case rayjob_created: std::cerr << "created rayjob/" << event.name << '\n'; break;
    case cluster_known: std::cerr << "its cluster is " << event.name << '\n'; break;
    case cluster_progress:
        std::cerr << event.cluster.pods_ready << " of " << event.cluster.pods_wanted << " pods are ready\n";
        break;
    case cluster_ready: std::cerr << "the cluster is ready\n"; break;
    case dashboard_ready: std::cerr << "the dashboard answers: Ray " << event.name << '\n'; break;
    case uploading: std::cerr << "uploading: " << event.done << " of " << event.total << " bytes\n"; break;
    case upload_skipped: std::cerr << event.name << " is there already\n"; break;
    case submitted: std::cerr << "submitted: " << event.name << '\n'; break;
    case status: std::cerr << "status: " << event.job.status << '\n'; break;
    case trouble: std::cerr << "trouble: " << event.cause.message() << '\n'; break;
    case ended: std::cerr << "ended: " << event.job.status << ' ' << event.job.message << '\n'; break;
    }
}

ray::submit_request request_of(std::string const& ns, words arguments, words const& entrypoint)
{
    ray::submit_request request;
    request.on_event = tell;
    request.job.entrypoint = ray::shell_words(entrypoint);
    std::string const what = arguments.at(0);
    arguments.erase(arguments.begin());
    request.replace = std::erase(arguments, "replace") > 0;
    if (!arguments.empty()) {
        ray::runtime_env_options options;
        options.working_dir = arguments.front();
        request.runtime_env = ray::resolve_runtime_env(json::object(), std::move(options));
    }
    if (what.ends_with(".yaml")) {
        request.rayjob = ray::read_rayjob(read_file(what).value(), what);
        json::value const manifest = request.rayjob;
        request.submits = string_at(manifest, "spec.submissionMode") == ray::submission_mode::interactive;
        return request;
    }
    auto const at = what.find('@');
    std::string const cluster = at == std::string::npos ? std::string() : what.substr(at + 1);
    ray::rayjob_config job;
    job.name = what.substr(0, at);
    job.ns = ns;
    job.entrypoint = request.job.entrypoint;
    job.existing_cluster = cluster;
    if (job.name.empty())
        request.cluster = cluster;
    else
        request.rayjob = ray::generate_rayjob(job, ray::cluster_config());
    return request;
}

task<void> write_out(std::string bytes)
{
    std::cout << bytes << std::flush;
    co_return;
}

task<void> start_and_follow(ray::job_run run, int* exit_code)
{
    co_await run.start();
    ray::submitted_job const ended = co_await run.follow(write_out);
    *exit_code = ended.status == ray::job_phase::succeeded ? 0 : 1;
}

void report(error const& why)
{
    std::cerr << "error: " << why.message() << '\n';
    if (!why.hint().empty()) std::cerr << "hint: " << why.hint() << '\n';
}

// A cancelled task cannot clean up: that is a task of its own.
task<void> clean_up(ray::job_run run, int* exit_code)
{
    task<void> abandoning = run.abandon();
    result<void> const cleaned = co_await as_result(std::move(abandoning));
    if (cleaned.has_error()) report(cleaned.error());
    ray::submit_traces const left = run.traces();
    if (left.accepted) std::cerr << "the job runs on: " << left.submission_id << '\n';
    if (!left.accepted) std::cerr << (left.rayjob_created ? "the RayJob is left\n" : "nothing is left\n");
    *exit_code = *exit_code == 0 ? 130 : *exit_code;
}

int run(std::string const& ns, words const& arguments, words const& entrypoint)
{
    asio::io_context io;
    kube::client const client(io.get_executor(), kube::load_config());
    int exit_code = 0;
    // What it holds open ends with it, and so does io.run().
    std::optional<ray::job_run> job(std::in_place, client, ns, request_of(ns, arguments, entrypoint));
    asio::cancellation_signal stop;
    asio::signal_set interrupts(io, SIGINT, SIGTERM);
    interrupts.async_wait([&](error_code, int) { stop.emit(asio::cancellation_type::terminal); });
    auto const cleaned = [&](result<void>) { job.reset(); };
    auto const done = [&](result<void> ended) {
        interrupts.cancel();
        if (ended.has_value()) return job.reset();
        if (!is_cancellation(ended.error())) {
            exit_code = 1;
            report(ended.error());
        }
        async_run(io.get_executor(), clean_up(*job, &exit_code), cleaned);
    };
    async_run(io.get_executor(), start_and_follow(*job, &exit_code), asio::bind_cancellation_slot(stop.slot(), done));
    io.run();
    return exit_code;
}

}  // namespace

int main(int argc, char** argv)
{
    words const all(argv + 1, argv + argc);
    auto const dashes = std::ranges::find(all, "--");
    if (dashes - all.begin() < 2) {
        std::cerr << "usage: submit_job NAMESPACE NAME|NAME@CLUSTER|@CLUSTER|FILE.yaml [replace] [FOLDER] -- WORD...\n";
        return 2;
    }
    try {
        return run(all.front(), words(all.begin() + 1, dashes), words(std::min(dashes + 1, all.end()), all.end()));
    } catch (failure const& f) {
        report(f.error());
        return 1;
    }
}
