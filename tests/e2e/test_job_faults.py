"""What goes wrong around `kubectl ray job`, on the real control plane and real Ray heads: what is said, left and returned."""
import json
import os
import signal
import subprocess
import time
import unittest
import unittest.mock
import uuid

from streaming import Running, StreamTest, eventually, real_ray
from support import LAB, TOOL, LabTest, run
from test_job_api import ADDRESS, call, file_of, job, new_id, python


class WithoutAnOperator(LabTest):
    """The operator stands still, as one that was never installed."""

    def setUp(self):
        super().setUp()
        operator = int((LAB / "ray-operator.pid").read_text())
        os.kill(operator, signal.SIGSTOP)
        self.addCleanup(os.kill, operator, signal.SIGCONT)

    def submit(self, *words):
        begin = time.monotonic()
        done = self.ray("job", "submit", "--name", "train", "--submission-id", "e2e-1", *words, "--", "true")
        return done, time.monotonic() - begin

    def test_that_is_said_within_ten_seconds_with_the_doctor_and_nothing_is_left(self):
        done, seconds = self.submit()
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertEqual(
            done.err,
            "Submitted RayJob train.\n"
            "Deleted RayJob train and its Ray cluster.\n"
            f'Error: nobody has touched rayjob/train in namespace "{self.namespace}" for 9s: '
            "no KubeRay operator seems to look after this namespace\n"
            "Hint: run `kubectl ray doctor`: it checks the operator and its rights\n",
        )
        self.assertLess(seconds, 10)
        self.assertEqual(self.kubectl("get", "rayjobs", "-o", "name"), "")

    def test_the_rayjob_is_kept_when_that_was_asked_for(self):
        done, _ = self.submit("--keep-on-failure")
        self.assertEqual(done.code, 1, done)
        self.assertIn(f"RayJob train is kept; to delete it: kubectl ray job delete train -n {self.namespace}\n", done.err)
        self.assertEqual(self.kubectl("get", "rayjobs", "-o", "name"), "rayjob.ray.io/train\n")


class OnACluster(StreamTest):
    """Jobs on the cluster `demo`, whose head is a real Ray."""

    def job(self, *words, code=0, **more):
        done = self.ray("job", *words, **more)
        self.assertEqual(done.code, code, done)
        return done

    def submit(self, *words, **more):
        return self.job("submit", "-c", "demo", *words, **more)

    def start_job(self, *words):
        running = Running(TOOL, "-n", self.namespace, "job", "submit", "-c", "demo", *words)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def rayjobs(self):
        return self.kubectl("get", "rayjobs", "-o", "name").split()


