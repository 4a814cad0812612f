#!/usr/bin/env bash
# Sets up what the tests need, builds, and runs them one project after another.
#   ./test.sh                 everything
#   ./test.sh Rtc Recorder    only tests/Ttm.Rtc.Tests and tests/Ttm.Recorder.Tests (EndToEnd is one, too)
# The last line is "N passed, N failed"; results as trx lie in artifacts/test. With CI=true a skipped test counts as failed: what it takes has been
# installed. But for what a container's kernel refuses even to root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. eng/lib.sh
passed=0 failed=0 skipped=0
may_be_skipped='(CAP_SYS_ADMIN)'
results=$PWD/artifacts/test

# skips: "reason: test", a line for each that the trx files tell.
skips() {
  cat "$results"/*/*.trx 2>/dev/null | awk '
    /<UnitTestResult / { name = ""; if (/outcome="NotExecuted"/) { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name) } }
    name != "" && /<Message>/ { sub(/.*<Message>/, ""); sub(/<\/Message>.*/, ""); print $0 ": " name; name = "" }' | sort
}

verdict() {
  local faults
  if [ "$skipped" != 0 ]; then
    echo "$skipped skipped"
    skips
    faults=$(skips | grep -vcF "$may_be_skipped") || true
    [ "${CI:-}" != true ] || [ "$faults" = 0 ] || could_not "$faults skipped that CI must run: they count as failed." "$faults"
  fi
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && exit 0 || exit 1
}
could_not() { say "$1"; failed=$((failed + ${2:-1})); }

projects=()
for name in "$@"; do
  for dir in "tests/Ttm.$name.Tests" "tests/Ttm.$name"; do [ -d "$dir" ] && projects+=("$dir") && continue 2; done
  die "There is no test project for '$name'; choose from: $(ls tests | sed -n 's/^Ttm\.//; s/\.Tests$//; /Testing/!p' | xargs)"
done
[ $# -gt 0 ] && targets=("${projects[@]}") || targets=(TtmMedia.sln)
[ $# -gt 0 ] || for dir in tests/*/; do grep -qs '<IsTestProject>true' "$dir"*.csproj && projects+=("${dir%/}"); done

(need_dotnet) || { could_not "No tests were run."; verdict; }
need_dotnet
eng/install-deps.sh test || { could_not "No tests were run."; verdict; }
for target in "${targets[@]}"; do
  dotnet build "$target" -c Release -v quiet --nologo </dev/null || { could_not "The build of $target failed."; verdict; }
done

rm -rf "$results" && mkdir -p "$results"

# count PROJECT NAME: a counter of the project's trx; several trx (a host that died and was started again) add up.
count() { { cat "$results/$1"/*.trx 2>/dev/null || true; } | sed -n "s/.*<Counters .* \?$2=\"\([0-9]*\)\".*/\1/p" | awk '{ n += $1 } END { print n + 0 }'; }

run() {
  local project=$1 name status=0 ok bad total
  name=$(basename "$project")
  echo "== $name"
  dotnet test "$project" -c Release --no-build --nologo --results-directory "$results/$name" \
    --logger 'console;verbosity=minimal' --logger "trx;LogFileName=$name.trx" \
    --blame-hang-timeout 5m --blame-hang-dump-type none </dev/null || status=$?
  ok=$(count "$name" passed) bad=$(count "$name" failed) total=$(count "$name" total)
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
  [ $status = 0 ] || [ "$bad" -gt 0 ] || could_not "$name did not run to its end (exit code $status)."
}
for project in "${projects[@]}"; do run "$project"; done
verdict
