#!/usr/bin/env bash
# Builds and starts the server for a first look: http://localhost:8080, recordings under data/.
#   ./run.sh [--Section:Key=value …]     any setting of docs and appsettings.json
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
. eng/lib.sh
need_dotnet
eng/install-deps.sh run

server=src/Ttm.Server/bin/Release/net10.0/ttm-server.dll
stamp=src/Ttm.Server/obj/run.stamp
changed() {
  [ -f "$server" ] && [ -f "$stamp" ] || return 0
  [ -n "$(find src Directory.*.* global.json \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]
}
if changed; then
  say "Building…"
  for project in src/*/; do mkdir -p "$project"{bin,obj}; done # made by the build they would change the directories, and the next run would build again
  started=$(mktemp)
  dotnet build src/Ttm.Server -c Release -v quiet --nologo </dev/null >&2 || die "The build failed; see above."
  mv "$started" "$stamp"
fi

export ASPNETCORE_ENVIRONMENT="${ASPNETCORE_ENVIRONMENT:-Development}"
export ASPNETCORE_URLS="${ASPNETCORE_URLS:-http://localhost:8080}"
export ASPNETCORE_CONTENTROOT="$root/src/Ttm.Server"
exec dotnet "$server" "$@"
