"""The main slice on the real control plane: create, list, watch and delete a Ray cluster."""
import json
import os
import pathlib
import subprocess
import unittest

from support import KUBECTL, TOOL, LabTest, run


class Cluster(LabTest):
    def test_create_wait_list_and_delete(self):
        made = self.good_ray("create", "cluster", "demo", "--worker-replicas", "2", "--wait", "--timeout", "60s")
        self.assertTrue(made.out.startswith("Created Ray cluster: demo\n"), made)
        stored = json.loads(self.kubectl("get", "raycluster", "demo", "-o", "json", "--show-managed-fields"))
        self.assertEqual(stored["metadata"]["managedFields"][0]["manager"], "ray-kubectl-plugin")
        self.assertEqual(stored["spec"]["workerGroupSpecs"][0]["replicas"], 2)
        self.assertEqual(stored["status"]["availableWorkerReplicas"], 2)

        listed = self.good_ray("get", "cluster")
        header, row = listed.out.splitlines()
        self.assertEqual(
            header.split(),
            "NAME NAMESPACE DESIRED WORKERS AVAILABLE WORKERS CPUS GPUS TPUS MEMORY CONDITION STATUS AGE".split(),
        )
        self.assertEqual(row.split()[:10], ["demo", self.namespace, "2", "2", "6", "0", "0", "12Gi", "RayClusterProvisioned", "ready"])

        gone = self.good_ray("delete", "raycluster/demo", "-y", "--wait")
        self.assertEqual(gone.out, "Deleted raycluster demo\n")
        self.assertEqual(self.kubectl("get", "rayclusters", "-o", "name"), "")

    def test_a_second_create_changes_nothing(self):
        self.good_ray("create", "cluster", "demo")
        before = self.object("raycluster", "demo")
        again = self.ray("create", "cluster", "demo", "--worker-replicas", "5")
        self.assertEqual((again.code, again.out), (1, ""), again)
        self.assertIn("already exists", again.err)
        after = self.object("raycluster", "demo")
        self.assertEqual(before["spec"], after["spec"])
        self.assertEqual(before["metadata"]["uid"], after["metadata"]["uid"])

    def test_output_formats_equal_those_of_kubectl(self):
        self.good_ray("create", "cluster", "one", "--wait", "--timeout", "60s")
        self.good_ray("create", "cluster", "two", "--labels", "team=b", "--wait", "--timeout", "60s")
        for kind, words in (("json", []), ("yaml", [])):
            with self.subTest(format=kind):
                ours = self.good_ray("get", "cluster", "one", "-o", kind).out
                self.assertEqual(ours, self.kubectl("get", "raycluster", "one", "-o", kind, *words))
        ours = json.loads(self.good_ray("get", "cluster", "-o", "json").out)
        theirs = json.loads(self.kubectl("get", "rayclusters", "-o", "json"))
        self.assertEqual(ours["items"], theirs["items"])
        self.assertEqual((ours["kind"], ours["apiVersion"]), ("List", "v1"))
        self.assertEqual(self.good_ray("get", "cluster", "-o", "yaml").out, self.kubectl("get", "rayclusters", "-o", "yaml"))
        self.assertEqual(self.good_ray("get", "cluster", "-o", "name").out, self.kubectl("get", "rayclusters", "-o", "name"))
        chosen = self.good_ray("get", "cluster", "-l", "team=b", "-o", "name").out
        self.assertEqual(chosen, "raycluster.ray.io/two\n")

    def test_watch_shows_rows_as_they_change(self):
        with subprocess.Popen(
            [TOOL, "-n", self.namespace, "get", "cluster", "--watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as watching:
            try:
                self.good_ray("create", "cluster", "demo", "--wait", "--timeout", "60s")
                self.good_ray("create", "cluster", "last")
                rows = []
                for line in watching.stdout:
                    rows.append(line.split()[0])
                    if rows[-1] == "last":
                        break
                self.assertEqual(rows[0], "NAME")
                self.assertIn("demo", rows)
            finally:
                watching.send_signal(2)
                watching.communicate(timeout=20)
            self.assertEqual(watching.returncode, 130)

    def test_dry_runs_write_nothing(self):
        client = self.good_ray("create", "cluster", "demo", "--dry-run")
        self.assertTrue(client.out.startswith("apiVersion: ray.io/v1\nkind: RayCluster\n"), client)
        server = self.good_ray("create", "cluster", "demo", "--dry-run=server")
        self.assertIn("uid:", server.out)
        self.assertEqual(self.kubectl("get", "rayclusters", "-o", "name"), "")
        # What is printed is what kubectl can create.
        self.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=client.out)

    def test_a_config_file_with_problems_names_them_all(self):
        path = self.folder / "cluster.yaml"
        path.write_text("head:\n  cpuu: 2\n  memory: 4Gi\n  memory: 5Gi\nworker-groups:\n- replicas: many\n")
        done = self.ray("create", "cluster", "demo", "--file", str(path))
        self.assertEqual((done.code, done.out), (1, ""), done)
        for words in (f"{path}:2:", "cpu", f"{path}:4:", f"{path}:6:"):
            self.assertIn(words, done.err)

    def test_a_quota_is_reported_and_heals(self):
        self.kubectl("create", "quota", "tight", "--hard=pods=0")
        with subprocess.Popen(
            [TOOL, "-n", self.namespace, "create", "cluster", "demo", "--wait", "--timeout", "90s"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as creating:
            told = []
            for line in creating.stderr:
                told.append(line)
                if "quota" in line.lower():
                    break
            self.kubectl("delete", "quota", "tight")
            out, err = creating.communicate(timeout=100)
        self.assertEqual(creating.returncode, 0, "".join(told) + err)
        self.assertTrue(any("quota" in line.lower() for line in told), told)

    def test_a_deletion_ends_the_wait(self):
        self.kubectl("create", "quota", "tight", "--hard=pods=0")
        with subprocess.Popen(
            [TOOL, "-n", self.namespace, "create", "cluster", "demo", "--wait", "--timeout", "60s"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as creating:
            self.assertEqual(creating.stdout.readline(), "Created Ray cluster: demo\n")
            self.kubectl("delete", "raycluster", "demo")
            _, err = creating.communicate(timeout=70)
        self.assertEqual(creating.returncode, 1, err)
        self.assertIn("deleted", err)

    def test_the_wait_has_a_deadline(self):
        self.kubectl("create", "quota", "tight", "--hard=pods=0")
        done = self.ray("create", "cluster", "demo", "--wait", "--timeout", "2s")
        self.assertEqual(done.code, 124, done)
        self.assertIn("demo", done.err)
        self.assertEqual(self.object("raycluster", "demo")["metadata"]["name"], "demo")

    def test_delete_takes_several_and_a_selector(self):
        for name in ("a", "b", "c"):
            self.good_ray("create", "cluster", name, "--labels", f"name={name}")
        refused = self.ray("delete", "a", "b", stdin="no\n")
        self.assertEqual(refused.code, 0, refused)
        self.assertEqual(len(self.kubectl("get", "rayclusters", "-o", "name").splitlines()), 3)
        gone = self.good_ray("delete", "b", "raycluster/a", "-y")
        self.assertEqual(gone.out, "Deleted raycluster b\nDeleted raycluster a\n")
        self.good_ray("delete", "raycluster", "-l", "name=c", "-y")
        self.assertEqual(self.kubectl("get", "rayclusters", "-o", "name"), "")
        self.assertEqual(self.ray("delete", "absent", "-y").code, 1)
        self.good_ray("delete", "absent", "-y", "--ignore-not-found")

    def test_completion_of_names(self):
        self.good_ray("create", "cluster", "alpha")
        self.good_ray("create", "cluster", "beta")
        done = run(TOOL, "__complete", "get", "cluster", "-n", self.namespace, "al")
        self.assertEqual(done.out.splitlines()[0].split("\t")[0], "alpha")
        self.assertEqual(done.out.splitlines()[-1], ":4")

    def test_runs_as_a_plugin_of_kubectl(self):
        binaries = self.folder / "bin"
        binaries.mkdir()
        os.symlink(TOOL, binaries / "kubectl-ray")
        os.symlink(TOOL, binaries / "kubectl_complete-ray")
        path = {"PATH": f"{binaries}:{os.environ['PATH']}"}
        self.good_ray("create", "cluster", "demo")
        done = run(KUBECTL, "ray", "get", "cluster", "-n", self.namespace, env=path)
        self.assertEqual(done.code, 0, done)
        self.assertIn("demo", done.out)
        self.assertEqual(run(KUBECTL, "ray", "get", "cluster", "absent", "-n", self.namespace, env=path).code, 1)
        completed = run(KUBECTL, "__complete", "ray", "get", "cluster", "-n", self.namespace, "d", env=path)
        self.assertEqual(completed.out.splitlines()[0].split("\t")[0], "demo", completed)


if __name__ == "__main__":
    unittest.main()
