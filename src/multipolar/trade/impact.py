"""What did exports do after a measure, beside what the months before it led to expect?

Value in millions of nominal US$, weight in kt, unit values in US$/kg. An event counts from its
first full month on. The expectation is the forecast of ``backtest`` with its range, from the months
before that alone. The months just before it are held against a forecast of their own, since who
sees a duty coming ships earlier. A difference is what happened; that the measure caused it does not
follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.policy.register import APPLIED, first_day
from multipolar.trade.backtest import FEWEST_ERRORS, HORIZON, Backtest
from multipolar.trade.exports import BATTERIES, CHINA, REGIONS, VALUE, WEIGHT
from multipolar.trade.flows import AS_EXPORTER, flows
from multipolar.trade.forecast import procedures
from multipolar.trade.season import FEWEST, YEAR
from multipolar.trade.series import (
    Series,
    asked,
    month,
    monthly,
    number,
    place_name,
    within,
)
from multipolar.words import places, products
from multipolar.words.errors import MultipolarError, UnknownWord

#: Months before an event in which it may have been foreseen.
BEFORE = 6
#: Windows: name, first month (0: the first full one of the event), months.
WINDOWS = (
    ("6 months before", -BEFORE, BEFORE),
    ("first month", 0, 1),
    ("first 3 months", 0, 3),
    ("first 6 months", 0, 6),
    ("first 12 months", 0, 12),
    ("6 before and 6 after", -BEFORE, HORIZON),
)
UNITS = {VALUE: ("million USD", 1e6), WEIGHT: ("kt", 1e6)}
ENDS = ("expected_low", "expected", "expected_high")
#: A region speaks for a place that buys more than half (%) of what it buys: what is then seen is at
#: least as much the place as all others together.
MOST = 50
CHANGES = ("change_low", "change", "change_high")


@dataclass(frozen=True)
class Event:
    """When something began to apply, to which exports, and to which buyer.

    ``month``: the first full one; ``began``: the day, where it fell into the month before.
    """

    name: str
    place: str
    month: str
    product: str
    began: str = ""


@dataclass(frozen=True)
class Impact:
    """What there is on an event.

    ``windows``: measure, window, from, to, actual, unit, expected_low .. expected_high, change_low
    .. change_high (%), told (below, within or above what was to be expected). ``unit_values``:
    window, from, to, value (US$/kg), before (the same months a year earlier), change (%).
    ``sums``: month, value and growth (%) of 12-month sums of the place beside the World, where the
    place has no months. ``notes``: what to mind.
    """

    event: Event
    place: str
    windows: pl.DataFrame
    unit_values: pl.DataFrame
    sums: pl.DataFrame
    notes: tuple[str, ...]


def event(evidence: Evidence, record: str, product: str = "", exporter: str = CHINA) -> Event:
    """A row of the register of policies as an event.

    A measure of the exporter itself bears on all its buyers. Raises UnknownWord for a record,
    MultipolarError for one that never applied or a product without a series.
    """
    table = evidence.table("policies")
    found = table.filter(pl.col("record") == record)
    if found.is_empty():
        raise UnknownWord("event", record, table["record"])
    row = found.with_columns(first_day("start").alias("began")).to_dicts()[0]
    if row["legal_status"] not in APPLIED:
        raise MultipolarError(f"{record} never applied: it is {row['legal_status']}")
    place = places.WORLD if row["jurisdiction"] == exporter else row["jurisdiction"]
    named = (row["product"] or product or BATTERIES).split("|")
    wider = [p.product for p in products.products().values() if p.holds in named]
    chosen = [product] if product else [*named, *wider]
    if product and row["product"] and product not in [*named, *wider]:
        raise MultipolarError(f"{record} names {', '.join(named)}, not {product}")
    for code in chosen:
        if monthly(evidence, code, exporter):
            began = row["began"]
            first = month(number(began.isoformat()) + (began.day > 1))
            day = began.isoformat() if began.day > 1 else ""
            return Event(f"{row['name']} ({row['jurisdiction']})", place, first, code, day)
    raise MultipolarError(
        f"no monthly exports of {', '.join(chosen)} from {places.name(exporter)} are on record; "
        "import them to see this event"
    )


def impact(evidence: Evidence, event: Event, exporter: str = CHINA) -> Impact:
    """Actual against expected flows around an event.

    Raises UnknownWord for a place or product, MultipolarError where nothing can be told.
    """
    place = places.resolve(event.place)
    found = monthly(evidence, event.product, exporter)
    notes, sums, shown = [], _no_sums(), place
    if event.began:
        notes.append(f"it began on {event.began}: {event.began[:7]} still counts as before")
    if place not in found and place != places.WORLD:
        sums = twelve(evidence, event.product, place, exporter)
        notes.append(f"{places.name(place)} has no unbroken months on record")
        short = listed(evidence, event.product, place, exporter)
        notes += short
        shown, share = _stand_in(found, sums, place)
        if shown:
            least = "at least " if short else ""
            told = f"{places.name(place)} is {least}{share:.0f} % of {place_name(shown)}"
            notes.append(f"{told}, whose months are shown")
        elif sums.is_empty():
            asked(found, place, event.product)
        else:
            notes.append("its 12-month sums, which may overlap, are held against the World's")
            if number(sums["month"][0]) >= number(event.month):
                notes.append(f"no sum before {event.month} is on record")
    windows, unit_values = _no_windows(), _no_unit_values()
    if shown:
        series, done = next(
            iter(procedures(evidence, event.product, exporter, VALUE, shown).values())
        )
        shown = series.place
        windows = compared(series, done, event.month, VALUE)
        weights = monthly(evidence, event.product, exporter, WEIGHT)
        if shown in weights:
            heavy = procedures(evidence, event.product, exporter, WEIGHT, shown)[shown]
            windows = pl.concat([windows, compared(*heavy, event.month, WEIGHT)])
            unit_values = dearness(series, heavy[0], event.month)
        if windows.is_empty():
            first = month(series.first + FEWEST + FEWEST_ERRORS)
            raise MultipolarError(
                f"nothing can be told of {event.month}: months of {place_name(shown)} run from "
                f"{month(series.first)} to {month(series.last)}, and a range needs an event from "
                f"{first} on"
            )
        if number(event.month) > series.last:
            notes.append(f"no month from {event.month} on is on record")
        if len(windows.filter(measure=VALUE)) < len(WINDOWS):
            notes.append("windows without enough months before or after are left out")
    return Impact(event, shown or place, windows, unit_values, sums, tuple(notes))


def compared(series: Series, done: Backtest, when: str, measure: str) -> pl.DataFrame:
    """Every window that has its months and a range: what came beside what was to be expected."""
    unit, size = UNITS[measure]
    rows = []
    for name, start, months in WINDOWS:
        first = number(when) + start
        origin = first - series.first
        if origin < FEWEST or first + months - 1 > series.last:
            continue
        expected = done.range(origin, months)
        if expected is None:
            continue
        came = series.span(first, months)
        change = 100 * (came / expected[::-1] - 1)
        told = np.select([came < expected[0], came > expected[2]], ["below", "above"], "within")
        span = (month(first), month(first + months - 1))
        rows.append((measure, name, *span, came / size, unit, *expected / size, *change, str(told)))
    return pl.DataFrame(rows, schema=_no_windows().schema, orient="row")


def dearness(value: Series, weight: Series, when: str) -> pl.DataFrame:
    """Unit values of the windows, beside those of the same months a year earlier."""
    rows = []
    for name, start, months in WINDOWS:
        first = number(when) + start
        begin = max(value.first, weight.first)
        if first - YEAR < begin or first + months - 1 > min(value.last, weight.last):
            continue
        now, then = (
            value.span(at, months) / weight.span(at, months) for at in (first, first - YEAR)
        )
        span = (month(first), month(first + months - 1))
        rows.append((name, *span, now, then, 100 * (now / then - 1)))
    return pl.DataFrame(rows, schema=_no_unit_values().schema, orient="row")


def twelve(evidence: Evidence, product: str, place: str, exporter: str = CHINA) -> pl.DataFrame:
    """12-month sums of a place (of those of its countries that have them all) and of the World."""
    rows = flows(evidence, product, AS_EXPORTER, exporter).filter(pl.col("months") == YEAR)
    world = rows.filter(importer=places.WORLD).select("month", world=pl.col("value") / 1e6)
    if world.is_empty():
        single = flows(evidence, product, AS_EXPORTER, exporter)
        single = single.filter((pl.col("months") == 1) & (pl.col("importer") == places.WORLD))
        world = _rolled(single)
    sums = _inside(rows, place).group_by("month").agg(value=pl.col("value").sum() / 1e6)
    growth = [
        (100 * (pl.col(name) / pl.col(name).shift(1) - 1)).alias(f"{name}_growth")
        for name in ("value", "world")
    ]
    return sums.join(world, on="month").sort("month").with_columns(growth)


def listed(evidence: Evidence, product: str, place: str, exporter: str = CHINA) -> list[str]:
    """Whose sums are added up for a group, in words; nothing for a country."""
    rows = flows(evidence, product, AS_EXPORTER, exporter).filter(pl.col("months") == YEAR)
    found = set(_inside(rows, place)["importer"]) - {place}
    rest = set(places.members(place)) - found - {place}
    if not found or not rest:
        return []
    left = ", ".join(sorted(map(places.name, rest)))
    return [f"sums are those of {len(found)} of {len(found | rest)} members; not on record: {left}"]


def _inside(rows: pl.DataFrame, place: str) -> pl.DataFrame:
    """The flows of a place itself, else of its countries that have them at all times on record."""
    own = rows.filter(pl.col("importer") == place)
    if own.height:
        return own
    inside = rows.filter(pl.col("importer").is_in(places.members(place)))
    complete = pl.col("month").n_unique().over("importer") == inside["month"].n_unique()
    return inside.filter(complete)


def _rolled(single: pl.DataFrame) -> pl.DataFrame:
    """Sums of twelve months in millions, where all are on record."""
    by_number = {number(row["month"]): float(row["value"]) for row in single.iter_rows(named=True)}
    rows = []
    for last in by_number:
        told = [by_number[at] for at in range(last - YEAR + 1, last + 1) if at in by_number]
        if len(told) == YEAR:
            rows.append((month(last), sum(told) / 1e6))
    return pl.DataFrame(rows, schema={"month": pl.String, "world": pl.Float64}, orient="row")


def _stand_in(found: dict[str, Series], sums: pl.DataFrame, place: str) -> tuple[str, float]:
    """The region whose months speak for a place, since it is most of it, and its share in %."""
    for region in REGIONS:
        if region not in found or sums.is_empty() or not within(place, region):
            continue
        last, series = sums.row(-1, named=True), found[region]
        share = 100 * last["value"] * 1e6 / series.span(number(last["month"]) - YEAR + 1, YEAR)
        if share > MOST:
            return region, share
    return "", 0.0


def _no_windows() -> pl.DataFrame:
    head, values = ("measure", "window", "from", "to"), ("actual", "unit", *ENDS, *CHANGES)
    texts = dict.fromkeys((*head, "unit", "told"), pl.String)
    reals = dict.fromkeys(("actual", *ENDS, *CHANGES), pl.Float64)
    columns = (*head, *values, "told")
    return pl.DataFrame(schema={name: texts.get(name) or reals[name] for name in columns})


def _no_unit_values() -> pl.DataFrame:
    texts = [(name, pl.String) for name in ("window", "from", "to")]
    return pl.DataFrame(
        schema=[*texts, *((name, pl.Float64) for name in ("value", "before", "change"))]
    )


def _no_sums() -> pl.DataFrame:
    reals = ("value", "world", "value_growth", "world_growth")
    return pl.DataFrame(schema=[("month", pl.String), *((name, pl.Float64) for name in reals)])
