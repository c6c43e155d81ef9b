"""exec on a network that is slow, cut, reset or silent (toxiproxy), on a real API server and kubelet code."""
import time
import unittest

from streaming import Proxy, StreamTest, eventually


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


if __name__ == "__main__":
    unittest.main()
