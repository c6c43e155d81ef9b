"""Packages of folders are what the real Ray client makes of them: same name, same files. Needs no control plane."""
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
import zipfile

SEED = int(os.environ.get("KUBERAY_SEED", "6"))
TREES = 30
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "kuberay-lab"
PACK = pathlib.Path(os.environ["KUBECTL_RAY"]).resolve().parents[1] / "examples" / "pack_working_dir"
DEFAULTS = [".git", ".venv", "venv", "__pycache__"]

# Runs in Ray's environment: packs what it is asked to, a line of JSON each time.
RAY_CLIENT = """
import inspect, json, pathlib, sys, warnings
warnings.simplefilter("ignore")
from ray._private.runtime_env import packaging
asks = "include_gitignore" in inspect.signature(packaging.create_package).parameters
more = {"include_gitignore": True} if asks else {}
for line in sys.stdin:
    folder, archive, excludes = json.loads(line)
    try:
        uri = packaging.get_uri_for_directory(folder, excludes=excludes, **more)
        packaging.create_package(folder, pathlib.Path(archive), excludes=excludes, **more)
        answer = uri.removeprefix("gcs://")
    except Exception as e:
        answer = "error: " + repr(e)
    print(json.dumps(answer), flush=True)
"""

NAMES = [
    "a", "b", "data", "foo", "foo.log", "bar.txt", "übung.py", ".hidden", "two words", "x[1]", "a#b", "!bang", "build", ".git",
    "venv", "__pycache__", "line\nbreak", "trailing.", "-x", "日本", "a\\b", "A", "foo~", "end\n",
]
WORDS = [
    "foo", "*.log", "foo/", "/foo", "data/**", "**/b", "a/b", "!bar.txt", "!a", "*", "/*", ".", "build/", "# comment", "", "  a  ", "\\#x",
    "\\!bang", "[a-c]", "[!a]", "x[[]1[]]", "?", "??", "**", "**/", "a/**/b", "*/b", "!data/b", "/data/*.txt", "foo*", "[]x]", "[^a]", "\\a",
    "übung.*", "?bung.py", "日?", "*/*", "[!/]*", "data/foo/", "!*/", "a//b", "/", "//", "!/", "***", "[z-a]", "!", "\\", "[", "[!", "foo\\",
    "**/**/a", "a/**/**/b", "line?break", "end", "*.", "two words ", "a\\b", "a\\\\b", "[[:alpha:]]", "[a-]", "[--0]*", "\u00a0a\u00a0",
]
BAD = ["[z-a]", "!", "\\"]


def pattern(dice):
    if dice.random() < 0.7:
        return dice.choice(WORDS)
    return "".join(dice.choice("ab.*?[]!/\\-#^x") for _ in range(dice.randint(1, 7)))


def grow(dice, folder, depth, ignore_files):
    """A random tree below `folder`."""
    for name in dice.sample(NAMES, dice.randint(0, 7)):
        path = folder / name
        kind = dice.random()
        if kind < 0.35 and depth < 4:
            path.mkdir()
            grow(dice, path, depth + 1, ignore_files)
        elif kind < 0.42:
            path.symlink_to(dice.choice(["nowhere", "/nonexistent/x", name]))
        elif kind < 0.5:
            others = sorted(one for one in folder.iterdir() if not one.is_symlink())
            if others:
                path.symlink_to(dice.choice(others).name)
        else:
            size = dice.choice([0, 1, 10, 1000, 40_000, 300_000])
            path.write_bytes(dice.randbytes(size) if dice.random() < 0.5 else b"some words \n" * (size // 12))
            path.chmod(dice.choice([0o644, 0o755, 0o600]))
    for name in ignore_files:
        if dice.random() < (0.5 if depth == 0 else 0.2):
            # A bad one is refused by Ray even where the folder is left out.
            lines = dice.choices([word for word in WORDS if word not in BAD], k=dice.randint(1, 4))
            (folder / name).write_text(dice.choice(["\n", "\r\n"]).join(lines) + dice.choice(["", "\n"]), newline="")


def content(archive):
    """Name, mode and bytes of everything in an archive."""
    with zipfile.ZipFile(archive) as opened:
        return {one.filename: (one.external_attr >> 16, opened.read(one)) for one in opened.infolist() if one.filename != "./"}


class PackageTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="kuberay-packages-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)

    def ray_client(self, version):
        """A function that lets the Ray of that version pack a folder."""
        process = subprocess.Popen(
            [CACHE / f"ray-{version}" / "bin" / "python", "-c", RAY_CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )

        def end():
            process.stdin.close()
            process.stdout.close()
            process.wait(30)

        self.addCleanup(end)

        def pack(folder, excludes):
            archive = self.scratch / "theirs.zip"
            archive.unlink(missing_ok=True)
            process.stdin.write(json.dumps([str(folder), str(archive), DEFAULTS + excludes]) + "\n")
            process.stdin.flush()
            name = json.loads(process.stdout.readline())
            return (None, {}) if name.startswith("error: ") else (name, content(archive))

        return pack

    def our_package(self, folder, excludes):
        archive = self.scratch / "ours.zip"
        done = subprocess.run([PACK, folder, archive, *excludes], capture_output=True, text=True)
        if done.returncode != 0:
            self.assertIn("is no pattern", done.stderr)
            return None, {}
        self.assertEqual(done.stderr, "")
        self.assertEqual(int(done.stdout.split()[-1]), archive.stat().st_size)
        return done.stdout.split()[0], content(archive)

    def compare(self, version, seed, ignore_files):
        theirs = self.ray_client(version)
        dice = random.Random(seed)
        refused = excluded = 0
        for number in range(TREES):
            folder = self.scratch / f"tree-{number}"
            folder.mkdir()
            grow(dice, folder, 0, ignore_files)
            refusable = [["a", dice.choice(BAD)]] if number == 0 else []
            for excludes in ([], [pattern(dice) for _ in range(dice.randint(1, 5))], *refusable):
                with self.subTest(tree=number, seed=seed, excludes=excludes):
                    expected = theirs(folder, excludes)
                    self.assertEqual(self.our_package(folder, excludes), expected)
                    refused += expected[0] is None
                    excluded += expected[0] is not None and len(expected[1]) < sum(len(files) for _, _, files in os.walk(folder))
        # The trees are such that something was seen.
        self.assertGreater(refused, 0)
        self.assertGreater(excluded, TREES // 2)

    def test_random_trees_are_packed_as_by_ray(self):
        self.compare("2.60.0", SEED, [".gitignore", ".rayignore"])

    def test_random_trees_are_packed_as_by_an_older_ray(self):
        self.compare("2.52.0", SEED + 1, [".gitignore"])


if __name__ == "__main__":
    unittest.main()
