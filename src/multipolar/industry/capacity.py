"""How many cells can each place make in each year, and how does that compare with demand?

Nameplate counts by status: the lower bound is operating + under construction, the upper bound adds
what is announced; paused plants and plants without a status are shown apart. In between stands the
expected nameplate: the lower bound and the share of announcements that gets built.
Effective capacity = nameplate x realisation by status x ramp by age x availability; its low and
high take every assumption at its low or high end. A nameplate is taken as saleable output of a
plant past ramp-up, so that yield is not taken off a second time. Utilisation = demand / nameplate.
Nameplate is also split by chemistry and by domicile of the owners (equity), one split at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumption, Assumptions
from multipolar.evidence.result import ALL, GRID, ITEMS, VALUES, Result, Use, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.demand import demand, places_with_demand
from multipolar.industry.owners import by_domicile
from multipolar.industry.plants import Plants, reconcile
from multipolar.words import places
from multipolar.words.vocabularies import APART, LOWER_BOUND, UPPER_BOUND

DIMS = ("measure", "place", "status", "chemistry", "domicile", "year")
YEARS = range(2020, 2036)
MEASURES = {
    "capacity": "GWh/yr",
    "effective capacity": "GWh/yr",
    "demand": "GWh",
    "utilisation": "ratio",
}
REALISATION = "industry.realisation.{}"
AVAILABILITY, DELAY = "industry.availability", "industry.delay"
RAMP = "industry.ramp.{}.year-{}"


def capacity(
    evidence: Evidence, plants: Plants | None = None, years: Iterable[int] = YEARS
) -> Result:
    """Capacity, effective capacity, demand and utilisation by place, status and year.

    Dimensions: measure, place (countries and groups), status (one status, or ``all``: value_low
    the lower bound, value the expected, value_high the upper bound), chemistry and domicile
    (``all``, or one of them named), year.
    """
    plants = plants or reconcile(evidence)
    years = list(years)
    assumptions = Assumptions(evidence)
    standing = _standing(plants, years)
    bounds = _bounds(standing, assumptions)
    nameplate = pl.concat([_by_status(standing), bounds])
    chemistries = mix(plants.sites, assumptions)
    owners = by_domicile(plants.sites, evidence)
    needed, outlooks = _demand(evidence, years)
    parts = pl.concat(
        [
            nameplate,
            split(nameplate, chemistries, "chemistry"),
            split(nameplate, owners, "domicile"),
            _effective(plants, years, assumptions),
            needed,
            _utilisation(needed, bounds),
        ]
    ).filter(pl.any_horizontal(pl.col(VALUES) != 0))
    unit = pl.col("measure").replace_strict(MEASURES, return_dtype=pl.String).alias("unit")
    data = add_up(parts, DIMS, places.groups()).with_columns(unit)
    return Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=pl.concat([items(plants, owners), outlooks]),
        uses=_uses(assumptions, chemistries),
        defaults={"measure": "capacity", "status": ALL, "chemistry": ALL, "domicile": ALL},
        evidence=evidence,
    )


def split(parts: pl.DataFrame, by: pl.DataFrame, dim: str) -> pl.DataFrame:
    """Parts divided by shares of their plant; what each part is divided into adds up to it exactly.

    ``by``: plant, ``dim``, share (fractions adding up to one for every plant).
    """
    plant = pl.col("item").str.split("/").list.first().alias("plant")
    # Two owners of one domicile are one share.
    by = by.group_by("plant", dim).agg(pl.col("share").sum()).sort("plant", dim)
    numbered = parts.drop(dim).with_row_index("part").with_columns(plant)
    divided = numbered.join(by, on="plant", maintain_order="left_right")
    first = pl.int_range(pl.len()).over("part") == 0
    amounts = []
    for value in VALUES:
        amount = on_grid(pl.col(value) * pl.col("share"))
        left = pl.col(value) - amount.sum().over("part")
        amounts.append((amount + pl.when(first).then(left).otherwise(0.0)).alias(value))
    return divided.with_columns(amounts).select(parts.columns)


def firms_behind(owners: pl.DataFrame) -> pl.DataFrame:
    """The firms whose rows say who owns a plant and where they are domiciled: plant, firms."""
    return owners.group_by("plant").agg(flattened("firms"))


def items(plants: Plants, owners: pl.DataFrame) -> pl.DataFrame:
    """What stands behind each phase of each plant; ``owners`` as ``by_domicile`` gives them.

    Columns: item, label, table, records, assumptions, firms.
    """
    named = plants.additions.join(plants.sites.select("plant", "name", "place"), on="plant")
    flat = [flattened(name) for name in ("records", "assumptions")]
    label = pl.format(
        "{} ({}), {}", pl.col("name").first(), pl.col("place").first(), pl.col("status").first()
    )
    found = (
        named.with_columns(item())
        .group_by("item", maintain_order=True)
        .agg(label.alias("label"), pl.lit("plants").alias("table"), *flat, pl.col("plant").first())
    )
    return found.join(firms_behind(owners), on="plant", maintain_order="left").drop("plant")


def flattened(column: str) -> pl.Expr:
    """All words of the lists of a group, each once."""
    return pl.col(column).list.explode(empty_as_null=False).unique().sort()


def item() -> pl.Expr:
    """The id of a phase: plant and status."""
    return pl.format("{}/{}", "plant", "status").alias("item")


def _standing(plants: Plants, years: list[int]) -> pl.DataFrame:
    """Nameplate by phase and year: item, place, status, year, low, capacity, high."""
    every = pl.DataFrame({"year": years}, schema={"year": pl.Int64})
    return (
        plants.additions.join(plants.sites.select("plant", "place"), on="plant")
        .join_where(every, pl.col("from_year") <= pl.col("year"))
        .with_columns(item())
        .group_by("item", "place", "status", "year")
        .agg(pl.col("low", "capacity", "high").sum())
    )


def _by_status(standing: pl.DataFrame) -> pl.DataFrame:
    return _parts(standing, "capacity", pl.col("status"), "low", "capacity", "high")


def _bounds(standing: pl.DataFrame, assumptions: Assumptions) -> pl.DataFrame:
    built = standing.filter(pl.col("status").is_in(UPPER_BOUND))
    announced = assumptions.central(REALISATION.format("announced")) / 100
    safe = pl.when(pl.col("status").is_in(LOWER_BOUND))
    lower = safe.then("capacity").otherwise(0.0)
    expected = safe.then("capacity").otherwise(pl.col("capacity") * announced)
    return _parts(built, "capacity", pl.lit(ALL), lower, expected, "capacity")


def _effective(plants: Plants, years: list[int], assumptions: Assumptions) -> pl.DataFrame:
    """Effective capacity with all assumptions at one end, at the centre, at the other end."""
    ends = {"value_low": "low", "value": "central", "value_high": "high"}
    keys = ["item", "place", "status", "year"]
    frames = []
    for value, end in ends.items():
        frame = _output(plants, years, assumptions, end).rename({"output": value})
        frames.append(frame.with_columns(pl.lit(0.0).alias(v) for v in VALUES if v != value))
    columns = [*keys, *VALUES]
    merged = pl.concat([frame.select(columns) for frame in frames])
    merged = merged.group_by(keys).agg(pl.col(VALUES).sum())
    return _parts(merged, "effective capacity", pl.lit(ALL), *VALUES)


def _output(plants: Plants, years: list[int], assumptions: Assumptions, end: str) -> pl.DataFrame:
    counted = LOWER_BOUND if end == "low" else UPPER_BOUND
    delay = assumptions[DELAY]
    late = {"low": delay.high, "central": delay.central, "high": delay.low}[end]
    every = pl.DataFrame({"year": years}, schema={"year": pl.Int64})
    frame = (
        _delayed(plants.additions.filter(pl.col("status").is_in(counted)), late)
        .join(plants.sites.select("plant", "place"), on="plant")
        .with_columns(item())
        .join_where(every, pl.col("from_year") <= pl.col("year"))
    )
    curve = ramp(assumptions, end)
    age = (pl.col("year") - pl.col("from_year") + 1).clip(1, LAST_RAMP_YEAR + 1)
    where = pl.when(pl.col("place") == "CHN").then(pl.lit("china")).otherwise(pl.lit("abroad"))
    frame = frame.with_columns(age.cast(pl.Int64).alias("age"), where.alias("where"))
    frame = frame.join(curve, on=["where", "age"], how="left")
    # Lines that are taken out are as far in their ramp as the plant is on the whole.
    up = pl.col("capacity") > 0
    ramped = (pl.col("capacity") * pl.col("ramp")).filter(up).sum() / pl.col("capacity").filter(
        up
    ).sum()
    share = pl.col("status").replace_strict(_shares(assumptions, end), return_dtype=pl.Float64)
    usable = float(getattr(assumptions[AVAILABILITY], end)) / 100
    return (
        frame.group_by("item", "place", "status", "year")
        .agg(pl.col("capacity").sum() * ramped.fill_nan(0.0))
        .with_columns((pl.col("capacity") * share * usable).alias("output"))
        .drop("capacity")
    )


def _delayed(additions: pl.DataFrame, years: float) -> pl.DataFrame:
    """Phases with a planned year, moved by a delay; a part of a year is a part of the phase.

    What runs is not late, nor is a phase whose year was itself reckoned from how long plants take.
    """
    on_time = (pl.col("status") == "operating") | (pl.col("assumptions").list.len() > 0)
    whole, part = int(years), years % 1
    moved = [
        additions.filter(~on_time).with_columns(
            pl.col("from_year") + whole + step, pl.col("capacity") * weight
        )
        for step, weight in ((0, 1 - part), (1, part))
    ]
    return pl.concat([additions.filter(on_time), *moved])


LAST_RAMP_YEAR = 5


def ramp(assumptions: Assumptions, end: str = "central") -> pl.DataFrame:
    """Output as a fraction of full output by years since start: where, age, ramp."""
    rows = []
    for where, age in product(("china", "abroad"), range(1, LAST_RAMP_YEAR + 2)):
        known = [name for name in assumptions if name == RAMP.format(where, age)]
        share = float(getattr(assumptions[known[0]], end)) / 100 if known else 1.0
        rows.append((where, age, share))
    return pl.DataFrame(
        rows, schema={"where": pl.String, "age": pl.Int64, "ramp": pl.Float64}, orient="row"
    )


def _demand(evidence: Evidence, years: list[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parts of demand, and the items (outlooks) behind them."""
    rows: list[dict[str, Any]] = []
    behind: dict[str, dict[str, Any]] = {}
    for place, year in product(places_with_demand(evidence), years):
        found = demand(evidence, place, year)
        if found is None:
            continue
        ends = {"value_low": found.low, "value": found.central, "value_high": found.high}
        for value, combination in ends.items():
            end = {"value_low": "low", "value": "central", "value_high": "high"}[value]
            for outlook, weight in combination:
                id = f"{outlook.name} / {outlook.segment} / {'+'.join(outlook.records)}"
                label = f"{outlook.name}, {outlook.segment}"
                label += ", on the line between two years" if len(outlook.records) > 1 else ""
                behind[id] = {
                    "item": id,
                    "label": label,
                    "table": "demand",
                    "records": list(outlook.records),
                    "assumptions": [],
                    "firms": [],
                }
                amounts = dict.fromkeys(VALUES, 0.0)
                # Half of a number on this coarser grid is still on the grid of exact sums.
                amounts[value] = round(float(getattr(outlook, end)) * GRID / 2) * 2 / GRID * weight
                rows.append({"item": id, "place": place, "status": ALL, "year": year, **amounts})
    schema: dict[str, Any] = {
        "item": pl.String,
        "place": pl.String,
        "status": pl.String,
        "year": pl.Int64,
    }
    schema |= dict.fromkeys(VALUES, pl.Float64)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    outlooks = pl.DataFrame(list(behind.values()), schema=ITEMS, orient="row")
    return _parts(frame, "demand", pl.lit(ALL), *VALUES).with_columns(
        pl.lit(True).alias("whole")
    ), outlooks


