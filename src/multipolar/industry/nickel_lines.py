"""Which lines that make nickel cells could be switched to LFP?

A list of plants, not a judgement: every cell plant of some places that makes nickel cells and runs,
is being built or is announced, with the nickel part of its capacity by the year (GWh/yr; the range
is that of the split of mixed plants). Whether a switch pays is a question of cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import VALUES
from multipolar.evidence.store import Evidence
from multipolar.industry.gap import ENDS, NICKEL, bands
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

#: Where the question is asked.
PLACES = ("USA", "Europe")


def nickel_lines(
    evidence: Evidence, where: Sequence[str] = PLACES, year: int = 2030
) -> pl.DataFrame:
    """Plants and phases with nickel lines, largest first.

    Columns: plant, name, firm, place, town, status, from_year, value_low, value, value_high, unit,
    also_lfp (whether the plant makes LFP too), chemistry (as stated), records. ``value`` is the
    nickel part; lines that are announced count in full. Raises UnknownWord for a place.
    """
    plants = reconcile(evidence)
    inside = sorted({member for place in where for member in places.members(place)})
    shares = bands(plants.sites, Assumptions(evidence))
    of_nickel = shares.filter((pl.col("chemistry") == NICKEL) & (pl.col("high") > 0))
    phases = (
        plants.additions.filter(pl.col("status").is_in(UPPER_BOUND) & (pl.col("from_year") <= year))
        .group_by("plant", "status")
        .agg(
            pl.col("from_year").min(),
            pl.col("capacity").sum(),
            pl.col("records").list.explode(empty_as_null=False).unique().sort(),
        )
        .filter(pl.col("capacity") > 0)
    )
    amounts = (
        (pl.col("capacity") * pl.col(end)).alias(name)
        for end, name in zip(ENDS, VALUES, strict=True)
    )
    sites = plants.sites.filter(pl.col("place").is_in(inside)).drop("status", "records")
    return (
        phases.join(of_nickel.drop("chemistry"), on="plant")
        .join(sites, on="plant")
        .select(
            "plant", "name", "firm", "place", "town", "status", "from_year", *amounts,
            pl.lit("GWh/yr").alias("unit"),
            pl.col("chemistry").str.contains("LFP").alias("also_lfp"), "chemistry", "records",
        )
        .sort("value", "plant", "status", descending=[True, False, False])
    )  # fmt: skip
