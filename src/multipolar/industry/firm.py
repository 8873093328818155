"""What does one firm hold: which plants, where, of which status, and how much of them?

Firms under it count as its own. Capacity of cell plants in GWh/yr.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.result import ALL, VALUES, Result, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import item, items
from multipolar.industry.owners import RULES, by_parent
from multipolar.industry.plants import Plants, reconcile
from multipolar.words import places
from multipolar.words.errors import UnknownWord
from multipolar.words.vocabularies import UPPER_BOUND

DIMS = ("rule", "place", "status")


def holdings(evidence: Evidence, firm: str, plants: Plants | None = None) -> Result:
    """Cell capacity of a firm and of those under it, by place and status.

    Dimensions: rule (equity, lead), place, status (one, or ``all``: those of the upper bound).
    The range of a joint venture without published shares runs from nothing to what is unclaimed.
    Raises UnknownWord for a firm.
    """
    known = evidence.known.firms
    if firm.casefold() not in known:
        raise UnknownWord("firm", firm, sorted(set(known.values())))
    plants = plants or reconcile(evidence)
    parts = pl.concat([_parts(plants, evidence, known[firm.casefold()], rule) for rule in RULES])
    everything = parts.filter(pl.col("status").is_in(UPPER_BOUND))
    parts = pl.concat([parts, everything.with_columns(pl.lit(ALL).alias("status"))])
    data = add_up(parts, DIMS, places.groups()).with_columns(pl.lit("GWh/yr").alias("unit"))
    return Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=items(plants, by_parent(plants.sites, evidence)),
        uses=(),
        defaults={"rule": RULES[0], "place": places.WORLD, "status": ALL},
        evidence=evidence,
    )


def _parts(plants: Plants, evidence: Evidence, firm: str, rule: str) -> pl.DataFrame:
    held = by_parent(plants.sites, evidence, rule).filter(pl.col("parent") == firm)
    phases = plants.additions.group_by("plant", "status").agg(pl.col("capacity").sum())
    located = phases.join(plants.sites.select("plant", "place"), on="plant")
    amounts = (
        on_grid(pl.col(share) * pl.col("capacity")).alias(value)
        for share, value in zip(("low", "share", "high"), VALUES, strict=True)
    )
    return located.join(held, on="plant").select(
        pl.lit(rule).alias("rule"),
        "place",
        "status",
        pl.lit(False).alias("whole"),
        pl.lit("sum").alias("role"),
        item(),
        *amounts,
    )
