"""What has a government put in force, and when did it begin or end?

Rows of the table policies. Rates stay in the unit of their row.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from multipolar.evidence.dates import last_day
from multipolar.evidence.store import Evidence
from multipolar.words import places, products

#: Kinds of standing in which an instrument applies, or has applied until its end.
APPLIED = ("in force", "ended", "annulled", "suspended")


def in_force(evidence: Evidence, day: date) -> pl.DataFrame:
    """The rows of instruments that apply on a day."""
    start, end = first_day("start"), last_day("end")
    applies = pl.col("legal_status").is_in(APPLIED) & (start <= day)
    return evidence.table("policies").filter(applies & (end.is_null() | (end >= day)))


def aimed_at(rows: pl.DataFrame, product: str, exporter: str) -> pl.DataFrame:
    """Those that bear on a product that comes from a place: its own rules, and duties of others.

    An instrument that names no product bears on all.
    """
    code = products.product(product).holds or product
    named = pl.col("product").str.split("|").list.contains(code) | pl.col("product").is_null()
    groups = [name for name in places.groups() if exporter in places.members(name)]
    aimed = pl.col("target").is_in([exporter, *groups]) | pl.col("target").is_null()
    return rows.filter(named & (aimed | (pl.col("jurisdiction") == exporter)))


def events(evidence: Evidence, product: str, exporter: str) -> pl.DataFrame:
    """When instruments that bear on a flow began to apply.

    Columns: month (YYYY-MM), record, name, jurisdiction, instrument, rate, unit; by month.
    """
    rows = evidence.table("policies").filter(pl.col("legal_status").is_in(APPLIED))
    found = aimed_at(rows, product, exporter)
    month = first_day("start").dt.strftime("%Y-%m").alias("month")
    told = ("record", "name", "jurisdiction", "instrument", "rate", "unit")
    return found.select(month, *told).sort("month", "record")


def first_day(column: str) -> pl.Expr:
    """The first day that a partial date can mean."""
    text = pl.col(column)
    year, month = text.str.len_chars() == 4, text.str.len_chars() == 7
    padded = pl.when(year).then(text + "-01-01").when(month).then(text + "-01").otherwise(text)
    return padded.str.to_date("%Y-%m-%d", strict=False)
