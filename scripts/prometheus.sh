#!/usr/bin/env bash
# Debian's Prometheus and Alertmanager for tests, unpacked into .tools/prometheus: nothing is installed, no service of theirs starts.
# Prints the folder with prometheus, promtool, prometheus-alertmanager and amtool.
set -euo pipefail
cd "$(dirname "$0")/.."

tools="$PWD/.tools/prometheus"
packages=(prometheus prometheus-alertmanager)
programs=(prometheus promtool prometheus-alertmanager amtool)

have_all() {
  local program
  for program in "${programs[@]}"; do
    [[ -x "$1/$program" ]] || return 1
  done
}

if have_all /usr/bin; then
  echo /usr/bin
  exit 0
fi
if ! have_all "$tools/usr/bin"; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "Prometheus and Alertmanager are not installed (Debian, Ubuntu: apt-get install ${packages[*]})." >&2
    exit 1
  fi
  rm -rf "$tools"
  mkdir -p "$tools"
  cd "$tools"
  # Without package lists nothing can be downloaded, and only root may fetch them.
  if ! apt-get download -qq "${packages[@]}" >&2; then
    apt-get update -qq >&2
    apt-get download -qq "${packages[@]}" >&2
  fi
  for package in *.deb; do
    dpkg-deb -x "$package" .
    rm "$package"
  done
fi
have_all "$tools/usr/bin" || { echo "the packages of this system hold no ${programs[*]}" >&2; exit 1; }
echo "$tools/usr/bin"
