#!/usr/bin/env bash
# Writes the bill of materials of the server: CycloneDX, JSON, of the packages that it is made of, without those of tests and build. The same for the same commit.
#   eng/sbom.sh FILE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
file=$(realpath -m "${1:?usage: eng/sbom.sh FILE}")
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet tool restore >&2
dotnet dotnet-CycloneDX src/Ttm.Server/Ttm.Server.csproj --recursive --exclude-dev --disable-package-restore --configuration Release --no-serial-number --output-format Json \
  --set-name ttm-media --set-version "$version" --set-type Application --output "$work" --filename bom.json </dev/null >&2
# The time is the commit's.
sed "s|\"timestamp\": \"[^\"]*\"|\"timestamp\": \"$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)\"|" "$work/bom.json" >"$file"
