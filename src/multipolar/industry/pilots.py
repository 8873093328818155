"""Which next-generation plants are on record: what is each to make, where, how far, since when?

A *project* is one line of a plant: one product (sodium-ion, lithium-metal, silicon-anode), one
stage and one scale; a pilot line and the plant that is to follow it at the same site are two. Rows
are reconciled by the rules of ``industry/plants.py``. The class of a project follows the table
``words/project_classes.csv`` (the study's words pilot, start and planned, told by fields):
*begun* is a plant that runs, is being built, is paused or once ran; *located* one with a town or
coordinates finer than a region; *sized* one with a capacity.

- Lithium metal holds every solid-state and semi-solid cell, since sources rarely name the anode:
  it is an upper bound of cells with an anode of lithium.
- The year is that of the start, actual or planned; where no row states one, or the plant makes
  other chemistries too (its start says nothing of this line), the year when it was first said.
- A hub whose plants are on record is no plant of its own, nor is an entry without any site of a
  firm that has sited plants of the same kind in the same place.
- Of a plant with several chemistries and no stated split the range runs from none to all of it.

Capacity in GWh/yr of cells and packs, kt/yr of materials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.conflicts import Row, ranked
from multipolar.evidence.store import Evidence
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.lines import Lines
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.words.chemistries import family, get
from multipolar.words.files import read_rows
from multipolar.words.vocabularies import UPPER_BOUND, words

#: The study's three groups of next-generation chemistries, by family.
PRODUCTS = {
    "sodium-ion": ("Na-ion",),
    "lithium-metal": ("Li-metal", "Li-S"),
    "silicon-anode": ("Si-anode",),
}
#: The study's five jurisdictions; everywhere else is a sixth of ours.
HOMES = ("CHN", "USA", "Europe", "KOR", "JPN")
PILOT, PLANNED = "pilot", "planned"
#: What a cell with this electrolyte is called among lithium-metal cells.
ARCHITECTURES = {"solid": "solid-state", "sulfide": "solid-state", "semi-solid": "semi-solid"}
SULFUR, UNSAID = "lithium-sulfur", "not said"
NEVER_BEGUN = ("announced", "cancelled", "unknown")

TABLE: dict[str, Any] = {
    "project": pl.String,
    "plant": pl.String,
    "product": pl.String,
    "kind": pl.String,
    "stage": pl.String,
    "name": pl.String,
    "firm": pl.String,
    "domicile": pl.String,
    "place": pl.String,
    "class": pl.String,
    "status": pl.String,
    "year": pl.Int64,
    "dated": pl.Boolean,
    "share": pl.Float64,
    "mixed": pl.Boolean,
    "confidence": pl.String,
    "counted": pl.Boolean,
    "records": pl.List(pl.String),
    "firms": pl.List(pl.String),
}


@dataclass(frozen=True)
class Projects:
    """``table``: one row a project (see TABLE); ``phases``: what each adds.

    ``share`` is the part of the line's capacity that is of the product, ``mixed`` whether that is
    assumed; ``counted`` is false for hubs and totals; ``records`` are all rows of the line.
    ``phases``: project, status, from_year, low, capacity, high, records, assumptions; null where
    no row gives a capacity.
    """

    table: pl.DataFrame
    phases: pl.DataFrame


def projects(evidence: Evidence) -> Projects:
    """Every next-generation project on record, and the phases of its capacity."""
    lines = Lines(evidence)
    assumptions = Assumptions(evidence)
    rows = lines.table("plants").partition_by("stage", "plant", as_dict=True, maintain_order=True)
    found: list[Row] = []
    phases = []
    for stage in words("stage"):
        plants = reconcile(lines, stage)
        homes = by_domicile(plants.sites, evidence, "lead").select("plant", "domicile", "firms")
        made = _made(plants, assumptions).join(plants.sites, on="plant", maintain_order="left")
        made = made.join(homes, on="plant", maintain_order="left")
        table = [
            _project(site, stage, rows[stage, site["plant"]].to_dicts(), evidence.year)
            for site in made.iter_rows(named=True)
        ]
        phases.append(_phases(plants, table))
        found += table
    frame = pl.DataFrame(found, schema=TABLE | _ASIDE, orient="row")
    return _without_totals(frame, pl.concat(phases))


def product_of(chemistry: str) -> str | None:
    """The next-generation group of a chemistry, if it is in one.

    >>> product_of("Li-metal-semi-solid"), product_of("LMFP")
    ('lithium-metal', None)
    """
    band = family(chemistry)
    return next((product for product, bands in PRODUCTS.items() if band in bands), None)


def live() -> pl.Expr:
    """Projects that run, are being built or are announced."""
    return pl.col("status").is_in(UPPER_BOUND)


def _made(plants: Plants, assumptions: Assumptions) -> pl.DataFrame:
    """What each plant makes of each product: plant, product, share (a fraction)."""
    bands = {band: product for product, group in PRODUCTS.items() for band in group}
    product = pl.col("chemistry").replace_strict(bands, default=None, return_dtype=pl.String)
    shares = mix(plants.sites, assumptions).with_columns(product.alias("product"))
    made = shares.drop_nulls("product").group_by("plant", "product", maintain_order=True)
    return made.agg(pl.col("share").sum())


def _project(site: Row, stage: str, rows: list[Row], present: int) -> Row:
    """One row of the table from a reconciled line and its rows."""
    speaking = [row for row in rows if site["product"] in _products(row["chemistry"])]
    mixed = site["share"] < 1 and ":" not in site["chemistry"]
    year, dated = _year(rows, speaking if mixed else [], site["status"], present)
    plant = site["plant"].partition("/")[0]
    return {
        "project": f"{site['plant']}/{stage}/{site['product']}",
        "plant": plant,
        "product": site["product"],
        "kind": _kind(site["chemistry"], site["product"], stage),
        "stage": stage,
        "name": site["name"],
        "firm": site["firm"],
        "domicile": site["domicile"],
        "place": site["place"],
        "class": _class(site, rows),
        "status": site["status"],
        "year": year,
        "dated": dated,
        "share": site["share"],
        "mixed": mixed,
        "confidence": min((row["confidence"] for row in speaking), key=list(_TRUST).index),
        "counted": True,
        "records": site["records"],
        "firms": site["firms"],
        "line": site["plant"],
        "part_of": site["part_of"],
        "sited": any(row["town"] or row["region"] or row["latitude"] for row in rows),
    }


_TRUST = ("high", "medium", "low")


def _products(chemistry: str) -> set[str | None]:
    return {product_of(part.partition(":")[0]) for part in chemistry.split("|")}


def _kind(chemistry: str, product: str, stage: str) -> str:
    """The stage; of lithium-metal cells the architecture."""
    if stage != "cell" or product != "lithium-metal":
        return stage
    names = [part.partition(":")[0] for part in chemistry.split("|")]
    entry = next(get(name) for name in names if product_of(name) == product)
    return SULFUR if entry.cathode == "sulfur" else ARCHITECTURES.get(entry.electrolyte, UNSAID)


def _class(site: Row, rows: list[Row]) -> str:
    """The first class of the table whose conditions hold."""
    located = any(row["town"] for row in rows) or any(
        row["latitude"] is not None and row["coordinate_basis"] != "region" for row in rows
    )
    begun = site["status"] not in NEVER_BEGUN
    facts = {"begun": begun, "located": located, "sized": site["capacity_known"]}
    said = {name: "yes" if fact else "no" for name, fact in facts.items()}
    said["scale"] = site["scale"]
    return next(
        rule["class"]
        for rule in read_rows("multipolar.words", "project_classes.csv")
        if all(rule[name] in ("any", value) for name, value in said.items())
    )


def _year(rows: list[Row], naming: list[Row], status: str, present: int) -> tuple[int, bool]:
    """Year of a project, and whether a source states it as the start.

    ``naming``: the rows that name the product, where the plant makes others too.
    """
    if naming:
        return min(_said_in(row) for row in naming), False
    started = ranked([row for row in rows if row["start_year"]], "plants", "start_year")
    if started:
        running = [_said_in(row) for row in rows if row["status"] == "operating"]
        limit = [present, *running] if status == "operating" else []
        return min([int(started[0]["start_year"]), *limit]), True
    same = [row for row in rows if row["status"] == status] or rows
    return min(_said_in(row) for row in same), False


def _said_in(row: Row) -> int:
    return int(row["status_date"][:4])


def _phases(plants: Plants, table: list[Row]) -> pl.DataFrame:
    """Additions of each project, of its product alone."""
    lines = pl.DataFrame(table, schema=TABLE | _ASIDE, orient="row")
    lines = lines.select("project", "share", "mixed", plant="line")
    low, high = (pl.col(end) * pl.col("share") for end in ("low", "high"))
    return (
        lines.join(plants.additions, on="plant", maintain_order="left")
        .with_columns(
            pl.when("mixed").then(0.0).otherwise(low).alias("low"),
            (pl.col("capacity") * pl.col("share")).alias("capacity"),
            pl.when("mixed").then("high").otherwise(high).alias("high"),
        )
        .drop("plant", "share", "mixed")
    )


def _without_totals(table: pl.DataFrame, phases: pl.DataFrame) -> Projects:
    """Hubs and totals marked; a total adds capacity only where its sites on record give none."""
    sized = phases.group_by("project").agg(pl.col("capacity").sum().alias("size"))
    table = table.join(sized, on="project", how="left", maintain_order="left")
    kin = ("firm", "product", "stage", "place", pl.col("class") == PILOT)
    sited = pl.col("sited").any().over(kin) & ~pl.col("sited")
    known = pl.col("size").filter(pl.col("sited")).sum().over(kin) > 0
    hubs = table["part_of"].drop_nulls().implode()
    table = table.with_columns(
        (~pl.col("line").is_in(hubs) & ~sited).alias("counted"), (sited & known).alias("twice")
    )
    left = phases.join(table.filter(~pl.col("twice")), on="project", how="semi")
    return Projects(table.select(list(TABLE)), left)


_ASIDE: dict[str, Any] = {"line": pl.String, "part_of": pl.String, "sited": pl.Boolean}
