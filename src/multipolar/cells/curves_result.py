"""Prices of the past, forecasts, outlooks of others and crossings, with what each is made of.

Dimensions: measure, chemistry, boundary (cell or pack), place, year. A forecast is the last
published price plus what it moves by; its range is that of 10 to 90 % of the draws. A probability
is a number of draws over a hundredth of all. The backtest is a number of judged prices over a
hundredth of all that were judged, with its binomial interval, in the last year that was judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from multipolar.cells.curves import (
    BORROWERS,
    BOUNDARIES,
    CHEMISTRIES,
    CHINA,
    RATIO,
    Curve,
    Curves,
)
from multipolar.cells.curves_backtest import Backtest, backtest
from multipolar.cells.curves_crossing import crossings
from multipolar.cells.curves_facts import CELL, PACK, TABLE, middle, outlooks
from multipolar.cells.curves_volumes import DEMAND, FIRST, LI_ION
from multipolar.cells.ranges import ENDS
from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.result import ITEMS, VALUES, Result, on_grid
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.chemistries import chemistries, family
from multipolar.words.money import USD, from_real_usd

DIMS = ("measure", "chemistry", "boundary", "place", "year")
PAST, FORECAST, OUTLOOK = "price", "forecast", "outlook of others"
BY, WITHIN = "has undercut LFP", "cheaper than LFP"
BACKTEST = "later prices inside the range"


def curves(evidence: Evidence, currency: str = USD) -> Result:
    """Prices by chemistry in real 2025 money of ``currency`` per kWh, probabilities in %.

    Raises UnknownWord for a currency.
    """
    found = Curves(evidence)
    money = from_real_usd(1.0, currency)
    rows: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for parts, item in (*_past(found, money), *_forecasts(found, money), *_outlooks(found, money)):
        rows += parts
        items += item
    for parts, item in (*_crossings(found), *_backtests(found)):
        rows += parts
        items += item
    parts_ = pl.DataFrame(rows, schema=_PARTS, orient="row").with_columns(
        on_grid(pl.col(name)) for name in VALUES
    )
    percent = pl.col("measure").is_in([BY, WITHIN, BACKTEST])
    unit = pl.when(percent).then(pl.lit("%")).otherwise(pl.lit(f"{currency}/kWh"))
    divisor = pl.col("role") == "below"
    data = parts_.group_by(DIMS).agg(
        pl.when(divisor.any())
        .then(pl.col(name).filter(~divisor).sum() / pl.col(name).filter(divisor).sum())
        .otherwise(pl.col(name).sum())
        .alias(name)
        for name in VALUES
    )
    data = data.sort(DIMS).with_columns(unit=unit)
    return Result(
        dims=DIMS,
        data=data,
        parts=parts_,
        items=pl.DataFrame(items, schema=ITEMS, orient="row").unique("item", maintain_order=True),
        uses=(),
        defaults={"measure": PAST, "chemistry": LI_ION, "boundary": "pack", "place": places.WORLD},
        evidence=evidence,
    )


def score(curves: Curves, boundary: str) -> Backtest | None:
    """How often the curve of lithium-ion would have held what came, at best values."""
    known = curves.experience(LI_ION, boundary)
    said = curves.history(LI_ION, boundary)
    if known is None or not said:
        return None
    at = [one.year - FIRST for one in said]
    price = np.array([one.value for one in said])
    return backtest(price, known.central[at], curves.assumptions.central("curves.autocorrelation"))


Told = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _past(found: Curves, money: float) -> Iterator[Told]:
    for chemistry in CHEMISTRIES:
        for boundary in BOUNDARIES:
            for place in (places.WORLD, CHINA):
                for one in found.history(chemistry, boundary, place):
                    item = f"{chemistry}/{boundary}/{place}/{one.year}/said"
                    label = f"published price of a {boundary}, {_name(chemistry)}, {one.year}"
                    ends = (one.low * money, one.value * money, one.high * money)
                    dims = (PAST, chemistry, boundary, place, one.year)
                    yield (
                        [(*dims, True, "sum", item, *ends)],
                        [(item, label, TABLE, list(one.records), [], [])],
                    )


def _forecasts(found: Curves, money: float) -> Iterator[Told]:
    for curve in found.all.values():
        mark = f"{curve.chemistry}/{curve.boundary}/{curve.place}"
        label = f"{_name(curve.chemistry)}, {curve.boundary}, {places.name(curve.place)}"
        start = curve.first.value * money
        low, high = np.quantile(curve.drawn, ENDS, axis=0) * money
        rows = []
        for year, least, most in zip(curve.years, low, high, strict=True):
            best = curve.best(int(year)) * money
            # The ends are of draws, so that a best value may lie at an end of a narrow range.
            moved = (min(least, best) - start, best - start, max(most, best) - start)
            dims = (FORECAST, curve.chemistry, curve.boundary, curve.place, int(year), True, "sum")
            rows += [(*dims, f"{mark}/start", start, start, start), (*dims, f"{mark}/move", *moved)]
        names = list(curve.assumptions)
        begun, given = list(curve.first.records), [name for name in names if name == RATIO]
        yield (
            rows,
            [
                (f"{mark}/start", f"{_begun(curve)}: {label}", TABLE, begun, given, []),
                _item(f"{mark}/move", f"change with experience: {label}", DEMAND, curve, names),
            ],
        )


def _begun(curve: Curve) -> str:
    """What the first price of a curve is."""
    told = "mean of the last published prices" if curve.chemistry in BORROWERS else \
        "last published price"  # fmt: skip
    if RATIO not in curve.assumptions:
        return told
    ratio = "times" if curve.boundary == PACK else "over"
    other = CELL if curve.boundary == PACK else PACK
    return f"{told} of a {other}, {ratio} the price of a pack over that of cells"


def _outlooks(found: Curves, money: float) -> Iterator[Told]:
    rows = outlooks(found.prices)
    known = set(chemistries())
    for row in rows.iter_rows(named=True):
        if row["chemistry"] not in known:
            continue
        chemistry, item = family(row["chemistry"]), f"{row['record']}/outlook"
        best = middle(row["low"], row["central"], row["high"])
        ends = [v if v is not None else best for v in (row["low"], best, row["high"])]
        # The number of a year is the mean of all outlooks of it.
        dims = (OUTLOOK, chemistry, row["boundary"], row["place"], row["year"])
        count = rows.filter(
            (pl.col("boundary") == row["boundary"])
            & (pl.col("place") == row["place"])
            & (pl.col("year") == row["year"])
            & pl.col("chemistry").is_in([w for w in known if family(w) == chemistry])
        ).height
        ends = [end * money / count for end in ends]
        label = f"{row['series']}: {_name(chemistry)}, {row['boundary']}, {row['year']}"
        yield (
            [(*dims, True, "sum", item, *ends)],
            [(item, label, TABLE, [row["record"]], [], [])],
        )


def _crossings(found: Curves) -> Iterator[Told]:
    for one in crossings(found):
        curve = one.curve
        mark = f"{curve.chemistry}/{curve.boundary}/{curve.place}/crossing"
        label = f"{_name(curve.chemistry)} against LFP, {curve.boundary}"
        rows = []
        for measure, shares in ((BY, one.by), (WITHIN, one.within)):
            for year, share in zip(one.years, shares, strict=True):
                dims = (measure, curve.chemistry, curve.boundary, curve.place, int(year), True)
                held = f"{mark}/{measure}".replace(" ", "-")
                rows.append((*dims, "above", held, *([float(round(share * DRAWS))] * 3)))
                rows.append((*dims, "below", mark, *([DRAWS / 100] * 3)))
        records = sorted({*curve.records.get(TABLE, ()), *one.rival.records.get(TABLE, ())})
        names = sorted({*curve.assumptions, *one.rival.assumptions})
        labels = {mark: f"a hundredth of all draws: {label}"} | {
            f"{mark}/{measure}".replace(" ", "-"): f"draws in which it {verb}: {label}"
            for measure, verb in ((BY, BY), (WITHIN, f"is {WITHIN}"))
        }
        yield rows, [(item, told, TABLE, records, names, []) for item, told in labels.items()]


def _backtests(found: Curves) -> Iterator[Told]:
    for boundary in BOUNDARIES:
        tested, known = score(found, boundary), found.experience(LI_ION, boundary)
        if tested is None or known is None:
            continue
        said = found.history(LI_ION, boundary)
        mark = f"{LI_ION}/{boundary}/{places.WORLD}/backtest"
        dims = (BACKTEST, LI_ION, boundary, places.WORLD, said[-1].year, True)
        ends = (tested.low * tested.judged, tested.inside, tested.high * tested.judged)
        rows = [
            (*dims, "above", mark, *map(float, ends)),
            (*dims, "below", mark, *([tested.judged / 100] * 3)),
        ]
        records = sorted({record for one in said for record in one.records})
        yield rows, [(mark, tested.told(), TABLE, records, list(known.assumptions), [])]


def _item(
    item: str, label: str, table: str, curve: Curve, assumptions: list[str]
) -> tuple[Any, ...]:
    return (item, label, table, list(curve.records.get(table, ())), assumptions, [])


def _name(chemistry: str) -> str:
    return chemistries()[chemistry].label


_ENDS = dict.fromkeys(VALUES, pl.Float64)
_PARTS: dict[str, Any] = {
    **dict.fromkeys(DIMS[:-1], pl.String),
    "year": pl.Int64,
    "whole": pl.Boolean,
    "role": pl.String,
    "item": pl.String,
    **_ENDS,
}
