"""What a person sees: the program in a terminal of 80 columns (tmux), against the playground's server.

Usage: terminal_test.py KUBECTL_RAY PLAYGROUND [unittest words...]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = PLAYGROUND = ""
WIDTH = 80
LIMIT = 60  # seconds for a command to end


class Terminal(unittest.TestCase):
    """Each test has a terminal whose shell may use a cluster of its own."""

    def setUp(self):
        self.assertIsNotNone(shutil.which("tmux"), "install tmux")
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        os.symlink(PROGRAM, self.home + "/ray")
        self.socket = self.home + "/tmux"
        self.recorded = self.home + "/recorded"
        shell = f"{PLAYGROUND} --clusters 3 -- bash --norc --noprofile -i"
        environment = {
            "PATH": self.home + ":" + os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8", "PS1": "$ ",
            "TERM": "xterm", "TMPDIR": self.home,
        }
        words = ["-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH), "-y", "50", shell]
        subprocess.run(["tmux", "-S", self.socket, *words], check=True, env=environment)
        self.addCleanup(self.leave)
        self.tmux("pipe-pane", f"cat > {self.recorded}")
        self.run_line("PS1='$ '; true")

    def leave(self):
        """Ends the shell; the playground then removes what it made, and tmux ends with it."""
        self.tmux("send-keys", "-l", "exit\n")
        end = time.monotonic() + LIMIT
        while subprocess.run(["tmux", "-S", self.socket, "has-session"], capture_output=True).returncode == 0:
            self.assertLess(time.monotonic(), end)

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, *words], check=True, capture_output=True, text=True, timeout=LIMIT)
        return done.stdout

    def run_line(self, line):
        """Types `line` on an empty screen and waits for its end."""
        self.tmux("send-keys", "-l", f"clear; {line}; tmux -S {self.socket} wait-for -S ended\n")
        self.tmux("wait-for", "ended")

    def screen(self, line, joined=False):
        """The lines that the command left on the screen; `joined`: those that the terminal broke are one again."""
        script = self.home + "/script"
        with open(script, "w") as file:
            file.write(line + "\n")
        self.run_line(f". {script}; echo END-$?")
        end = time.monotonic() + LIMIT
        while True:
            words = ["capture-pane", "-p", *(["-J"] if joined else [])]
            lines = [line.rstrip() for line in self.tmux(*words).splitlines()]
            ends = [i for i, text in enumerate(lines) if re.fullmatch(r"END-\d+", text)]
            if ends:
                return lines[:ends[0]]
            self.assertLess(time.monotonic(), end, lines)

    def check_columns(self, lines):
        """Every cell begins below its title."""
        titles = [match.start() for match in re.finditer(r"(?<!\S)\S+(?: \S+)*", lines[0])]
        self.assertGreater(len(titles), 4)
        for row in lines[1:]:
            for at in titles[1:]:
                self.assertEqual(row[at - 1:at], " ", f"{row!r} is not below {lines[0]!r} at column {at}")
                self.assertNotEqual(row[at:at + 1], "", row)
            self.assertNotEqual(row[0], " ")

    def test_a_table_that_fits_stands_in_its_columns(self):
        lines = self.screen("ray get workergroup")
        self.assertGreater(len(lines), 3, lines)
        self.check_columns(lines)
        self.assertLessEqual(max(map(len, lines)), WIDTH)

    def test_a_wide_table_is_broken_by_the_terminal_alone(self):
        broken = self.screen("ray get cluster")
        joined = self.screen("ray get cluster", joined=True)
        self.assertEqual(len(joined), 4, joined)
        self.assertGreater(len(joined[0]), WIDTH)
        self.check_columns(joined)
        pieces = [line[at:at + WIDTH].rstrip() for line in joined for at in range(0, len(line), WIDTH)]
        self.assertEqual(broken, pieces)
        self.run_line(f"ray get cluster > {self.home}/plain")
        with open(self.home + "/plain") as file:
            plain = file.read().splitlines()
        without_age = [re.sub(r"\s*\S+$", "", line) for line in plain]
        self.assertEqual([re.sub(r"\s*\S+$", "", line) for line in joined], without_age, "a terminal gets the same bytes")

    def test_a_progress_line_leaves_nothing_behind(self):
        lines = self.screen("ray create cluster demo --wait --timeout 30s")
        self.assertEqual(lines, ["Created Ray cluster: demo", "Ray cluster demo is provisioned."])
        with open(self.recorded) as file:
            self.assertIn("Waiting for Ray cluster demo", file.read())

    def test_a_screen_of_describe_and_doctor_is_legible(self):
        described = self.screen("ray describe cluster $(ray get cluster -o name | head -1 | cut -d/ -f2)")
        self.assertTrue(described[0].startswith("Name: "), described)
        checked = self.screen("ray doctor")
        self.assertTrue(checked)
        for line in checked:
            self.assertRegex(line, r"^(ok|warn|fail) |^ |^\S")
        self.assertTrue(any(line.startswith("ok ") for line in checked), checked)

    def test_a_watch_shows_rows_and_ends_by_an_interrupt(self):
        self.tmux("send-keys", "-l", "clear; ray get cluster -w -o name; echo CODE-$?\n")
        self.wait_for(lambda lines: sum("raycluster" in line for line in lines) >= 3)
        self.tmux("send-keys", "C-c")
        ended = re.compile(r".*CODE-\d+")
        lines = self.wait_for(lambda lines: any(map(ended.fullmatch, lines)))
        self.assertIn(next(filter(ended.fullmatch, lines)), ("CODE-130", "^CCODE-130"), lines)

    def wait_for(self, holds):
        end = time.monotonic() + LIMIT
        while True:
            lines = [line.rstrip() for line in self.tmux("capture-pane", "-p").splitlines() if line.strip()]
            if holds(lines):
                return lines
            self.assertLess(time.monotonic(), end, lines)


if __name__ == "__main__":
    PROGRAM, PLAYGROUND = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
    unittest.main()
