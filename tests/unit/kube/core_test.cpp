#include "kube/meta_json.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/watch.hpp>

#include <gtest/gtest.h>

namespace kuberay::kube {
namespace {

json::value parsed(std::string_view text) { return parse_json(text).value(); }

TEST(Meta, reads_and_writes_what_clients_use)
{
    std::string const text =
        R"({"name":"demo","namespace":"x","uid":"u","resourceVersion":"7","generation":2,)"
        R"("creationTimestamp":"2026-01-31T12:00:00Z","labels":{"a":"b"},"annotations":{"c":"d"},)"
        R"("ownerReferences":[{"apiVersion":"ray.io/v1","kind":"RayCluster","name":"o","uid":"ou","controller":true}],)"
        R"("finalizers":["f"]})";
    object_meta const read = read_meta(parsed(text));
    EXPECT_EQ(read.ns, "x");
    EXPECT_EQ(read.generation, 2);
    ASSERT_NE(read.controller(), nullptr);
    EXPECT_EQ(read.controller()->name, "o");
    EXPECT_EQ(to_json(json::value(write_meta(read))), text);
}

TEST(Meta, an_empty_one_writes_nothing)
{
    EXPECT_EQ(to_json(json::value(write_meta(object_meta()))), "{}");
    EXPECT_EQ(read_meta(json::value()), object_meta());
    EXPECT_EQ(object_meta().controller(), nullptr);
}

TEST(Meta, wrong_types_are_named_by_their_place)
{
    struct row {
        std::string text, says;
    };
    row const rows[] = {
        {R"({"labels":{"a":1}})", "metadata.labels.a: expected a string"},
        {R"({"creationTimestamp":"soon"})", "metadata.creationTimestamp: expected a time"},
        {R"({"ownerReferences":[{},{"uid":7}]})", "metadata.ownerReferences[1].uid: expected a string"},
        {R"([])", "metadata: expected an object"},
    };
    for (auto const& r : rows) {
        try {
            read_meta(parsed(r.text));
            ADD_FAILURE() << "accepted: " << r.text;
        } catch (failure const& refused) {
            EXPECT_EQ(refused.error().message().rfind(r.says, 0), 0U) << refused.error().message();
        }
    }
}

TEST(Object, keeps_every_field_and_knows_its_metadata)
{
    object const read =
        decode_item<object>(parsed(R"({"apiVersion":"v1","kind":"K","metadata":{"name":"n"},"x":0.5})"));
    EXPECT_EQ(read.kind(), "K");
    EXPECT_EQ(read.api_version(), "v1");
    EXPECT_EQ(read.metadata.name, "n");
    EXPECT_EQ(to_json(encode_item(read)), R"({"apiVersion":"v1","kind":"K","metadata":{"name":"n"},"x":0.5})");
    EXPECT_THROW(decode_item<object>(json::value(1)), failure);
    EXPECT_EQ(decode_item<partial_object>(parsed(R"({"metadata":{"name":"n"}})")).metadata.name, "n");
}

std::string const pod_text =
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"x"},"spec":{)"
    R"("initContainers":[{"name":"i","image":"img","restartPolicy":"Always"}],"containers":[{"name":"ray",)"
    R"("image":"ray:2","ports":[{"name":"serve","containerPort":8000,"protocol":"TCP"}],"resources":)"
    R"({"requests":{"cpu":"500m"},"limits":{"memory":"4Gi"}}}],"nodeName":"n1"},"status":{"phase":"Running",)"
    R"("conditions":[{"type":"Ready","status":"True"}],"hostIP":"10.0.0.1","podIP":"10.0.0.2","initContainerStatuses":)"
    R"([{"name":"i","state":{"terminated":{"exitCode":0,"reason":"Completed"}},"lastState":{},"ready":true,)"
    R"("restartCount":0,"image":"img"}],"containerStatuses":[{"name":"ray","state":{"running":{"startedAt":)"
    R"("2026-01-31T12:00:00Z"}},"lastState":{"waiting":{"reason":"CrashLoopBackOff","message":"m"}},"ready":true,)"
    R"("restartCount":3,"image":"ray:2"}]}})";

TEST(Pod, reads_states_flat_and_writes_them_nested)
{
    pod const read = pod::from_json(parsed(pod_text));
    EXPECT_EQ(read.node_name, "n1");
    EXPECT_EQ(read.pod_ip, "10.0.0.2");
    ASSERT_EQ(read.container_statuses.size(), 1U);
    EXPECT_EQ(read.container_statuses[0].now.state, "running");
    EXPECT_EQ(read.container_statuses[0].last.reason, "CrashLoopBackOff");
    EXPECT_EQ(read.container_statuses[0].restart_count, 3);
    EXPECT_EQ(read.init_container_statuses.at(0).now.exit_code, 0);
    EXPECT_EQ(read.containers.at(0).ports.at(0).number, 8000);
    EXPECT_EQ(read.containers.at(0).resources.limits.at("memory").str(), "4Gi");
    EXPECT_EQ(to_json(json::value(read.to_json())), pod_text);
}

TEST(Pod, is_ready_only_when_it_runs_and_stays)
{
    pod ready = pod::from_json(parsed(pod_text));
    EXPECT_TRUE(ready.is_ready());
    pod leaving = ready;
    leaving.metadata.deletion_timestamp = timestamp();
    EXPECT_FALSE(leaving.is_ready());
    pod pending = ready;
    pending.phase = "Pending";
    EXPECT_FALSE(pending.is_ready());
    pod unready = ready;
    unready.conditions[0].status = "False";
    EXPECT_FALSE(unready.is_ready());
    EXPECT_FALSE(pod().is_ready());
}

TEST(Core, services_secrets_deployments_and_events)
{
    std::string const service_text =
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"name":"a","protocol":"TCP",)"
        R"("port":80,"targetPort":8080},{"name":"b","port":81,"targetPort":"http"}],"selector":{"k":"v"},"clusterIP":)"
        R"("None","type":"ClusterIP"}})";
    service const s = service::from_json(parsed(service_text));
    EXPECT_EQ(s.ports.at(0).target_port, "8080");
    EXPECT_EQ(s.ports.at(1).target_port, "http");
    EXPECT_EQ(to_json(json::value(s.to_json())), service_text);

