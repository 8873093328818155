"""What does our cost model say to Figure 5: the gap to Chinese cells, and what closes it?

Drawn over what the study leaves open (see ``cases``); notes tell each case. Money: real 2025
US$/kWh, cells, without tax. No price of a cell is an input.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from multipolar.cells.breakeven import CREDIT, DUTY, plane
from multipolar.cells.claims.cases import (
    LFP,
    NMC,
    RIPE,
    both,
    cases,
    each,
    markets,
    mixed,
    over,
    share,
)
from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import calculated, says, summed, told
from multipolar.cells.costs import NONE, PLACES
from multipolar.cells.market import Draws, Market
from multipolar.evidence.claims import Computed
from multipolar.words import places

Answer = Callable[[Cells], Computed | None]
#: Places of the OECD among those of the figure.
OECD = tuple(p for p in PLACES if {*places.members(p)} & {*places.members("OECD")})


def _gap(design: str) -> Answer:
    """European cost above the delivered price of a Chinese cell, % of that price."""

    def answer(cells: Cells) -> Computed | None:
        found = cases(cells, design)
        if not found:
            return None
        under = mixed({case: share(one)[1] for case, one in found.items()})
        more = (
            f"; of the European cost in all {says(under)}; "
            f"widest in {_widest(next(iter(found.values())))}"
        )
        note = "in % of the delivered price, medians with 10 to 90 %"
        return over(cells, design, lambda found: share(found)[0], note, more)

    return answer


def _widest(found: Market, most: int = 3) -> str:
    """The inputs that move the gap most."""
    return ", ".join(swing.name for swing in found.swings(found.gap)[:most])


def _difference(cells: Cells) -> Computed | None:
    """The gap of LFP less that of NMC, in points of the delivered price."""
    lfp, nmc = cases(cells, LFP), cases(cells, NMC)
    pairs = {case: (lfp[case], nmc[case]) for case in lfp if case in nmc}
    if not pairs:
        return None
    points = {case: share(a)[0] - share(b)[0] for case, (a, b) in pairs.items()}
    money = {case: calculated(a, a.gap) - calculated(b, b.gap) for case, (a, b) in pairs.items()}
    note = (
        f"in points of the delivered price: {each(points)}; in US$/kWh {says(mixed(money))}; "
        "the plants share their draws"
    )
    stacks = [stack for pair in pairs.values() for found in pair for stack in both(found)]
    return told(cells, mixed(points), stacks, note)


def _cheaper(cells: Cells) -> Computed | None:
    """Cost in the cheapest place of the OECD less the Chinese price ex works, LFP."""
    found = [m for p in OECD for m in markets(cells, (LFP, RIPE), place=p, policy=NONE)]
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
    return over(cells, LFP, lambda found: 100 * _closing(found, DUTY), note)


def _credit(cells: Cells) -> Computed | None:
    """The credit for a kWh of cells that closes the gap of LFP."""
    return over(cells, LFP, lambda found: _closing(found, CREDIT), "the gap itself")


def _closing(found: Market, lever: str) -> Draws:
    """What of a lever is needed beyond what is in force."""
    other = CREDIT if lever == DUTY else DUTY
    needed = plane(found, other, lever).closing(getattr(found.levers, other))
    return np.asarray(needed - getattr(found.levers, lever))


def _mix(cells: Cells) -> Computed | None:
    """US$/kWh of credit that do as much as one point of tariff."""
    only = markets(cells, (LFP, RIPE))
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
    return told(cells, result, both(found), note)


CLAIMS: dict[str, Answer] = {
    "fig5-nmc-gap": _gap(NMC),
    "fig5-lfp-gap": _gap(LFP),
    "fig5-lfp-gap-larger-than-nmc": _difference,
    "mt-china-cheaper-than-oecd": _cheaper,
    "fig5-lfp-break-even-tariff": _tariff,
    "fig5-lfp-break-even-ptc": _credit,
    "fig5-tariff-ptc-mix": _mix,
}
