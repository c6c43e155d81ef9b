"""Exec and port-forward over SPDY, against a server made of the packages of a kubelet and an API server."""
import os
import re
import subprocess
import unittest

from streaming import BIN

CONTRACT = os.environ["KUBERAY_CONTRACT"]


class SpdyPeer(unittest.TestCase):
    def test_the_go_side_understands_everything_and_is_left_with_nothing_open(self):
        with subprocess.Popen([BIN / "spdypeer"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as peer:
            try:
                address = peer.stdout.readline().strip()
                done = subprocess.run(
                    [CONTRACT, "--gtest_filter=*spdy_peer*go_peer"], env={**os.environ, "KUBERAY_CONTRACT_PEER": address},
                    capture_output=True, text=True, timeout=600,
                )
            finally:
                peer.kill()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        passed = re.search(r"PASSED  \] (\d+) tests", done.stdout)
        self.assertTrue(passed and int(passed.group(1)) >= 9, done.stdout)


if __name__ == "__main__":
    unittest.main()
