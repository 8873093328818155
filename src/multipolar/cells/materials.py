"""What is in a cell, in kg (separator: m2) for each kWh, and of which elements?

Tables ``bill-of-materials`` and ``compositions``; boundary: the finished cell, without what is lost
in making it and without parts of modules and packs. Cost, minerals and risk all read it here.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.words import chemistries
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord

BOUNDARY = "cell"
#: The unit of every material but the separator.
MASS, AREA = "kg/kWh", "m2/kWh"


def design(evidence: Evidence, chemistry: str) -> str:
    """The design that a chemistry stands for: its own name, or the usual one of that chemistry.

    Raises UnknownWord for a word that is neither, MultipolarError for a chemistry without one.
    """
    table = evidence.table("bill-of-materials")
    known = table["design"].unique().to_list()
    if chemistry in known:
        return chemistry
    if chemistry not in chemistries.chemistries():
        raise UnknownWord("chemistry", chemistry, {*known, *table["chemistry"]})
    usual = (pl.col("chemistry") == chemistry) & (pl.col("usual") == "yes")
    found = table.filter(usual)["design"].unique().to_list()
    if len(found) != 1:
        band = chemistries.family(chemistry)
        akin = {
            d
            for d, c in table.select("design", "chemistry").rows()
            if chemistries.family(c) == band
        }
        kinds = ", ".join(sorted(akin or known))
        raise MultipolarError(f"no one bill of materials for {chemistry}: name one of {kinds}")
    return str(found[0])


def bill(evidence: Evidence, chemistry: str) -> pl.DataFrame:
    """Materials of a cell: record, component, material, low, central, high, unit.

    Raises UnitMismatch for a row that is not per kWh of cells.
    """
    named = design(evidence, chemistry)
    rows = evidence.table("bill-of-materials").filter(pl.col("design") == named)
    for row in rows.iter_rows(named=True):
        if row["boundary"] != BOUNDARY:
            raise UnitMismatch(f"{row['record']}: boundary {row['boundary']}, wanted {BOUNDARY}")
        if row["unit"] not in (MASS, AREA):
            raise UnitMismatch(f"{row['record']}: unit {row['unit']}, wanted {MASS} or {AREA}")
    columns = ("record", "component", "material", "low", "central", "high", "unit")
    return rows.select(columns).sort("component", "material")


def elements(evidence: Evidence, chemistry: str) -> pl.DataFrame:
    """Mass of elements and minerals in a finished cell, kg/kWh.

    Columns: element, component, low, central, high, records (of both tables).
    """
    shares = evidence.table("compositions").select("material", "element", "share", "record")
    joined = bill(evidence, chemistry).join(shares, on="material", suffix="_share")
    ends = [(pl.col(end) * pl.col("share")).sum().alias(end) for end in ("low", "central", "high")]
    both = [pl.col(name).unique().sort().alias(name) for name in ("record", "record_share")]
    grouped = joined.group_by("element", "component").agg(*ends, *both)
    records = pl.col("record").list.concat("record_share").alias("records")
    return grouped.with_columns(records).drop("record", "record_share").sort("element", "component")
