# Copyright: (c) 2026, mesos.security contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recordings: directories of AREA/CASE.json, and what belongs to them."""

import fnmatch
import glob
import itertools
import json
import os

from player import HOME
from player.stage import PROGRAMS

RECORDINGS = os.path.join(HOME, "recordings")


def load(path):
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def name_of(case):
    return f"{case['area']}/{case['id']}"


def matches(name, patterns):
    """Whether a case is meant by any of ``AREA``, ``AREA/CASE`` or ``AREA/GLOB``."""
    return any(fnmatch.fnmatch(name, pattern if "/" in pattern else pattern + "/*") for pattern in patterns)


def paths_of(corpora):
    """The files of all cases, in order of their names."""
    return sorted(itertools.chain.from_iterable(glob.glob(os.path.join(corpus, "*", "*.json")) for corpus in corpora))


def names_of(corpora):
    """The names of all cases, also of whole clusters, without reading them."""
    parts = (path.removesuffix(".json").split(os.sep) for path in paths_of(corpora))
    return {"/".join(part[-2:]) for part in parts}


def load_cases(corpora, patterns):
    """Return the selected cases by name (``area/id``); those of whole clusters are left out.

    What ``known_unstable.json``, here or in a corpus, says of them is added to what their recordings say to vary.
    """
    cases, unstable = {}, {}
    for directory in (HOME, *corpora):
        path = os.path.join(directory, "known_unstable.json")
        if os.path.exists(path):
            unstable |= load(path)
    for path in paths_of(corpora):
        case = load(path)
        name = name_of(case)
        if not set(case["config"]) <= set(PROGRAMS) or patterns and not matches(name, patterns):
            continue
        if name in unstable:
            case["unstable"] = unstable[name]["reason"]
            case.setdefault("stability", {}).setdefault("varies", []).extend(unstable[name]["varies"])
        cases[name] = case
    return cases


def load_base(corpora):
    """The settings common to all cases: ``base.json`` of a corpus."""
    for directory in (*corpora, RECORDINGS):
        path = os.path.join(directory, "base.json")
        if os.path.exists(path):
            return load(path)
    raise SystemExit(f"there is no base.json in {', '.join(corpora)}: name the directory that holds the areas")
