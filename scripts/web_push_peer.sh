#!/usr/bin/env bash
# Installs the push service of `make test-web-push` (npm: web-push-testing) into .tools/web-push, pinned and checked by hash.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v npm >/dev/null || { echo "make test-web-push needs Node.js with npm (Debian, Ubuntu: apt-get install npm)" >&2; exit 1; }
home=.tools/web-push
cmp -s tests/web_push/package-lock.json "$home/.installed" && exit 0
mkdir -p "$home"
cp tests/web_push/package.json tests/web_push/package-lock.json "$home/"
npm ci --prefix "$home" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
cp tests/web_push/package-lock.json "$home/.installed"
