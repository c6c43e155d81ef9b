#!/usr/bin/env bash
# install-deps.sh [build|tests]: installs what is missing on Debian 12 and its derivatives, and does nothing else.
#   build   what the library and the tool are built with (default)
#   tests   that, and what tests/run.sh needs
set -euo pipefail

# clang 19 makes the release binary that the tests run; without it the default compiler does.
build=(cmake ninja-build g++ clang-19 pkg-config libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev
  libssl-dev libyaml-cpp-dev zlib1g-dev libarchive-dev nettle-dev libfmt-dev)
tests=(ccache lld-19 clang-format-19 libclang-rt-19-dev libgtest-dev libgmock-dev python3 python3-venv curl openssl iproute2
  procps git bash zsh fish tmux mount chromium)

wanted=("${build[@]}")
case ${1:-build} in
build) ;;
tests) wanted+=("${tests[@]}") ;;
*) sed -n 's/^# \{0,1\}//p' "$0" | head -4 >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "This script knows Debian 12 and its derivatives. Elsewhere, take the libraries from Conan: see conan/README.md." >&2
  exit 1
fi
missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
  as_root=(sudo)
else
  cat >&2 <<TEXT
These packages are missing, and installing them needs root:
  apt-get install ${missing[*]}
Without root, take the libraries from Conan: see conan/README.md.
TEXT
  exit 1
fi
echo "Installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
