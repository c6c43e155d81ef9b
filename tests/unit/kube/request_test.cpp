#include "kube/request.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace kuberay::kube {
namespace {

resource_type const ray_cluster("ray.io", "v1", "RayCluster", "rayclusters");
resource_type const core_pod("", "v1", "Pod", "pods");
resource_type const node("", "v1", "Node", "nodes", scope::cluster);

std::string line(net::http_request const& request) { return request.method + " " + request.target; }

object_place at(resource_type const& type, std::string ns, std::string name, std::string subresource = std::string())
{
    return object_place(type, std::move(ns), std::move(name), std::move(subresource));
}

TEST(Request, paths_of_single_objects)
{
    struct row {
        object_place place;
        std::string wanted;
    };
    row const rows[] = {
        {at(ray_cluster, "team", "demo"), "GET /apis/ray.io/v1/namespaces/team/rayclusters/demo"},
        {at(core_pod, "team", "p"), "GET /api/v1/namespaces/team/pods/p"},
        {at(node, "", "n1"), "GET /api/v1/nodes/n1"},
        {at(node, "ignored", "n1"), "GET /api/v1/nodes/n1"},
        {at(ray_cluster, "team", "demo", "status"), "GET /apis/ray.io/v1/namespaces/team/rayclusters/demo/status"},
        {at(ray_cluster, "team", "system:a b?c#d"),
         "GET /apis/ray.io/v1/namespaces/team/rayclusters/system%3Aa%20b%3Fc%23d"},
        {at(core_pod, "t", "\xc3\xa9"), "GET /api/v1/namespaces/t/pods/%C3%A9"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(line(get_request(r.place)), r.wanted);
}

TEST(Request, names_that_cannot_stand_in_a_path_are_refused_before_anything_is_sent)
{
    struct row {
        std::string ns, name, subresource;
    };
    row const rows[] = {
        {"team", "", ""},       {"team", ".", ""},       {"team", "..", ""},    {"team", "a/b", ""},
        {"team", "a%2fb", ""},  {"team", "a\nb", ""},    {"team", "a\x7f", ""}, {"team", std::string("a\0b", 3), ""},
        {"..", "demo", ""},     {"a/b", "demo", ""},     {"a%b", "demo", ""},   {"", "demo", ""},
        {"team", "demo", ".."}, {"team", "demo", "a/b"},
    };
    for (auto const& r : rows) {
        try {
            auto const request = get_request(at(ray_cluster, r.ns, r.name, r.subresource));
            ADD_FAILURE() << "accepted: " << request.target;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().code(), errc::bad_input) << r.ns << "|" << r.name << "|" << r.subresource;
        }
    }
}

TEST(Request, lists_carry_selectors_limits_and_versions)
{
    list_params params;
    EXPECT_EQ(line(list_request(ray_cluster, "", params, list_form::objects)), "GET /apis/ray.io/v1/rayclusters");
    EXPECT_EQ(
        line(list_request(ray_cluster, "team", params, list_form::objects)),
        "GET /apis/ray.io/v1/namespaces/team/rayclusters"
    );
    params.label_selector = "a=b,c in (d,e)";
    params.field_selector = "metadata.name=x";
    params.limit = 500;
    params.resource_version = "12";
    params.resource_version_match = "NotOlderThan";
    EXPECT_EQ(
        line(list_request(core_pod, "t", params, list_form::objects)),
        "GET /api/v1/namespaces/t/pods?labelSelector=a%3Db%2Cc%20in%20%28d%2Ce%29&fieldSelector=metadata.name%3Dx"
        "&limit=500&resourceVersion=12&resourceVersionMatch=NotOlderThan"
    );
    EXPECT_EQ(
        line(list_request(core_pod, "t", params, list_form::objects, "tok+=/")),
        "GET /api/v1/namespaces/t/pods?labelSelector=a%3Db%2Cc%20in%20%28d%2Ce%29&fieldSelector=metadata.name%3Dx"
        "&limit=500&continue=tok%2B%3D%2F"
    );
}

TEST(Request, the_form_of_a_list_is_asked_for_by_accept)
{
    list_params const params;
    EXPECT_EQ(list_request(node, "", params, list_form::objects).fields.get("Accept"), "application/json");
    EXPECT_EQ(
        list_request(node, "", params, list_form::metadata).fields.get("Accept"),
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
    );
    auto const table = table_request(node, "", params, table_content::metadata);
    EXPECT_EQ(table.fields.get("Accept"), "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    EXPECT_EQ(table.target, "/api/v1/nodes?includeObject=Metadata");
    list_params some;
    some.limit = 5;
    EXPECT_EQ(
        table_request(node, "", some, table_content::none, "t").target,
        "/api/v1/nodes?limit=5&continue=t&includeObject=None"
    );
    EXPECT_EQ(
        table_request(node, "", some, table_content::object).target, "/api/v1/nodes?limit=5&includeObject=Object"
    );
}

TEST(Request, a_watch_asks_for_bookmarks_and_an_end)
{
    watch_params params;
    params.label_selector = "ray.io/cluster=demo";
    EXPECT_EQ(
        line(watch_request(core_pod, "t", params, "77", std::chrono::seconds(420))),
        "GET /api/v1/namespaces/t/pods?watch=true&allowWatchBookmarks=true&resourceVersion=77&timeoutSeconds=420"
        "&labelSelector=ray.io%2Fcluster%3Ddemo"
    );
}

TEST(Request, create_posts_the_object_with_its_type)
{
    write_params params;
    params.dry_run = true;
    params.field_manager = "me";
    params.field_validation = field_validation::strict;
    json::value const object = parse_json(R"({"metadata":{"name":"demo"}})").value();
    auto const request = create_request(ray_cluster, "team", object, params);
    EXPECT_EQ(
        line(request),
        "POST /apis/ray.io/v1/namespaces/team/rayclusters?dryRun=All&fieldManager=me&fieldValidation=Strict"
    );
    EXPECT_EQ(request.fields.get("Content-Type"), "application/json");
    EXPECT_EQ(request.body, R"({"metadata":{"name":"demo"},"kind":"RayCluster","apiVersion":"ray.io/v1"})");
}

TEST(Request, the_namespace_of_a_new_object_comes_from_the_scope_or_from_the_object)
{
    json::value const placed = parse_json(R"({"metadata":{"name":"demo","namespace":"own"}})").value();
    EXPECT_EQ(
        create_request(ray_cluster, "", placed, write_params()).target, "/apis/ray.io/v1/namespaces/own/rayclusters"
    );
    EXPECT_THROW(create_request(ray_cluster, "other", placed, write_params()), failure);
    json::value const loose = parse_json(R"({"metadata":{"name":"demo"}})").value();
    EXPECT_THROW(create_request(ray_cluster, "", loose, write_params()), failure);
    EXPECT_EQ(create_request(node, "", loose, write_params()).target, "/api/v1/nodes");
    EXPECT_THROW(create_request(node, "", json::value("text"), write_params()), failure);
}

TEST(Request, apply_patches_the_object_named_by_its_body)
{
    apply_params params;
    params.field_manager = "ray-kubectl-plugin";
    params.force = true;
    json::value const object =
        parse_json(R"({"apiVersion":"ray.io/v1","kind":"RayCluster","metadata":{"name":"d"}})").value();
    auto const request = apply_request(ray_cluster, "team", object, params, "");
    EXPECT_EQ(
        line(request), "PATCH /apis/ray.io/v1/namespaces/team/rayclusters/d?fieldManager=ray-kubectl-plugin&force=true"
    );
    EXPECT_EQ(request.fields.get("Content-Type"), "application/apply-patch+yaml");
    EXPECT_EQ(request.body, to_json(object));
    EXPECT_EQ(
        apply_request(ray_cluster, "team", object, params, "status").target,
        "/apis/ray.io/v1/namespaces/team/rayclusters/d/status?fieldManager=ray-kubectl-plugin&force=true"
    );
    EXPECT_THROW(apply_request(ray_cluster, "team", object, apply_params(), ""), failure);
    json::value const unnamed = parse_json(R"({"metadata":{}})").value();
    EXPECT_THROW(apply_request(ray_cluster, "team", unnamed, params, ""), failure);
}

TEST(Request, each_kind_of_patch_has_its_content_type)
{
    struct row {
        patch_body body;
        std::string content_type, text;
    };
    json::value const spec = parse_json(R"({"spec":{"suspend":true}})").value();
    json::array const steps = parse_json(R"([{"op":"test","path":"/a","value":1}])").value().as_array();
    row const rows[] = {
        {patch_body::merge(spec), "application/merge-patch+json", to_json(spec)},
        {patch_body::strategic(spec), "application/strategic-merge-patch+json", to_json(spec)},
        {patch_body::operations(steps), "application/json-patch+json", to_json(json::value(steps))},
    };
    for (auto const& r : rows) {
        auto const request = patch_request(at(ray_cluster, "t", "d", "scale"), r.body, write_params());
        EXPECT_EQ(line(request), "PATCH /apis/ray.io/v1/namespaces/t/rayclusters/d/scale");
        EXPECT_EQ(request.fields.get("Content-Type"), r.content_type);
        EXPECT_EQ(request.body, r.text);
    }
}

TEST(Request, removal_says_its_conditions_in_the_body)
{
    auto const plain = remove_request(at(ray_cluster, "t", "d"), remove_params());
    EXPECT_EQ(line(plain), "DELETE /apis/ray.io/v1/namespaces/t/rayclusters/d");
    EXPECT_EQ(plain.body, "");
    remove_params params;
    params.grace_period_seconds = 0;
    params.propagation = propagation::foreground;
    params.uid = "u1";
    params.resource_version = "9";
    params.dry_run = true;
    auto const request = remove_request(at(ray_cluster, "t", "d"), params);
    EXPECT_EQ(request.fields.get("Content-Type"), "application/json");
    EXPECT_EQ(
        request.body,
        R"({"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"propagationPolicy":"Foreground",)"
        R"("preconditions":{"uid":"u1","resourceVersion":"9"},"dryRun":["All"]})"
    );
}

TEST(Request, removal_of_many_needs_a_namespace_and_carries_selectors)
{
    list_params which;
    which.label_selector = "a=b";
    remove_params how;
    how.propagation = propagation::background;
    auto const request = remove_collection_request(ray_cluster, "t", which, how);
    EXPECT_EQ(line(request), "DELETE /apis/ray.io/v1/namespaces/t/rayclusters?labelSelector=a%3Db");
    EXPECT_EQ(request.body, R"({"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"})");
    EXPECT_THROW(remove_collection_request(ray_cluster, "", which, how), failure);
}

}  // namespace
}  // namespace kuberay::kube
