#!/bin/sh
# Runs a command with a session bus and an unlocked, empty keyring of its own, and with directories of its own for
# what programs keep in a home: neither the person's secrets nor the person's settings are touched.
#   tests/with-keyring.sh COMMAND [ARG…]
set -eu
home=$(mktemp -d "${TMPDIR:-/tmp}/rackdesk-session.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -m 700 "$home/run" "$home/data" "$home/config" "$home/cache" "$home/state"
export XDG_RUNTIME_DIR="$home/run" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config"
export XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state"
export RACKDESK_TEST_KEYRING=1

# The password is not secret, but it has to be there: with an empty one no keyring is made and every write fails.
dbus-run-session -- sh -euc '
  printf tests | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  "$@"
' sh "$@"
