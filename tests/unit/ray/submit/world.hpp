#pragma once

#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/submit_job.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_head.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::ray::test {

inline testing::ray_head_options head_options()
{
    testing::ray_head_options options;
    options.runs_processes = false;
    return options;
}

/// An API server, a head behind every pod's port 8265, a client, and what a run told.
struct submit_world {
    explicit submit_world(asio::any_io_executor on, testing::ray_head_options options = head_options())
        : executor(on)
        , server(on)
        , streams((server.start(), server))
        , head(on, std::move(options))
        , client(on, server.config())
        , changed(on)
    {
        head.attach_to(streams);
        head.on_entrypoint([](testing::entrypoint_call call) { return print_and_end(std::move(call)); });
    }

    /// Without one, nobody touches the objects.
    void start_operator() { oper.emplace(server); }

    /// A cluster that a person has made, ready once the operator was there.
    void add_cluster(std::string const& name)
    {
        cluster_config config;
        config.name = name;
        config.ns = "default";
        server.put(generate_cluster(config));
    }

    submit_request request(std::string const& name = "train", std::string const& cluster = std::string())
    {
        rayjob_config job;
        job.name = name;
        job.ns = "default";
        job.submission_id = "raysubmit_" + name;
        job.entrypoint = "python train.py";
        job.existing_cluster = cluster;
        submit_request made = bare_request();
        made.rayjob = generate_rayjob(job, cluster_config());
        return made;
    }

    submit_request bare_request()
    {
        submit_request made;
        made.job.entrypoint = "python train.py";
        made.log.poll = std::chrono::milliseconds(5);
        made.now = [this] { return clock; };
        made.on_event = [this](submit_event const& event) {
            events.push_back(event);
            changed.notify_all();
            if (on_event) on_event(event);
        };
        return made;
    }

    std::optional<json::object> rayjob(std::string_view name = "train") const
    {
        return server.find("rayjobs.ray.io", "default", name);
    }

    /// What the operator would write.
    void set_status(std::string const& status, std::string_view name = "train")
    {
        json::object job = *rayjob(name);
        job["status"] = parse_json(status).value();
        server.put(std::move(job));
    }

    /// Calls back once, after the run has created its RayJob.
    void when_created(std::function<void()> then)
    {
        on_event = [then = std::move(then)](submit_event const& event) {
            if (event.stage == submit_stage::rayjob_created) then();
        };
    }

    bool has_told(submit_stage stage) const
    {
        return std::ranges::any_of(events, [&](submit_event const& event) { return event.stage == stage; });
    }

    /// The stages without the repeated ones, as numbers of the enumeration.
    std::vector<submit_stage> stages() const
    {
        std::vector<submit_stage> told;
        for (submit_event const& event : events)
            if (event.stage != submit_stage::trouble && event.stage != submit_stage::cluster_progress
                && event.stage != submit_stage::status)
                told.push_back(event.stage);
        return told;
    }

    std::string troubles() const
    {
        std::string all;
        for (submit_event const& event : events)
            if (event.stage == submit_stage::trouble) all += event.cause.message() + "\n";
        return all;
    }

    static task<int> print_and_end(testing::entrypoint_call call)
    {
        std::string const text = "ran " + call.entrypoint + "\n";
        co_await call.write(text);
        co_return call.entrypoint == "fail" ? 3 : 0;
    }

    static task<int> run_until_stopped(testing::entrypoint_call call)
    {
        co_await call.write("started\n");
        co_await call.until_stopped();
        co_return 1;
    }

    asio::any_io_executor executor;
    testing::api_server server;
    testing::pod_streams streams;
    testing::ray_head head;
    kube::client client;
    condition changed;
    std::optional<testing::ray_operator> oper;
    std::chrono::steady_clock::time_point clock{};  ///< what the run takes for the time
    std::vector<submit_event> events;
    std::function<void(submit_event const&)> on_event;
};

inline task<void> written() { co_return; }

/// Keeps what is written.
inline std::function<task<void>(std::string)> into(std::string& text)
{
    return [&text](std::string const& bytes) {
        text += bytes;
        return written();
    };
}

/// A started operation that the test cancels.
class cancellable {
public:
    cancellable(asio::any_io_executor executor, task<void> op)
        : state_(std::make_shared<state>(executor))
    {
        auto done = [shared = state_](result<void> ended) {
            shared->ended.emplace(std::move(ended));
            shared->changed.notify_all();
        };
        async_run(executor, std::move(op), asio::bind_cancellation_slot(state_->signal.slot(), std::move(done)));
    }

    void cancel() { state_->signal.emit(asio::cancellation_type::terminal); }

    task<result<void>> ended() const { return wait(state_); }

private:
    struct state {
        explicit state(asio::any_io_executor on)
            : changed(std::move(on))
        {
        }

        condition changed;
        asio::cancellation_signal signal;
        std::optional<result<void>> ended;
    };

    static task<result<void>> wait(std::shared_ptr<state> of)
    {
        while (!of->ended)
            co_await of->changed.wait();
        co_return *of->ended;
    }

    std::shared_ptr<state> state_;
};

/// Suspends until the run told of `stage`.
inline task<void> told(submit_world* in, submit_stage stage)
{
    while (!in->has_told(stage))
        co_await in->changed.wait();
}

/// Suspends until there is no RayJob: the operator's stand-in takes its finalizer away after the deletion.
inline task<void> gone(submit_world* in)
{
    std::function<bool()> const done = [in] { return in->server.all("rayjobs.ray.io").empty(); };
    co_await in->server.until(done);
}

template <class T>
std::string message_of(result<T> const& from)
{
    return from.has_error() ? from.error().message() : std::string("(no error)");
}

inline std::string uid_of(json::object const& object)
{
    json::value const root = object;
    return std::string(string_at(root, "metadata.uid"));
}

}  // namespace kuberay::ray::test
