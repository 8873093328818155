"""What do our plants say to the study's claims on the past and the pace of building?

Capacity in GWh/yr; what is added in GWh/yr a year; plants and ventures as counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.claims import Computed
from multipolar.industry.capacity import REALISATION
from multipolar.industry.claims.room import Industry
from multipolar.industry.owners import shares
from multipolar.industry.plants import ENDED
from multipolar.industry.sample import COMPLETENESS, ERRORS, Draws, Sample, drivers
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

RUNNING = ("operating",)
ANNOUNCED = REALISATION.format("announced")
EARLY = "industry.completeness.before-2022"
#: The years that the study sets against each other.
BOOM, AFTER = (2020, 2025), (2026, 2030)


@dataclass(frozen=True)
class Early(Sample):
    """Draws for years in which plants are less completely on record than today."""

    @property
    def sources_of_spread(self) -> tuple[str, ...]:
        """The assumptions that can move a sum."""
        return (*super().sources_of_spread, EARLY)

    @cached_property
    def _errors(self) -> np.ndarray:
        known = {COMPLETENESS.format(where) for where in ("china", "elsewhere")}
        plain = Sample(self.evidence, self.plants, self.draws, self.fixed | known)
        return np.asarray(plain._errors * self.of(EARLY)[:, None])


def _from_plants(
    sample: Sample,
    quantity: Callable[[Sample], Draws],
    records: Sequence[str],
    note: str,
    more: tuple[str, ...] = (),
) -> Computed | None:
    if not records:
        return None
    widest = ", ".join(f"{name} {share:.0%}" for name, share in drivers(sample, quantity))
    return Computed(
        quantity(sample),
        float(quantity(sample.central())[0]),
        "plants",
        tuple(sorted(set(records))),
        tuple(sorted({*ERRORS, *more})),
        note=f"{note}; width from {widest}" if widest else note,
    )


def _ran(place: str, year: int) -> Callable[[Industry], Computed | None]:
    """What ran by a year."""

    def quantity(sample: Sample) -> Draws:
        return sample.bound(place, year, RUNNING)

    note = f"plants on record that ran by {year}; how far early plants are on record is drawn"

    def answer(industry: Industry) -> Computed | None:
        sample = Early(industry.evidence, industry.plants)
        records = sample.records(place, year, RUNNING)
        return _from_plants(sample, quantity, records, note, (EARLY,))

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
    return _from_plants(sample, quantity, records, note, (ANNOUNCED,))


def _given_up(industry: Industry) -> Computed | None:
    """Cell plants in Europe that are paused, cancelled or closed."""
    sites = industry.plants.sites.filter(
        pl.col("place").is_in(places.members("Europe")) & pl.col("status").is_in(ENDED)
    )
    if sites.is_empty():
        return None
    counts = dict(sites.group_by("status").len().sort("status").rows())
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    records = {record for row in sites["records"].to_list() for record in row}
    return Computed(
        np.full(DRAWS, float(sites.height)),
        float(sites.height),
        "plants",
        tuple(sorted(records)),
        note=f"cell plants on record: {said}; others will be missing, so the count is a lower one",
    )


def _ventures(industry: Industry) -> Computed | None:
    """Cell plants that firms of the United States and of South Korea own together."""
    owners = shares(industry.plants.sites, industry.evidence)
    both = owners.group_by("plant").agg(pl.col("domicile").unique())
    chosen = both.filter(
        pl.all_horizontal(pl.col("domicile").list.contains(place) for place in ("USA", "KOR"))
    )["plant"]
    stands = pl.col("status").is_in(UPPER_BOUND)
    sites = industry.plants.sites.filter(stands & pl.col("plant").is_in(chosen.implode()))
    firms = sorted(sites["firm"].unique())
    if not firms:
        return None
    records = {record for row in sites["records"].to_list() for record in row}
    return Computed(
        np.full(DRAWS, float(len(firms))),
        float(len(firms)),
        "plants",
        tuple(sorted(records)),
        note=f"joint ventures whose cell plants run, are built or announced: {', '.join(firms)}",
    )


CLAIMS: dict[str, Callable[[Industry], Computed | None]] = {
    "hist-capacity-2010": _ran("Asia", 2010),
    "hist-capacity-2020": _ran(places.WORLD, 2020),
    "mc-no-second-boom": _pace,
    "pp-europe-failures": _given_up,
    "sc-us-korea-ventures": _ventures,
}
