"""What do our plants say to the study's claims on sodium-ion capacity and on demand for storage?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import Assumptions, spread
from multipolar.evidence.claims import Computed
from multipolar.industry.census import COMPLETENESS
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.claims.drawn import result
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand import Combination, demand, outlooks
from multipolar.industry.pilots import PRODUCTS
from multipolar.industry.sample import Draws, Sample
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

Answer = Callable[[Industry], Computed | None]
NOW, YEAR = 2026, 2030
RUNNING = ("operating",)


def _of_china(sample: Sample, shares: dict[str, float]) -> Draws:
    """China's sodium-ion capacity in 2030, all that is announced included, GWh/yr.

    What is missing is drawn as of next-generation projects, not as of all cell plants.
    """
    sample = replace(sample, completeness=(COMPLETENESS,))
    chosen = sample.chosen("CHN", YEAR, UPPER_BOUND)
    total = np.zeros(sample.draws)
    for index, plant in enumerate(sample.phases["plant"]):
        if chosen[index] and plant in shares:
            total += sample.capacity[:, index] * _share(sample, plant, shares[plant])
    return total


def _share(sample: Sample, plant: str, share: float) -> Draws:
    """What of a plant is sodium-ion: where it makes other cells too, anything."""
    if share == 1 or sample.draws == 1:
        return np.full(sample.draws, share)
    return spread(f"sodium-share/{plant}", 0.0, share, 1.0, draws=sample.draws)


def _claim(
    quantity: Callable[[Sample, Draws], Draws], beside: tuple[str, ...], note: str
) -> Answer:
    """A claim on China's sodium-ion capacity, ``beside`` the running plants of other places."""

    def computed(industry: Industry) -> Computed | None:
        made = mix(industry.plants.sites, Assumptions(industry.evidence))
        made = made.filter(pl.col("chemistry").is_in(PRODUCTS["sodium-ion"]))
        shares = dict(made.select("plant", "share").rows())

        def drawn(sample: Sample) -> Draws:
            return quantity(sample, _of_china(sample, shares))

        # What runs elsewhere is missing as all cell plants are, so both are drawn.
        sample = replace(industry.sample, beside=(*industry.sample.beside, COMPLETENESS))
        own = sample.phases.filter(sample.chosen("CHN", YEAR, UPPER_BOUND))
        own = own.filter(pl.col("plant").is_in(list(shares)))
        mixed = [plant for plant, share in shares.items() if share < 1]
        whole = float(own.filter(pl.col("plant").is_in(mixed))["capacity"].sum())
        records = set(own["records"].list.explode())
        records |= {record for place in beside for record in sample.records(place, NOW, RUNNING)}
        told = f"{whole:,.0f} GWh/yr are of plants that make other cells too, of which nothing to "
        return result(sample, drawn, records, f"{note}; {told}all counts")

    return computed


def _less_the_west(sample: Sample, sodium: Draws) -> Draws:
    """Less the larger of running US and European capacity today."""
    return np.asarray(
        sodium - np.maximum(*(sample.bound(place, NOW, RUNNING) for place in ("USA", "Europe")))
    )


def _storage_growth(industry: Industry) -> Computed | None:
    """Share of stationary storage in the growth of world demand in the last full year, %."""
    years = (NOW - 2, NOW - 1)
    storage = [outlooks(industry.evidence, places.WORLD, year, "storage") for year in years]
    whole = [demand(industry.evidence, places.WORLD, year) for year in years]
    if not all(storage) or any(found is None for found in whole):
        return None
    before, after = (_sum(found.central) if found else 0.0 for found in whole)
    ends = [(min(o.low for o in found), found[len(found) // 2].central, max(o.high for o in found))
            for found in storage]  # fmt: skip
    drawn = [spread(f"storage/{y}", *end) for y, end in zip(years, ends, strict=True)]
    behind = {record for found in storage for outlook in found for record in outlook.records}
    behind |= {r for found in whole if found for o, _ in found.central for r in o.records}
    return Computed(
        np.asarray(100 * (drawn[1] - drawn[0]) / (after - before)),
        float(100 * (ends[1][1] - ends[0][1]) / (after - before)),
        "demand",
        tuple(sorted(behind)),
        note=f"{years[0]} to {years[1]}: storage over its outlooks, all demand at its median",
    )


def _sum(combination: Combination) -> float:
    return sum(outlook.central * weight for outlook, weight in combination)


CLAIMS: dict[str, Answer] = {
    "ng-china-sodium-capacity-2030": _claim(
        lambda _, sodium: sodium, (), "nameplate, all that is announced included"
    ),
    "ng-china-sodium-exceeds-west": _claim(
        _less_the_west,
        ("USA", "Europe"),
        "our own sodium-ion capacity of China in 2030 less the larger of what runs in both places",
    ),
    "fig12-storage-growth": _storage_growth,
}
