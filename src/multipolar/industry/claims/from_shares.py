"""What several claims on shares are computed from: a ranking of a year, capacity by country."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.sources import STUDY
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity_held import holdings
from multipolar.industry.claims.drawn import rows_of
from multipolar.industry.claims.room import Industry
from multipolar.industry.concentration import GOODS
from multipolar.industry.plants import reconcile
from multipolar.industry.rankings import TABLE, Ranking, rankings
from multipolar.industry.sample import Draws

YEAR = 2025
EV_CELLS, STORAGE_CELLS = "cells in vehicles", "cells in storage"
CATHODE = "cathode active material"
Answer = Callable[[Industry], Computed | None]


def ranking_of(evidence: Evidence, product: str, year: int) -> Ranking | None:
    """The ranking of a product that ends in a year and says most of it: the longest one."""
    found = [
        r
        for r in rankings(evidence).values()
        if r.product == product and r.end[:4] == str(year) and r.attributed > 0
    ]
    return max(found, key=lambda r: (r.months, r.vintage == "first print"), default=None)


def from_ranking(
    ranking: Ranking, draws: Draws, central: float, ids: Iterable[str], note: str
) -> Computed:
    """A result that rests on some firms and domiciles of a ranking."""
    wanted = set(ids)
    holders = [h for h in (*ranking.firms, *ranking.domiciles) if h.id in wanted]
    records = {record for holder in holders for record in holder.records}
    where = f"{ranking.product}, {ranking.period}, {ranking.basis}"
    return Computed(
        draws, central, TABLE, tuple(sorted(records or ranking.records)), note=f"{where}; {note}"
    )


def certain(value: float) -> Draws:
    """Draws of a number that has no range, such as one that is printed, shape (DRAWS,)."""
    return np.full(DRAWS, value)


def held_by_country(industry: Industry, product: str, by: str, year: int) -> pl.DataFrame:
    """Capacity of a good by country, from the plants on record."""
    good = next(good for good in GOODS if good.product == product)
    evidence = industry.evidence
    plants = industry.plants if good.stage == "cell" else reconcile(evidence, good.stage)
    return holdings(plants, evidence, good, by, year)


def from_plants(
    held: pl.DataFrame, drawn: Draws, central: float, note: str, used: tuple[str, ...] = ()
) -> Computed:
    """A result that rests on capacity by country, with its rows and assumptions."""
    assumed = set(held["assumptions"].list.explode(empty_as_null=False))
    return Computed(
        drawn,
        central,
        "plants",
        tuple(sorted(rows_of(held))),
        tuple(sorted({*assumed, *used})),
        note=note,
    )


def with_missing(share: Draws, mine: Draws | float, others: Draws | float) -> Draws:
    """A share in per cent when what is on record of it, and of the rest, grows by such factors."""
    return np.asarray(100 * share * mine / (share * mine + (100 - share) * others))


def between(name: str, low: float, high: float) -> tuple[Draws, float]:
    """Draws of what is known by its bounds alone, evenly between them, and their middle."""
    middle = (low + high) / 2
    return spread(name, low, middle, high, "uniform"), middle


def definition(count: Callable[[Industry], int], note: str) -> Answer:
    """A number that our classes or tables have because the study has it."""

    def answer(industry: Industry) -> Computed:
        value = float(count(industry))
        return Computed(certain(value), value, words=(STUDY,), note=note)

    return answer
