#!/usr/bin/env bash
# Installs the native libraries and programs that are missing; does nothing when all are there.
#   eng/install-deps.sh          what the server needs: libopus, libmp3lame, OpenSSL 3
#   eng/install-deps.sh test     and what the tests need besides: two browsers, a sound server, ffmpeg, libsrtp2, coturn's clients, aiortc,
#                                network tools, promtool, an S3 server (Ceph's radosgw), what makes clean machines and images (debootstrap, buildah),
#                                and Node with the packages of tests/npm
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh

want=${1:-run}
case $want in run | test) ;; *) die "usage: eng/install-deps.sh [run|test]" ;; esac
missing=()

# has_one COMMAND…: one of them is on the PATH.
has_one() {
  local name
  for name; do command -v "$name" >/dev/null 2>&1 && return; done
  return 1
}

on_macos() {
  local package packages=(opus lame openssl@3)
  has_one brew || die "TtmMedia needs Homebrew on macOS: install it from https://brew.sh and run this again."
  [ "$want" = test ] && packages+=(ffmpeg srtp node)
  for package in "${packages[@]}"; do [ -d "$(brew --prefix)/opt/$package" ] || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return
  say "Installing what is missing: brew install ${missing[*]}"
  brew install "${missing[@]}" </dev/null >&2 || die "The installation failed; mend it by hand: brew install ${missing[*]}"
}

# Packages whose name differs between distributions are written newest|older.
on_debian() {
  local libraries
  PATH=$PATH:/usr/sbin:/sbin # where users other than root do not look
  libraries=$(ldconfig -p)
  library() { case $libraries in *"$1"*) ;; *) missing+=("$2") ;; esac; }
  program() { has_one "${@:2}" || missing+=("$1"); }

  library libopus.so.0 libopus0
  library libmp3lame.so.0 libmp3lame0
  library libssl.so.3 'libssl3t64|libssl3'
  if [ "$want" = test ]; then
    library libsrtp2.so.1 libsrtp2-1
    program ffmpeg ffmpeg
    program 'chromium|chromium-browser' chromium chromium-browser google-chrome
    program 'firefox-esr|firefox' firefox-esr firefox
    program pulseaudio pulseaudio
    program radosgw radosgw
    program ceph-mon ceph-mon
    program ceph-osd ceph-osd
    program coturn turnutils_uclient
    program iproute2 ip
    program nftables nft
    program prometheus promtool
    [ -d /usr/lib/python3/dist-packages/aiortc ] || missing+=(python3-aiortc)
    program debootstrap debootstrap
    program buildah buildah
    program procps ps
    program curl curl
    program openssl openssl
    program nodejs node
    program npm npm
  fi
  [ ${#missing[@]} = 0 ] && return
  has_one apt-get || die "Please install these by the package manager of this system: ${missing[*]}"

  local as_root=() by_hand=()
  if [ "$(id -u)" != 0 ]; then
    if [ -t 0 ]; then as_root=(sudo); else as_root=(sudo -n); fi
    by_hand=(sudo)
  fi
  by_hand+=(apt-get install -y --no-install-recommends "${missing[@]%%|*}")
  [ ${#as_root[@]} = 0 ] || { has_one sudo && "${as_root[@]}" true 2>/dev/null; } || die "Some packages are missing; please run: ${by_hand[*]}"

  say "Installing what is missing, by apt-get: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq </dev/null >&2 || say "apt-get update failed; going on with the package lists at hand."
  local choice name chosen=()
  for choice in "${missing[@]}"; do
    for name in ${choice//|/ }; do apt-cache show "$name" >/dev/null 2>&1 && break; done
    chosen+=("$name")
  done
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${chosen[@]}" </dev/null >&2 ||
    die "The installation failed; see above, then run: ${by_hand[*]}"

  # Only the tools beside these servers are wanted; the servers would hold ports 3478 and 9090.
  for name in coturn prometheus; do
    case " ${chosen[*]} " in *" $name "*)
      [ ! -d /run/systemd/system ] || "${as_root[@]}" systemctl disable --now -q $name >&2 || say "Please stop the service $name: it holds a port." ;;
    esac
  done
}

case $(uname -s) in
  Darwin) on_macos ;;
  Linux) on_debian ;;
  *) die "TtmMedia's scripts know Linux and macOS; elsewhere install libopus, libmp3lame and OpenSSL 3 by hand." ;;
esac

# Left alone where it is as the lock file wants it.
if [ "$want" = test ] && ! cmp -s tests/npm/package-lock.json tests/npm/node_modules/.installed; then
  say "Installing what the tests need of npm."
  npm ci --prefix tests/npm --no-audit --no-fund --silent </dev/null >&2 || die "npm could not install tests/npm; see above."
  cp tests/npm/package-lock.json tests/npm/node_modules/.installed
fi
