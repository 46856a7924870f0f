#!/usr/bin/env bash
# pymesos, a framework library that some recordings were made with, into .venv.
# Its http-parser ships C code that Python 3.11 no longer compiles; it is made anew with Cython first.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
"$python" -c 'import pymesos' 2>/dev/null && exit 0
command -v "${CC:-cc}" >/dev/null || { echo "pymesos: a C compiler is missing (Debian: apt-get install gcc)" >&2; exit 1; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip() { "$python" -m pip -q --disable-pip-version-check "$@"; }
"$python" -m venv "$tmp/venv"
"$tmp/venv/bin/python" -m pip install -q --disable-pip-version-check Cython==3.1.4 setuptools==80.9.0 wheel==0.45.1
pip download --no-deps --no-binary http-parser -d "$tmp" http-parser==0.9.0
tar -C "$tmp" -xzf "$tmp/http-parser-0.9.0.tar.gz"
cd "$tmp/http-parser-0.9.0"
"$tmp/venv/bin/cython" -3 http_parser/parser.pyx
"$tmp/venv/bin/python" -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w "$tmp" .
cd - >/dev/null
pip install --no-deps "$tmp"/http_parser-*.whl
pip install pymesos==0.3.15 -c requirements/constraints.txt
