"""Every way to the real API server: certificates, tokens, exec plugins, proxies; and what is said when it fails."""
import contextlib
import json
import os
import pathlib
import socket
import stat
import threading
import unittest

from support import LAB, LabTest, run, TOOL


class ConnectProxy:
    """A small CONNECT proxy on loopback; counts tunnels, or refuses them all."""

    def __init__(self, refuse=False):
        self.refuse, self.tunnels, self.seen = refuse, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.tunnel, args=(client,), daemon=True).start()

    def tunnel(self, client):
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            self.seen.append(head.decode())
            if self.refuse:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            host, port = head.split()[1].decode().rsplit(":", 1)
            with socket.create_connection((host.strip("[]"), int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.tunnels += 1
                back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
                back.start()
                self.copy(client, server)
                back.join(20)

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()


class Access(LabTest):
    def test_client_certificate_and_token(self):
        for context in ("lab", "lab-token"):
            with self.subTest(context=context):
                done = self.good_ray("--context", context, "get", "cluster")
                self.assertEqual(done.out, "")
                self.assertIn("No Ray clusters", done.err)

    def test_flags_replace_the_kubeconfig(self):
        done = run(
            TOOL, "--kubeconfig", os.devnull, "--server", "https://127.0.0.1:16443", "--certificate-authority", LAB / "ca.crt",
            "--token", "lab-token", "-n", self.namespace, "get", "cluster",
        )
        self.assertEqual(done.code, 0, done)
        insecure = run(
            TOOL, "--kubeconfig", os.devnull, "-s", "https://127.0.0.1:16443", "--insecure-skip-tls-verify", "--client-certificate",
            LAB / "admin.crt", "--client-key", LAB / "admin.key", "-n", self.namespace, "get", "cluster",
        )
        self.assertEqual(insecure.code, 0, insecure)

    def test_exec_plugin(self):
        plugin = self.folder / "credential"
        plugin.write_text(
            "#!/bin/sh\necho run >> \"$(dirname \"$0\")/runs\"\n"
            'echo \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"lab-token"}}\'\n'
        )
        plugin.chmod(0o755)

        def change(config):
            config["users"].append({"name": "plugin", "user": {"exec": {
                "apiVersion": "client.authentication.k8s.io/v1", "command": "./credential", "interactiveMode": "Never"}}})
            config["contexts"][0]["context"]["user"] = "plugin"

        path = self.kubeconfig(change)
        done = self.good_ray("--kubeconfig", path, "get", "cluster")
        self.assertEqual((self.folder / "runs").read_text(), "run\n", done)
        plugin.write_text("#!/bin/sh\necho no luck >&2\nexit 3\n")
        failed = self.ray("--kubeconfig", path, "get", "cluster")
        self.assertEqual((failed.code, failed.out), (1, ""), failed)
        self.assertIn("no luck", failed.err)
        self.assertIn("credential", failed.err)

    def test_proxy(self):
        proxy = ConnectProxy()
        self.addCleanup(proxy.close)
        path = self.kubeconfig(lambda config: config["clusters"][0]["cluster"].update({"proxy-url": f"http://me:secret@127.0.0.1:{proxy.port}"}))
        self.good_ray("--kubeconfig", path, "get", "cluster")
        self.assertEqual(proxy.tunnels, 1)
        self.assertIn("Proxy-Authorization: Basic bWU6c2VjcmV0", proxy.seen[0])

    def test_a_proxy_that_refuses(self):
        proxy = ConnectProxy(refuse=True)
        self.addCleanup(proxy.close)
        path = self.kubeconfig(lambda config: config["clusters"][0]["cluster"].update({"proxy-url": f"http://me:secret@127.0.0.1:{proxy.port}"}))
        done = self.ray("--kubeconfig", path, "get", "cluster")
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertIn("403", done.err)
        self.assertIn("proxy", done.err)
        self.assertNotIn("secret", done.err)

    def test_impersonation_without_rights(self):
        done = self.ray("--as", "nobody-special", "get", "cluster")
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertIn("nobody-special", done.err)
        self.assertIn("rayclusters", done.err)

    def test_wrong_certificate_authority_and_host(self):
        other = self.folder / "other.crt"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "other.key", "-out", other, "-days", "1", "-subj", "/CN=other")
        done = self.ray("--certificate-authority", other, "get", "cluster")
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertIn("certificate", done.err)
        named = self.ray("--tls-server-name", "wrong.example", "get", "cluster")
        self.assertEqual((named.code, named.out), (1, ""), named)
        self.assertIn("wrong.example", named.err)

    def test_nobody_listens(self):
        done = self.ray("--server", "https://127.0.0.1:9", "get", "cluster")
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertIn("127.0.0.1:9", done.err)

    def test_a_server_that_hangs_meets_the_deadline(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            done = self.ray("--server", f"http://127.0.0.1:{port}", "--request-timeout", "1s", "get", "cluster")
        self.assertEqual((done.code, done.out), (124, ""), done)

    def test_wrong_token(self):
        done = self.ray("--context", "lab-token", "--token", "wrong", "get", "cluster")
        self.assertEqual((done.code, done.out), (1, ""), done)
        self.assertNotIn("wrong", done.err)


if __name__ == "__main__":
    unittest.main()
