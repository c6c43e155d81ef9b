#!/usr/bin/env bash
# What strangers do with the project: find_package, add_subdirectory, Conan, the examples, the quickstart.
# Uses the build in build/dev, which must be complete.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 -m unittest --verbose tests/consumer/consumer_test.py
