"""What will a place sell in the next twelve months, and what is such a forecast worth?

Millions of nominal US$ a month, by destination; the procedure and its ranges are those of
``backtest``. Where the regions of a source add up to its World, the World is forecast on its own
and the regions are scaled to add up to it.
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
    shared_out,
)
from multipolar.trade.exports import BATTERIES, CHINA, SUM, VALUE
from multipolar.trade.season import FEWEST
from multipolar.trade.series import TOLD, Series, asked, month, monthly, place_name, regions
from multipolar.words import places
from multipolar.words.errors import MultipolarError

DIMS = ("measure", "place", "month")
YEAR = SUM.format(VALUE)
MILLION = 1e6
#: Months of a series from which every distance has enough errors for a range.
NEEDED = FEWEST + HORIZON + FEWEST_ERRORS - 1


@dataclass(frozen=True)
class Forecast:
    """Forecasts by place with what they are worth.

    ``result``: dims measure (value; and its sum over the twelve months), place, month. ``models``:
    what was taken, by place; ``scores``: None where there are too few months to judge.
    """

    result: Result
    models: dict[str, str]
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
) -> dict[str, tuple[Series, Backtest]]:
    """Series and procedure by place, of all places that are on record or of one.

    Raises MultipolarError for a place without a series, and where nothing is on record.
    """
    found = monthly(evidence, product, exporter, measure)
    of_world = regions(found)
    wanted = [asked(found, place, product)] if place or not found else [*found.values()]
    needed = {series.place: series for series in wanted}
    if needed.keys() & of_world.keys():
        needed |= {places.WORLD: found[places.WORLD]} | of_world
    done = {name: backtest(series) for name, series in needed.items()}
    if places.WORLD in done and of_world.keys() <= done.keys() and of_world:
        done |= shared_out(done[places.WORLD], {name: done[name] for name in of_world})
    return {series.place: (series, done[series.place]) for series in wanted}


def forecast(
    evidence: Evidence, product: str = BATTERIES, exporter: str = CHINA, place: str = ""
) -> Forecast:
    """Twelve months from the last on record, of all places with enough months, or of one.

    Raises UnknownWord for a place or product, MultipolarError where there are too few months.
    """
    place = places.resolve(place) if place else ""
    done = procedures(evidence, product, exporter, VALUE, place)
    enough = {name: found for name, found in done.items() if len(found[0].values) >= NEEDED}
    if not enough:
        series = next(iter(done.values()))[0]
        raise MultipolarError(
            f"{place_name(series.place)}: {len(series.values)} months in a row are on record; a "
            f"range needs {NEEDED}"
        )
    ranges = {name: _ranges(found) for name, (_, found) in enough.items()}
    _agree(ranges)
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
    data = parts.select(*DIMS, *VALUES).sort(DIMS).with_columns(unit=pl.lit("million USD"))
    result = Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=_items({name: series for name, (series, _) in enough.items()}),
        uses=(),
        defaults={"measure": VALUE, "place": next(iter(enough)), "month": rows[0][2]},
        evidence=evidence,
    )
    models = {name: found.models[-1] for name, (_, found) in enough.items()}
    return Forecast(result, models, {name: score(found) for name, (_, found) in enough.items()})


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
    path, total = found.path(last), found.range(last, HORIZON, HORIZON)
    if path is None or total is None:
        raise MultipolarError(f"a range needs {NEEDED} months in a row")
    return np.round(np.vstack([path, total]) / MILLION * GRID) / GRID


def _agree(ranges: dict[str, np.ndarray]) -> None:
    """What rounding leaves between the months and their sum, or the regions and their World."""
    of_world = {name: found for name, found in ranges.items() if name.startswith("Ember-")}
    for found in ranges.values():
        found[-1, 1] = found[:-1, 1].sum()
    if of_world and places.WORLD in ranges:
        ranges[places.WORLD][:, 1] = np.sum([found[:, 1] for found in of_world.values()], axis=0)


def _items(series: dict[str, Series]) -> pl.DataFrame:
    """One item for each place: the months that its forecast rests on."""
    records = {name: list(found.records) for name, found in series.items()}
    if places.WORLD in records:
        for name in records.keys() - {places.WORLD, TOLD}:
            # A region is scaled to the World.
            records[name] = [*records[name], *records[places.WORLD]]
    none = pl.lit([], dtype=pl.List(pl.String))
    return pl.DataFrame(
        {
            "item": list(records),
            "label": [
                f"months {month(found.first)} to {month(found.last)}, {place_name(name)}"
                for name, found in series.items()
            ],
            "table": "trade",
            "records": list(records.values()),
        },
        schema_overrides={"records": pl.List(pl.String)},
    ).with_columns(assumptions=none, firms=none)
