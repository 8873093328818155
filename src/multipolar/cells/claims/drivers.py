"""Why does a European cell cost more: efficiency, materials, equipment, or wages and money?

Real 2025 US$/kWh, LFP cells, without tax, under what is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from math import comb

import numpy as np

from multipolar.cells.claims.cases import FIRST, LFP, NMC, RIPE, YOUNG, both, markets
from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import calculated, says, told
from multipolar.cells.market import Draws, Market
from multipolar.cells.ranges import best_first
from multipolar.cells.tape import Value
from multipolar.cells.works import X
from multipolar.evidence.claims import Computed
from multipolar.words.errors import MultipolarError

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
    pair = markets(cells, (LFP, RIPE), (LFP, FIRST))
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
    return told(cells, result, both(found), note)


def _rank(shares: Mapping[str, Value]) -> Draws:
    others = [shares[name] for name in (MATERIALS, EQUIPMENT)]
    return np.asarray(1.0 + sum((other > shares[EFFICIENCY]) * 1.0 for other in others))


def _scrap(cells: Cells) -> Computed | None:
    """What scrap above that of a ripe plant costs in the third year after start, LFP."""
    pair = markets(cells, (LFP, FIRST), (LFP, YOUNG))
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
    only = markets(cells, (LFP, YOUNG))
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
    return told(cells, result, both(found), note)


def _imported(cells: Cells) -> Computed | None:
    """Cost with all active material from China less cost with all of it made outside China."""
    pair = markets(cells, (NMC, RIPE), (LFP, RIPE))
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


CLAIMS: dict[str, Callable[[Cells], Computed | None]] = {
    "fig5-gap-drivers": _drivers,
    "fig5-ramp-up-scrap": _scrap,
    "fig5-ramp-up-support": _support,
    "fig5-imported-materials-saving": _imported,
}
