#include "ray_head/head_core.hpp"

#include "net/listener.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/time.hpp>

#include <stdlib.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <random>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t node_id_digits = 56;

std::string random_digits(std::size_t count)
{
    std::random_device source;
    std::string digits;
    while (digits.size() < count)
        digits += "0123456789abcdef"[source() % 16];
    return digits;
}

std::filesystem::path make_folder(std::filesystem::path const& in)
{
    std::filesystem::path const parent = in.empty() ? std::filesystem::temp_directory_path() : in;
    std::filesystem::create_directories(parent);
    std::string pattern = (parent / "ray-head-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
        throw failure(
            error_code(errno, boost::system::system_category()), "cannot make a folder in " + parent.string()
        );
    return pattern;
}

}  // namespace

std::int64_t unix_ms()
{
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string log_time()
{
    std::int64_t const now = unix_ms();
    std::string text = format_rfc3339(timestamp(std::chrono::milliseconds(now)));
    text[text.find('T')] = ' ';
    text.pop_back();
    std::string const thousandths = std::to_string(1000 + now % 1000);
    return text + "," + thousandths.substr(1);
}

head_core::head_core(asio::any_io_executor executor, ray_head_options options)
    : executor(executor)
    , options(std::move(options))
    , changed(executor)
    , folder(make_folder(this->options.folder))
    , session(folder / "session_2026-01-01_00-00-00_000000_1")
    , node_id(random_digits(node_id_digits))
{
    std::filesystem::create_directories(logs());
}

head_core::~head_core()
{
    // Nothing of Asio: its context may be going away.
    for (auto const& [id, job] : jobs)
        if (job->process) job->process->signal(SIGKILL);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::weak_ptr<head_connection> head_core::start_serving(net::byte_stream stream)
{
    if (stopped || take_fault(head_fault::kind::refuse_connections)) {
        stream.close();
        return {};
    }
    auto connection = std::make_shared<head_connection>();
    connection->stream = std::move(stream);
    connections.insert(connection);
    auto done = [self = shared_from_this(), connection](result<void> const&) {
        // How a connection ended is the client's matter.
        connection->stream.close();
        connection->gone = true;
        self->connections.erase(connection);
        self->changed.notify_all();
    };
    async_run(
        executor, serve_head(shared_from_this(), connection),
        asio::bind_cancellation_slot(connection->stop.slot(), std::move(done))
    );
    return connection;
}

std::uint16_t head_core::listen()
{
    auto const listener = std::make_shared<net::tcp_listener>(executor, "127.0.0.1", 0);
    listeners_.push_back(listener);
    async_run(
        executor, accept_all(shared_from_this(), listener),
        asio::bind_cancellation_slot(stop_accepting_.slot(), [](result<void> const&) {})
    );
    return listener->port();
}

task<void> head_core::accept_all(std::shared_ptr<head_core> self, std::shared_ptr<net::tcp_listener> from)
{
    while (!self->stopped) {
        net::accepted_connection accepted = co_await from->accept();
        self->start_serving(std::move(accepted.stream));
    }
}

void head_core::stop()
{
    if (std::exchange(stopped, true)) return;
    for (auto const& listener : listeners_)
        listener->close();
    observers.clear();
    drop_connections();
    for (auto const& [id, job] : jobs) {
        if (job->process) job->process->signal(SIGKILL);
        job->cancel.emit(asio::cancellation_type::terminal);
    }
    changed.notify_all();
}

void head_core::drop_connections()
{
    auto const open = connections;
    for (auto const& connection : open) {
        connection->gone = true;
        connection->stream.close();
        connection->stop.emit(asio::cancellation_type::terminal);
    }
}

std::optional<head_fault> head_core::take_fault(head_fault::kind what, std::string_view method, std::string_view target)
{
    for (auto one = faults.begin(); one != faults.end(); ++one) {
        if (one->what != what || (!one->method.empty() && one->method != method) || !target.starts_with(one->path))
            continue;
        head_fault taken = *one;
        if (--one->times <= 0) faults.erase(one);
        return taken;
    }
    return std::nullopt;
}

std::shared_ptr<head_job> head_core::find(std::string const& id) const
{
    auto const found = jobs.find(id);
    return found == jobs.end() ? nullptr : found->second;
}

void head_core::change(head_job& job, std::string status, std::string message, std::string error_type)
{
    if (job.is_finished()) return;
    job.status = std::move(status);
    job.message = std::move(message);
    job.error_type = std::move(error_type);
    if (job.is_finished()) {
        job.end_time = unix_ms();
        job.process = nullptr;
    }
    note_change();
}

void head_core::note_change()
{
    auto const told = observers;
    for (auto const& observer : told)
        observer();
    changed.notify_all();
}

bool head_core::fits(head_job const& job) const
{
    double free = options.cpus;
    for (auto const& [id, other] : jobs)
        if (other->status == "RUNNING") free -= other->cpus;
    return job.cpus <= free && job.gpus <= 0 && !job.has_resources;
}

std::filesystem::path head_core::log_of(head_job const& job) const
{
    return logs() / ("job-driver-" + job.submission_id + ".log");
}

}  // namespace kuberay::testing
