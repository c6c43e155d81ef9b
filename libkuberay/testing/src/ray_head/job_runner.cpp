#include "ray_head/head_core.hpp"
#include "ray_head/log_file.hpp"
#include "ray_head/zip_package.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>

#include <csignal>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::chrono::seconds patience_with_stop(3);
constexpr char const* waiting_for_resources = "Job has not started yet. It may be waiting for resources (CPUs, GPUs, "
                                              "memory, custom resources) to become available.";

/// Why a job cannot start.
struct start_fault {
    start_fault() = default;
    std::string message, type;
};

start_fault env_fault(std::string const& line)
{
    start_fault fault;
    fault.type = "RUNTIME_ENV_SETUP_FAILURE";
    fault.message = "runtime_env setup failed: Failed to set up runtime environment.\nCould not create the actor "
                    "because its associated runtime env failed to be created.\n[Node 127.0.0.1] "
                    + traceback(line);
    return fault;
}

start_fault path_fault(head_job const& job, std::string const& path)
{
    start_fault fault;
    std::string const line = path + " is not a valid path.";
    fault.type = "JOB_SUPERVISOR_ACTOR_START_FAILURE";
    fault.message = "Failed to start supervisor actor " + job.submission_id + ": '" + line + "'. Full traceback:\n"
                    + traceback("ValueError: " + line);
    return fault;
}

std::filesystem::path stem_of(std::string const& package)
{
    return package.ends_with(".zip") ? package.substr(0, package.size() - 4) : package;
}

/// The folder of an unpacked package. As on a node of Ray it is found by name, and not made anew.
std::optional<start_fault> unpack(head_core& core, std::string const& uri, char const* kind, process_order& order)
{
    std::string const name = uri.substr(6);
    std::filesystem::path const place = std::filesystem::path(kind) / stem_of(name);
    std::filesystem::path const folder = core.resources() / place;
    if (!core.unpacked.contains(place.string())) {
        auto const found = core.packages.find(name);
        if (found == core.packages.end())
            return env_fault(
                "OSError: Failed to download runtime_env file package " + uri
                + " from the GCS to the Ray worker node. The package may have prematurely been deleted from the GCS "
                  "due "
                  "to a long upload time or a problem with Ray."
            );
        if (auto const why = unpack_zip(found->second, folder)) return env_fault(*why);
        core.unpacked.insert(place.string());
    }
    std::string& path = order.extra["PYTHONPATH"];
    path = path.empty() ? folder.string() : folder.string() + ":" + path;
    if (std::string_view(kind) == "working_dir_files") order.folder = folder;
    return std::nullopt;
}

std::optional<start_fault> use_working_dir(head_core& core, head_job const& job, process_order& order)
{
    std::string const given(string_at(job.runtime_env, "working_dir"));
    if (given.empty()) return std::nullopt;
    if (given.starts_with("gcs://")) return unpack(core, given, "working_dir_files", order);
    if (given.find("://") == std::string::npos) return path_fault(job, given);
    std::error_code ignored;
    if (given.starts_with("local://") && std::filesystem::is_directory(given.substr(8), ignored)) {
        order.folder = given.substr(8);
        return std::nullopt;
    }
    return env_fault("OSError: Failed to download " + given + ": this head is a stand-in, which has no network.");
}

std::optional<start_fault> prepare(head_core& core, head_job const& job, process_order& order)
{
    order.entrypoint = job.entrypoint;
    order.output = core.log_of(job);
    order.folder = core.session / "jobs" / job.submission_id;
    std::filesystem::create_directories(order.folder);
    json::object config;
    config["runtime_env"] = job.runtime_env.is_object() ? job.runtime_env : json::value(json::object());
    json::object metadata = {{"job_submission_id", job.submission_id}, {"job_name", job.submission_id}};
    if (job.metadata.is_object())
        for (auto const& [key, value] : job.metadata.get_object())
            metadata[key] = value;
    config["metadata"] = std::move(metadata);
    order.extra["RAY_JOB_CONFIG_JSON_ENV_VAR"] = to_json(config);
    order.extra["RAY_ADDRESS"] = core.address + ":6379";
    order.extra["PYTHONUNBUFFERED"] = "1";
    if (json::value const* modules = find_path(job.runtime_env, "py_modules"); modules && modules->is_array())
        for (json::value const& one : modules->get_array())
            if (one.is_string() && one.get_string().starts_with("gcs://"))
                if (auto fault = unpack(core, std::string(one.get_string()), "py_modules_files", order)) return fault;
    if (auto fault = use_working_dir(core, job, order)) return fault;
    if (json::value const* variables = find_path(job.runtime_env, "env_vars"); variables && variables->is_object())
        for (auto const& [name, value] : variables->get_object())
            if (value.is_string()) order.extra[name] = value.get_string();
    return std::nullopt;
}

