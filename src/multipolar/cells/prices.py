"""What does a material, an hour of labour or a kWh of electricity cost in a place on a day?

Quotes of the table ``prices`` in real 2025 US$ without value added tax. The last quote of the year
before the day holds for materials; wages, energy and film change slowly and hold longer. A group
without a quote of its own has the range over its members. Money of a year without a deflator yet
counts as of the last year that has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

import polars as pl

from multipolar.evidence.dates import day_number
from multipolar.evidence.store import Evidence
from multipolar.policy.register import first_day
from multipolar.words import money, places
from multipolar.words.errors import MultipolarError, UnitMismatch

#: Days for which a quote of a traded material holds.
HOLDS = 366
#: What is told by the year and changes slowly: the last number on record holds.
PLACED = ("wage", "electricity", "heat")
SLOW = (*PLACED, "separator film")


@dataclass(frozen=True)
class Quote:
    """A range in real 2025 US$ without tax for one ``per``; equal ends for a single quote."""

    low: float
    central: float
    high: float
    per: str
    records: tuple[str, ...]


def quote(evidence: Evidence, subject: str, place: str, day: date, per: str) -> Quote | None:
    """The price that holds; None where nobody quotes one there at any time.

    Raises MultipolarError for a day outside the quotes, UnitMismatch for a price of another unit.
    """
    rows = evidence.table("prices").filter(
        (pl.col("subject") == subject) & (pl.col("kind") == "price")
    )
    own = rows.filter(pl.col("place") == place)
    rows = own if own.height else rows.filter(pl.col("place").is_in(places.members(place)))
    if rows.is_empty():
        return None
    found = [
        _holding(group, subject, day) for _, group in rows.group_by("place", maintain_order=True)
    ]
    quotes = [_real(row, per) for row in found]
    return Quote(
        min(q.low for q in quotes),
        fmean(q.central for q in quotes),
        max(q.high for q in quotes),
        per,
        tuple(record for q in quotes for record in q.records),
    )


def cells(evidence: Evidence, chemistry: str, day: date) -> Quote | None:
    """What cells for vehicles of a chemistry (or design) are quoted at in China; no input of any
    cost. None where no quote holds on the day."""
    bills = evidence.table("bill-of-materials").filter(pl.col("design") == chemistry)
    named = bills["chemistry"][0] if bills.height else chemistry
    try:
        return quote(evidence, f"{named} cell, vehicles", "CHN", day, "kWh")
    except MultipolarError:
        return None


def _holding(rows: pl.DataFrame, subject: str, day: date) -> dict[str, Any]:
    """The last row on or before the day, if it is not too old."""
    rows = rows.with_columns(first_day("day").alias("start")).sort("start", "record")
    before = rows.filter(pl.col("start") <= day)
    if before.is_empty():
        first, last = rows["day"][0], rows["day"][-1]
        raise MultipolarError(f"no price of {subject} on {day}: quotes run from {first} to {last}")
    row = before.row(-1, named=True)
    age = day.toordinal() - day_number(row["day"])
    if subject not in SLOW and age > HOLDS:
        raise MultipolarError(
            f"no price of {subject} on {day}: the last quote is of {row['day']}; "
            f"name a day up to a year after it"
        )
    return row


def _real(row: dict[str, Any], per: str) -> Quote:
    if row["per"] != per:
        raise UnitMismatch(f"{row['record']}: price per {row['per']}, wanted per {per}")
    year, currency = row["price_year"], row["currency"]
    known = min(year, max(money.deflators()))
    rate = money.deflate(known, money.BASE_YEAR) / money.units_per_usd(currency, year)
    rate /= 1 + row["vat"] / 100
    central = row["central"] * rate
    low, high = (central if row[end] is None else row[end] * rate for end in ("low", "high"))
    return Quote(low, central, high, per, (row["record"],))
