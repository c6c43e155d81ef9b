#include "support/co_test.hpp"
#include "support/fake_transport.hpp"

#include <kuberay/kube/discovery.hpp>

#include <memory>

namespace kuberay::kube {
namespace {

using test::fake_transport;
using test::scripted_answer;

std::string const core_list =
    R"({"kind":"APIResourceList","groupVersion":"v1","resources":[)"
    R"({"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","shortNames":["po"]},)"
    R"({"name":"pods/log","singularName":"","namespaced":true,"kind":"Pod"},)"
    R"({"name":"nodes","singularName":"node","namespaced":false,"kind":"Node","shortNames":["no"]}]})";
std::string const ray_list =
    R"({"kind":"APIResourceList","groupVersion":"ray.io/v1","resources":[)"
    R"({"name":"rayclusters","singularName":"raycluster","namespaced":true,"kind":"RayCluster"},)"
    R"({"name":"rayclusters/status","singularName":"","namespaced":true,"kind":"RayCluster"}]})";
std::string const ray_group =
    R"({"kind":"APIGroup","name":"ray.io","versions":[{"groupVersion":"ray.io/v1alpha1"},{"groupVersion":"ray.io/v1"}],)"
    R"("preferredVersion":{"groupVersion":"ray.io/v1"}})";

std::string aggregated_group(
    std::string const& group, std::string const& resource, std::string const& kind, std::string const& more
)
{
    return R"({"metadata":{"name":")" + group + R"("},"versions":[{"version":"v1","resources":[{"resource":")"
           + resource + R"(","responseKind":{"group":"","version":"","kind":")" + kind + R"("},"scope":"Namespaced")"
           + more + R"(}]},{"version":"v1beta1","resources":[{"resource":")" + resource
           + R"(","responseKind":{"kind":")" + kind + R"("},"scope":"Cluster"}]}]})";
}

std::string aggregated(std::string const& groups)
{
    return R"({"kind":"APIGroupDiscoveryList","items":[)" + groups + "]}";
}

struct fixture {
    explicit fixture(asio::any_io_executor executor)
        : server(std::make_shared<fake_transport>(executor))
        , on(executor, config(), options_over(server))
    {
    }

    static client_options options_over(std::shared_ptr<fake_transport> server)
    {
        client_options options;
        options.transport = std::move(server);
        return options;
    }

    std::shared_ptr<fake_transport> server;
    client on;
};

using lines = std::vector<std::string>;

KUBERAY_CO_TEST(Discovery, core_resources_need_one_request)
{
    struct row {
        std::string name, plural;
        scope where;
    };
    row const rows[] = {
        {"pods", "pods", scope::namespaced}, {"pod", "pods", scope::namespaced}, {"po", "pods", scope::namespaced},
        {"Pod", "pods", scope::namespaced},  {"NODES", "nodes", scope::cluster}, {"no", "nodes", scope::cluster},
    };
    for (auto const& r : rows) {
        fixture f(co_await asio::this_coro::executor);
        f.server->answer("GET", "/api/v1", scripted_answer(200, core_list));
        std::optional<resource_type> const found = co_await find_resource(f.on, r.name);
        EXPECT_TRUE(found.has_value()) << r.name;
        if (!found) continue;
        EXPECT_EQ(found->plural, r.plural) << r.name;
        EXPECT_EQ(found->scope, r.where) << r.name;
        EXPECT_EQ(found->api_version(), "v1") << r.name;
    }
}

KUBERAY_CO_TEST(Discovery, other_resources_come_from_the_aggregated_groups)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/api/v1", scripted_answer(200, core_list));
    f.server->answer(
        "GET", "/apis",
        scripted_answer(
            200, aggregated(aggregated_group(
                     "apps", "deployments", "Deployment", R"(,"singularResource":"deployment","shortNames":["deploy"])"
                 ))
        )
    );
    std::optional<resource_type> const found = co_await find_resource(f.on, "deploy");
    resource_type const wanted("apps", "v1", "Deployment", "deployments");
    EXPECT_TRUE(found == wanted);
    EXPECT_NE(f.server->journal().at(1).fields.get("Accept").find("APIGroupDiscoveryList"), std::string_view::npos);
}

