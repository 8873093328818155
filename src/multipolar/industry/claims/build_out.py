"""What do our plants say to the study's claims on the past and the pace of building?

Capacity in GWh/yr; what is added in GWh/yr a year; plants and ventures as counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multipolar.evidence.claims import Computed
from multipolar.industry.census import PLANT_COMPLETENESS, PLANT_ERROR, Census
from multipolar.industry.claims.drawn import result, rows_of
from multipolar.industry.claims.room import Industry
from multipolar.industry.owners import shares
from multipolar.industry.plants import ENDED
from multipolar.industry.sample import ANNOUNCED, BEFORE_2022, Draws, Sample
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

RUNNING = ("operating",)
Answer = Callable[[Industry], Computed | None]
#: The years that the study sets against each other.
BOOM, AFTER = (2020, 2025), (2026, 2030)


def _ran(place: str, year: int) -> Answer:
    """What ran by a year."""

    def quantity(sample: Sample) -> Draws:
        return sample.bound(place, year, RUNNING)

    note = f"plants on record that ran by {year}; how far early plants are on record is drawn"

    def answer(industry: Industry) -> Computed | None:
        sample = Sample(industry.evidence, industry.plants, completeness=BEFORE_2022)
        return result(sample, quantity, sample.records(place, year, RUNNING), note)

    return answer


def _pace(industry: Industry) -> Computed | None:
    """GWh/yr added a year after the boom, over those during it."""

    def added(sample: Sample, span: tuple[int, int]) -> Draws:
        first, last = span
        built = sample.bound(places.WORLD, last) - sample.bound(places.WORLD, first - 1)
        later, before = (
            sample.bound(places.WORLD, year, ("announced",)) for year in (last, first - 1)
        )
        planned = (later - before) * sample.of(ANNOUNCED) / 100
        return np.asarray((built + planned) / (last - first + 1))

    def quantity(sample: Sample) -> Draws:
        return np.asarray(added(sample, AFTER) / added(sample, BOOM))

    sample = industry.sample
    then, now = (float(added(sample.central(), span)[0]) for span in (BOOM, AFTER))
    note = (
        f"GWh/yr added a year, expected: {now:,.0f} in {AFTER[0]} to {AFTER[1]} over {then:,.0f} "
    )
    note += f"in {BOOM[0]} to {BOOM[1]}; lower bound and the expected part of announcements"
    records = sample.records(places.WORLD, AFTER[1], (*LOWER_BOUND, "announced"))
    return result(sample, quantity, records, note)


def _counted(industry: Industry, sites: pl.DataFrame, unit: str, note: str) -> Computed | None:
    """How many of some plants there are (or firms, with ``unit`` "firm"), seen or not."""
    table = sites.with_columns(project=pl.col("plant"))
    counted = Census(industry.evidence, table, error=PLANT_ERROR, completeness=PLANT_COMPLETENESS)
    label = f"build-out/{unit}"
    quantity: Callable[[Census], Draws] = lambda c: c.count(label, pl.lit(True), unit)  # noqa: E731
    return result(counted, quantity, rows_of(sites), note)


def _given_up(industry: Industry) -> Computed | None:
    """Cell plants in Europe that are paused, cancelled or closed."""
    sites = industry.plants.sites.filter(
        pl.col("place").is_in(places.members("Europe")) & pl.col("status").is_in(ENDED)
    )
    counts = dict(sites.group_by("status").len().sort("status").rows())
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    return _counted(industry, sites, "project", f"cell plants on record: {said}")


def _ventures(industry: Industry) -> Computed | None:
    """Cell plants that firms of the United States and of South Korea own together."""
    owners = shares(industry.plants.sites, industry.evidence)
    both = owners.group_by("plant").agg(pl.col("domicile").unique())
    chosen = both.filter(
        pl.all_horizontal(pl.col("domicile").list.contains(place) for place in ("USA", "KOR"))
    )["plant"]
    stands = pl.col("status").is_in(UPPER_BOUND)
    sites = industry.plants.sites.filter(stands & pl.col("plant").is_in(chosen.implode()))
    firms = ", ".join(sorted(sites["firm"].unique()))
    note = f"joint ventures whose cell plants run, are built or announced: {firms}"
    return _counted(industry, sites, "firm", note)


CLAIMS: dict[str, Answer] = {
    "hist-capacity-2010": _ran("Asia", 2010),
    "hist-capacity-2020": _ran(places.WORLD, 2020),
    "mc-no-second-boom": _pace,
    "pp-europe-failures": _given_up,
    "sc-us-korea-ventures": _ventures,
}
