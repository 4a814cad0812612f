#!/usr/bin/env bash
# Kills a real server thirty times (or $1) in the midst of a lesson and accounts for every quarter of a second. Takes some minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
TTM_KILLS="${1:-30}" dotnet test tests/Ttm.Server.Tests --filter "FullyQualifiedName~CrashTests"
