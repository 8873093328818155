"""How many GWh of cells will a place need in a year, by everybody who has published a number?

Outlooks stand side by side and are not averaged into one. The range of a place and year runs from
the lowest to the highest outlook, its centre is their median. An outlook speaks for the years
between two of its own by a straight line. Only outlooks published within two years of the newest
one count. Where one outlook covers vehicles and another storage, their sum is one more outlook.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from multipolar.evidence.conflicts import Row
from multipolar.evidence.dates import day_number
from multipolar.evidence.store import Evidence

RECENT_DAYS = 2 * 365
SUMMED = ("vehicles", "storage")


@dataclass(frozen=True)
class Outlook:
    """One outlook's low, central and high for a place and year (GWh), and the rows it rests on."""

    name: str
    low: float
    central: float
    high: float
    records: tuple[str, ...]
    segment: str = "all"


#: Outlooks that together make one number, each with its weight.
Combination = tuple[tuple[Outlook, float], ...]


@dataclass(frozen=True)
class Range:
    """Lowest, median and highest outlook, each with the outlooks it comes from and their weight."""

    low: Combination
    central: Combination
    high: Combination


def places_with_demand(evidence: Evidence) -> list[str]:
    """Places for which some outlook is on record."""
    return sorted(set(evidence.table("demand")["place"]))


def outlooks(
    evidence: Evidence, place: str, year: int, segment: str = "all", recent: bool = True
) -> list[Outlook]:
    """The outlooks of one segment for a place and year, lowest central value first.

    ``recent``: those that count; else those that are too old to count.
    """
    rows = evidence.table("demand")
    if rows.is_empty():
        return []
    newest = max(day_number(text) for text in rows["date"])
    rows = rows.filter((pl.col("place") == place) & (pl.col("segment") == segment))
    found = []
    for (name,), series in rows.partition_by("outlook", as_dict=True).items():
        wanted = [
            row
            for row in series.to_dicts()
            if (newest - day_number(row["date"]) <= RECENT_DAYS) is recent
        ]
        value = _at(sorted(wanted, key=lambda r: int(r["year"])), year)
        if value:
            found.append(Outlook(str(name), *value, segment))
    return sorted(found, key=lambda o: (o.central, o.name))


def demand(evidence: Evidence, place: str, year: int) -> Range | None:
    """The range over all outlooks of total demand; None where there is none."""
    found: list[Combination] = [((o, 1.0),) for o in outlooks(evidence, place, year)]
    low, central, high = list(found), list(found), list(found)
    parts = [outlooks(evidence, place, year, segment) for segment in SUMMED]
    if all(parts):
        low.append(tuple((min(p, key=lambda o: o.low), 1.0) for p in parts))
        middle = [_median([((o, 1.0),) for o in p]) for p in parts]
        central.append(tuple(outlook for combination in middle for outlook in combination))
        high.append(tuple((max(p, key=lambda o: o.high), 1.0) for p in parts))
    if not central:
        return None
    return Range(
        low=min(low, key=lambda c: _sum(c, "low")),
        central=_median(central),
        high=max(high, key=lambda c: _sum(c, "high")),
    )


def _sum(combination: Combination, end: str) -> float:
    return sum(float(getattr(outlook, end)) * weight for outlook, weight in combination)


def _median(found: list[Combination]) -> Combination:
    """The combination in the middle; of an even number the mean of the two in the middle."""
    found = sorted(found, key=lambda c: _sum(c, "central"))
    if len(found) % 2:
        return found[len(found) // 2]
    middle = found[len(found) // 2 - 1 : len(found) // 2 + 1]
    return tuple((outlook, weight / 2) for c in middle for outlook, weight in c)


def _at(rows: list[Row], year: int) -> tuple[float, float, float, tuple[str, ...]] | None:
    """Low, central, high and records at a year, on the line between the rows around it."""
    before = [r for r in rows if r["year"] <= year]
    after = [r for r in rows if r["year"] >= year]
    if not before or not after:
        return None
    first, last = before[-1], after[0]
    span = last["year"] - first["year"]
    share = (year - first["year"]) / span if span else 0.0
    ends = [[_end(row, end) for end in ("low", "central", "high")] for row in (first, last)]
    low, central, high = (a + (b - a) * share for a, b in zip(*ends, strict=True))
    return low, central, high, tuple(dict.fromkeys((first["record"], last["record"])))


def _end(row: Row, end: str) -> float:
    """One end of a row's range; an open end falls back on what the row does say."""
    if end == "central" and row["central"] is None and None not in (row["low"], row["high"]):
        return (float(row["low"]) + float(row["high"])) / 2
    order = {
        "low": ("low", "central", "high"),
        "central": ("central", "low", "high"),
        "high": ("high", "central", "low"),
    }
    return next(float(row[name]) for name in order[end] if row[name] is not None)
