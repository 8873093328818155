"""Why are two plants taken for one, or held for uncertain? In words, the weightiest first."""

from __future__ import annotations

from multipolar.industry.linkage.assign import Pair
from multipolar.industry.linkage.levels import levels
from multipolar.industry.linkage.weights import Weights, weight_of

#: What weighs less says next to nothing and is left out.
TELLING = 0.5
TAKEN = "linked with another plant of the list"


def reasons(pair: Pair, weights: Weights) -> str:
    """The levels of a pair, those that speak for one plant and those against it alike."""
    told = []
    for field, rows in levels().items():
        level = int(pair.block.levels[field][pair.at])
        weight = float(weight_of(field, pair.block, weights)[pair.at])
        if level >= 0 and abs(weight) >= TELLING:
            told.append((-abs(weight), rows[level]["meaning"]))
    words = [meaning for _, meaning in sorted(told)]
    return "; ".join([TAKEN, *words] if pair.taken else words)
