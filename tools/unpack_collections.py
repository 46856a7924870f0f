"""Unpack single collections out of the wheel of the PyPI package "ansible".

usage: unpack_collections.py WHEEL SITE_PACKAGES LIST_FILE
"""

import sys
import zipfile
from pathlib import Path

wheel, site, list_file = sys.argv[1:]
lines = Path(list_file).read_text(encoding="utf-8").splitlines()
wanted = tuple(f"ansible_collections/{line.strip()}/" for line in lines if line.strip() and not line.startswith("#"))
with zipfile.ZipFile(wheel) as archive:
    members = [name for name in archive.namelist() if name.startswith(wanted)]
    missing = [prefix for prefix in wanted if not any(name.startswith(prefix) for name in members)]
    if missing:
        sys.exit(f"not in {wheel}: {', '.join(missing)}")
    archive.extractall(site, members)
