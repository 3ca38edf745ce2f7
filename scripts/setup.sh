#!/usr/bin/env bash
# Makes .venv and installs one of the hash-pinned requirement sets: `setup.sh embedded` to run, `setup.sh dev` to test.
# Does nothing, quickly, when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted="${1:?which set: base, embedded, picture or dev}"
stamp=".venv/.installed-${wanted}"

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Of the same version the system's own comes first: distributions build theirs with profiles, which saves a fifth of the time; one
# built by hand mostly is not. `PYTHON=…` takes exactly that one.
newest_python() {
  local name candidate
  if [[ -n "${PYTHON:-}" ]]; then
    usable "$PYTHON" && echo "$PYTHON" && return
    echo "PYTHON=$PYTHON is no Python 3.11 or newer with its venv module." >&2
    return 1
  fi
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    for candidate in "/usr/bin/$name" "$name"; do
      if command -v "$candidate" >/dev/null && usable "$candidate"; then
        echo "$candidate"
        return
      fi
    done
  done
  echo "TechRescue needs Python 3.11 or newer with its venv module (Debian, Ubuntu: apt-get install python3-venv)." >&2
  return 1
}

# The big set contains the small one: whoever has installed `dev` need not install `embedded`.
current() {
  local sum
  sum="$(cat "requirements/$1.txt" scripts/setup.sh | sha256sum)"
  [[ -f ".venv/.installed-$1" && "$(cat ".venv/.installed-$1")" == "$sum" ]]
}

if ! .venv/bin/python -c '' 2>/dev/null; then
  python="$(newest_python)"
  echo "Making .venv with $("$python" --version) ($python)"
  rm -rf .venv
  "$python" -m venv .venv
fi

if current "$wanted" || { [[ "$wanted" != dev ]] && current dev; }; then
  exit 0
fi

echo "Installing requirements/${wanted}.txt"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "requirements/${wanted}.txt"

# The command `techrescue`, without building a package: it always runs this checkout.
cat >.venv/bin/techrescue <<COMMAND
#!/bin/sh
PYTHONPATH="$PWD\${PYTHONPATH:+:\$PYTHONPATH}" exec "$PWD/.venv/bin/python" -m services.cli "\$@"
COMMAND
chmod +x .venv/bin/techrescue

cat "requirements/${wanted}.txt" scripts/setup.sh | sha256sum >"$stamp"
