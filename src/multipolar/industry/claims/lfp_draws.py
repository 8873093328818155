"""Draws of LFP and nickel capacity, of cathode, and of counts of LFP plants, for the claims.

Cells are drawn as in ``sample``; a mixed plant's split is drawn with the assumption behind its
rule. Cathode plants have a completeness of their own. Capacity in GWh/yr (cathode in kt/yr), shape
(draws,).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import Assumption
from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION
from multipolar.industry.census import Census
from multipolar.industry.chemistry_mix import ABROAD, mix
from multipolar.industry.chemistry_mix import CHINA as MIXED_IN_CHINA
from multipolar.industry.claims.room import Industry
from multipolar.industry.gap import band
from multipolar.industry.lfp import CATHODE_STAGE, INTENSITY, LFP, YIELD, abroad
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.industry.sample import COMPLETENESS, ERRORS, Draws, Sample, drivers
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

#: The year that a claim without one is held against.
YEAR = 2030
RULES = (ABROAD, MIXED_IN_CHINA)
CATHODE_COMPLETENESS = "industry.completeness.lfp-cathode"
ANNOUNCED = REALISATION.format("announced")


@dataclass(frozen=True)
class Made(Sample):
    """A sample whose phases are divided into bands of chemistry (see ``gap.band``)."""

    @property
    def sources_of_spread(self) -> tuple[str, ...]:
        """The assumptions that can move a sum of one chemistry."""
        return (*super().sources_of_spread, *RULES)

    @cached_property
    def _split(self) -> dict[str, list[tuple[str, float, str | None]]]:
        """Band, share and rule of each plant's chemistries."""
        found: dict[str, list[tuple[str, float, str | None]]] = {}
        for plant, chemistry, share, rule in mix(self.plants.sites, self.assumptions).iter_rows():
            found.setdefault(plant, []).append((band(chemistry), share, rule))
        return found

    def share(self, name: str) -> np.ndarray:
        """Share of a band in each phase, shape (draws, phases)."""
        columns = [self._share_of(plant, name) for plant in self.phases["plant"]]
        return np.column_stack(columns) if columns else np.ones((self.draws, 0))

    def _share_of(self, plant: str, name: str) -> Draws:
        total = np.zeros(self.draws)
        nickel_drawn = False
        for chemistry, share, rule in self._split[plant]:
            if chemistry != name:
                continue
            if rule is None:
                total = total + share
            elif name == LFP:
                total = total + self.of(rule) / 100
            elif not nickel_drawn:
                # Several nickel chemistries of one plant are what its LFP leaves.
                total, nickel_drawn = total + 1 - self.of(rule) / 100, True
        return total

    def made(
        self,
        name: str,
        place: str,
        year: int,
        statuses: Collection[str] = UPPER_BOUND,
        weights: np.ndarray | None = None,
    ) -> Draws:
        """Capacity of a band that stands at a place by a year; ``weights`` by phase."""
        chosen = self.chosen(place, year, statuses)
        amounts = self.capacity[:, chosen] * self.share(name)[:, chosen]
        if weights is not None:
            amounts = amounts * weights[chosen]
        return np.asarray(amounts.sum(axis=1))

    def expected_of(self, name: str, place: str, year: int) -> Draws:
        """The lower bound of a band and the share of announcements that gets built."""
        lower = self.made(name, place, year, ("operating", "under construction"))
        later = self.made(name, place, year, ("announced",))
        return np.asarray(lower + later * self.of(ANNOUNCED) / 100)

    def largest(self, name: str, place: str, year: int, statuses: Collection[str]) -> Draws:
        """The largest plant of a place by its capacity of a band; nothing where there is none."""
        chosen = self.chosen(place, year, statuses)
        amounts = self.capacity[:, chosen] * self.share(name)[:, chosen]
        totals: dict[str, Draws] = {}
        for index, plant in enumerate(self.phases.filter(chosen)["plant"]):
            totals[plant] = totals.get(plant, np.zeros(self.draws)) + amounts[:, index]
        none = np.zeros(self.draws)
        return np.max(list(totals.values()), axis=0) if totals else none


@dataclass(frozen=True)
class CathodeMade(Made):
    """The same for cathode plants (kt/yr), whose list is complete in its own measure."""

    @property
    def sources_of_spread(self) -> tuple[str, ...]:
        """The assumptions that can move a sum of cathode, or what it is held against."""
        return (*super().sources_of_spread, CATHODE_COMPLETENESS, INTENSITY, YIELD)

    @cached_property
    def _errors(self) -> np.ndarray:
        known = {COMPLETENESS.format(where) for where in ("china", "elsewhere")}
        plain = Made(self.evidence, self.plants, self.draws, self.fixed | known)
        return np.asarray(plain._errors * self.of(CATHODE_COMPLETENESS)[:, None])

    def need(self, cells: Draws) -> Draws:
        """Cathode (kt/yr) that so many GWh/yr of LFP cells need."""
        return np.asarray(cells * 100 * self.of(INTENSITY) / self.of(YIELD))


