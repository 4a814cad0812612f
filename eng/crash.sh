#!/usr/bin/env bash
# Kills a real server thirty times (or $1) in the midst of a lesson and counts to the frame what each kill costs. Takes about a minute and a half.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
TTM_KILLS="${1:-30}" dotnet test tests/Ttm.Server.Tests -c Release --logger "console;verbosity=detailed" --filter "FullyQualifiedName~CrashTests"
