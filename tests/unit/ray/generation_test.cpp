#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/generation.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

cluster_config config_of_flags()
{
    cluster_config config;
    config.name = "sample-cluster";
    config.ns = "default";
    config.worker_groups[0].num_of_hosts = 1;
    return config;
}

std::string yaml_of(cluster_config const& config) { return to_yaml(json::value(generate_cluster(config))); }

TEST(generation, the_defaults_give_the_peers_bytes)
{
    EXPECT_EQ(yaml_of(config_of_flags()), R"(apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: sample-cluster
  namespace: default
spec:
  headGroupSpec:
    template:
      spec:
        containers:
        - image: rayproject/ray:2.52.0
          name: ray-head
          ports:
          - containerPort: 6379
            name: gcs-server
          - containerPort: 8265
            name: dashboard
          - containerPort: 10001
            name: client
          resources:
            limits:
              memory: 4Gi
            requests:
              cpu: "2"
              memory: 4Gi
  rayVersion: 2.52.0
  workerGroupSpecs:
  - groupName: default-group
    numOfHosts: 1
    replicas: 1
    template:
      spec:
        containers:
        - image: rayproject/ray:2.52.0
          name: ray-worker
          resources:
            limits:
              memory: 4Gi
            requests:
              cpu: "2"
              memory: 4Gi
)");
}

