#include "place.hpp"

#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>

#include <cstdlib>
#include <optional>
#include <ostream>
#include <utility>

namespace kuberay::contract {

namespace {

kube::resource_type const& cluster_type()
{
    static kube::resource_type const type("ray.io", "v1", "RayCluster", "rayclusters");
    return type;
}

kube::resource_type const& configmap_type()
{
    static kube::resource_type const type("", "v1", "ConfigMap", "configmaps");
    return type;
}

kube::resource_type const& pod_type()
{
    static kube::resource_type const type("", "v1", "Pod", "pods");
    return type;
}

kube::resource_type const& namespace_type()
{
    static kube::resource_type const type("", "v1", "Namespace", "namespaces", kube::scope::cluster);
    return type;
}

char const* real_kubeconfig()
{
    char const* path = std::getenv("KUBERAY_CONTRACT_KUBECONFIG");
    return path && *path ? path : nullptr;
}

std::vector<backend> backends()
{
    std::vector<backend> all = {backend::simulator};
    if (real_kubeconfig()) all.push_back(backend::real);
    return all;
}

kube::object new_namespace()
{
    json::object ns;
    ns["apiVersion"] = "v1";
    ns["kind"] = "Namespace";
    ns["metadata"] = json::object({{"generateName", "contract-"}});
    return kube::object(std::move(ns));
}

task<void> run_in_namespace(
    kube::client client, std::shared_ptr<std::vector<std::string>> warnings,
    std::optional<testing::api_server> simulator, test_body body
)
{
    kube::api<kube::object> const namespaces = kube::api<kube::object>::cluster_wide(client, namespace_type());
    kube::object const wanted = new_namespace();
    kube::object const made = co_await namespaces.create(wanted);
    place const at(client, made.metadata.name, std::move(warnings), std::move(simulator));
    task<void> running = body(at);
    result<void> const ran = co_await as_result(std::move(running));
    // Its content is collected later; nobody waits for that.
    task<void> removing = namespaces.remove(made.metadata.name);
    result<void> const removed = co_await as_result(std::move(removing));
    EXPECT_TRUE(removed.has_value()) << removed.error().message();
    if (ran.has_error()) throw failure(ran.error());
}

task<void> run_there(backend which, test_body body)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto warnings = std::make_shared<std::vector<std::string>>();
    kube::client_options options;
    options.user_agent = "contract/1";
    options.on_warning = [warnings](std::string_view text) { warnings->emplace_back(text); };
    std::optional<testing::api_server> simulator;
    kube::config config;
    if (which == backend::simulator) {
        simulator.emplace(executor);
        simulator->start();
        config = simulator->config();
    } else {
        kube::load_options load;
        load.kubeconfig = real_kubeconfig();
        config = kube::load_config(load);
    }
    kube::client const client(executor, config, options);
    co_await run_in_namespace(client, warnings, simulator, body);
}

task<void> run_simulated(test_body body) { return run_there(backend::simulator, body); }

task<void> run_real(test_body body) { return run_there(backend::real, body); }

}  // namespace

std::ostream& operator<<(std::ostream& out, backend which)
{
    return out << (which == backend::simulator ? "simulator" : "real");
}

place::place(
    kube::client client, std::string ns, std::shared_ptr<std::vector<std::string>> warnings,
    std::optional<testing::api_server> simulator
)
    : client_(std::move(client))
    , ns_(std::move(ns))
    , warnings_(std::move(warnings))
    , simulator_(std::move(simulator))
{
}

kube::api<kube::object> place::clusters() const { return kube::api<kube::object>::in_ns(client_, cluster_type(), ns_); }

kube::api<kube::object> place::configmaps() const
{
    return kube::api<kube::object>::in_ns(client_, configmap_type(), ns_);
}

kube::api<kube::object> place::pods() const { return kube::api<kube::object>::in_ns(client_, pod_type(), ns_); }

void run_at(backend which, test_body body)
{
    test::run_coroutine_test(
        which == backend::simulator ? run_simulated(body) : run_real(body), std::chrono::seconds(120)
    );
}

kube::object cluster_named(std::string const& name)
{
    json::value parsed = json::parse(R"({
        "apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {},
        "spec": {
            "managedBy": "kueue.x-k8s.io/multikueue",
            "headGroupSpec": {"rayStartParams": {}, "template": {"spec": {"containers": [{"name": "ray", "image": "x"}]}}}
        }})");
    parsed.as_object()["metadata"].as_object()["name"] = name;
    return kube::object(std::move(parsed.as_object()));
}

kube::object cluster_with(std::string const& name, std::string const& member, json::value value)
{
    kube::object made = cluster_named(name);
    made.content["spec"].as_object()[member] = std::move(value);
    return made;
}

kube::object config_map(std::string const& name, std::string const& key, std::string const& value)
{
    json::object map;
    map["apiVersion"] = "v1";
    map["kind"] = "ConfigMap";
    map["metadata"] = json::object({{"name", name}});
    map["data"] = json::object({{key, value}});
    return kube::object(std::move(map));
}

kube::apply_params applied_by(std::string const& manager)
{
    kube::apply_params params;
    params.field_manager = manager;
    return params;
}

std::string text_at(kube::object const& of, std::string const& path)
{
    json::value const root = of.content;
    json::value const* found = find_path(root, path);
    if (!found) return std::string();
    return found->is_string() ? std::string(found->get_string()) : to_json(*found);
}

server_status said(error const& why) { return why.status() ? *why.status() : server_status(); }

INSTANTIATE_TEST_SUITE_P(on, contract, ::testing::ValuesIn(backends()), ::testing::PrintToStringParamName());

}  // namespace kuberay::contract
