#!/usr/bin/env bash
# Builds the Debian package ttm-media of the last commit. The same commit gives the same bytes, wherever and whenever it is built by the same SDK.
#   deploy/build-deb.sh [DIR]      into DIR, artifacts/deb where not given; prints the package's path
# Needs the .NET SDK, git and dpkg-deb. The package holds .NET's runtime, which Debian does not have.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
command -v dpkg-deb >/dev/null || die "build-deb.sh needs dpkg-deb: build on Debian or Ubuntu."
out=$(mkdir -p "${1:-artifacts/deb}" && cd "${1:-artifacts/deb}" && pwd)
case $(dpkg --print-architecture) in
  amd64) arch=amd64 rid=linux-x64 ;;
  arm64) arch=arm64 rid=linux-arm64 ;;
  *) die "build-deb.sh knows amd64 and arm64." ;;
esac
[ -z "$(git status --porcelain)" ] || say "What is not committed is not in the package."
version=$(git show HEAD:Directory.Build.props | sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p')
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
src=$work/src root=$work/root
lib=$root/usr/lib/ttm-media doc=$root/usr/share/doc/ttm-media

mkdir -p "$src" "$root/DEBIAN"
git archive HEAD | tar -x -C "$src"

publish() (
  cd "$src"
  # Compiled beforehand: a server that has just started would otherwise let its first teachers wait for the compiler.
  # A publish for one platform adds that platform to the lock files of the copy; that it changes no version is checked below.
  dotnet publish src/Ttm.Server -c Release -r "$rid" --self-contained -o "$lib" -v quiet --nologo \
    -p:ContinuousIntegrationBuild=true -p:DeterministicSourcePaths=false -p:EnableSourceControlManagerQueries=false -p:SourceRevisionId="$commit" \
    -p:PublishReadyToRun=true -p:RestoreLockedMode=false -p:RunAnalyzers=false -p:GenerateDocumentationFile=false -nodeReuse:false </dev/null >&2
)
publish || die "The server could not be published; see above."
for lock in "$src"/src/*/packages.lock.json; do
  ! diff "$lock" <(git show "HEAD:${lock#"$src/"}") | grep -q '"resolved"' || die "$lock asks for other versions than the committed one."
done

# The server: no compiler's leftovers, and modes that do not depend on where the packages came from.
find "$lib" -name '*.xml' -delete
find "$lib" -type f -exec chmod 0644 {} +
chmod 0755 "$lib/ttm-server" "$lib/createdump"
install -m 0755 deploy/debian/own-configuration deploy/debian/certbot-hook "$lib"
install -m 0644 deploy/debian/package-settings.json "$lib"
install -D -m 0755 deploy/debian/ttm-server "$root/usr/bin/ttm-server"
install -D -m 0755 deploy/debian/ttm-media-certificate "$root/usr/sbin/ttm-media-certificate"
install -D -m 0644 deploy/debian/ttm-media.service "$root/usr/lib/systemd/system/ttm-media.service"

# What one reads.
mkdir -p "$doc" "$root/usr/share/man/man8"
for page in ttm-server ttm-media-certificate; do gzip -9n <"deploy/debian/$page.8" >"$root/usr/share/man/man8/$page.8.gz"; done
{ cat deploy/debian/copyright; echo; echo "License: MIT"; sed '1,4d; s/^$/./; s/^/ /' LICENSE; } >"$doc/copyright"
{
  echo "ttm-media ($version) stable; urgency=medium"
  echo
  echo "  * See the history of commit $commit."
  echo
  echo " -- TtmMedia <security@thinkthroughmath.com>  $(date -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
for page in README.md SECURITY.md; do install -m 0644 "$src/$page" "$doc"; done
cp -r "$src/docs" "$doc/docs"
eng/licences.sh list src/{Ttm.Rtc,Ttm.Net,Ttm.Turn,Ttm.Sfu,Ttm.Recorder,Ttm.Server} >"$doc/licences.tsv"

cat >"$root/DEBIAN/control" <<CONTROL
Package: ttm-media
Version: $version
Architecture: $arch
Maintainer: TtmMedia <security@thinkthroughmath.com>
Installed-Size: $(find "$root/usr" -type f -printf '%s\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
Depends: adduser, ca-certificates, init-system-helpers (>= 1.54), libc6 (>= 2.34), libgcc-s1, libmp3lame0, libopus0, libssl3t64 | libssl3, libstdc++6, openssl
Recommends: certbot
Section: net
Priority: optional
Homepage: https://thinkthroughmath.com
Description: media server for one-to-one spoken tutoring
 The teacher speaks in a browser (WHIP), the one selected student hears (WHEP), a
 REST call switches to the next student, and every stretch of speech becomes an MP3
 in an S3 bucket or a directory. STUN, TURN and ICE-TCP are included, so that one host
 name and two ports are all that a school has to allow.
 .
 The package holds the .NET runtime that it runs on.
CONTROL
for script in postinst prerm postrm; do install -m 0755 "deploy/debian/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

package=$out/ttm-media_${version}_$arch.deb
dpkg-deb --root-owner-group -Zgzip --build "$root" "$package" >&2
echo "$package"
