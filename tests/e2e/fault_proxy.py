"""TCP proxies between a client and the API server: slow, cut, or silent (toxiproxy); impatient with idle connections."""
import json
import pathlib
import select
import socket
import subprocess
import threading
import time
import urllib.request

from waiting import eventually


class FaultProxy:
    """Listens on `port` and passes on to `upstream`; a context manager. `add` and `remove` change what goes wrong."""

    def __init__(self, program, port, upstream, control=18474):
        self.port, self.upstream, self.base = port, upstream, f"http://127.0.0.1:{control}"
        self.command = [str(program), "-host", "127.0.0.1", "-port", str(control)]
        self.control = control

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: self.request("GET", "/version"), 10)
        except AssertionError:
            self.process.kill()
            raise
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


class IdleProxy:
    """Passes on to `upstream`, and cuts every connection on which nothing moved for `limit` seconds, as the proxies before
    many API servers do. `cuts` counts."""

    def __init__(self, upstream, limit, address="127.0.0.1"):
        self.upstream, self.limit, self.cuts, self.ends = upstream, limit, 0, False
        self.listener = socket.create_server((address, 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self.carry, args=(client,)))
            self.threads[-1].start()

    def carry(self, client):
        with client, socket.create_connection(self.upstream) as server:
            other, moved = {client: server, server: client}, time.monotonic()
            while other and not self.ends:
                for side in select.select(list(other), [], [], 0.1)[0]:
                    moved = time.monotonic()
                    try:
                        data = side.recv(65536)
                        other[side].sendall(data)
                        if not data:
                            other.pop(side).shutdown(socket.SHUT_WR)
                    except OSError:
                        return
                if time.monotonic() - moved > self.limit:
                    self.cuts += 1
                    return
