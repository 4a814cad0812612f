#!/usr/bin/env bash
# A clean Debian in a directory, to try on a bare machine what this one has had for long. Needs root, debootstrap and unshare.
#   eng/debian-root.sh make DIR                         Debian bookworm's smallest set of packages; from a cache after the first time
#   eng/debian-root.sh run DIR [FROM:TO[:ro]…] -- CMD…  runs CMD in there, with FROM (a directory or file) seen as TO; processes and mounts end with it
#   eng/debian-root.sh boot DIR [NETNS]                 starts its systemd (to be installed there), in a network namespace of ip netns where one is named
#   eng/debian-root.sh in DIR CMD…                      runs CMD in the booted system
#   eng/debian-root.sh halt DIR                         ends the booted system
#   eng/debian-root.sh drop DIR                         deletes it
#
# Environment: TTM_CACHE, where the packed system is kept (${XDG_CACHE_HOME:-~/.cache}/ttm-media).
set -euo pipefail
release=bookworm
cache=${TTM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ttm-media}
export PATH="$PATH:/usr/sbin:/sbin"

fail() {
  echo "debian-root.sh: $*" >&2
  exit 1
}

# The mirror this machine itself installs from.
mirror() {
  local url
  url=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oEm1 'https?://[^ ]*/debian/?( |$)' || true)
  [ -n "$url" ] || fail "this machine's own package sources name no Debian mirror to install from"
  echo "$url" | tr -d ' '
}

# A month old is as good as new: only packages that are asked for are taken from the mirror afterwards.
pack() {
  local new=$cache/$release.new.$$
  mkdir -p "$cache"
  find "$cache" -maxdepth 1 -name "$release.tar" -mtime +30 -delete
  [ ! -f "$cache/$release.tar" ] || return 0
  echo "Making a clean Debian $release from $(mirror); it is kept in $cache" >&2
  debootstrap --variant=minbase "$release" "$new" "$(mirror)" >"$cache/debootstrap.log" 2>&1 || fail "debootstrap failed; see $cache/debootstrap.log"
  rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*
  tar -C "$new" --numeric-owner -cf "$new.tar" .
  mv "$new.tar" "$cache/$release.tar"
  rm -rf "$new"
}

