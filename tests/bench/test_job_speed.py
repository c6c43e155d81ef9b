"""The targets for jobs, as ratios to Ray's own command line on the same head in the same minutes."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from support import KUBECTL, LAB, TOOL, holds, side_by_side  # noqa: E402

RAY_SCRIPT = pathlib.Path(__file__).parents[1] / "e2e" / "lab" / "ray.sh"
VERSION = "2.60.0"
RAY = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "kuberay-lab" / f"ray-{VERSION}" / "bin" / "ray"
ADDRESS = "http://10.0.255.1:8265"
NAMESPACE = "bench-jobs"
CLUSTER = "bench"


def told(name, sample, other):
    print(f"    {name}: ms {sample.ms:.0f}, ray_ms {other.ms:.0f}, mib {sample.mib:.1f}, ray_mib {other.mib:.1f}", flush=True)


def ray_job(*words):
    """Ray's command line, at the head itself: no API server lies between."""
    return [RAY, "job", words[0], "--address", ADDRESS, *words[1:]]


def ours(*words):
    """The same through the API server, straight to the dashboard of the cluster."""
    return [TOOL, "-n", NAMESPACE, "job", words[0], "--ray-cluster", CLUSTER, *words[1:]]


def submitted(*words):
    return ours("submit", "--no-rayjob", *words)


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([KUBECTL, "create", "namespace", NAMESPACE], check=True, capture_output=True)
        subprocess.run([RAY_SCRIPT, "start", VERSION], check=True, capture_output=True)
        cls.addClassCleanup(subprocess.run, [RAY_SCRIPT, "stop"], check=True, capture_output=True)
        subprocess.run([TOOL, "-n", NAMESPACE, "create", "cluster", CLUSTER, "--wait", "--timeout", "2m"], check=True, capture_output=True)

    def test_1_trivial_job(self):
        def check():
            seen = side_by_side(3, ours=submitted("--", "echo", "done"), ray=ray_job("submit", "--", "echo", "done"))
            told("a trivial job on a ready cluster, to its result", seen["ours"], seen["ray"])
            self.assertLess(seen["ours"].ms, 0.25 * seen["ray"].ms)

        holds(check)

    def test_2_new_rayjob(self):
        def check():
            name = f"fresh-{time.monotonic_ns()}"[:40]
            start = time.monotonic()
            done = subprocess.run(
                [TOOL, "-n", NAMESPACE, "job", "submit", "--name", name, "--", "echo", "from", name], capture_output=True, text=True, check=True
            )
            took = time.monotonic() - start
            print(f"    a trivial job with a RayJob and a cluster of its own: {took:.1f} s", flush=True)
            self.assertIn(f"from {name}", done.stdout)
            subprocess.run([TOOL, "-n", NAMESPACE, "delete", f"rayjob/{name}", "-y", "--wait"], check=True, capture_output=True)
            self.assertLess(took, 5)

        holds(check)

    def test_3_no_wait_and_list(self):
        def check():
            seen = side_by_side(
                5, ours=submitted("--no-wait", "--", "true"), ray=ray_job("submit", "--no-wait", "--", "true"),
                our_list=ours("list"), ray_list=ray_job("list"),
            )
            told("submit --no-wait", seen["ours"], seen["ray"])
            told("list", seen["our_list"], seen["ray_list"])
            self.assertLess(seen["ours"].ms, 0.1 * seen["ray"].ms)
            self.assertLess(seen["ours"].mib, 16)
            self.assertLess(seen["our_list"].ms, 0.1 * seen["ray_list"].ms)

        holds(check)

    def test_4_log(self):
        """50 MB of output: all of it comes, in a third of the time."""
        identifier = "fifty-megabytes"
        line = "x" * 99
        subprocess.run(submitted("--submission-id", identifier, "--", "sh", "-c", f"yes {line} | head -n 500000"), check=True, stdout=subprocess.DEVNULL)
        shown = subprocess.run(ours("logs", identifier), check=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(shown.count((line + "\n").encode()), 500000)

        def check():
            seen = side_by_side(3, ours=ours("logs", "--follow", identifier), ray=ray_job("logs", "--follow", identifier))
            told("50 MB of job output", seen["ours"], seen["ray"])
            self.assertLess(3 * seen["ours"].ms, seen["ray"].ms)
            self.assertLess(seen["ours"].mib, 24)

        holds(check)

    def test_5_working_dir(self):
        """60 MB of files, new ones for each submission, so that both sides upload."""
        count = 0

        def check():
            nonlocal count
            with tempfile.TemporaryDirectory(dir=LAB) as folder:
                walls = {"ours": [], "ray": []}
                for _ in range(2):
                    for side in walls:
                        count += 1
                        content = self.fill(pathlib.Path(folder), count)
                        identifier = f"sixty-{side}-{count}"
                        # The job tells what arrived.
                        entrypoint = ["--", "sh", "-c", "cat file-* | sha256sum"]
                        words = ["--submission-id", identifier, "--working-dir", folder, "--no-wait", *entrypoint]
                        start = time.monotonic()
                        subprocess.run(submitted(*words) if side == "ours" else ray_job("submit", *words), check=True, capture_output=True)
                        walls[side].append(time.monotonic() - start)
                        self.assertEqual(self.digest_of(identifier), content)
                mine, other = min(walls["ours"]), min(walls["ray"])
                print(f"    60 MB working directory: {mine:.2f} s, ray {other:.2f} s", flush=True)
                self.assertLess(mine, 0.8 * other)

        holds(check)

    @staticmethod
    def fill(folder, number):
        """60 files of 1 MB, half of it random; returns the digest of their content."""
        digest = hashlib.sha256()
        for at in range(60):
            content = os.urandom(500_000) + f"{number} {at} ".encode() * 500_000
            content = content[:1_000_000]
            (folder / f"file-{at:02}").write_bytes(content)
            digest.update(content)
        return digest.hexdigest()

    @staticmethod
    def digest_of(identifier):
        subprocess.run(ours("wait", identifier, "--timeout", "60s"), check=True, capture_output=True)
        with urllib.request.urlopen(f"{ADDRESS}/api/jobs/{identifier}/logs", timeout=20) as answer:
            return re.search(r"\b[0-9a-f]{64}\b", json.load(answer)["logs"])[0]
