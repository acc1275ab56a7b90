#!/bin/sh
# What the tests use beyond Python, from the list in $1: as root on Debian it is installed,
# elsewhere what is missing is named, and the tests that need it are skipped and counted.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "Tests that need a part of $1 skip themselves where this system has not got it."
    exit 0
fi

missing=
while read -r package _; do
    case "$package" in '' | '#'*) continue ;; esac
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done <"$1"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! grep -q '^ID=debian' /etc/os-release; then
    echo "Tests that need these are skipped:$missing. This mends it:"
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"
    exit 0
fi

echo "Installing what the tests use:$missing"
# The tests start PostgreSQL themselves; Debian's package must not start a server of its own for them.
quiet=
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    quiet=/etc/postgresql-common/createcluster.d/suyuan-tests.conf
    mkdir -p "${quiet%/*}"
    echo "create_main_cluster = false" >"$quiet"
    trap 'rm -f "$quiet"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of package names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
