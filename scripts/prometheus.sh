#!/usr/bin/env bash
# Debian's Prometheus and Alertmanager for tests. Installs the packages when they are missing; no service of theirs is started.
# Prints the folder with prometheus, promtool, prometheus-alertmanager and amtool.
set -euo pipefail

packages=(prometheus prometheus-alertmanager)

have_all() {
  local program
  for program in prometheus promtool prometheus-alertmanager amtool; do
    [[ -x "/usr/bin/$program" ]] || return 1
  done
}

if ! have_all; then
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Prometheus and Alertmanager are not installed. On Debian or Ubuntu: sudo apt-get install ${packages[*]}" >&2
    exit 1
  fi
  # A package must not start a service of its own on the machine that runs the tests: in run level 1 none is.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get update -qq >&2
  apt-get install -qq -y --no-install-recommends "${packages[@]}" >&2
fi
have_all || { echo "the packages of this system hold no promtool or amtool" >&2; exit 1; }
echo /usr/bin
