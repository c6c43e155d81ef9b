"""An HTTP proxy before a Ray head that refuses, cuts and loses what a test names."""
import select
import socket
import socketserver
import threading


class Lie:
    """What becomes of the next `times` requests that begin so ("POST /api/jobs/")."""

    def __init__(self, request, times=1, status=None, body="", up=None, down=None):
        self.request, self.times, self.status, self.body = request.encode(), times, status, body.encode()
        self.up, self.down = up, down  # bytes let through in that direction before the connection ends


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(self.server.upstream) as head:
            left = {self.request: None, head: None}  # bytes that may still go to that end
            while True:
                ready, _, _ = select.select([self.request, head], [], [], 300)
                for source in ready:
                    sink = head if source is self.request else self.request
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is self.request and (lie := self.server.lie_for(data)):
                        if lie.status:
                            self.request.sendall(
                                b"HTTP/1.1 %d No\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
                                % (lie.status, len(lie.body), lie.body)
                            )
                            continue
                        left[head], left[self.request] = lie.up, lie.down
                    if left[sink] is not None:
                        data, left[sink] = data[:left[sink]], left[sink] - len(data)
                    sink.sendall(data)
                    if left[sink] is not None and left[sink] <= 0:
                        return


class LyingProxy(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), Connection)
        self.upstream, self.lies, self.seen = upstream, [], []
        self.lock = threading.Lock()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def lie(self, *words, **more):
        with self.lock:
            self.lies.append(Lie(*words, **more))

    def lie_for(self, data):
        line = data.split(b"\r\n", 1)[0]
        if not line.endswith(b" HTTP/1.1"):
            return None
        with self.lock:
            self.seen.append(line.decode().removesuffix(" HTTP/1.1"))
            for lie in self.lies:
                if line.startswith(lie.request) and lie.times > 0:
                    lie.times -= 1
                    return lie
        return None

    def handle_error(self, request, client_address):
        pass  # a connection that a side has reset

    def stop(self):
        self.shutdown()
        self.server_close()
