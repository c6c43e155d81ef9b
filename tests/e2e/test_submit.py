"""Whole submissions: a RayJob, the real operator, a real Ray head, the job's output and its end."""
import json
import os
import pathlib
import signal
import unittest
import uuid

from streaming import Running, eventually, real_ray
from support import LabTest, TOOL, run

SUBMIT = os.environ.get("SUBMIT_JOB") or pathlib.Path(TOOL).resolve().parents[1] / "examples" / "submit_job"

MANIFEST = """
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: train}
spec:
  submissionMode: %s
  %s
  rayClusterSpec:
    rayVersion: 2.52.0
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {nodeSelector: %s, containers: [{name: ray-head, image: rayproject/ray:2.52.0}]}}
"""


class Submit(LabTest):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray())

    def submit(self, *words, code=0):
        done = run(SUBMIT, self.namespace, *words)
        self.assertEqual(done.code, code, done)
        return done

    def start(self, *words):
        running = Running(SUBMIT, self.namespace, *words)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def manifest(self, mode="InteractiveMode", more="shutdownAfterJobFinishes: false", selector="{}"):
        path = self.folder / "job.yaml"
        path.write_text(MANIFEST % (mode, more, selector))
        return path

    def names(self, kind):
        return self.kubectl("get", kind, "-o", "name").split()

    def uid(self):
        return self.object("rayjob", "train")["metadata"]["uid"]

    def becomes(self, deployment, job):
        status = eventually(lambda: (
            lambda now: (now.get("jobDeploymentStatus"), now.get("jobStatus")) == (deployment, job) and now
        )(self.object("rayjob", "train").get("status", {})))
        return status

    def wait_for(self, running, text):
        running.until(lambda: text in "".join(running.out + running.err))

    def interrupt(self, running):
        running.end(signal.SIGINT)
        self.assertEqual(running.process.returncode, 130, running.text())
        return running.text()

    def test_an_interactive_job_runs_to_complete(self):
        done = self.submit("train", "--", "python", "-c", "import ray; ray.init(); print('hello', 'it\\'s me')")
        self.assertIn("hello it's me\n", done.out)
        stages = ["created rayjob/train", "its cluster is train-", "the cluster is ready", "the dashboard answers: Ray 2.60",
                  "submitted: raysubmit_", "ended: SUCCEEDED"]
        self.assertEqual(sorted(stages, key=done.err.index), stages, done.err)
        status = self.becomes("Complete", "SUCCEEDED")
        self.assertIn(f"submitted: {status['jobId']}\n", done.err)
        self.assertEqual(len(self.names("raycluster")), 1)

    def test_a_job_that_fails_is_failed_everywhere(self):
        done = self.submit("train", "--", "sh", "-c", "echo before; exit 7", code=1)
        self.assertIn("before\n", done.out)
        self.assertIn("exit code 7", done.err)
        self.assertEqual(self.becomes("Failed", "FAILED")["reason"], "AppFailed")

    def test_a_job_that_the_operator_submits_is_followed(self):
        done = self.submit(self.manifest("HTTPMode", "entrypoint: echo from the operator"), "--")
        self.assertIn("from the operator\n", done.out)
        self.becomes("Complete", "SUCCEEDED")

    def test_a_submitter_that_does_nothing_ends_the_wait(self):
        done = self.submit(self.manifest("K8sJobMode", "entrypoint: echo never"), "--", code=1)
        self.assertIn('the RayJob "train" failed', done.err)
        self.assertIn("nothing is left", done.err)

    def test_existing_clusters_with_and_without_a_rayjob(self):
        self.good_ray("create", "cluster", "shared", "--wait", "--timeout", "60s")
        done = self.submit("train@shared", "--", "echo", "first")
        self.assertIn("first\n", done.out)
        self.assertEqual(self.object("rayjob", "train")["spec"]["clusterSelector"], {"ray.io/cluster": "shared"})
        self.becomes("Complete", "SUCCEEDED")
        done = self.submit("@shared", "--", "echo", "second")
        self.assertIn("second\n", done.out)
        self.assertEqual((self.names("rayjob"), self.names("raycluster")),
                         (["rayjob.ray.io/train"], ["raycluster.ray.io/shared"]))
        done = self.submit("other@nobody", "--", "true", code=1)
        self.assertIn('no RayCluster "nobody"', done.err)
        self.assertEqual(self.names("rayjob"), ["rayjob.ray.io/train"])

    def test_a_taken_name_is_left_alone_or_replaced(self):
        self.submit("train", "--", "echo", "one")
        before = self.uid()
        done = self.submit("train", "--", "echo", "two", code=1)
        self.assertIn("already exists", done.err)
        self.assertEqual(self.uid(), before)
        done = self.submit("train", "replace", "--", "echo", "three")
        self.assertIn("three\n", done.out)
        self.assertNotEqual(self.uid(), before)

    def test_what_the_operator_refuses_ends_at_once_and_goes(self):
        done = self.submit(self.manifest(more="suspend: true"), "--", "true", code=1)
        self.assertIn("was refused by the operator", done.err)
        self.assertIn("not allowed to be suspended", done.err)
        self.assertEqual(self.names("rayjob"), [])

    def test_a_field_that_nobody_knows_is_named(self):
        done = self.submit(self.manifest(more="retries: 3"), "--", "true", code=1)
        self.assertIn("spec.retries", done.err)
        self.assertEqual(self.names("rayjob"), [])

    def test_a_working_directory_comes_along_and_is_uploaded_once(self):
        source = self.folder / "source"
        source.mkdir()
        word = uuid.uuid4().hex
        (source / "words.py").write_text(f"WORD = {word!r}\n")
        command = ("--", "python", "-c", "import words; print(words.WORD)")
        done = self.submit("train", source, *command)
        self.assertIn(word, done.out)
        self.assertIn("uploading: 0 of ", done.err)
        done = self.submit("train", "replace", source, *command)
        self.assertIn(word, done.out)
        self.assertIn("is there already", done.err)

    def test_an_interruption_before_ray_has_the_job_leaves_nothing(self):
        running = self.start(self.manifest(selector="{no: such-node}"), "--", "true")
        self.wait_for(running, "0 of 1 pods are ready")
        self.assertIn("nothing is left", self.interrupt(running))
        eventually(lambda: not self.names("rayjob") and not self.names("raycluster"))

    def test_an_interruption_later_leaves_the_job_running(self):
        gate = self.folder / "gate"
        running = self.start("train", "--", "sh", "-c", f"echo it has begun; while [ ! -e {gate} ]; do sleep 0.05; done")
        self.wait_for(running, "it has begun\n")
        self.assertIn("the job runs on: raysubmit_", self.interrupt(running))
        self.becomes("Running", "RUNNING")
        gate.touch()
        self.becomes("Complete", "SUCCEEDED")

    def test_a_rayjob_deleted_meanwhile_is_told(self):
        running = self.start(self.manifest(selector="{no: such-node}"), "--", "true")
        self.wait_for(running, "its cluster is")
        self.kubectl("delete", "rayjob", "train", "--wait=false")
        running.process.wait(20)
        running.end()
        self.assertEqual(running.process.returncode, 1, running.text())
        self.assertRegex(running.text(), "cannot go on: it (was|is being) deleted")


class Schedule(LabTest):
    def test_the_real_server_takes_a_generated_cron_job(self):
        # What `job submit --schedule` sends, as the operator's own definition wants it.
        done = self.good_ray("job", "submit", "--name", "nightly", "--schedule", "0 4 * * *", "--", "echo", "x")
        self.assertEqual(done.code, 0)
        made = self.object("raycronjob", "nightly")
        self.assertEqual(made["spec"]["schedule"], "0 4 * * *")
        self.assertEqual(made["spec"]["jobTemplate"]["submissionMode"], "HTTPMode")
        self.assertNotIn("jobId", json.dumps(made["spec"]["jobTemplate"]))


if __name__ == "__main__":
    unittest.main()
