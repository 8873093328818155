"""Which numbers enter a cost, with which ranges, and where do they come from?

An input has a name; its draws depend on that name alone, so that two plants, policies or runs that
share an input share its draws. Shares are fractions here, money is real 2025 US$ without tax.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from multipolar.evidence.assumptions import DRAWS, SEED, Assumptions, spread
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.errors import MultipolarError

ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Input:
    """One named number with its range; ``stream`` is the name that its draws depend on."""

    name: str
    low: float
    central: float
    high: float
    unit: str
    distribution: str = "triangular"
    stream: str = ""
    table: str = "assumptions"
    records: tuple[str, ...] = ()

    def draw(self, draws: int, seed: int) -> np.ndarray | float:
        """Draws, shape (draws,); a number where there is no range."""
        if self.distribution == "fixed" or self.low == self.high:
            return self.central
        ends = (self.low, self.central, self.high)
        return spread(self.stream or self.name, *ends, self.distribution, draws, seed)


@dataclass
class Inputs:
    """All inputs of a calculation by name."""

    evidence: Evidence
    own: Mapping[str, float | tuple[float, float, float]] = field(default_factory=dict)
    named: dict[str, Input] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.assumptions = Assumptions(self.evidence)
        self.names = frozenset(self.assumptions)

    def __iter__(self) -> Iterator[Input]:
        return iter(self.named.values())

    def add(self, entry: Input) -> str:
        """Take an input up, with the user's own value in its place if there is one."""
        if entry.name in self.own:
            entry = own(entry.name, self.own[entry.name], entry.unit)
        self.named[entry.name] = entry
        return entry.name

    def assumed(self, name: str, stream: str = "") -> str:
        """Take an assumption up; per cent becomes a fraction."""
        a = self.assumptions[name]
        size = 0.01 if a.unit == "%" else 1.0
        unit = "share" if a.unit == "%" else a.unit
        ends = (a.low * size, a.central * size, a.high * size)
        return self.add(Input(name, *ends, unit, a.distribution, stream, records=(name,)))

    def placed(self, prefix: str, place: str) -> str | None:
        """The name of the assumption for a place: its own, a group's that holds it, elsewhere's."""
        inside = [
            g for g in places.groups() if set(places.members(place)) <= set(places.members(g))
        ]
        for suffix in (place, *inside, ELSEWHERE):
            name = f"{prefix}.{suffix.lower()}"
            if name in self.names:
                return name
        return None

    def values(self, draws: int = DRAWS, seed: int = SEED) -> dict[str, np.ndarray | float]:
        """Draws of every input by name."""
        return {name: entry.draw(draws, seed) for name, entry in self.named.items()}

    def central(self) -> dict[str, float]:
        """The best value of every input."""
        return {name: entry.central for name, entry in self.named.items()}

    def without_range(self, name: str) -> Inputs:
        """The same inputs, one of them known for certain."""
        known = replace(self.named[name], distribution="fixed")
        return Inputs(self.evidence, self.own, self.named | {name: known})


def certain(name: str, value: float, unit: str) -> Input:
    """A number without a range that is chosen and not known from evidence."""
    return Input(name, value, value, value, unit, "fixed", table="own")


def own(name: str, value: float | tuple[float, float, float], unit: str) -> Input:
    """A number that the user gives. Raises MultipolarError for one that cannot be."""
    low, central, high = value if isinstance(value, tuple) else (value, value, value)
    if not low <= central <= high:
        raise MultipolarError(f"{name}: give low, central and high in rising order")
    if low < 0 and "margin" not in name.split("."):
        raise MultipolarError(f"{name} is {low:g}: it cannot be below zero")
    if unit == "share" and high > 1:
        raise MultipolarError(f"{name} is {high:g}: a share is at most 1; write 0.3 for 30 %")
    return Input(name, low, central, high, unit, table="own")
