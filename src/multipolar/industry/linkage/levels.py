"""Levels of agreement (``levels.csv``) and numbers (``settings.csv``) of the linkage.

The levels of a field stand in order, the best first, and are numbered from 0 on; -1 means that a
side tells nothing, which is no evidence.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from multipolar.industry.linkage.spelling import Flags
from multipolar.words.files import read_rows

Levels = NDArray[np.int8]


@cache
def levels() -> dict[str, list[dict[str, str]]]:
    """Rows of ``levels.csv`` by field: level, meaning and the prior of m and u."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in read_rows("multipolar.industry.linkage", "levels.csv"):
        found.setdefault(row["field"], []).append(row)
    return found


@cache
def setting(name: str) -> float:
    """A number of ``settings.csv``."""
    rows = read_rows("multipolar.industry.linkage", "settings.csv")
    return float({row["setting"]: row["value"] for row in rows}[name])


def number(field: str, level: str) -> int:
    """The number of a level."""
    return [row["level"] for row in levels()[field]].index(level)


def first_of(field: str, *tests: tuple[str, Flags]) -> Levels:
    """The first level whose test holds, else the last one of the field."""
    found = np.full(tests[0][1].shape, len(levels()[field]) - 1, dtype=np.int8)
    for level, holds in reversed(tests):
        found[holds] = number(field, level)
    return found


def where(known: Flags, holds: Flags) -> Levels:
    """Level 0 where a test holds, 1 where it does not, -1 where nothing is known."""
    return np.where(known, np.where(holds, 0, 1), -1).astype(np.int8)
