"""Measuring commands side by side, and filling an API server with RayClusters."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import ssl
import statistics
import subprocess
import threading

LAB = pathlib.Path(os.environ["LAB_DATA"])
TOOL, KUBECTL = os.environ["KUBECTL_RAY"], os.environ["KUBECTL"]
EMPTY = str(LAB / "empty")
PLAYGROUND = pathlib.Path(TOOL).parents[1] / "examples" / "playground" / "playground"


class Sample:
    """Median and best wall time in milliseconds and largest peak memory in MiB of several runs of one command."""

    def __init__(self, walls, peaks):
        self.ms, self.best_ms, self.mib = statistics.median(walls) / 1000, min(walls) / 1000, max(peaks) / 1024


def side_by_side(runs, **commands):
    """Runs every command `runs` times, taking turns so that a busy moment hits all; returns a Sample for each."""
    walls, peaks = {name: [] for name in commands}, {name: [] for name in commands}
    for _ in range(runs):
        for name, words in commands.items():
            done = subprocess.run([LAB / "measure", *map(str, words)], capture_output=True, text=True, check=True)
            wall, peak, status = map(int, done.stdout.split())
            if status != 0:
                raise AssertionError(f"{words} ended with {status}: {done.stderr}")
            walls[name].append(wall)
            peaks[name].append(peak)
    return {name: Sample(walls[name], peaks[name]) for name in commands}


def holds(check, tries=3):
    """Noise only ever adds time, so a limit holds when one of a few tries meets it."""
    for left in reversed(range(tries)):
        try:
            return check()
        except AssertionError:
            if left == 0:
                raise


def curl(path, *more):
    # The server prints prettily, 2.7 times the bytes, for the user agents of curl and browsers.
    return [
        "curl", "-sf", "-A", "floor/1", "--compressed", "--cacert", LAB / "ca.crt", "--cert", LAB / "admin.crt", "--key",
        LAB / "admin.key", "-o", "/dev/null", "https://127.0.0.1:16443" + path, *more,
    ]


def cluster(name, namespace):
    """A RayCluster as `create cluster` makes it."""
    shown = subprocess.run(
        [TOOL, "-n", namespace, "create", "cluster", name, "--dry-run"], capture_output=True, text=True, check=True
    ).stdout
    converted = subprocess.run(
        [KUBECTL, "create", "--dry-run=client", "-o", "json", "-f", "-"], input=shown, capture_output=True, text=True, check=True
    ).stdout
    return json.loads(converted)


def fill(namespace, count):
    """Creates `count` RayClusters over a few keep-alive connections."""
    subprocess.run([KUBECTL, "create", "namespace", namespace], check=True, stdout=subprocess.DEVNULL)
    trust = ssl.create_default_context(cafile=LAB / "ca.crt")
    trust.load_cert_chain(LAB / "admin.crt", LAB / "admin.key")
    model = cluster("model", namespace)
    local, connections = threading.local(), []

    def create(number):
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPSConnection("127.0.0.1", 16443, context=trust)
            connections.append(local.connection)
        made = {**model, "metadata": {"name": f"cluster-{number:05}", "namespace": namespace, "labels": {"team": "bench"}}}
        local.connection.request(
            "POST", f"/apis/ray.io/v1/namespaces/{namespace}/rayclusters", json.dumps(made), {"Content-Type": "application/json"}
        )
        answer = local.connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            raise AssertionError(body.decode())

    with concurrent.futures.ThreadPoolExecutor(8) as workers:
        for _ in workers.map(create, range(count)):
            pass
    for connection in connections:
        connection.close()
