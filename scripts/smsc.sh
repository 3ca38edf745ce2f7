#!/usr/bin/env bash
# An SMSC for tests, on the npm package smpp: smsc.sh PORT THROTTLE_EVERY CUT_EVERY (see scripts/smsc/smsc.js).
# Installs the package into .tools/smsc when it is missing, exactly as the hashes of scripts/smsc/package-lock.json say.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in node npm; do
  command -v "$program" >/dev/null || { echo "smsc.sh needs '$program' (Debian, Ubuntu: apt-get install nodejs npm)" >&2; exit 1; }
done
folder=.tools/smsc
if ! cmp -s scripts/smsc/package-lock.json "$folder/.installed"; then
  mkdir -p "$folder"
  cp scripts/smsc/package.json scripts/smsc/package-lock.json "$folder"
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent >&2
  cp scripts/smsc/package-lock.json "$folder/.installed"
fi
NODE_PATH="$folder/node_modules" exec node scripts/smsc/smsc.js "$@"
