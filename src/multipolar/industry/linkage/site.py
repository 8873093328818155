"""How near to each other are two plants, by points, towns and regions?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from multipolar.industry.linkage.levels import Levels, first_of, setting
from multipolar.industry.linkage.sets import elements, held, meet_alike, told
from multipolar.industry.linkage.spelling import Flags, Numbers, alike
from multipolar.industry.linkage.units import Unit

EARTH_KM = 6371.0


def site(left: Sequence[Unit], right: Sequence[Unit]) -> dict[str, Levels]:
    """Levels of ``site``, where both have points, and of ``town``, by names alone."""
    # In Pinyin one letter tells two towns apart.
    literal = left[0].place == "CHN"
    towns = [u.towns for u in left], [u.towns for u in right]
    regions = [u.regions for u in left], [u.regions for u in right]
    areas = [u.areas for u in left], [u.areas for u in right]
    wide = [u.regions | u.areas for u in left], [u.regions | u.areas for u in right]
    same = meet_alike(*towns, literal) | _named(left, right, literal)
    same |= _named(right, left, literal).T
    region = meet_alike(*regions) | meet_alike(*areas, literal)
    # The one names what the other lies in, or tells no town at all.
    within = meet_alike(towns[0], wide[1], literal) | meet_alike(wide[0], towns[1], literal)
    within |= region & ~told(*towns)
    beyond, precise = _distances(left, right)
    vague = ~told(*([u.bases - {"region"} for u in side] for side in (left, right)))
    by_distance = (beyond <= 0) & (within | ~told(*towns))
    near = ~vague & ~np.isfinite(precise) & (beyond <= setting("near"))
    placed = first_of(
        "site",
        ("point", precise <= setting("same point")),
        ("apart", same & np.isfinite(precise)),
        ("town", same | (by_distance & ~vague)),
        ("near", near),
        ("within", within | by_distance),
        ("region", region),
    )
    named = first_of("town", ("same", same), ("within", within), ("region", region))
    known = same | told(*([u.towns | u.areas | u.regions for u in s] for s in (left, right)))
    return {
        "site": np.where(np.isfinite(beyond), placed, -1).astype(np.int8),
        "town": np.where(known, named, -1).astype(np.int8),
    }


def _named(left: Sequence[Unit], right: Sequence[Unit], literal: bool) -> Flags:
    """Whether a town of the left stands in the name of the right, apart from its firm's name."""
    phrases = elements([u.towns for u in left])
    parts = [[word for word in phrase.split() if len(word) > 2] for phrase in phrases]
    of = elements([set(words) for words in parts]), elements([u.words for u in right])
    settled = frozenset(of[1]) | (frozenset(of[0]) if literal else frozenset())
    close = alike(*of, settled).astype(np.int32)
    spoken = (held([u.words for u in right], of[1]) @ close.T > 0).T
    place = {word: n for n, word in enumerate(of[0])}
    inside = np.zeros((len(phrases), len(right)), dtype=np.int32)
    for n, words in enumerate(parts):
        if words:
            inside[n] = spoken[[place[word] for word in words]].all(axis=0)
    found: Flags = held([u.towns for u in left], phrases) @ inside > 0
    return found


def _distances(left: Sequence[Unit], right: Sequence[Unit]) -> tuple[Numbers, Numbers]:
    """km beyond the errors of the points, and km between precise points; inf where not given."""
    beyond = np.full((len(left), len(right)), np.inf)
    precise = beyond.copy()
    of = [
        [(n, *point) for n, unit in enumerate(side) for point in sorted(unit.points)]
        for side in (left, right)
    ]
    if not of[0] or not of[1]:
        return beyond, precise
    a, b = (np.array(side) for side in of)
    km = _great_circle(a[:, None, 1:3], b[None, :, 1:3])
    at = a[:, 0].astype(int)[:, None], b[:, 0].astype(int)[None, :]
    error = a[:, 3][:, None], b[:, 3][None, :]
    np.minimum.at(beyond, at, km - error[0] - error[1])
    sure = np.maximum(*error) <= setting("same point")
    np.minimum.at(precise, at, np.where(sure, km, np.inf))
    return beyond, precise


def _great_circle(one: Numbers, other: Numbers) -> Numbers:
    """km between points given in degrees north and east along the last axis (haversine)."""
    a, b = np.radians(one), np.radians(other)
    half = np.sin((a - b) / 2) ** 2
    half = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    found: Numbers = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return found
