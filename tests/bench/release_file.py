#!/usr/bin/env python3
"""release_file.py TOOL: the release binary is one file under 10 MB that needs only the C library."""
import os
import subprocess
import sys
import unittest

TOOL = sys.argv.pop(1)
C_LIBRARY = ("linux-vdso.so", "libc.so", "libm.so", "ld-linux", "libdl.so", "libpthread.so", "librt.so", "libresolv.so")


class ReleaseFile(unittest.TestCase):
    def test_size(self):
        size = os.path.getsize(TOOL)
        print(f"{TOOL}: {size / 1e6:.2f} MB")
        self.assertLess(size, 10e6)

    def test_needs_only_the_c_library(self):
        shown = subprocess.run(["ldd", TOOL], capture_output=True, text=True, check=True).stdout
        names = [os.path.basename(line.split()[0]) for line in shown.splitlines()]
        self.assertEqual([name for name in names if not name.startswith(C_LIBRARY)], [])


if __name__ == "__main__":
    unittest.main()
