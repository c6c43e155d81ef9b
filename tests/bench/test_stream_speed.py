"""The targets for exec, port-forward and log download, as ratios to kubectl in the same minutes."""
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from fault_proxy import FaultProxy  # noqa: E402
from support import KUBECTL, LAB, TOOL, holds, side_by_side  # noqa: E402

TARGET = ("10.0.255.1", 8265)  # where the lab's kubelet connects port-forwards to
FAULT_PROXY = pathlib.Path(KUBECTL).parent / "toxiproxy"
NAMESPACE = "streams"
PODS = 16


def told(name, **values):
    print(f"    {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in values.items()), flush=True)


def kubectl(*words):
    return subprocess.run([KUBECTL, *words], capture_output=True, text=True, check=True).stdout


class Peer:
    """What listens in the pods. The first byte of a connection says what is wanted: b: a stream of bytes, e: an echo."""

    def __init__(self):
        self.listener = socket.create_server(TARGET, backlog=512)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def serve(connection):
        with connection:
            try:
                what = connection.recv(1)
                if what == b"b":
                    piece = bytes(1 << 20)
                    for _ in range(256):
                        connection.sendall(piece)
                while what == b"e" and (data := connection.recv(4096)):
                    connection.sendall(data)
            except OSError:
                pass


def connect(port, what):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(what)
    return connection


def throughput(port):
    """MB/s of one connection that receives 268 MB."""
    start, received, buffer = time.monotonic(), 0, bytearray(1 << 20)
    with connect(port, b"b") as connection:
        while count := connection.recv_into(buffer):
            received += count
    if received != 256 << 20:
        raise AssertionError(f"{received} bytes came")
    return received / 1e6 / (time.monotonic() - start)


def round_trip(port):
    """Median milliseconds from a byte sent to its echo."""
    times = []
    with connect(port, b"e") as connection:
        for _ in range(1000):
            start = time.monotonic()
            connection.sendall(b"x")
            connection.recv(1)
            times.append(time.monotonic() - start)
    return statistics.median(times) * 1000


def new_connections(port):
    """Connections per second, one after the other, each with one round trip."""
    start = time.monotonic()
    for _ in range(500):
        with connect(port, b"ex") as connection:
            if connection.recv(1) != b"x":
                raise AssertionError("no echo")
    return 500 / (time.monotonic() - start)


class Forward:
    """A program that forwards a local port, once it takes connections; with the peak of its memory."""

    def __init__(self, port, *words):
        self.port = port
        self.process = subprocess.Popen(
            [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        # Both say on which port they listen, once they do.
        if not any(f":{port}" in line for line in self.process.stdout):
            raise AssertionError(self.process.communicate()[1])
        self.rest = threading.Thread(target=lambda: [None for _ in self.process.stdout])
        self.rest.start()
        round_trip(port)

    def end(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
        self.process.send_signal(2)
        self.process.wait(20)
        self.rest.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return peak


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kubectl("create", "namespace", NAMESPACE)
        subprocess.run(
            [TOOL, "-n", NAMESPACE, "create", "cluster", "bench", "--worker-replicas", str(PODS - 1), "--wait", "--timeout", "2m"], check=True,
            capture_output=True,
        )
        pods = json.loads(kubectl("-n", NAMESPACE, "get", "pods", "-l", "ray.io/cluster=bench", "-o", "json"))["items"]
        cls.pods = [(pod["metadata"]["name"], pod["spec"]["containers"][0]["name"]) for pod in pods]
        cls.head = next(pod["metadata"]["name"] for pod in pods if pod["metadata"]["labels"]["ray.io/node-type"] == "head")
        if len(cls.pods) != PODS:
            raise AssertionError(cls.pods)
        cls.peer = Peer()

    @classmethod
    def tearDownClass(cls):
        cls.peer.listener.close()
        kubectl("delete", "namespace", NAMESPACE)

    @classmethod
    def place(cls, pod, container):
        folder = LAB / "pods" / NAMESPACE / pod / container
        (folder / "tmp/ray/session_latest/logs").mkdir(parents=True, exist_ok=True)
        return folder

    def fill(self, log_bytes, file_bytes):
        """Gives every pod a container log and Ray files of about so many bytes."""
        line = "2026-01-01T00:00:00.000000000Z stdout F " + "x" * 200 + "\n"
        for pod, container in self.pods:
            folder = self.place(pod, container)
            (folder / "log").write_text(line * (log_bytes // 200))
            logs = folder / "tmp/ray/session_latest/logs"
            for number in range(4):
                (logs / f"worker-{number}.out").write_bytes(os.urandom(file_bytes // 4))

    def test_1_exec(self):
        big = self.place(*next(entry for entry in self.pods if entry[0] == self.head)) / "big"
        with big.open("wb") as file:
            for _ in range(400):
                file.write(os.urandom(1_000_000))

        def check():
            seen = side_by_side(
                3, ours=[TOOL, "-n", NAMESPACE, "exec", "bench", "--", "cat", "big"],
                kubectl=[KUBECTL, "-n", NAMESPACE, "exec", self.head, "--", "cat", "big"],
            )
            told("exec of 400 MB", ms=seen["ours"].ms, kubectl_ms=seen["kubectl"].ms, mib=seen["ours"].mib, kubectl_mib=seen["kubectl"].mib)
            self.assertLess(seen["ours"].ms, 1.0 * seen["kubectl"].ms)
            self.assertLess(seen["ours"].mib, 16)

        holds(check)
        big.unlink()

    def test_2_port_forward(self):
        """Each figure on its own: a busy moment that spoils one of them says nothing about the others."""
        ours = Forward(18265, TOOL, "-n", NAMESPACE, "session", "bench", "--port", "18265:8265")
        theirs = Forward(28265, KUBECTL, "-n", NAMESPACE, "port-forward", f"pod/{self.head}", "28265:8265")

        def compared(name, measure, ratio_holds):
            def check():
                taken = [(measure(18265), measure(28265)) for _ in range(3)]
                mine, other = (statistics.median(side) for side in zip(*taken))
                told(f"port-forward, {name}", ours=mine, kubectl=other)
                self.assertTrue(ratio_holds(mine / other), f"{name}: {mine:.2f} and {other:.2f}")

            holds(check)

        try:
            compared("MB/s", throughput, lambda ratio: ratio > 1.0)
            compared("round trip in ms", round_trip, lambda ratio: ratio < 0.95)
            compared("new connections/s", new_connections, lambda ratio: ratio > 1.2)
        finally:
            peak, their_peak = ours.end(), theirs.end()
        told("port-forward, MiB", ours=peak, kubectl=their_peak)
        self.assertLess(peak, 0.25 * their_peak)

    def download(self, name, runs, ratio, kubeconfig=None):
        """Our download of all pods against a loop over them, as a person writes it in a shell."""
        loop = "".join(
            f'mkdir -p "$to/{pod}"; "$kubectl" -n {NAMESPACE} logs {pod} > "$to/{pod}/stdout.log"; "$kubectl" -n {NAMESPACE} exec {pod} -- '
            f'tar --warning=no-file-changed -cf - -C /tmp/ray/session_latest/logs/ . | tar -xf - -C "$to/{pod}"; ' for pod, _ in self.pods
        )
        configured = ["--kubeconfig", kubeconfig] if kubeconfig else []
        environment = f'export KUBECONFIG="{kubeconfig}"; ' if kubeconfig else ""

        def check():
            with tempfile.TemporaryDirectory(dir=LAB) as folder:
                pathlib.Path(folder, "ours").mkdir()
                seen = side_by_side(
                    runs, ours=[TOOL, *configured, "-n", NAMESPACE, "log", "bench", "--out-dir", f"{folder}/ours"],
                    loop=["bash", "-c", f'{environment}kubectl={KUBECTL}; to={folder}/loop; {loop}'],
                )
                told(name, ms=seen["ours"].ms, loop_ms=seen["loop"].ms, mib=seen["ours"].mib)
                for pod, _ in self.pods:
                    for file in pathlib.Path(folder, "loop", pod).iterdir():
                        self.assertEqual(pathlib.Path(folder, "ours", pod, file.name).read_bytes(), file.read_bytes(), file)
                self.assertLess(seen["ours"].ms, ratio * seen["loop"].ms)
                self.assertLess(seen["ours"].mib, 32)

        holds(check)

    def test_3_log_download(self):
        self.fill(20_000_000, 20_000_000)
        self.download("log, 16 pods x 20 MB and as much of Ray's files", 2, 0.8)

    def test_4_log_download_far_away(self):
        config = json.loads(kubectl("config", "view", "--raw", "-o", "json"))
        with tempfile.TemporaryDirectory() as folder, FaultProxy(FAULT_PROXY, 26443, "127.0.0.1:16443") as proxy:
            for stream in ("upstream", "downstream"):
                proxy.add("latency", stream, latency=10)
            far = proxy.kubeconfig(config, folder)
            self.fill(100_000, 20_000_000)
            self.download("log, 16 pods x 20 MB, 20 ms away", 1, 0.6, far)
            self.fill(50_000, 50_000)
            self.download("log, 16 pods x 100 kB, 20 ms away", 3, 0.2, far)


if __name__ == "__main__":
    unittest.main()
