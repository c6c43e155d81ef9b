"""Ports of pods: session, dashboard, on a real API server and kubelet code, with faults in between."""
import asyncio
import os
import re
import socket
import subprocess
import time
import unittest

from pathlib import Path
from streaming import Echo, Pages, Proxy, StreamTest, eventually, fetch, free_local_port

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
        # Bytes that come do not interrupt the program they come for.
        eventually(lambda: os.sched_getscheduler(running.process.pid) == os.SCHED_BATCH)
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
        running.until(lambda: "onnected again" in "".join(running.err))

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
        url = running.until(lambda: re.search(r"^http://localhost:\d+$", "".join(running.out), re.M)).group()
        self.assertEqual(fetch(url + "/x"), b"page /x")
        self.assertEqual(running.end(), 130, running.text())


class Places(StreamTest):
    """Where a session listens, and how it says so."""

    def ports(self, running, count=2):
        lines = running.until(lambda: len(running.out) >= count and running.out[:count])
        return {line.split(": ", 1)[0]: line.split(": ", 1)[1].strip() for line in lines}

    def test_a_port_that_is_taken_is_replaced_and_that_is_said(self):
        self.serve(Pages, 8265)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            running = self.start("session", "demo", "--port", f"{port}:8265", "--port", "0:10001")
            url = self.ports(running)["Ray Dashboard"]
            self.assertNotIn(str(port), url)
            self.assertEqual(fetch(url + "/x"), b"page /x")
            said = [line for line in running.err if f"Port {port} is in use here" in line]
            self.assertEqual(len(said), 1, running.text())
            self.assertIn(url.rsplit(":")[-1], said[0])
            dashboard = self.start("dashboard", "demo", "--no-open", "--port", port)
            url = dashboard.until(lambda: dashboard.out and dashboard.out[0].strip())
            self.assertEqual(fetch(url + "/x"), b"page /x")
            self.assertIn(f"Port {port} is in use here", dashboard.text())

    def test_the_local_ports_that_are_asked_for_are_used(self):
        here, other, served = free_local_port(), free_local_port(), self.serve(Pages)
        running = self.start(
            "session", "demo", "-p", f"{here}:8265", "-p", f"{other}:{served}", "-p", "0:10001", "--address", "127.0.0.2"
        )
        ports = self.ports(running, 3)
        self.assertEqual(ports["Ray Dashboard"], f"http://127.0.0.2:{here}")
        self.assertEqual(ports[f"Port {served}"], f"127.0.0.2:{other}")
        self.assertEqual(fetch(f"http://127.0.0.2:{other}/x"), b"page /x")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", other))

    def test_both_loopback_addresses_are_listened_on(self):
        _, (local,) = self.session(self.serve(Pages))
        for host in ("127.0.0.1", "[::1]"):
            self.assertEqual(fetch(f"http://{host}:{local}/x"), b"page /x")

    def test_an_address_of_another_machine_is_an_error(self):
        done = self.ray("session", "demo", "--address", "192.0.2.1")
        self.assertEqual(done.code, 1, done)
        self.assertIn("192.0.2.1:8265", done.err)

    def test_a_cluster_with_tokens_says_where_they_are_asked_for_and_how_to_see_one(self):
        self.good_ray("create", "cluster", "locked", "--auth", "token", "--worker-replicas", "0", "--wait", "--timeout", "60s")
        running = self.start("session", "locked", "--port", "0:8265", "--port", "0:10001")
        url = self.ports(running)["Ray Dashboard"]
        said = running.until(lambda: [line for line in running.err if "asks for a token" in line])
        self.assertIn(url, said[0])
        self.assertIn(f"kubectl ray get token locked -n {self.namespace}", said[0])
        self.assertTrue(self.good_ray("get", "token", "locked").out)

    def test_an_interrupt_closes_ports_and_connections(self):
        running, (local,) = self.session(self.serve(Echo))
        with socket.create_connection(("127.0.0.1", local)) as open_one:
            open_one.sendall(b"there?")
            self.assertEqual(open_one.recv(6, socket.MSG_WAITALL), b"there?")
            begun = time.monotonic()
            self.assertEqual(running.end(), 130, running.text())
            self.assertLess(time.monotonic() - begun, 2)
            try:
                self.assertEqual(open_one.recv(1), b"")
            except ConnectionResetError:
                pass  # an end as good
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", local))
        self.assertEqual("".join(running.err), "", "an interrupt is no error")
        again = self.start("session", "demo", "--port", f"{local}:8265", "--port", "0:10001")
        self.assertEqual(self.ports(again)["Ray Dashboard"], f"http://localhost:{local}", "the port is free at once")


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
