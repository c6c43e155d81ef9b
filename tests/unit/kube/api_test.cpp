#include "support/co_test.hpp"
#include "support/fake_transport.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>

#include <memory>

namespace kuberay::kube {
namespace {

using test::fake_transport;
using test::scripted_answer;

resource_type const ray_cluster("ray.io", "v1", "RayCluster", "rayclusters");
std::string const path = "/apis/ray.io/v1/namespaces/x/rayclusters";

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

    api<object> clusters() const { return api<object>::in_ns(on, ray_cluster, "x"); }

    std::shared_ptr<fake_transport> server;
    client on;
};

object cluster_named(std::string const& name)
{
    json::object content;
    content["metadata"] = json::object{{"name", name}};
    return object(std::move(content));
}

std::string item(std::string const& name, std::string const& version)
{
    return R"({"metadata":{"name":")" + name + R"(","namespace":"x","resourceVersion":")" + version + R"("}})";
}

std::string list_of(std::string const& items, std::string const& version, std::string const& token = std::string())
{
    return R"({"kind":"RayClusterList","metadata":{"resourceVersion":")" + version + R"(","continue":")" + token
           + R"("},"items":[)" + items + "]}";
}

scripted_answer
status(int code, std::string const& reason, std::string const& message, std::string const& details = "{}")
{
    return scripted_answer(
        code, R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"reason":")" + reason + R"(","message":")"
                  + message + R"(","details":)" + details + "}"
    );
}

KUBERAY_CO_TEST(Api, an_object_is_read_with_all_its_fields)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(
        "GET", path + "/demo", scripted_answer(200, R"({"kind":"RayCluster","metadata":{"name":"demo"},"odd":0.5})")
    );
    object const read = co_await f.clusters().get("demo");
    EXPECT_EQ(read.metadata.name, "demo");
    EXPECT_EQ(to_json(json::value(read.content)), R"({"kind":"RayCluster","metadata":{"name":"demo"},"odd":0.5})");
}

KUBERAY_CO_TEST(Api, what_was_attempted_stands_before_what_came_back)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(status(
        404, "NotFound", "rayclusters.ray.io \\\"demo\\\" not found",
        R"({"name":"demo","kind":"rayclusters","group":"ray.io"})"
    ));
    result<object> const read = co_await as_result(f.clusters().get("demo"));
    EXPECT_EQ(read.error().code(), reason::not_found);
    EXPECT_EQ(read.error().message(), R"(reading raycluster "x/demo": rayclusters.ray.io "demo" not found)");
    EXPECT_EQ(read.error().hint(), "");
}

KUBERAY_CO_TEST(Api, an_unknown_resource_gets_a_hint_and_is_no_absence)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(scripted_answer(404, "404 page not found\n", "text/plain"));
    f.server->answer(scripted_answer(404, "404 page not found\n", "text/plain"));
    f.server->answer(status(404, "NotFound", "the server could not find the requested resource"));
    result<std::optional<object>> const found = co_await as_result(f.clusters().find("demo"));
    EXPECT_TRUE(found.has_error());
    EXPECT_EQ(found.error().hint(), "the server does not know rayclusters.ray.io: is KubeRay installed?");
    result<object_list<object>> const listed = co_await as_result(f.clusters().list());
    EXPECT_EQ(listed.error().hint(), "the server does not know rayclusters.ray.io: is KubeRay installed?");
    EXPECT_EQ(listed.error().message().rfind("listing rayclusters in namespace \"x\": ", 0), 0U)
        << listed.error().message();
    result<std::optional<object>> const again = co_await as_result(f.clusters().find("demo"));
    EXPECT_TRUE(again.has_error());
}

KUBERAY_CO_TEST(Api, find_gives_nothing_for_an_absent_object)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(status(404, "NotFound", "gone", R"({"name":"demo","kind":"rayclusters","group":"ray.io"})"));
    f.server->answer(status(404, "NotFound", "gone", R"({"name":"x","kind":"namespaces"})"));
    std::optional<object> const absent = co_await f.clusters().find("demo");
    EXPECT_FALSE(absent.has_value());
    result<std::optional<object>> const other = co_await as_result(f.clusters().find("demo"));
    EXPECT_TRUE(other.has_error()) << "a missing namespace is not an absent object";
}

