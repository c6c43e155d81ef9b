#pragma once

#include "unit/kube/forward/forward_world.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::test {

using kube::forward_event;
using kube::forward_options;
using kube::forward_place;
using kube::forward_resolver;
using kube::local_port;
using kube::port_forwarder;
using kube::port_mapping;

inline std::vector<port_mapping> any_port(std::uint16_t remote)
{
    return std::vector<port_mapping>(1, port_mapping(0, remote));
}

inline forward_options quick_options(std::uint16_t remote)
{
    forward_options options;
    options.ports = any_port(remote);
    options.first_wait = std::chrono::milliseconds(1);
    options.longest_wait = std::chrono::milliseconds(10);
    return options;
}

inline task<forward_place> place_of(std::string pod, std::vector<std::uint16_t> ports)
{
    forward_place place;
    place.ns = "default";
    place.pod = std::move(pod);
    place.ports = std::move(ports);
    if (place.pod.empty()) throw failure(reason::unavailable, "no pod yet");
    if (place.pod == "deleted") throw failure(reason::not_found, "the cluster is gone");
    co_return place;
}

/// A forwarder that runs beside the test, to a pod that the test may change.
struct running {
    explicit running(forward_world& in)
        : running(in, quick_options(80))
    {
    }

    running(forward_world& in, forward_options options, std::string first_pod = "one")
        : running(in, options, std::make_shared<std::string>(std::move(first_pod)), forward_resolver())
    {
    }

    running(forward_world& in, forward_options options, forward_resolver where)
        : running(in, std::move(options), std::make_shared<std::string>(), std::move(where))
    {
    }

    running(running const&) = delete;
    running& operator=(running const&) = delete;
    ~running() { forwarder.stop(); }

    static forward_resolver to(std::shared_ptr<std::string> pod, std::uint16_t port)
    {
        return [pod, port] { return place_of(*pod, std::vector<std::uint16_t>(1, port)); };
    }

    std::vector<forward_event>& events() { return seen_->events; }
    kuberay::condition& changed() { return seen_->changed; }
    std::optional<result<void>> const& ended() const { return seen_->ended; }

    std::size_t count(forward_event::kind what) const
    {
        return static_cast<std::size_t>(std::count_if(seen_->events.begin(), seen_->events.end(), [&](auto const& one) {
            return one.what == what;
        }));
    }

    /// Waits for the first event of this kind since the last one waited for.
    task<forward_event> seen(forward_event::kind what)
    {
        while (count(what) == 0)
            co_await seen_->changed.wait();
        auto const is_it = [&](auto const& one) { return one.what == what; };
        forward_event const found = *std::find_if(seen_->events.begin(), seen_->events.end(), is_it);
        seen_->events.clear();
        co_return found;
    }

    task<void> until_ended()
    {
        while (!seen_->ended)
            co_await seen_->changed.wait();
    }

    task<void> stop()
    {
        forwarder.stop();
        return until_ended();
    }

    /// Waits until it carries so many connections.
    task<void> carries(std::size_t count)
    {
        while (forwarder.connections() != count)
            co_await sleep_for(std::chrono::milliseconds(1));
    }

    task<net::byte_stream> dial() { return dial_local(executor, ports.front().address, ports.front().port); }

private:
    /// What the forwarder says, which may outlive a test that has failed.
    struct record {
        explicit record(asio::any_io_executor executor)
            : changed(std::move(executor))
        {
        }

        std::vector<forward_event> events;
        std::optional<result<void>> ended;
        kuberay::condition changed;
    };

    running(forward_world& in, forward_options options, std::shared_ptr<std::string> first_pod, forward_resolver where)
        : executor(in.client.get_executor())
        , pod(std::move(first_pod))
        , seen_(std::make_shared<record>(executor))
        , forwarder(in.client, where ? where : to(pod, options.ports.front().remote), heard(options, seen_))
        , ports(forwarder.listen())
    {
        auto const done = [into = seen_](result<void> outcome) {
            into->ended = std::move(outcome);
            into->changed.notify_all();
        };
        async_run(executor, forwarder.run(), asio::bind_cancellation_slot(signal.slot(), done));
    }

    static forward_options heard(forward_options options, std::shared_ptr<record> into)
    {
        options.on_event = [into](forward_event const& event) {
            into->events.push_back(event);
            into->changed.notify_all();
        };
        return options;
    }

public:
    asio::any_io_executor executor;
    std::shared_ptr<std::string> pod;

private:
    std::shared_ptr<record> seen_;

public:
    port_forwarder forwarder;
    std::vector<local_port> ports;
    asio::cancellation_signal signal;
};

}  // namespace kuberay::test
