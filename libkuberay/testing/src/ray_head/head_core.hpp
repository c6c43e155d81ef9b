#pragma once

#include "ray_head/head_answer.hpp"
#include "ray_head/head_job.hpp"

#include <kuberay/net/byte_stream.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::net {
class tcp_listener;
}

namespace kuberay::testing {

/// One connection of a client.
struct head_connection {
    head_connection() = default;
    net::byte_stream stream;
    asio::cancellation_signal stop;
    bool gone = false;  ///< the client has left, where that is watched
};

/// What a `ray_head` is behind its handle. Shared by its connections and jobs, which end when it stops.
class head_core : public std::enable_shared_from_this<head_core> {
public:
    head_core(asio::any_io_executor executor, ray_head_options options);
    head_core(head_core const&) = delete;
    head_core& operator=(head_core const&) = delete;
    ~head_core();

    /// Serves a connection until it ends.
    std::weak_ptr<head_connection> start_serving(net::byte_stream stream);
    std::uint16_t listen();
    void stop();
    void drop_connections();

    /// The fault that this moment meets, if any; it is used up.
    std::optional<head_fault>
    take_fault(head_fault::kind what, std::string_view method = {}, std::string_view target = {});

    /// The answer to a request to submit; the job is started.
    head_answer submit(json::value const& request);
    head_answer stop_job(std::shared_ptr<head_job> const& job);
    head_answer remove_job(std::shared_ptr<head_job> const& job);
    /// By submission id or job id; null when there is none.
    std::shared_ptr<head_job> find(std::string const& id) const;

    void change(head_job& job, std::string status, std::string message, std::string error_type = std::string());
    void note_change();
    /// The resources it asks for are free.
    bool fits(head_job const& job) const;

    std::filesystem::path logs() const { return session / "logs"; }
    std::filesystem::path log_of(head_job const& job) const;
    std::filesystem::path resources() const { return session / "runtime_resources"; }

    asio::any_io_executor executor;
    ray_head_options options;
    condition changed;  ///< notified after every request, every change of a job and every write to a log
    std::filesystem::path folder, session;
    std::string node_id, address = "127.0.0.1";
    std::function<task<int>(entrypoint_call)> program;
    std::map<std::string, std::shared_ptr<head_job>> jobs;  ///< by submission id, drivers by job id
    std::map<std::string, std::string> packages;
    std::set<std::string> unpacked;                            ///< folders below `resources()`
    std::vector<std::pair<std::string, std::string>> journal;  ///< methods and targets
    std::vector<head_fault> faults;
    std::vector<std::function<void()>> observers;
    std::set<std::shared_ptr<head_connection>> connections;
    bool held = false;
    bool stopped = false;

private:
    static task<void> accept_all(std::shared_ptr<head_core> self, std::shared_ptr<net::tcp_listener> from);

    std::vector<std::shared_ptr<net::tcp_listener>> listeners_;
    asio::cancellation_signal stop_accepting_;
};

/// Reads requests from the connection and answers them until it ends.
task<void> serve_head(std::shared_ptr<head_core> core, std::shared_ptr<head_connection> connection);

/// Lets a submitted job run to its end.
task<void> run_job(std::shared_ptr<head_core> core, std::shared_ptr<head_job> job);
/// Asks it to end, and ends it 3 s later.
task<void> end_job(std::shared_ptr<head_core> core, std::shared_ptr<head_job> job);

/// Milliseconds since 1970.
std::int64_t unix_ms();
/// "2026-01-31 12:00:00,123".
std::string log_time();

}  // namespace kuberay::testing
