"""Streams on a network that is slow, cut, reset, silent, or impatient, on a real API server and kubelet code."""
import os
import subprocess
import time
import unittest

from fault_proxy import IdleProxy
from streaming import Pages, Proxy, StreamTest, eventually, fetch, log_lines, through
from support import TOOL


class Faults(StreamTest):
    def test_a_slow_network_changes_nothing_but_time(self):
        with Proxy(self) as proxy, proxy.toxic("latency", latency=50, jitter=20):
            done = self.good_ray("exec", "demo", "--", "sh", "-c", "echo slow; exit 0", env=proxy.env)
            self.assertEqual(done.out, "slow\n")

    def test_a_reset_in_the_middle_is_an_error(self):
        with Proxy(self) as proxy:
            running = self.start("exec", "demo", "--", "sh", "-c", "echo begun; sleep 60", env=proxy.env)
            eventually(lambda: "begun" in "".join(running.out))
            with proxy.toxic("reset_peer", timeout=0):
                proxy.enabled(False)
                self.assertEqual(running.process.wait(20), 1, running.text())
            self.assertIn("Error: ", eventually(lambda: "".join(running.err)))

    def test_data_cut_short_is_an_error(self):
        with Proxy(self) as proxy, proxy.toxic("limit_data", bytes=200000):
            done = self.ray("exec", "demo", "--", "head", "-c", "1000000", "/dev/zero", env=proxy.env)
            self.assertEqual(done.code, 1, done.err)

    def test_a_slow_close_does_not_hold_the_command(self):
        with Proxy(self) as proxy, proxy.toxic("slow_close", delay=20000):
            begun = time.monotonic()
            done = self.good_ray("exec", "demo", "--", "echo", "done", env=proxy.env)
            self.assertEqual(done.out, "done\n")
            self.assertLess(time.monotonic() - begun, 15)

    def test_a_black_hole_is_left_by_an_interrupt(self):
        with Proxy(self) as proxy:
            running = self.start("exec", "demo", "--", "sh", "-c", "echo begun; sleep 60", env=proxy.env)
            eventually(lambda: "begun" in "".join(running.out))
            with proxy.toxic("timeout", timeout=0):
                begun = time.monotonic()
                self.assertEqual(running.end(), 130, running.text())
                self.assertLess(time.monotonic() - begun, 3)


class Idle(StreamTest):
    """Behind a proxy that cuts connections on which nothing moves for 15 s; ours move something every 10 s."""

    def test_what_is_silent_for_long_lives(self):
        port = self.serve(Pages)
        log = self.directory(self.head) / "log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log_lines(log, range(10))
        with IdleProxy(("127.0.0.1", 16443), 15) as proxy:
            env = {"KUBECONFIG": str(through(self, proxy.port))}
            quiet = self.start("exec", "demo", "--", "sh", "-c", "echo begun; sleep 40; echo ended; exit 3", env=env)
            command = [TOOL, "-n", self.namespace, "exec", "-i", "demo", "--", "cat"]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **env}) as cat:
                session, (local,) = self.session(port, env=env)
                self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")
                following = self.start("log", "demo", "-f", "--node", self.head, "--tail", "-1", "--no-prefix", env=env)
                eventually(lambda: len(following.out) == 10)
                self.assertEqual(quiet.process.wait(60), 3, quiet.text())
                self.assertEqual("".join(quiet.out), "begun\nended\n")
                self.assertEqual(cat.communicate(b"still here\n", timeout=20)[0], b"still here\n")
                self.assertEqual(cat.returncode, 0)
            self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")
            self.assertNotIn("onnected again", session.text())
            # Nothing can be sent behind the question for a log: that one is cut, and asked for again.
            log_lines(log, range(10, 20))
            eventually(lambda: len(following.out) == 20)
            self.assertEqual("".join(following.out), "".join(f"line {number}\n" for number in range(20)))
            self.assertGreater(proxy.cuts, 0, "the proxy cuts what is idle")


if __name__ == "__main__":
    unittest.main()
