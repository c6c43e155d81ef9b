#!/usr/bin/env bash
# run.sh CONTRACT_SUITE KUBECTL_RAY [unittest words...]: builds the control plane of lab/ (cached outside the tree), starts
# it in a network namespace of its own, and runs the contract suite and the tests of this folder against it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
contract=$(realpath "$1") tool=$(realpath "$2")
shift 2
[ "$(id -u)" = 0 ] || { echo "The control plane runs in a network namespace, which needs root: sudo $0" >&2; exit 1; }

export LAB_BIN=${LAB_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/kuberay-lab/bin}
LAB_DATA=$(mktemp -d "${TMPDIR:-/tmp}/kuberay-e2e.XXXXXX")
export LAB_DATA
namespace=kuberay-e2e-$$
in_lab() { ip netns exec "$namespace" "$@"; }
stop() {
  status=$?
  in_lab "$here/lab/down.sh" || true
  ip netns del "$namespace" || true
  if [ $status = 0 ]; then rm -rf "$LAB_DATA"; else echo "the control plane's logs are kept in $LAB_DATA" >&2; fi
}
"$here/lab/build.sh"
"$here/lab/ray.sh" install
ip netns add "$namespace"
trap stop EXIT
in_lab "$here/lab/up.sh"
export KUBECONFIG=$LAB_DATA/kubeconfig KUBECTL_RAY=$tool KUBECTL=$LAB_BIN/kubectl KUBERAY_CONTRACT=$contract
in_lab env KUBERAY_CONTRACT_KUBECONFIG="$KUBECONFIG" "$contract" --gtest_filter='*real*'
# The head's part of the contract, with a real Ray that asks for a token.
token=$(head -c 24 /dev/urandom | base64 | tr +/ -_)
in_lab env RAY_AUTH_MODE=token RAY_AUTH_TOKEN="$token" "$here/lab/ray.sh" start
in_lab env KUBERAY_CONTRACT_RAY=http://10.0.255.1:8265 KUBERAY_CONTRACT_RAY_TOKEN="$token" "$contract" \
  --gtest_filter='*head_contract*real*'
in_lab "$here/lab/ray.sh" stop
cd "$here"
in_lab python3 -m unittest "${@:-discover}" -v
