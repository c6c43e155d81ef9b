"""Changing running clusters: groups, scaling, updates, suspension; nothing of another writer is lost."""
import json
import subprocess
import threading
import unittest

from support import LabTest


class Changes(LabTest):
    def setUp(self):
        super().setUp()
        self.good_ray("create", "cluster", "demo", "--worker-group", "name=pool,replicas=1", "--wait", "--timeout", "60s")

    def pods(self, selector):
        return self.kubectl("get", "pods", "-l", selector, "-o", "name").splitlines()

    def test_scale_waits_for_the_pods(self):
        done = self.good_ray("scale", "cluster", "demo", "-w", "pool", "-r", "3", "--wait", "--timeout", "60s")
        for words in ("pool", "demo", self.namespace, "3"):
            self.assertIn(words, done.out)
        self.assertEqual(len(self.pods("ray.io/group=pool")), 3)
        same = self.good_ray("scale", "cluster", "demo", "-w", "pool", "-r", "3")
        self.assertEqual(self.object("raycluster", "demo")["metadata"]["generation"], 2, same)
        unknown = self.ray("scale", "cluster", "demo", "-w", "absent", "-r", "3")
        self.assertEqual(unknown.code, 1, unknown)
        self.assertIn("pool", unknown.err)

    def test_a_group_is_added_and_removed_with_its_pods(self):
        self.good_ray("create", "workergroup", "extra", "-c", "demo", "--worker-replicas", "2", "--worker-min-replicas", "0", "--image", "rayproject/ray:2.46.0")
        listed = self.good_ray("get", "workergroup", "-c", "demo")
        self.assertEqual([line.split()[0] for line in listed.out.splitlines()], ["NAME", "pool", "extra"])
        twice = self.ray("create", "workergroup", "extra", "-c", "demo")
        self.assertEqual(twice.code, 1, twice)
        self.good_ray("delete", "workergroup", "extra", "-c", "demo", "-y", "--timeout", "90s")
        self.assertEqual(self.pods("ray.io/group=extra"), [])
        groups = self.object("raycluster", "demo")["spec"]["workerGroupSpecs"]
        self.assertEqual([group["groupName"] for group in groups], ["pool"])

    def test_with_an_autoscaler_only_named_pods_go(self):
        self.good_ray("create", "cluster", "auto", "--autoscaler", "v2", "--worker-group", "name=w,replicas=3,min=0,max=5", "--wait", "--timeout", "60s")
        done = self.good_ray("scale", "cluster", "auto", "-w", "w", "-r", "1", "--wait", "--timeout", "30s")
        self.assertIn("autoscaler", done.err)
        self.assertEqual(len(self.pods("ray.io/cluster=auto,ray.io/group=w")), 3, "the operator removes none")
        self.good_ray("delete", "workergroup", "w", "-c", "auto", "-y", "--timeout", "60s")
        self.assertEqual(self.pods("ray.io/cluster=auto,ray.io/group=w"), [])

    def test_update_shows_the_change_and_keeps_the_rest(self):
        self.kubectl("annotate", "raycluster", "demo", "kept=yes")
        before = self.object("raycluster", "demo")
        shown = self.ray("update", "cluster", "demo", "--worker-memory", "8Gi", stdin="n\n")
        self.assertIn("8Gi", shown.out + shown.err)
        self.assertEqual(self.object("raycluster", "demo")["spec"], before["spec"])
        self.good_ray("update", "cluster", "demo", "--worker-memory", "8Gi", "--yes")
        after = self.object("raycluster", "demo")
        self.assertEqual(after["metadata"]["annotations"]["kept"], "yes")
        resources = after["spec"]["workerGroupSpecs"][0]["template"]["spec"]["containers"][0]["resources"]
        self.assertEqual(resources["requests"]["memory"], "8Gi")
        self.assertEqual(after["spec"]["headGroupSpec"], before["spec"]["headGroupSpec"])

    def test_suspend_and_resume(self):
        self.good_ray("suspend", "cluster", "demo", "--wait", "--timeout", "60s")
        self.assertEqual(self.pods("ray.io/cluster=demo"), [])
        self.good_ray("resume", "cluster", "demo", "--wait", "--timeout", "60s")
        self.assertEqual(len(self.pods("ray.io/cluster=demo")), 2)

    def test_two_hundred_scales_beside_another_writer_lose_nothing(self):
        stop = threading.Event()
        written = []

        def write():
            while not stop.is_set():
                value = str(len(written) + 1)
                patch = json.dumps({"metadata": {"annotations": {"writer": value}}, "spec": {"autoscalerOptions": {"idleTimeoutSeconds": int(value)}}})
                self.kubectl("patch", "raycluster", "demo", "--type", "merge", "-p", patch)
                written.append(value)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(200):
                done = self.ray("scale", "cluster", "demo", "-w", "pool", "--max-replicas", str(100 + number))
                self.assertEqual(done.code, 0, done)
        finally:
            stop.set()
            writer.join(60)
        stored = self.object("raycluster", "demo")
        self.assertEqual(stored["metadata"]["annotations"]["writer"], written[-1])
        self.assertEqual(stored["spec"]["autoscalerOptions"]["idleTimeoutSeconds"], int(written[-1]))
        self.assertEqual(stored["spec"]["workerGroupSpecs"][0]["maxReplicas"], 299)
        self.assertGreater(len(written), 5)


if __name__ == "__main__":
    unittest.main()
