#!/usr/bin/env bash
# restart.sh NAME: stops one part of the lab and starts it again as it was, in the namespace of the caller.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${LAB_DATA:-/tmp/kuberay-lab}"
mapfile -d '' -t words <"/proc/$(cat "$1.pid")/cmdline"
"$here/down.sh" "$1"
setsid env --default-signal=INT,QUIT "${words[@]}" >>"$1.log" 2>&1 </dev/null & echo $! >"$1.pid"
