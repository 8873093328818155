"""How is a result told that has a best value and draws?

Arrays here hold the best value first, then the draws, so that both are calculated in one go.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from multipolar.cells.inputs import Inputs
from multipolar.cells.market import Market
from multipolar.cells.tape import Value
from multipolar.cells.works import X
from multipolar.evidence.assumptions import DRAWS, SEED

#: Which draws are the ends of a range.
ENDS = (0.1, 0.9)


class Range(NamedTuple):
    """10 % of the draws lie below ``low``, 90 % below ``high``; ``central``: at best values.

    Where the best value is an end of what is possible, it is an end of the range.
    """

    low: float
    central: float
    high: float

    def times(self, factor: float) -> Range:
        """The same in another unit."""
        return Range(*(end * factor for end in self))


def best_first(market: Market, draws: int = DRAWS, seed: int = SEED) -> dict[str, Value]:
    """Inputs and levers of a market, each the best value followed by the draws: (1 + draws,)."""
    return {**inputs_first(market.inputs, draws, seed), **market.levers.values()}


def inputs_first(inputs: Inputs, draws: int = DRAWS, seed: int = SEED) -> dict[str, Value]:
    """The same of inputs alone; a number where there is no range."""
    best = inputs.central()
    return {
        name: np.concatenate(([best[name]], value)) if isinstance(value, np.ndarray) else value
        for name, value in inputs.values(draws, seed).items()
    }


def size(values: X) -> int:
    """How many there are of each: one and the draws."""
    return max(len(value) for value in values.values() if isinstance(value, np.ndarray))


def ranged(value: Value) -> Range:
    """The range of an array whose first entry is the best value; what is no number is left out."""
    array = np.atleast_1d(np.asarray(value, float))
    drawn = array[1:] if len(array) > 1 else array
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, ENDS) if finite.size else (np.nan, np.nan)
    best = float(array[0]) if np.isfinite(array[0]) else np.nan
    return Range(float(np.fmin(low, best)), best, float(np.fmax(high, best)))


def share(fits: np.ndarray) -> float:
    """The share of draws in which something holds."""
    return float(np.mean(fits[1:]))
