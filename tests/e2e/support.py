"""What the end-to-end tests share: the tool, kubectl, a namespace for each test."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import uuid

TOOL = os.environ["KUBECTL_RAY"]
KUBECTL = os.environ["KUBECTL"]
LAB = pathlib.Path(os.environ["LAB_DATA"])


class Done:
    """A command that has ended."""

    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def run(*words, stdin="", env=None, timeout=120):
    return Done(subprocess.run(
        [str(word) for word in words], input=stdin, capture_output=True, text=True, timeout=timeout,
        env={**os.environ, **(env or {})},
    ))


class LabTest(unittest.TestCase):
    """A test with a namespace of its own, removed afterwards."""

    maxDiff = None

    def setUp(self):
        self.namespace = "e2e-" + uuid.uuid4().hex[:8]
        self.kubectl("create", "namespace", self.namespace, scope=())
        self.addCleanup(self.kubectl, "delete", "namespace", self.namespace, "--wait=false", scope=())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ray(self, *words, **more):
        return run(TOOL, "-n", self.namespace, *words, **more)

    def good_ray(self, *words, **more):
        done = self.ray(*words, **more)
        self.assertEqual(done.code, 0, done)
        return done

    def kubectl(self, *words, scope=None, **more):
        done = run(KUBECTL, *(("-n", self.namespace) if scope is None else scope), *words, **more)
        self.assertEqual(done.code, 0, done)
        return done.out

    def object(self, kind, name):
        return json.loads(self.kubectl("get", kind, name, "-o", "json"))

    def kubeconfig(self, change):
        """A copy of the lab's kubeconfig, as JSON, after `change(config)`; returns its path."""
        config = json.loads(run(KUBECTL, "config", "view", "--raw", "-o", "json").out)
        change(config)
        path = self.folder / f"kubeconfig-{uuid.uuid4().hex[:6]}"
        path.write_text(json.dumps(config))
        return path
