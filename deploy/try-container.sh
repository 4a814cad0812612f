#!/usr/bin/env bash
# Builds the image of deploy/container/Dockerfile by buildah, which needs no daemon, from a Debian made here and a package that is built already, and runs the
# server from it as its user, on a read-only root, with its health check. No registry is asked, so the stage that builds the package is not run.
#   deploy/try-container.sh PACKAGE.deb
# Needs root, debootstrap and buildah.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
package=$(realpath "${1:?usage: deploy/try-container.sh PACKAGE.deb}")
work=$(mktemp -d "${TMPDIR:-/tmp}/ttm-container-XXXXXX")
root=$work/debian
server='' mounted=''
# Everything of this run lies in $work: images of the machine are neither used nor touched.
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server"; } || true
  [ -z "$mounted" ] || buildah umount --all >/dev/null 2>&1 || true
  eng/debian-root.sh drop "$root" || true
  rm -rf "$work"
}
trap finish EXIT
fault() {
  say "try-container.sh: $*"
  tail -n 30 "$work"/*.log >&2 || true
  exit 1
}
ok() { echo "ok: $*"; }
command -v buildah >/dev/null || fault "buildah is missing: run eng/install-deps.sh test"

eng/debian-root.sh make "$root"
base=$(buildah from scratch)
buildah add -q "$base" "$root" / >/dev/null
buildah commit -q "$base" localhost/debian >/dev/null 2>"$work/base.log" || fault "the base image"
mkdir "$work/package"
cp "$package" "$work/package"
buildah bud --isolation chroot --network host --build-arg BASE=localhost/debian --build-context "package=$work/package" --format docker \
  -f deploy/container/Dockerfile -t ttm-media . >"$work/build.log" 2>&1 </dev/null || fault "the build"
ok "built from a Debian made here"

config() { buildah inspect --type image --format "{{$1}}" ttm-media; }
[ "$(config .Docker.Config.User)" = 10001:10001 ] || fault "the image's user is $(config .Docker.Config.User)"
config .Docker.Config.Healthcheck.Test | grep -q 'ttm-server health' || fault "the image has no health check"

# Run as a container engine would: its user, no capability, all read-only but the volume.
container=$(buildah from --pull-never ttm-media)
mounted=$(buildah mount "$container")
mkdir "$work/volume"
chown 10001:10001 "$work/volume"
secret=a-secret-for-trying-only-32-bytes-long
port=$((RANDOM % 10000 + 20000))
mapfile -t variables < <(buildah inspect --type image --format '{{range .Docker.Config.Env}}{{println .}}{{end}}' ttm-media | grep .)
cat >"$work/contain" <<'INNER'
root=$1
mount --bind "$root" "$root"
mount --bind "$2" "$root/var/lib/ttm-media"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
exec chroot "$root" setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs env -i "${@:3}"
INNER
contained=(unshare --mount --propagation private bash "$work/contain" "$mounted" "$work/volume" "${variables[@]}")
inside() { "${contained[@]}" "$@"; }
"${contained[@]}" Auth__Keys__trial=$secret Http__Urls="http://127.0.0.1:$port" Media__Port=0 /usr/lib/ttm-media/ttm-server >"$work/server.log" 2>&1 </dev/null &
server=$!
healthy() { inside /usr/lib/ttm-media/ttm-server health --url "http://127.0.0.1:$port"; }
for ((i = 0; i < 300; i++)); do
  kill -0 "$server" 2>/dev/null || fault "the server ended"
  healthy >/dev/null 2>&1 && break
  sleep 0.2
done
[ "$(healthy)" = '{"status":"alive"}' ] || fault "the health check fails"
grep -q '^CapEff:.0*$' "/proc/$server/status" && [ "$(awk '/^Uid/ { print $2 }' "/proc/$server/status")" = 10001 ] || fault "it runs with more than it should"
! inside touch /usr/lib/ttm-media/written 2>/dev/null || fault "the root can be written to"
token=$(inside Auth__Keys__trial=$secret /usr/lib/ttm-media/ttm-server token --role service)
lesson=$(curl -fsS -m 10 -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"id":"algebra-7"}' "http://127.0.0.1:$port/api/v1/lessons")
[[ $lesson == *'"state":"live"'* ]] || fault "no lesson: $lesson"
ok "runs from the image as user 10001 without capabilities on a read-only root; the health check answers, a lesson is made"
kill "$server"
wait "$server" || fault "it ended with $?"
server=
! healthy >/dev/null 2>&1 || fault "the health check answers for a server that is gone"
ok "SIGTERM ends it, and the health check says so"
