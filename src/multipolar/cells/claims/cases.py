"""Which markets do the claims of Figure 5 speak of, where the study leaves that open?

It tells neither the base of its percentages nor the age of the plant nor the day of prices. So a
European plant that is ripe and one in its third year stand beside a ripe Chinese one, on the day of
the newest quotes of cathode material (as in the figure ``cell-cost``) and on the last one of the
year before, under what was in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import Stack, calculated, says, told
from multipolar.cells.costs import IN_FORCE, USE
from multipolar.cells.levers import in_force
from multipolar.cells.market import Draws, Market, market
from multipolar.cells.plant import RIPE as OLD
from multipolar.cells.plant import Plant
from multipolar.cells.recipe import CHINA
from multipolar.evidence.claims import Computed
from multipolar.policy.register import first_day
from multipolar.words.errors import MultipolarError

EUROPE, RIPE, YOUNG, FIRST = "EU27", "ripe", "3", "1"
LFP, NMC = "LFP", "NMC622"


def markets(cells: Cells, *wanted: tuple[str, str], place: str = EUROPE,
             policy: str = IN_FORCE) -> list[Market]:  # fmt: skip
    """Markets of the figure by design and age; none where the evidence lacks a number for one."""
    if any((place, *which) not in cells.costs.homes for which in wanted):
        return []
    return [cells.costs.market(place, *which, policy) for which in wanted]


def both(found: Market) -> list[tuple[Market, Stack]]:
    """The stacks that a gap is made from."""
    return [(found, found.home_stack), (found, found.rival_stack)]


def share(found: Market) -> tuple[Draws, Draws]:
    """The gap in % of the delivered price and of the European cost."""
    gap = calculated(found, found.gap)
    return tuple(100 * gap / calculated(found, of) for of in (found.rival_price, found.home_cost))


def cases(cells: Cells, design: str) -> dict[str, Market]:
    """Markets of each age on each of the two days; none where the evidence lacks a number."""
    newest = cells.costs.day
    found = markets(cells, (design, RIPE), (design, YOUNG))
    named = {f"{_age(m)}, {newest}": m for m in found}
    rows = cells.evidence.table("prices").filter(pl.col("subject").str.ends_with(" CAM"))
    days = rows.select(first_day("day").alias("day"))["day"]
    past = [day for day in days.to_list() if newest and day.year < newest.year]
    for m in found if past else ():
        day = max(past)
        home, rival = (replace(plant, day=day) for plant in (m.home.plant, _rival(m)))
        policy = in_force(cells.evidence, EUROPE, CHINA, day, USE)
        try:
            named[f"{_age(m)}, {day}"] = market(cells.evidence, home, rival, policy.levers)
        except MultipolarError:
            continue
    return named


def _age(found: Market) -> str:
    year = found.home.plant.year
    return "ripe plant" if year == OLD else f"year {year}"


def _rival(found: Market) -> Plant:
    if found.rival is None:
        raise MultipolarError("no rival: name the plant that exports to this market")
    return found.rival.plant


def mixed(results: Mapping[str, Draws]) -> Draws:
    """Each draw from one of the cases in turn; in front the median of these draws."""
    rows = np.array([result[1:] for result in results.values()])
    draws = rows[np.arange(rows.shape[1]) % len(rows), np.arange(rows.shape[1])]
    return np.concatenate(([np.median(draws)], draws))


def each(results: Mapping[str, Draws]) -> str:
    """The cases with their ranges, in words."""
    return ", ".join(f"{case} {says(result)}" for case, result in results.items())


def over(
    cells: Cells, design: str, quantity: Callable[[Market], Draws], note: str, more: str = ""
) -> Computed | None:
    """A quantity of a market over all cases."""
    all_ = cases(cells, design)
    if not all_:
        return None
    results = {case: quantity(found) for case, found in all_.items()}
    stacks = [stack for found in all_.values() for stack in both(found)]
    return told(cells, mixed(results), stacks, f"{note}: {each(results)}{more}")
