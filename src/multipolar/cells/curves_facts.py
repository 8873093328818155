"""What did somebody say that a kWh of cells or of packs costs?

Rows of the table ``price-history`` in real 2025 US$ per kWh without value added tax: each is taken
out of the money of the year that it names; a year without a deflator yet counts as the last that
has one. Where several speak of one year, the latest counts and
the others are its range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.words import money
from multipolar.words.chemistries import chemistries, family

TABLE = "price-history"
PRICE, VOLUME = "price", "volume"
CELL, PACK = "cell", "pack"
PROJECTED, DERIVED = "projected", "derived"
ALL_USES = "all"


@dataclass(frozen=True)
class Said:
    """What is said of one year: the range, the best value, and the rows behind it."""

    year: int
    low: float
    value: float
    high: float
    records: tuple[str, ...]


def facts(evidence: Evidence) -> pl.DataFrame:
    """Every price on record: the columns of the table with low, central and high in real US$."""
    rows = evidence.table(TABLE).filter(pl.col("measure") == PRICE)
    told = [_real(row) for row in rows.iter_rows(named=True)]
    columns = [
        pl.Series(name, [one[i] for one in told], pl.Float64)
        for i, name in enumerate(("low", "central", "high"))
    ]
    return rows.with_columns(columns).sort("year", "date", "record")


def history(prices: pl.DataFrame, chemistry: str, boundary: str, place: str) -> list[Said]:
    """What is said of each year up to now, in the order of years; outlooks are left out.

    A survey over all uses counts before one of some, and measured before an estimate of cost.
    """
    rows = prices.filter(
        (pl.col("measurement") != PROJECTED)
        & (pl.col("boundary") == boundary)
        & (pl.col("place") == place)
        & pl.col("chemistry").is_in(list(_words(chemistry, prices)))
    )
    for best in (pl.col("segment") == ALL_USES, pl.col("measurement") != DERIVED):
        rows = rows.filter(best | ~best.any().over("year"))
    return [_said(year) for year in rows.partition_by("year", maintain_order=True)]


def outlooks(prices: pl.DataFrame) -> pl.DataFrame:
    """The prices that others expect or aim at."""
    return prices.filter(pl.col("measurement") == PROJECTED)


def middle(low: float | None, central: float | None, high: float | None) -> float:
    """The best value, or the middle of a range in logarithms; one end where there is no other."""
    if central is not None:
        return central
    if low is not None and high is not None:
        return math.sqrt(low * high)
    return float(low if low is not None else high or 0.0)


def _words(chemistry: str, prices: pl.DataFrame) -> set[str]:
    """The words of the table that belong to a chemistry; lithium-ion as such has its own."""
    single = set(prices["chemistry"]) & set(chemistries())
    return {word for word in single if family(word) == chemistry}


def _said(rows: pl.DataFrame) -> Said:
    last = rows.row(-1, named=True)
    ends = [row[name] for row in rows.iter_rows(named=True) for name in ("low", "central", "high")]
    known = [end for end in ends if end is not None]
    value = middle(last["low"], last["central"], last["high"])
    return Said(last["year"], min(known), value, max(known), tuple(rows["record"]))


def _real(row: dict[str, Any]) -> list[float | None]:
    currency = row["unit"].partition("/")[0].replace("US$", "USD")
    year = row["price_year"] or row["year"]
    level = money.deflate(min(year, max(money.deflators())), money.BASE_YEAR)
    worth = level / money.units_per_usd(currency, year)
    worth /= 1 + (row["vat"] or 0.0) / 100
    return [None if row[n] is None else row[n] * worth for n in ("low", "central", "high")]
