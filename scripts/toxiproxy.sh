#!/usr/bin/env bash
# Toxiproxy, for tests of what a network does to us: built once with Go, whose checksums vouch for it. Prints the program.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v2.5.0
folder=$PWD/.tools/toxiproxy-$version

if [[ ! -x $folder/server ]]; then
  if ! command -v go >/dev/null; then
    echo "Toxiproxy is built with Go, which is not installed (Debian, Ubuntu: apt-get install golang-go)" >&2
    exit 1
  fi
  GOBIN=$folder go install "github.com/Shopify/toxiproxy/v2/cmd/server@$version" >&2
fi
echo "$folder/server"
