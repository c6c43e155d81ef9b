#!/usr/bin/env bash
# tests/run.sh [--without LEVEL]... [--only LEVEL]...: installs what is missing, then runs every level of tests.
# The levels, and what each needs, are in tests/run.py. Exit 0 only when everything passed.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -h | --help) exec python3 tests/run.py --help ;; esac
cmake/install-deps.sh tests
exec python3 tests/run.py "$@"
