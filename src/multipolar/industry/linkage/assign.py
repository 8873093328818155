"""Which plant of the list is which known plant, if every plant is taken once at most?

Before any evidence a plant of a list is as likely known as new, and then each known plant that it
meets is as likely as the next, beside a few that nobody told us of; with the weights of the
evidence this gives odds for every pair. The one-to-one assignment with the highest sum of log-odds
is taken (Crouse 2016, IEEE Transactions on Aerospace and Electronic Systems 52, 1679-1696, as in
scipy), where staying new scores nothing. The probability of a pair allows for the other candidates
of either side, until they are settled elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from multipolar.industry.linkage.compare import Block, blocks
from multipolar.industry.linkage.firms import Firms
from multipolar.industry.linkage.levels import number, setting
from multipolar.industry.linkage.spelling import Flags, Numbers
from multipolar.industry.linkage.units import Unit
from multipolar.industry.linkage.weights import Weights, weigh


@dataclass(frozen=True)
class Pair:
    """Two units that may be one plant: numbers in their lists, and where they stand in a block.

    ``settled``: they are linked. ``taken``: the known plant is linked with another of the list.
    """

    left: int
    right: int
    probability: float
    settled: bool
    taken: bool
    block: Block
    at: tuple[int, int]


def odds(weight: Numbers, share: Numbers | float) -> Numbers:
    """Log-odds of every pair, if before any evidence this share of the left has a partner."""
    met = np.isfinite(weight).sum(axis=1, keepdims=True) + setting("unseen plants")
    found: Numbers = weight + np.log(share / (1 - np.asarray(share)) / met)
    return found


def pairs(
    left: Sequence[Unit],
    right: Sequence[Unit],
    taken: frozenset[int],
    firms: Firms,
    weights: Weights,
) -> tuple[list[Pair], Numbers]:
    """Every linked and every uncertain pair, and how likely each left unit is new.

    ``taken``: right units that are settled beforehand.
    """
    found: list[Pair] = []
    new = np.ones(len(left))
    for block in blocks(left, right, firms):
        score = odds(weigh(block, weights), setting("known share"))
        free = np.array([n not in taken for n in block.right])
        settled = _settle(score, free, linkable(block))
        for a, (b, probability) in settled.items():
            at = block.left[a], block.right[b]
            found.append(Pair(*at, probability, True, False, block, (a, b)))
            new[at[0]] = 1 - probability
            free[b] = False
        for a in set(range(len(block.left))) - settled.keys():
            new[block.left[a]] = 1 / (1 + np.exp(score[a, free]).sum())
            found += _uncertain(block, a, score[a], free)
    return found, new


def _uncertain(block: Block, a: int, score: Numbers, free: Flags) -> Iterator[Pair]:
    """The candidates of a unit that is not linked, beside the free ones and among them all."""
    likely = np.exp(score)
    probability = likely / (1 + np.where(free, likely[free].sum(), likely.sum()))
    for b in np.nonzero(probability >= setting("review"))[0]:
        at = block.left[a], block.right[b]
        yield Pair(*at, float(probability[b]), False, not free[b], block, (a, int(b)))


def linkable(block: Block) -> Flags:
    """Pairs that may be linked: whether a plant has got another owner is for somebody to decide."""
    found: Flags = block.levels["firm"] < number("firm", "sister")
    return found


def _settle(score: Numbers, free: Flags, may: Flags) -> dict[int, tuple[int, float]]:
    """The right unit of each left one that is linked, and how likely the two are one plant."""
    assigned = _assigned(np.where(free & may, score, -np.inf))
    likely = np.where(free, np.exp(score), 0.0)
    settled: dict[int, tuple[int, float]] = {}
    while True:
        rivals = np.maximum(likely.sum(axis=1, keepdims=True), likely.sum(axis=0, keepdims=True))
        probability = likely / (1 + rivals)
        sure = [(a, b) for a, b in assigned if probability[a, b] >= setting("link")]
        if not sure:
            return settled
        for a, b in sure:
            settled[a] = b, float(probability[a, b])
            likely[a, :] = likely[:, b] = 0.0


def _assigned(score: Numbers) -> list[tuple[int, int]]:
    """The one-to-one assignment with the highest total; what scores below nothing stays out."""
    from scipy.optimize import linear_sum_assignment

    # Rounded, so that noise of sums cannot decide between equal ones.
    gain = np.round(np.where(score > 0, score, 0.0), 9)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    return [(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if gain[a, b] > 0]