TEST(generation, everything_that_can_be_asked_for)
{
    cluster_config const config = parse_cluster_config(
        R"(
namespace: default
name: full
labels: {tier: gold}
annotations: {note: "1"}
ray-version: 2.54.0
service-account: ray
suspend: true
head:
  cpu: 1500m
  memory: 1024Mi
  gpu: 0
  ephemeral-storage: 10Gi
  ray-start-params: {num-cpus: 0}
  node-selectors: {pool: head}
worker-groups:
- name: tpu
  replicas: 0
  min-replicas: 0
  max-replicas: 3
  num-of-hosts: 4
  cpu: 0.5
  tpu: 4
  node-selectors:
    cloud.google.com/gke-tpu-accelerator: tpu-v4-podslice
    cloud.google.com/gke-tpu-topology: 2x2x4
  env: {LEVEL: group, ONE: 1}
  tolerations: [{key: tpu, operator: Exists}]
- cpu: 3
autoscaler: {version: V2, idle-timeout-seconds: 60, upscaling-mode: conservative}
gcs-fault-tolerance:
  redis-address: redis:6379
  redis-username: ray
  redis-password-secret: {name: redis, key: password}
  external-storage-namespace: full
auth: {mode: token, secret-name: tok}
gke:
  gcsfuse:
    bucket-name: bucket
    mount-path: /data
    mount-options: implicit-dirs
    disable-metrics: true
    skip-csi-bucket-access-check: false
    resources: {cpu: 250m, memory: 256Mi, ephemeral-storage: 1Gi}
env: {LEVEL: cluster}
tolerations: [{key: spot, operator: Exists}]
image-pull-secrets: [reg]
volumes: [{name: v, emptyDir: {}}]
volume-mounts: [{name: v, mountPath: /v}]
head-service-annotations: {lb: internal}
)",
        "full.yaml"
    );
    EXPECT_EQ(yaml_of(config), R"(apiVersion: ray.io/v1
kind: RayCluster
metadata:
  annotations:
    note: "1"
  labels:
    tier: gold
  name: full
  namespace: default
spec:
  authOptions:
    mode: token
    secretName: tok
  autoscalerOptions:
    idleTimeoutSeconds: 60
    upscalingMode: Conservative
    version: v2
  enableInTreeAutoscaling: true
  gcsFaultToleranceOptions:
    externalStorageNamespace: full
    redisAddress: redis:6379
    redisPassword:
      valueFrom:
        secretKeyRef:
          key: password
          name: redis
    redisUsername:
      value: ray
  headGroupSpec:
    rayStartParams:
      num-cpus: "0"
    template:
      metadata:
        annotations:
          gke-gcsfuse/cpu-request: 250m
          gke-gcsfuse/ephemeral-storage-limit: 1Gi
          gke-gcsfuse/ephemeral-storage-request: 1Gi
          gke-gcsfuse/memory-limit: 256Mi
          gke-gcsfuse/memory-request: 256Mi
          gke-gcsfuse/volumes: "true"
      spec:
        containers:
        - env:
          - name: LEVEL
            value: cluster
          image: rayproject/ray:2.54.0
          name: ray-head
          ports:
          - containerPort: 6379
            name: gcs-server
          - containerPort: 8265
            name: dashboard
          - containerPort: 10001
            name: client
          resources:
            limits:
              ephemeral-storage: 10Gi
              memory: 1Gi
            requests:
              cpu: 1500m
              ephemeral-storage: 10Gi
              memory: 1Gi
          volumeMounts:
          - mountPath: /v
            name: v
          - mountPath: /data
            name: cluster-storage
        imagePullSecrets:
        - name: reg
        nodeSelector:
          pool: head
        serviceAccountName: ray
        tolerations:
        - key: spot
          operator: Exists
        volumes:
        - emptyDir: {}
          name: v
        - csi:
            driver: gcsfuse.csi.storage.gke.io
            volumeAttributes:
              bucketName: bucket
              disableMetrics: "true"
              mountOptions: implicit-dirs
              skipCSIBucketAccessCheck: "false"
          name: cluster-storage
  headServiceAnnotations:
    lb: internal
  rayVersion: 2.54.0
  suspend: true
  workerGroupSpecs:
  - groupName: tpu
    maxReplicas: 3
    minReplicas: 0
    numOfHosts: 4
    replicas: 0
    template:
      metadata:
        annotations:
          gke-gcsfuse/cpu-request: 250m
          gke-gcsfuse/ephemeral-storage-limit: 1Gi
          gke-gcsfuse/ephemeral-storage-request: 1Gi
          gke-gcsfuse/memory-limit: 256Mi
          gke-gcsfuse/memory-request: 256Mi
          gke-gcsfuse/volumes: "true"
      spec:
        containers:
        - env:
          - name: LEVEL
            value: group
          - name: ONE
            value: "1"
          image: rayproject/ray:2.54.0
          name: ray-worker
          resources:
            limits:
              google.com/tpu: "4"
            requests:
              cpu: 500m
              google.com/tpu: "4"
          volumeMounts:
          - mountPath: /v
            name: v
          - mountPath: /data
            name: cluster-storage
        imagePullSecrets:
        - name: reg
        nodeSelector:
          cloud.google.com/gke-tpu-accelerator: tpu-v4-podslice
          cloud.google.com/gke-tpu-topology: 2x2x4
        serviceAccountName: ray
        tolerations:
        - key: spot
          operator: Exists
        - key: tpu
          operator: Exists
        volumes:
        - emptyDir: {}
          name: v
        - csi:
            driver: gcsfuse.csi.storage.gke.io
            volumeAttributes:
              bucketName: bucket
              disableMetrics: "true"
              mountOptions: implicit-dirs
              skipCSIBucketAccessCheck: "false"
          name: cluster-storage
  - groupName: default-group-1
    replicas: 0
    template:
      metadata:
        annotations:
          gke-gcsfuse/cpu-request: 250m
          gke-gcsfuse/ephemeral-storage-limit: 1Gi
          gke-gcsfuse/ephemeral-storage-request: 1Gi
          gke-gcsfuse/memory-limit: 256Mi
          gke-gcsfuse/memory-request: 256Mi
          gke-gcsfuse/volumes: "true"
      spec:
        containers:
        - env:
          - name: LEVEL
            value: cluster
          image: rayproject/ray:2.54.0
          name: ray-worker
          resources:
            limits: {}
            requests:
              cpu: "3"
          volumeMounts:
          - mountPath: /v
            name: v
          - mountPath: /data
            name: cluster-storage
        imagePullSecrets:
        - name: reg
        serviceAccountName: ray
        tolerations:
        - key: spot
          operator: Exists
        volumes:
        - emptyDir: {}
          name: v
        - csi:
            driver: gcsfuse.csi.storage.gke.io
            volumeAttributes:
              bucketName: bucket
              disableMetrics: "true"
              mountOptions: implicit-dirs
              skipCSIBucketAccessCheck: "false"
          name: cluster-storage
)");
}

TEST(generation, the_image_follows_the_version_unless_one_is_given)
{
    cluster_config config = config_of_flags();
    config.ray_version = "2.46.0";
    EXPECT_NE(yaml_of(config).find("image: rayproject/ray:2.46.0"), std::string::npos);
    config.image = "registry:5000/mine@sha256:00";
    EXPECT_EQ(yaml_of(config).find("rayproject"), std::string::npos);
}

TEST(generation, an_autoscaler_without_options_is_only_turned_on)
{
    cluster_config config = config_of_flags();
    config.autoscaler.emplace();
    json::value const spec = generate_cluster_spec(config);
    EXPECT_EQ(bool_at(spec, "enableInTreeAutoscaling"), true);
    EXPECT_EQ(find_path(spec, "autoscalerOptions"), nullptr);
}

TEST(generation, a_quantity_that_is_none_is_an_error_and_no_crash)
{
    cluster_config config = config_of_flags();
    config.head.cpu = "many";
    EXPECT_THROW(generate_cluster(config), failure);
}

}  // namespace
}  // namespace kuberay::ray
