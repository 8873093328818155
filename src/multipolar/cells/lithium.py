"""At which price of lithium carbonate is a sodium-ion cell, or pack, cheaper than one with lithium?

Both from like plants in one place. The price of a material follows that of carbonate by the
lithium it holds (``cells.carbonate-for-lithium``), so that cost is a straight line in it. A pack
adds hardware: for a lithium cell as much as packs cost above cells, for one of more mass more. Real
2025 US$ per t of battery-grade carbonate in China, without tax.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from multipolar.cells import materials, prices
from multipolar.cells.inputs import Input
from multipolar.cells.market import Draws, Market, market
from multipolar.cells.plant import Plant
from multipolar.cells.ranges import Range, best_first, ranged, share
from multipolar.cells.recipe import CHINA, slug
from multipolar.cells.tape import Value, dot
from multipolar.evidence.store import Evidence
from multipolar.policy.register import first_day
from multipolar.words import money
from multipolar.words.errors import EvidenceError, MultipolarError

SUBJECT, LITHIUM = "lithium carbonate", "lithium"
FOLLOWS, PACK, HEAVIER = (
    "cells.carbonate-for-lithium", "curves.pack-over-cell", "cells.pack-with-mass",
)  # fmt: skip
#: Days between quotes of carbonate and of a material within which one explains the other.
NEAR = 30
#: Kilograms in a tonne.
TONNE = 1000.0


@dataclass(frozen=True)
class Crossing:
    """From which price of carbonate on a chemistry is cheaper, US$/t; below zero: at any price.

    ``chances``: by price in US$/t, the share of draws in which it is cheaper then. ``level``: the
    price, the best value first and then the draws.
    """

    chemistry: str
    boundary: str
    price: Range
    chances: dict[float, float]
    level: Draws = field(compare=False, repr=False)


@dataclass(frozen=True)
class Quoted:
    """Where carbonate stands: the quote used and its day; what the newest quote of the material
    that holds most lithium amounts to, and its day; the highest yearly price on record, and its
    year. US$/t."""

    price: float
    day: str
    amounts_to: float
    newest: str
    peak: float
    peak_year: str


def crossings(
    evidence: Evidence, plant: Plant, others: tuple[str, ...]
) -> tuple[list[Crossing], Quoted]:
    """Cells and packs of other chemistries against the plant's own, made in like plants.

    Raises MultipolarError where the chemistry holds no lithium whose price is told, or where
    carbonate and material were quoted too far apart.
    """
    base = market(evidence, plant)
    held = _held(evidence, base, plant)
    now, carbonate = _carbonate(evidence, base, plant, held)
    values = best_first(base)
    cost = base.home_cost(values)
    dearer = {name: values[name] + content * values[FOLLOWS] for name, content in held.items()}
    slope = base.home_cost({**values, **dearer}) - cost
    paid = values[carbonate]
    hardware = (values[PACK] - 1.0) * cost
    mass = _mass(base, values)
    found = []
    for chemistry in others:
        other = market(evidence, replace(plant, chemistry=chemistry))
        if _lithium(evidence, chemistry):
            raise MultipolarError(f"{chemistry} holds lithium itself: name cells without it")
        drawn = best_first(other)
        above = other.home_cost(drawn) - cost
        heavier = hardware * values[HEAVIER] * (_mass(other, drawn) / mass - 1.0)
        for boundary, gap in (("cell", above), ("pack", above + heavier)):
            level = TONNE * (paid + gap / slope)
            at = (now.price, now.amounts_to, now.peak)
            chances = {price: share(level < price) for price in at}
            found.append(
                Crossing(other.home.plant.chemistry, boundary, ranged(level), chances, level)
            )
    return found, now


def quoted_day(evidence: Evidence, chemistry: str) -> date:
    """The last day of a quote on which carbonate and the lithium in a chemistry were quoted near
    each other. Raises MultipolarError if there is none."""
    named = [*_lithium(evidence, chemistry), SUBJECT]
    rows = _quotes(evidence, named)
    for day in sorted(rows["start"].unique().to_list(), reverse=True):
        before = rows.filter(pl.col("start") <= day).group_by("subject").agg(pl.col("start").max())
        if before.height == rows["subject"].n_unique() and _apart(before["start"]) <= NEAR:
            return day  # type: ignore[no-any-return]
    raise MultipolarError(f"no quote of {SUBJECT} near one of the materials of {chemistry}")


def _held(evidence: Evidence, found: Market, plant: Plant) -> dict[str, float]:
    """Kilograms of lithium in a kg of each material, by the input that is its price."""
    shares = _lithium(evidence, plant.chemistry)
    names = {slug(material): content for material, content in shares.items()}
    held = {}
    for part in found.home.parts:
        for amount, factors in part.materials:
            if (content := names.get(amount.rsplit(".", 1)[1])) is None:
                continue
            if len(factors) > 1:
                raise MultipolarError(
                    f"the price of {amount.rsplit('.', 1)[1]} is told as a ratio: name a chemistry "
                    "whose material is quoted, as LFP"
                )
            held[factors[0]] = content
    if not held:
        raise MultipolarError(f"{plant.chemistry} holds no lithium: name a chemistry that does")
    return held


def _main(found: Market, held: dict[str, float]) -> str:
    """The price of the material with most of the lithium in a cell."""
    inputs = found.inputs.named
    amounts = {
        factors[0]: inputs[amount].central * held[factors[0]]
        for part in found.home.parts
        for amount, factors in part.materials
        if factors[0] in held
    }
    return max(amounts, key=lambda price: amounts[price])


def _lithium(evidence: Evidence, chemistry: str) -> dict[str, float]:
    """The share of lithium in each material of a chemistry that has some."""
    design = materials.design(evidence, chemistry)
    inside = materials.bill(evidence, design)["material"].to_list()
    rows = evidence.table("compositions").filter(
        pl.col("material").is_in(inside) & (pl.col("element") == LITHIUM)
    )
    return dict(rows.select("material", "share").iter_rows())


def _carbonate(
    evidence: Evidence, found: Market, plant: Plant, held: dict[str, float]
) -> tuple[Quoted, str]:
    """Where carbonate stands, and the input for its price on the plant's day."""
    inputs = found.inputs
    quote = prices.quote(evidence, SUBJECT, CHINA, plant.day, "kg")
    if quote is None:
        raise MultipolarError(f"nobody quotes {SUBJECT} on record")
    named = [*_lithium(evidence, plant.chemistry), SUBJECT]
    rows = _quotes(evidence, named)
    last = rows.filter(pl.col("start") <= plant.day).sort("start").group_by("subject").last()
    if _apart(last["start"]) > NEAR:
        near = quoted_day(evidence, plant.chemistry)
        told = ", ".join(f"{s} {d}" for s, d in last.select("subject", "day").sort("day").rows())
        raise MultipolarError(
            f"on {plant.day} the last quotes lie more than {NEAR} days apart ({told}), so that "
            f"one does not explain the other: name a day as {near}"
        )
    error = inputs.assumptions["cells.quote-error"]
    name = inputs.add(
        Input(f"cells.price.{slug(SUBJECT)}", quote.low * error.low, quote.central,
              quote.high * error.high, "US$/kg", table="prices", records=quote.records)
    )  # fmt: skip
    for assumed in (FOLLOWS, PACK, HEAVIER):
        inputs.assumed(assumed)
    main = _main(found, held)
    subject = next(s for s in named if f"cells.price.{slug(s)}" == main)
    newest = rows.filter(pl.col("subject") == subject).sort("start").row(-1, named=True)
    then = prices.quote(evidence, subject, CHINA, newest["start"], "kg")
    rise = then.central - inputs.named[main].central if then else 0.0
    amounts_to = quote.central + rise / (held[main] * inputs.named[FOLLOWS].central)
    used = last.filter(pl.col("subject") == SUBJECT)["day"][0]
    peak, year = _peak(evidence)
    now = Quoted(quote.central * TONNE, used, amounts_to * TONNE, newest["day"], peak, year)
    return now, name


