"""Streams on a network that is slow, cut, reset, silent, or impatient, on a real API server and kubelet code."""
import contextlib
import os
import socket
import socketserver
import subprocess
import threading
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
            running.until(lambda: "begun" in "".join(running.out))
            with proxy.toxic("reset_peer", timeout=0):
                proxy.enabled(False)
                self.assertEqual(running.process.wait(20), 1, running.text())
            self.assertIn("Error: ", running.until(lambda: "".join(running.err)))

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
            running.until(lambda: "begun" in "".join(running.out))
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
                following.until(lambda: len(following.out) == 10)
                self.assertEqual(quiet.process.wait(60), 3, quiet.text())
                self.assertEqual("".join(quiet.out), "begun\nended\n")
                self.assertEqual(cat.communicate(b"still here\n", timeout=20)[0], b"still here\n")
                self.assertEqual(cat.returncode, 0)
            self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")
            self.assertNotIn("onnected again", session.text())
            # Nothing can be sent behind the question for a log: that one is cut, and asked for again.
            log_lines(log, range(10, 20))
            following.until(lambda: len(following.out) == 20)
            self.assertEqual("".join(following.out), "".join(f"line {number}\n" for number in range(20)))
            self.assertGreater(proxy.cuts, 0, "the proxy cuts what is idle")


class Vanished(StreamTest):
    """A network that swallows every packet, and says nothing, while much is being sent."""

    ADDRESS = "10.77.0.1"  # of this machine until it vanishes; both ends of a connection have it

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    @contextlib.contextmanager
    def api_server_that_can_vanish(self):
        self.ip("address", "add", self.ADDRESS + "/32", "dev", "lo")
        try:
            with IdleProxy(("127.0.0.1", 16443), 1000, self.ADDRESS) as proxy:
                def change(config):
                    for entry in config["clusters"]:
                        entry["cluster"]["server"] = f"https://{self.ADDRESS}:{proxy.port}"
                        entry["cluster"]["tls-server-name"] = "localhost"

                yield self.kubeconfig(change)
        finally:
            subprocess.run(["ip", "address", "del", self.ADDRESS + "/32", "dev", "lo"], capture_output=True)
            subprocess.run(["ip", "route", "del", "blackhole", self.ADDRESS + "/32"], capture_output=True)

    def vanish(self):
        self.ip("route", "add", "blackhole", self.ADDRESS + "/32")
        self.ip("address", "del", self.ADDRESS + "/32", "dev", "lo")

    def sending(self, script, kubeconfig=None):
        """A program in the pod to which somebody sends without end."""
        env = {**os.environ, **({"KUBECONFIG": str(kubeconfig)} if kubeconfig else {})}
        process = subprocess.Popen(
            [TOOL, "-n", self.namespace, "exec", "-i", "demo", "--", "sh", "-c", script], env=env, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )

        def feed():
            with contextlib.suppress(OSError):
                while True:
                    process.stdin.write(bytes(1 << 16))

        feeder = threading.Thread(target=feed)
        feeder.start()

        def end():
            if process.poll() is None:
                process.kill()
            process.wait()
            feeder.join()
            process.stderr.close()
            with contextlib.suppress(OSError):
                process.stdin.close()

        self.addCleanup(end)
        return process

    def test_it_is_found_within_the_limit_while_a_deaf_program_is_left_alone(self):
        begun = time.monotonic()
        deaf = self.sending("echo > deaf; until [ -e enough ]; do sleep 0.2; done; exit 5")
        with self.api_server_that_can_vanish() as kubeconfig:
            upload = self.sending("echo > uploading; cat > /dev/null", kubeconfig)
            port = self.serve(Swallow)
            _, (local,) = self.session(port, env={"KUBECONFIG": str(kubeconfig)})
            forwarded = socket.create_connection(("127.0.0.1", local))
            self.addCleanup(forwarded.close)
            forwarded.settimeout(120)
            folder = self.directory(self.head)
            eventually(lambda: (folder / "uploading").exists() and (folder / "deaf").exists())
            feeder = threading.Thread(target=self.feed_until_it_breaks, args=(forwarded,))
            feeder.start()
            eventually(lambda: Swallow.received > 1 << 20)
            self.vanish()
            since = time.monotonic()
            self.assertEqual(upload.wait(120), 1)
            took = time.monotonic() - since
            text = upload.stderr.read().decode()
            self.assertIn("lost", text)
            self.assertGreater(took, 45, text)
            self.assertLess(took, 95, text)
            feeder.join(120 - took)
            self.assertFalse(feeder.is_alive(), "the forwarded connection")
            self.assertLess(time.monotonic() - since, 95)
        # Longer than it took to find the other one.
        self.assertIsNone(deaf.poll(), "a program that does not read is healthy")
        with contextlib.suppress(subprocess.TimeoutExpired):
            deaf.wait(max(0, 100 - (time.monotonic() - begun)))
        self.assertIsNone(deaf.poll(), "a program that does not read is healthy")
        (folder / "enough").touch()
        self.assertEqual(deaf.wait(20), 5)

    @staticmethod
    def feed_until_it_breaks(connection):
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(bytes(1 << 16))


class Swallow(socketserver.BaseRequestHandler):
    """Reads everything, and counts."""

    received = 0

    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(1 << 20):
                Swallow.received += len(data)


if __name__ == "__main__":
    unittest.main()
