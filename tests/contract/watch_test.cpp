#include "place.hpp"

#include <kuberay/kube/wait.hpp>

#include <boost/json/parse.hpp>

using namespace kuberay;
using namespace std::chrono_literals;
using kuberay::contract::cluster_named;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

namespace {

/// The next event as text: "added a", "synced".
task<std::string> next_of(kube::watcher<kube::object>* changes)
{
    task<kube::watch_event<kube::object>> waiting = changes->next();
    kube::watch_event<kube::object> const event = co_await with_timeout(60s, std::move(waiting));
    switch (event.change) {
    case kube::change::added: co_return "added " + event.object.metadata.name;
    case kube::change::modified: co_return "modified " + event.object.metadata.name;
    case kube::change::deleted: co_return "deleted " + event.object.metadata.name;
    case kube::change::synced: co_return "synced";
    }
    co_return "unknown";
}

kube::object labelled(std::string const& name, std::string const& team)
{
    kube::object map = config_map(name, "a", "b");
    map.content["metadata"].as_object()["labels"] = json::object({{"team", team}});
    return map;
}

kube::patch_body team(std::string const& name)
{
    return kube::patch_body::merge(json::parse(R"({"metadata": {"labels": {"team": ")" + name + R"("}}})"));
}

}  // namespace

KUBERAY_CONTRACT(a_watch_reports_what_is_there_and_every_change)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const first = cluster_named("first");
    kube::object const made = co_await clusters.create(first);
    kube::watcher<kube::object> changes = clusters.watch();
    std::string event = co_await next_of(&changes);
    EXPECT_EQ(event, "added first");
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "synced");
    kube::object const second = cluster_named("second");
    kube::object const more = co_await clusters.create(second);
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "added second");
    kube::patch_body const body = team("red");
    kube::object const patched = co_await clusters.patch("first", body);
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "modified first");
    co_await clusters.remove("second");
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "deleted second");
}

KUBERAY_CONTRACT(a_watch_from_a_version_reports_only_what_came_after)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const first = labelled("first", "red");
    kube::object const made = co_await maps.create(first);
    kube::object const second = labelled("second", "red");
    kube::object const more = co_await maps.create(second);
    kube::watch_params params;
    params.label_selector = "team";
    params.resource_version = made.metadata.resource_version;
    kube::watcher<kube::object> changes = maps.watch(params);
    std::string const event = co_await next_of(&changes);
    EXPECT_EQ(event, "added second");
}

KUBERAY_CONTRACT(objects_enter_and_leave_a_selection)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const map = labelled("m", "blue");
    kube::object const made = co_await maps.create(map);
    kube::watch_params params;
    params.label_selector = "team=red";
    kube::watcher<kube::object> changes = maps.watch(params);
    std::string event = co_await next_of(&changes);
    EXPECT_EQ(event, "synced");
    kube::patch_body const red = team("red");
    kube::object const entered = co_await maps.patch("m", red);
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "added m");
    kube::patch_body const blue = team("blue");
    kube::object const left = co_await maps.patch("m", blue);
    event = co_await next_of(&changes);
    EXPECT_EQ(event, "deleted m");
}

KUBERAY_CONTRACT(wait_until_sees_the_present_and_the_future)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    kube::predicate<kube::object> const present = [](std::optional<kube::object> const& now) {
        return now.has_value();
    };
    std::optional<kube::object> const there = co_await kube::wait_until(clusters, "demo", present, 60s);
    EXPECT_TRUE(there.has_value());
    kube::predicate<kube::object> const absent = [](std::optional<kube::object> const& now) {
        return !now.has_value();
    };
    std::optional<kube::object> const nobody = co_await kube::wait_until(clusters, "nobody", absent, 60s);
    EXPECT_FALSE(nobody.has_value());
    task<std::optional<kube::object>> waiting = kube::wait_until(clusters, "nobody", present, 300ms);
    result<std::optional<kube::object>> const waited = co_await as_result(std::move(waiting));
    EXPECT_EQ(refused(waited).code(), errc::timed_out);
}

KUBERAY_CONTRACT(a_raw_watch_speaks_the_protocol)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const map = labelled("m", "red");
    kube::object const made = co_await maps.create(map);
    net::http_request request;
    request.target = "/api/v1/namespaces/" + at.ns()
                     + "/configmaps?watch=true&labelSelector=team&timeoutSeconds=1&allowWatchBookmarks=true"
                       "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    net::http_response response = co_await at.client().send(request);
    EXPECT_EQ(response.fields().get("Content-Type"), "application/json");
    std::string const body = co_await response.read_all();
    EXPECT_TRUE(body.starts_with(R"({"type":"ADDED","object":{)")) << body;
    EXPECT_NE(
        body.find(R"({"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":)"), std::string::npos
    ) << body;
    EXPECT_NE(body.find(R"("k8s.io/initial-events-end":"true")"), std::string::npos) << body;
    EXPECT_TRUE(body.ends_with("}\n"));
}