def _peak(evidence: Evidence) -> tuple[float, str]:
    """The highest yearly price of carbonate on record, real US$/t, and its year.

    Raises EvidenceError without one.
    """
    rows = evidence.table("statistics").filter(
        (pl.col("subject") == SUBJECT) & (pl.col("measure") == "price")
    )
    if rows.is_empty():
        raise EvidenceError(f"no yearly price of {SUBJECT} is on record on this date")
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64)
    row = rows.with_columns(year=year).sort("central").row(-1, named=True)
    real = 1.0 if row["basis"] == "real" else money.deflate(row["year"], money.BASE_YEAR)
    return float(row["central"]) * real, str(row["year"])


def _quotes(evidence: Evidence, subjects: list[str]) -> pl.DataFrame:
    rows = evidence.table("prices").filter(
        pl.col("subject").is_in(subjects) & (pl.col("kind") == "price")
    )
    return rows.select("subject", "day", first_day("day").alias("start"))


def _apart(days: pl.Series) -> int:
    known: list[date] = days.drop_nulls().to_list()
    return (max(known) - min(known)).days


def _mass(found: Market, values: dict[str, Value]) -> Value:
    """Kilograms of materials in a kWh of cells."""
    film = values[found.home.names["separator-mass"]]
    areas = ((values[name], film) for name in found.home.areas)
    return dot(*((values[name], 1.0) for name in found.home.masses), *areas)
