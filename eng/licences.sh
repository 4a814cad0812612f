#!/usr/bin/env bash
# The licences of all packages that the lock files name, tests and benchmarks included.
#   eng/licences.sh list [PROJECT…]    name, version, licence, project address, separated by tabs; PROJECT such as src/Ttm.Server
#   eng/licences.sh check              fails where a licence is not in eng/licences.txt
# The packages must have been restored.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
allowed=eng/licences.txt

# "Name": { "type": "Direct", …, "resolved": "1.2.3" of NuGet's lock files, as name and version.
resolved() {
  sed -n 's/^      "\([^"]*\)": {.*/\1/p; s/^        "resolved": "\([^"]*\)".*/\t\1/p' "$@" | awk '/^\t/ { print name $0; next } { name = $0 }' | sort -uf
}

# tag NAME FILE: the text of an XML element.
tag() { tr -d '\r\n' <"$2" | sed -n "s|.*<$1[^>]*>\([^<]*\)</$1>.*|\1|p"; }

list() {
  local locks=() project name version spec licence
  for project; do locks+=("$project/packages.lock.json"); done
  [ ${#locks[@]} -gt 0 ] || mapfile -t locks < <(git ls-files '*packages.lock.json')
  while IFS=$'\t' read -r name version; do
    spec=$packages/${name,,}/${version,,}/${name,,}.nuspec
    [ -f "$spec" ] || { echo "licences.sh: $name $version has not been restored" >&2; return 1; }
    licence=$(tag license "$spec")
    # Older packages have an address in place of a name.
    [ -n "$licence" ] && ! grep -q '<license type="file"' "$spec" || licence=$(tag licenseUrl "$spec")
    printf '%s\t%s\t%s\t%s\n' "$name" "$version" "${licence:-none}" "$(tag projectUrl "$spec")"
  done < <(resolved "${locks[@]}")
}

check() {
  local name version licence address bad=0 count=0
  while IFS=$'\t' read -r name version licence address; do
    count=$((count + 1))
    grep -qxF -e "$licence" -e "$name $licence" "$allowed" && continue
    echo "$name $version is under $licence, which $allowed does not allow" >&2
    bad=1
  done <<<"$(list)"
  [ $bad = 0 ] || return 1
  echo "The licences of $count packages are allowed."
}

case ${1:-} in
  list) list "${@:2}" ;;
  check) check ;;
  *) echo "usage: eng/licences.sh list [PROJECT…] | check" >&2; exit 2 ;;
esac
