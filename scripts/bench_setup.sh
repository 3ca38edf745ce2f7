#!/usr/bin/env bash
# What the benchmarks need beside the project itself: Debian's PostgreSQL 15 with PostGIS, for both sides of the comparison.
# Kafka comes from scripts/kafka.sh. Does nothing when it is there already.
set -euo pipefail

if [[ -x /usr/lib/postgresql/15/bin/postgres && -e /usr/share/postgresql/15/extension/postgis.control ]]; then
  exit 0
fi
if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "bench_setup.sh needs PostgreSQL 15 with PostGIS (Debian: apt-get install postgresql-15 postgresql-15-postgis-3)" >&2
  exit 1
fi
echo "Installing PostgreSQL 15 and PostGIS"
mkdir -p /etc/postgresql-common
# The package would start a cluster of its own on port 5432; the benchmarks start and stop theirs.
[[ -e /etc/postgresql-common/createcluster.conf ]] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 postgresql-15-postgis-3 >/dev/null
