"""How sure is a sum of plant capacities?

Each plant's capacity is drawn between the lowest and highest recent statement, widened by an error
that depends on the confidence of its row. Plants that rest on one unverified list share one more
error, since such a list tends to be off in one direction. What is not on record is a factor, by
default one for China and one for elsewhere. Draws are seeded by names, so that the same plant has
the same error in every sum, place and scenario. Capacity in GWh/yr, shape (draws,).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, Assumptions, spread
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION
from multipolar.industry.coverage import lists
from multipolar.industry.plants import Plants
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

LIST_ERROR, ROW_ERROR = "industry.list-error", "industry.row-error.{}"
ERRORS = (LIST_ERROR, *(ROW_ERROR.format(word) for word in ("high", "medium", "low")))
ANNOUNCED = REALISATION.format("announced")
CHINA = "CHN"
#: How much of the capacity of China, and of other places, is missing today.
TODAY = ("industry.completeness.china", "industry.completeness.elsewhere")
#: The same for years in which plants are less completely on record.
BEFORE_2022 = ("industry.completeness.before-2022",)
#: The same for cathode plants of LFP.
CATHODE = ("industry.completeness.lfp-cathode",)
Draws = np.ndarray


@dataclass(frozen=True)
class Sample:
    """Draws over the phases of all plants; ``fixed`` assumptions stay at their central value.

    ``completeness`` names what is drawn for capacity that is not on record: two assumptions, for
    China and for elsewhere, or one for both, or none. ``beside`` names the assumptions that can
    move a quantity besides the errors of capacity.
    """

    evidence: Evidence
    plants: Plants
    draws: int = DRAWS
    fixed: frozenset[str] = frozenset()
    completeness: tuple[str, ...] = TODAY
    beside: tuple[str, ...] = (ANNOUNCED,)

    @cached_property
    def assumptions(self) -> Assumptions:
        """The assumptions on record."""
        return Assumptions(self.evidence)

    @cached_property
    def phases(self) -> pl.DataFrame:
        """Additions with place, confidence and the unverified lists that alone speak of them."""
        sites = self.plants.sites.select("plant", "place", "confidence")
        additions = self.plants.additions.join(sites, on="plant", maintain_order="left")
        listed = lists(self.plants, self.evidence)
        return additions.join(listed, on="plant", how="left", maintain_order="left")

    @cached_property
    def capacity(self) -> np.ndarray:
        """Capacity of each phase in each draw, shape (draws, phases)."""
        return np.asarray(self._errors * self.phases["capacity"].to_numpy())

    @cached_property
    def _errors(self) -> np.ndarray:
        """Relative error of each phase, shape (draws, phases); phases of a plant share theirs."""
        found: dict[str, np.ndarray] = {}
        listed_error = self.of(LIST_ERROR)
        factors = [self.of(name) for name in self.completeness] or [np.ones(self.draws)]
        sums = self.phases.group_by("plant").agg(pl.col("low", "capacity", "high").sum())
        ends = {row[0]: row[1:] for row in sums.rows()}
        rows = self.phases.select("plant", "place", "confidence", "lists").rows()
        for plant, place, confidence, listed in rows:
            if plant not in found:
                low, capacity, high = ends[plant]
                spans = (low / capacity, high / capacity) if capacity > 0 else (1.0, 1.0)
                error = self._row_error(plant, confidence, *spans)
                error = error * factors[0 if place == CHINA else -1]
                found[plant] = error * listed_error if listed else error
        empty = np.ones((self.draws, 0))
        return np.column_stack([found[row[0]] for row in rows]) if rows else empty

    def _row_error(self, plant: str, confidence: str, low: float, high: float) -> Draws:
        """Error of one plant: as wide as its statements, and at least as its confidence says."""
        name = ROW_ERROR.format(confidence)
        if name in self.fixed:
            return np.ones(self.draws)
        entry = self.assumptions[name]
        ends = min(entry.low, low), max(entry.high, high)
        return spread(f"{name}/{plant}", ends[0], 1.0, ends[1], draws=self.draws)

    def error(self, phase: int) -> Draws:
        """Relative error of one phase (by its row in ``phases``)."""
        return np.asarray(self._errors[:, phase])

    def of(self, name: str) -> Draws:
        """Draws of one assumption, or its central value where it is fixed."""
        if name in self.fixed:
            return np.full(self.draws, self.assumptions.central(name))
        return self.assumptions.draw(name, self.draws)

    def chosen(self, place: str, year: int, statuses: Collection[str] = UPPER_BOUND) -> np.ndarray:
        """Which phases stand at a place by a year with one of the statuses, as a mask."""
        here = pl.col("place").is_in(places.members(place)) & (pl.col("from_year") <= year)
        mask = self.phases.select(here & pl.col("status").is_in(list(statuses))).to_series()
        return np.asarray(mask.to_numpy())

    def bound(self, place: str, year: int, statuses: Collection[str] = LOWER_BOUND) -> Draws:
        """Nameplate of some statuses (by default the lower bound)."""
        return np.asarray(self.capacity[:, self.chosen(place, year, statuses)].sum(axis=1))

    def expected(self, place: str, year: int) -> Draws:
        """The lower bound and the share of announcements that gets built."""
        announced = self.of(ANNOUNCED) / 100
        return np.asarray(
            self.bound(place, year) + announced * self.bound(place, year, ("announced",))
        )

    def records(
        self, place: str, year: int, statuses: Collection[str] = UPPER_BOUND
    ) -> tuple[str, ...]:
        """Ids of the rows behind the phases chosen."""
        rows = self.phases.filter(self.chosen(place, year, statuses))["records"].to_list()
        return tuple(sorted({record for row in rows for record in row}))

    @property
    def sources_of_spread(self) -> tuple[str, ...]:
        """The assumptions that can move a sum of capacities."""
        return (*ERRORS, *self.completeness, *self.beside)

    def central(self) -> Self:
        """The same sums with every assumption at its central value (a single draw)."""
        return replace(self, draws=1, fixed=frozenset(self.sources_of_spread))
