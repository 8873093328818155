"""How much does each level of agreement speak for one plant, or against it?

The weight of a level is ln(m / u), where m is its share among pairs of rows about one plant and u
its share among pairs of plants (Fellegi and Sunter 1969, Journal of the American Statistical
Association 64, 1183-1210). Both are counted in what is known: rows of one plant that were read in
different lists are labelled pairs. ``levels.csv`` holds a prior, which counts like so many pairs. A
field that tells nothing weighs nothing.

Plants of one firm stand near each other and make like things more often than any two plants, and it
is from each other that they have to be told. So u of every field but the firm itself is counted
among pairs of kin: plants of one firm or of related ones.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multipolar.industry.linkage.compare import Block, blocks
from multipolar.industry.linkage.firms import Firms
from multipolar.industry.linkage.levels import levels, number, setting
from multipolar.industry.linkage.spelling import Flags, Numbers
from multipolar.industry.linkage.units import Unit, publisher, units

#: Between plant and list in the id of a unit.
OF = "\t"
#: Points that were looked up by the name of a town: they agree by construction.
LOOKED_UP = {"town", "region"}


#: Weight of each level, by field.
Weights = dict[str, NDArray[np.float64]]


def fitted(known: pl.DataFrame, plants: list[Unit], firms: Firms) -> Weights:
    """The weights, from the labelled pairs in ``known`` and from pairs of its plants."""
    same, other = _same(known, firms), _other(plants, firms)
    found = {}
    for field, rows in levels().items():
        prior = np.array([[float(row[share]) for row in rows] for share in ("m", "u")])
        counts = np.array([same[field], other[field]]) + setting("prior pairs") * prior
        m, u = counts / counts.sum(axis=1, keepdims=True)
        # A worse level never weighs more than a better one, however few pairs were counted.
        found[field] = np.minimum.accumulate(np.log(m / u))
    return found


def weigh(block: Block, weights: Weights) -> Numbers:
    """The weight of every pair of a block; -inf where stages do not meet."""
    total = np.sum([weight_of(field, block, weights) for field in levels()], axis=0)
    return np.where(block.meet, total, -np.inf)


def weight_of(field: str, block: Block, weights: Weights) -> Numbers:
    """What a field weighs in every pair; the name of a town adds nothing to a known distance."""
    found: Numbers = np.append(weights[field], 0.0)[block.levels[field]]
    return np.where(block.levels["site"] < 0, found, 0.0) if field == "town" else found


def _same(known: pl.DataFrame, firms: Firms) -> dict[str, Numbers]:
    """Levels between the lists that speak of a plant; every plant counts once for each list."""
    read_in = pl.coalesce("via", "source").map_elements(publisher, return_dtype=pl.String)
    several = known.with_columns((pl.col("plant") + OF + read_in).alias("told"))
    several = several.filter(pl.col("told").n_unique().over("plant") > 1)
    parts = units(several, firms, "told")
    lists = Counter(part.id.split(OF)[0] for part in parts)
    counts = _zeros()
    for block in blocks(parts, parts, firms):
        plant = np.array([parts[n].id.split(OF)[0] for n in block.left])
        looked_up = np.array([parts[n].bases <= LOOKED_UP for n in block.left])
        block.levels["site"][np.outer(looked_up, looked_up)] = -1
        one = (plant[:, None] == plant[None, :]) & block.meet
        np.fill_diagonal(one, False)
        share = np.array([[1 / max(lists[p] - 1, 1)] for p in plant])
        for field in counts:
            _count(counts, block, one, field, np.broadcast_to(share, one.shape))
    return counts


def _other(plants: list[Unit], firms: Firms) -> dict[str, Numbers]:
    """Levels between different plants: of the firm for all, of the other fields for kin."""
    counts = _zeros()
    for block in blocks(plants, plants, firms):
        chosen = block.meet & ~np.eye(len(block.left), dtype=bool)
        kin = chosen & (block.levels["firm"] <= number("firm", "related"))
        for field in counts:
            _count(counts, block, chosen if field == "firm" else kin, field)
    return counts


def _zeros() -> dict[str, Numbers]:
    return {field: np.zeros(len(rows)) for field, rows in levels().items()}


def _count(
    counts: dict[str, Numbers],
    block: Block,
    chosen: Flags,
    field: str,
    share: Numbers | None = None,
) -> None:
    known = chosen & (block.levels[field] >= 0)
    worth = None if share is None else share[known]
    counts[field] += np.bincount(block.levels[field][known], worth, minlength=len(counts[field]))
