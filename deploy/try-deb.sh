#!/usr/bin/env bash
# Installs the package in a clean Debian, boots that with its own systemd and network, and gives a lesson through it; then upgrades, breaks, removes and purges it.
#   deploy/try-deb.sh PACKAGE.deb
# Needs root, debootstrap, unshare, ip and openssl, and bench/Ttm.Load built in Release. Prints an "ok" for each thing proved.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. eng/lib.sh
need_dotnet
package=$(realpath "${1:?usage: deploy/try-deb.sh PACKAGE.deb}")
export PATH="$PATH:/usr/sbin:/sbin"
host=lessons.thinkthroughmath.com
id=$((RANDOM % 200 + 20))
net=ttm-deb-$id outside=10.213.$id.1 inside=10.213.$id.2
work=$(mktemp -d "${TMPDIR:-/tmp}/ttm-deb-XXXXXX")
root=$work/root
finish() {
  eng/debian-root.sh drop "$root" || true
  ip netns del "$net" 2>/dev/null || true
  ip link del "ttm-$id" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
ok() { echo "ok: $*"; }
fault() {
  say "try-deb.sh: $*"
  on journalctl -q --no-pager -n 60 -o cat -u ttm-media >&2 || true
  exit 1
}
on() { eng/debian-root.sh in "$root" "$@"; }
# until_so SECONDS WHAT COMMAND…
until_so() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || fault "$what: not within the time"; sleep 0.2; done
}
property() { on systemctl show -P "$1" ttm-media; }

# --- a machine of its own -------------------------------------------------------------------------------------------------------------------
eng/debian-root.sh make "$root"
cp "$package" "$root/root/ttm-media.deb"
touch "$root/etc/machine-id"
inside_root() { eng/debian-root.sh run "$root" -- "$@" >>"$work/apt.log" 2>&1 </dev/null || { tail -n 30 "$work/apt.log" >&2; fault "$*"; }; }
inside_root apt-get update -qq
inside_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq systemd systemd-sysv
inside_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq /root/ttm-media.deb
rm "$root/usr/sbin/policy-rc.d" # from here on it is a booted machine
ip netns add "$net"
ip link add "ttm-$id" type veth peer name eth0 netns "$net"
ip addr add "$outside/30" dev "ttm-$id"
ip link set "ttm-$id" up
ip -n "$net" addr add "$inside/30" dev eth0
ip -n "$net" link set eth0 up
ip -n "$net" link set lo up
eng/debian-root.sh boot "$root" "$net"
[ "$(property LoadState) $(property ActiveState) $(property UnitFileState)" = "loaded inactive enabled" ] || fault "the unit is not there, or runs without a configuration"
grep -q 'ttm-server init' "$work/apt.log" || fault "the installation does not say what to do next"
ok "installed with its dependencies in a clean Debian; it waits for its configuration"

