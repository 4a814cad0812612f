#!/usr/bin/env bash
# A real S3 server on loopback for tests and local development: Ceph's radosgw over one monitor and one OSD.
#   eng/s3.sh start|stop|wipe|status        stop keeps the data, wipe stops and deletes them
#   eng/s3.sh user NAME KEY SECRET          another user, without any right to the buckets of others
#
# Environment (several can run at once, each with a directory and a port of its own):
#   S3_DIR       where everything lies             ${TMPDIR:-/tmp}/ttm-s3
#   S3_PORT      http://127.0.0.1:S3_PORT          17480
#   S3_MON_PORT  the monitor's port                S3_PORT + 1
#   S3_OSD_PORTS range the OSD picks ports from    6800-7300
#   S3_AK S3_SK  the user's keys                   devaccess devsecret12345678
#   S3_STORE     memstore (RAM) or bluestore (a sparse file)
#   S3_OWNER     a process id: when it is gone, so are the server and its data
# Needs radosgw, ceph-mon and ceph-osd: eng/install-deps.sh test
set -euo pipefail
dir=${S3_DIR:-${TMPDIR:-/tmp}/ttm-s3}
port=${S3_PORT:-17480}
mon_port=${S3_MON_PORT:-$((port + 1))}
osd_ports=${S3_OSD_PORTS:-6800-7300}
access_key=${S3_AK:-devaccess}
secret_key=${S3_SK:-devsecret12345678}
store=${S3_STORE:-memstore}
conf=$dir/ceph.conf
daemons=(rgw osd mon) # in the order in which they are stopped
export CEPH_CONF=$conf
export PATH="$PATH:/usr/sbin:/sbin"

fail() {
  echo "s3.sh: $*" >&2
  exit 1
}

alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# A daemon's pid, if that process lives and is really ours: pids are used again.
pid_of() {
  local pid
  pid=$(cat "$dir/run/$1.pid" 2>/dev/null) && alive "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$conf" && echo "$pid"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

answers_http() {
  local status
  { exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && read -r -t 5 status <&3; } 2>/dev/null || return 1
  exec 3<&-
  [[ $status == HTTP/* ]]
}

# launch NAME COMMAND…: in the background, in a session of its own so that Ctrl+C in a terminal does not reach it.
launch() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$dir/log/$name.out" 2>&1 &
  echo $! >"$dir/run/$name.pid"
}

# wait_until WHAT DAEMON CHECK…: polls for half a minute; says why when the daemon dies or stays silent.
wait_until() {
  local what=$1 name=$2 i
  shift 2
  for ((i = 0; i < 600; i++)); do
    "$@" && return
    alive "$(cat "$dir/run/$name.pid")" || { tail -qn 15 "$dir/log/$name.out" "$dir"/log/*"$name"*.log >&2 2>/dev/null || true; fail "$what ended at its start; the log is above"; }
    sleep 0.05
  done
  fail "$what did not answer within half a minute; see $dir/log"
}

write_conf() {
  cat >"$conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v2:127.0.0.1:$mon_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind port min = ${osd_ports%-*}
ms bind port max = ${osd_ports#*-}
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
keyring = $dir/keyring
run dir = $dir/run
crash dir = $dir/run
pid file =
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
# One copy of everything, on one OSD, in few placement groups.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
# Start up fast: no long leases to wait for, no slow hunting for the monitor.
osd pool default read lease ratio = 0.05
mon client hunt interval = 0.3

[mon.a]
mon data = $dir/mon
# The defaults gather changes for seconds, which makes pool creation take a minute.
paxos propose interval = 0.05
paxos min wait = 0.01

[osd.0]
osd data = $dir/osd
osd objectstore = $store
memstore device bytes = 4294967296
bluestore block size = 10737418240
bluestore block db create = false
bluestore block wal create = false
osd memory target = 1073741824
# memstore reaches the disk only in an orderly shutdown.
osd fast shutdown = $([ "$store" = memstore ] && echo false || echo true)

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 64
rgw enable ops log = false
rgw enable usage log = false
# Without authentication the gateway hangs in secure mode.
ms mon client mode = crc
# Lets SSE-KMS be tried over http, with the key id k1.
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = k1=$(head -c 32 /dev/urandom | base64 -w0)
CONF
}

make_cluster() {
  local fsid
  mkdir -p "$dir"/{mon,osd,run,log}
  : >"$dir/keyring"
  write_conf
  fsid=$(sed -n 's/^fsid = //p' "$conf")
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap" >>"$dir/log/make.log" 2>&1 || fail "monmaptool failed; see $dir/log/make.log"
  ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" >>"$dir/log/make.log" 2>&1 || fail "the monitor's data could not be made; see $dir/log/make.log"
}

make_osd() {
  local id
  id=$(cat /proc/sys/kernel/random/uuid)
  { ceph -c "$conf" --connect-timeout 20 osd new "$id" &&
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$id" --no-mon-config; } >>"$dir/log/make.log" 2>&1 || fail "the OSD could not be made; see $dir/log/make.log"
}

start() {
  local name new=0
  for name in radosgw ceph-mon ceph-osd ceph setsid; do
    command -v "$name" >/dev/null || fail "$name is missing: run eng/install-deps.sh test"
  done
  if [ -f "$dir/complete" ]; then
    [ -z "$(pid_of rgw)" ] || fail "already running on port $port, in $dir"
  else
    delete_dir
    new=1
  fi
  ! listens "$port" || fail "port $port is taken; choose another by S3_PORT"
  ! listens "$mon_port" || fail "port $mon_port is taken; choose another by S3_MON_PORT"
  trap 'stop' ERR EXIT # a half-started cluster is worth nothing

  [ $new = 0 ] || make_cluster
  launch mon ceph-mon -c "$conf" -i a -f
  wait_until "the monitor" mon listens "$mon_port"
  [ $new = 0 ] || make_osd
  launch osd ceph-osd -c "$conf" -i 0 -f
  launch rgw radosgw -c "$conf" -n client.rgw -f
  wait_until "radosgw" rgw answers_http
  if [ $new = 1 ]; then
    add_user dev "$access_key" "$secret_key"
    touch "$dir/complete"
  fi
  trap - ERR EXIT
  [ -z "${S3_OWNER:-}" ] || watch_owner
  echo "http://127.0.0.1:$port $access_key $secret_key"
}

# A test run that is killed cannot clean up; this little process does it then.
watch_owner() {
  setsid bash -c 'while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done; [ ! -d "$2" ] || S3_DIR=$2 exec "$3" wipe' \
    watch-owner "$S3_OWNER" "$dir" "$(realpath "$0")" </dev/null >/dev/null 2>&1 &
}

# Only ever deletes what is plainly ours.
delete_dir() {
  [ ! -e "$dir" ] || [ -f "$conf" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not an S3 server's directory; choose another by S3_DIR"
  rm -rf "$dir"
}

# stop [KILL]: orderly, so that memstore keeps its data, or at once.
stop() {
  local name pid i
  for name in "${daemons[@]}"; do
    pid=$(pid_of "$name") || continue
    kill -"${1:-TERM}" "$pid" 2>/dev/null || true
    for ((i = 0; i < 400; i++)); do alive "$pid" && sleep 0.05 || break; done
    ! alive "$pid" || kill -KILL "$pid" 2>/dev/null || true
    rm -f "$dir/run/$name.pid"
  done
}

status() {
  local name pid
  for name in "${daemons[@]}"; do
    pid=$(pid_of "$name") && echo "$name: pid $pid" || echo "$name: not running"
  done
  answers_http && echo "http://127.0.0.1:$port answers" || fail "http://127.0.0.1:$port does not answer"
}

add_user() {
  radosgw-admin -c "$conf" -n client.rgw user create --uid="$1" --display-name="$1" --access-key="$2" --secret-key="$3" >>"$dir/log/make.log" 2>&1 || fail "the user could not be made; see $dir/log/make.log"
}

case ${1:-} in
  start) start ;;
  user) add_user "${2:?name}" "${3:?access key}" "${4:?secret key}" ;;
  stop) stop ;;
  wipe) stop KILL && delete_dir ;;
  status) status ;;
  *)
    echo "usage: eng/s3.sh start|stop|wipe|status, or user NAME KEY SECRET" >&2
    exit 2
    ;;
esac
