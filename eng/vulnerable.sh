#!/usr/bin/env bash
# Asks the package registry for known vulnerabilities of every package, of those they bring along too. Fails where there is one; where the registry has no
# such list, or does not answer, it says so and passes, since that is nobody's change.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
source=$(dotnet nuget list source --format short | sed -n 's/^E *//p' | head -1)
if ! curl -fsS -m 20 "$source" 2>/dev/null | grep -q VulnerabilityInfo; then
  echo "The package registry has no list of vulnerabilities: nothing was checked."
  exit 0
fi
answer=$(dotnet list TtmMedia.sln package --vulnerable --include-transitive --format json </dev/null 2>&1)
status=$?
case $answer in
  *'"vulnerabilities"'*) echo "$answer" >&2; die "Packages with known vulnerabilities are in use; see above." ;;
esac
if [ $status != 0 ] || [[ $answer != *'"projects"'* ]] || [[ $answer == *'"problems"'* ]]; then
  say "The registry was not asked about vulnerabilities: $(echo "$answer" | grep -v '^ *$' | head -3 | tr '\n' ' ')"
  exit 0
fi
echo "No package has a known vulnerability, as far as the registry tells."
