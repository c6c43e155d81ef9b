"""Ports of pods: session, dashboard, on a real API server and kubelet code, with faults in between."""
import asyncio
import re
import socket
import subprocess
import time
import unittest

from pathlib import Path
from streaming import Echo, Pages, Proxy, StreamTest, eventually, fetch

RESTART = Path(__file__).parent / "lab" / "restart.sh"


async def echo(port, text):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    await writer.drain()
    got = await reader.readexactly(len(text))
    writer.close()
    return got == text


async def echoes(port, count):
    texts = [b"%05d" % number * 200 for number in range(count)]
    return await asyncio.wait_for(asyncio.gather(*(echo(port, text) for text in texts)), 60)


class Session(StreamTest):
    def answers(self, port):
        return fetch(f"http://127.0.0.1:{port}/x", timeout=5) == b"page /x"

    def test_http_goes_through(self):
        running, (local,) = self.session(self.serve(Pages))
        for number in range(20):
            self.assertEqual(fetch(f"http://localhost:{local}/{number}"), b"page /%d" % number)
        shown = "".join(running.out)
        self.assertRegex(shown, r"http://localhost:\d+")
        self.assertRegex(shown, r"ray://localhost:\d+")
        begun = time.monotonic()
        self.assertEqual(running.end(), 130, running.text())
        self.assertLess(time.monotonic() - begun, 2)

    def test_a_thousand_connections_one_after_the_other_and_200_at_once(self):
        _, (local,) = self.session(self.serve(Echo))

        async def one_by_one():
            for number in range(1000):
                self.assertTrue(await echo(local, b"number %d" % number))

        asyncio.run(asyncio.wait_for(one_by_one(), 90))
        self.assertEqual(asyncio.run(echoes(local, 200)), [True] * 200)
        self.assertEqual(asyncio.run(echoes(local, 200)), [True] * 200, "and again: nothing is used up")

    def test_a_port_nobody_listens_on_ends_that_connection_only(self):
        good, closed = self.serve(Pages), self.free_port()
        running, (to_good, to_closed) = self.session(good, closed)
        self.assertTrue(self.answers(to_good))
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", to_closed), timeout=10) as refused:
                try:
                    self.assertEqual(refused.recv(1), b"", "ended without a byte")
                except ConnectionResetError:
                    pass  # an end as good
            self.assertTrue(self.answers(to_good))
        self.assertIn(str(closed), "".join(running.err))

    def test_a_lost_tunnel_is_made_again(self):
        running, (local,) = self.session(self.serve(Pages))
        self.assertTrue(self.answers(local))
        self.fault("portforward-cut", after_bytes=10)
        with self.assertRaises(OSError):
            fetch(f"http://127.0.0.1:{local}/x", timeout=10)
        begun = time.monotonic()
        eventually(lambda: self.answers(local))
        self.assertLess(time.monotonic() - begun, 5, running.text())
        eventually(lambda: "onnected again" in "".join(running.err))

    def test_a_new_head_pod_is_followed(self):
        running, (local,) = self.session(self.serve(Pages))
        self.assertTrue(self.answers(local))
        self.kubectl("delete", "pod", self.head, "--wait=false")
        new = eventually(lambda: next((pod for pod in [self.pod("head")] if pod != self.head), None))
        self.kubectl("wait", "pod", new, "--for=condition=Ready", "--timeout=60s")
        ready = time.monotonic()
        self.fault("portforward-cut", after_bytes=0)  # its kubelet ends what still leads to the old pod

        def answers_from_new():
            return self.answers(local) and f"pod {new}" in "".join(running.err)

        eventually(answers_from_new, 10)
        self.assertLess(time.monotonic() - ready, 5, running.text())

    def test_what_is_not_there_ends_it_at_once(self):
        begun = time.monotonic()
        done = self.ray("session", "nope")
        self.assertEqual(done.code, 1, done)
        self.assertIn("nope", done.err)
        self.assertLess(time.monotonic() - begun, 3)

    def test_dashboard_prints_its_url_once_it_answers(self):
        self.serve(Pages, 8265)
        running = self.start("dashboard", "demo", "--no-open", "--port", "0", "--timeout", "30s")
        url = eventually(lambda: re.search(r"^http://localhost:\d+$", "".join(running.out), re.M)).group()
        self.assertEqual(fetch(url + "/x"), b"page /x")
        self.assertEqual(running.end(), 130, running.text())


class SessionFaults(StreamTest):
    def test_a_slow_network_changes_nothing_but_time(self):
        with Proxy(self) as proxy, proxy.toxic("latency", latency=50, jitter=20):
            _, (local,) = self.session(self.serve(Pages), env=proxy.env)
            self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")

    def test_a_session_outlives_a_proxy_that_goes_away(self):
        with Proxy(self) as proxy:
            running, (local,) = self.session(self.serve(Pages), env=proxy.env)
            self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")
            proxy.enabled(False)
            with self.assertRaises(OSError):
                fetch(f"http://127.0.0.1:{local}/x", timeout=3)
            proxy.enabled(True)
            back = time.monotonic()
            eventually(lambda: fetch(f"http://127.0.0.1:{local}/x", timeout=3) == b"page /x")
            self.assertLess(time.monotonic() - back, 15, running.text())


class ServerRestarted(StreamTest):
    def test_a_session_goes_on(self):
        running, (local,) = self.session(self.serve(Pages))
        self.assertEqual(fetch(f"http://127.0.0.1:{local}/x"), b"page /x")
        subprocess.run([RESTART, "kube-apiserver"], check=True, timeout=120)
        eventually(lambda: self.kubectl("get", "--raw", "/readyz", scope=()), 60)
        ready = time.monotonic()
        eventually(lambda: fetch(f"http://127.0.0.1:{local}/x", timeout=3) == b"page /x", 60)
        self.assertLess(time.monotonic() - ready, 15, running.text())
        self.assertEqual(running.end(), 130, running.text())


if __name__ == "__main__":
    unittest.main()
