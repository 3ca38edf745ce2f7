#!/bin/bash
# Fills the configuration from the environment, runs both boxes, and ends when either ends: the container is then restarted.
set -euo pipefail
source_folder=/etc/kannel/techrescue
conf=/run/kannel-conf/kannel.conf

mkdir -p /var/spool/kannel/store /var/spool/kannel/dlr
umask 077
# Groups are separated by one blank line; the SMSC's group stands between core and smsbox.
envsubst <"$source_folder/core.conf" >"$conf"
{
  echo
  envsubst <"$source_folder/smsc-${SMSC_KIND}.conf"
} >>"$conf"

/usr/sbin/bearerbox -v 1 "$conf" &
bearerbox=$!
# smsbox gives up at once when bearerbox does not listen yet.
curl -s -o /dev/null --retry 30 --retry-delay 1 --retry-connrefused "http://127.0.0.1:13000/status.txt?password=${ADMIN_PASSWORD}"
/usr/sbin/smsbox -v 1 "$conf" &
smsbox=$!
trap 'kill "$smsbox" "$bearerbox" 2>/dev/null || true' TERM INT
wait -n
kill "$smsbox" "$bearerbox" 2>/dev/null || true
wait
exit 1
