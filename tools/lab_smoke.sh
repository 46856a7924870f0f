#!/usr/bin/env bash
# "make lab" as a newcomer types it; nothing may run afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
begun=$SECONDS
status=0
make lab || status=$?
make lab-down
[ "$status" = 0 ] || { echo "make lab ended with status $status" >&2; exit 1; }
left=$(ps -eo pid,args | grep -F -- "$PWD/.lab/" | grep -v -e grep -e ansible || true)
[ -z "$left" ] || { printf 'still running after make lab-down:\n%s\n' "$left" >&2; exit 1; }
echo "make lab took $((SECONDS - begun)) s"
