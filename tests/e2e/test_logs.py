"""Logs of Ray nodes, fetched and followed, on a real API server and kubelet code."""
import hashlib
import json
import os
import pty
import random
import select
import tarfile
import unittest

from streaming import StreamTest, eventually, fetch, log_lines, small_disk
from support import TOOL


class LogTest(StreamTest):
    def log_file(self, pod, container="ray-head"):
        folder = self.directory(pod, container)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / "log"

    def ray_files(self, pod, container="ray-head"):
        folder = self.directory(pod, container) / "tmp/ray/session_latest/logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Fetched(LogTest):
    def test_a_download_has_the_same_bytes(self):
        noise = random.Random(5)
        wanted = {}
        for node_type, container in (("head", "ray-head"), ("worker", "ray-worker")):
            pod = self.pod(node_type)
            log_lines(self.log_file(pod, container), range(20000))
            logs = self.ray_files(pod, container)
            (logs / "old").mkdir()
            wanted[f"{pod}/stdout.log"] = "".join(f"line {number}\n" for number in range(20000)).encode()
            for name in ("raylet.out", "old/gcs_server.out"):
                wanted[f"{pod}/{name}"] = noise.randbytes(500000)
                (logs / name).write_bytes(wanted[f"{pod}/{name}"])
        self.good_ray("log", "demo", "--out-dir", self.folder)
        for name, content in wanted.items():
            self.assertEqual(
                hashlib.sha256((self.folder / name).read_bytes()).digest(), hashlib.sha256(content).digest(), name
            )

    def test_a_pod_whose_transfer_breaks_is_tried_again_once_and_then_named(self):
        worker = self.pod("worker")
        for pod, container in ((self.head, "ray-head"), (worker, "ray-worker")):
            (self.ray_files(pod, container) / "raylet.out").write_bytes(b"x" * 300000)
        self.fault("exec-cut", after_bytes=1000)
        self.good_ray("log", "demo", "--out-dir", self.folder)
        self.assertEqual((self.folder / self.head / "raylet.out").stat().st_size, 300000)
        self.fault("exec-cut", after_bytes=1000, count=20)
        done = self.ray("log", "demo", "--out-dir", self.folder)
        self.assertEqual(done.code, 1, done)
        said = [line for line in done.err.splitlines() if self.head in line]
        self.assertEqual(len(said), 1, "what went wrong is said once: " + done.err)
        self.assertEqual((self.folder / worker / "raylet.out").stat().st_size, 300000, "the other pod went on")

    def test_one_archive_instead_of_a_folder(self):
        log_lines(self.log_file(self.head), range(100))
        (self.ray_files(self.head) / "raylet.out").write_text("x" * 100000)
        self.good_ray("log", "demo", "--node", self.head, "--archive", self.folder / "all.tar.gz")
        with tarfile.open(self.folder / "all.tar.gz") as archive:
            content = archive.extractfile(f"all/{self.head}/raylet.out").read()
        self.assertEqual(content, b"x" * 100000)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["all.tar.gz"])

    def test_ten_thousand_files_and_names_that_are_no_text(self):
        logs = self.ray_files(self.head)
        for number in range(10000):
            (logs / f"worker-{number:05}.out").write_text(str(number))
        odd = os.fsencode(logs) + b"/no-text-\xff\x1b[31m.out"
        with open(odd, "w") as file:
            file.write("odd")
        (logs / "leads-away").symlink_to("/etc/passwd")
        done = self.good_ray("log", "demo", "--node", self.head, "--out-dir", self.folder)
        for number in (0, 5000, 9999):
            self.assertEqual((self.folder / self.head / f"worker-{number:05}.out").read_text(), str(number))
        names = [path.name for path in (self.folder / self.head).iterdir()]
        self.assertEqual(len([name for name in names if name.startswith("worker-")]), 10000)
        self.assertEqual(len([name for name in names if name.startswith("no-text-")]), 1)
        self.assertFalse([name for name in names if "\x1b" in name or name == "leads-away"])
        self.assertIn("leads-away", done.err, "what is not written is named")
        self.assertNotIn("\x1b", done.err)

    def test_a_full_disk_and_a_read_only_folder_are_named(self):
        (self.ray_files(self.head) / "raylet.out").write_bytes(random.Random(6).randbytes(4000000))
        with small_disk(self.folder / "small") as small:
            for words in (("--out-dir", small), ("--archive", small / "all.tar.gz")):
                done = self.ray("log", "demo", *words)
                self.assertEqual(done.code, 1, done)
                self.assertIn("No space left on device", done.err)
                left = [path for path in small.rglob("*") if path.is_file()]
                self.assertFalse([path for path in left if path.name != "stdout.log"], "nothing that looks complete")
        with small_disk(self.folder / "read-only", "ro") as folder:
            for words in (("--out-dir", folder), ("--archive", folder / "all.tar.gz")):
                done = self.ray("log", "demo", *words)
                self.assertEqual(done.code, 1, done)
                self.assertIn("Read-only file system", done.err)

    def test_an_interrupt_ends_it_and_says_what_is_there(self):
        log_lines(self.log_file(self.head), range(10))
        huge = self.ray_files(self.head) / "huge.out"
        huge.touch()
        os.truncate(huge, 1 << 33)
        running = self.start("log", "demo", "--node", self.head, "--out-dir", self.folder)
        eventually(lambda: any(path.stat().st_size > 1000000 for path in self.folder.rglob("*") if path.is_file()))
        self.assertEqual(running.end(), 130, running.text())
        self.assertIn(f"the files in {self.folder} are complete", running.text())
        self.assertEqual([path.name for path in self.folder.rglob("*") if path.is_file()], ["stdout.log"])


