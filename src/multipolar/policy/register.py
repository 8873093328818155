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
#: What partners of an agreement pay in place of the duty for all.
PREFERENCE = "preferential duty"
#: Families of duties that are not paid on goods on which the first is (Harmonized Tariff Schedule
#: of the United States, 2026 revision 6, notes to chapter 99).
REPLACED = {"Section 232": ("Section 122", "Emergency powers against deficits")}


def in_force(evidence: Evidence, day: date, *others: str) -> pl.DataFrame:
    """The rows of instruments that apply on a day; ``others``: further kinds of standing.

    An end that is a month or a year is its last day.
    """
    start, end = first_day("start"), last_day("end")
    applies = pl.col("legal_status").is_in([*APPLIED, *others]) & (start <= day)
    return evidence.table("policies").filter(applies & (end.is_null() | (end >= day)))


def owed(rows: pl.DataFrame, product: str, exporter: str) -> pl.DataFrame:
    """Those of ``aimed_at`` without the duties in whose place others stand for these goods.

    A preference stands in place of what its jurisdiction levies from everybody on just the products
    that it names; REPLACED says which families do the same (what is before the comma of a name).
    """
    aimed = aimed_at(rows, product, exporter)
    listed = aimed.to_dicts()
    better = {(r["jurisdiction"], r["product"]) for r in listed if r["instrument"] == PREFERENCE}
    gone = {
        (row["jurisdiction"], family)
        for row in listed
        for family in REPLACED.get(_family(row["name"]), ())
    }
    kept = [
        (row["jurisdiction"], _family(row["name"])) not in gone
        and not (
            row["instrument"] == "import duty"
            and row["target"] is None
            and (row["jurisdiction"], row["product"]) in better
        )
        for row in listed
    ]
    return aimed.filter(pl.Series(kept, dtype=pl.Boolean))


def _family(name: str) -> str:
    return name.partition(",")[0]


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
