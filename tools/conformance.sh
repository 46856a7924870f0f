#!/usr/bin/env bash
# Replay the recordings of a real Mesos on the simulator (or on --programs DIR).
set -euo pipefail
cd "$(dirname "$0")/.."
tools/pymesos.sh || echo "pymesos is not here: its steps are skipped, and counted below" >&2
exec .venv/bin/python tests/conformance/report.py --programs "$(make -s programs)" "$@"
