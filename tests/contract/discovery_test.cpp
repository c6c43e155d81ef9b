#include "place.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/discovery.hpp>

#include <boost/json/parse.hpp>

using namespace kuberay;
using kuberay::contract::place;
using kuberay::contract::refused;

KUBERAY_CONTRACT(resources_are_found_by_every_name)
{
    struct row {
        char const* name;
        char const* plural;
    };
    static constexpr row rows[] = {
        row{"rayclusters", "rayclusters"},
        row{"raycluster", "rayclusters"},
        row{"RayCluster", "rayclusters"},
        row{"rayclusters.ray.io", "rayclusters"},
        row{"rayclusters.v1.ray.io", "rayclusters"},
        row{"po", "pods"},
        row{"deploy", "deployments"},
        row{"nosuchthing", ""},
    };
    for (row const& one : rows) {
        std::optional<kube::resource_type> const found = co_await kube::find_resource(at.client(), one.name);
        EXPECT_EQ(found ? found->plural : "", one.plural) << one.name;
    }
    std::optional<kube::resource_type> const job = co_await kube::find_kind(at.client(), "ray.io/v1", "RayJob");
    EXPECT_EQ(job ? job->plural : "", "rayjobs");
    std::optional<kube::resource_type> const ns = co_await kube::find_resource(at.client(), "ns");
    EXPECT_TRUE(ns && ns->scope == kube::scope::cluster);
}

KUBERAY_CONTRACT(the_version_is_readable)
{
    kube::server_version const version = co_await kube::read_server_version(at.client());
    EXPECT_EQ(version.major, "1");
    EXPECT_TRUE(version.git_version.starts_with("v1.")) << version.git_version;
}

KUBERAY_CONTRACT(plain_discovery_lists_subresources)
{
    net::http_request request;
    request.target = "/apis/ray.io/v1";
    json::value const list = co_await at.client().send_for_json(request);
    EXPECT_EQ(string_at(list, "kind"), "APIResourceList");
    EXPECT_EQ(string_at(list, "groupVersion"), "ray.io/v1");
    std::vector<std::string> names;
    for (json::value const& one : list.at("resources").as_array())
        names.emplace_back(string_at(one, "name"));
    static constexpr char const* wanteds[] = {
        "rayclusters", "rayclusters/status", "rayjobs", "rayservices", "raycronjobs"
    };
    for (char const* wanted : wanteds)
        EXPECT_NE(std::ranges::find(names, wanted), names.end()) << wanted;
}

KUBERAY_CONTRACT(access_can_be_asked_for)
{
    net::http_request request;
    request.method = "POST";
    request.target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    request.fields.set("Content-Type", "application/json");
    request.body = R"({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"namespace": "default", "verb": "list", "group": "ray.io", "resource": "rayclusters"}}})";
    json::value const review = co_await at.client().send_for_json(request);
    EXPECT_EQ(bool_at(review, "status.allowed"), true);
}

KUBERAY_CONTRACT(a_path_of_no_resource_is_a_page_not_found)
{
    net::http_request request;
    request.target = "/apis/ray.io/v9/rayclusters";
    task<net::http_response> sending = at.client().send(request);
    result<net::http_response> const sent = co_await as_result(std::move(sending));
    error const why = refused(sent);
    EXPECT_EQ(why.code(), reason::not_found);
    EXPECT_EQ(kuberay::contract::said(why).http_status, 404);
    EXPECT_TRUE(kuberay::contract::said(why).reason.empty() || kuberay::contract::said(why).reason == "NotFound");
}