class Faults(OnACluster):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray())

    def bytes_of(self, identity, program):
        """What a job prints, as the command passes it on."""
        done = subprocess.run(
            [TOOL, "-n", self.namespace, "job", "submit", "-c", "demo", "--no-rayjob", "--submission-id", identity, "--",
             "python3", "-c", program],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_output_that_no_text_is_comes_byte_by_byte(self):
        identity = new_id()
        out = self.bytes_of(identity, r"import os; os.write(1, b'\xff\xfe\x00\r10%\r20%\r\n' + bytes(range(256)) + b'no end')")
        self.assertEqual(out, file_of(identity))
        self.assertTrue(out.endswith(b"no end"))
        identity = new_id()
        out = self.bytes_of(identity, "print('x' * 5_000_000); print('after')")
        self.assertEqual(out, file_of(identity))
        self.assertIn(b"x" * 5_000_000 + b"\nafter\n", out)

    def test_a_job_that_never_gets_resources_is_left_after_the_time_that_was_set(self):
        identity = new_id()
        done = self.submit(
            "--no-rayjob", "--submission-id", identity, "--entrypoint-num-cpus", "64", "--timeout", "4s", "--", "true", code=124,
        )
        self.assertIn("Error: the job did not end within 4s\n", done.err)
        self.assertIn(f"kubectl ray job stop {identity} -c demo -n {self.namespace}\n", done.err)
        self.assertEqual(job(identity)["status"], "PENDING")
        shown = self.job("get", identity, "-c", "demo", "-o", "jsonpath={.status.message}").out
        self.assertIn("waiting for resources", shown)

    def test_a_submission_id_that_is_taken(self):
        identity = new_id()
        self.submit("--no-rayjob", "--submission-id", identity, "--", "true")
        again = self.submit("--no-rayjob", "--submission-id", identity, "--", "true", code=1)
        self.assertIn(f"Job with submission_id {identity} already exists", again.err)
        as_rayjob = self.submit("--name", "train", "--submission-id", identity, "--", "true", code=1)
        self.assertIn(f'already has a job with the submission id "{identity}"; nothing was changed', as_rayjob.err)
        self.assertEqual(self.rayjobs(), [])

    def test_a_submission_id_that_is_taken_meanwhile_costs_the_rayjob_and_not_the_other_job(self):
        identity = new_id()
        source = self.folder / "source"
        source.mkdir()
        (source / "noise").write_bytes(os.urandom(90_000_000))  # takes its time
        running = self.start_job("--name", "train", "--submission-id", identity, "--working-dir", source, "--", "true")
        running.until(lambda: "Submitted RayJob train." in "".join(running.err))
        body = json.dumps({"entrypoint": "sleep 600", "submission_id": identity})
        self.assertEqual(call("POST", "/api/jobs/", body)[0], 200)
        self.addCleanup(call, "POST", f"/api/jobs/{identity}/stop")
        eventually(lambda: job(identity)["status"] == "RUNNING")
        running.process.wait(90)
        running.end()
        self.assertEqual(running.process.returncode, 1, running.text())
        self.assertIn("already exists", running.text())
        self.assertIn("Deleted RayJob train.\n", running.text())
        self.assertEqual(self.rayjobs(), [])
        self.submit("--no-rayjob", "--", "sh", "-c", "sleep 3")  # a stop before it would have its effect by its end
        self.assertEqual(job(identity)["status"], "RUNNING")

    def test_a_folder_with_links_in_circles_comes_along(self):
        source = self.folder / "source"
        (source / "sub").mkdir(parents=True)
        (source / "sub" / "data").write_text("x")
        (source / "sub" / "up").symlink_to("..")
        (source / "self").symlink_to("self")
        done = self.submit(
            "--no-rayjob", "--working-dir", source, "--", "python3", "-c",
            "import os; print(sorted(f for _, _, files in os.walk('.') for f in files))",
        )
        self.assertIn("['data']\n", done.out)
        self.assertIn('left out, a link back to a folder above it: "sub/up"', done.err)
        self.assertIn('left out, a link that leads nowhere: "self"', done.err)

    def test_a_folder_of_50000_files_comes_along(self):
        source = self.folder / "source"
        for number in range(50):
            folder = source / f"{number:02}"
            folder.mkdir(parents=True)
            for each in range(1000):
                (folder / f"{each:03}").write_text(f"{number} {each}")
        done = self.submit(
            "--no-rayjob", "--working-dir", source, "--", "python3", "-c",
            "import os; print(sum(len(files) for _, _, files in os.walk('.')), open('49/999').read())",
        )
        self.assertIn("50000 49 999\n", done.out)

    def test_a_folder_that_is_too_large_is_refused_with_its_largest_files_and_nothing_is_written(self):
        source = self.folder / "source"
        source.mkdir()
        for name, mebibytes in (("small", 1), ("weights", 70), ("data", 49)):
            (source / name).write_bytes(os.urandom(mebibytes << 20))
        done = self.submit("--name", "train", "--working-dir", source, "--", "true", code=1)
        self.assertIn(
            f'Error: --working-dir: "{source}" does not fit in a package of 104857600 bytes, the most that a Ray dashboard takes; '
            "its largest files: weights (70 MiB), data (49 MiB), small (1 MiB)\n",
            done.err,
        )
        self.assertEqual(self.rayjobs(), [])


class HeadKilled(OnACluster):
    def test_a_head_that_dies_and_comes_back_without_the_job_ends_the_following(self):
        with real_ray():
            running = self.start_job("--no-rayjob", "--", "sh", "-c", "echo it has begun; sleep 600")
            running.until(lambda: "it has begun\n" in running.out)
            os.killpg(int((LAB / "ray.pid").read_text()), signal.SIGKILL)
        running.until(lambda: "Trouble: " in "".join(running.err))
        with real_ray():
            running.process.wait(60)
        running.end()
        self.assertEqual(running.process.returncode, 1, running.text())
        self.assertIn("does not exist", running.text())
        self.assertIn("head restarted", running.text())


class WithToken(OnACluster):
    """A Ray that asks for a token, behind a cluster that does not know of it and one that does."""

    token, wrong = "right-" + uuid.uuid4().hex, "wrong-" + uuid.uuid4().hex

    @classmethod
    def setUpClass(cls):
        # The commands must not inherit it.
        with unittest.mock.patch.dict(os.environ, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=cls.token):
            cls.enterClassContext(real_ray())

    def job(self, *words, token=None, code=0, **more):
        done = super().job(*words, code=code, env={"RAY_AUTH_TOKEN": token or ""}, **more)
        for secret in (self.token, self.wrong):
            self.assertNotIn(secret, done.out + done.err)
        return done

    def work(self, *where, token=None):
        """All that is done with jobs, at one place."""
        identity = new_id()
        direct = ("--no-rayjob", "--submission-id") if "-c" in where else ("--submission-id",)
        out = self.job("submit", *where, *direct, identity, "--", "echo", "let in", token=token).out
        self.assertIn("let in\n", out)
        self.assertIn(identity, self.job("list", *where, "-o", "name", token=token).out)
        self.assertEqual(self.job("logs", identity, *where, token=token).out, out)
        state = self.job("status", identity, *where, "-o", "jsonpath={.status.jobStatus}", token=token).out
        self.assertEqual(state, "SUCCEEDED")
        long = new_id()
        self.job("submit", *where, *direct, long, "--no-wait", "--", "sleep", "600", token=token)
        self.assertEqual(self.job("stop", long, *where, token=token).out, f"Ray job {long} was stopped\n")
        self.job("delete", long, *where, "--yes", token=token)

    def test_a_right_token_is_taken(self):
        for where in (("--address", ADDRESS), ("-c", "demo")):
            with self.subTest(where=where):
                self.work(*where, token=self.token)

    def test_a_missing_or_wrong_one_is_told_and_nothing_is_left(self):
        refusals = {
            "": ("401", "Hint: The dashboard asks for a token: set RAY_AUTH_TOKEN.\n"),
            self.wrong: ("403", "Hint: The dashboard does not take the token or Authorization that was sent: see RAY_AUTH_TOKEN.\n"),
        }
        for token, (status, hint) in refusals.items():
            for where in (("-c", "demo"), ("--address", ADDRESS)):
                for words in (("list",), ("logs", "some"), ("stop", "some"), ("status", "some"), ("delete", "some", "--yes")):
                    with self.subTest(status=status, words=words, where=where):
                        done = self.job(*words, *where, token=token, code=1)
                        self.assertEqual(done.out, "")
                        self.assertTrue(done.err.endswith(hint), done)
            for where in (("-c", "demo"), ("-c", "demo", "--no-rayjob"), ("--address", ADDRESS), ("--name", "train")):
                with self.subTest(status=status, submit=where):
                    done = self.job("submit", *where, "--", "true", token=token, code=1)
                    self.assertTrue(done.err.endswith(hint), done)
                    eventually(lambda: not self.rayjobs())

    def test_the_token_of_the_cluster_is_found(self):
        self.good_ray("create", "cluster", "guarded", "--auth", "token", "--wait", "--timeout", "60s")
        self.kubectl("patch", "secret", "guarded", "--type=merge", "-p", json.dumps({"stringData": {"auth_token": self.token}}))
        self.work("-c", "guarded")
        done = self.job("list", "-c", "guarded", token=self.wrong, code=1)
        self.assertIn("does not take the token", done.err)


if __name__ == "__main__":
    unittest.main()
