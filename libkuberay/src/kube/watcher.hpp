#pragma once

#include "kube/listing.hpp"
#include "kube/watch_codec.hpp"
#include "kube/watch_environment.hpp"
#include "kube/watch_memory.hpp"

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/watch.hpp>
#include <kuberay/net/http.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::kube {

/// A watch as a state: what has been seen, up to which version, and the answer being read, if any. Every step either
/// brings events into the queue or brings the state forward.
class raw_watcher::implementation {
public:
    implementation(client on, resource_type type, std::string ns, watch_params params, watch_environment environment);

    /// The next event. The shared owner lives in the task.
    static task<raw_event> next(std::shared_ptr<implementation> self);

    std::function<void(error const&)> on_reconnect;

private:
    using clock = watch_environment::clock;

    task<void> step();
    clock::duration patience() const;
    task<void> list_step();
    task<void> open_watch();
    task<void> read_watch();
    task<void> recover(error cause);

    void start_list();
    void finish_list();
    void take(watch_message message);
    bool take_events();
    void end_watch();
    void close() noexcept;
    std::chrono::seconds server_limit();

    client on_;
    resource_type type_;
    std::string ns_;
    watch_params params_;
    watch_environment environment_;

    std::string version_;  // empty: list
    bool synced_ = false;
    watch_memory memory_;
    std::deque<raw_event> queue_;
    std::optional<error> trouble_;  // to be seen to when the queue is empty
    backoff backoff_;
    bool expired_before_ = false;      // the last thing that happened was a 410
    bool ended_early_before_ = false;  // the last watch ended at once, without a word

    std::unique_ptr<listing> listing_;         // while listing
    std::optional<net::http_response> watch_;  // while watching
    watch_codec codec_;
    clock::time_point opened_, heard_;
    bool heard_any_ = false;
};

/// True when waiting cannot make the request succeed.
bool is_permanent(error const& e) noexcept;

}  // namespace kuberay::kube
