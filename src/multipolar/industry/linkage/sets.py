"""Which of many sets, or of many numbers, meet which others? All pairs at once.

Left and right are sequences with one set a unit; results have the shape (left, right).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multipolar.industry.linkage.spelling import Flags, Numbers, alike

Sets = Sequence[Set[Any]]


def held(sets: Sets, elements: Sequence[Any]) -> Any:
    """Sparse matrix of ones where a set (row) holds an element (column)."""
    from scipy.sparse import csr_matrix

    column = {element: n for n, element in enumerate(elements)}
    columns = np.array([column[element] for one in sets for element in one], dtype=np.int32)
    ends = np.cumsum([0, *(len(one) for one in sets)], dtype=np.int32)
    ones = np.ones(len(columns), dtype=np.int32)
    return csr_matrix((ones, columns, ends), shape=(len(sets), len(elements)))


def elements(sets: Sets) -> list[Any]:
    """Everything that one of the sets holds, in order."""
    return sorted({element for one in sets for element in one})


def meet(left: Sets, right: Sets) -> Flags:
    """Whether two sets share an element."""
    every = elements([*left, *right])
    return _any(held(left, every) @ held(right, every).T)


def meet_by(left: Sets, right: Sets, pairs: Flags, of: tuple[list[Any], list[Any]]) -> Flags:
    """Whether an element of the left and one of the right are a pair; ``of``: rows and columns."""
    from scipy.sparse import csr_matrix

    return _any(held(left, of[0]) @ csr_matrix(pairs.astype(np.int32)) @ held(right, of[1]).T)


def told(left: Sets, right: Sets) -> Flags:
    """Whether neither set is empty."""
    full = [np.array([bool(one) for one in side], dtype=bool) for side in (left, right)]
    found: Flags = full[0][:, None] & full[1][None, :]
    return found


def meet_alike(left: Sets, right: Sets, literal: bool = False) -> Flags:
    """Whether two sets of words share a word.

    A left word that no right set holds may be mistyped, unless words are to be taken literally.
    """
    of = elements(left), elements(right)
    settled = frozenset(of[1]) | (frozenset(of[0]) if literal else frozenset())
    return meet_by(left, right, alike(*of, settled), of)


def nearest(
    left: Sequence[Set[tuple[Any, float]]],
    right: Sequence[Set[tuple[Any, float]]],
    apart: Callable[[Numbers, Numbers], Numbers],
) -> Numbers:
    """The least distance between two numbers of one kind; inf where there are none."""
    found = np.full((len(left), len(right)), np.inf)
    kinds = {kind for side in (left, right) for one in side for kind, _ in one}
    for kind in sorted(kinds):
        at, values = zip(*(_of_kind(side, kind) for side in (left, right)), strict=True)
        distance = apart(values[0][:, None], values[1][None, :])
        np.minimum.at(found, (at[0][:, None], at[1][None, :]), distance)
    return found


def _of_kind(
    side: Sequence[Set[tuple[Any, float]]], kind: Any
) -> tuple[NDArray[np.int64], Numbers]:
    chosen = [(n, value) for n, one in enumerate(side) for k, value in sorted(one) if k == kind]
    at = np.array([n for n, _ in chosen], dtype=np.int64)
    return at, np.array([value for _, value in chosen], dtype=float)


def _any(counts: Any) -> Flags:
    found: Flags = counts.toarray() > 0
    return found
