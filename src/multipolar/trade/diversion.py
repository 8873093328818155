"""What would a duty keep out of a place, and where would the goods go instead?

Millions of nominal US$ over twelve months. A sum on the back of an envelope with ranges: sales fall
with the price to the buyer by a published elasticity, a part of the lost sales finds other buyers,
and these are spread over the other destinations. Nobody's capacity, price or own answer enters;
that needs a model of the market. What is lost is diverted or not sold, to the last dollar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.dates import day_number
from multipolar.evidence.store import Evidence
from multipolar.policy.register import PREFERENCE, in_force, owed
from multipolar.trade.exports import BATTERIES, CHINA, REGIONS, SUM, VALUE, exports, region_of
from multipolar.words import places
from multipolar.words.errors import MultipolarError

#: How long the duty has stood when its effect is asked for.
FIRST_YEAR, LASTING = "first year", "lasting"
ELASTICITY = {FIRST_YEAR: "trade.elasticity-first-year", LASTING: "trade.elasticity-lasting"}
PASSED_ON = "trade.duty-passed-on"
OTHER_BUYERS = "trade.lost-sales-diverted"
USED = (*ELASTICITY.values(), PASSED_ON, OTHER_BUYERS, "trade.unlisted-of-region")
#: Of a group whose sellers are not all listed: how much of its region's rest it buys, in shares.
UNLISTED = "trade.unlisted-of-region"
DUTIES = ("import duty", PREFERENCE, "countervailing duty", "anti-dumping duty")
RATE = "% of customs value"
RATED = pl.col("rate").is_not_null() & (pl.col("unit") == RATE).fill_null(value=False)
PRESENT, LOST, DIVERTED, UNSOLD, CHEAPER = (
    "sales now", "sales lost", "diverted", "not sold", "lower price on the rest",
)  # fmt: skip
ENDS = ("value_low", "value", "value_high")
REST = "{}, not listed"
Row = tuple[str | float | None, ...]


@dataclass(frozen=True)
class Diversion:
    """What a duty would move.

    ``totals``: horizon, measure, value_low .. value_high, unit. ``where``: horizon, kind (region or
    country), place, now, value_low .. value_high (in proportion to purchases now), by_growth
    (central, in proportion to their growth), unit. ``duties``: rows in force now. ``standing``: the
    rate that they add up to (mean by value), ``duty``: the rate asked for, and whether it comes
    ``instead``. ``uncounted``: records of duties in force that have no rate in % on record; they
    count as nothing, in the range too. Central values add up; low and high are the 10 and 90
    percentiles of draws.
    """

    place: str
    month: str
    duty: float
    instead: bool
    standing: float
    uncounted: tuple[str, ...]
    duties: pl.DataFrame
    totals: pl.DataFrame
    where: pl.DataFrame


@dataclass(frozen=True)
class Effect:
    """Sales of one buyer after a duty, shape (draws,); lost = diverted + unsold."""

    lost: np.ndarray
    diverted: np.ndarray
    cheaper: np.ndarray

    @property
    def unsold(self) -> np.ndarray:
        """Goods that find no other buyer."""
        return np.asarray(self.lost - self.diverted)


def diversion(
    evidence: Evidence,
    place: str,
    duty: float,
    product: str = BATTERIES,
    instead: bool = False,
    exporter: str = CHINA,
) -> Diversion:
    """What a duty (% of the customs value) of a place on an exporter's product would move.

    It comes on top of what is in force, or ``instead``. Raises UnknownWord for a place or product,
    MultipolarError for a duty that is none and for a place without purchases on record.
    """
    place = places.resolve(place)
    _check(place, duty, exporter)
    bought, month, growth = _bought(evidence, product, exporter)
    # Sales are held against the duties that they paid.
    day = date.fromordinal(day_number(month))
    buyers, unlisted = _buyers(place, bought)
    if not buyers:
        raise MultipolarError(f"no 12 months of {product} bought by {places.name(place)} on record")
    rows, standing = _standing(evidence, [*buyers], place, product, exporter, day)
    value = sum(buyers.values())
    mean = sum(standing[buyer] * bought for buyer, bought in buyers.items()) / value
    if instead and duty <= max(standing.values()):
        raise MultipolarError(
            f"{duty:g} % instead of the {max(standing.values()):g} % in force would be no higher"
        )
    # Of a rest that may be its own, the central half counts as bought by others.
    assumptions = Assumptions(evidence)
    half = assumptions.central(UNLISTED) / 100
    others = {
        name: now - half * unlisted.get(name, 0.0)
        for name, now in bought.items()
        if name not in buyers
    }
    totals, where = [], []
    for horizon in ELASTICITY:
        drawn, central = (
            _summed(buyers, standing, mean, sum(unlisted.values()), duty, instead, *inputs)
            for inputs in (_draws(assumptions, horizon, place), _central(assumptions, horizon))
        )
        told = {
            PRESENT: (drawn[0], central[0]),
            LOST: (drawn[1].lost, central[1].lost),
            DIVERTED: (drawn[1].diverted, central[1].diverted),
            UNSOLD: (drawn[1].unsold, central[1].unsold),
            CHEAPER: (drawn[1].cheaper, central[1].cheaper),
        }
        totals += [(horizon, measure, *_ends(*pair)) for measure, pair in told.items()]
        ends = _ends(drawn[1].diverted, central[1].diverted)
        where += _spread(horizon, others, growth, ends)
    return Diversion(
        place=place,
        month=month,
        duty=duty,
        instead=instead,
        standing=mean,
        uncounted=tuple(rows.filter(~RATED)["record"]),
        duties=rows,
        totals=_table(totals, ("horizon", "measure"), ENDS),
        where=_table(where, ("horizon", "kind", "place"), ("now", *ENDS, "by_growth")),
    )


def effect(
    sales: np.ndarray,
    before: float,
    after: float,
    elasticity: np.ndarray,
    passed_on: np.ndarray,
    diverted: np.ndarray,
) -> Effect:
    """Sales lost when the duty goes from ``before`` to ``after`` (%).

    The buyer's price rises by the ratio of both, to the power of the share that is passed on; what
    is left of it is a lower price to the seller. Shares between 0 and 1; elasticity positive.
    """
    ratio = (100 + after) / (100 + before)
    left = ratio ** (-elasticity * passed_on)
    lost = sales * (1 - left)
    return Effect(lost, lost * diverted, sales * left * (1 - ratio ** (passed_on - 1)))


def _check(place: str, duty: float, exporter: str) -> None:
    if 0 < duty < 1:
        raise MultipolarError(
            f"a duty of {duty:g} is {duty:g} % of the customs value: did you mean {100 * duty:g}?"
        )
    if not np.isfinite(duty) or not 0 < duty <= 1000:
        raise MultipolarError(f"a duty is a rate above 0 in % of the customs value, not {duty:g}")
    if place == places.WORLD or exporter in places.members(place):
        raise MultipolarError(f"{places.name(place)} holds the exporter: name who would levy it")


def _bought(
    evidence: Evidence, product: str, exporter: str
) -> tuple[dict[str, float], str, dict[str, float]]:
    """Purchases over the last twelve months by country, and by the rest of each region.

    With their last month, and how much they grew since the sum before it (0 where they fell).
    """
    data = exports(evidence, exporter=exporter, product=product).data
    sums = data.filter(pl.col("measure") == SUM.format(VALUE))
    single = [place for place in sums["place"].unique() if place in places.countries()]
    months = sorted(sums.filter(pl.col("place").is_in(single))["month"].unique())
    if not months:
        raise MultipolarError(f"no 12 months of {product} by country of destination are on record")
    by_month = [_divided(dict(_of(sums, when).rows()), single) for when in months[-2:]]
    now, then = by_month[-1], by_month[0]
    growth = {name: max(value - then.get(name, value), 0.0) for name, value in now.items()}
    return now, months[-1], growth


def _of(sums: pl.DataFrame, month: str) -> pl.DataFrame:
    return sums.filter(pl.col("month") == month).select("place", "value").sort("place")


def _divided(told: dict[str, float], single: list[str]) -> dict[str, float]:
    """Countries, and what each region buys beside those that are listed."""
    found = {name: value for name, value in told.items() if name in single}
    for region in REGIONS:
        if region in told:
            inside = sum(value for name, value in found.items() if region_of(name) == region)
            found[REST.format(region)] = max(told[region] - inside, 0.0)
    return found


def _buyers(place: str, bought: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Purchases of a place by country (and rest of a region), and rests that may be its own."""
    members = set(places.members(place))
    found = {name: value for name, value in bought.items() if name in members}
    unlisted = {}
    for region in REGIONS:
        rest, missing = REST.format(region), members - found.keys()
        if missing & set(places.members(region)) and rest in bought:
            if members >= set(places.members(region)):
                found[rest] = bought[rest]
            elif found:
                unlisted[rest] = bought[rest]
    return found, unlisted


