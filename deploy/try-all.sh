#!/usr/bin/env bash
# All of it, from a bare machine to a container: builds the package twice in two directories and compares, then runs each of the scripts that try it.
# Takes about ten minutes; needs root and eng/install-deps.sh test. The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. eng/lib.sh
need_dotnet
passed=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/ttm-all-XXXXXX")
trap 'rm -rf "$work"' EXIT
try() {
  echo "== $1"
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)) && say "FAILED: $1"; fi
}
same_bytes() {
  git clone -q . "$work/elsewhere" &&
    deploy/build-deb.sh "$work/one" && (cd "$work/elsewhere" && deploy/build-deb.sh "$work/two") &&
    (cd "$work" && sha256sum one/*.deb two/*.deb) && cmp "$work"/one/*.deb "$work"/two/*.deb
}
try "the same commit gives the same package" same_bytes
try "run.sh on a bare machine" eng/bare-machine.sh
dotnet build bench/Ttm.Load -c Release -v quiet --nologo </dev/null || say "The load tool could not be built."
try "the package in a clean Debian" deploy/try-deb.sh "$(ls "$work"/one/*.deb)"
try "the container image" deploy/try-container.sh "$(ls "$work"/one/*.deb)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
