"""Which monthly series of exports are on record, without a gap?

Value in US$ (or another currency) of the time, weight in kg. Where nobody tells the World, the
partners that are told add up to ``partners told``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.trade.exports import CHINA, REGIONS, VALUE, in_currency
from multipolar.trade.flows import AS_EXPORTER, countries, flows
from multipolar.words import places, products
from multipolar.words.errors import MultipolarError
from multipolar.words.money import USD

YEAR = 12
TOLD = "partners told"
#: Fewest months that are a series at all.
FEWEST = 2 * YEAR


@dataclass(frozen=True)
class Series:
    """The last unbroken run of months of a place. ``first``: number of the first month."""

    place: str
    first: int
    values: tuple[float, ...]
    records: tuple[str, ...]

    @property
    def last(self) -> int:
        """Number of the last month."""
        return self.first + len(self.values) - 1

    def span(self, start: int, months: int) -> float:
        """Sum of so many months from a number on. Raises MultipolarError outside the series."""
        if start < self.first or start + months - 1 > self.last:
            raise MultipolarError(f"{place_name(self.place)}: {month(start)} is not on record")
        at = start - self.first
        return float(np.sum(self.values[at : at + months]))


def number(month: str) -> int:
    """Months since January of the year 0.

    >>> number("2025-06") - number("2024-12"), number("2025-01") % 12
    (6, 0)
    """
    return int(month[:4]) * YEAR + int(month[5:7]) - 1


def month(number: int) -> str:
    """The month of a number.

    >>> month(number("2024-12") + 1)
    '2025-01'
    """
    return f"{number // YEAR:04d}-{number % YEAR + 1:02d}"


def monthly(
    evidence: Evidence,
    product: str,
    exporter: str = CHINA,
    measure: str = VALUE,
    currency: str = USD,
) -> dict[str, Series]:
    """The series of every place with 24 months in a row, by place; ``measure`` value or weight.

    World (or ``partners told``) comes first. Raises UnknownWord for a product, place or currency.
    """
    rows = in_currency(flows(evidence, product, AS_EXPORTER, exporter), currency)
    rows = rows.filter((pl.col("months") == 1) & (pl.col(measure) > 0)).sort("month")
    if rows.filter(importer=places.WORLD).is_empty() and rows.height:
        summed = countries(rows).with_columns(pl.lit(TOLD).alias("importer"))
        rows = pl.concat([rows.drop_nulls("importer"), summed])
    by_month = rows.group_by("importer", "month").agg(pl.col(measure).sum(), pl.col("record"))
    found = {}
    for key, told in by_month.sort("month").group_by("importer"):
        place = str(key[0])
        numbers = np.array([number(text) for text in told["month"]])
        start = int(np.max(np.flatnonzero(np.diff(numbers) != 1), initial=-1)) + 1
        if len(numbers) - start >= FEWEST:
            values = tuple(told[measure][start:].cast(pl.Float64).to_list())
            records = tuple(r for ids in told["record"][start:].to_list() for r in sorted(ids))
            found[place] = Series(place, int(numbers[start]), values, records)
    whole = [place for place in (places.WORLD, TOLD) if place in found]
    return {place: found[place] for place in [*whole, *sorted(found.keys() - {*whole})]}


def asked(found: dict[str, Series], place: str, product: str) -> Series:
    """The series of a place. Raises MultipolarError that says what there is instead."""
    if place in found:
        return found[place]
    if place == places.WORLD and TOLD in found:
        return found[TOLD]
    if not found:
        title = products.product(product).name
        named = f"{product} ({title})" if title else product
        raise MultipolarError(f"no monthly series of {named} is on record")
    near = [region for region in REGIONS if region in found and within(place, region)]
    there = near or list(found)[:3]
    raise MultipolarError(
        f"{place_name(place)} has no unbroken months of {product} on record; there is "
        f"{', '.join(map(place_name, there))}"
    )


def within(place: str, region: str) -> bool:
    """Whether all of a place lies in a region."""
    return set(places.members(place)) <= set(places.members(region))


def place_name(place: str) -> str:
    """The name of a place, or of what stands for the World."""
    return place if place == TOLD else places.name(place)