def _utilisation(needed: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Demand over nameplate: the low end sets low demand against the upper bound."""
    below = bounds.with_columns(
        pl.lit("below").alias("role"),
        pl.col("value_high").alias("value_low"),
        pl.col("value_low").alias("value_high"),
    )
    above = needed.with_columns(pl.lit("above").alias("role"))
    return pl.concat([above, below]).with_columns(pl.lit("utilisation").alias("measure"))


def _parts(
    frame: pl.DataFrame, measure: str, status: pl.Expr, *values: str | pl.Expr
) -> pl.DataFrame:
    amounts = [pl.col(v) if isinstance(v, str) else v for v in values]
    return frame.select(
        pl.lit(measure).alias("measure"),
        "place",
        status.alias("status"),
        pl.lit(ALL).alias("chemistry"),
        pl.lit(ALL).alias("domicile"),
        "year",
        pl.lit(False).alias("whole"),
        pl.lit("sum").alias("role"),
        "item",
        *(on_grid(amount).alias(name) for amount, name in zip(amounts, VALUES, strict=True)),
    )


def _shares(assumptions: Assumptions, end: str) -> dict[str, float]:
    """Share of each status that gets built, as a fraction; what runs is built."""
    shares = dict.fromkeys(("operating", *APART), 1.0)
    for status in ("under construction", "announced"):
        entry: Assumption = assumptions[REALISATION.format(status.replace(" ", "-"))]
        shares[status] = float(getattr(entry, end)) / 100
    return shares


def _uses(assumptions: Assumptions, chemistries: pl.DataFrame) -> tuple[Use, ...]:
    announced = (REALISATION.format("announced"),)
    building = (REALISATION.format("under-construction"),)
    ramps = tuple(name for name in assumptions if name.startswith("industry.ramp."))
    guessed = chemistries.drop_nulls("assumption").group_by("chemistry")
    mixes = [
        Use({"measure": "capacity", "chemistry": chemistry}, tuple(sorted(names)))
        for chemistry, names in guessed.agg(pl.col("assumption").unique()).iter_rows()
    ]
    return (
        Use({"measure": "capacity", "status": ALL}, announced, "/announced"),
        Use({"measure": "utilisation"}, announced, "/announced"),
        Use({"measure": "effective capacity"}, announced, "/announced"),
        Use({"measure": "effective capacity"}, (*building, DELAY), "/under construction"),
        Use({"measure": "effective capacity"}, (DELAY,), "/announced"),
        Use({"measure": "effective capacity"}, (*ramps, AVAILABILITY)),
        *mixes,
    )
