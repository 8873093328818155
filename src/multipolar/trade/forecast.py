"""What will a place sell in the next twelve months, and what is such a forecast worth?

Millions of US$ (or another currency) of the time a month, by destination; the procedure and its
ranges are those of ``backtest``. Each place is forecast from its own months alone, so that regions
need not add up to their World.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from multipolar.evidence.result import GRID, VALUES, Result
from multipolar.evidence.store import Evidence
from multipolar.trade.backtest import (
    FEWEST_ERRORS,
    HELD,
    HORIZON,
    Backtest,
    Score,
    backtest,
    score,
)
from multipolar.trade.exports import BATTERIES, CHINA, SUM, VALUE
from multipolar.trade.season import FEWEST
from multipolar.trade.series import Series, asked, month, monthly, place_name
from multipolar.words import places
from multipolar.words.errors import MultipolarError
from multipolar.words.money import USD

DIMS = ("measure", "place", "month")
YEAR = SUM.format(VALUE)
MILLION = 1e6
#: Months of a series from which every distance has enough errors for a range.
NEEDED = FEWEST + HORIZON + FEWEST_ERRORS - 1


@dataclass(frozen=True)
class Forecast:
    """Forecasts by place with what they are worth.

    ``result``: dims measure (value; and its sum over the twelve months), place, month. ``models``:
    what was taken, by place; ``last``: the last month it knew; ``scores``: None where there are too
    few months to judge.
    """

    result: Result
    models: dict[str, str]
    last: dict[str, str]
    scores: dict[str, Score | None]

    @property
    def data(self) -> pl.DataFrame:
        """measure, place, month, value_low, value, value_high, unit."""
        return self.result.data


def procedures(
    evidence: Evidence,
    product: str = BATTERIES,
    exporter: str = CHINA,
    measure: str = VALUE,
    place: str = "",
    currency: str = USD,
) -> dict[str, tuple[Series, Backtest]]:
    """Series and procedure by place, of all places that are on record or of one.

    Raises MultipolarError for a place without a series, and where nothing is on record.
    """
    found = monthly(evidence, product, exporter, measure, currency)
    wanted = [asked(found, place, product)] if place or not found else [*found.values()]
    return {series.place: (series, backtest(series)) for series in wanted}


def forecast(
    evidence: Evidence,
    product: str = BATTERIES,
    exporter: str = CHINA,
    place: str = "",
    currency: str = USD,
) -> Forecast:
    """Twelve months from the last on record, of all places with enough months, or of one.

    Raises UnknownWord for a place, product or currency, MultipolarError where there are too few
    months.
    """
    place = places.resolve(place) if place else ""
    done = procedures(evidence, product, exporter, VALUE, place, currency)
    enough = {name: found for name, found in done.items() if len(found[0].values) >= NEEDED}
    if not enough:
        series = next(iter(done.values()))[0]
        raise MultipolarError(
            f"{place_name(series.place)}: {len(series.values)} months in a row are on record; a "
            f"range needs {NEEDED}"
        )
    ranges = {name: _ranges(found) for name, (_, found) in enough.items()}
    rows = []
    for name, (series, _) in enough.items():
        told = [month(series.last + ahead) for ahead in range(1, HORIZON + 1)]
        rows += [(VALUE, name, when, *ends) for when, ends in zip(told, ranges[name], strict=False)]
        rows.append((YEAR, name, told[-1], *ranges[name][-1]))
    parts = pl.DataFrame(
        [(*row[:3], True, "sum", row[1], *map(float, row[3:])) for row in rows],
        schema=[*DIMS, "whole", "role", "item", *VALUES],
        orient="row",
    )
    data = parts.select(*DIMS, *VALUES).sort(DIMS).with_columns(unit=pl.lit(f"million {currency}"))
    result = Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=_items({name: series for name, (series, _) in enough.items()}, currency),
        uses=(),
        defaults={"measure": VALUE, "place": next(iter(enough)), "month": rows[0][2]},
        evidence=evidence,
    )
    models = {name: found.models[-1] for name, (_, found) in enough.items()}
    last = {name: month(series.last) for name, (series, _) in enough.items()}
    scores = {name: score(found) for name, (_, found) in enough.items()}
    return Forecast(result, models, last, scores)


def worth(found: Score | None) -> str:
    """What the backtest says, in two sentences."""
    if found is None:
        return "Too few months are on record to judge such a forecast."
    skill = f"{found.skill:.2f} ({found.low:.2f} to {found.high:.2f})"
    told = "" if found.shown else ": no skill shown"
    share = [f"{100 * end:.0f}" for end in (found.inside_low, found.inside_high)]
    width = ""
    if found.inside_high < HELD / 100:
        width = ": they were too narrow"
    elif found.inside_low > HELD / 100:
        width = ": they were too wide"
    return (
        f"Skill against last year's months, {found.origins} origins: {skill}{told}. "
        f"{found.inside} of {found.judged} outcomes lay in ranges that are to hold {HELD} %, "
        f"{100 * found.inside / found.judged:.0f} ({share[0]} to {share[1]}) %{width}."
    )


def _ranges(found: Backtest) -> np.ndarray:
    """Twelve months and their sum in millions, on the grid of exact sums, shape (13, 3)."""
    last = len(found.actual)
    path, total = found.path(last), found.range(last, HORIZON)
    if path is None or total is None:
        raise MultipolarError(f"a range needs {NEEDED} months in a row")
    told = np.round(np.vstack([path, total]) / MILLION * GRID) / GRID
    told[-1, 1] = told[:-1, 1].sum()
    return np.asarray(told)


def _items(series: dict[str, Series], currency: str) -> pl.DataFrame:
    """One item for each place: the months that its forecast rests on."""
    records = {name: list(found.records) for name, found in series.items()}
    none = pl.lit([], dtype=pl.List(pl.String))
    at = "" if currency == USD else f", in {currency} at the mean rate of each month"
    return pl.DataFrame(
        {
            "item": list(records),
            "label": [
                f"months {month(found.first)} to {month(found.last)}, {place_name(name)}{at}"
                for name, found in series.items()
            ],
            "table": "trade",
            "records": list(records.values()),
        },
        schema_overrides={"records": pl.List(pl.String)},
    ).with_columns(assumptions=none, firms=none)
