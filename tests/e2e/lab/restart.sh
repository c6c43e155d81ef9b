#!/usr/bin/env bash
# restart.sh NAME: stops one part of the lab and starts it again as it was, in the namespace of the caller.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${LAB_DATA:-/tmp/kuberay-lab}"
mapfile -d '' -t words <"/proc/$(cat "$1.pid")/cmdline"
# An API server waits for clients that do not go; KWOK takes the node for new, and forgets its address, when it is away for 40 s.
LAB_PATIENCE=5 "$here/down.sh" "$1"
setsid env --default-signal=INT,QUIT "${words[@]}" >>"$1.log" 2>&1 </dev/null & echo $! >"$1.pid"