TEST(Absence, only_a_status_about_this_object_counts)
{
    struct row {
        std::string what;
        int code;
        std::string name, kind, group;
        bool wanted;
    };
    row const rows[] = {
        {"all details", 404, "demo", "rayclusters", "ray.io", true},
        {"the kind instead of the plural", 404, "demo", "RayCluster", "ray.io", true},
        {"the name alone", 404, "demo", "", "", true},
        {"another name", 404, "other", "rayclusters", "ray.io", false},
        {"another kind", 404, "demo", "pods", "", false},
        {"another group", 404, "demo", "rayclusters", "other.io", false},
        {"no details", 404, "", "", "", false},
        {"another code", 403, "demo", "rayclusters", "ray.io", false},
    };
    for (auto const& r : rows) {
        server_status told;
        told.http_status = r.code;
        told.name = r.name;
        told.kind = r.kind;
        told.group = r.group;
        EXPECT_EQ(is_absence(error(told), ray_cluster, "demo"), r.wanted) << r.what;
    }
    EXPECT_FALSE(is_absence(error(reason::not_found, "local"), ray_cluster, "demo"));
    server_status unnamed;
    unnamed.http_status = 404;
    EXPECT_FALSE(is_absence(error(unnamed), ray_cluster, ""));
}

KUBERAY_CO_TEST(Api, a_list_is_one_request_and_items_come_while_it_arrives)
{
    fixture f(co_await asio::this_coro::executor);
    std::string const text = list_of(item("a", "1") + "," + item("b", "2"), "10");
    std::vector<std::string> pieces;
    for (char const c : text)
        pieces.emplace_back(1, c);
    f.server->answer("GET", path, scripted_answer(200, "").in_pieces(pieces));
    object_list<object> const all = co_await f.clusters().list();
    EXPECT_EQ(all.resource_version, "10");
    EXPECT_EQ(all.items.size(), 2U);
    EXPECT_EQ(all.items.at(1).metadata.name, "b");
    EXPECT_EQ(all.items.at(0).kind(), "RayCluster") << "items of a list get their kind";
    EXPECT_EQ(all.items.at(0).api_version(), "ray.io/v1");
}

KUBERAY_CO_TEST(Api, a_server_that_cannot_list_in_time_is_asked_in_pages)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", path + "?resourceVersion=5", status(504, "Timeout", "too slow"));
    f.server->answer(
        "GET", path + "?limit=500&resourceVersion=5", scripted_answer(200, list_of(item("a", "1"), "10", "t1"))
    );
    f.server->answer("GET", path + "?limit=500&continue=t1", scripted_answer(200, list_of(item("b", "2"), "10")));
    list_params params;
    params.resource_version = "5";
    object_list<object> const all = co_await f.clusters().list(params);
    EXPECT_EQ(all.items.size(), 2U);
    EXPECT_TRUE(f.server->is_used_up());
}

KUBERAY_CO_TEST(Api, an_expired_page_is_replaced_by_a_whole_list_without_doubles)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("GET", path + "?limit=1", scripted_answer(200, list_of(item("a", "1"), "10", "t1")));
    f.server->answer("GET", path + "?limit=1&continue=t1", status(410, "Expired", "too old"));
    f.server->answer("GET", path, scripted_answer(200, list_of(item("a", "1") + "," + item("b", "2"), "20")));
    list_params params;
    params.limit = 1;
    object_list<object> const all = co_await f.clusters().list(params);
    EXPECT_EQ(all.items.size(), 2U);
    EXPECT_EQ(all.resource_version, "20");
}

KUBERAY_CO_TEST(Api, a_list_that_is_cut_is_an_error_and_not_a_short_list)
{
    fixture f(co_await asio::this_coro::executor);
    std::string const text = list_of(item("a", "1"), "10");
    f.server->answer(scripted_answer(200, text.substr(0, text.size() - 1)));
    f.server->answer(scripted_answer(200, text.substr(0, 80)).then_fails(error(errc::connection_lost, "cut")));
    result<object_list<object>> const ended = co_await as_result(f.clusters().list());
    EXPECT_EQ(ended.error().code(), errc::bad_document);
    result<object_list<object>> const cut = co_await as_result(f.clusters().list());
    EXPECT_EQ(cut.error().code(), errc::connection_lost);
    EXPECT_NE(cut.error().message().find("listing rayclusters in namespace \"x\": "), std::string::npos);
}

