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

from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.industry.census import PLANT_COMPLETENESS, PLANT_ERROR, Census
from multipolar.industry.chemistry_mix import ABROAD, mix
from multipolar.industry.chemistry_mix import CHINA as MIXED_IN_CHINA
from multipolar.industry.claims.drawn import result
from multipolar.industry.claims.room import Industry
from multipolar.industry.gap import band
from multipolar.industry.lfp import CATHODE_STAGE, INTENSITY, LFP, YIELD, abroad
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.industry.sample import ANNOUNCED, CATHODE, TODAY, Draws, Sample
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

#: The year that a claim without one is held against.
YEAR = 2030
RULES = (ABROAD, MIXED_IN_CHINA)


@dataclass(frozen=True)
class Made(Sample):
    """A sample whose phases are divided into bands of chemistry (see ``gap.band``)."""

    beside: tuple[str, ...] = (ANNOUNCED, *RULES)

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


def need(sample: Made, cells: Draws) -> Draws:
    """Cathode (kt/yr) that so many GWh/yr of LFP cells need."""
    return np.asarray(cells * 100 * sample.of(INTENSITY) / sample.of(YIELD))


def cells(industry: Industry, where: Sequence[str]) -> Made:
    """Draws over the cell plants of some places."""
    return Made(industry.evidence, plants_of(industry.plants, where))


def plants_of(plants: Plants, where: Sequence[str]) -> Plants:
    """The plants that stand in some places."""
    members = sorted({member for place in where for member in places.members(place)})
    return only(plants, plants.sites.filter(pl.col("place").is_in(members))["plant"])


def only(plants: Plants, names: pl.Series) -> Plants:
    """Some of the plants, by name."""
    chosen = pl.col("plant").is_in(names.implode())
    return Plants(plants.sites.filter(chosen), plants.additions.filter(chosen))


def lfp_cells(industry: Industry) -> Made:
    """Draws over the plants outside China that make LFP cells."""
    return Made(industry.evidence, abroad(industry.plants))


def lfp_cathode(industry: Industry) -> Made:
    """Draws over the plants outside China that make LFP cathode (kt/yr), and of what cells need."""
    return Made(
        industry.evidence,
        abroad(reconcile(industry.evidence, CATHODE_STAGE)),
        completeness=CATHODE,
        beside=(*Made.beside, *TODAY, INTENSITY, YIELD),
    )


def like(other: Made, sample: Made) -> Made:
    """Other plants with the same number of draws and fixed assumptions."""
    return replace(other, draws=sample.draws, fixed=sample.fixed)


def census(evidence: Evidence, plants: Plants) -> Census:
    """Counts over the plants of LFP cells or cathode that are not given up.

    Columns to choose by: place, status, domicile (of the firm that runs the plant), capacity_known.
    """
    lead = by_domicile(plants.sites, evidence, "lead").select("plant", "domicile")
    table = plants.sites.filter(pl.col("status").is_in(UPPER_BOUND)).join(lead, on="plant")
    table = table.with_columns(project=pl.col("plant"))
    return Census(evidence, table, error=PLANT_ERROR, completeness=PLANT_COMPLETENESS)


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
    quantity: Callable[[Made], Draws],
    where: Sequence[str],
    note: str,
    statuses: Sequence[str] = UPPER_BOUND,
    year: int = YEAR,
) -> Computed | None:
    """A quantity of a sample with the rows of places, statuses and a year, None without any."""
    records = {r for place in where for r in sample.records(place, year, statuses)}
    count = len({plant for place in where for plant in standing(sample, place, year, statuses)})
    return result(sample, quantity, records, f"{note}; {count} plants on record")


def standing(sample: Made, place: str, year: int, statuses: Sequence[str]) -> list[str]:
    """The plants with a phase of one of the statuses at a place by a year."""
    return sample.phases.filter(sample.chosen(place, year, statuses))["plant"].to_list()
