"""Completion in real shells on a pseudo-terminal: what is typed, then tab, must give what is offered.

Usage: shells_test.py KUBECTL_RAY [unittest words...]
"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time
import unittest

PROGRAM = ""
LIMIT = 20  # seconds for anything to appear


class Shell:
    """An interactive shell whose completion of kubectl-ray is loaded."""

    def __init__(self, arguments, setup, home):
        environment = {
            "PATH": home + ":" + os.environ["PATH"], "HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8", "PS1": "$ ",
            "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "KUBECONFIG": home + "/none",
        }
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(home)
            os.execvpe(arguments[0], arguments, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.seen = ""
        for line in setup:
            self.type(line + "\n")
        self.type("echo rea''dy\n")
        self.expect("ready")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def expect(self, text):
        """Reads until `text` was seen; returns everything up to there."""
        end = time.monotonic() + LIMIT
        while text not in self.seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"{text!r} did not appear in {self.seen!r}")
            try:
                piece = os.read(self.terminal, 4096).decode(errors="replace")
            except OSError:
                raise AssertionError(f"the shell ended; {text!r} did not appear in {self.seen!r}") from None
            # fish asks the terminal what it is, and waits for the answer
            if "\x1b[0c" in piece or "\x1b[c" in piece:
                os.write(self.terminal, b"\x1b[?62;c")
            self.seen += re.sub(r"\x1b(\[[0-9;?>=]*[A-Za-z]|\][^\x07]*\x07|[=>(][0-9A-B]?)", "", piece)
        position = self.seen.index(text) + len(text)
        before, self.seen = self.seen[:position], self.seen[position:]
        return before

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


class Completion:
    """The same expectations for every shell."""

    arguments, setup, tabs = [], [], "\t"

    def setUp(self):
        self.assertIsNotNone(shutil.which(self.arguments[0]), f"install {self.arguments[0]}")
        self.home = tempfile.mkdtemp()
        os.symlink(PROGRAM, self.home + "/kubectl-ray")
        open(self.home + "/cluster.yaml", "w").close()
        self.shell = Shell(self.arguments, self.setup, self.home)

    def tearDown(self):
        self.shell.close()
        shutil.rmtree(self.home)

    def test_a_single_candidate_is_filled_in(self):
        self.shell.type("kubectl-ray comp\t")
        self.shell.expect("letion")

    def test_several_candidates_are_listed(self):
        self.shell.type("kubectl-ray get " + self.tabs)
        self.shell.expect("cluster")
        self.shell.expect("workergroup")

    def test_the_value_after_equals_is_filled_in(self):
        self.shell.type("kubectl-ray create cluster x --dry-run=s\t")
        self.shell.expect("erver")

    def test_files_are_offered_where_a_file_is_meant(self):
        self.shell.type("kubectl-ray create cluster x --file clus\t")
        self.shell.expect("ter.yaml")


class Bash(Completion, unittest.TestCase):
    arguments = ["bash", "--norc", "--noprofile", "-i"]
    tabs = "\t\t"  # the first tab only rings the bell
    setup = ["source <(kubectl-ray completion bash)"]


class Zsh(Completion, unittest.TestCase):
    arguments = ["zsh", "-f", "-i"]
    setup = ["autoload -U compinit && compinit -u", "source <(kubectl-ray completion zsh)"]


class Fish(Completion, unittest.TestCase):
    arguments = ["fish", "--no-config", "-i"]
    setup = ["kubectl-ray completion fish | source"]


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
