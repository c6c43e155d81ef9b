"""cp both ways, on a real API server and kubelet code: what arrives is the same bytes, or the copy is an error."""
import hashlib
import os
import pathlib
import random
import unittest

from streaming import StreamTest, eventually, small_disk


def content(folder):
    """Every file below a folder, by its path there: digest and mode; for a folder, None."""
    return {
        str(path.relative_to(folder)):
            (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode & 0o777) if path.is_file() else None
        for path in sorted(pathlib.Path(folder).rglob("*"))
    }


class Copy(StreamTest):
    def setUp(self):
        super().setUp()
        self.there = self.directory(self.head)
        self.there.mkdir(parents=True, exist_ok=True)

    def noise(self, seed, size=2 * 1000 * 1000):
        return random.Random(seed).randbytes(size)

    def nothing_is_left_in(self, folder):
        self.assertEqual([path for path in folder.rglob("*") if "kuberay" in path.name], [])

    def test_a_file_goes_there_and_back(self):
        data, here = self.noise(1), self.folder / "noise"
        here.write_bytes(data)
        here.chmod(0o750)
        for target in (self.head, "demo"):
            done = self.good_ray("cp", here, f"{target}:copied-{target}")
            self.assertIn("1 file, ", done.err)
            copied = self.there / f"copied-{target}"
            self.assertEqual(copied.read_bytes(), data, target)
            self.assertEqual(copied.stat().st_mode & 0o777, 0o750)
            self.good_ray("cp", f"{target}:copied-{target}", self.folder / f"back-{target}")
            self.assertEqual((self.folder / f"back-{target}").read_bytes(), data, target)
        self.nothing_is_left_in(self.there)
        self.nothing_is_left_in(self.folder)

    def test_a_folder_goes_there_and_back(self):
        source = self.folder / "source"
        (source / "deep" / "deeper").mkdir(parents=True)
        (source / "nothing in it").mkdir()
        (source / "deep" / "deeper" / "noise").write_bytes(self.noise(2))
        (source / "empty").touch()
        (source / "with space").write_text("x")
        (source / "ünïcode").write_text("y")
        (source / ("long" * 60)).write_text("z")
        wanted = content(source)
        self.good_ray("cp", source, "demo:new")  # a name that is not there yet
        self.assertEqual(content(self.there / "new"), wanted)
        self.good_ray("cp", source, "demo:new")  # into a folder that is there
        self.assertEqual(content(self.there / "new" / "source"), wanted)
        self.good_ray("cp", "demo:new/source", self.folder / "back")
        self.assertEqual(content(self.folder / "back"), wanted)

    def test_several_files_go_into_a_folder(self):
        (self.there / "into").mkdir()
        for name in ("one", "two"):
            (self.folder / name).write_text(name)
        self.good_ray("cp", self.folder / "one", self.folder / "two", "demo:into")
        self.assertEqual(sorted(path.name for path in (self.there / "into").iterdir()), ["one", "two"])
        self.good_ray("cp", "demo:into/one", f"{self.head}:into/two", self.folder)
        self.assertEqual((self.folder / "two").read_text(), "two")

    def test_ten_thousand_files(self):
        source = self.folder / "many"
        source.mkdir()
        for number in range(10000):
            (source / f"{number:05}").write_text(str(number))
        self.good_ray("cp", source, "demo:many")
        self.assertEqual(len(list((self.there / "many").iterdir())), 10000)
        done = self.good_ray("cp", "demo:many", self.folder / "back")
        self.assertIn("10000 files", done.err.replace(",", ""))
        self.assertEqual(content(self.folder / "back"), content(source))

    def test_a_download_that_is_cut_leaves_no_file_that_looks_complete(self):
        (self.there / "noise").write_bytes(self.noise(3))
        self.fault("exec-cut", after_bytes=1000000, count=5)
        done = self.ray("cp", f"{self.head}:noise", self.folder / "got")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_an_upload_that_is_cut_is_an_error(self):
        (self.folder / "noise").write_bytes(self.noise(4))
        self.fault("exec-stdin-cut", after_bytes=500000, count=5)
        done = self.ray("cp", self.folder / "noise", f"{self.head}:noise")
        self.assertEqual(done.code, 1, done)
        self.assertFalse((self.there / "noise").exists())

    def test_an_upload_whose_last_line_is_missing_is_a_lost_connection(self):
        # All is unpacked there, and the API server reports success; only the line that proves it does not come.
        (self.folder / "noise").write_bytes(self.noise(5))
        self.fault("exec-cut", after_bytes=0)
        done = self.ray("cp", self.folder / "noise", f"{self.head}:noise")
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, "did not confirm|connection .*lost")
        self.assertIn("Error: ", done.err)

    def test_an_interrupt_ends_it_and_leaves_nothing(self):
        (self.there / "huge").touch()
        os.truncate(self.there / "huge", 1 << 40)
        into = self.folder / "into"
        into.mkdir()
        running = self.start("cp", f"{self.head}:huge", into)
        eventually(lambda: any(path.stat().st_size > 0 for path in into.rglob("*") if path.is_file()))
        self.assertEqual(running.end(), 130, running.text())
        self.assertEqual(list(into.iterdir()), [])

    def test_a_full_disk_is_named_here_and_there(self):
        (self.there / "noise").write_bytes(self.noise(6, 4000000))
        with small_disk(self.folder / "small") as small:
            done = self.ray("cp", f"{self.head}:noise", small / "noise")
            self.assertEqual(done.code, 1, done)
            self.assertIn("No space left on device", done.err)
            self.assertEqual(list(small.iterdir()), [])
        (self.there / "small").mkdir()
        self.good_ray("exec", "demo", "--", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "small")
        self.addCleanup(self.good_ray, "exec", "demo", "--", "umount", "small")
        done = self.ray("cp", self.there / "noise", f"{self.head}:small/noise")
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, "No space left on device|tar: noise: Wrote only")
        self.assertEqual(self.good_ray("exec", "demo", "--", "ls", "-A", "small").out, "")

    def test_a_folder_that_cannot_be_written_is_named(self):
        (self.there / "noise").write_text("x")
        with small_disk(self.folder / "read-only", "ro") as folder:
            done = self.ray("cp", f"{self.head}:noise", folder)
            self.assertEqual(done.code, 1, done)
            self.assertIn("Read-only file system", done.err)
            self.assertIn("read-only", done.err.split("Read-only")[0], "the folder is named")


if __name__ == "__main__":
    unittest.main()
