"""How many next-generation projects, of which class and status, where and whose, by which year?

Measures: *plants* (projects), *capacity* (GWh/yr of cells or packs), *material* (kt/yr), *firms*
(place is their domicile; those with a project that runs, is being built or is announced) and
*pledges* (start years that have passed; status is the outcome). A year holds all projects with a
start, actual or planned, up to it; whatever started earlier is in the first year.

The low value of a count leaves out what only rows of low confidence say. Capacity counts phases
from the year they run or are to run; its range is that of the phases.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from multipolar.evidence.result import ALL, VALUES, Result, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import YEARS, flattened
from multipolar.industry.pilots import PRODUCTS, Projects, live, projects
from multipolar.industry.pledges import pledges
from multipolar.words import places
from multipolar.words.errors import UnknownWord
from multipolar.words.vocabularies import UPPER_BOUND

DIMS = ("measure", "place", "domicile", "kind", "class", "status", "year")
PLANTS, CAPACITY, MATERIAL, FIRMS, PLEDGES = "plants", "capacity", "material", "firms", "pledges"
UNITS = {
    PLANTS: "plants",
    CAPACITY: "GWh/yr",
    MATERIAL: "kt/yr",
    FIRMS: "firms",
    PLEDGES: "pledges",
}
#: Stages whose lines are measured in GWh/yr, and those in kt/yr.
SIZED = {CAPACITY: ("cell", "pack")}
_ITEMS = ("item", "label", "table", "records", "assumptions", "firms")


def counts(evidence: Evidence, product: str, years: Iterable[int] = YEARS) -> Result:
    """Projects, capacity, firms and pledges of sodium-ion, lithium-metal or silicon-anode.

    Dimensions: measure, place, domicile (``all`` or one), kind (``all``, a stage, of lithium-metal
    cells also the architecture; divided by domicile only as ``all``), class, status (``all``: those
    of the upper bound), year. Raises UnknownWord for a product.
    """
    if product not in PRODUCTS:
        raise UnknownWord("product", product, PRODUCTS)
    found = projects(evidence)
    table = found.table.filter(pl.col("product") == product)
    due = pledges(evidence).filter(pl.col("product") == product)
    steps = [_plants(table), _capacity(Projects(table, found.phases)), _firms(table), _due(due)]
    parts = _by_year(pl.concat(steps), list(years))
    data = add_up(parts, DIMS, places.groups())
    unit = pl.col("measure").replace_strict(UNITS, return_dtype=pl.String)
    items = [_plant_items(table), _phase_items(table, found.phases), _firm_items(table)]
    return Result(
        dims=DIMS,
        data=data.with_columns(unit.alias("unit")),
        parts=parts,
        items=pl.concat([*items, _pledge_items(due)]),
        uses=(),
        defaults={
            "measure": PLANTS,
            "place": places.WORLD,
            **dict.fromkeys(("domicile", "kind", "class", "status"), ALL),
            "year": str(max(years)),
        },
        evidence=evidence,
    )


def _plants(table: pl.DataFrame) -> pl.DataFrame:
    """One for every project; a line that makes two materials is one project of all kinds."""
    counted = table.filter("counted")
    again = pl.int_range(pl.len()).over("plant", pl.col("class") == "pilot") > 0
    supported = (pl.col("confidence") != "low").cast(pl.Float64)
    frame = counted.with_columns(
        pl.lit(PLANTS).alias("measure"),
        pl.col("project").alias("item"),
        pl.when(again).then(None).otherwise(pl.lit(ALL)).alias("whole_kind"),
        supported.alias("value_low"),
        *_ones("value", "value_high"),
    )
    return _divided(frame)


def _capacity(found: Projects) -> pl.DataFrame:
    """Phases as they come, under their own status; kinds of different units are never added up."""
    about = found.table.drop("status", "year", "records")
    gwh = pl.col("stage").is_in(SIZED[CAPACITY])
    frame = (
        found.phases.drop_nulls("capacity")
        .join(about, on="project")
        .with_columns(
            pl.when(gwh).then(pl.lit(CAPACITY)).otherwise(pl.lit(MATERIAL)).alias("measure"),
            pl.format("{}/{}", "project", "status").alias("item"),
            pl.when(gwh).then(pl.lit(ALL)).alias("whole_kind"),
            year="from_year",
            value_low="low",
            value="capacity",
            value_high="high",
        )
    )
    return _divided(frame)


def _firms(table: pl.DataFrame) -> pl.DataFrame:
    """Each firm once, at home, from the year of its first project."""
    supported = (pl.col("confidence") != "low").any().cast(pl.Float64)
    return (
        table.filter(pl.col("counted") & live())
        .group_by("firm", pl.col("domicile").alias("place"))
        .agg(pl.col("year").min(), supported.alias("value_low"))
        .with_columns(_firm_item(), pl.lit(FIRMS).alias("measure"), *_ones("value", "value_high"))
        .with_columns(pl.lit(ALL).alias(dim) for dim in ("domicile", "kind", "class", "status"))
        .select(*DIMS, "item", *VALUES)
    )


def _due(due: pl.DataFrame) -> pl.DataFrame:
    """One for every pledge; its outcome is the status."""
    frame = due.with_columns(
        _pledge_item(), pl.lit(PLEDGES).alias("measure"), *_ones(*VALUES), status="outcome"
    ).with_columns(pl.lit(ALL).alias(dim) for dim in ("domicile", "kind", "class"))
    frame = frame.select(*DIMS, "item", *VALUES)
    return pl.concat([frame, frame.with_columns(pl.lit(ALL).alias("status"))])


def _divided(frame: pl.DataFrame) -> pl.DataFrame:
    """Every project under itself and under ``all`` in each dimension."""
    whole = pl.lit(ALL)
    standing = pl.col("status").is_in(UPPER_BOUND)
    return (
        frame.with_columns(
            pl.concat_list(whole, "domicile").alias("domicile"),
            pl.concat_list("whole_kind", "stage", "kind")
            .list.drop_nulls()
            .list.unique()
            .alias("kind"),
            pl.concat_list(whole, "class").alias("class"),
            pl.concat_list(pl.when(standing).then(whole), "status")
            .list.drop_nulls()
            .alias("status"),
        )
        .explode("domicile")
        .explode("kind")
        .explode("class")
        .explode("status")
        .filter((pl.col("domicile") == ALL) | (pl.col("kind") == ALL))
        .select(*DIMS, "item", *(pl.col(value).cast(pl.Float64) for value in VALUES))
    )


def _by_year(frame: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Parts of every year from that of the project on."""
    every = pl.DataFrame({"until": years}, schema={"until": pl.Int64})
    keys = [dim for dim in DIMS if dim != "year"]
    summed = (
        frame.join_where(every, pl.col("year") <= pl.col("until"))
        .group_by(*keys, pl.col("until").alias("year"), "item", maintain_order=True)
        .agg(pl.col(VALUES).sum())
        .filter(pl.any_horizontal(pl.col(VALUES) != 0))
    )
    return summed.select(
        *DIMS,
        pl.lit(False).alias("whole"),
        pl.lit("sum").alias("role"),
        "item",
        *(on_grid(pl.col(value)).alias(value) for value in VALUES),
    )


