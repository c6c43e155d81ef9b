"""Programs in pods: exec and shell, on a real API server and kubelet code."""
import fcntl
import hashlib
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from streaming import StreamTest, eventually
from support import TOOL

STREAM_MB = int(os.environ.get("KUBERAY_E2E_STREAM_MB", "1000"))
# Bytes without a pattern, the same ones every time.
NOISE = "head -c {} /dev/zero | openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000"


def peak_mib(process):
    """The most memory that a process has had, which must still run."""
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


class Exec(StreamTest):
    def test_exit_codes_are_handed_on(self):
        for code in (0, 1, 126, 127, 137, 255):
            done = self.ray("exec", "demo", "--", "sh", "-c", f"echo out; echo err >&2; exit {code}")
            self.assertEqual((done.code, done.out), (code, "out\n"), done)
            self.assertIn("err\n", done.err)

    def test_the_node_is_chosen_and_words_are_not_read_by_a_shell(self):
        worker = self.pod("worker")
        done = self.good_ray("exec", "demo", "--node", worker, "--", "printenv", "LAB_POD")
        self.assertEqual(done.out.strip(), worker)
        self.assertEqual(self.good_ray("exec", "demo", "--", "echo", "$HOME", "a  b").out, "$HOME a  b\n")

    def test_a_long_output_is_the_same_bytes_in_little_memory(self):
        noise = NOISE.format(STREAM_MB * 1000 * 1000)
        wanted = subprocess.run(["sh", "-c", noise + " | sha256sum"], capture_output=True, text=True, check=True).stdout
        script = noise + "; until [ -e measured ]; do sleep 0.05; done; exit 3"
        command = [TOOL, "-n", self.namespace, "exec", "demo", "--", "sh", "-c", script]
        digest, left = hashlib.sha256(), STREAM_MB * 1000 * 1000
        with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
            while left and (piece := running.stdout.read1(1 << 20)):
                digest.update(piece)
                left -= len(piece)
            self.assertEqual(left, 0, "bytes are missing")
            peak = peak_mib(running.pid)
            (self.directory(self.head) / "measured").touch()
            self.assertEqual(running.stdout.read(), b"")
        self.assertEqual(running.returncode, 3)
        self.assertEqual(digest.hexdigest(), wanted.split()[0])
        self.assertLessEqual(peak, 16, "MiB")

    def test_input_is_passed_on_to_its_end(self):
        data = random.Random(1).randbytes(10 * 1000 * 1000)
        done = subprocess.run(
            [TOOL, "-n", self.namespace, "exec", "-i", "demo", "--", "sha256sum"], input=data, capture_output=True, timeout=60
        )
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.split()[0].decode(), hashlib.sha256(data).hexdigest())

    def test_without_i_the_program_gets_no_input(self):
        self.assertEqual(self.good_ray("exec", "demo", "--", "cat", stdin="never read").out, "")

    def test_a_connection_that_is_cut_is_never_a_success(self):
        for after in (0, 1, 1000, 100000):
            self.fault("exec-cut", after_bytes=after)
            done = self.ray("exec", "demo", "--", "head", "-c", "1000000", "/dev/zero")
            self.assertEqual(done.code, 1, (after, done.err))
            self.assertIn("Error: ", done.err)
            self.assertLess(len(done.out), 1000000)

    def test_an_end_without_a_status_is_no_success(self):
        self.fault("exec-cut", after_bytes=1000)  # behind the last byte: nothing is missing but the status
        done = self.ray("exec", "demo", "--", "head", "-c", "1000", "/dev/zero")
        self.assertEqual((done.code, len(done.out)), (1, 1000), done.err)
        self.assertIn("1000 bytes", done.err)

    def test_stderr_that_nobody_reads_holds_the_program_and_loses_nothing(self):
        for is_read in (False, True):
            script = f"head -c 30000000 /dev/zero >&2; touch written-{is_read}; echo out"
            command = [TOOL, "-n", self.namespace, "exec", "demo", "--", "sh", "-c", script]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
                eventually(lambda: select.select([running.stderr], [], [], 0)[0])
                self.assertFalse((self.directory(self.head) / f"written-{is_read}").exists(), "it is held")
                if is_read:
                    out, err = running.communicate(timeout=30)
                    self.assertEqual((running.returncode, out, len(err)), (0, b"out\n", 30000000))
                else:
                    begun = time.monotonic()
                    running.send_signal(signal.SIGINT)
                    self.assertEqual(running.wait(10), 130)
                    self.assertLess(time.monotonic() - begun, 3)

    def test_an_interrupt_ends_it_and_the_program(self):
        running = self.start("exec", "demo", "--", "sh", "-c", "echo begun; exec sleep 1000")
        running.until(lambda: "begun" in "".join(running.out))
        begun = time.monotonic()
        self.assertEqual(running.end(), 130, running.text())
        self.assertLess(time.monotonic() - begun, 2)

    def test_what_is_not_there_is_named(self):
        done = self.ray("exec", "nope", "--", "true")
        self.assertEqual(done.code, 1, done)
        self.assertIn("nope", done.err)


class Shell(StreamTest):
    def enter(self):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execv("/bin/sh", ["sh", "-c", f"stty -a > {self.folder}/before; {TOOL} -n {self.namespace} shell demo; "
                                 f"echo left-$?; stty -a > {self.folder}/after"])
        self.addCleanup(os.close, self.terminal)
        self.seen = ""

    def type(self, text):
        os.write(self.terminal, text.encode())

    def expect(self, pattern):
        end = time.monotonic() + 30
        while not (found := re.search(pattern, self.seen)):
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"{pattern} did not appear in {self.seen!r}")
            try:
                self.seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                self.fail(f"it ended; {pattern} did not appear in {self.seen!r}")
        self.seen = self.seen[found.end():]
        return found

    def leave(self, code):
        self.expect(rf"left-{code}\b")
        os.waitpid(self.pid, 0)
        # The window has changed meanwhile; everything else must be as it was.
        before, after = ((self.folder / name).read_text().split("\n", 1)[1] for name in ("before", "after"))
        self.assertEqual(after, before)

    def test_it_has_a_terminal_that_follows_the_window_and_gives_the_exit_code(self):
        self.enter()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.type("stty size; tty; echo re''ady\n")
        self.expect("ready")
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 41, 123, 0, 0))
        # The new size comes on a channel of its own.
        self.type("until [ \"$(stty size)\" = '41 123' ]; do sleep 0.05; done; echo si''zed; exit 7\n")
        self.expect("sized")
        self.leave(7)

    def test_an_interrupt_is_the_programs_business(self):
        self.enter()
        # The program itself says it: an interrupt between the fork of a dash and the program gets lost.
        self.type("sh -c 'echo be\"\"gun; exec sleep 1000'\n")
        self.expect("begun")
        self.type("\x03")
        self.type("echo still he''re; exit\n")
        self.expect("still here")
        self.leave(r"\d+")

    def test_a_lost_connection_restores_the_terminal(self):
        self.fault("exec-cut", after_bytes=500)
        self.enter()
        self.type("echo be''gun; seq 1000; exit 0\n")
        self.expect("begun")
        self.expect(r"left-1\b")
        os.waitpid(self.pid, 0)
        before, after = ((self.folder / name).read_text() for name in ("before", "after"))
        self.assertEqual(after, before)


if __name__ == "__main__":
    unittest.main()
