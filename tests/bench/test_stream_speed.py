"""The targets for exec, port-forward and log download, as ratios to kubectl in the same minutes."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from fault_proxy import FaultProxy  # noqa: E402
from support import KUBECTL, LAB, TOOL, holds, side_by_side  # noqa: E402

TARGET = ("10.0.255.1", "8265")  # where the lab's kubelet connects port-forwards to
FAULT_PROXY = pathlib.Path(KUBECTL).parent / "toxiproxy"
NAMESPACE = "streams"
PODS = 16


def told(name, **values):
    print(f"    {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in values.items()), flush=True)


def kubectl(*words):
    return subprocess.run([KUBECTL, *words], capture_output=True, text=True, check=True).stdout


def traffic(what, port):
    """One figure of the connections through a local port, from traffic.c."""
    return float(subprocess.run([LAB / "traffic", what, str(port)], capture_output=True, text=True, check=True).stdout)


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
        traffic("round-trip", port)

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
        cls.peer = subprocess.Popen([LAB / "traffic", "serve", *TARGET], stdout=subprocess.PIPE, text=True)
        if cls.peer.stdout.readline() != "listening\n":
            raise AssertionError("nothing listens in the pods")

    @classmethod
    def tearDownClass(cls):
        cls.peer.kill()
        cls.peer.wait()
        cls.peer.stdout.close()
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

        def compared(name, what, ratio_holds):
            def check():
                taken = [(traffic(what, 18265), traffic(what, 28265)) for _ in range(5)]
                mine, other = (statistics.median(side) for side in zip(*taken))
                told(f"port-forward, {name}", ours=mine, kubectl=other, ratio=mine / other)
                self.assertTrue(ratio_holds(mine / other), f"{name}: {mine:.2f} and {other:.2f}")

            holds(check, tries=5)

        try:
            # The targets are 1.2 and 2.0 (docs/benchmarks.md); the rest is room for a noisy machine.
            compared("MB/s", "throughput", lambda ratio: ratio > 1.1)
            compared("round trip in ms", "round-trip", lambda ratio: ratio < 0.9)
            compared("new connections/s", "connections", lambda ratio: ratio > 1.8)
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