def _standing(
    evidence: Evidence, buyers: list[str], place: str, product: str, exporter: str, day: date
) -> tuple[pl.DataFrame, dict[str, float]]:
    """Duties in force on the product, as rows, and their rates by buyer in %.

    Of instruments of one kind and family (what stands before the comma of a name) the highest
    counts; families add up. The rest of a region pays what the whole place does.
    """
    rows = owed(in_force(evidence, day), product, exporter)
    rows = rows.filter(pl.col("instrument").is_in(DUTIES))
    family = pl.col("name").str.split(",").list.first()
    rows = rows.with_columns(family.alias("family"), RATED.alias("counted"))
    rates, used = {}, set()
    for buyer in buyers:
        members = set(places.members(buyer if buyer in places.countries() else place))
        levied = [
            row for row in rows.iter_rows(named=True)
            if members <= set(places.members(row["jurisdiction"]))
        ]  # fmt: skip
        used |= {row["record"] for row in levied}
        known = [row for row in levied if row["counted"]]
        families = {(row["jurisdiction"], row["instrument"], row["family"]) for row in known}
        rates[buyer] = sum(
            max(
                row["rate"]
                for row in known
                if (row["jurisdiction"], row["instrument"], row["family"]) == key
            )
            for key in families
        )
    told = ("record", "instrument", "name", "jurisdiction", "rate", "unit", "start")
    return rows.filter(pl.col("record").is_in(sorted(used))).select(told), rates