class Followed(LogTest):
    def test_following_goes_through_cuts_without_losing_or_repeating_a_line(self):
        log = self.log_file(self.head)
        log_lines(log, range(100))
        self.fault("log-cut", after_bytes=2500, count=5)  # each stream that is opened, until five were cut
        running = self.start("log", "demo", "-f", "--node", self.head, "--tail", "-1", "--no-prefix")
        running.until(lambda: len(running.out) >= 100)
        for begin in (100, 200, 300):
            log_lines(log, range(begin, begin + 100))
            running.until(lambda: len(running.out) >= begin + 100)
        left = json.loads(fetch("http://127.0.0.1:10248/fault"))
        self.assertFalse([fault for fault in left if fault["pod"] == self.head], "all five were cut")
        self.assertEqual(running.end(), 130, running.text())
        self.assertEqual("".join(running.out), "".join(f"line {number}\n" for number in range(400)))

    def test_a_file_of_ray_is_followed(self):
        file = self.ray_files(self.head) / "raylet.out"
        file.write_text("first\n")
        running = self.start("log", "demo", "-f", "--file", "raylet.out", "--node", self.head)
        running.until(lambda: any("first" in line for line in running.out))
        with open(file, "a") as more:
            more.write("second\n")
        running.until(lambda: any("second" in line for line in running.out))
        self.assertEqual(running.end(), 130, running.text())

    def test_text_cannot_steer_the_terminal(self):
        log = self.log_file(self.head)
        with open(log, "a") as file:
            file.write("2026-01-01T00:00:00Z stdout F \x1b]0;owned\x07\x1b[2Jhidden\rshown\n")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(TOOL, [TOOL, "-n", self.namespace, "log", "demo", "-f", "--node", self.head, "--tail", "-1", "--no-prefix"])
        seen = b""
        while b"shown" not in seen:
            self.assertTrue(select.select([terminal], [], [], 30)[0], seen)
            seen += os.read(terminal, 65536)
        os.write(terminal, b"\x03")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 130)
        os.close(terminal)
        for evil in (b"\x1b]", b"\x1b[2J", b"\x07"):
            self.assertNotIn(evil, seen)


if __name__ == "__main__":
    unittest.main()
