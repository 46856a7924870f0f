#!/usr/bin/env bash
# The molecule scenarios, one by one, in Debian containers with systemd.
#
#   tools/molecule.sh [SCENARIO...]     without names: all of molecule/
#   MESOS_BIN=DIR tools/molecule.sh     with the programs of a real Mesos instead of the simulator
#
# Needs docker, dockerd, iptables and mmdebstrap: installed when root on Debian, named otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/.venv/bin:$PATH:/usr/sbin:/sbin
export MOLECULE_GLOB='molecule/*/molecule.yml'    # not molecule's own idea of where scenarios are
export ANSIBLE_COLLECTIONS_PATH=$PWD/.venv/collections
if [ -n "${MESOS_BIN:-}" ]; then
  MESOS_BIN=$(realpath -e "$MESOS_BIN")
  export MESOS_BIN
fi

declare -A package=([docker]=docker.io [dockerd]=docker.io [iptables]=iptables [mmdebstrap]=mmdebstrap)
missing=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "molecule needs these Debian packages: ${missing[*]} (as root: apt-get install ${missing[*]})" >&2
    exit 1
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
if ! docker version >/dev/null 2>&1; then
  if [ "$(id -u)" != 0 ]; then
    echo "molecule needs a running Docker that user $(id -un) may use" >&2
    exit 1
  fi
  tools/start-dockerd.sh
fi
tools/build-base.sh

scenarios=("$@")
if [ ${#scenarios[@]} = 0 ]; then
  for file in molecule/*/molecule.yml; do
    [ -e "$file" ] && scenarios+=("$(basename "$(dirname "$file")")")
  done
fi
# containers and networks are named after this clone, so that another one can run beside it; here only one may run
CLUSTER=$(pwd -P | cksum | cut -d ' ' -f 1)
export CLUSTER
mkdir -p build
exec 9>build/molecule.lock
flock -n 9 || { echo "molecule: another run is under way in $PWD (it holds build/molecule.lock)" >&2; exit 1; }
[ ${#scenarios[@]} -gt 0 ] || { echo "no scenario in molecule/" >&2; exit 1; }
for scenario in "${scenarios[@]}"; do
  echo "== molecule test --scenario-name $scenario"
  molecule test --scenario-name "$scenario" 9>&-
done
