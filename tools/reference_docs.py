"""The pages of docs/reference/, written by antsibull-docs from the specs of modules, plugins and roles.

usage: reference_docs.py write | check
"""

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
BIN = ROOT / ".venv" / "bin"
ENVIRONMENT = {
    **os.environ,
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
    "PATH": f"{BIN}:{os.environ['PATH']}",
}


def run(*words):
    if subprocess.run([BIN / words[0], *words[1:]], env=ENVIRONMENT, cwd=ROOT).returncode:
        sys.exit(f"reference_docs: {words[0]} {words[1]} failed, see above")


def write(directory):
    """Write all pages and their table of contents into an empty directory."""
    run("antsibull-docs", "collection-plugins", "--use-current", "--output-format", "simplified-rst", "--fail-on-error",
        "--no-add-antsibull-docs-version", "--dest-dir", directory, "mesos.security")
    pages = {}
    for page in sorted(Path(directory).rglob("*.rst")):
        text = "\n".join(line.rstrip() for line in page.read_text(encoding="utf-8").splitlines()) + "\n"
        page.write_text(text, encoding="utf-8")
        name, _underscore, kind = page.stem.rpartition("_")
        pages.setdefault(kind, []).append(f"- [{name}]({page.name}): {summary(text)}")
    lines = ["# Reference", "", "Written from the specs by `make docs`.", ""]
    for kind in sorted(pages, key=lambda kind: (kind != "role", kind)):
        lines += [f"## {kind.capitalize()}s", "", *pages[kind], ""]
    Path(directory, "README.md").write_text("\n".join(lines), encoding="utf-8")


def summary(text):
    """Return what a page's title says after the dash."""
    return re.search(r" -- (.*)", text)[1]


def differences(old, new):
    names = {path.name for folder in (old, new) if folder.is_dir() for path in folder.iterdir()}
    same, _changed, _missing = filecmp.cmpfiles(old, new, names, shallow=False)
    return sorted(names - set(same))


def main(what):
    with tempfile.TemporaryDirectory() as directory:
        write(directory)
        stale = differences(PAGES, Path(directory))
        if what == "check":
            run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", ".")
            if stale:
                sys.exit(f"docs/reference/ is out of date, run 'make docs': {', '.join(stale)}")
        elif stale:
            shutil.rmtree(PAGES, ignore_errors=True)
            shutil.copytree(directory, PAGES)
            os.chmod(PAGES, 0o755)
    print(f"docs/reference/: {', '.join(stale) + ' written' if stale else 'up to date'}")


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(__doc__)
    main(sys.argv[1])