def _plant_items(table: pl.DataFrame) -> pl.DataFrame:
    label = pl.format("{} ({}), {}, {}", "name", "place", "class", "status")
    return _items(table.with_columns(item="project", label=label))


def _phase_items(table: pl.DataFrame, phases: pl.DataFrame) -> pl.DataFrame:
    behind = (
        phases.drop_nulls("capacity")
        .group_by("project", pl.col("status").alias("phase"), maintain_order=True)
        .agg(flattened("records"), flattened("assumptions"))
    )
    about = table.drop("records")
    frame = behind.join(about, on="project", maintain_order="left")
    label = pl.format("{} ({}), {}, {}", "name", "place", "class", "phase")
    return _items(
        frame.with_columns(pl.format("{}/{}", "project", "phase").alias("item"), label=label)
    )


def _firm_items(table: pl.DataFrame) -> pl.DataFrame:
    found = (
        table.filter(pl.col("counted") & live())
        .group_by("firm", "domicile", maintain_order=True)
        .agg(pl.len().alias("projects"), flattened("records"), flattened("firms"))
    )
    label = pl.format("{} ({}), projects: {}", "firm", "domicile", "projects")
    return _items(found.with_columns(_firm_item(), label=label))


def _pledge_items(due: pl.DataFrame) -> pl.DataFrame:
    label = pl.format("{} ({}), said in {} to start in {}: {}", "name", "place",
                      pl.col("said").str.slice(0, 4), "year", "outcome")  # fmt: skip
    return _items(due.with_columns(_pledge_item(), label=label))


def _items(frame: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit([], dtype=pl.List(pl.String))
    missing = [none.alias(name) for name in ("assumptions", "firms") if name not in frame.columns]
    return frame.with_columns(pl.lit("plants").alias("table"), *missing).select(_ITEMS)


def _firm_item() -> pl.Expr:
    return pl.format("firm/{}", "firm").alias("item")


def _pledge_item() -> pl.Expr:
    return pl.format("{}/pledge", "line").alias("item")


def _ones(*names: str) -> list[pl.Expr]:
    return [pl.lit(1.0).alias(name) for name in names]