KUBERAY_CO_TEST(Discovery, a_server_without_aggregation_is_asked_group_by_group)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/api/v1", scripted_answer(200, core_list));
    f.server->answer(
        "GET", "/apis",
        scripted_answer(
            200, R"({"kind":"APIGroupList","groups":[)" + ray_group
                     + R"(,{"name":"down.io","versions":[{"groupVersion":"down.io/v1"}]}]})"
        )
    );
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(200, ray_list));
    f.server->answer("GET", "/apis/ray.io/v1alpha1", scripted_answer(200, ray_list));
    f.server->answer("GET", "/apis/down.io/v1", scripted_answer(503, "down", "text/plain"));
    std::optional<resource_type> const found = co_await find_resource(f.on, "raycluster");
    resource_type const wanted("ray.io", "v1", "RayCluster", "rayclusters");
    EXPECT_TRUE(found == wanted);
}

KUBERAY_CO_TEST(Discovery, a_name_with_its_group_asks_only_that_group)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/apis/ray.io", scripted_answer(200, ray_group));
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(200, ray_list));
    std::optional<resource_type> const found = co_await find_resource(f.on, "rayclusters.ray.io");
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(f.server->lines(), (lines{"GET /apis/ray.io", "GET /apis/ray.io/v1"}));
}

KUBERAY_CO_TEST(Discovery, a_name_with_version_and_group)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/apis/v1.ray.io", scripted_answer(404, "404 page not found", "text/plain"));
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(200, ray_list));
    std::optional<resource_type> const found = co_await find_resource(f.on, "rayclusters.v1.ray.io");
    EXPECT_TRUE(found.has_value());
}

KUBERAY_CO_TEST(Discovery, unknown_names_and_kinds_are_no_error)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/api/v1", scripted_answer(200, core_list));
    f.server->answer("GET", "/apis", scripted_answer(200, aggregated("")));
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(404, "404 page not found", "text/plain"));
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(200, ray_list));
    f.server->answer("GET", "/apis/ray.io/v1", scripted_answer(200, ray_list));
    std::optional<resource_type> const name = co_await find_resource(f.on, "widgets");
    EXPECT_FALSE(name.has_value());
    std::optional<resource_type> const unserved = co_await find_kind(f.on, "ray.io/v1", "RayCluster");
    EXPECT_FALSE(unserved.has_value());
    std::optional<resource_type> const other = co_await find_kind(f.on, "ray.io/v1", "RayService");
    EXPECT_FALSE(other.has_value());
    std::optional<resource_type> const served = co_await find_kind(f.on, "ray.io/v1", "RayCluster");
    EXPECT_TRUE(served.has_value());
}

KUBERAY_CO_TEST(Discovery, a_name_in_several_groups_is_refused_with_all_of_them)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", "/api/v1", scripted_answer(200, core_list));
    f.server->answer(
        "GET", "/apis",
        scripted_answer(
            200,
            aggregated(aggregated_group("a.io", "jobs", "Job", "") + "," + aggregated_group("b.io", "jobs", "Job", ""))
        )
    );
    result<std::optional<resource_type>> const found = co_await as_result(find_resource(f.on, "jobs"));
    EXPECT_EQ(found.error().code(), errc::bad_input);
    EXPECT_NE(found.error().message().find("jobs.a.io, jobs.b.io"), std::string::npos) << found.error().message();
}

KUBERAY_CO_TEST(Discovery, names_that_cannot_stand_in_a_path_send_nothing)
{
    fixture f(co_await asio::this_coro::executor);
    for (std::string const& name : lines{"", ".", "a/b", ".x", "pods..", "pods...", "pods.%2e"}) {
        result<std::optional<resource_type>> const found = co_await as_result(find_resource(f.on, name));
        EXPECT_TRUE(found.has_error() && found.error().code() == errc::bad_input) << name;
    }
    for (std::string const& version : lines{"", "..", "a/../b", "a%2fb"}) {
        result<std::optional<resource_type>> const found = co_await as_result(find_kind(f.on, version, "K"));
        EXPECT_TRUE(found.has_error() && found.error().code() == errc::bad_input) << version;
    }
    EXPECT_TRUE(f.server->journal().empty());
}

KUBERAY_CO_TEST(Discovery, the_servers_version)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(
        "GET", "/version",
        scripted_answer(200, R"({"major":"1","minor":"36","gitVersion":"v1.36.3","platform":"linux/amd64"})")
    );
    f.server->answer("GET", "/version", scripted_answer(200, "{}"));
    server_version const read = co_await read_server_version(f.on);
    EXPECT_EQ(read.git_version, "v1.36.3");
    EXPECT_EQ(read.minor, "36");
    result<server_version> const none = co_await as_result(read_server_version(f.on));
    EXPECT_EQ(none.error().code(), errc::bad_document);
}

}  // namespace
}  // namespace kuberay::kube
