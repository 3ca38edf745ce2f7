#!/usr/bin/env bash
# Runs a command while the broker of scripts/kafka.sh is up; a broker that was not running before is stopped afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! scripts/kafka.sh status >/dev/null 2>&1; then
  scripts/kafka.sh start
  trap 'scripts/kafka.sh stop' EXIT
fi
"$@"