@dataclass(frozen=True)
class PlantCensus(Census):
    """Counts of plants of LFP cells or cathode: how likely each is there, how many are missing."""

    def assumption(self, name: str) -> Assumption:
        """The assumption about plants instead of the one about next-gen projects."""
        return super().assumption(name.replace(".next-gen-", ".plant-"))


#: What moves a count of plants.
COUNTED = (
    *(f"industry.plant-error.{word}" for word in ("high", "medium", "low")),
    "industry.plant-completeness",
)


def cells(industry: Industry, where: Sequence[str]) -> Made:
    """Draws over the cell plants of some places."""
    return Made(industry.evidence, plants_of(industry.plants, where))


def plants_of(plants: Plants, where: Sequence[str]) -> Plants:
    """The plants that stand in some places."""
    members = sorted({member for place in where for member in places.members(place)})
    sites = plants.sites.filter(pl.col("place").is_in(members))
    return Plants(sites, plants.additions.join(sites.select("plant"), on="plant", how="semi"))


def lfp_cells(industry: Industry) -> Made:
    """Draws over the plants outside China that make LFP cells."""
    return Made(industry.evidence, abroad(industry.plants))


def lfp_cathode(industry: Industry) -> CathodeMade:
    """Draws over the plants outside China that make LFP cathode."""
    return CathodeMade(industry.evidence, abroad(reconcile(industry.evidence, CATHODE_STAGE)))


def with_cells(cathode: CathodeMade, cells: Made) -> Made:
    """The cell plants with the same number of draws and fixed assumptions as the cathode plants."""
    return replace(cells, draws=cathode.draws, fixed=cathode.fixed)


def census(evidence: Evidence, plants: Plants) -> PlantCensus:
    """Counts over the plants of LFP cells or cathode that are not given up.

    Columns to choose by: place, status, domicile (of the firm that runs the plant), capacity_known.
    """
    lead = by_domicile(plants.sites, evidence, "lead").select("plant", "domicile")
    table = plants.sites.filter(pl.col("status").is_in(UPPER_BOUND)).join(lead, on="plant")
    return PlantCensus(evidence, table.with_columns(project=pl.col("plant")))


def held_by(sample: Sample, domiciles: Collection[str], overseas: bool = False) -> np.ndarray:
    """Share of each phase that owners of some domiciles hold by equity, shape (phases,).

    ``overseas``: only where a plant does not stand in the owner's own country.
    """
    split = by_domicile(sample.plants.sites, sample.evidence)
    split = split.filter(pl.col("domicile").is_in(list(domiciles)))
    if overseas:
        split = split.join(sample.plants.sites.select("plant", "place"), on="plant")
        split = split.filter(pl.col("domicile") != pl.col("place"))
    held = split.group_by("plant").agg(pl.col("share").sum())
    shares = sample.phases.select("plant").join(held, on="plant", how="left", maintain_order="left")
    return np.asarray(shares["share"].fill_null(0.0).to_numpy())


def computed(
    sample: Made,
    quantity: Callable[..., Draws],
    where: Sequence[str],
    note: str = "",
    statuses: Sequence[str] = UPPER_BOUND,
    year: int = YEAR,
    more: tuple[str, ...] = (),
) -> Computed | None:
    """A quantity of a sample with its rows, assumptions (and ``more``) and what widens it most.

    None where no row speaks of the places, statuses and year.
    """
    records = {r for place in where for r in sample.records(place, year, statuses)}
    if not records:
        return None
    count = len({plant for place in where for plant in standing(sample, place, year, statuses)})
    widest = ", ".join(f"{name} {share:.0%}" for name, share in drivers(sample, quantity))
    said = (note, f"{count} plants on record", f"width from {widest}" if widest else "")
    announced = (ANNOUNCED,) if "announced" in statuses else ()
    return Computed(
        draws=quantity(sample),
        central=float(quantity(sample.central())[0]),
        table="plants",
        records=tuple(sorted(records)),
        assumptions=tuple(sorted({*ERRORS, *RULES, *announced, *more})),
        note="; ".join(part for part in said if part),
    )


def standing(sample: Made, place: str, year: int, statuses: Sequence[str]) -> list[str]:
    """The plants with a phase of one of the statuses at a place by a year."""
    return sample.phases.filter(sample.chosen(place, year, statuses))["plant"].to_list()
