"""`kubectl ray job`: the real operator, a real Ray head, and what the commands say and return."""
import json
import signal

from streaming import Running, StreamTest, eventually, real_ray
from support import TOOL, run

HTTP_MODE = """
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: http}
spec:
  submissionMode: HTTPMode
  entrypoint: sh -c 'echo one; sleep 1; echo two'
  rayClusterSpec:
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {containers: [{name: ray-head, image: rayproject/ray:2.52.0}]}}
"""


class Jobs(StreamTest):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray())

    def job(self, *words, code=0, **more):
        done = self.ray("job", *words, **more)
        self.assertEqual(done.code, code, done)
        return done

    def own_lines(self, text):
        """What the entrypoint itself has written; Ray puts lines of its own before it (and sometimes behind)."""
        return [line for line in text.splitlines() if "job_manager.py" not in line and "Running entrypoint" not in line]

    def follow(self, *words):
        running = Running(TOOL, "-n", self.namespace, "job", *words)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def rayjobs(self):
        return self.kubectl("get", "rayjobs", "-o", "name").split()

    def test_a_rayjob_of_its_own_runs_with_the_files_of_a_folder_and_becomes_complete(self):
        (self.folder / "main.py").write_text("import sys, os\nprint(sys.argv[1:], sorted(os.listdir('.')))\n")
        (self.folder / "data.txt").write_text("x")
        done = self.job(
            "submit", "--name", "train", "--working-dir", self.folder, "--wait-rayjob", "--", "python", "main.py",
            "two  words", "$HOME", "it's",
        )
        self.assertEqual(self.own_lines(done.out), ["""['two  words', '$HOME', "it's"] ['data.txt', 'main.py']"""], done)
        self.assertIn("Submitted RayJob train.\n", done.err)
        self.assertIn("RayJob train: Complete.\n", done.err)
        rayjob = self.object("rayjob", "train")
        self.assertEqual(rayjob["status"]["jobDeploymentStatus"], "Complete")
        self.assertEqual(self.job("logs", "train").out, done.out)
        self.assertEqual(self.job("attach", "train").out, done.out)
        self.assertEqual(self.job("status", "train", "-o", "jsonpath={.status.jobStatus}").out, "SUCCEEDED")
        again = self.job("submit", "--name", "train", "--", "true", code=1)
        self.assertIn("already exists", again.err)
        self.job("delete", "train", "--yes")
        eventually(lambda: not self.rayjobs())

    def test_submissions_on_a_cluster_are_listed_shown_stopped_and_deleted(self):
        good = self.job("submit", "-c", "demo", "--no-rayjob", "--submission-id", f"good-{self.namespace}", "--", "echo", "hi")
        self.assertEqual(self.own_lines(good.out), ["hi"], good)
        bad = self.job("submit", "-c", "demo", "--no-rayjob", "--", "sh", "-c", "printf 'no end'; exit 3", code=1)
        self.assertIn("exit code 3", bad.err)
        self.assertEqual(bad.err.count("no end"), 0, "the output is on stdout alone")
        long = self.job("submit", "-c", "demo", "--no-rayjob", "--no-wait", "--", "sleep", "600")
        id = long.out.splitlines()[-1].removeprefix("Ray job submitted with ID ")
        self.assertEqual(self.rayjobs(), [])
        eventually(lambda: self.job("get", id, "-c", "demo", "-o", "jsonpath={.status.jobStatus}").out == "RUNNING")
        names = self.job("list", "-c", "demo", "-o", "name").out.split()
        self.assertIn(f"submission.jobs.ray.io/{id}", names)
        self.assertIn(id, run(TOOL, "__complete", "-n", self.namespace, "job", "logs", "-c", "demo", "").out)
        self.assertEqual(self.job("stop", id, "-c", "demo").out, f"Ray job {id} was stopped\n")
        self.job("wait", id, "-c", "demo", code=1)
        self.job("wait", id, "-c", "demo", "--stopped-ok")
        self.assertEqual(self.job("delete", id, "-c", "demo", "--yes").out, f"Deleted job {id}\n")
        self.job("status", id, "-c", "demo", code=1)

    def test_a_rayjob_on_a_cluster_that_is_there_leaves_the_cluster_alone(self):
        done = self.job("submit", "-c", "demo", "--name", "onto", "--", "echo", "onto demo")
        self.assertEqual(self.own_lines(done.out), ["onto demo"])
        self.assertEqual(self.object("rayjob", "onto")["spec"]["clusterSelector"], {"ray.io/cluster": "demo"})
        self.job("delete", "onto", "--yes", "--wait", "--timeout", "60s")
        self.object("raycluster", "demo")

    def test_a_job_that_the_operator_submits_is_followed(self):
        (self.folder / "job.yaml").write_text(HTTP_MODE)
        done = self.job("submit", "-f", self.folder / "job.yaml", "--wait-rayjob")
        self.assertEqual(self.own_lines(done.out), ["one", "two"])
        self.assertEqual(self.object("rayjob", "http")["status"]["jobStatus"], "SUCCEEDED")

    def test_run_leaves_nothing_behind(self):
        done = self.job("run", "--name", "brief", "--", "sh", "-c", "echo brief; exit 5", code=1)
        self.assertEqual(self.own_lines(done.out), ["brief"])
        eventually(lambda: not self.rayjobs())
        eventually(lambda: self.kubectl("get", "rayclusters", "-o", "name").split() == ["raycluster.ray.io/demo"], 60)

    def test_an_interruption_leaves_the_job_and_attach_comes_back_to_it(self):
        gate = self.folder / "gate"
        script = f"echo a; until [ -e {gate} ]; do sleep 0.05; done; echo b; exit 4"
        running = self.follow("submit", "-c", "demo", "--name", "left", "--", "sh", "-c", script)
        running.until(lambda: "a\n" in running.out)
        self.assertEqual(running.end(), 130, running.text())
        gate.touch()
        for verb in ("attach", "stop", "delete"):
            self.assertIn(f"kubectl ray job {verb} left -n {self.namespace}", running.text())
        back = self.job("attach", "left", code=1)
        self.assertEqual(self.own_lines(back.out), ["a", "b"])

    def test_an_interruption_can_stop_the_job(self):
        running = self.follow(
            "submit", "-c", "demo", "--name", "stopped", "--stop-on-interrupt", "--", "sh", "-c", "echo a; sleep 600"
        )
        running.until(lambda: "a\n" in running.out)
        self.assertEqual(running.end(limit=20), 130, running.text())
        self.assertIn("was stopped", running.text())
        id = self.object("rayjob", "stopped")["spec"]["jobId"]
        self.assertEqual(self.job("get", id, "-c", "demo", "-o", "jsonpath={.status.jobStatus}").out, "STOPPED")

    def test_a_schedule_makes_a_rayjob_that_the_operator_would_submit(self):
        words = ("submit", "--name", "nightly", "--schedule", "0 3 * * *")
        # The CRD of this KubeRay has no time zone: to drop it silently would be another schedule.
        refused = self.job(*words, "--time-zone", "Europe/Berlin", "--", "echo", "x", code=1)
        self.assertIn("timeZone", refused.err)
        self.job(*words, "--", "echo", "x")
        spec = self.object("raycronjob", "nightly")["spec"]
        self.assertEqual(spec["schedule"], "0 3 * * *")
        self.assertEqual(spec["jobTemplate"]["submissionMode"], "HTTPMode")
        self.assertEqual(json.dumps(spec["jobTemplate"]).count("jobId"), 0)
