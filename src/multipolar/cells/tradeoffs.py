"""What is a better yield, a duty on materials or a larger plant worth, next to a credit?

Differences of the home plant's cost in real 2025 US$/kWh, all else as it is and draw by draw, so
that what both sides share does not widen the range. A credit of a dollar lowers the cost by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from multipolar.cells.levers import key
from multipolar.cells.market import Market
from multipolar.cells.ranges import Range, best_first, ranged
from multipolar.cells.tape import Value
from multipolar.words.errors import MultipolarError

POINT = 0.01
MATERIALS = ("duty_cathode", "duty_anode")


@dataclass(frozen=True)
class Yield:
    """What less scrap saves. ``point``: one point less than the plant has; ``saved``: from one
    scrap to another; both US$/kWh, equal to the credit that does the same."""

    scrap: Range
    point: Range
    saved: Range


@dataclass(frozen=True)
class Hub:
    """A small plant beside a large one. ``equal``: what co-location has to save the small one."""

    small: dict[str, Range]
    large: dict[str, Range]
    equal: Range


def less_scrap(market: Market, first: float = 0.4, last: float = 0.1) -> Yield:
    """What it saves if scrap falls from ``first`` to ``last``, and by one point from what it is.

    Output of the plant stays as it is. Raises MultipolarError for scrap that is no share below 1.
    """
    for scrap in (first, last):
        if not 0 <= scrap < 1:
            raise MultipolarError(f"scrap {scrap:g}: name a share from 0 to below 1, as 0.4")
    values, name = best_first(market), market.home.names["scrap"]
    own = values[name]

    def cost(scrap: Value) -> Value:
        return market.home_cost({**values, name: scrap})

    return Yield(
        ranged(own),
        ranged(cost(own) - cost(own - POINT)),
        ranged(cost(first) - cost(last)),
    )


def duty_on_materials(market: Market, rate: float) -> dict[str, tuple[Range, Range]]:
    """What a duty on imported cathode and anode material, each and both, adds to the cost at home:
    in US$/kWh, and in % of the cost without it."""
    values = best_first(market)
    none = {key(name): 0.0 for name in MATERIALS}
    before = market.home_cost({**values, **none})
    cases = {"cathode": MATERIALS[:1], "anode": MATERIALS[1:], "both": MATERIALS}
    found = {}
    for case, levers in cases.items():
        added = market.home_cost({**values, **none, **{key(n): rate for n in levers}}) - before
        found[case] = (ranged(added), ranged(100 * added / before))
    return found


def hub(small: Market, large: Market) -> Hub:
    """Cost by line of two plants that differ in size, and the saving that makes them equal."""
    stacks = [m.home_stack(best_first(m)) for m in (small, large)]
    costs = [m.home_cost(best_first(m)) for m in (small, large)]
    lines = [
        {name: ranged(value) for name, value in stack.items()} | {"total": ranged(cost)}
        for stack, cost in zip(stacks, costs, strict=True)
    ]
    return Hub(lines[0], lines[1], ranged(costs[0] - costs[1]))
