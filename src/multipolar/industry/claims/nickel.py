"""Do the United States and Europe bet on nickel cells, and is there room left for others?

Capacity is divided by chemistry as in ``lfp_draws``, demand by the shares of LFP in vehicles and
storage (see ``gap``). GWh/yr and percent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import spread
from multipolar.evidence.claims import Computed
from multipolar.industry.claims.lfp_draws import (
    YEAR,
    Made,
    cells,
    computed,
    held_by,
    only,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand_build import STORAGE, VEHICLES
from multipolar.industry.gap import (
    NICKEL,
    STORAGE_PART,
    STORAGE_SHARE,
    VEHICLES_SHARE,
    Needed,
    outlook_terms,
)
from multipolar.industry.lfp import CHINA
from multipolar.industry.owners import by_domicile
from multipolar.industry.sample import Draws, Sample
from multipolar.words.chemistries import UNKNOWN
from multipolar.words.vocabularies import UPPER_BOUND

NOW = 2026
WEST = ("USA", "Europe")
#: The investment boom that the study speaks of starts in this year.
BOOM = 2021
#: Three groups that together are the world.
EVERYWHERE = ("EMDM", "OECD-figure-3", CHINA)
SHARES = (*(VEHICLES_SHARE.format(place.lower()) for place in WEST), STORAGE_SHARE, STORAGE_PART)


def _share_of_nickel(
    sample: Made, where: Sequence[str], statuses: Sequence[str], year: int, known: bool,
    since: int = 0, weights: np.ndarray | None = None,
) -> Draws:  # fmt: skip
    """Nickel in percent of the capacity of some places; ``known``: of that of known chemistry."""
    later = np.array(sample.phases["from_year"].to_numpy() >= since, dtype=float)
    weights = later if weights is None else later * weights

    def total(band: str) -> Draws:
        made = [sample.made(band, place, year, statuses, weights) for place in where]
        return np.asarray(np.sum(made, axis=0))

    whole = np.zeros(sample.draws)
    for place in where:
        chosen = sample.chosen(place, year, statuses)
        whole = whole + (sample.capacity[:, chosen] * weights[chosen]).sum(axis=1)
    return np.asarray(100 * total(NICKEL) / (whole - (total(UNKNOWN) if known else 0)))


def _nickel_now(industry: Industry) -> Computed | None:
    def quantity(sample: Made) -> Draws:
        return _share_of_nickel(sample, WEST, ("operating",), NOW, known=False)

    note = "nickel cathodes of all capacity that runs; plants of unknown chemistry count as others"
    return computed(cells(industry, WEST), quantity, WEST, note, ("operating",), NOW)


def _boom(industry: Industry) -> Computed | None:
    def quantity(sample: Made) -> Draws:
        return _share_of_nickel(sample, WEST, UPPER_BOUND, YEAR, known=True, since=BOOM)

    note = f"plants and phases that come online from {BOOM} on stand for what was announced since; "
    note += "of the capacity whose chemistry is known, mixed plants drawn"
    return computed(cells(industry, WEST), quantity, WEST, note)


def _korean_japanese(industry: Industry) -> Computed | None:
    def quantity(sample: Made) -> Draws:
        held = held_by(sample, ("KOR", "JPN"), overseas=True)
        return _share_of_nickel(sample, EVERYWHERE, UPPER_BOUND, YEAR, True, BOOM, held)

    split = by_domicile(industry.plants.sites, industry.evidence)
    theirs = split.filter(pl.col("domicile").is_in(["KOR", "JPN"]))["plant"]
    sample = Made(industry.evidence, only(industry.plants, theirs))
    note = f"overseas by equity, online from {BOOM} on, of the capacity whose chemistry is known"
    return computed(sample, quantity, EVERYWHERE, note)


def _outlooks(industry: Industry) -> dict[str, list[Needed]]:
    """What the outlooks say of each of the two places; empty where one has none."""
    said = {place: outlook_terms(industry.evidence, place, YEAR) for place in WEST}
    return said if all(said.values()) else {}


def _demand(said: list[Needed], place: str, draws: int) -> Draws:
    """Draws of total demand of a place, as those of its outlooks."""
    low, central, high = (float(sum(term.ends[at] for term in said)) for at in range(3))
    if draws == 1:
        return np.array([central])
    return spread(f"demand/{place}/{YEAR}", low, central, high, draws=draws)


def _nickel_demand(said: list[Needed], place: str, sample: Made) -> Draws:
    """Share of demand that is not LFP, with the shares by segment drawn, a fraction."""
    vehicles = sample.of(VEHICLES_SHARE.format(place.lower())) / 100
    storage, part = sample.of(STORAGE_SHARE) / 100, sample.of(STORAGE_PART) / 100
    by_segment = {VEHICLES: vehicles, STORAGE: storage}
    every_use = part * storage + (1 - part) * vehicles
    total = sum(term.ends[1] for term in said)
    parts = [by_segment.get(term.segment, every_use) * term.ends[1] for term in said]
    return np.asarray(1 - np.sum(parts, axis=0) / total)


def _remaining(industry: Industry) -> Computed | None:
    said = _outlooks(industry)

    def of(sample: Sample, place: str) -> Draws:
        needed = _demand(said[place], place, sample.draws)
        return np.asarray(needed - sample.expected(place, YEAR))

    def quantity(sample: Sample) -> Draws:
        return np.asarray(np.sum([of(sample, place) for place in said], axis=0))

    sample = cells(industry, WEST)
    each = ", ".join(f"{place} {of(sample.central(), place)[0]:,.0f}" for place in said)
    note = f"demand less expected nameplate, both together, GWh/yr; central: {each}"
    return _with_demand(computed(sample, quantity, tuple(said), note), said)


def _overhedged(industry: Industry) -> Computed | None:
    said = _outlooks(industry)

    def quantity(sample: Made) -> Draws:
        needed = {place: _demand(said[place], place, sample.draws) for place in said}
        nickel = [n * _nickel_demand(said[p], p, sample) for p, n in needed.items()]
        share = np.sum(nickel, axis=0) / np.sum(list(needed.values()), axis=0)
        held = _share_of_nickel(sample, WEST, UPPER_BOUND, YEAR, known=True)
        return np.asarray(held - 100 * share)

    note = "nickel in percent of the upper bound of known chemistry less that of demand"
    sample = replace(cells(industry, WEST), beside=(*Made.beside, *SHARES))
    return _with_demand(computed(sample, quantity, tuple(said), note), said)


def _with_demand(found: Computed | None, said: dict[str, list[Needed]]) -> Computed | None:
    """The result with the outlooks among its rows."""
    if found is None:
        return None
    records = {record for needed in said.values() for term in needed for record in term.records}
    return replace(found, more={"demand": tuple(sorted(records))})


CLAIMS: dict[str, Callable[[Industry], Computed | None]] = {
    "kf-current-capacity-nickel-cobalt": _nickel_now,
    "lfp-2021-boom-nmc": _boom,
    "lfp-nmc-korean-japanese-product": _korean_japanese,
    "lfp-limited-remaining-capacity": _remaining,
    "pp-overhedged-nmc": _overhedged,
}
