#!/usr/bin/env bash
# From a fresh checkout to a Ray cluster in one command: installs what is missing, builds the tool, starts the playground
# (a stand-in for a cluster, in one local process) and does the main job on it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "1/3  Installing what is missing"
cmake/install-deps.sh build

say "2/3  Building build/release/kubectl-ray/kubectl-ray (some minutes the first time)"
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
[ -f build/release/build.ninja ] || cmake --preset release "${launcher[@]}" >/dev/null
cmake --build build/release --target kubectl-ray playground

say "3/3  The playground: this is a stand-in for Kubernetes and KubeRay, no real cluster"
bin=$(mktemp -d)
mkdir "$bin/logs"
trap 'rm -rf "$bin"' EXIT
ln -s "$PWD/build/release/kubectl-ray/kubectl-ray" "$bin/kubectl-ray"
export PATH="$bin:$PATH"
# `kubectl ray` runs `kubectl-ray`; without kubectl the plugin works alone.
ray='kubectl-ray'
if command -v kubectl >/dev/null; then ray='kubectl ray'; fi

hello=$PWD/examples/hello_job
build/release/examples/playground/playground -- bash -euo pipefail -c '
  show() { printf "\n$ %s\n" "$*"; "$@"; }
  show '"$ray"' create cluster demo --wait
  show '"$ray"' get cluster
  show '"$ray"' get cluster demo -o yaml | sed -n 1,20p
  show '"$ray"' job submit -c demo --no-rayjob --working-dir "$0" -- sh hello.sh
  show '"$ray"' job submit --name nightly --working-dir "$0" -- sh hello.sh
  show '"$ray"' job list
  show '"$ray"' log demo --out-dir "$1"
  show ls "$1"/*

  # The ports of the cluster on this machine, as long as the command runs.
  printf "\n$ %s &\n" "'"$ray"' session demo"
  mkfifo "$1/session"
  '"$ray"' session demo --port 0:8265 >"$1/session" & session=$!
  exec 3<"$1/session"
  url=
  while [ -z "$url" ] && read -r line <&3; do echo "$line"; url=$(grep -o "http://[^ ]*" <<<"$line" || true); done
  [ -n "$url" ]
  if command -v curl >/dev/null; then show curl -s --noproxy "*" "${url%/}/api/version"; echo; fi
  kill -INT $session; wait $session || true

  show '"$ray"' job delete nightly --yes
  show '"$ray"' delete raycluster/demo -y
' "$hello" "$bin/logs"

cat <<TEXT

That was the main job. With a real cluster:
  install -m 755 build/release/kubectl-ray/kubectl-ray ~/.local/bin/      # anywhere on your PATH
  ln -sf kubectl-ray ~/.local/bin/kubectl_complete-ray                    # completion through kubectl
  kubectl ray get cluster                                                 # your kubeconfig and context, as kubectl uses them
TEXT
