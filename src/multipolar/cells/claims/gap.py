"""What does our cost model say to Figure 5: the gap to Chinese cells, and what closes it?

A ripe European plant beside a ripe Chinese one under what is in force on the day of the newest
quotes of cathode material, as in the figure ``cell-cost``; notes tell the gap in the third year
after start and at the prices of the year before. The study tells neither the base of its
percentages nor the age of its plants. Money: real 2025 US$/kWh, cells, without tax. No price of a
cell is an input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import combinations
from math import comb

import numpy as np
import polars as pl

from multipolar.cells.breakeven import CREDIT, DUTY, plane
from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import Stack, calculated, says, summed, told
from multipolar.cells.costs import IN_FORCE, NONE, PLACES, USE
from multipolar.cells.levers import in_force
from multipolar.cells.market import Draws, Market, market
from multipolar.cells.plant import Plant
from multipolar.cells.ranges import best_first
from multipolar.cells.recipe import CHINA
from multipolar.cells.tape import Value
from multipolar.cells.works import X
from multipolar.evidence.claims import Computed
from multipolar.policy.register import first_day
from multipolar.words import places
from multipolar.words.errors import MultipolarError

Answer = Callable[[Cells], Computed | None]
EUROPE, RIPE, YOUNG, FIRST = "EU27", "ripe", "3", "1"
LFP, NMC = "LFP", "NMC622"
#: Places of the OECD among those of the figure.
OECD = tuple(p for p in PLACES if {*places.members(p)} & {*places.members("OECD")})
#: What a European plant does or buys otherwise than a Chinese one, by roles of its inputs.
EFFICIENCY, MATERIALS, EQUIPMENT, REST = "efficiency", "materials", "equipment", "wages and money"
DRIVERS = {
    EFFICIENCY: ("scrap", "output", "labour hours"),
    MATERIALS: (),
    EQUIPMENT: ("capex",),
    REST: ("wage", "electricity", "heat", "capital cost", "margin"),
}
#: Materials at Chinese prices: all of them from China, over no distance and no border.
FROM_CHINA = ("local ", "freight of materials")
BORDER = ("lever.tax-kept-material", "lever.duty-cathode", "lever.duty-anode")
#: Support and duty tried where only the sign of what they do is asked for.
TENTH = 0.1


def _markets(cells: Cells, *wanted: tuple[str, str], place: str = EUROPE,
             policy: str = IN_FORCE) -> list[Market]:  # fmt: skip
    """Markets of the figure by design and age; none where the evidence lacks a number for one."""
    if any((place, *which) not in cells.costs.homes for which in wanted):
        return []
    return [cells.costs.market(place, *which, policy) for which in wanted]


def _both(found: Market) -> list[tuple[Market, Stack]]:
    """The stacks that a gap is made from."""
    return [(found, found.home_stack), (found, found.rival_stack)]


def _share(found: Market) -> tuple[Draws, Draws]:
    """The gap in % of the delivered price and of the European cost."""
    gap, price = calculated(found, found.gap), calculated(found, found.rival_price)
    return 100 * gap / price, 100 * gap / (gap + price)


def _earlier(cells: Cells, design: str) -> tuple[date, Market] | None:
    """The same market on the last day of the year before that has quotes of cathode material."""
    newest = cells.costs.day
    rows = cells.evidence.table("prices").filter(pl.col("subject").str.ends_with(" CAM"))
    days = rows.select(first_day("day").alias("day"))["day"]
    past = [day for day in days.to_list() if newest and day.year < newest.year]
    if not past:
        return None
    day = max(past)
    home, rival = (Plant(place, design, day) for place in (EUROPE, CHINA))
    policy = in_force(cells.evidence, EUROPE, CHINA, day, USE)
    try:
        return day, market(cells.evidence, home, rival, policy.levers)
    except MultipolarError:
        return None


def _gap(design: str) -> Answer:
    """European cost above the delivered price of a Chinese cell, % of that price."""

    def answer(cells: Cells) -> Computed | None:
        pair = _markets(cells, (design, RIPE), (design, YOUNG))
        if not pair:
            return None
        found, young = pair
        over, under = _share(found)
        note = (
            f"in % of the delivered price, ripe plant, {cells.costs.day}: median {says(over)}; "
            f"of the European cost {says(under)}; in year {YOUNG} {says(_share(young)[0])}"
        )
        if earlier := _earlier(cells, design):
            note += f"; at prices of {earlier[0]} {says(_share(earlier[1])[0])}"
        note += f"; widest in {_widest(found)}"
        return told(cells, over, _both(found), note)

    return answer


def _widest(found: Market, most: int = 3) -> str:
    """The inputs that move the gap most."""
    return ", ".join(swing.name for swing in found.swings(found.gap)[:most])


def _difference(cells: Cells) -> Computed | None:
    """The gap of LFP less that of NMC, in points of the delivered price."""
    pair = _markets(cells, (LFP, RIPE), (NMC, RIPE))
    if not pair:
        return None
    first, second = pair
    result = _share(first)[0] - _share(second)[0]
    note = f"in points of the delivered price, median {says(result)}; the plants share their draws"
    money = calculated(first, first.gap) - calculated(second, second.gap)
    return told(cells, result, [*_both(first), *_both(second)], f"{note}; in US$/kWh {says(money)}")


def _cheaper(cells: Cells) -> Computed | None:
    """Cost in the cheapest place of the OECD less the Chinese price ex works, LFP."""
    found = [m for p in OECD for m in _markets(cells, (LFP, RIPE), place=p, policy=NONE)]
    if not found:
        return None
    gaps = {
        m.home.plant.place: calculated(m, m.home_cost) - calculated(m, summed(m.works_stack))
        for m in found
    }
    by = ", ".join(f"{places.name(place)} {gap[0]:.0f}" for place, gap in gaps.items())
    note = f"LFP, ripe plants without support, the cheapest place in each draw; best values: {by}"
    stacks = [(m, stack) for m in found for stack in (m.home_stack, m.works_stack)]
    return told(cells, np.min(list(gaps.values()), axis=0), stacks, note)


def _tariff(cells: Cells) -> Computed | None:
    """The duty, on top of what is in force, that closes the gap of LFP; % of the customs value."""
    pair = _markets(cells, (LFP, RIPE), (LFP, YOUNG))
    if not pair:
        return None
    found, young = pair
    result, later = (_closing(m, DUTY) * 100 for m in (found, young))
    note = f"on top of {100 * found.levers.duty_cell:g} % in force, on the CIF value, ripe plant"
    return told(cells, result, _both(found), f"{note}; in year {YOUNG} {says(later)}")


def _credit(cells: Cells) -> Computed | None:
    """The credit for a kWh of cells that closes the gap of LFP."""
    pair = _markets(cells, (LFP, RIPE), (LFP, YOUNG))
    if not pair:
        return None
    found, young = pair
    result, later = (_closing(m, CREDIT) for m in (found, young))
    note = f"the gap itself, ripe plant: median {says(result)}; in year {YOUNG} {says(later)}"
    if earlier := _earlier(cells, LFP):
        note += f"; at prices of {earlier[0]} {says(_closing(earlier[1], CREDIT))}"
    return told(cells, result, _both(found), note)


def _closing(found: Market, lever: str) -> Draws:
    """What of a lever is needed beyond what is in force."""
    other = CREDIT if lever == DUTY else DUTY
    needed = plane(found, other, lever).closing(getattr(found.levers, other))
    return np.asarray(needed - getattr(found.levers, lever))


def _mix(cells: Cells) -> Computed | None:
    """US$/kWh of credit that do as much as one point of tariff."""
    only = _markets(cells, (LFP, RIPE))
    if not only:
        return None
    [found] = only
    surface = plane(found, DUTY, CREDIT)
    result = 0.01 * surface.first / surface.second
    half = _closing(found, CREDIT)[0] / 2
    note = (
        "US$/kWh of credit for a point of tariff; every mix on that line closes the gap, such as "
        f"{half:.0f} US$/kWh and {half / result[0]:.0f} points at best values, ripe plant"
    )
    return told(cells, result, _both(found), note)


def parts(found: Market, x: X) -> dict[str, Value]:
    """The European cost ex works less the Chinese one by driver, US$/kWh.

    Each driver's part is the mean, over all orders in which drivers can be brought to the Chinese
    state, of what its turn saves (Shapley 1953); parts add up to the whole difference. Raises
    MultipolarError without a rival.
    """
    if found.rival is None:
        raise MultipolarError("no rival: name the plant that exports to this market")
    home, rival = found.home.names, found.rival.names
    swaps: dict[str, dict[str, Value]] = {
        driver: {home[role]: x[rival[role]] for role in roles} for driver, roles in DRIVERS.items()
    }
    swaps[MATERIALS] = dict.fromkeys(BORDER, 0.0) | {
        home[role]: 0.0 for role in home if role.startswith(FROM_CHINA)
    }
    cost: dict[frozenset[str], Value] = {}
    for many in range(len(DRIVERS) + 1):
        for some in combinations(DRIVERS, many):
            swapped: dict[str, Value] = dict(x)
            for driver in some:
                swapped |= swaps[driver]
            cost[frozenset(some)] = found.home_cost(swapped)
    split: dict[str, Value] = {}
    for driver in DRIVERS:
        others = [name for name in DRIVERS if name != driver]
        split[driver] = sum(
            (cost[frozenset(some)] - cost[frozenset({driver, *some})])
            / (len(DRIVERS) * comb(len(others), many))
            for many in range(len(others) + 1)
            for some in combinations(others, many)
        )
    return split


def _drivers(cells: Cells) -> Computed | None:
    """Rank of production efficiency among the three drivers that the study names."""
    pair = _markets(cells, (LFP, RIPE), (LFP, FIRST))
    if not pair:
        return None
    found, first = pair
    shares = {age: parts(m, best_first(m)) for age, m in ((RIPE, found), (FIRST, first))}
    result = _rank(shares[RIPE])
    by = {age: ", ".join(f"{name} {np.atleast_1d(v)[0]:.1f}" for name, v in of.items())
          for age, of in shares.items()}  # fmt: skip
    note = (
        f"LFP, US$/kWh of the difference ex works at best values: ripe plant {by[RIPE]}; first "
        f"year {by[FIRST]}, rank {np.median(_rank(shares[FIRST])[1:]):.0f}; efficiency is scrap, "
        "output and hours of labour"
    )
    return told(cells, result, _both(found), note)


def _rank(shares: Mapping[str, Value]) -> Draws:
    others = [shares[name] for name in (MATERIALS, EQUIPMENT)]
    return np.asarray(1.0 + sum((other > shares[EFFICIENCY]) * 1.0 for other in others))


def _scrap(cells: Cells) -> Computed | None:
    """What scrap above that of a ripe plant costs in the third year after start, LFP."""
    pair = _markets(cells, (LFP, FIRST), (LFP, YOUNG))
    if not pair:
        return None
    costs = {}
    for found in pair:
        x, names = best_first(found), found.home.names
        ripe = {**x, names["scrap"]: x[names["scrap when ripe"]]}
        function = found.home_cost
        costs[found.home.plant.age] = calculated(found, function, x) - calculated(
            found, function, ripe
        )
    first, young = costs.values()
    note = (
        f"LFP, year {YOUNG} after start against the scrap of a ripe plant, output as it is: "
        f"median {says(young)}; in year {FIRST} {says(first)}; scrap by year is an "
        "assumption"
    )
    return told(cells, young, [(pair[-1], pair[-1].home_stack)], note)


def _support(cells: Cells) -> Computed | None:
    """What a tenth of the early loss and ten points of duty do to the gap in the third year."""
    only = _markets(cells, (LFP, YOUNG))
    if not only:
        return None
    [found] = only
    x = best_first(found)
    eased = {
        **x,
        "lever.ramp-support": TENTH,
        "lever.duty-cell": x["lever.duty-cell"] + TENTH,
    }
    result = calculated(found, found.gap, eased) - calculated(found, found.gap, x)
    note = (
        f"a tenth of the early loss borne and ten points of duty, LFP, year {YOUNG}; that it falls "
        "follows from arithmetic, only by how much is a result"
    )
    return told(cells, result, _both(found), note)


def _imported(cells: Cells) -> Computed | None:
    """Cost with all active material from China less cost with all of it made outside China."""
    pair = _markets(cells, (NMC, RIPE), (LFP, RIPE))
    if not pair:
        return None
    saved = []
    for found in pair:
        x = best_first(found)
        roles = [role for role in found.home.names if role.startswith("local ")]
        active = [found.home.names[role] for role in roles if role != "local other"]
        ends = [
            calculated(found, found.home_cost, {**x, **dict.fromkeys(active, share)})
            for share in (0.0, 1.0)
        ]
        saved.append(ends)
    (few, _), (result, dear) = ((brought - made, made) for brought, made in saved)
    note = (
        f"all cathode and anode material from China against all from elsewhere, LFP, ripe plant: "
        f"{100 * result[0] / dear[0]:.0f} % of the cost; {NMC} {says(few)} US$/kWh; the prices of "
        "material made outside China are assumptions"
    )
    return told(cells, result, [(pair[-1], pair[-1].home_stack)], note)


CLAIMS: dict[str, Answer] = {
    "fig5-nmc-gap": _gap(NMC),
    "fig5-lfp-gap": _gap(LFP),
    "fig5-lfp-gap-larger-than-nmc": _difference,
    "mt-china-cheaper-than-oecd": _cheaper,
    "fig5-lfp-break-even-tariff": _tariff,
    "fig5-lfp-break-even-ptc": _credit,
    "fig5-tariff-ptc-mix": _mix,
    "fig5-gap-drivers": _drivers,
    "fig5-ramp-up-scrap": _scrap,
    "fig5-ramp-up-support": _support,
    "fig5-imported-materials-saving": _imported,
}
