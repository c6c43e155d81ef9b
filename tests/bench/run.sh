#!/usr/bin/env bash
# run.sh KUBECTL_RAY: the ratios of README.md and docs/benchmarks.md, against kubectl, curl and Ray's command line, on a
# real API server, for some with 5,000 and 20,000 RayClusters stored. For those, nothing but etcd and the API server runs
# beside the programs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lab=$here/../e2e/lab
tool=$(realpath "$1")
[ "$(id -u)" = 0 ] || { echo "The control plane runs in a network namespace, which needs root: sudo $0" >&2; exit 1; }

export LAB_BIN=${LAB_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/kuberay-lab/bin}
LAB_DATA=$(mktemp -d "${TMPDIR:-/tmp}/kuberay-bench.XXXXXX")
export LAB_DATA
namespace=kuberay-bench-$$
in_lab() { ip netns exec "$namespace" "$@"; }
stop() { in_lab "$lab/down.sh" || true; ip netns del "$namespace" || true; rm -rf "$LAB_DATA"; }
"$lab/build.sh"
"$lab/ray.sh" install 2.60.0
ip netns add "$namespace"
trap stop EXIT
in_lab "$lab/up.sh"
cc -O2 -static -o "$LAB_DATA/measure" "$here/measure.c"
cc -O2 -static -pthread -o "$LAB_DATA/traffic" "$here/traffic.c"
echo 'int main(void) { return 0; }' | cc -x c -O2 -static -o "$LAB_DATA/empty" -
export KUBECONFIG=$LAB_DATA/kubeconfig KUBECTL_RAY=$tool KUBECTL=$LAB_BIN/kubectl
cd "$here"
in_lab python3 -m unittest -v test_stream_speed
in_lab python3 -m unittest -v test_job_speed
in_lab "$lab/down.sh" ray-operator controller-manager scheduler kwok labkubelet
in_lab python3 -m unittest -v test_speed