task<void> write_output(std::weak_ptr<head_core> of, std::filesystem::path path, std::string bytes)
{
    if (auto const core = of.lock()) {
        append_to(path, bytes);
        core->changed.notify_all();
    }
    co_return;
}

task<void> wait_for_stop(std::weak_ptr<head_core> of, std::shared_ptr<head_job> job)
{
    while (!job->stop_asked) {
        std::shared_ptr<head_core> const core = of.lock();
        if (!core) co_return;
        condition changed = core->changed;
        co_await changed.wait();
    }
}

task<int> run_program(std::shared_ptr<head_core> core, std::shared_ptr<head_job> job)
{
    entrypoint_call call;
    call.submission_id = job->submission_id;
    call.entrypoint = job->entrypoint;
    if (job->runtime_env.is_object()) call.runtime_env = job->runtime_env.get_object();
    std::weak_ptr<head_core> const weak = core;
    call.write = [weak, path = core->log_of(*job)](std::string bytes) {
        return write_output(weak, path, std::move(bytes));
    };
    call.until_stopped = [weak, job] { return wait_for_stop(weak, job); };
    if (!core->program) throw failure(errc::bad_input, "no program was given for entrypoints");
    std::function<task<int>(entrypoint_call)> const program = core->program;
    task<int> running = program(std::move(call));
    int const code = co_await std::move(running);
    co_return code;
}

task<int> run_process(std::shared_ptr<head_job> job, process_order order)
{
    job->process = job_process::start(order);
    task<int> waiting = job_process::wait(job->process);
    int const code = co_await std::move(waiting);
    co_return code;
}

void finish(head_core& core, head_job& job, result<int> const& ended)
{
    if (job.stop_asked) {
        core.change(job, "STOPPED", "Job was intentionally stopped.");
        return;
    }
    if (!ended) {
        core.change(
            job, "FAILED", "Exception occurred while running job: " + ended.error().message(),
            "JOB_ENTRYPOINT_COMMAND_START_ERROR"
        );
        return;
    }
    job.exit_code = *ended;
    if (*ended == 0) {
        core.change(job, "SUCCEEDED", "Job finished successfully.");
        return;
    }
    std::string const lines = last_lines(core.log_of(job));
    std::string const words = "Job entrypoint command failed with exit code " + std::to_string(*ended);
    core.change(
        job, "FAILED",
        lines.empty() ? words + ". No logs available."
                      : words + ", last available logs (truncated to 20,000 chars):\n" + lines,
        "JOB_ENTRYPOINT_COMMAND_ERROR"
    );
}

}  // namespace

task<void> run_job(std::shared_ptr<head_core> core, std::shared_ptr<head_job> job)
{
    co_await sleep_for(core->options.start_delay);
    while (core->held || !core->fits(*job)) {
        if (!std::exchange(job->waits, true)) core->change(*job, "PENDING", waiting_for_resources);
        co_await core->changed.wait();
    }
    job->waits = false;
    process_order order;
    if (auto const fault = prepare(*core, *job, order)) {
        core->change(*job, "FAILED", fault->message, fault->type);
        co_return;
    }
    job->placed = true;
    core->change(*job, "RUNNING", "Job is currently running.");
    append_to(core->log_of(*job), "Running entrypoint for job " + job->submission_id + ": " + job->entrypoint + "\n");
    if (job->stop_asked) {
        core->change(*job, "STOPPED", "Job was intentionally stopped.");
        co_return;
    }
    task<int> running = core->options.runs_processes ? run_process(job, std::move(order)) : run_program(core, job);
    result<int> const ended = co_await as_result(std::move(running));
    if (!core->stopped) finish(*core, *job, ended);
}

task<void> end_job(std::shared_ptr<head_core> core, std::shared_ptr<head_job> job)
{
    if (job->process) job->process->signal(SIGTERM);
    auto const limit = std::chrono::steady_clock::now() + patience_with_stop;
    while (!job->is_finished() && !core->stopped) {
        auto const left = limit - std::chrono::steady_clock::now();
        if (left <= std::chrono::steady_clock::duration::zero()) {
            if (job->process)
                job->process->signal(SIGKILL);
            else
                job->cancel.emit(asio::cancellation_type::terminal);
            co_return;
        }
        co_await core->changed.wait_for(left);
    }
}

}  // namespace kuberay::testing
