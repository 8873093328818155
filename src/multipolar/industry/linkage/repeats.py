"""Which ids of a list are one plant, like phases of a site that the list tells apart?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from multipolar.industry.linkage.assign import linkable, odds
from multipolar.industry.linkage.compare import Block, blocks
from multipolar.industry.linkage.firms import Firms
from multipolar.industry.linkage.levels import setting
from multipolar.industry.linkage.spelling import Numbers
from multipolar.industry.linkage.units import Unit
from multipolar.industry.linkage.weights import Weights, weigh

EVEN = 0.5


@dataclass
class Group:
    """Numbers of units that are one plant; the known plant by identifier; what all may make."""

    members: list[int]
    known: set[str]
    makes: frozenset[str]


def groups(
    listed: Sequence[Unit],
    known: Sequence[Unit],
    known_as: dict[str, str],
    firms: Firms,
    weights: Weights,
) -> tuple[list[list[int]], Numbers]:
    """Numbers of units by plant, each with its first one first, and how sure each belongs there.

    Two ids are one plant when that is very likely by what is told of them, or more likely than not
    and each of them, seen alone, is linked with the same known plant. Ids that an identifier leads
    to two known plants (``known_as``) are never one, nor are ids whose stages do not meet.
    """
    of = {n: Group([n], {known_as[u.id]} if u.id in known_as else set(), u.makes)
          for n, u in enumerate(listed)}  # fmt: skip
    sure = np.ones(len(listed))
    first: dict[str, int] = {}
    for n, unit in enumerate(listed):
        if unit.id in known_as:
            _join(of, first.setdefault(known_as[unit.id], n), n)
    for negative, a, b in sorted(_repeated(listed, known, firms, weights)):
        for n in _join(of, a, b):
            sure[n] = min(sure[n], -negative)
    found = {id(group): group.members for group in of.values()}
    return sorted(found.values()), sure


def _join(of: dict[int, Group], a: int, b: int) -> list[int]:
    """Make two groups one, if they may be; returns who joined the group with the first unit."""
    one, other = sorted((of[a], of[b]), key=lambda group: group.members)
    together = one.known | other.known
    if one is other or len(together) > 1 or not one.makes & other.makes:
        return []
    joined = other.members
    one.members = sorted(one.members + joined)
    one.known, one.makes = together, one.makes & other.makes
    of.update(dict.fromkeys(joined, one))
    return joined


def _repeated(
    listed: Sequence[Unit], known: Sequence[Unit], firms: Firms, weights: Weights
) -> list[tuple[float, int, int]]:
    """Pairs that are one plant, with the negative of their probability so that they sort by it."""
    claims = _claims(listed, known, firms, weights)
    found = []
    for block in blocks(listed, listed, firms):
        likely, may = _likely(block, listed, weights), linkable(block)
        for a, b in zip(*np.nonzero(np.triu(likely > EVEN, 1)), strict=True):
            one, other = block.left[a], block.left[b]
            mine, theirs = claims.get(one, {}), claims.get(other, {})
            by_known = [min(mine[plant], theirs[plant]) for plant in mine.keys() & theirs.keys()]
            if may[a, b] and (by_known or likely[a, b] >= setting("one plant")):
                found.append((-round(max(float(likely[a, b]), *by_known, 0.0), 9), one, other))
    return found


def _likely(block: Block, listed: Sequence[Unit], weights: Weights) -> Numbers:
    """How likely two units of a list are one plant, by what is told of them alone."""
    weight = weigh(block, weights)
    np.fill_diagonal(weight, -np.inf)
    lists = [listed[n].lists for n in block.left]
    apart = np.array([[one.isdisjoint(other) for other in lists] for one in lists])
    share = np.where(apart, setting("known share"), setting("repeat share"))
    found: Numbers = 1 / (1 + np.exp(-odds(weight, share)))
    return found


def _claims(
    listed: Sequence[Unit], known: Sequence[Unit], firms: Firms, weights: Weights
) -> dict[int, dict[int, float]]:
    """The known plants with which a unit, seen alone, would be linked."""
    found: dict[int, dict[int, float]] = {}
    for block in blocks(listed, known, firms):
        likely = np.exp(odds(weigh(block, weights), setting("known share")))
        likely /= 1 + likely.sum(axis=1, keepdims=True)
        for a, b in zip(*np.nonzero(likely >= setting("link")), strict=True):
            found.setdefault(block.left[a], {})[block.right[b]] = float(likely[a, b])
    return found
