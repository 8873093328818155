"""Whose firms build cell plants abroad, and where?

A plant is overseas for an owner whose domicile is another country than where it stands. All plants
that run, are being built or are announced count, whatever their year. The range of a number is that
of the ownership: under *equity* an unpublished split of a joint venture is taken as equal, and its
low and high give each such partner nothing or everything of the unclaimed rest.
Capacity in GWh/yr; plants as the sum of shares; investment from capacity, in billions of real
2025 US$ or another currency at its rate of 2025.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, VALUES, Result, Use, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import firms_behind, item, items
from multipolar.industry.owners import RULES, by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.words import places
from multipolar.words.money import BASE_YEAR, USD, from_real_usd
from multipolar.words.vocabularies import UPPER_BOUND

DIMS = ("measure", "rule", "domicile", "place", "status")
CAPACITY, COUNT, MONEY = "capacity", "plants", "investment"
CAPEX = "industry.capex.{}"


def overseas(evidence: Evidence, plants: Plants | None = None, currency: str = USD) -> Result:
    """Overseas plants by domicile of the owner, host place and status.

    Dimensions: measure (capacity, plants, investment), rule (equity, lead), domicile, place, status
    (one status or ``all``). Raises UnknownWord for a currency.
    """
    plants = plants or reconcile(evidence)
    parts = pl.concat([_parts(plants, evidence, rule, currency) for rule in RULES])
    everything = parts.with_columns(pl.lit(ALL).alias("status"))
    parts = pl.concat([parts, everything]).filter(pl.any_horizontal(pl.col(VALUES) != 0))
    units = {CAPACITY: "GWh/yr", COUNT: "plants", MONEY: f"billion {currency} of {BASE_YEAR}"}
    unit = pl.col("measure").replace_strict(units, return_dtype=pl.String).alias("unit")
    owners = by_domicile(plants.sites, evidence)
    data = add_up(parts, DIMS, places.groups()).with_columns(unit)
    return Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=pl.concat([items(plants, owners), _whole_plants(plants, owners)]),
        uses=(Use({"measure": MONEY}, tuple(CAPEX.format(region) for region in REGIONS)),),
        defaults={"measure": CAPACITY, "rule": RULES[0], "place": places.WORLD, "status": ALL},
        evidence=evidence,
    )


def owned(plants: Plants, evidence: Evidence, rule: str) -> pl.DataFrame:
    """Capacity of every phase split by domicile of its owners, adding up to the phase exactly.

    Columns: plant, status, place, capacity, domicile, low, share, high (GWh/yr on the grid), firms.
    """
    phases = (
        plants.additions.group_by("plant", "status")
        .agg(pl.col("capacity").sum())
        .join(plants.sites.select("plant", "place"), on="plant")
    )
    split = by_domicile(plants.sites, evidence, rule)
    frame = phases.join(split, on="plant").sort("plant", "status", "domicile")
    frame = frame.with_columns(on_grid(pl.col("low", "share", "high") * pl.col("capacity")))
    # What rounding to the grid leaves over goes to the first owner, so that nothing is lost.
    left = pl.col("capacity") - pl.col("share").sum().over("plant", "status")
    first = pl.int_range(pl.len()).over("plant", "status") == 0
    return frame.with_columns(pl.col("share") + pl.when(first).then(left).otherwise(0.0))


def _parts(plants: Plants, evidence: Evidence, rule: str, currency: str) -> pl.DataFrame:
    abroad = owned(plants, evidence, rule).filter(
        (pl.col("domicile") != pl.col("place")) & pl.col("status").is_in(UPPER_BOUND)
    )
    rate = from_real_usd(1.0, currency)
    measures = [
        abroad.with_columns(item(), pl.lit(CAPACITY).alias("measure")),
        _counted(plants, evidence, rule),
        _invested(abroad.with_columns(item()), Assumptions(evidence), rate),
    ]
    columns = ["measure", "item", "status", "place", "domicile", "low", "share", "high"]
    frame = pl.concat([measure.select(columns) for measure in measures])
    return frame.select(
        "measure",
        pl.lit(rule).alias("rule"),
        "domicile",
        "place",
        "status",
        pl.lit(False).alias("whole"),
        pl.lit("sum").alias("role"),
        "item",
        *(
            on_grid(pl.col(c)).alias(v)
            for c, v in zip(("low", "share", "high"), VALUES, strict=True)
        ),
    )


def _counted(plants: Plants, evidence: Evidence, rule: str) -> pl.DataFrame:
    """Each plant once, under its status as a whole; of a hub and its plants the plants."""
    hubs = plants.sites["part_of"].drop_nulls().implode()
    counted = pl.col("status").is_in(UPPER_BOUND) & ~pl.col("plant").is_in(hubs)
    sites = plants.sites.filter(counted)
    split = by_domicile(sites, evidence, rule)
    return (
        sites.select("plant", "place", "status")
        .join(split, on="plant")
        .filter(pl.col("domicile") != pl.col("place"))
        .with_columns(pl.col("plant").alias("item"), pl.lit(COUNT).alias("measure"))
    )


def _whole_plants(plants: Plants, owners: pl.DataFrame) -> pl.DataFrame:
    """Items of plants as such, with all their rows: a count holds plants without a capacity too."""
    label = pl.format("{} ({}), {}", "name", "place", "status").alias("label")
    none = pl.lit([], dtype=pl.List(pl.String)).alias("assumptions")
    table = pl.lit("plants").alias("table")
    found = plants.sites.select("plant", label, table, "records", none)
    return found.join(firms_behind(owners), on="plant").rename({"plant": "item"})


def _invested(abroad: pl.DataFrame, assumptions: Assumptions, rate: float) -> pl.DataFrame:
    """Investment behind the capacity, in billions; its range is that of the cost of a GWh.

    ``rate``: units of the currency for one US$.
    """
    region = _region()
    cost = {
        end: region.replace_strict(
            {r: getattr(assumptions[CAPEX.format(r)], end) / 1000 * rate for r in REGIONS},
            return_dtype=pl.Float64,
        )
        for end in ("low", "central", "high")
    }
    return abroad.with_columns(
        (pl.col("share") * cost["low"]).alias("low"),
        (pl.col("share") * cost["central"]).alias("share"),
        (pl.col("share") * cost["high"]).alias("high"),
        pl.lit(MONEY).alias("measure"),
    )


REGIONS = ("china", "europe", "north-america", "elsewhere")


def _region() -> pl.Expr:
    place = pl.col("place")
    return (
        pl.when(place == "CHN")
        .then(pl.lit("china"))
        .when(place.is_in(places.members("Europe-wide")))
        .then(pl.lit("europe"))
        .when(place.is_in(places.members("North-America")))
        .then(pl.lit("north-america"))
        .otherwise(pl.lit("elsewhere"))
    )
