"""The Jobs API client against real Ray heads of two versions: what the library assumes of them, and how it takes faults."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
import unittest.mock
import uuid
import zipfile

from fault_proxy import FaultProxy
from lying_proxy import LyingProxy
from streaming import BIN, Proxy, Running, StreamTest, free_local_port, real_ray
from support import LAB, TOOL, run

CLIENT = os.environ.get("JOB_CLIENT") or pathlib.Path(TOOL).resolve().parents[1] / "examples" / "job_client"
HEAD = ("10.0.255.1", 8265)
ADDRESS = "http://%s:%d" % HEAD
MAX_PACKAGE = 104_857_600


def call(method, path, body=None, headers=None):
    """A raw request to the head; status and body."""
    connection = http.client.HTTPConnection(*HEAD, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def job(identity):
    return json.loads(call("GET", f"/api/jobs/{identity}")[1])


def new_id():
    return "e2e-" + uuid.uuid4().hex[:10]


def file_of(identity):
    return (LAB / "ray" / "session_latest" / "logs" / f"job-driver-{identity}.log").read_bytes()


def python(program):
    """An entrypoint that runs this program."""
    return "python3 -c '" + program.replace("'", "'\"'\"'") + "'"


class Client(unittest.TestCase):
    where = ADDRESS

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_client(self, *words, where=None, **more):
        return run(CLIENT, where or self.where, *words, **more)

    def output(self, *words, code=0, where=None):
        """The bytes that a command printed."""
        done = subprocess.run(
            [str(CLIENT), where or self.where, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, timeout=120
        )
        self.assertEqual(done.returncode, code, done.stderr)
        self.errors = done.stderr.decode()
        return done.stdout

    def start(self, *words, where=None):
        running = Running(CLIENT, where or self.where, *words)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def proxy(self):
        proxy = LyingProxy(HEAD)
        self.addCleanup(proxy.stop)
        return proxy

    def gate(self):
        """A file, and a shell command that waits for it."""
        path = self.folder / uuid.uuid4().hex
        return path, f"while [ ! -e {path} ]; do sleep 0.05; done"

    def wait_for(self, running, text):
        running.until(lambda: text in "".join(running.out))

    def finish(self, running, code=0):
        running.process.wait(60)
        running.end()
        self.assertEqual(running.process.returncode, code, running.text())
        return "".join(running.out)


class JobApi:
    """What holds for every version."""

    def test_it_tells_its_version(self):
        self.assertEqual(self.output("version").decode().split(), ["4", self.version])

    def test_output_and_outcome_of_a_job(self):
        for command, status, code in (("echo out; echo err >&2", "SUCCEEDED", 0), ("echo out; echo err >&2; exit 3", "FAILED", 3)):
            identity = new_id()
            out = self.output("submit", identity, command, code=int(code != 0))
            self.assertEqual(out, file_of(identity))
            self.assertIn(b"out\nerr\n", out)
            self.assertEqual(self.output("get", identity).decode().split()[:3], [identity, status, str(code)])
            self.assertIn(f"status: {status}", self.run_client("follow", identity).err)
        self.assertIn("exit code 3", self.output("get", identity).decode())
        self.assertIn(identity, self.output("list").decode())

    def test_a_line_is_there_while_the_job_runs(self):
        path, waits = self.gate()
        running = self.start("submit", new_id(), f"echo ready; {waits}; echo done")
        self.wait_for(running, "ready\n")
        path.touch()
        self.assertIn("ready\n", self.finish(running))

    def test_somebody_else_can_follow_and_go_on_where_he_stopped(self):
        identity, (path, waits) = new_id(), self.gate()
        first = self.start("submit", identity, f"echo ready; {waits}; echo done")
        self.wait_for(first, "ready\n")
        second = self.start("follow", identity)
        self.wait_for(second, "ready\n")
        path.touch()
        whole = self.finish(first)
        self.assertEqual(self.finish(second), whole)
        self.assertEqual(self.output("follow", identity, 10).decode(), whole[10:])
        self.assertEqual(self.output("logs", identity).decode(), whole)

    def test_bytes_come_as_they_were_printed(self):
        identity = new_id()
        program = r"import os; os.write(1, b'\xff\xfe\x00\r10%\r20%\r\n' + bytes(range(256)) + b'no newline at the end')"
        out = self.output("submit", identity, python(program))
        self.assertEqual(out, file_of(identity))
        self.assertIn(b"\xff\xfe\x00\r10%\r20%\r\n", out)

    def test_a_line_of_five_million_bytes(self):
        identity = new_id()
        out = self.output("submit", identity, python("print('x' * 5_000_000); print('after')"))
        self.assertEqual(out, file_of(identity))
        self.assertIn(b"x" * 5_000_000 + b"\nafter\n", out)

    def test_200_million_bytes_in_little_memory(self):
        identity, target = new_id(), self.folder / "out"
        program = "import sys\nfor i in range(2_000_000): sys.stdout.write('%099d\\n' % i)"
        watch = (
            "import resource, subprocess, sys; code = subprocess.call(sys.argv[2:], stdout=open(sys.argv[1], 'wb'));"
            "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        words = ["python3", "-c", watch, target, CLIENT, self.where, "submit", identity, python(program)]
        done = run(*words, env={"ASAN_OPTIONS": "quarantine_size_mb=1"}, timeout=300)
        code, peak = map(int, done.out.split())
        self.assertEqual(code, 0, done)
        self.assertLess(peak, 100_000, "kilobytes; a sanitizer's own are among them")
        self.assertTrue(target.read_bytes() == file_of(identity))

    def test_taken_unknown_and_impossible_ids(self):
        identity = new_id()
        self.output("submit", identity, "true")
        taken = self.run_client("submit", identity, "true")
        self.assertEqual(taken.code, 1)
        self.assertIn(f"Job with submission_id {identity} already exists", taken.err)
        self.assertNotIn("Traceback", taken.err)
        for words in (("get", "no-such-job"), ("logs", "no-such-job"), ("follow", "no-such-job"), ("stop", "no-such-job"), ("delete", "no-such-job")):
            done = self.run_client(*words)
            self.assertEqual(done.code, 1, done)
            self.assertIn("Job no-such-job does not exist", done.err)
        self.assertIn("slash", self.run_client("submit", "a/b", "true").err)

    def test_stop_and_delete(self):
        identity, (path, waits) = new_id(), self.gate()
        running = self.start("submit", identity, f"echo ready; {waits}")
        self.wait_for(running, "ready\n")
        early = self.run_client("delete", identity)
        self.assertEqual(early.code, 1)
        self.assertIn("non-terminal state RUNNING", early.err)
        self.assertEqual(self.output("stop", identity), b"stopping\n")
        self.finish(running, 1)
        self.assertEqual(job(identity)["status"], "STOPPED")
        self.assertEqual(self.output("stop", identity), b"it had ended\n")
        self.output("delete", identity)
        self.assertIn("does not exist", self.run_client("delete", identity).err)

    def test_a_job_that_never_started_has_no_output_but_a_message(self):
        done = self.run_client("submit", new_id(), "true", '{"working_dir": "/no/such/folder"}')
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertRegex(done.err, "message: .{20}")
        self.assertNotIn("trouble: ", done.err)
        missing = self.run_client("submit", new_id(), "true", '{"working_dir": "gcs://_ray_pkg_not_there.zip"}')
        self.assertEqual(missing.code, 1, missing)
        self.assertRegex(missing.err, "message: .*(runtime_env|_ray_pkg_not_there)")

    def test_a_package_is_uploaded_once_and_used(self):
        name, path = f"{new_id()}.zip", self.folder / "p.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("main.py", "import other\n")
            package.writestr("other.py", "print('from the package')\n")
        self.assertEqual(self.output("upload", name, path), b"uploaded\n")
        self.assertEqual(self.output("upload", name, path), b"there already\n")
        out = self.output("submit", new_id(), "python main.py", json.dumps({"working_dir": f"gcs://{name}"}))
        self.assertIn(b"from the package\n", out)

    def test_the_largest_package_and_one_byte_more(self):
        path = self.folder / "p.zip"
        with path.open("wb") as file:
            file.truncate(MAX_PACKAGE)
        self.assertEqual(self.output("upload", new_id() + ".zip", path), b"uploaded\n")
        with path.open("ab") as file:
            file.write(b"x")
        refused = self.run_client("upload", new_id() + ".zip", path)
        self.assertEqual(refused.code, 1)
        self.assertIn("104857600", refused.err)

    def test_the_answer_to_a_submission_is_lost(self):
        identity, proxy = new_id(), self.proxy()
        proxy.lie("POST /api/jobs/", down=0)
        out = self.output("submit", identity, "echo once", where=proxy.address)
        self.assertEqual(out.count(b"\nonce\n") + out.startswith(b"once\n"), 1)
        posts = [line for line in proxy.seen if line.startswith("POST")]
        self.assertLessEqual(len(posts), 2)

    def test_an_upload_is_cut_at_half(self):
        name, path, proxy = new_id() + ".zip", self.folder / "p.zip", self.proxy()
        path.write_bytes(os.urandom(5_000_000))
        proxy.lie("PUT /api/packages/", up=2_500_000)
        self.assertEqual(self.output("upload", name, path, where=proxy.address), b"uploaded\n")

    def test_the_stream_is_cut_while_the_job_prints(self):
        identity, proxy = new_id(), self.proxy()
        for cut in (300, 100_000, 1_000_000):
            proxy.lie("GET /api/v0/logs/stream", down=cut)
        proxy.lie("GET /api/v0/logs/file", down=2_000_000)
        program = "import time\nfor i in range(60):\n  print('%09999d' % i * 5, flush=True); time.sleep(0.05)"
        out = self.output("submit", identity, python(program), where=proxy.address)
        self.assertTrue(out == file_of(identity), "lost or repeated")
        self.assertIn("trouble: ", self.errors)
        self.assertGreaterEqual(sum(line.startswith("GET /api/v0/logs/stream") for line in proxy.seen), 4)

    def test_the_other_ways_to_the_output(self):
        ways = (
            (["GET /api/v0/logs/stream"], "GET /api/v0/logs/file"),
            (["GET /api/v0/"], "GET /api/jobs/{}/logs "),
            (["GET /api/v0/", "GET /api/jobs/{}/logs HTTP"], "GET /api/jobs/{}/logs/tail"),
        )
        for refused, used in ways:
            identity, (path, waits), proxy = new_id(), self.gate(), self.proxy()
            for each in refused:
                proxy.lie(each.format(identity), times=10**9, status=404, body="404: Not Found")
            running = self.start("submit", identity, f"printf 'ready\\r\\n'; {waits}; echo done", where=proxy.address)
            self.wait_for(running, "ready")
            if "tail" in used:
                # The end by this way is what the server says; it reads the whole text anew where the first lie ends.
                proxy.lies.pop()
            path.touch()
            self.assertIn("done\n", self.finish(running))
            self.assertTrue(any((line + " ").startswith(used.format(identity)) for line in proxy.seen), proxy.seen)

    def test_the_dashboard_does_not_answer_for_a_while(self):
        identity, (path, waits), proxy = new_id(), self.gate(), self.proxy()
        running = self.start("submit", identity, f"echo ready; {waits}; echo done", where=proxy.address)
        self.wait_for(running, "ready\n")
        proxy.lie("GET /api/jobs/", times=20, down=0)
        proxy.lie("GET /api/jobs/", times=3, status=503, body="starting")
        running.until(lambda: "trouble: " in "".join(running.err))
        path.touch()
        self.assertIn("done\n", self.finish(running))

    def test_a_job_has_two_names_once_it_uses_ray_and_a_driver_has_one(self):
        identity = new_id()
        self.output("submit", identity, python("import ray; ray.init(); print(ray.cluster_resources())"))
        number = job(identity)["job_id"]
        self.assertEqual(self.output("get", number).decode().split()[0], identity)
        self.assertEqual(self.output("logs", number), file_of(identity))
        own = [each for each in json.loads(call("GET", "/api/jobs/")[1]) if each["type"] == "DRIVER"]
        for driver in own:
            done = self.run_client("logs", driver["job_id"])
            self.assertEqual(done.code, 1)
            self.assertIn("was not submitted", done.err)

    # What the client takes for granted of the server.

    def test_paths_are_exact_and_browsers_are_not_served(self):
        self.assertEqual(call("GET", "/api/jobs")[0], 404)
        self.assertEqual(call("POST", "/api/jobs", "{}")[0], 404)
        body = json.dumps({"entrypoint": "true", "submission_id": new_id()})
        self.assertEqual(call("POST", "/api/jobs/", body, {"User-Agent": "Mozilla/5.0"})[0], 405)

    def test_errors_end_with_the_line_that_counts(self):
        for body, last in ((b'{"entrypoint":5}', b"entrypoint must be a string"), (b"{}", b"'entrypoint'")):
            status, text = call("POST", "/api/jobs/", body)
            self.assertEqual(status, 400)
            self.assertIn(last, text.strip().splitlines()[-1])
        self.assertEqual(call("POST", "/api/jobs/", b"[")[0], 500)

    def test_a_log_file_that_is_cut_by_its_time_limit_does_not_look_whole(self):
        identity = new_id()
        self.output("submit", identity, python("for i in range(600): print('x' * 99_999)"))
        slow = FaultProxy(BIN / "toxiproxy", free_local_port(), "%s:%d" % HEAD, free_local_port())
        self.enterContext(slow)
        slow.add("bandwidth", rate=10_000)  # kB/s: six times the limit for all of it
        connection = http.client.HTTPConnection("127.0.0.1", slow.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/v0/logs/file?submission_id={identity}&node_id=x&lines=-1&timeout=1")
        with self.assertRaises(http.client.IncompleteRead):
            connection.getresponse().read()

    def test_a_stream_does_not_end_by_itself_and_a_file_does(self):
        identity = new_id()
        whole = self.output("submit", identity, "readlink /proc/$$/fd/1")
        file = next(line for line in whole.decode().splitlines() if line.startswith("/"))
        target = f"submission_id={identity}&node_id=x&lines=-1"
        self.assertEqual(call("GET", f"/api/v0/logs/file?{target}"), (200, whole))
        connection = http.client.HTTPConnection(*HEAD, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/v0/logs/stream?{target}&interval=0.1")
        answer = connection.getresponse()
        self.assertEqual(answer.read(len(whole)), whole)
        with open(file, "a") as log:
            log.write("more\n")
        self.assertEqual(answer.read(5), b"more\n", "the job is over")

    def test_a_pending_job_says_that_it_stops_and_does_not(self):
        identity = new_id()
        body = json.dumps({"entrypoint": "true", "submission_id": identity, "entrypoint_num_cpus": 64})
        self.assertEqual(call("POST", "/api/jobs/", body)[0], 200)
        self.assertEqual(self.output("stop", identity), b"stopping\n")
        self.assertEqual(job(identity)["status"], "PENDING")
        running = self.start("follow", identity)
        running.until(lambda: "status: PENDING" in "".join(running.err))
        running.end(signal.SIGKILL)


class OnTheNewest(JobApi, Client):
    version = "2.60.0"

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray(cls.version))


class OnAnOlder(JobApi, Client):
    version = "2.52.0"

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray(cls.version))


class WithToken(Client):
    def test_the_token_is_asked_for_and_taken(self):
        with unittest.mock.patch.dict(os.environ, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="t0ken" * 8):
            with real_ray():
                out = self.output("submit", new_id(), "echo let in")
                self.assertIn(b"let in\n", out)
                wrong = run(CLIENT, ADDRESS, "list", env={"RAY_AUTH_TOKEN": "wrong"})
                none = run(CLIENT, ADDRESS, "list", env={"RAY_AUTH_TOKEN": ""})
        self.assertEqual((wrong.code, none.code), (1, 1))
        self.assertIn("Invalid authentication token", wrong.err)
        self.assertIn("does not take the token", wrong.err)
        self.assertNotIn("wrong", wrong.err)
        self.assertIn("set RAY_AUTH_TOKEN", none.err)


class HeadLost(Client):
    def test_a_head_that_comes_back_without_its_jobs(self):
        _, waits = self.gate()
        with real_ray():
            running = self.start("submit", new_id(), f"echo ready; {waits}")
            self.wait_for(running, "ready\n")
            os.killpg(int((LAB / "ray.pid").read_text()), signal.SIGKILL)
        running.until(lambda: "trouble: " in "".join(running.err))
        with real_ray():
            self.finish(running, 1)
        self.assertIn("does not exist", "".join(running.err))
        self.assertIn("head restarted", "".join(running.err))


class ThroughTheApiServer(StreamTest):
    """No address: the head of a cluster, by way of the API server."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(real_ray())

    def client(self, *words, env=None):
        running = Running(CLIENT, f"{self.namespace}/demo", *words, env=env)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def finish(self, running):
        running.process.wait(90)
        running.end()
        self.assertEqual(running.process.returncode, 0, running.text())
        return "".join(running.out).encode()

    def slow_job(self):
        return python("import time\nfor i in range(80):\n  print('%0999d' % i * 5, flush=True); time.sleep(0.05)")

    def test_a_job(self):
        identity = new_id()
        self.assertEqual(self.finish(self.client("submit", identity, "echo through")), file_of(identity))

    def test_a_large_log(self):
        identity = new_id()
        self.finish(self.client("submit", identity, python("for i in range(300_000): print('%099d' % i)")))
        self.assertTrue(self.finish(self.client("follow", identity)) == file_of(identity))

    def test_connections_are_cut_while_a_job_prints(self):
        identity, proxy = new_id(), self.enterContext(Proxy(self))

        def cut():
            proxy.enabled(False)
            proxy.enabled(True)

        running = self.client("submit", identity, self.slow_job(), env=proxy.env)
        running.until(lambda: len("".join(running.out)) > 20_000)
        cut()
        running.until(lambda: len("".join(running.out)) > 200_000)
        cut()
        self.assertTrue(self.finish(running) == file_of(identity), "lost or repeated")

    def test_the_head_pod_is_replaced_while_a_job_prints(self):
        identity = new_id()
        running = self.client("submit", identity, self.slow_job())
        running.until(lambda: len("".join(running.out)) > 20_000)
        self.kubectl("delete", "pod", self.head, "--wait=false", "--grace-period=0", "--force")
        self.assertTrue(self.finish(running) == file_of(identity), "lost or repeated")


if __name__ == "__main__":
    unittest.main()