Inputs = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _draws(assumptions: Assumptions, horizon: str, place: str) -> Inputs:
    """Elasticity, shares passed on and diverted, and share of the unlisted, shape (draws,)."""
    own = assumptions.draw(UNLISTED, label=place) / 100
    drawn = [assumptions.draw(name) for name in (ELASTICITY[horizon], PASSED_ON, OTHER_BUYERS)]
    return drawn[0], drawn[1] / 100, drawn[2] / 100, own


def _central(assumptions: Assumptions, horizon: str) -> Inputs:
    names = (ELASTICITY[horizon], PASSED_ON, OTHER_BUYERS)
    found = [np.array([assumptions.central(name)]) for name in names]
    own = np.array([assumptions.central(UNLISTED) / 100])
    return found[0], found[1] / 100, found[2] / 100, own


def _summed(
    buyers: dict[str, float],
    standing: dict[str, float],
    mean: float,
    unlisted: float,
    duty: float,
    instead: bool,
    elasticity: np.ndarray,
    passed_on: np.ndarray,
    diverted: np.ndarray,
    own: np.ndarray,
) -> tuple[np.ndarray, Effect]:
    """Sales now and the effect, over all buyers of the place."""
    sales = {name: (np.full(len(own), now), standing[name]) for name, now in buyers.items()}
    sales[UNLISTED] = unlisted * own, mean
    found = [
        effect(now, rate, duty if instead else rate + duty, elasticity, passed_on, diverted)
        for now, rate in sales.values()
    ]
    whole = Effect(
        *(
            np.sum([getattr(e, name) for e in found], axis=0)
            for name in ("lost", "diverted", "cheaper")
        )
    )
    return np.sum([now for now, _ in sales.values()], axis=0), whole


def _spread(
    horizon: str,
    others: dict[str, float],
    growth: dict[str, float],
    ends: tuple[float, float, float],
) -> list[Row]:
    """What reaches each other destination, region and listed country."""
    bought, grown = sum(others.values()), sum(growth[name] for name in others)
    rows: list[Row] = []
    for region in REGIONS:
        inside = [n for n in others if n == REST.format(region) or region_of(n) == region]
        if inside:
            rows.append(("region", region, *_part(inside, others, growth, bought, grown, ends)))
    for name in sorted(others, key=lambda name: -others[name]):
        if name in places.countries():
            rows.append(("country", name, *_part([name], others, growth, bought, grown, ends)))
    return [(horizon, *row) for row in rows]


def _part(
    names: list[str],
    others: dict[str, float],
    growth: dict[str, float],
    bought: float,
    grown: float,
    ends: tuple[float, float, float],
) -> Row:
    now, more = sum(others[name] for name in names), sum(growth[name] for name in names)
    by_growth = ends[1] * more / grown if grown else None
    return (now, *(end * now / bought for end in ends), by_growth)


def _ends(drawn: np.ndarray, central: np.ndarray) -> tuple[float, float, float]:
    low, high = np.percentile(drawn, (10, 90))
    middle = float(central[0])
    return min(float(low), middle), middle, max(float(high), middle)


def _table(rows: Sequence[Row], texts: tuple[str, ...], reals: tuple[str, ...]) -> pl.DataFrame:
    schema = dict.fromkeys(texts, pl.String) | dict.fromkeys(reals, pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(unit=pl.lit("million USD"))
