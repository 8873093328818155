"""What the claims on next-generation projects share: the census, counts, shares and sizes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.result import sources_of
from multipolar.industry.census import Census, Draws
from multipolar.industry.claims.drawn import result, rows_of
from multipolar.industry.claims.room import Industry
from multipolar.industry.pilots import HOMES, PILOT, projects
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

Quantity = Callable[[Census], Draws]
SCALE = "industry.gigawatt-hour-scale"
DELAY = "industry.delay"
SODIUM, LITHIUM, SILICON = (
    pl.col("product") == name for name in ("sodium-ion", "lithium-metal", "silicon-anode")
)
CELL = pl.col("stage") == "cell"
#: What is sold as a battery: materials left out.
BATTERY = pl.col("stage").is_in(["cell", "pack"])
PILOTS, COMMERCIAL = pl.col("class") == PILOT, pl.col("class") != PILOT
RUNS = pl.col("status") == "operating"
#: Runs or is being built; and what is only announced besides.
BUILT, LIVE = (pl.col("status").is_in(list(bound)) for bound in (LOWER_BOUND, UPPER_BOUND))
EVERYTHING = pl.lit(True)


def at(place: str) -> pl.Expr:
    """Projects that stand at a place (a country or group)."""
    return pl.col("place").is_in(places.members(place))


def home(place: str) -> pl.Expr:
    """Projects of firms whose home is a place."""
    return pl.col("domicile").is_in(places.members(place))


def census(industry: Industry) -> Census:
    """The projects on record that count as plants of their own, with their size.

    ``size``: GWh/yr or kt/yr of all phases, null where none is published, with ``size_low`` and
    ``size_high``. Made once for a room, as its other parts are.
    """
    held = vars(industry)
    if "census" not in held:
        found = projects(industry.evidence)
        phases = found.phases.filter(pl.col("status").is_in(UPPER_BOUND)).group_by("project")
        sizes = phases.agg(
            *(pl.col(end).sum().alias(f"size_{end}") for end in ("low", "capacity", "high"))
        ).filter(pl.col("size_capacity") > 0)
        sizes = sizes.rename({"size_capacity": "size"})
        table = found.table.filter("counted").join(sizes, on="project", how="left")
        held["census"] = Census(industry.evidence, table.sort("project"))
    return cast(Census, held["census"])


def answer(
    quantity: Quantity, among: pl.Expr, note: str = "", assumptions: tuple[str, ...] = ()
) -> Callable[[Industry], Computed | None]:
    """A claim answered by a quantity of the census, looked for ``among`` some of its projects."""

    def computed(industry: Industry) -> Computed | None:
        found = census(industry)
        behind = found.table.filter(among)
        records = sorted(rows_of(behind))
        rows = industry.evidence.table("plants").filter(pl.col("record").is_in(records))
        coverage = f"looked for among {behind.height} projects on record, {len(rows)} rows of "
        coverage += f"{len(sources_of(rows))} sources"
        said = "; ".join(text for text in (note, coverage) if text)
        drawn = replace(found, beside=assumptions)
        return result(drawn, quantity, records, said, assumptions=assumptions)

    return computed


def count(label: str, chosen: pl.Expr, unit: str = "project") -> Quantity:
    """How many projects (or firms) there are."""
    return lambda found: found.count(label, chosen, unit)


def less(first: Quantity, second: Quantity) -> Quantity:
    """One quantity less another."""
    return lambda found: np.asarray(first(found) - second(found))


def share(label: str, chosen: pl.Expr, whole: pl.Expr, unit: str = "project") -> Quantity:
    """Share of the chosen in the whole, in per cent; what is unseen of both is drawn apart."""

    def quantity(found: Census) -> Draws:
        part = found.count(f"{label}/in", whole & chosen, unit)
        rest = found.count(f"{label}/out", whole & ~chosen, unit)
        return np.asarray(100 * part / (part + rest))

    return quantity


def by_place(label: str, whole: pl.Expr) -> Callable[[Census], dict[str, Draws]]:
    """Count of projects in every country that has one."""

    def quantities(found: Census) -> dict[str, Draws]:
        named = found.table.filter(whole)["place"].unique().sort()
        return {p: found.count(f"{label}/{p}", whole & (pl.col("place") == p)) for p in named}

    return quantities


def concentration(label: str, whole: pl.Expr) -> Quantity:
    """Index of Hirschman and Herfindahl over countries, 0 to 10,000."""

    def quantity(found: Census) -> Draws:
        return np.asarray((_shares(label, whole, found) ** 2).sum(axis=0))

    return quantity


def top_share(label: str, whole: pl.Expr) -> Quantity:
    """Share of the country with most projects, in per cent."""

    return lambda found: np.asarray(_shares(label, whole, found).max(axis=0))


def _shares(label: str, whole: pl.Expr, found: Census) -> np.ndarray:
    """Shares of the countries in per cent, shape (countries, draws); nan without any project."""
    counted = np.array(list(by_place(label, whole)(found).values()))
    counted = counted if counted.size else np.zeros((1, found.draws))
    return np.asarray(100 * counted / counted.sum(axis=0))


def first_year(chosen: pl.Expr) -> Quantity:
    """Year of the first of the projects on record that is as stated; infinite without any.

    What does not run yet starts as much later than said as such plants do.
    """

    def quantity(found: Census) -> Draws:
        years = found.table["year"].to_numpy()
        waits = np.outer(found.of(DELAY), ~found.mask(RUNS))
        return np.asarray(np.where(found.standing(chosen), years + waits, np.inf).min(axis=1))

    return quantity


def rank(label: str, place: str, others: tuple[str, ...], chosen: pl.Expr, unit: str) -> Quantity:
    """Rank by firms at home, or by projects on the spot, of one place among some."""
    where = home if unit == "firm" else at

    def quantity(found: Census) -> Draws:
        mine = found.count(f"{label}/{place}", chosen & where(place), unit)
        larger = [found.count(f"{label}/{p}", chosen & where(p), unit) > mine for p in others]
        return np.asarray(1.0 + np.sum(larger, axis=0))

    return quantity


def gigafactories(label: str, chosen: pl.Expr) -> Quantity:
    """How many of the chosen are of gigawatt-hour scale, seen or not.

    A plant that makes other cells too is of that scale for what is drawn of it; one whose size
    nobody published, with the share of its like (same product, for sale) that reach it.
    """

    def quantity(found: Census) -> Draws:
        fits = large(found)
        likely = large(found.central())[0]
        known = int((likely & found.mask(chosen)).sum())
        return np.asarray(found.seen(chosen, fits=fits) + found.unseen(label, known))

    return quantity


def large(found: Census) -> np.ndarray:
    """Whether each project is of gigawatt-hour scale, shape (draws, projects)."""
    least = float(found.assumption(SCALE).central)
    cells = found.table.filter(CELL & COMMERCIAL & pl.col("size").is_not_null())
    tally = cells.group_by("product").agg((pl.col("size") >= least).sum().alias("k"), pl.len())
    reach = {product: (k, n) for product, k, n in tally.rows()}
    columns = ("project", "product", "mixed", "size_low", "size", "size_high")
    drawn = []
    for project, product, mixed, low, size, high in found.table.select(columns).rows():
        if size is None:
            k, n = reach.get(product, (0, 0))
            chance = found.chance(f"gigawatt-hours/{product}", k, n)
            drawn.append(found.luck(f"gigawatt-hours/{project}") < chance)
        elif mixed and not found.likeliest:
            drawn.append(spread(f"share/{project}", low, size, high, draws=found.draws) >= least)
        else:
            drawn.append(np.full(found.draws, size >= least))
    return np.column_stack(drawn)


def others_than(*left_out: str) -> tuple[str, ...]:
    """The study's jurisdictions but for some."""
    return tuple(place for place in HOMES if place not in left_out)
