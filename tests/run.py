#!/usr/bin/env python3
"""Runs the levels of tests, one after the other, and prints a table of them.

A level that cannot run (a tool is missing) has failed, and says what to do, unless it was left out by --without.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"


class LevelFailed(Exception):
    """Why a level failed, in a sentence."""


class Level:
    """Counts what a level ran; its commands' output goes to a log that is shown when one fails."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0
        self.log = LOGS / f"{name}.log"
        self.log.write_text("")

    def command(self, *words, env=None, count=True):
        """Runs a command; counts the tests its output reports, or the command itself as one."""
        words = [str(word) for word in words]
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(words)}\n")
            log.flush()
            start = log.tell()
            done = subprocess.run(words, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        with self.log.open(errors="replace") as log:
            log.seek(start)
            output = log.read()
        passed, failed = counts(output)
        if count:
            self.passed += passed if passed + failed else int(done.returncode == 0)
            self.failed += failed
        if done.returncode != 0:
            if not (count and failed):
                self.failed += 1
            raise LevelFailed(f"{' '.join(words[:6])} ended with {done.returncode}\n{important(output)}")

    def build(self, preset, *targets):
        if not (BUILD / preset / "build.ninja").exists():
            self.command("cmake", "--preset", preset, *launcher(), count=False)
        self.command("cmake", "--build", BUILD / preset, *(word for target in targets for word in ("--target", target)), count=False)


def counts(output):
    """The passed and failed tests that GoogleTest and Python's unittest report in `output`."""
    passed = sum(int(number) for number in re.findall(r"^\[  PASSED  \] (\d+) test", output, re.M))
    failed = sum(int(number) for number in re.findall(r"^ ?(\d+) FAILED TEST", output, re.M))
    for ran, verdict, detail in re.findall(r"^Ran (\d+) tests? in .*?\n\n(OK|FAILED)([^\n]*)", output, re.M | re.S):
        bad = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", detail))
        passed += int(ran) - bad
        failed += bad
    return passed, failed


def important(output):
    """The lines of a failed command that tell why; its end when none do."""
    lines = output.splitlines()
    telling = [at for at, line in enumerate(lines) if re.search(r"error:|Failure$|FAILED|ERROR|Error|FAIL:|Sanitizer|Traceback", line)]
    chosen = sorted({near for at in telling[:40] for near in range(max(0, at - 2), min(len(lines), at + 12))})
    picked = [lines[at] for at in chosen][:200] if chosen else []
    return "\n".join(picked + ["..."] + lines[-40:])


def launcher():
    return ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []


def need(command, remedy):
    if not shutil.which(command):
        raise LevelFailed(f"{command} is missing: {remedy}")


def level_sources(level):
    """The code format, the architecture and coroutine rules, and the rules' own tests."""
    files = [path for path in subprocess.check_output(["git", "ls-files", "*.cpp", "*.hpp"], cwd=ROOT, text=True).split()]
    level.command("clang-format-19", "--dry-run", "--Werror", *files)
    level.command(sys.executable, "cmake/check_sources.py", ".")
    level.command(sys.executable, "tests/sources/check_sources_test.py")
    level.command(sys.executable, "tests/sources/readme_test.py")


def level_dev(level):
    """unit, contract (simulator) and cli with GCC; every public header alone."""
    level.build("dev")
    level.command("cmake", "--build", BUILD / "dev", "--target", "all_verify_interface_header_sets")
    run_ctest(level, "dev")


def level_asan(level):
    """The same tests and the fuzzers with clang, AddressSanitizer and UBSan."""
    level.build("asan")
    run_ctest(level, "asan", "--label-exclude", "fuzz")
    run_ctest(level, "asan", "--label-regex", "fuzz", "--parallel", str(os.cpu_count()))


def run_ctest(level, preset, *words):
    """CTest prefixes every line with the test's number; the counts are read without it."""
    with level.log.open("a") as log:
        log.flush()
        start = log.tell()
        done = subprocess.run(
            ["ctest", "--test-dir", str(BUILD / preset), "--verbose", "--no-tests=error", *words], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        plain = re.sub(r"^\d+: ", "", done.stdout, flags=re.M)
        log.write(plain)
    passed, failed = counts(plain)
    # Fuzzers and scripts have no count of their own: each is one test.
    others = re.findall(r"^\s*\d+/\d+ Test +#\d+: (\S+_fuzz) \.+ *(Passed|.*Failed)", plain, re.M)
    level.passed += passed + sum(verdict == "Passed" for _, verdict in others)
    level.failed += failed + sum(verdict != "Passed" for _, verdict in others)
    if done.returncode != 0:
        level.failed += 0 if failed else 1
        raise LevelFailed(f"tests of preset {preset} failed\n{important(plain)}")


def level_release(level):
    """The release build: what users run, alone in one file."""
    level.build("release")
    level.command(sys.executable, "tests/bench/release_file.py", BUILD / "release" / "kubectl-ray" / "kubectl-ray")


def level_e2e(level):
    """The contract suite and the tool against the real control plane of tests/e2e/lab."""
    need("go", "install Go 1.26 or later: the control plane is built from Go modules")
    need("ip", "apt-get install iproute2")
    level.build("dev", "contract")
    level.build("release")
    level.command("tests/e2e/run.sh", BUILD / "dev" / "tests" / "contract" / "contract", BUILD / "release" / "kubectl-ray" / "kubectl-ray")


def level_consumer(level):
    """Strangers: find_package, add_subdirectory, Conan, the examples, the quickstart."""
    level.build("dev")
    level.command("tests/consumer/run.sh")


def level_bench(level):
    """Ratios against kubectl and curl in one run."""
    need("go", "install Go 1.26 or later: kubectl and the control plane are built from Go modules")
    level.build("release")
    level.command("tests/bench/run.sh", BUILD / "release" / "kubectl-ray" / "kubectl-ray")


LEVELS = {
    "sources": level_sources, "dev": level_dev, "asan": level_asan, "release": level_release, "e2e": level_e2e,
    "consumer": level_consumer, "bench": level_bench,
}


def caches():
    ccache = shutil.which("ccache")
    cached = subprocess.run([ccache, "--print-stats"], capture_output=True, text=True).stdout if ccache else ""
    files = re.search(r"files_in_cache\s+(\d+)", cached)
    lab = pathlib.Path(os.environ.get("LAB_BIN", pathlib.Path.home() / ".cache/kuberay-lab/bin"))
    print(f"caches: ccache {files[1] if files else 'none'} files; control plane {'built' if (lab / 'kube-apiserver').exists() else 'to be built'}")


def main():
    parser = argparse.ArgumentParser(
        description="Runs the tests of libkuberay and kubectl-ray.", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="levels:\n" + "\n".join(f"  {name:10}{run.__doc__.splitlines()[0]}" for name, run in LEVELS.items()),
    )
    parser.add_argument("--without", action="append", default=[], choices=LEVELS, metavar="LEVEL", help="leave a level out")
    parser.add_argument("--only", action="append", default=[], choices=LEVELS, metavar="LEVEL", help="run only this level")
    asked = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("CCACHE_BASEDIR", str(ROOT))
    os.environ.setdefault("CCACHE_NOHASHDIR", "1")
    os.environ.setdefault("CCACHE_MAXSIZE", "20G")
    os.environ.setdefault("CCACHE_SLOPPINESS", "pch_defines,time_macros")  # precompiled headers
    os.environ.setdefault("CCACHE_PCH_EXTSUM", "1")  # cmake/precompile.cmake
    caches()
    rows = []
    for name, run in LEVELS.items():
        if name in asked.without or (asked.only and name not in asked.only):
            continue
        level = Level(name)
        print(f"== {name}: {run.__doc__.splitlines()[0]}", flush=True)
        start = time.monotonic()
        try:
            run(level)
        except LevelFailed as why:
            level.failed += 0 if level.failed else 1
            print(f"{name} FAILED: {why}\n(whole log: {level.log.relative_to(ROOT)})", flush=True)
        rows.append((name, level.passed, level.failed, time.monotonic() - start))
        print(f"   {level.passed} passed, {level.failed} failed in {rows[-1][3]:.0f} s".replace(" passed, ", " good, "), flush=True)
    print(f"\n{'level':10}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for name, passed, failed, seconds in rows:
        print(f"{name:10}{passed:8}{failed:8}{seconds:9.0f}")
    failed = sum(row[2] for row in rows)
    print(f"{sum(row[1] for row in rows)} passed, {failed} failed")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
