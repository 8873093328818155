"""What is assumed, with which range, and who says so?

Each assumption is a row of the table ``assumptions``; draws come from its range with a random
stream of its own, seeded by its name, so that two runs (or scenarios) that share an assumption
share its draws.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from multipolar.evidence.store import Evidence
from multipolar.words.errors import UnknownWord

DRAWS = 1000
SEED = 2026


@dataclass(frozen=True)
class Assumption:
    """A named parameter; ``checked`` is false where nobody has read the source."""

    assumption: str
    meaning: str
    unit: str
    low: float
    central: float
    high: float
    distribution: str
    checked: bool
    source: str
    calibrated_to: str
    confidence: str
    note: str


class Assumptions:
    """The assumptions on record, by name."""

    def __init__(self, evidence: Evidence) -> None:
        self._all = {
            row["assumption"]: _assumption(row)
            for row in evidence.table("assumptions").iter_rows(named=True)
        }

    def __getitem__(self, name: str) -> Assumption:
        if name not in self._all:
            raise UnknownWord("assumption", name, self._all)
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def central(self, name: str) -> float:
        """The best value, in the assumption's own unit."""
        return self[name].central

    def draw(self, name: str, draws: int = DRAWS, seed: int = SEED, label: str = "") -> np.ndarray:
        """Draws of one assumption, shape (draws,); with a label from a stream of their own."""
        entry = self[name]
        stream = f"{name}/{label}" if label else name
        ends = (entry.low, entry.central, entry.high)
        return spread(stream, *ends, entry.distribution, draws, seed)


def spread(
    name: str,
    low: float,
    central: float,
    high: float,
    distribution: str = "triangular",
    draws: int = DRAWS,
    seed: int = SEED,
) -> np.ndarray:
    """Draws between ``low`` and ``high``, shape (draws,); the stream depends on ``name`` alone.

    A triangular range has a triangle on each side of ``central``, of equal weight, so that the
    central value is the median; where it is an end of the range, all draws lie on the other side.
    """
    draw = _kept if draws <= DRAWS else _drawn
    return draw(name, low, central, high, distribution, draws, seed)


def _drawn(
    name: str, low: float, central: float, high: float, distribution: str, draws: int, seed: int
) -> np.ndarray:
    if distribution == "fixed" or low == high:
        return np.full(draws, central)
    stream = np.random.default_rng([seed, zlib.crc32(name.encode())])
    if distribution == "uniform":
        return stream.uniform(low, high, draws)
    below = 0.0 if low == central else 1.0 if central == high else 0.5
    place = stream.uniform(size=draws)
    left = np.sqrt(np.minimum(place / (below or 1.0), 1.0))
    right = np.sqrt(np.minimum((1 - place) / ((1 - below) or 1.0), 1.0))
    lower, upper = low + (central - low) * left, high - (high - central) * right
    return np.clip(np.where(place < below, lower, upper), low, high)


@lru_cache(maxsize=8192)
def _kept(*range_: Any) -> np.ndarray:
    """Few draws, for the next one who asks: the same rows stand behind many results."""
    found = _drawn(*range_)
    found.setflags(write=False)
    return found


def _assumption(row: dict[str, Any]) -> Assumption:
    text = {name: row[name] or "" for name in _TEXT}
    ends = {name: float(row[name]) for name in ("low", "central", "high")}
    fields: dict[str, Any] = text | ends
    return Assumption(**fields, checked=row["checked"] == "yes")


_TEXT = (
    "assumption",
    "meaning",
    "unit",
    "distribution",
    "source",
    "calibrated_to",
    "confidence",
    "note",
)