KUBERAY_CO_TEST(Api, writes_go_out_and_come_back)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer("POST", path, scripted_answer(201, R"({"metadata":{"name":"demo","uid":"u"}})"));
    f.server->answer("PATCH", path + "/demo?fieldManager=m", scripted_answer(200, R"({"metadata":{"name":"demo"}})"));
    f.server->answer("PATCH", path + "/demo", scripted_answer(200, R"({"metadata":{"name":"demo"},"p":1})"));
    f.server->answer("DELETE", path + "/demo", scripted_answer(200, R"({"kind":"Status","status":"Success"})"));
    f.server->answer("DELETE", path + "?labelSelector=a%3Db", scripted_answer(200, "{}"));
    object const wanted = cluster_named("demo");
    object const created = co_await f.clusters().create(wanted);
    EXPECT_EQ(created.metadata.uid, "u");
    apply_params apply;
    apply.field_manager = "m";
    object const applied = co_await f.clusters().apply(wanted, apply);
    EXPECT_EQ(applied.metadata.name, "demo");
    patch_body body = patch_body::merge(json::value(json::object()));
    object const patched = co_await f.clusters().patch("demo", body);
    EXPECT_TRUE(patched.content.contains("p"));
    co_await f.clusters().remove("demo");
    list_params which;
    which.label_selector = "a=b";
    co_await f.clusters().remove_collection(which);
    EXPECT_TRUE(f.server->is_used_up());
}

KUBERAY_CO_TEST(Api, a_field_that_the_crd_lacks_is_named_and_never_tried_again)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(status(
        500, "InternalError",
        "failed to create typed patch object (x/demo; ray.io/v1, Kind=RayCluster): errors:\\n  .spec.foo: field not "
        "declared in schema\\n  .spec.headGroupSpec.bar: field not declared in schema"
    ));
    apply_params apply;
    apply.field_manager = "m";
    object const wanted = cluster_named("demo");
    result<object> const applied = co_await as_result(f.clusters().apply(wanted, apply));
    EXPECT_EQ(
        applied.error().message(),
        "applying raycluster \"x/demo\": the installed KubeRay CRD has no field spec.foo, spec.headGroupSpec.bar"
    );
    EXPECT_EQ(applied.error().code(), reason::internal);
    EXPECT_EQ(f.server->journal().size(), 1U);
}

KUBERAY_CO_TEST(Api, a_name_that_cannot_be_a_path_sends_nothing)
{
    fixture f(co_await asio::this_coro::executor);
    task<object> reading = f.clusters().get("../secrets");
    result<object> const read = co_await as_result(std::move(reading));
    EXPECT_EQ(read.error().code(), errc::bad_input);
    EXPECT_TRUE(f.server->journal().empty());
}

KUBERAY_CO_TEST(Api, tables_and_metadata_lists)
{
    fixture f(co_await asio::this_coro::executor);
    f.server->answer(
        "GET", path + "?includeObject=Metadata",
        scripted_answer(
            200,
            R"({"kind":"Table","metadata":{"resourceVersion":"3"},"columnDefinitions":[{"name":"Name","type":"string",)"
            R"("format":"name","priority":0},{"name":"Age","type":"string","priority":1}],"rows":[{"cells":["demo",5],)"
            R"("object":{"metadata":{"name":"demo"}}}]})"
        )
    );
    f.server->answer("GET", path, scripted_answer(200, list_of(item("a", "1"), "4")));
    f.server->answer("GET", path + "?includeObject=None", scripted_answer(200, list_of(item("a", "1"), "4")));
    table const read = co_await f.clusters().core().list_table(list_params(), table_content::metadata);
    EXPECT_EQ(read.columns.size(), 2U);
    EXPECT_EQ(read.columns.at(1).priority, 1);
    EXPECT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows.at(0).cells.at(1).as_int64(), 5);
    EXPECT_EQ(string_at(read.rows.at(0).object, "metadata.name"), "demo");
    EXPECT_EQ(read.resource_version, "3");
    std::vector<std::string> names;
    api_core::item_sink const sink = [&](json::value item) { names.emplace_back(string_at(item, "metadata.name")); };
    std::string const version = co_await f.clusters().core().list_metadata_each(list_params(), sink);
    EXPECT_EQ(version, "4");
    EXPECT_EQ(names.size(), 1U);
    result<table> const none = co_await as_result(f.clusters().core().list_table(list_params(), table_content::none));
    EXPECT_EQ(none.error().code(), errc::bad_document);
}

KUBERAY_CO_TEST(Api, a_hanging_list_ends_with_the_request_timeout)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto server = std::make_shared<fake_transport>(executor);
    server->answer(scripted_answer(200, R"({"items":[)").then_hangs());
    config slow;
    slow.request_timeout = std::chrono::milliseconds(20);
    client const on(executor, slow, fixture::options_over(server));
    result<object_list<pod>> const read = co_await as_result(api<pod>::in_ns(on, "").list());
    EXPECT_EQ(read.error().code(), errc::timed_out);
    EXPECT_NE(read.error().message().find("listing pods in namespace \"default\""), std::string::npos);
}

}  // namespace
}  // namespace kuberay::kube
