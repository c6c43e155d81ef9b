#include "sample_clusters.hpp"

#include <boost/json/parse.hpp>

#include <string>

namespace playground {

namespace {

constexpr int most_with_pods = 20;

constexpr char const* cluster_json = R"({
"apiVersion": "ray.io/v1", "kind": "RayCluster",
"metadata": {"namespace": "default", "labels": {"team": "samples"}},
"spec": {
    "rayVersion": "2.52.0",
    "headGroupSpec": {"rayStartParams": {"dashboard-host": "0.0.0.0"}, "template": {"spec": {"containers": [{
        "name": "ray-head", "image": "rayproject/ray:2.52.0",
        "ports": [{"containerPort": 6379, "name": "gcs-server"}, {"containerPort": 8265, "name": "dashboard"},
                  {"containerPort": 10001, "name": "client"}],
        "resources": {"limits": {"memory": "4Gi"}, "requests": {"cpu": "2", "memory": "4Gi"}}}]}}},
    "workerGroupSpecs": [{"groupName": "default-group", "replicas": 2, "minReplicas": 1, "maxReplicas": 4,
        "rayStartParams": {"metrics-export-port": "8080"}, "template": {"spec": {"containers": [{
            "name": "ray-worker", "image": "rayproject/ray:2.52.0",
            "resources": {"limits": {"memory": "4Gi"}, "requests": {"cpu": "2", "memory": "4Gi"}}}]}}}]
}})";

constexpr char const* status_json = R"({
"state": "ready", "availableWorkerReplicas": 2, "desiredWorkerReplicas": 2, "readyWorkerReplicas": 2,
"minWorkerReplicas": 1, "maxWorkerReplicas": 4, "desiredCPU": "6", "desiredMemory": "12Gi", "desiredGPU": "0",
"desiredTPU": "0", "observedGeneration": 1, "lastUpdateTime": "2026-01-01T00:00:00Z",
"head": {"podIP": "10.0.0.2", "podName": "sample-head", "serviceIP": "10.0.0.2", "serviceName": "sample-head-svc"},
"endpoints": {"client": "10001", "dashboard": "8265", "gcs-server": "6379", "metrics": "8080", "serve": "8000"},
"stateTransitionTimes": {"ready": "2026-01-01T00:00:00Z"},
"conditions": [
    {"type": "HeadPodReady", "status": "True", "reason": "HeadPodRunningAndReady", "message": "",
     "lastTransitionTime": "2026-01-01T00:00:00Z"},
    {"type": "RayClusterProvisioned", "status": "True", "reason": "AllPodRunningAndReadyFirstTime",
     "message": "All Ray Pods are ready for the first time", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    {"type": "RayClusterSuspended", "status": "False", "reason": "RayClusterSuspended", "message": "",
     "lastTransitionTime": "2026-01-01T00:00:00Z"},
    {"type": "RayClusterSuspending", "status": "False", "reason": "RayClusterSuspending", "message": "",
     "lastTransitionTime": "2026-01-01T00:00:00Z"}]
})";

}  // namespace

void add_clusters(kuberay::testing::api_server server, int count)
{
    namespace json = boost::json;
    json::object const cluster = json::parse(cluster_json).as_object();
    json::value const status = json::parse(status_json);
    for (int i = 0; i < count; ++i) {
        json::object one = cluster;
        one["metadata"].as_object()["name"] = "sample-" + std::to_string(i);
        if (count > most_with_pods) {
            one["spec"].as_object()["managedBy"] = "kueue.x-k8s.io/multikueue";
            one["status"] = status;
        }
        server.put(std::move(one));
    }
}

}  // namespace playground
