#include "ray_head/head_core.hpp"
#include "ray_head/log_file.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <boost/json/parse.hpp>

#include <utility>

namespace kuberay::testing {

/// Stops the head with the last handle; connections and jobs only hold the core.
struct ray_head::owner {
    owner(asio::any_io_executor executor, ray_head_options options)
        : core(std::make_shared<head_core>(std::move(executor), std::move(options)))
    {
    }

    owner(owner const&) = delete;
    owner& operator=(owner const&) = delete;
    ~owner() { core->stop(); }

    std::shared_ptr<head_core> core;
};

namespace {

constexpr std::uint16_t dashboard_port = 8265;

/// Lasts as long as the connection, for callers that end it with the task.
task<void> serve_there(std::weak_ptr<head_core> of, net::byte_stream connection)
{
    std::shared_ptr<head_core> const core = of.lock();
    if (!core || core->stopped) co_return;
    std::weak_ptr<head_connection> const served = core->start_serving(std::move(connection));
    while (!served.expired() && !core->stopped)
        co_await core->changed.wait();
}

task<void> wait_until(std::shared_ptr<head_core> core, std::function<bool()> done)
{
    while (!done())
        co_await core->changed.wait();
}

}  // namespace

ray_head::ray_head(asio::any_io_executor executor, ray_head_options options)
    : owner_(std::make_shared<owner>(std::move(executor), std::move(options)))
{
}

void ray_head::attach_to(pod_streams pods)
{
    pods.on_port(dashboard_port, [weak = std::weak_ptr(owner_->core)](std::string const&, net::byte_stream connection) {
        return serve_there(weak, std::move(connection));
    });
}

std::uint16_t ray_head::listen() { return owner_->core->listen(); }

task<void> ray_head::serve(net::byte_stream connection) const
{
    return serve_there(owner_->core, std::move(connection));
}

void ray_head::on_entrypoint(std::function<task<int>(entrypoint_call)> program)
{
    owner_->core->program = std::move(program);
}

void ray_head::inject(head_fault fault) { owner_->core->faults.push_back(std::move(fault)); }

void ray_head::hold_jobs(bool hold)
{
    owner_->core->held = hold;
    owner_->core->changed.notify_all();
}

void ray_head::add_driver(std::string job_id, std::string status)
{
    auto const job = std::make_shared<head_job>();
    job->is_driver = true;
    job->job_id = job_id;
    job->status = std::move(status);
    job->message.clear();
    job->start_time = unix_ms();
    job->end_time = 0;
    job->placed = true;
    owner_->core->jobs[job_id] = job;
    owner_->core->note_change();
}

std::string ray_head::submit(json::object request)
{
    head_answer const answer = owner_->core->submit(request);
    if (answer.status == 200) return std::string(json::parse(answer.body).at("submission_id").as_string());
    std::string_view const text = trim(answer.body);
    std::string_view const last = trim(text.substr(text.ends_with("\n.") ? 0 : text.rfind('\n') + 1));
    throw failure(errc::bad_input, std::string(last));
}

void ray_head::stop_job(std::string const& submission_id)
{
    if (auto const job = owner_->core->find(submission_id)) owner_->core->stop_job(job);
}

std::optional<json::object> ray_head::find(std::string const& submission_id) const
{
    auto const job = owner_->core->find(submission_id);
    if (!job) return std::nullopt;
    return details_of(*job, owner_->core->node_id, owner_->core->address);
}

std::vector<std::string> ray_head::submissions() const
{
    std::vector<std::string> ids;
    for (auto const& [id, job] : owner_->core->jobs)
        if (!job->is_driver) ids.push_back(id);
    return ids;
}

std::string ray_head::log_of(std::string const& submission_id) const
{
    auto const job = owner_->core->find(submission_id);
    if (!job) return std::string();
    log_file const file(owner_->core->log_of(*job));
    return file.exists() ? file.read_all() : std::string();
}

std::string ray_head::status_of(std::string const& submission_id) const
{
    auto const job = owner_->core->find(submission_id);
    return job ? job->status : std::string();
}

void ray_head::on_change(std::function<void()> callback) { owner_->core->observers.push_back(std::move(callback)); }

task<void> ray_head::until(std::function<bool()> done) const { return wait_until(owner_->core, std::move(done)); }

std::vector<std::string> ray_head::packages() const
{
    std::vector<std::string> names;
    for (auto const& [name, bytes] : owner_->core->packages)
        names.push_back(name);
    return names;
}

std::string ray_head::package(std::string const& name) const
{
    auto const found = owner_->core->packages.find(name);
    return found == owner_->core->packages.end() ? std::string() : found->second;
}

std::size_t ray_head::requests(std::string const& method, std::string const& path_prefix) const
{
    std::size_t count = 0;
    for (auto const& [by, target] : owner_->core->journal)
        if (by == method && target.starts_with(path_prefix)) ++count;
    return count;
}

std::size_t ray_head::connections() const noexcept { return owner_->core->connections.size(); }

void ray_head::drop_connections() { owner_->core->drop_connections(); }

void ray_head::stop() { owner_->core->stop(); }

}  // namespace kuberay::testing
