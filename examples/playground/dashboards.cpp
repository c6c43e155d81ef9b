#include "dashboards.hpp"

#include <boost/json/value.hpp>

#include <utility>

namespace playground {

namespace {

namespace json = boost::json;
using kuberay::task;
using kuberay::testing::ray_head;

constexpr std::uint16_t dashboard_port = 8265;

constexpr char const* page = R"(<!doctype html>
<html lang="en">
<head><title>Stand-in for the Ray dashboard</title></head>
<body>
<h1>This is the playground</h1>
<p>Here a real cluster would show the Ray dashboard. The pod is simulated; the connection to it is not, and its Jobs API
runs entrypoints as processes of this machine.</p>
</body>
</html>
)";

task<void> refuse(kuberay::net::byte_stream connection)
{
    connection.close();
    co_return;
}

std::string text_of(json::object const& object, std::string_view first, std::string_view second)
{
    json::value const* part = object.if_contains(first);
    json::value const* text = part && part->is_object() ? part->get_object().if_contains(second) : nullptr;
    return text && text->is_string() ? std::string(text->get_string()) : std::string();
}

bool is_head(json::object const& pod)
{
    json::value const* labels = pod.at("metadata").as_object().if_contains("labels");
    return labels && labels->is_object()
           && text_of(pod.at("metadata").as_object(), "labels", "ray.io/node-type") == "head";
}

}  // namespace

std::optional<ray_head> dashboards::head_of(std::string const& pod)
{
    if (!running_.contains(pod)) return std::nullopt;
    auto found = heads_.find(pod);
    if (found == heads_.end()) {
        kuberay::testing::ray_head_options options;
        options.page = page;
        options.keep_journal = false;
        found = heads_.emplace(pod, ray_head(executor_, options)).first;
    }
    return found->second;
}

void dashboards::note(std::string_view change, json::object const& object)
{
    json::value const* kind = object.if_contains("kind");
    if (!kind || *kind != "Pod" || !is_head(object)) return;
    std::string const name = text_of(object, "metadata", "name");
    if (change != "DELETED" && text_of(object, "status", "phase") == "Running") {
        running_.insert(name);
        return;
    }
    running_.erase(name);
    heads_.erase(name);
}

std::shared_ptr<dashboards> serve_dashboards(kuberay::testing::api_server server, kuberay::testing::pod_streams streams)
{
    auto const all = std::make_shared<dashboards>(server.get_executor());
    streams.on_port(dashboard_port, [all](std::string const& pod, kuberay::net::byte_stream connection) {
        std::optional<ray_head> const head = all->head_of(pod);
        return head ? head->serve(std::move(connection)) : refuse(std::move(connection));
    });
    server.on_change([all](std::string_view change, json::object const& object) { all->note(change, object); });
    return all;
}

}  // namespace playground
