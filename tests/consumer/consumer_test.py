"""Builds other people's projects on the library, and runs them and the examples against the playground."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEV = ROOT / "build" / "dev"
PLAYGROUND = DEV / "examples" / "playground" / "playground"


def run(*words, env=None, stderr=subprocess.PIPE):
    """The command's standard output; fails with everything it said."""
    done = subprocess.run(
        [str(word) for word in words], cwd=ROOT, env={**os.environ, **(env or {})}, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=stderr,
    )
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr or ''}"
        raise AssertionError(f"{' '.join(map(str, words))}\nended with {done.returncode}\n{said}")
    return done.stdout


def on_playground(*words):
    """The command's standard output, run with a kubeconfig for a fresh playground."""
    return run(PLAYGROUND, "--", *words)


def configure(source, build, *settings):
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    run("cmake", "-G", "Ninja", "-S", source, "-B", build, *launcher, *settings)


class ConsumerTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kuberay-consumer-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def test_an_installed_library_is_found_and_linked(self):
        run("cmake", "--install", DEV, "--prefix", self.folder / "prefix")
        build = self.folder / "build"
        configure(ROOT / "tests/consumer/installed", build, f"-DCMAKE_PREFIX_PATH={self.folder / 'prefix'}")
        run("cmake", "--build", build)
        self.assertIn("clusters: 0", on_playground(build / "consumer"))

    def test_installed_headers_need_nothing_of_the_source_tree(self):
        run("cmake", "--install", DEV, "--prefix", self.folder)
        headers = {str(path.relative_to(self.folder / "include")) for path in (self.folder / "include").rglob("*.hpp")}
        self.assertIn("kuberay/kube/client.hpp", headers)
        for header in headers:
            for line in (self.folder / "include" / header).read_text().splitlines():
                if line.startswith("#include <kuberay/"):
                    self.assertIn(line.split("<")[1].split(">")[0], headers, f"included by {header}")

    def test_the_source_tree_serves_as_a_subdirectory(self):
        # In a folder as deep as build/dev and with its flags, so that the compiler cache serves both.
        build = ROOT / "build" / "consumer_subdirectory"
        configure(
            ROOT / "tests/consumer/subdirectory", build, "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_COMPILER=g++",
            "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON",
        )
        run("cmake", "--build", build, "--target", "consumer")
        self.assertIn("clusters: 0", on_playground(build / "consumer"))

    def test_conan_creates_and_tests_the_package_from_the_distribution(self):
        home = ROOT / "build" / "conan"
        conan = home / "venv" / "bin" / "conan"
        if not conan.exists():
            run(sys.executable, "-m", "venv", home / "venv")
            run(home / "venv" / "bin" / "pip", "install", "--quiet", "conan>=2.3,<3")
        env = {"CONAN_HOME": str(home / "home"), "CCACHE_BASEDIR": str(home / "home"), "CCACHE_NOHASHDIR": "1"}
        if shutil.which("ccache"):
            env["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
        run(conan, "remove", "kuberay/*", "--confirm", env=env)  # what earlier runs left takes space
        said = run(
            conan, "create", "conan", "--profile:all", "conan/profiles/debian12", "--settings:all", "build_type=Debug",
            "--no-remote", env=env, stderr=subprocess.STDOUT,  # where Conan speaks
        )
        self.assertIn("as expected: ", said)


class ExamplesTest(unittest.TestCase):
    def example(self, name):
        return str(DEV / "examples" / name)

    def test_apply_waits_for_the_cluster_and_list_shows_it(self):
        said = on_playground(
            "bash", "-euc", f"{self.example('apply_cluster')} default demo; {self.example('list_clusters')} default"
        )
        self.assertIn("demo is ready", said)
        self.assertIn("default/demo: ready, 2 of 2 workers", said)

    def test_watch_reports_each_change(self):
        said = on_playground(
            "bash", "-euc", f"{self.example('apply_cluster')} default demo > /dev/null; {self.example('watch_clusters')} default 2"
        )
        self.assertEqual(said.splitlines()[:2], ["added demo", "synced "])

    def test_callbacks_and_futures_work_without_coroutines(self):
        said = on_playground(self.example("callbacks_and_futures"))
        self.assertIn("0 clusters at version", said)
        self.assertIn("no such cluster", said)

    def test_the_quickstart_does_the_main_job(self):
        said = run(ROOT / "examples" / "quickstart.sh")
        self.assertIn("create cluster demo --wait", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
