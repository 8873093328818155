"""What does our cost model say to Figure 5: the gap to Chinese cells, and what closes it?

A European plant beside a ripe Chinese one under what is in force. The study tells neither the base
of its percentages nor the age of the plant nor the day of prices, so that the gap and what closes
it are drawn over a ripe plant and one in its third year, on the day of the newest quotes of cathode
material (as in the figure ``cell-cost``) and on the last one of the year before; notes tell each.
Money: real 2025 US$/kWh, cells, without tax. No price of a cell is an input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
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
from multipolar.cells.plant import RIPE as OLD
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


def _cases(cells: Cells, design: str) -> dict[str, Market]:
    """Markets of each age on each of the two days; none where the evidence lacks a number."""
    newest = cells.costs.day
    found = _markets(cells, (design, RIPE), (design, YOUNG))
    cases = {f"{_age(m)}, {newest}": m for m in found}
    rows = cells.evidence.table("prices").filter(pl.col("subject").str.ends_with(" CAM"))
    days = rows.select(first_day("day").alias("day"))["day"]
    past = [day for day in days.to_list() if newest and day.year < newest.year]
    for m in found if past else ():
        day = max(past)
        home, rival = (replace(plant, day=day) for plant in (m.home.plant, _rival(m)))
        policy = in_force(cells.evidence, EUROPE, CHINA, day, USE)
        try:
            cases[f"{_age(m)}, {day}"] = market(cells.evidence, home, rival, policy.levers)
        except MultipolarError:
            continue
    return cases


def _age(found: Market) -> str:
    year = found.home.plant.year
    return "ripe plant" if year == OLD else f"year {year}"


def _rival(found: Market) -> Plant:
    if found.rival is None:
        raise MultipolarError("no rival: name the plant that exports to this market")
    return found.rival.plant


def _any(results: Mapping[str, Draws]) -> Draws:
    """Each draw from one of the cases in turn; in front the median of these draws."""
    rows = np.array([result[1:] for result in results.values()])
    draws = rows[np.arange(rows.shape[1]) % len(rows), np.arange(rows.shape[1])]
    return np.concatenate(([np.median(draws)], draws))


def _each(results: Mapping[str, Draws]) -> str:
    """The cases with their ranges, in words."""
    return ", ".join(f"{case} {says(result)}" for case, result in results.items())


def _over(
    cells: Cells, design: str, quantity: Callable[[Market], Draws], note: str, more: str = ""
) -> Computed | None:
    """A quantity of a market over all cases."""
    cases = _cases(cells, design)
    if not cases:
        return None
    results = {case: quantity(found) for case, found in cases.items()}
    stacks = [stack for found in cases.values() for stack in _both(found)]
    return told(cells, _any(results), stacks, f"{note}: {_each(results)}{more}")


def _gap(design: str) -> Answer:
    """European cost above the delivered price of a Chinese cell, % of that price."""

    def answer(cells: Cells) -> Computed | None:
        cases = _cases(cells, design)
        if not cases:
            return None
        under = _any({case: _share(found)[1] for case, found in cases.items()})
        more = (
            f"; of the European cost in all {says(under)}; "
            f"widest in {_widest(next(iter(cases.values())))}"
        )
        note = "in % of the delivered price, medians with 10 to 90 %"
        return _over(cells, design, lambda found: _share(found)[0], note, more)

    return answer


def _widest(found: Market, most: int = 3) -> str:
    """The inputs that move the gap most."""
    return ", ".join(swing.name for swing in found.swings(found.gap)[:most])


def _difference(cells: Cells) -> Computed | None:
    """The gap of LFP less that of NMC, in points of the delivered price."""
    both = _cases(cells, LFP), _cases(cells, NMC)
    pairs = {case: (both[0][case], both[1][case]) for case in both[0] if case in both[1]}
    if not pairs:
        return None
    points = {case: _share(a)[0] - _share(b)[0] for case, (a, b) in pairs.items()}
    money = {case: calculated(a, a.gap) - calculated(b, b.gap) for case, (a, b) in pairs.items()}
    note = (
        f"in points of the delivered price: {_each(points)}; in US$/kWh {says(_any(money))}; "
        "the plants share their draws"
    )
    stacks = [stack for pair in pairs.values() for found in pair for stack in _both(found)]
    return told(cells, _any(points), stacks, note)


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
    note = "on top of what is in force, on the CIF value"
    return _over(cells, LFP, lambda found: 100 * _closing(found, DUTY), note)


def _credit(cells: Cells) -> Computed | None:
    """The credit for a kWh of cells that closes the gap of LFP."""
    return _over(cells, LFP, lambda found: _closing(found, CREDIT), "the gap itself")


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