make() {
  local dir=$1
  [ "$(id -u)" = 0 ] || fail "must be run by root"
  command -v debootstrap >/dev/null || fail "debootstrap is missing: run eng/install-deps.sh test"
  [ ! -e "$dir" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
  mkdir -p "$cache" "$dir"
  (flock 9 && pack) 9>"$cache/lock"
  tar -C "$dir" --numeric-owner -xpf "$cache/$release.tar"
  touch "$dir/.ttm-debian-root"
  cp /etc/resolv.conf "$dir/etc/resolv.conf"
  printf 'APT::Install-Recommends "false";\nAPT::Sandbox::User "root";\n' >"$dir/etc/apt/apt.conf.d/90ttm"
  cat /etc/apt/apt.conf.d/* 2>/dev/null | grep -E '^Acquire::' >"$dir/etc/apt/apt.conf.d/91host" || true
  # Services are not started by their installation: nothing here is a booted system.
  printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
  chmod 755 "$dir/usr/sbin/policy-rc.d"
}

run() {
  local dir=$1 binds=()
  shift
  [ -f "$dir/.ttm-debian-root" ] || fail "$dir was not made by this script"
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    binds+=("$1")
    shift
  done
  [ $# -gt 1 ] || fail "usage: eng/debian-root.sh run DIR [FROM:TO[:ro]…] -- CMD…"
  shift
  TTM_BINDS=${binds[*]-} unshare --mount --pid --fork --kill-child --propagation private "$0" enter "$dir" "$@" <&0 &
  unshare=$!
  trap end TERM INT HUP
  while wait $unshare && status=0 || status=$?; [ -n "${ending:-}" ]; do ending=; done # a signal ends the wait
  exit $status
}

# unshare itself takes no signal: CMD gets it, and half a minute to end in.
end() {
  local command i
  ending=yes
  command=$(ps -o pid= --ppid "$unshare" | tr -d ' ') || return 0
  kill -TERM "$command" 2>/dev/null || return 0
  for ((i = 0; i < 600; i++)); do kill -0 "$command" 2>/dev/null && sleep 0.05 || return 0; done
  kill -KILL "$command" 2>/dev/null || true
}

enter() {
  local dir=$1 bind from to mode variables=() name
  shift
  mount --bind "$dir" "$dir"
  mount -t proc proc "$dir/proc"
  mount -t tmpfs tmpfs "$dir/run"
  mount --rbind /dev "$dir/dev"
  for bind in $TTM_BINDS; do
    IFS=: read -r from to mode <<<"$bind"
    if [ -d "$from" ]; then mkdir -p "$dir$to"; else mkdir -p "$(dirname "$dir$to")" && touch "$dir$to"; fi
    mount --bind "$from" "$dir$to"
    [ "$mode" != ro ] || mount -o remount,bind,ro "$dir$to"
  done
  # A machine's environment is not a bare one's; how it reaches the package registries is the exception.
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR NUGET_CERT_REVOCATION_MODE ${TTM_PASS:-}; do
    [ -z "${!name:-}" ] || variables+=("$name=${!name}")
  done
  exec chroot "$dir" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb "${variables[@]}" "$@"
}

# Where the kernel keeps the unified hierarchy; systemd needs a group of its own there.
cgroup_of() { awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts | sed "s|\$|/ttm-$(basename "$1")|"; }

init_of() {
  local pid
  pid=$(cat "$1.init" 2>/dev/null) && kill -0 "$pid" 2>/dev/null && echo "$pid"
}

boot() {
  local dir=$1 netns=${2:-} group command=(unshare --mount --pid --fork --kill-child --uts --ipc --cgroup --propagation private "$0" init "$1") i
  [ -x "$dir/lib/systemd/systemd" ] || fail "install systemd in $dir first"
  group=$(cgroup_of "$dir")
  [ "$group" != "/ttm-$(basename "$dir")" ] && mkdir "$group" || fail "there is no cgroup hierarchy for a booted system"
  [ -z "$netns" ] || command=(nsenter --net="/run/netns/$netns" "${command[@]}")
  (echo "$BASHPID" >"$group/cgroup.procs" && exec "${command[@]}") </dev/null >"$dir.boot.log" 2>&1 &
  for ((i = 0; i < 1200; i++)); do
    kill -0 $! 2>/dev/null || fail "systemd ended; see $dir.boot.log"
    ps -o pid= --ppid $! | tr -d ' ' >"$dir.init" || true
    case $("$0" in "$dir" systemctl is-system-running 2>/dev/null) in running | degraded) return ;; esac
    sleep 0.05
  done
  fail "systemd has not come up within a minute; see $dir.boot.log"
}

# The first process of the booted system.
init() {
  local dir=$1 device
  mount --bind "$dir" "$dir"
  mount -t proc proc "$dir/proc"
  mount --bind "$dir/proc/sys" "$dir/proc/sys"
  mount -o remount,bind,ro "$dir/proc/sys" # the kernel's settings are this machine's
  mount -t sysfs -o ro sysfs "$dir/sys"
  mount -t cgroup2 cgroup2 "$dir/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$dir/run"
  mount -t tmpfs -o mode=755 tmpfs "$dir/dev"
  for device in null zero full random urandom tty; do
    touch "$dir/dev/$device"
    mount --bind "/dev/$device" "$dir/dev/$device"
  done
  mkdir "$dir/dev/pts" "$dir/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dir/dev/pts"
  mount -t tmpfs tmpfs "$dir/dev/shm"
  ln -s pts/ptmx "$dir/dev/ptmx"
  ln -s /proc/self/fd "$dir/dev/fd"
  exec chroot "$dir" /usr/bin/env -i container=ttm PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=0
}

inside() {
  local pid
  pid=$(init_of "$1") || fail "$1 is not booted"
  exec nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root --wd /usr/bin/env -i \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb SYSTEMD_PAGER= "${@:2}"
}

halt() {
  local dir=$1 pid group i
  group=$(cgroup_of "$dir")
  if pid=$(init_of "$dir"); then
    kill -RTMIN+4 "$pid" # power off
    for ((i = 0; i < 400; i++)); do kill -0 "$pid" 2>/dev/null && sleep 0.05 || break; done
    kill -KILL "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  fi
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  rm -f "$dir.init" "$dir.boot.log"
}

drop() {
  local dir=$1
  [ ! -e "$dir" ] || [ -f "$dir/.ttm-debian-root" ] || fail "$dir was not made by this script"
  halt "$dir"
  ! grep -q " $(realpath -m "$dir")/" /proc/mounts || fail "something is still mounted below $dir"
  rm -rf --one-file-system "$dir"
}

case ${1:-}:$# in
  make:2) make "$2" ;;
  drop:2) drop "$2" ;;
  boot:2 | boot:3) boot "${@:2}" ;;
  in:*) inside "${@:2}" ;;
  halt:2) halt "$2" ;;
  init:2) init "$2" ;;
  run:*) run "${@:2}" ;;
  enter:*) enter "${@:2}" ;;
  *) fail "usage: eng/debian-root.sh make|boot|halt|drop DIR, run DIR [FROM:TO[:ro]…] -- CMD…, in DIR CMD…" ;;
esac
