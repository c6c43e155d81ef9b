"""A TCP proxy between a client and the API server that can be slow, cut, or silent (toxiproxy)."""
import json
import pathlib
import socket
import subprocess
import time
import urllib.request


class FaultProxy:
    """Listens on `port` and passes on to `upstream`; a context manager. `add` and `remove` change what goes wrong."""

    def __init__(self, program, port, upstream, control=18474):
        self.port, self.upstream, self.base = port, upstream, f"http://127.0.0.1:{control}"
        self.command = [str(program), "-host", "127.0.0.1", "-port", str(control)]
        self.control = control

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.control)).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    self.process.kill()
                    raise
                time.sleep(0.05)
        self.request("POST", "/proxies", {"name": "api", "listen": f"127.0.0.1:{self.port}", "upstream": self.upstream, "enabled": True})
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def request(self, method, path, body=None):
        asked = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=10) as answer:
            return answer.read()

    def add(self, kind, stream="downstream", toxicity=1.0, **attributes):
        """A toxic of the kinds that toxiproxy knows: latency, bandwidth, slow_close, timeout, reset_peer, limit_data."""
        self.request("POST", "/proxies/api/toxics", {
            "name": f"{kind}-{stream}", "type": kind, "stream": stream, "toxicity": toxicity, "attributes": attributes,
        })

    def remove(self, kind, stream="downstream"):
        self.request("DELETE", f"/proxies/api/toxics/{kind}-{stream}")

    def enabled(self, on):
        """Off: every connection is closed, and new ones are refused."""
        self.request("POST", "/proxies/api", {"enabled": on})

    def kubeconfig(self, original, folder):
        """A copy of a kubeconfig, given as the parsed JSON of kubectl, that goes through the proxy; returns its path."""
        config = json.loads(json.dumps(original))
        for entry in config["clusters"]:
            entry["cluster"]["server"] = f"https://127.0.0.1:{self.port}"
        path = pathlib.Path(folder, f"kubeconfig-through-{self.port}")
        path.write_text(json.dumps(config))
        return path
