"""A person who may little: what works with it does, and what does not says what is missing."""
import json
import unittest

from streaming import Pages, StreamTest, fetch

READ = [
    {"apiGroups": [""], "resources": ["pods", "services", "pods/log"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": ["ray.io"], "resources": ["rayclusters"], "verbs": ["get", "list", "watch"]},
]
# No `get`: a WebSocket, which is a GET, is refused.
CREATE = [{"apiGroups": [""], "resources": ["pods/exec", "pods/portforward"], "verbs": ["create"]}]


class Rights(StreamTest):
    def person(self, name, rules):
        objects = [
            {"kind": "Role", "metadata": {"name": name}, "rules": rules},
            {"kind": "RoleBinding", "metadata": {"name": name},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
             "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}]},
        ]
        for each in objects:
            each["apiVersion"] = "rbac.authorization.k8s.io/v1"
            self.kubectl("apply", "-f", "-", stdin=json.dumps(each))
        return ("--as", name)

    def test_create_alone_is_enough_for_exec_and_cp(self):
        limited = self.person("creator", READ + CREATE)
        done = self.good_ray("exec", "demo", *limited, "-v", "6", "--", "sh", "-c", "echo out; echo err >&2")
        self.assertEqual(done.out, "out\n")
        self.assertIn("err\n", done.err)
        self.assertRegex(done.err, r"GET \S+/exec\?", "the WebSocket was tried, and refused")
        self.assertRegex(done.err, r"POST \S+/exec\?")
        done = self.good_ray("exec", "-i", "demo", *limited, "--", "wc", "-c", stdin="x" * 100000)
        self.assertEqual(done.out.strip(), "100000")
        self.assertEqual(self.ray("exec", "demo", *limited, "--", "sh", "-c", "exit 7").code, 7)
        self.fault("exec-cut", after_bytes=1000)
        done = self.ray("exec", "demo", *limited, "--", "head", "-c", "1000000", "/dev/zero")
        self.assertEqual(done.code, 1, "a cut is an error here too")
        (self.folder / "file").write_text("content")
        self.good_ray("cp", self.folder / "file", "demo:file", *limited)
        self.good_ray("cp", "demo:file", self.folder / "back", *limited)
        self.assertEqual((self.folder / "back").read_text(), "content")

    def test_create_alone_is_enough_for_a_session(self):
        limited = self.person("creator", READ + CREATE)
        running, (local,) = self.session(self.serve(Pages), words=limited)
        for number in range(20):
            self.assertEqual(fetch(f"http://127.0.0.1:{local}/{number}"), b"page /%d" % number)
        self.assertEqual(running.end(), 130, running.text())

    def test_what_is_forbidden_ends_it_at_once_and_is_named(self):
        limited = self.person("reader", READ[1:])
        cases = (
            (("exec", "demo", *limited, "--", "true"), "pods"),
            (("session", "demo", *limited, "--port", "0:8265", "--port", "0:10001"), "services"),
            (("dashboard", "demo", *limited, "--no-open", "--port", "0"), "services"),
            (("log", "demo", *limited, "--out-dir", self.folder), "pods"),
            (("log", "demo", *limited, "-f"), "pods"),
        )
        for words, what in cases:
            done = self.ray(*words, timeout=20)
            self.assertEqual((done.code, done.out), (1, ""), (words, done))
            self.assertRegex(done.err, rf'Error: .*User "reader" cannot (get|list|watch) resource "{what}"')
        limited = self.person("looker", READ)
        for words, what in (
            (("exec", "demo", *limited, "--", "true"), "pods/exec"),
            (("session", "demo", *limited, "--port", "0:8265", "--port", "0:10001"), "pods/portforward"),
        ):
            done = self.ray(*words, timeout=20)
            self.assertEqual(done.code, 1, (words, done))
            self.assertRegex(done.err, rf'Error: .*cannot (get|create) resource "{what}"', words)


if __name__ == "__main__":
    unittest.main()
