"""How complete are our plants, and how much rests on a single list that nobody checked?

Our sums are held against totals that others publish, never blended with them. Capacity in GWh/yr.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.sources import unverified
from multipolar.evidence.store import Evidence
from multipolar.industry.plants import Plants
from multipolar.industry.statements import RUNNING, SITE
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

SCOPES = {"operating": ("operating",), "lower bound": LOWER_BOUND, "upper bound": UPPER_BOUND}

#: Two statements of one capacity agree when they differ by no more than this share.
AGREES = 0.15

BESIDE: dict[str, Any] = {
    "place": pl.String,
    "year": pl.Int64,
    "scope": pl.String,
    "published_low": pl.Float64,
    "published": pl.Float64,
    "published_high": pl.Float64,
    "ours": pl.Float64,
    "ratio": pl.Float64,
    "definition": pl.String,
    "source": pl.String,
    "via": pl.String,
    "record": pl.String,
}


def lists(plants: Plants, evidence: Evidence) -> pl.DataFrame:
    """Plants whose capacity was read through unverified lists alone: plant, lists (their ids).

    A plant is checked when a row behind its capacity came another way, or when a statement that
    did so agrees with what is counted of it (all of it, or what runs).
    """
    rows = evidence.table("plants").filter(pl.col("capacity") > 0)
    through = pl.coalesce("via", "source")
    checked = ~through.is_in(sorted(unverified()))
    used = plants.additions.select("plant", "records").explode("records")
    behind = used.join(rows.select("record", "via", "source"), left_on="records", right_on="record")
    found = behind.group_by("plant").agg(
        through.unique().sort().alias("lists"), checked.any().alias("checked")
    )
    said = rows.filter(checked & pl.col("capacity_basis").is_in({*SITE, *RUNNING})).join(
        _counted(plants), on="plant"
    )
    near = [(pl.col("capacity") / pl.col(sum) - 1).abs() <= AGREES for sum in ("all", "running")]
    agreed = said.filter(pl.any_horizontal(near)).select("plant").unique()
    return (
        (found.filter(~pl.col("checked")).join(agreed, on="plant", how="anti"))
        .select("plant", "lists")
        .sort("plant")
    )


def _counted(plants: Plants) -> pl.DataFrame:
    """What is counted of each plant: plant, all (upper bound), running, GWh/yr."""
    status, capacity = pl.col("status"), pl.col("capacity")
    return plants.additions.group_by("plant").agg(
        capacity.filter(status.is_in(UPPER_BOUND)).sum().alias("all"),
        capacity.filter(status == "operating").sum().alias("running"),
    )


def against_totals(plants: Plants, evidence: Evidence) -> pl.DataFrame:
    """Each published total beside our sum of the same place, year and scope.

    Columns: see BESIDE. Totals of unclear scope, and expected ones, have no like among our sums.
    """
    located = plants.additions.join(plants.sites.select("plant", "place"), on="plant")
    found = []
    for row in evidence.table("capacity-totals").iter_rows(named=True):
        if row["scope"] not in SCOPES:
            continue
        inside = located.filter(
            pl.col("place").is_in(places.members(row["place"]))
            & pl.col("status").is_in(SCOPES[row["scope"]])
            & (pl.col("from_year") <= row["year"])
        )
        ours = float(inside["capacity"].sum())
        best = next(v for v in (row["central"], row["low"], row["high"]) if v is not None)
        found.append(
            {
                "place": row["place"],
                "year": row["year"],
                "scope": row["scope"],
                "published_low": row["low"],
                "published": best,
                "published_high": row["high"],
                "ours": ours,
                "ratio": ours / best if best else None,
                "definition": row["definition"],
                "source": row["source"],
                "via": row["via"],
                "record": row["record"],
            }
        )
    return pl.DataFrame(found, schema=BESIDE, orient="row").sort("place", "year", "scope", "source")


def single_list(plants: Plants, evidence: Evidence) -> pl.DataFrame:
    """GWh/yr by place that rest on unverified lists: place, total, on_one_list, unchecked, share.

    ``total`` is the upper bound of all years on record, ``on_one_list`` what a single such list
    says, ``unchecked`` what nobody but such lists says; ``share`` is on_one_list over total.
    """
    located = plants.additions.join(plants.sites.select("plant", "place"), on="plant")
    located = located.filter(pl.col("status").is_in(UPPER_BOUND))
    marked = located.join(lists(plants, evidence), on="plant", how="left")
    capacity, named = pl.col("capacity"), pl.col("lists").list.len()
    sums = marked.group_by("place").agg(
        capacity.sum().alias("total"),
        capacity.filter(named == 1).sum().alias("on_one_list"),
        capacity.filter(named >= 1).sum().alias("unchecked"),
    )
    some = pl.col("total") != 0
    share = pl.when(some).then(pl.col("on_one_list") / pl.col("total")).otherwise(0.0)
    return sums.with_columns(share.alias("share")).sort("total", descending=True)


def reached(plants: Plants) -> tuple[int, int, pl.DataFrame]:
    """(plants in the sums, plants with a capacity on record, the rest: plant, name, place, reason).

    A hub whose plants are all counted on their own adds nothing and is among the rest.
    """
    # What came and went again was counted while it stood.
    totals = plants.additions.group_by("plant").agg(pl.col("capacity").abs().sum().alias("total"))
    sites = plants.sites.join(totals, on="plant", how="left").with_columns(
        pl.when(pl.col("reason").is_null() & (pl.col("total") == 0))
        .then(pl.lit("its plants are counted on their own"))
        .otherwise("reason")
        .alias("reason")
    )
    known = sites.filter("capacity_known")
    rest = known.filter(pl.col("reason").is_not_null()).select("plant", "name", "place", "reason")
    return known.height - rest.height, known.height, rest.sort("reason", "plant")
