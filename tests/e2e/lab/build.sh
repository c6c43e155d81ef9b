#!/usr/bin/env bash
# Builds the control plane's programs from Go modules into $LAB_BIN: minutes when cold, a second when built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
LAB_BIN=${LAB_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/kuberay-lab/bin}
mkdir -p "$LAB_BIN"
k8s_version=v1.36.3
ldflags="-s -w -X k8s.io/component-base/version.gitVersion=$k8s_version -X k8s.io/component-base/version.gitMajor=1 \
 -X k8s.io/component-base/version.gitMinor=36 -X k8s.io/client-go/pkg/version.gitVersion=$k8s_version"
build() { # module directory, binary name, main package
  # Built aside and renamed: a build that was interrupted leaves nothing that looks finished.
  (cd "$here/tools/$1" && go build -buildvcs=false -ldflags "$ldflags" -o "$LAB_BIN/$2.new" "$3" && mv "$LAB_BIN/$2.new" "$LAB_BIN/$2")
}
build_once() { [ -x "$LAB_BIN/$2" ] || build "$@"; }
build_once etcd etcd go.etcd.io/etcd/server/v3
for b in kube-apiserver kube-controller-manager kube-scheduler kubectl; do build_once k8s $b k8s.io/kubernetes/cmd/$b; done
build_once kwok kwok sigs.k8s.io/kwok/cmd/kwok
build_once operator ray-operator github.com/ray-project/kuberay/ray-operator
build_once labkubelet labkubelet .
# Stands between client and API server where a test or a measurement needs a slow or broken network.
build_once toxiproxy toxiproxy github.com/Shopify/toxiproxy/v2/cmd/server
# The other side of SPDY, for ../test_spdy_peer.py. Small, and built again when it was changed.
[ "$LAB_BIN/spdypeer" -nt "$here/../spdy_peer/main.go" ] || build ../../spdy_peer spdypeer .

copy_data() { # module directory, module, directory in the module, name
  [ -d "$LAB_BIN/$4" ] || cp -rT --no-preserve=mode "$(cd "$here/tools/$1" && go list -m -f '{{.Dir}}' "$2")/$3" "$LAB_BIN/$4"
}
copy_data operator github.com/ray-project/kuberay/ray-operator config/crd/bases crds
copy_data kwok sigs.k8s.io/kwok kustomize/stage stages
# Ray head pods get the node's address, where a Ray head can listen.
ready=$LAB_BIN/stages/pod/fast/pod-ready.yaml
grep -q 'ray.io/node-type' "$ready" || sed -i \
  's|( or .spec.hostNetwork false )|( or .spec.hostNetwork (eq (or (index (or .metadata.labels dict) "ray.io/node-type") "") "head") )|' "$ready"
grep -q 'ray.io/node-type' "$ready"
