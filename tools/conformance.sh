#!/usr/bin/env bash
# Plays the recordings of the areas that are built: on the simulator, or on the programs in MESOS_BIN.
# Arguments are those of tests/conformance/report.py (--only AREA/GLOB, -v, …).
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${MESOS_BIN:-$(make -s programs)}
exec .venv/bin/python tests/conformance/report.py --programs "$programs" "$@"
