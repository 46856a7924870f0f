#!/usr/bin/env bash
# Brings .venv up to date: pinned packages, the few collections that development needs (out of
# the "ansible" wheel on PyPI: no Galaxy), and this checkout linked in as ansible_collections.mesos.security.
#
#   tools/setup.sh lab    what "make lab" needs (Python 3.10+)
#   tools/setup.sh dev    that, and what the tests need (Python 3.11+)
#
# Does nothing when nothing changed; the stamp is written last, so an interrupted run is simply done again.
set -euo pipefail

want=${1:-dev}
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv
req=$root/requirements
bundle=ansible==12.3.0

stop() { echo "setup: $*" >&2; exit 1; }

case $want in
  lab) oldest=10 inputs="lab.txt constraints.txt" ;;
  dev) oldest=11 inputs="lab.txt dev.txt constraints.txt collections.txt" ;;
  *) stop "there is no '$want' to set up; say lab or dev" ;;
esac

stamp=$venv/.stamp-$want
state=$(cd "$req" && cat $inputs "$root/tools/setup.sh" | cksum; echo "$root")
[ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && [ -x "$venv/bin/ansible-playbook" ] && exit 0

command -v openssl >/dev/null || stop "the program openssl is missing; install the package openssl"

find_python() {
  local python
  for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
    "$python" -c "import sys; sys.exit(sys.version_info < (3, $oldest))" 2>/dev/null && { echo "$python"; return; }
  done
  stop "no Python 3.$oldest or newer found; install one, or name it: make PYTHON=/path/to/python3 ..."
}

exec 9>"$root/.setup.lock"
if command -v flock >/dev/null; then flock 9; fi

# a virtual environment that is whole, and was made here: programs in it hold its path
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || ! head -n 3 "$venv/bin/pip" | grep -qF "$venv/bin/"; then
  echo "setup: making .venv" >&2
  python=$(find_python)
  "$python" -m venv --clear "$venv" >&2 || stop "'$python -m venv' failed (on Debian and Ubuntu: apt-get install python3-venv)"
fi
"$venv/bin/python" -c "import sys; sys.exit(sys.version_info < (3, $oldest))" ||
  stop "$venv is older than Python 3.$oldest; remove it, and run this again with a newer python3"

echo "setup: installing requirements/$want.txt" >&2
"$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$req/$want.txt" -c "$req/constraints.txt" >&2

site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
mkdir -p "$site/ansible_collections/mesos"
ln -sfn "$root" "$site/ansible_collections/mesos/security"
ln -sfn "$site" "$venv/collections"    # for ANSIBLE_COLLECTIONS_PATH: nothing from ~/.ansible in our way

if [ "$want" = dev ]; then
  echo "setup: taking the collections out of $bundle" >&2
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  "$venv/bin/python" -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$tmp" "$bundle" >&2
  "$venv/bin/python" "$root/tools/unpack_collections.py" "$tmp"/ansible-*.whl "$site" "$req/collections.txt"
fi

echo "$state" >"$stamp"
