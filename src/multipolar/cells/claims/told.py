"""How is a result of the cost model told: draws, best value, and all that stands behind it?

Arrays hold the best value first, then the draws (see ``cells.ranges``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from multipolar.cells.behind import behind, joined
from multipolar.cells.claims.room import Cells
from multipolar.cells.levers import NO_POLICY
from multipolar.cells.market import Draws, Market, evaluate
from multipolar.cells.ranges import best_first, ranged, size
from multipolar.cells.tape import Value, total
from multipolar.cells.works import X
from multipolar.evidence.claims import Computed

#: A market's function that gives a stack of lines.
Stack = Callable[[X], Mapping[str, Value]]
STEPS = "process-steps"


def calculated(market: Market, function: Callable[[X], Value], x: X | None = None) -> Draws:
    """A result, the best value first and then the draws."""
    values = best_first(market) if x is None else dict(x)
    return evaluate(function, values, size(values))


def summed(stack: Stack, lines: Iterable[str] = ()) -> Callable[[X], Value]:
    """The sum of a stack, or of some of its lines."""

    def function(x: X) -> Value:
        found = stack(x)
        return total(*(found[line] for line in (tuple(lines) or found)))

    return function


def told(
    cells: Cells,
    result: Draws,
    stacks: Iterable[tuple[Market, Stack]],
    note: str,
    lines: Iterable[str] = (),
) -> Computed:
    """A result with the rows and assumptions behind the stacks (or lines) it was made from."""
    found = []
    for market, stack in stacks:
        place = market.home.plant.place
        policies = {} if market.levers == NO_POLICY else cells.costs.instruments(place)
        read = behind(stack, market.inputs, market.levers.values(), cells.costs.steps, policies)
        found += [read[line] for line in (tuple(lines) or read)]
    both = joined(found)
    records = {table: tuple(sorted(rows)) for table, rows in both.records.items()}
    return Computed(
        np.asarray(result[1:]),
        float(result[0]),
        STEPS,
        records.pop(STEPS, ()),
        tuple(sorted(both.assumptions)),
        more=records,
        note=note,
    )


def says(result: Draws) -> str:
    """The median of the draws with its 10 and 90 %, in words."""
    low, _, high = ranged(result)
    return f"{np.median(result[1:]):.0f} ({low:.0f} to {high:.0f})"
