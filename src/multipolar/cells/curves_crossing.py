"""In which year does a chemistry undercut LFP, and with what probability?

Cell against cell and pack against pack, at one place: the first year, in each draw, in which the
price lies below that of LFP. Where it never does up to the last year of the curves it is *never*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from multipolar.cells.curves import LFP, Curve, Curves
from multipolar.cells.curves_volumes import LAST, LI_ION


@dataclass(frozen=True)
class Crossing:
    """Against LFP: probability (0 to 1) of having undercut it by each of the years (``by``), and of
    being the cheaper one in it (``within``)."""

    curve: Curve
    rival: Curve
    years: np.ndarray
    by: np.ndarray
    within: np.ndarray

    @property
    def never(self) -> float:
        """Probability of not undercutting it up to the last year."""
        return float(1 - self.by[-1])

    @property
    def even(self) -> int | None:
        """The first year by which it has undercut it in half of the draws."""
        reached = np.flatnonzero(self.by >= 0.5)
        return int(self.years[reached[0]]) if reached.size else None


def crossing(curve: Curve, rival: Curve) -> Crossing:
    """When one price falls below another. Raises ValueError across boundaries or places."""
    if (curve.boundary, curve.place) != (rival.boundary, rival.place):
        raise ValueError("prices of cells and packs, or of two places, do not compare")
    first = max(curve.years[0], rival.years[0])
    mine, theirs = (c.drawn[:, first - c.years[0] :] for c in (curve, rival))
    below = mine < theirs
    by = np.logical_or.accumulate(below, axis=1).mean(axis=0)
    return Crossing(curve, rival, np.arange(first, LAST + 1), by, below.mean(axis=0))


def crossings(curves: Curves) -> list[Crossing]:
    """Every chemistry against LFP where both have a price."""
    found = []
    for (chemistry, boundary, place), curve in curves.all.items():
        rival = curves.all.get((LFP, boundary, place))
        if rival is not None and chemistry not in (LFP, LI_ION):
            found.append(crossing(curve, rival))
    return found