on systemd-analyze --man=no verify ttm-media.service 2>"$work/verify" || fault "systemd-analyze verify: $(cat "$work/verify")"
exposure=$(on systemd-analyze security --no-pager ttm-media.service | sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p')
awk -v level="$exposure" 'BEGIN { exit !(level != "" && level < 3) }' || fault "systemd-analyze security says $exposure"
ok "systemd-analyze verify is content, and security says $exposure of 10"

# --- a certificate of a private authority, as certbot would hand it over ------------------------------------------------------------------------
sign() {
  local lineage=$work/live/$host
  mkdir -p "$lineage"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" -keyout "$lineage/privkey.pem" -out "$work/request.pem" 2>/dev/null
  openssl x509 -req -in "$work/request.pem" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 2 -extfile <(echo "subjectAltName=DNS:$host,IP:$inside") -out "$lineage/fullchain.pem" 2>/dev/null
  mkdir -p "$root/etc/letsencrypt/live/$host"
  cp "$lineage"/*.pem "$root/etc/letsencrypt/live/$host"
  chmod 0600 "$root/etc/letsencrypt/live/$host/privkey.pem"
  on env RENEWED_LINEAGE="/etc/letsencrypt/live/$host" /usr/lib/ttm-media/certbot-hook
  openssl x509 -in "$lineage/fullchain.pem" -noout -serial
}
served() { openssl s_client -connect "$inside:443" -servername "$host" </dev/null 2>/dev/null | openssl x509 -noout -serial; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=A school's authority" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
first=$(sign)

# --- configuration and start ----------------------------------------------------------------------------------------------------------------------
secret=$(openssl rand -base64 33)
cat >"$root/etc/ttm-media/ttm-media.json" <<JSON
{
  "Http": { "Urls": "http://0.0.0.0:80;https://0.0.0.0:443" },
  "Kestrel": { "Certificates": { "Default": { "Path": "/etc/ttm-media/tls/certificate.pem", "KeyPath": "/etc/ttm-media/tls/key.pem" } } },
  "Media": { "PublicAddresses": "$inside" }
}
JSON
secrets() { echo "{ \"Auth\": { \"Keys\": { $1 } } }" >"$root/etc/ttm-media/secrets.json"; }
secrets "\"school\": \"$secret\""
chmod 0644 "$root/etc/ttm-media/secrets.json"
on systemctl start ttm-media || fault "the service does not start"
pid=$(property MainPID)
[ "$(on stat -c %U:%a /etc/ttm-media/secrets.json)" = ttm-media:600 ] || fault "others can read secrets.json"
[ "$(on stat -c %U "/proc/$pid")" = ttm-media ] || fault "it runs as $(on stat -c %U "/proc/$pid")"
[ "$(on awk '/^CapEff/ { print $2 } /^NoNewPrivs/ { print $2 }' "/proc/$pid/status" | tr '\n' ' ')" = "0000000000000400 1 " ] || fault "it has other capabilities than that of low ports"
[ "$(on awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")" -ge 65536 ] || say "note: this machine does not allow 65536 descriptors"
curl="curl -fsS -m 10 --cacert $work/ca.pem --resolve $host:443:$inside --resolve $host:80:$inside"
[ "$($curl "https://$host/healthz")" = '{"status":"alive"}' ] || fault "no answer over HTTPS"
[ "$($curl -o /dev/null -w '%{http_code} %{redirect_url}' "http://$host/teacher.html")" = "308 https://$host/teacher.html" ] || fault "HTTP does not lead to HTTPS"
grep -qi '^strict-transport-security: max-age=31536000' <<<"$($curl -D - -o /dev/null "https://$host/teacher.html")" || fault "no HSTS"
echo key.thumb >"$root/var/lib/ttm-media/acme/.well-known/acme-challenge/token"
[ "$($curl "http://$host/.well-known/acme-challenge/token")" = key.thumb ] || fault "an authority's challenge is not answered"
ok "runs on ports 80 and 443 as its own user with one capability; redirect, HSTS and challenges work"

# --- lessons from outside, and a renewal in their midst ---------------------------------------------------------------------------------------------
load() {
  SSL_CERT_FILE=$work/ca.pem dotnet bench/Ttm.Load/bin/Release/net10.0/ttm-load.dll --url "https://$inside" --key school --secret "$secret" \
    --lessons 3 --students 2 --switch-every 2s --duration "$1" --json "$work/load.json" >"$work/load.log" 2>&1 </dev/null
}
load 12s &
lessons=$!
sleep 6
second=$(sign)
[ "$first" != "$second" ] || fault "the same certificate again"
until_so 20 "the renewed certificate" eval '[ "$(served)" = "$second" ]'
wait "$lessons" || { cat "$work/load.log" >&2; fault "the lessons failed"; }
recordings=$(find "$root/var/lib/ttm-media/recordings" -name '*.mp3' | wc -l)
[ "$recordings" -ge 12 ] || fault "$recordings recordings of three lessons"
[ -z "$(find "$root/var/lib/ttm-media/recordings" -type f ! -perm 0600)" ] || fault "others can read recordings"
ok "three lessons over HTTPS and UDP made $recordings recordings; a certificate renewed in their midst closed nothing"

# --- two keys at once ------------------------------------------------------------------------------------------------------------------------------
secrets "\"school\": \"$secret\", \"next\": \"$secret!\""
on systemctl reload ttm-media || fault "the reload"
[ "$(on stat -c %U:%a /etc/ttm-media/secrets.json)" = ttm-media:600 ] || fault "secrets.json after the reload"
asks() { $curl -o /dev/null -H "Authorization: Bearer $(on ttm-server token --role service --key "$1")" "https://$host/api/v1/lessons"; }
until_so 10 "the second key" asks next
asks school || fault "the first key is refused"
[ "$(property MainPID)" = "$pid" ] || fault "the reload was a restart"
ok "a second API key by reload; both are good, the process is the same"

# --- it comes back ---------------------------------------------------------------------------------------------------------------------------------
alive() { [ "$($curl "https://$host/healthz")" = '{"status":"alive"}' ] && [ "$(property MainPID)" != "$pid" ] && [ "$(property SubState)" = running ]; }
on sh -c "kill -KILL $pid"
until_so 30 "the restart after SIGKILL" alive
mkdir -p "$root/run/systemd/system" && on sh -c 'mkdir -p /run/systemd/system/ttm-media.service.d && printf "[Service]\nWatchdogSec=3\n" >/run/systemd/system/ttm-media.service.d/test.conf && systemctl daemon-reload && systemctl restart ttm-media'
pid=$(property MainPID)
sleep 4
[ "$(property MainPID)" = "$pid" ] || fault "the watchdog is not fed"
on sh -c "kill -STOP $pid"
until_so 60 "the restart of a process that hangs" alive # nobody but the watchdog notices
ok "comes back after SIGKILL, and after a hang by the watchdog"

recordings=$(find "$root/var/lib/ttm-media/recordings" -name '*.mp3' | wc -l) # with the whole lessons by now
pid=$(property MainPID)
on env DEBIAN_FRONTEND=noninteractive dpkg --install /root/ttm-media.deb >>"$work/apt.log" 2>&1 || fault "the installation over the one before"
until_so 30 "the start after an upgrade" alive
[ "$(find "$root/var/lib/ttm-media/recordings" -name '*.mp3' | wc -l)" = "$recordings" ] || fault "the upgrade took recordings"
ok "an upgrade stops it, and starts the new one"

started=$SECONDS
on systemctl stop ttm-media
[ "$(property Result)" = success ] || fault "the stop ended with $(property Result)"
on journalctl -q --no-pager -o cat -u ttm-media >"$work/journal" || fault "the journal"
grep -q 'Media on UDP port 3478' "$work/journal" || fault "the journal lacks the server's lines"
! grep -qF "$secret" "$work/journal" || fault "a secret is in the journal"
ok "SIGTERM ends it in $((SECONDS - started)) s; its log is in the journal, without secrets"

# --- and goes --------------------------------------------------------------------------------------------------------------------------------------
on env DEBIAN_FRONTEND=noninteractive dpkg --remove ttm-media >>"$work/apt.log" 2>&1 || fault "the removal"
[ -f "$root/etc/ttm-media/secrets.json" ] || fault "the removal took the configuration"
on env DEBIAN_FRONTEND=noninteractive dpkg --purge ttm-media >>"$work/apt.log" 2>&1 || fault "the purge"
for gone in /etc/ttm-media /usr/lib/ttm-media /var/lib/ttm-media/acme /usr/lib/systemd/system/ttm-media.service /etc/systemd/system/multi-user.target.wants/ttm-media.service; do
  [ ! -e "$root$gone" ] && [ ! -L "$root$gone" ] || fault "the purge has left $gone"
done
! on getent passwd ttm-media >/dev/null || fault "the purge has left the user"
[ "$(find "$root/var/lib/ttm-media/recordings" -name '*.mp3' | wc -l)" = "$recordings" ] || fault "the purge took recordings"
ok "purged; the $recordings recordings are still there"
