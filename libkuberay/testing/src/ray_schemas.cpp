#include "ray_schemas.hpp"

namespace kuberay::testing {

std::string_view ray_schemas() noexcept
{
    return R"json({
"metadata": {
    "name": "string", "generateName": "string", "namespace": "string", "uid": "string", "resourceVersion": "string",
    "generation": "int", "creationTimestamp": "time", "deletionTimestamp": "time", "deletionGracePeriodSeconds": "int",
    "labels": {"*": "string"}, "annotations": {"*": "string"}, "ownerReferences": ["any"], "finalizers": ["string"],
    "managedFields": ["any"], "selfLink": "string"
},
"envVar": {"name!": "string", "value": "string", "valueFrom": "any"},
"resources": {"claims": ["any"], "limits": {"*": "quantity"}, "requests": {"*": "quantity"}},
"container": {
    "name!": "string", "image": "string", "command": ["string"], "args": ["string"], "workingDir": "string",
    "imagePullPolicy": "string", "env": ["$envVar"], "resources": "$resources",
    "ports": [{"containerPort!": "int", "protocol": "string=TCP", "name": "string", "hostPort": "int", "hostIP": "string"}],
    "volumeMounts": [{"name!": "string", "mountPath!": "string", "~": "any"}],
    "~": "any"
},
"podTemplate": {
    "metadata": {
        "name": "string", "namespace": "string", "labels": {"*": "string"}, "annotations": {"*": "string"},
        "finalizers": ["string"]
    },
    "spec": {
        "containers!": ["$container"], "initContainers": ["$container"], "nodeSelector": {"*": "string"},
        "serviceAccountName": "string", "tolerations": ["any"], "volumes": [{"name!": "string", "~": "any"}], "~": "any"
    }
},
"condition": {
    "type!": "string", "status!": "enum:True|False|Unknown", "reason!": "string", "message!": "string",
    "lastTransitionTime!": "time", "observedGeneration": "int>0"
},
"redisCredential": {"value": "string", "valueFrom": "any"},
"clusterSpec": {
    "authOptions": {"mode": "enum:disabled|token", "secretName": "string", "enableK8sTokenAuth": "bool"},
    "autoscalerOptions": {
        "version": "enum:v1|v2", "upscalingMode": "enum:Default|Aggressive|Conservative", "idleTimeoutSeconds": "int",
        "image": "string", "imagePullPolicy": "string", "resources": "$resources", "env": ["$envVar"], "envFrom": ["any"],
        "securityContext": "any", "volumeMounts": ["any"]
    },
    "enableInTreeAutoscaling": "bool",
    "gcsFaultToleranceOptions": {
        "redisAddress!": "string", "redisUsername": "$redisCredential", "redisPassword": "$redisCredential",
        "externalStorageNamespace": "string"
    },
    "headGroupSpec!": {
        "template!": "$podTemplate", "rayStartParams": {"*": "string"}, "serviceType": "string", "enableIngress": "bool",
        "headService": "any", "labels": {"*": "string"}, "resources": {"*": "string"}
    },
    "headServiceAnnotations": {"*": "string"}, "managedBy": "string", "rayVersion": "string", "suspend": "bool",
    "upgradeStrategy": {"type": "enum:Recreate|None"},
    "workerGroupSpecs": [{
        "groupName!": "string", "template!": "$podTemplate", "replicas": "int=0", "minReplicas!": "int=0",
        "maxReplicas!": "int=2147483647", "numOfHosts": "int=1", "idleTimeoutSeconds": "int", "suspend": "bool",
        "rayStartParams": {"*": "string"}, "labels": {"*": "string"}, "resources": {"*": "string"},
        "scaleStrategy": {"workersToDelete": ["string"]}
    }]
},
"clusterStatus": {
    "state": "string", "reason": "string", "conditions": ["$condition"], "observedGeneration": "int",
    "availableWorkerReplicas": "int", "readyWorkerReplicas": "int", "desiredWorkerReplicas": "int",
    "minWorkerReplicas": "int", "maxWorkerReplicas": "int", "desiredCPU": "quantity", "desiredMemory": "quantity",
    "desiredGPU": "quantity", "desiredTPU": "quantity", "endpoints": {"*": "string"}, "lastUpdateTime": "time",
    "head": {"podIP": "string", "podName": "string", "serviceIP": "string", "serviceName": "string"},
    "stateTransitionTimes": {"*": "time"}
},
"deletionPolicy": {"policy": "enum:DeleteCluster|DeleteWorkers|DeleteSelf|DeleteNone"},
"jobSpec": {
    "activeDeadlineSeconds": "int", "backoffLimit": "int=0", "clusterSelector": {"*": "string"},
    "deletionStrategy": {
        "deletionRules": [{
            "condition!": {"jobDeploymentStatus": "enum:Failed", "jobStatus": "enum:SUCCEEDED|FAILED", "ttlSeconds": "int=0>0"},
            "policy!": "enum:DeleteCluster|DeleteWorkers|DeleteSelf|DeleteNone"
        }],
        "onFailure": "$deletionPolicy", "onSuccess": "$deletionPolicy"
    },
    "entrypoint": "string", "entrypointNumCpus": "number", "entrypointNumGpus": "number", "entrypointResources": "string",
    "jobId": "string", "managedBy": "string", "metadata": {"*": "string"}, "preRunningDeadlineSeconds": "int>1",
    "rayClusterSpec": "$clusterSpec", "runtimeEnvYAML": "string", "shutdownAfterJobFinishes": "bool",
    "submissionMode": "string=K8sJobMode", "submitterConfig": {"backoffLimit": "int"},
    "submitterPodTemplate": "$podTemplate", "suspend": "bool", "ttlSecondsAfterFinished": "int=0"
},
"jobStatus": {
    "jobStatus": "string", "jobDeploymentStatus": "string", "jobId": "string", "message": "string", "reason": "string",
    "dashboardURL": "string", "rayClusterName": "string", "startTime": "time", "endTime": "time", "failed": "int=0",
    "succeeded": "int=0", "observedGeneration": "int", "rayClusterStatus": "$clusterStatus",
    "rayJobInfo": {"startTime": "time", "endTime": "time"}
},
"serviceSpec": {
    "rayClusterConfig!": "$clusterSpec", "serveConfigV2": "string", "serveService": "any", "managedBy": "string",
    "deploymentUnhealthySecondThreshold": "int", "serviceUnhealthySecondThreshold": "int",
    "excludeHeadPodFromServeSvc": "bool", "rayClusterDeletionDelaySeconds": "int>0",
    "upgradeStrategy": {
        "type": "string",
        "clusterUpgradeOptions": {
            "gatewayClassName!": "string", "intervalSeconds!": "int", "maxSurgePercent": "int=100", "stepSizePercent!": "int"
        }
    }
},
"serviceClusterStatus": {
    "applicationStatuses": {"*": {
        "status": "string", "message": "string", "serveDeploymentStatuses": {"*": {"status": "string", "message": "string"}}
    }},
    "rayClusterName": "string", "rayClusterStatus": "$clusterStatus", "lastTrafficMigratedTime": "time",
    "targetCapacity": "int", "trafficRoutedPercent": "int"
},
"serviceStatus": {
    "activeServiceStatus": "$serviceClusterStatus", "pendingServiceStatus": "$serviceClusterStatus",
    "conditions": ["$condition"], "lastUpdateTime": "time", "numServeEndpoints": "int", "observedGeneration": "int",
    "serviceStatus": "string"
},
"RayCluster": {
    "apiVersion": "string", "kind": "string", "metadata": "$metadata", "spec": "$clusterSpec", "status": "$clusterStatus"
},
"RayJob": {"apiVersion": "string", "kind": "string", "metadata": "$metadata", "spec": "$jobSpec", "status": "$jobStatus"},
"RayService": {
    "apiVersion": "string", "kind": "string", "metadata": "$metadata", "spec": "$serviceSpec", "status": "$serviceStatus"
},
"RayCronJob": {
    "apiVersion": "string", "kind": "string", "metadata": "$metadata",
    "spec": {"jobTemplate!": "$jobSpec", "schedule!": "string", "suspend": "bool"},
    "status": {"lastScheduleTime": "time"}
}
})json";
}

}  // namespace kuberay::testing
