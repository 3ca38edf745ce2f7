#!/usr/bin/env bash
# Writes .env for docker-compose.yml: fresh secrets, and the choices somebody has to make. Never overwrites one.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -e .env ]]; then
  echo ".env is there already; it is left alone"
  exit 0
fi
secret() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

umask 077
cat >.env <<ENV
POSTGRES_PASSWORD=$(secret)
TECHRESCUE_MASTER_KEY=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')
KANNEL_ADMIN_PASSWORD=$(secret)
KANNEL_SENDSMS_PASSWORD=$(secret)
KANNEL_CALLBACK_SECRET=$(secret)
GRAFANA_ADMIN_PASSWORD=$(secret)
# Whoever is asked when nobody else can be found. +84900999999 is a number of the demonstration.
TECHRESCUE_CITY_DESK_PHONE=+84900999999
# fake: messages go to a fake SMSC (port 10000 inside the container kannel). smpp: fill in SMSC_HOST and so on.
SMSC_KIND=fake
KANNEL_SENDER=8088
# Who hears of alerts: addresses that take Alertmanager's webhook. Nobody hears until you fill them in; Alertmanager shows them.
OPS_PAGE_URL=http://127.0.0.1:9/page
OPS_TICKET_URL=http://127.0.0.1:9/ticket
# Whom the auditor tells by itself: Apprise addresses, separated by spaces (docs/operations.md). Empty: the log only.
TECHRESCUE_OPS_ALERTS=
ENV
echo "wrote .env; keep TECHRESCUE_MASTER_KEY safe: without it nobody can read a name or a phone again"
