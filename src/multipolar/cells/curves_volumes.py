"""How many GWh of a chemistry are made in a year, and how many ever?

World. Published statements of the past and outlooks, side by side: the range of a year is that of
all who speak of it, its best value their middle in logarithms; years in between follow at a steady
pace. Outlooks count when no older than two years against the newest. Where one outlook speaks
alone its range is, relatively, that of the year before it. After the last outlook a chemistry keeps
its part of lithium-ion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from multipolar.cells.curves_facts import PROJECTED, TABLE, VOLUME, middle
from multipolar.evidence.assumptions import DRAWS, Assumptions, spread
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.chemistries import chemistries, family

LI_ION = "Li-ion"
FIRST, LAST = 1991, 2040
GROWTH = "curves.growth-before"
#: Age in years at which an outlook no longer counts.
RECENT = 2
DEMAND = "demand"


@dataclass(frozen=True)
class Volumes:
    """GWh made in each year from FIRST to LAST: range, best value, draws and the rows behind.

    ``drawn`` has shape (draws, years); ``records`` are by table.
    """

    central: np.ndarray
    drawn: np.ndarray
    before: np.ndarray
    before_central: float
    records: dict[str, tuple[str, ...]]
    assumptions: tuple[str, ...]

    def ever(self) -> np.ndarray:
        """GWh ever made by the end of each year, in each draw, shape (draws, years)."""
        return np.asarray(self.before[:, None] + np.cumsum(self.drawn, axis=1))

    def ever_central(self) -> np.ndarray:
        """The same at the best values, shape (years,)."""
        return np.asarray(self.before_central + np.cumsum(self.central))


@dataclass(frozen=True)
class Year:
    """What is said of one year, GWh; ``outlook`` where nobody has counted it."""

    low: float
    central: float
    high: float
    outlook: bool


def volumes(evidence: Evidence, chemistry: str) -> Volumes | None:
    """The volumes of lithium-ion, or of a chemistry on its own; None with fewer than two years."""
    rows = _statements(evidence, chemistry)
    stated = _years(rows)
    if len(stated) < 2:
        return None
    years = np.arange(FIRST, LAST + 1)
    assumptions = Assumptions(evidence)
    pace = np.full(DRAWS, _first_growth(stated))
    names: tuple[str, ...] = ()
    steady, after = float(pace[0]), None
    if chemistry == LI_ION:
        pace, names = 1 + assumptions.draw(GROWTH) / 100, (GROWTH,)
        steady = 1 + assumptions.central(GROWTH) / 100
    else:
        after = volumes(evidence, LI_ION)
    central = _path(stated, years, np.array([steady]), after.central[None] if after else None, "")[
        0
    ]
    drawn = _path(stated, years, pace, after.drawn if after else None, f"curves/volume/{chemistry}")
    tables = {
        table: tuple(sorted(rows.filter(pl.col("table") == table)["record"]))
        for table in (TABLE, DEMAND)
    }
    if after is not None:
        tables[DEMAND] = after.records[DEMAND]
        names = after.assumptions
    return Volumes(
        central,
        drawn,
        drawn[:, 0] / (pace - 1),
        float(central[0] / (steady - 1)),
        tables,
        names,
    )


def _statements(evidence: Evidence, chemistry: str) -> pl.DataFrame:
    """Rows that speak of the world's volume: table, record, year, range, measurement, date."""
    columns = ["record", "year", "low", "central", "high", "measurement", "date"]
    rows = evidence.table(TABLE).filter(
        (pl.col("measure") == VOLUME) & (pl.col("place") == places.WORLD)
    )
    mine = [c for c in set(rows["chemistry"]) & set(chemistries()) if family(c) == chemistry]
    rows = rows.filter(pl.col("chemistry").is_in(mine))
    found = [rows.select(*columns, table=pl.lit(TABLE))]
    if chemistry == LI_ION:
        world = (pl.col("place") == places.WORLD) & (pl.col("segment") == "all")
        demand = evidence.table(DEMAND).filter(world & (pl.col("unit") == "GWh"))
        found.append(demand.select(*columns, table=pl.lit(DEMAND)))
    rows = pl.concat(found).filter(pl.col("year").is_between(FIRST, LAST))
    measured = pl.col("measurement") != PROJECTED
    rows = rows.filter(measured | ~measured.any().over("year"))
    said = pl.col("date").str.slice(0, 4).cast(pl.Int64)
    return rows.filter(measured | (said > said.max() - RECENT))


def _years(rows: pl.DataFrame) -> dict[int, Year]:
    """What all say of each year; an outlook alone borrows the range of the year before."""
    found: dict[int, Year] = {}
    for (year,), said in sorted(rows.partition_by("year", as_dict=True).items()):
        told = said.select("low", "central", "high").rows()
        central = math.exp(float(np.mean([math.log(middle(*one)) for one in told])))
        known = [end for one in told for end in one if end is not None]
        outlook = PROJECTED in said["measurement"].to_list()
        low, high = min(known), max(known)
        if low == high and outlook and found:
            last = list(found.values())[-1]
            low, high = (central * end / last.central for end in (last.low, last.high))
        entry = Year(low, central, high, outlook)
        found[int(str(year))] = entry
    return found


def _first_growth(stated: dict[int, Year]) -> float:
    """Growth a year between the first two years on record, as a factor."""
    (first, low), (second, high) = list(stated.items())[:2]
    return float((high.central / low.central) ** (1 / (second - first)))


def _path(
    stated: dict[int, Year],
    years: np.ndarray,
    pace: np.ndarray,
    after: np.ndarray | None,
    stream: str,
) -> np.ndarray:
    """GWh of every year: drawn within the ranges, or at best values where there is no stream."""
    known = sorted(stated)
    logs = np.stack([_drawn(stated[year], stream, len(pace)) for year in known], axis=1)
    inside = np.clip(years, known[0], known[-1])
    at = np.clip(np.searchsorted(known, inside, side="right") - 1, 0, len(known) - 2)
    marks = np.array(known)
    part = (inside - marks[at]) / (marks[at + 1] - marks[at])
    path = np.exp(logs[:, at] * (1 - part) + logs[:, at + 1] * part)
    path *= pace[:, None] ** np.minimum(years - known[0], 0)
    if after is not None:
        end = int(np.searchsorted(years, known[-1]))
        path[:, end:] *= after[:, end:] / after[:, [end]]
    return np.asarray(path)


def _drawn(year: Year, stream: str, draws: int) -> np.ndarray:
    """Logarithms within the range of a year; past years share a place in it, so do outlooks."""
    low, central, high = (math.log(end) for end in (year.low, year.central, year.high))
    if not stream:
        return np.full(draws, central)
    when = "outlook" if year.outlook else "past"
    return spread(f"{stream}/{when}", low, central, high, draws=draws)
