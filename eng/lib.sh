# Shared by run.sh, test.sh and .ci/run; sourced, never run.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Puts a .NET SDK that global.json accepts on the PATH, or says in one sentence that there is none. Call it from the repository's root.
need_dotnet() {
  local dir
  if ! command -v dotnet >/dev/null 2>&1; then
    for dir in "${DOTNET_ROOT:-}" "${HOME:-/root}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /opt/homebrew/bin; do
      [ -n "$dir" ] && [ -x "$dir/dotnet" ] && PATH="$dir:$PATH" && break
    done
  fi
  [ -d "${HOME:-}" ] || export HOME="${TMPDIR:-/tmp}" # dotnet and NuGet do not work without one
  # A bare Linux has no ICU, and without it the SDK ends at once unless it is told to do without. TtmMedia needs none.
  [ "$(uname -s)" != Linux ] || PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -q libicuuc || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  command -v dotnet >/dev/null 2>&1 || die "TtmMedia needs the .NET 10 SDK: install it from https://dot.net/download and run this again."
  dotnet --version >/dev/null 2>&1 || die "The .NET SDK that is here does not run, or is not the .NET 10 SDK that TtmMedia needs: $(dotnet --version 2>&1 | grep -v '^ *$' | head -2 | tr '\n' ' ')"
  export PATH DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}
