"""Which plants started when it was said that they would, and what is that worth for the next ones?

A *pledge* is the first start year that a source stated for a plant before that year, while nobody
said that the plant ran. It is due when the whole year has passed. Outcomes:

- on time: a row says that the plant ran in the year pledged or before it,
- late: it runs, and a row says that it started, or was still to start, after that year,
- runs (start unsaid): it runs, and no row says since when; on time or late,
- not yet: it does not run, by a row newer than the year pledged or one that moves the start,
- dropped: paused, cancelled or closed without having run,
- not heard of: no such row.

A plant that runs keeps its pledge at whatever size. Old statements are on record mostly for plants
that are still spoken of, so that the share kept is rather too high than too low. Counts of plants.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import polars as pl

from multipolar.evidence.conflicts import Row
from multipolar.evidence.dates import day_number
from multipolar.evidence.store import Evidence
from multipolar.industry.lines import Lines
from multipolar.industry.pilots import product_of
from multipolar.industry.plants import ENDED, status_of

ON_TIME, LATE, RUNS, NOT_YET, DROPPED, UNHEARD = OUTCOMES = (
    "on time",
    "late",
    "runs (start unsaid)",
    "not yet",
    "dropped",
    "not heard of",
)
#: Statuses of a plant whose start is still to come.
PROMISED = ("announced", "under construction")
#: Outcomes that may turn out to be a start on time.
OPEN = (RUNS, UNHEARD)
#: Plants of all other chemistries.
OTHER = "other"

TABLE: dict[str, Any] = {
    "line": pl.String,
    "plant": pl.String,
    "name": pl.String,
    "place": pl.String,
    "stage": pl.String,
    "product": pl.String,
    "scale": pl.String,
    "said": pl.String,
    "year": pl.Int64,
    "outcome": pl.String,
    "records": pl.List(pl.String),
}


@dataclass(frozen=True)
class Share:
    """So many of so many, with an interval for the share: fractions from 0 to 1."""

    kept: int
    due: int
    low: float
    high: float

    @property
    def central(self) -> float:
        """The share itself; nan of nothing."""
        return self.kept / self.due if self.due else float("nan")


def pledges(evidence: Evidence) -> pl.DataFrame:
    """Every pledge that is due, with its outcome; columns: see TABLE.

    ``product``: sodium-ion, lithium-metal, silicon-anode or other; ``records``: the row of the
    pledge first, then those that tell its outcome.
    """
    rows = Lines(evidence).table("plants")
    groups = rows.partition_by("stage", "plant", as_dict=True, maintain_order=True).values()
    found = [_pledge(group.to_dicts(), evidence.year) for group in groups]
    return pl.DataFrame([row for row in found if row], schema=TABLE, orient="row")


def realised(due: pl.DataFrame) -> Share:
    """Share of pledges kept on time, with a 95 % interval.

    The low end takes open outcomes as not kept, the high end as kept.
    """
    kept = due.filter(pl.col("outcome") == ON_TIME).height
    open_ = due.filter(pl.col("outcome").is_in(OPEN)).height
    low, high = wilson(kept, due.height)[0], wilson(kept + open_, due.height)[1]
    return Share(kept, due.height, low, high)


def wilson(kept: int, due: int, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a share (Wilson, 1927), as fractions; all of 0 to 1 for nothing.

    >>> [round(end, 3) for end in wilson(2, 10)]
    [0.057, 0.51]
    """
    if not due:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, square = kept / due, z * z
    middle = share + square / (2 * due)
    reach = z * (share * (1 - share) / due + square / (4 * due * due)) ** 0.5
    whole = 1 + square / due
    return max((middle - reach) / whole, 0.0), min((middle + reach) / whole, 1.0)


def standing(projects: pl.DataFrame, after: int, until: int) -> pl.DataFrame:
    """Projects not yet running that a source dates to a year after ``after``, up to ``until``."""
    waiting = pl.col("status").is_in(PROMISED)
    return projects.filter(
        "dated", waiting, pl.col("year").is_between(after, until, closed="right")
    )


def _pledge(rows: list[Row], present: int) -> Row | None:
    """The first pledge of one line that is due, or None."""
    running = [row for row in rows if row["status"] == "operating"]
    made = [row for row in sorted(rows, key=_day) if _is_pledge(row, running, present)]
    if not made:
        return None
    pledge = made[0]
    outcome, behind = _outcome(rows, running, pledge)
    return {
        "line": f"{pledge['plant']}/{pledge['stage']}",
        "plant": pledge["plant"].partition("/")[0],
        "name": pledge["name"],
        "place": pledge["place"],
        "stage": pledge["stage"],
        "product": _product(rows),
        "scale": pledge["scale"],
        "said": pledge["status_date"],
        "year": pledge["start_year"],
        "outcome": outcome,
        "records": list(dict.fromkeys([pledge["record"], *(row["record"] for row in behind)])),
    }


def _is_pledge(row: Row, running: list[Row], present: int) -> bool:
    """Whether a row dates the start of a plant to a later year that has passed."""
    year, said = row["start_year"], _said_in(row)
    promised = row["status"] in PROMISED and year and said < year < present
    # A line that already runs is enlarged, not started.
    ran = any(_day(r) <= _day(row) or (r["start_year"] or said) < said for r in running)
    return bool(promised and not ran)


def _outcome(rows: list[Row], running: list[Row], pledge: Row) -> tuple[str, list[Row]]:
    """What became of a pledge, and the rows that say so."""
    year, first = pledge["start_year"], min((_day(row) for row in running), default=None)
    early = [row for row in running if (row["start_year"] or _said_in(row)) <= year]
    if early:
        return ON_TIME, early
    waiting = [row for row in rows if row["status"] in PROMISED and _day(row) > _day(pledge)]
    moved = [row for row in waiting if (row["start_year"] or 0) > year]
    unmet = [row for row in waiting if _said_in(row) > year and (not first or _day(row) < first)]
    if running:
        proof = [row for row in running if row["start_year"]] + moved + unmet
        return (LATE, running + moved + unmet) if proof else (RUNS, running)
    if status_of(rows) in ENDED:
        return DROPPED, [row for row in rows if row["status"] in ENDED]
    return (NOT_YET, moved + unmet) if moved or unmet else (UNHEARD, [])


def _product(rows: list[Row]) -> str:
    """The next-generation group that any row names, the most telling first."""
    names = (part.partition(":")[0] for row in rows for part in row["chemistry"].split("|"))
    return next((product for name in names if (product := product_of(name))), OTHER)


def _day(row: Row) -> int:
    return day_number(row["status_date"])


def _said_in(row: Row) -> int:
    return int(row["status_date"][:4])
