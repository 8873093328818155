"""How far do two plants agree, field by field?

Only plants of one country whose stages meet are compared: a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from multipolar.industry.linkage.firms import Firms
from multipolar.industry.linkage.kin import Kin
from multipolar.industry.linkage.levels import Levels, first_of, where
from multipolar.industry.linkage.sets import meet, meet_alike, nearest, told
from multipolar.industry.linkage.site import site
from multipolar.industry.linkage.spelling import Flags
from multipolar.industry.linkage.units import Unit, too_often

#: Ratios of two capacities down to which they are the same, similar, different.
RATIOS = (0.9, 0.5, 0.1)
#: Years between two starts up to which they are the same, near.
YEARS = (1, 3)


@dataclass(frozen=True)
class Block:
    """All pairs of one country: numbers of the units, whether their stages meet, and levels.

    ``meet`` and ``levels[field]`` have the shape (left, right).
    """

    left: list[int]
    right: list[int]
    meet: Flags
    levels: dict[str, Levels]


def blocks(left: Sequence[Unit], right: Sequence[Unit], firms: Firms) -> Iterator[Block]:
    """The blocks of all pairs of a left and a right unit."""
    often = too_often(left) | too_often(right)
    kin = Kin(left, right, firms)
    for place in sorted({unit.place for unit in left}):
        mine = [n for n, unit in enumerate(left) if unit.place == place]
        theirs = [n for n, unit in enumerate(right) if unit.place == place]
        # A unit is not compared with itself.
        if theirs and (left is not right or len(mine) > 1):
            a, b = _with_towns([left[n] for n in mine], [right[n] for n in theirs])
            of_fields = {
                "firm": kin.level(a, b),
                **site(a, b),
                "name": _telling(a, b),
                "chemistry": _chemistry(a, b),
                "capacity": _capacity(a, b),
                "start": _start(a, b),
                "scale": _scale(a, b),
                "page": _pages(a, b, often),
            }
            yield Block(mine, theirs, meet([u.makes for u in a], [u.makes for u in b]), of_fields)


def _with_towns(left: list[Unit], right: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The units, where one without a town gets those towns of the country that its name holds."""
    known = sorted({town for unit in left + right for town in unit.towns})
    found = []
    for unit in left + right:
        inside = {town for town in known if set(town.split()) <= unit.words}
        found.append(replace(unit, towns=inside) if inside and not unit.towns else unit)
    return found[: len(left)], found[len(left) :]


def _telling(left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
    """Words that tell two plants of a firm apart; names of places count under ``site``."""
    places = {
        word
        for unit in [*left, *right]
        for name in unit.towns | unit.areas | unit.regions
        for word in name.split()
    }
    words = [u.telling - places for u in left], [u.telling - places for u in right]
    return where(told(*words), meet_alike(*words))


def _chemistry(left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
    families = [u.chemistries for u in left], [u.chemistries for u in right]
    kinds = [u.kinds for u in left], [u.kinds for u in right]
    kind = meet(*kinds)
    known = told(*kinds) & (told(*families) | ~kind)
    found = first_of("chemistry", ("same", meet(*families)), ("kind", kind))
    return np.where(known, found, -1).astype(np.int8)


def _capacity(left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
    """By the nearest two statements in one unit."""
    logs = [
        [{(unit, float(np.log(size))) for unit, size in u.capacities} for u in side]
        for side in (left, right)
    ]
    apart = nearest(logs[0], logs[1], lambda a, b: np.abs(a - b))
    found = np.searchsorted(np.round(-np.log(RATIOS), 9), np.round(apart, 9))
    return np.where(np.isfinite(apart), found, -1).astype(np.int8)


def _start(left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
    """By the nearest two years."""
    years = [[{("", float(year)) for year in u.years} for u in side] for side in (left, right)]
    apart = nearest(years[0], years[1], lambda a, b: np.abs(a - b))
    return np.where(np.isfinite(apart), np.searchsorted(YEARS, apart), -1).astype(np.int8)


def _scale(left: Sequence[Unit], right: Sequence[Unit]) -> Levels:
    scales = [u.scales for u in left], [u.scales for u in right]
    return where(told(*scales), meet(*scales))


def _pages(left: Sequence[Unit], right: Sequence[Unit], often: set[str]) -> Levels:
    """Whether two lists cite one page; what one list reads twice in a page tells nothing."""
    read = [
        [{(p, by) for p, by in u.pages if p not in often} for u in side] for side in (left, right)
    ]
    pages = [[{p for p, _ in one} for one in side] for side in read]
    by_one_list = meet(*read)
    return where(told(*pages) & ~by_one_list, meet(*pages))
