#!/usr/bin/env bash
# What a release consists of, in DIR (artifacts/release where not given): the Debian package, its bill of materials (CycloneDX), licences, and checksums.
#   deploy/release.sh [DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
out=$(mkdir -p "${1:-artifacts/release}" && cd "${1:-artifacts/release}" && pwd)
package=$(deploy/build-deb.sh "$out")
name=$(basename "$package" .deb)
eng/sbom.sh "$out/$name.cdx.json"
eng/licences.sh list src/{Ttm.Rtc,Ttm.Net,Ttm.Turn,Ttm.Sfu,Ttm.Recorder,Ttm.Server} >"$out/$name.licences.tsv"
(cd "$out" && sha256sum "$name".* >SHA256SUMS)
cat "$out/SHA256SUMS"
