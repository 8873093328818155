"""How concentrated is a market of which not every share is known?

The index of Hirschman and Herfindahl on the scale of 0 to 10,000 (per cent squared), always as a
pair of bounds: what is listed counts as listed, what is not listed anywhere between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

WHOLE = 100.0


@dataclass(frozen=True)
class Bounds:
    """Least and most that each listed holder adds to the index, and the most of all others.

    The least of those who are not listed is nothing: they may be infinitely many.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    rest: float

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper bound of the index."""
        return sum(self.low), sum(self.high) + self.rest


def hhi(
    shares: Sequence[tuple[float, float]], groups: Sequence[float] = (), cap: float = WHOLE
) -> Bounds:
    """Bounds of the sum of squared shares, H = sum over holders of s^2 with s in per cent.

    ``shares``: least and greatest share of each listed holder, in per cent. ``groups``: shares of
    groups of holders of which the division is unknown; a group counts as a single holder at most.
    ``cap``: the greatest share that any holder outside both can have.

    The index is that of Hirschman (1945, National Power and the Structure of Foreign Trade; 1964,
    The Paternity of an Index, American Economic Review 54) and Herfindahl (1950). Bounds from an
    incomplete list as in Michelini and Pickford (1985, Estimating the Herfindahl Index from
    Concentration Ratio Data, Journal of the American Statistical Association 80): the lower one
    spreads the rest over infinitely many holders; the upper one packs it into as few as ``cap``
    allows. Where a listed share is an interval, what is free is given to the holders whose term
    rises fastest, along the chord of the square, which no true division exceeds.
    """
    low = [least for least, _ in shares]
    free = max(0.0, WHOLE - sum(low))
    known = all(least == most for least, most in shares)
    unlisted = max(0.0, free - sum(groups)) if known else free
    ceiling = min(cap, unlisted)
    rooms: list[tuple[float, float, int | None]] = [
        (least + most, most - least, index) for index, (least, most) in enumerate(shares)
    ]
    rooms += [(share, share, None) for share in groups] + [(ceiling, unlisted, None)]
    high, rest = [least**2 for least in low], 0.0
    for slope, size, index in sorted(rooms, key=lambda room: -room[0]):
        taken = min(size, free)
        free -= taken
        if index is not None:
            high[index] += slope * taken
        elif known:
            rest += packed(taken, slope)
        else:
            rest += slope * taken
    return Bounds(tuple(least**2 for least in low), tuple(high), rest)


def packed(mass: float, size: float) -> float:
    """The greatest sum of squares of parts no larger than ``size`` that add up to ``mass``.

    >>> packed(10, 4), packed(3, 4), packed(0, 0)
    (36.0, 9.0, 0.0)
    """
    if mass <= 0 or size <= 0:
        return 0.0
    whole = floor(mass / size)
    return float(whole * size**2 + (mass - whole * size) ** 2)
