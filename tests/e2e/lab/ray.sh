#!/usr/bin/env bash
# A real Ray head for the lab, at the address of all Ray head pods (10.0.255.1:8265).
# ray.sh install [VERSION...]   makes virtual environments of the versions that tests use, or of these (package index)
# ray.sh start [VERSION]        starts Ray in the lab's network namespace and waits for its dashboard
# ray.sh stop                   stops it, and removes what its sessions have written
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
versions=(2.60.0 2.52.0)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kuberay-lab
data=${LAB_DATA:-/tmp/kuberay-lab}
address=10.0.255.1

install() {
  local venv=$cache/ray-$1
  [ ! -e "$venv/complete" ] || return 0
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "ray[default]==$1"
  # An installation that was interrupted does not look finished.
  touch "$venv/complete"
}

start() {
  local venv=$cache/ray-$1
  [ -e "$venv/complete" ] || { echo "Ray $1 is not installed: $0 install $1" >&2; exit 1; }
  ip route get $address 2>/dev/null | grep -q '^local' || {
    echo "$address is not of this machine: run it where up.sh ran, ip netns exec lab $0 start" >&2; exit 1; }
  mkdir -p "$data"; cd "$data"
  [ ! -e ray.pid ] || { echo "Ray is up, or was not stopped with ray.sh stop: $data/ray.pid" >&2; exit 1; }
  # PATH is for the jobs' "python". The default ports of workers (from 10002) and of the Ray client (127.0.0.1:10001 too)
  # would be in the way of the lab's and of its clients.
  PATH=$venv/bin:$PATH setsid env --default-signal=INT,QUIT "$venv/bin/ray" start --head --block --disable-usage-stats \
    --node-ip-address $address --dashboard-host $address --dashboard-port 8265 --ray-client-server-port 20001 \
    --min-worker-port 20100 --max-worker-port 29999 --num-cpus 2 --object-store-memory 200000000 --temp-dir "$data/ray" \
    >ray.log 2>&1 </dev/null &
  echo $! >ray.pid
  for _ in $(seq 900); do
    # 401: RAY_AUTH_MODE=token is set.
    grep -q "Ray runtime started" ray.log && curl -s --noproxy '*' -o /dev/null -w '%{http_code}' \
      "http://$address:8265/api/version" | grep -qE '200|401' && exit
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  "$here/down.sh" ray
  echo "Ray did not start, see $data/ray.log" >&2; exit 1
}

case ${1:-} in
install)
  shift
  [ $# -gt 0 ] || set -- "${versions[@]}"
  for version in "$@"; do install "$version"; done
  ;;
start) start "${2:-${versions[0]}}" ;;
stop)
  "$here/down.sh" ray
  rm -rf "$data/ray"
  ;;
*) sed -n 's/^# \(ray.sh\)/\1/p' "$0" >&2; exit 2 ;;
esac
