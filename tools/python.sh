#!/bin/sh
# Print a Python that can make our virtual environment: 3.11 or newer, with venv and pip's seed.
# None found: root on Debian gets one by apt; everybody else is told the one command that mends it.
set -eu

able() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if able "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

if find_python; then
    exit 0
fi

if command -v apt-get >/dev/null 2>&1; then
    packages=python3-venv
    # Debian ships `venv` apart from Python, per minor version where several are installed.
    if [ "$(id -u)" = 0 ] && [ -z "${PYTHON:-}" ]; then
        echo "Python with venv is missing; installing $packages" >&2
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >&2
        if find_python; then
            exit 0
        fi
        echo "This system's own Python is older than 3.11: use Debian 12 or newer, or PYTHON=/path/to/python make …" >&2
        exit 1
    fi
    cure="sudo apt-get update && sudo apt-get install -y $packages"
elif command -v brew >/dev/null 2>&1 || [ "$(uname -s)" = Darwin ]; then
    cure="brew install python@3.13"
elif command -v dnf >/dev/null 2>&1; then
    cure="sudo dnf install -y python3.12"
else
    cure="install Python 3.11 or newer, then: PYTHON=/path/to/python make …"
fi
echo "Needs Python 3.11 or newer with its venv module; found none. This mends it:" >&2
echo "    $cure" >&2
exit 1
