#include "place.hpp"

#include <boost/json/parse.hpp>

using namespace kuberay;
using kuberay::contract::cluster_named;
using kuberay::contract::cluster_with;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

KUBERAY_CONTRACT(strict_validation_refuses_unknown_fields_by_path)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "noSuchField", 1);
    kube::write_params params;
    params.field_validation = kube::field_validation::strict;
    task<kube::object> creating = clusters.create(wanted, params);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::bad_request);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "RayCluster in version \"v1\" cannot be handled as a RayCluster: strict decoding error: unknown field "
        "\"spec.noSuchField\""
    );
}

KUBERAY_CONTRACT(unknown_fields_are_warned_of_and_dropped)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "noSuchField", 1);
    kube::object const made = co_await clusters.create(wanted);
    EXPECT_EQ(text_at(made, "spec.noSuchField"), "");
    bool const warned = at.warnings() == std::vector<std::string>{"unknown field \"spec.noSuchField\""};
    EXPECT_TRUE(warned) << at.warnings().size() << " warnings";
}

KUBERAY_CONTRACT(unknown_fields_are_silently_dropped_when_asked_to)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "noSuchField", 1);
    kube::write_params params;
    params.field_validation = kube::field_validation::ignore;
    kube::object const made = co_await clusters.create(wanted, params);
    EXPECT_EQ(text_at(made, "spec.noSuchField"), "");
    EXPECT_TRUE(at.warnings().empty());
}

KUBERAY_CONTRACT(a_missing_required_field_is_a_cause_with_its_path)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object wanted = cluster_named("demo");
    wanted.content["spec"] = json::object();
    task<kube::object> creating = clusters.create(wanted);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).kind, "RayCluster");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).reason, "FieldValueRequired");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, "spec.headGroupSpec");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).message, "Required value");
}

KUBERAY_CONTRACT(a_value_of_the_wrong_type_is_a_cause_with_its_path)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "suspend", "yes");
    task<kube::object> creating = clusters.create(wanted);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).reason, "FieldValueTypeInvalid");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, "spec.suspend");
    EXPECT_EQ(
        kuberay::contract::said(why).causes.at(0).message,
        "Invalid value: \"string\": spec.suspend in body must be of type boolean: \"string\""
    );
}

KUBERAY_CONTRACT(a_value_outside_an_enumeration_names_the_allowed_ones)
{
    kube::api<kube::object> const clusters = at.clusters();
    json::value const options = json::object({{"upscalingMode", "Slowly"}});
    kube::object const wanted = cluster_with("demo", "autoscalerOptions", options);
    task<kube::object> creating = clusters.create(wanted);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).reason, "FieldValueNotSupported");
    EXPECT_EQ(
        kuberay::contract::said(why).causes.at(0).message,
        "Unsupported value: \"Slowly\": supported values: \"Default\", \"Aggressive\", \"Conservative\""
    );
}

KUBERAY_CONTRACT(a_bad_name_is_refused_with_the_rule)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("Bad_Name");
    task<kube::object> creating = clusters.create(wanted);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, "metadata.name");
    EXPECT_TRUE(kuberay::contract::said(why).causes.at(0).message.starts_with(
        "Invalid value: \"Bad_Name\": a lowercase RFC 1123"
    )) << kuberay::contract::said(why).causes.at(0).message;
}

KUBERAY_CONTRACT(worker_groups_get_their_defaults)
{
    kube::api<kube::object> const clusters = at.clusters();
    json::value const groups = json::parse(R"([{"groupName": "pool", "rayStartParams": {},
        "template": {"spec": {"containers": [{"name": "w", "image": "x", "ports": [{"containerPort": 80}]}]}}}])");
    kube::object const wanted = cluster_with("demo", "workerGroupSpecs", groups);
    kube::object const made = co_await clusters.create(wanted);
    EXPECT_EQ(text_at(made, "spec.workerGroupSpecs.0.replicas"), "0");
    EXPECT_EQ(text_at(made, "spec.workerGroupSpecs.0.minReplicas"), "0");
    EXPECT_EQ(text_at(made, "spec.workerGroupSpecs.0.maxReplicas"), "2147483647");
    EXPECT_EQ(text_at(made, "spec.workerGroupSpecs.0.numOfHosts"), "1");
    EXPECT_EQ(text_at(made, "spec.workerGroupSpecs.0.template.spec.containers.0.ports.0.protocol"), "TCP");
}

KUBERAY_CONTRACT(a_pod_without_containers_is_refused)
{
    kube::api<kube::object> const pods = at.pods();
    json::object wanted;
    wanted["apiVersion"] = "v1";
    wanted["kind"] = "Pod";
    wanted["metadata"] = json::object({{"name", "empty"}});
    wanted["spec"] = json::object();
    kube::object const pod(wanted);
    task<kube::object> creating = pods.create(pod);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).message, "Pod \"empty\" is invalid: spec.containers: Required value");
}
