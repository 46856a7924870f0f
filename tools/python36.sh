#!/usr/bin/env bash
# What runs on nodes must run on Python 3.6: vermin reads it; a Python 3.6, where there is one, compiles it too.
set -euo pipefail
cd "$(dirname "$0")/.."
vermin --target=3.6- --no-tips --violations --eval-annotations plugins/modules plugins/module_utils
for python in "${PYTHON36:-}" python3.6 ~/.pyenv/versions/3.6.*/bin/python; do
  if "$python" --version >/dev/null 2>&1; then
    find plugins/modules plugins/module_utils -name '*.py' -print0 |
      xargs -0 "$python" -c 'import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec")
print("%d files compiled by Python %s" % (len(sys.argv) - 1, sys.version.split()[0]))'
    break
  fi
done
