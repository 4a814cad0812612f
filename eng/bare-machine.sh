#!/usr/bin/env bash
# Proves on a clean Debian that has the .NET SDK and nothing else: run.sh installs what is missing, builds, and the server answers; a second run does
# neither; without a library the server says in one sentence what to install. Needs root and debootstrap.
#   eng/bare-machine.sh [PORT]        PORT for HTTP, 18080 where not given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
port=${1:-18080}
root=$(mktemp -d "${TMPDIR:-/tmp}/ttm-bare-XXXXXX")
log=$root.log
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server"; } || true
  eng/debian-root.sh drop "$root"
  rm -f "$log"
}
trap finish EXIT
fault() {
  say "bare-machine.sh: $1"
  tail -n 40 "$log" >&2 || true
  exit 1
}

eng/debian-root.sh make "$root"
mkdir "$root/src"
git ls-files -z | tar --null -T - -c | tar -x -C "$root/src"

# The SDK, the certificates by which NuGet is reached, and the packages that this machine has restored already.
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
mkdir -p "$packages"
enter=(eng/debian-root.sh run "$root" "$sdk:/usr/share/dotnet:ro" /etc/ssl/certs:/etc/ssl/certs:ro "$packages:/root/.nuget/packages" --)
inside() { "${enter[@]}" "$@"; }

# start: run.sh in the background, until it answers.
start() {
  local i
  "${enter[@]}" bash -c "cd /src && exec ./run.sh --Http:Urls=http://127.0.0.1:$port --Media:Port=0" </dev/null >"$log" 2>&1 &
  server=$!
  for ((i = 0; i < 6000; i++)); do
    kill -0 "$server" 2>/dev/null || fault "run.sh ended"
    [ "$(curl -fs -m 5 "http://127.0.0.1:$port/healthz" 2>/dev/null)" != '{"status":"alive"}' ] || return 0
    sleep 0.1
  done
  fault "the server does not answer"
}

stop() {
  kill "$server"
  wait "$server" || fault "the server ended with $?"
  server=
}

start
grep -q 'Installing what is missing.*libopus0' "$log" || fault "nothing was installed"
[[ $(curl -fs "http://127.0.0.1:$port/") == *'<html'* ]] || fault "there is no start page"
stop
echo "ok: run.sh installed the libraries, built, and the server answered"

SECONDS=0
start
! grep -qE 'Installing|Building' "$log" || fault "the second run installed or built again"
stop
echo "ok: the second run answered within $SECONDS s"

inside dpkg --force-depends -r libopus0 >/dev/null 2>&1
inside /usr/share/dotnet/dotnet /src/src/Ttm.Server/bin/Release/net10.0/ttm-server.dll >"$log" 2>&1 && status=0 || status=$?
[ "$status" = 1 ] || fault "without libopus the server ended with $status"
[ "$(wc -l <"$log")" = 1 ] && grep -q 'apt-get install libopus0$' "$log" || fault "the server did not say what to install"
echo "ok: without libopus: $(cat "$log")"
