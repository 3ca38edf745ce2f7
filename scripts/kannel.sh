#!/usr/bin/env bash
# A real Kannel (bearerbox and smsbox) for tests and for trying out: scripts/kannel.sh start|stop|status
#
# Everything lives in KANNEL_HOME (default .kannel): configuration with random passwords, spool, logs, process groups. `start`
# brings up what is not running and goes on with the spool that is there; it writes kannel.env with the TECHRESCUE_KANNEL_*
# settings. The SMSC is KANNEL_SMSC=fake (fakesmsc of kannel-extras connects to KANNEL_SMSC_PORT) or smpp (Kannel binds to one on
# 127.0.0.1:KANNEL_SMSC_PORT).
set -euo pipefail

home=$(mkdir -p "${KANNEL_HOME:-.kannel}" && cd "${KANNEL_HOME:-.kannel}" && pwd)
conf=$home/kannel.conf
base=${KANNEL_PORT:-13110}
smsc=${KANNEL_SMSC:-fake}
smsc_port=${KANNEL_SMSC_PORT:-$((base + 5))}
callback=${KANNEL_CALLBACK_URL:-http://127.0.0.1:8000}
wait_seconds=40 # smsbox needs about 11 s to come back after bearerbox was killed

secret() { head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The process group of a box is in its .pid file; smsbox forks a new process when bearerbox dies, but stays in its group.
# A zombie that nobody has reaped yet does not run.
group_runs() { ps -o stat= -g "$1" 2>/dev/null | grep -qv '^Z'; }
running() { [[ -s $home/$1.pid ]] && group_runs "$(cat "$home/$1.pid")"; }

install_kannel() {
  [[ -x /usr/sbin/bearerbox && -x /usr/lib/kannel/test/fakesmsc ]] && return
  if [[ $(id -u) != 0 ]]; then
    echo "Kannel is not installed. On Debian or Ubuntu: sudo apt-get install kannel kannel-extras" >&2
    exit 1
  fi
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends kannel kannel-extras >&2
}

# Groups are separated by one blank line; a blank line inside a group makes the file unreadable. Folders must exist.
write_conf() {
  local admin send callback_secret
  admin=$(secret) send=$(secret) callback_secret=$(secret)
  mkdir -p "$home/spool" "$home/dlr"
  umask 077
  cat >"$conf" <<CONF
group = core
admin-port = $base
admin-interface = 127.0.0.1
admin-password = $admin
status-password = $admin
smsbox-port = $((base + 1))
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "$home/bearerbox.log"
log-level = 2
store-type = spool
store-location = "$home/spool"
dlr-storage = spool
dlr-spool = "$home/dlr"
sms-resend-freq = 2
sms-resend-retry = 30

$(smsc_group)

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = $((base + 1))
sendsms-port = $((base + 3))
sendsms-interface = 127.0.0.1
log-file = "$home/smsbox.log"
log-level = 2
mo-recode = true
http-request-retry = 100000
http-queue-delay = 1

group = sendsms-user
username = techrescue
password = $send
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "$callback/callbacks/kannel/$callback_secret/mo?id=%I&from=%p&to=%P&text=%b&coding=%c&charset=%C&udh=%u&smsc=%i&ts=%T"
CONF
  cat >"$home/kannel.env" <<ENV
TECHRESCUE_CARRIER=kannel
TECHRESCUE_KANNEL_URL=http://127.0.0.1:$((base + 3))
TECHRESCUE_KANNEL_USERNAME=techrescue
TECHRESCUE_KANNEL_PASSWORD=$send
TECHRESCUE_KANNEL_SENDER=8088
TECHRESCUE_KANNEL_CALLBACK_URL=$callback
TECHRESCUE_KANNEL_CALLBACK_SECRET=$callback_secret
ENV
}

smsc_group() {
  if [[ $smsc == smpp ]]; then
    cat <<GROUP
group = smsc
smsc = smpp
smsc-id = vn1
host = 127.0.0.1
port = $smsc_port
transceiver-mode = true
smsc-username = techrescue
smsc-password = secret
system-type = VMA
source-addr-autodetect = true
reconnect-delay = 1
max-pending-submits = 100
GROUP
  else
    cat <<GROUP
group = smsc
smsc = fake
smsc-id = fake
port = $smsc_port
connect-allow-ip = 127.0.0.1
GROUP
  fi
}

start_box() { # name, binary, port that shows it is up
  running "$1" || {
    setsid "$2" -v 4 "$conf" </dev/null >>"$home/$1.out" 2>&1 &
    echo $! >"$home/$1.pid"
  }
  local until=$((SECONDS + wait_seconds))
  until listening "$3"; do
    # The process itself, not its group: setsid may not have made that yet.
    if ((SECONDS > until)) || ! kill -0 "$(cat "$home/$1.pid")" 2>/dev/null && ! running "$1"; then
      echo "$1 did not come up; see $home/$1.out and $home/$1.log" >&2
      exit 1
    fi
    sleep 0.05
  done
}

stop_box() {
  running "$1" || { rm -f "$home/$1.pid"; return 0; }
  local group until=$((SECONDS + 10))
  group=$(cat "$home/$1.pid")
  kill -TERM -- "-$group" 2>/dev/null || true
  while group_runs "$group"; do
    ((SECONDS < until)) || kill -KILL -- "-$group" 2>/dev/null || true
    sleep 0.05
  done
  rm -f "$home/$1.pid"
}

case ${1:-} in
  start)
    install_kannel
    [[ -f $conf ]] || write_conf
    start_box bearerbox /usr/sbin/bearerbox "$((base + 1))"
    start_box smsbox /usr/sbin/smsbox "$((base + 3))"
    echo "Kannel listens on http://127.0.0.1:$((base + 3)); its settings are in $home/kannel.env"
    ;;
  stop)
    stop_box smsbox
    stop_box bearerbox
    ;;
  status)
    for box in bearerbox smsbox; do
      if running "$box"; then echo "$box runs"; else echo "$box is down"; fi
    done
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
