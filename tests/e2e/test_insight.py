"""Reading: groups, nodes, tokens, describe, wait, doctor, version, apply, the proposal's grammar."""
import base64
import json
import subprocess
import unittest

from support import TOOL, LabTest, run

JOB = """apiVersion: ray.io/v1
kind: RayJob
metadata: {name: work}
spec:
  suspend: true
  shutdownAfterJobFinishes: true
  entrypoint: python -c 1
  rayClusterSpec:
    headGroupSpec:
      template: {spec: {containers: [{name: ray-head, image: "rayproject/ray:2.52.0"}]}}
"""


class Insight(LabTest):
    def test_groups_and_nodes(self):
        self.good_ray(
            "create", "cluster", "demo", "--worker-group", "name=cpu,replicas=2,cpu=3", "--worker-group", "name=big,replicas=1,memory=1Gi,hosts=2",
            "--wait", "--timeout", "60s",
        )
        rows = [line.split() for line in self.good_ray("get", "workergroup").out.splitlines()]
        self.assertEqual(rows[0], "NAME MIN MAX REPLICAS CPUS GPUS TPUS MEMORY CLUSTER".split())
        self.assertEqual(rows[1][:1] + rows[1][3:], ["cpu", "2/2", "6", "0", "0", "8Gi", "demo"])
        self.assertEqual(rows[2][:1] + rows[2][3:], ["big", "1/1", "4", "0", "0", "2Gi", "demo"])
        nodes = [line.split() for line in self.good_ray("get", "node", "-c", "demo").out.splitlines()]
        self.assertEqual(nodes[0], "NAME CPUS GPUS TPUS MEMORY CLUSTER TYPE WORKER GROUP AGE".split())
        self.assertEqual(sorted(row[6] for row in nodes[1:]), ["head", "worker", "worker", "worker", "worker"])
        name = nodes[1][0]
        self.assertEqual(self.good_ray("get", "node", name, "-o", "name").out.strip().split("/")[-1], name)

    def test_token(self):
        self.good_ray("create", "cluster", "open")
        refused = self.ray("get", "token", "open")
        self.assertEqual((refused.code, refused.out), (1, ""), refused)
        self.good_ray("create", "cluster", "closed", "--auth", "token", "--auth-secret", "mine")
        self.kubectl("create", "secret", "generic", "mine", "--from-literal=auth_token=sesame")
        self.assertEqual(self.good_ray("get", "token", "closed").out, "sesame")
        self.good_ray("create", "cluster", "own", "--auth", "token", "--wait", "--timeout", "60s")
        secret = self.object("secret", "own")
        wanted = base64.b64decode(secret["data"]["auth_token"]).decode()
        self.assertEqual(self.good_ray("get", "token", "own").out, wanted, "the operator made it")
        several = self.good_ray("get", "token", "own", "--context", "lab,lab-token").out
        self.assertEqual(several, f"lab\t{wanted}\nlab-token\t{wanted}\n")

    def test_describe_tells_why_a_cluster_is_not_ready(self):
        self.kubectl("create", "quota", "tight", "--hard=pods=0")
        self.good_ray("create", "cluster", "demo")
        waited = self.ray("wait", "cluster", "demo", "--timeout", "3s")
        self.assertEqual(waited.code, 124, waited)
        shown = self.good_ray("describe", "cluster", "demo").out
        self.assertIn("quota", shown)
        self.assertIn("default-group", shown)
        self.assertLess(len(shown.splitlines()), 60)

    def test_wait_and_conditions(self):
        self.good_ray("create", "cluster", "demo")
        self.good_ray("wait", "cluster", "demo", "--timeout", "60s")
        self.good_ray("wait", "cluster", "demo", "--for=condition=HeadPodReady", "--timeout", "60s")
        self.good_ray("wait", "cluster", "demo", "--for=jsonpath={.status.state}=ready", "--timeout", "60s")
        with subprocess.Popen([TOOL, "-n", self.namespace, "wait", "cluster", "demo", "--for=delete", "--timeout", "60s"]) as waiting:
            self.kubectl("delete", "raycluster", "demo")
            self.assertEqual(waiting.wait(70), 0)

    def test_apply_jobs_and_cron_jobs(self):
        path = self.folder / "job.yaml"
        path.write_text(JOB)
        self.good_ray("apply", "-f", path)
        listed = self.good_ray("get", "job").out.splitlines()
        self.assertEqual(listed[1].split()[0], "work")
        conflict = self.folder / "conflict.yaml"
        conflict.write_text(JOB.replace("python -c 1", "python -c 2"))
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", path)
        refused = self.ray("apply", "-f", conflict)
        self.assertEqual(refused.code, 1, refused)
        self.assertIn("kubectl", refused.err)
        self.assertIn("entrypoint", refused.err)
        self.good_ray("apply", "-f", conflict, "--force-conflicts")
        self.assertEqual(self.object("rayjob", "work")["spec"]["entrypoint"], "python -c 2")
        self.assertEqual(self.good_ray("get", "cronjob").out, "")

    def test_doctor_and_version(self):
        seen = self.ray("doctor")
        self.assertIn("ok", seen.out)
        # The lab's operator is no Deployment: doctor must say so, and fail.
        self.assertEqual(seen.code, 1, seen)
        self.assertIn("operator", seen.out)
        told = json.loads(self.good_ray("version", "-o", "json").out)
        self.assertIsInstance(told, dict)
        self.kubectl("create", "deployment", "kuberay-operator", "--image=quay.io:443/kuberay/operator:v1.6.2@sha256:" + "0" * 64)
        self.kubectl("label", "deployment", "kuberay-operator", "app.kubernetes.io/name=kuberay-operator")
        self.assertIn("KubeRay operator version: v1.6.2", self.good_ray("version").out)

    def test_the_proposals_grammar(self):
        self.good_ray("cluster", "create", "demo", "--worker-cpus", "1", "--worker-gpus", "0")
        self.assertIn("demo", self.good_ray("cluster", "list").out)
        self.good_ray("cluster", "scale", "default-group", "--cluster", "demo", "--replicas", "2")
        self.good_ray("cluster", "worker-group", "create", "cpu-pool", "--cluster", "demo", "--worker-cpus", "1")
        self.assertEqual(len(self.object("raycluster", "demo")["spec"]["workerGroupSpecs"]), 2)
        self.good_ray("cluster", "delete", "demo", "-y")

    def test_several_contexts_are_asked_at_once(self):
        self.good_ray("create", "cluster", "demo")
        both = self.good_ray("--context", "lab,lab-token", "get", "cluster").out.splitlines()
        self.assertEqual(both[0].split()[0], "CONTEXT")
        self.assertEqual(sorted(line.split()[0] for line in both[1:]), ["lab", "lab-token"])

        def change(config):
            config["clusters"].append({"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}})
            config["contexts"].append({"name": "gone", "context": {"cluster": "gone", "user": "token"}})

        path = self.kubeconfig(change)
        partly = run(TOOL, "--kubeconfig", path, "-n", self.namespace, "get", "cluster", "--all-contexts")
        self.assertEqual(partly.code, 1, partly)
        self.assertEqual(len(partly.out.splitlines()), 3)
        self.assertIn("gone", partly.err)


if __name__ == "__main__":
    unittest.main()