    secret const token = secret::from_json(parsed(R"({"metadata":{"name":"t"},"data":{"auth_token":"aGVsbG8="}})"));
    EXPECT_EQ(token.data.at("auth_token"), "hello");
    try {
        secret::from_json(parsed(R"({"data":{"k":"!!hidden!!"}})"));
        ADD_FAILURE() << "accepted";
    } catch (failure const& refused) {
        EXPECT_EQ(refused.error().message().find("hidden"), std::string::npos);
        EXPECT_NE(refused.error().message().find("data.k"), std::string::npos);
    }

    deployment const d = deployment::from_json(parsed(
        R"({"metadata":{"name":"kuberay-operator"},"spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"c",)"
        R"("image":"op:v1.6.2"}]}}},"status":{"readyReplicas":1}})"
    ));
    EXPECT_EQ(d.containers.at(0).image, "op:v1.6.2");
    EXPECT_EQ(d.replicas, 2);
    EXPECT_EQ(d.ready_replicas, 1);
    EXPECT_EQ(deployment::from_json(parsed("{}")).replicas, 1);

    event const old = event::from_json(parsed(
        R"({"reason":"R","type":"Warning","count":4,"source":{"component":"c"},"involvedObject":{"kind":"Pod","name":"p",)"
        R"("uid":"u"},"firstTimestamp":"2026-01-31T12:00:00Z","lastTimestamp":"2026-01-31T13:00:00Z"})"
    ));
    EXPECT_EQ(old.count, 4);
    EXPECT_EQ(old.involved_uid, "u");
    EXPECT_EQ(format_rfc3339(*old.last_seen), "2026-01-31T13:00:00Z");
    event const fresh = event::from_json(parsed(
        R"({"reportingComponent":"rc","eventTime":"2026-01-31T12:00:00.5Z","firstTimestamp":null,"lastTimestamp":null,)"
        R"("series":{"count":9,"lastObservedTime":"2026-01-31T14:00:00Z"}})"
    ));
    EXPECT_EQ(fresh.source, "rc");
    EXPECT_EQ(fresh.count, 9);
    EXPECT_EQ(format_rfc3339(*fresh.last_seen), "2026-01-31T14:00:00Z");
}

}  // namespace
}  // namespace kuberay::kube
