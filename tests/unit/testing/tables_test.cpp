#include "tables.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;
using namespace kuberay;
using namespace kuberay::testing;

namespace {

std::string cells_of(std::string_view resource, std::string const& object)
{
    timestamp const now = parse_rfc3339("2026-01-01T01:00:00Z").value();
    return json::serialize(table_row(*find_resource(resource), json::parse(object).as_object(), "None", now).at("cells")
    );
}

}  // namespace

TEST(tables, a_ray_cluster_shows_its_status)
{
    EXPECT_EQ(
        cells_of(
            "rayclusters.ray.io", R"({"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z"},
            "status":{"desiredWorkerReplicas":2,"desiredCPU":"4","desiredMemory":"8Gi","state":"ready","head":{"podIP":"10.0.0.2"}}})"
        ),
        R"(["a",2,null,"4","8Gi",null,null,"ready","60m","10.0.0.2",null])"
    );
}

TEST(tables, a_pod_shows_readiness_and_why_it_waits)
{
    EXPECT_EQ(
        cells_of("pods", R"({"metadata":{"name":"p","creationTimestamp":"2026-01-01T00:59:55Z"},
            "spec":{"containers":[{"name":"a"},{"name":"b"}],"nodeName":"n"},
            "status":{"phase":"Pending","podIP":"10.0.0.3","containerStatuses":[{"ready":true,"restartCount":2},
            {"ready":false,"restartCount":1,"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}})"),
        R"(["p","1/2","ImagePullBackOff","3","5s","10.0.0.3","n","<none>","<none>"])"
    );
}

TEST(tables, a_row_has_as_many_cells_as_there_are_columns)
{
    timestamp const now = parse_rfc3339("2026-01-01T01:00:00Z").value();
    for (resource_kind const& kind : all_kinds()) {
        json::object const object = json::parse(R"({"metadata":{"name":"a"}})").as_object();
        EXPECT_EQ(table_row(kind, object, "None", now).at("cells").as_array().size(), table_columns(kind).size())
            << kind.resource();
    }
}

TEST(tables, the_object_of_a_row_is_as_asked_for)
{
    timestamp const now = parse_rfc3339("2026-01-01T01:00:00Z").value();
    resource_kind const& kind = *find_resource("rayclusters.ray.io");
    json::object const object = json::parse(R"({"kind":"RayCluster","metadata":{"name":"a"},"spec":{}})").as_object();
    EXPECT_TRUE(table_row(kind, object, "None", now).at("object").is_null());
    EXPECT_EQ(table_row(kind, object, "Object", now).at("object"), json::value(object));
    EXPECT_EQ(
        table_row(kind, object, "", now).at("object"),
        json::parse(R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}})")
    );
}
