"""What the tests of streams share: a cluster whose pods are folders, servers behind its ports, a proxy with faults."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import socketserver
import subprocess
import threading
import time
import urllib.request

from fault_proxy import FaultProxy
from support import LAB, TOOL, LabTest
from waiting import eventually

POD_ADDRESS = os.environ.get("LAB_PORT_TARGET", "10.0.255.1")  # where a port of a pod leads to
BIN = pathlib.Path(os.environ.get("LAB_BIN") or pathlib.Path(os.environ["KUBECTL"]).parent)


RAY = pathlib.Path(__file__).parent / "lab" / "ray.sh"


@contextlib.contextmanager
def real_ray(version="2.60.0"):
    """A real Ray head behind port 8265 of every head pod."""
    subprocess.run([RAY, "start", version], check=True, timeout=120)
    try:
        yield
    finally:
        subprocess.run([RAY, "stop"], check=True, timeout=60)


def fetch(url, data=None, timeout=30):
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=timeout) as answer:
        return answer.read()


class Running:
    """A command under way; its output is collected while it runs."""

    def __init__(self, *words, env=None):
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, **(env or {})},
        )
        self.out, self.err = [], []
        self.printed, self.outputs = threading.Condition(), 2
        self.readers = [
            threading.Thread(target=self.collect, args=(stream, into))
            for stream, into in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for reader in self.readers:
            reader.start()

    def collect(self, stream, into):
        for line in stream:
            with self.printed:
                into.append(line)
                self.printed.notify_all()
        with self.printed:
            self.outputs -= 1
            self.printed.notify_all()

    def until(self, what, limit=30.0):
        """Waits until `what` returns something true of the lines printed so far, and returns that."""
        with self.printed:
            self.printed.wait_for(lambda: what() or not self.outputs, limit)
            found = what()
        if not found:
            raise AssertionError(f"not printed within {limit} s, or before its end:\n{self.text()}")
        return found

    def text(self):
        return "".join(self.out) + "\n--- stderr\n" + "".join(self.err)

    def end(self, number=signal.SIGINT, limit=10):
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(limit)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            for reader in self.readers:
                reader.join()
            self.process.stdout.close()
            self.process.stderr.close()
        return self.process.returncode


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"page " + self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 512


class StreamTest(LabTest):
    """A test with a cluster `demo` of one head and one worker, whose pods' folders it can look into."""

    def setUp(self):
        super().setUp()
        self.good_ray("create", "cluster", "demo", "--worker-replicas", "1", "--wait", "--timeout", "60s")
        self.head = self.pod("head")

    def pod(self, node_type):
        found = self.kubectl(
            "get", "pods", "-l", f"ray.io/cluster=demo,ray.io/node-type={node_type}", "-o",
            "jsonpath={range .items[?(@.status.phase=='Running')]}{.metadata.name} {.metadata.deletionTimestamp}{'\\n'}{end}",
        )
        names = [line.strip() for line in found.splitlines() if line.strip() and len(line.split()) == 1]
        self.assertTrue(names, f"no {node_type} pod")
        return names[0]

    def directory(self, pod, container="ray-head"):
        return LAB / "pods" / self.namespace / pod / container

    def fault(self, kind, pod=None, **more):
        body = json.dumps({"kind": kind, "pod": pod or self.head, **more}).encode()
        fetch("http://127.0.0.1:10248/fault", body)

    def serve(self, handler, port=0):
        """A server that a port of every pod leads to; returns the port."""
        server = eventually(lambda: Server((POD_ADDRESS, port), handler))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def free_port(self):
        with socket.socket() as probe:
            probe.bind((POD_ADDRESS, 0))
            return probe.getsockname()[1]

    def start(self, *words, **more):
        running = Running(TOOL, "-n", self.namespace, *words, **more)
        self.addCleanup(running.end, signal.SIGKILL)
        return running

    def session(self, *ports, words=(), **more):
        """Starts a session that forwards these ports of the head; returns it and the local ports."""
        flags = [word for port in ports for word in ("--port", f"0:{port}")]
        running = self.start("session", "demo", "--port", "0:8265", "--port", "0:10001", *flags, *words, **more)

        def local(port):
            found = re.search(rf"^Port {port}: localhost:(\d+)$", "".join(running.out), re.M)
            return int(found.group(1)) if found else None

        return running, [running.until(lambda port=port: local(port)) for port in ports]


def log_lines(path, numbers):
    """Appends lines to the log of a container, as its runtime does."""
    with open(path, "a") as file:
        for number in numbers:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{time.time_ns() % 10**9:09}Z"
            file.write(f"{stamp} stdout F line {number}\n")


@contextlib.contextmanager
def small_disk(path, options="size=1m"):
    """A file system of 1 MB, or one that cannot be written."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


def through(test, port):
    """A kubeconfig whose API server is behind this local port."""
    def change(config):
        for cluster in config["clusters"]:
            cluster["cluster"]["server"] = f"https://127.0.0.1:{port}"

    return test.kubeconfig(change)


def free_local_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy(FaultProxy):
    """The fault proxy between client and API server; `env` leads a command through it."""

    def __init__(self, test):
        super().__init__(BIN / "toxiproxy", free_local_port(), "127.0.0.1:16443", free_local_port())
        self.env = {"KUBECONFIG": str(through(test, self.port))}

    @contextlib.contextmanager
    def toxic(self, kind, **attributes):
        self.add(kind, **attributes)
        try:
            yield
        finally:
            self.remove(kind)
