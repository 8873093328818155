"""A result in draws: what it rests on, and which assumptions widen it.

Every claim on capacity or counts is answered here, so that its centre, its range and the
assumptions named in its note come from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar, cast

import numpy as np
import polars as pl

from multipolar.evidence.claims import Computed
from multipolar.industry.census import Census, Draws
from multipolar.industry.sample import Sample

Drawn = TypeVar("Drawn", bound=Sample | Census)
#: How many assumptions a note names, and how much of the variance they explain at least.
NAMED, LEAST = 3, 0.005


def moved(drawn: Drawn, quantity: Callable[[Drawn], Draws]) -> dict[str, float]:
    """Share of the variance of a quantity that goes away when an assumption is fixed, largest
    first; of the assumptions that change the draws at all."""
    draws = quantity(drawn)
    whole, found = float(np.var(draws)), {}
    for name in drawn.sources_of_spread if whole > 0 else ():
        fixed = quantity(replace(drawn, fixed=drawn.fixed | {name}))
        if not np.array_equal(fixed, draws):
            found[name] = 1 - float(np.var(fixed)) / whole
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def result(
    drawn: Drawn,
    quantity: Callable[[Drawn], Draws],
    records: Iterable[str],
    note: str = "",
    more: dict[str, tuple[str, ...]] | None = None,
    assumptions: tuple[str, ...] = (),
) -> Computed | None:
    """A quantity of plants with its rows, the assumptions that move it and what widens it most.

    ``more`` are rows of further tables, ``assumptions`` those used besides. None without rows.
    """
    behind = tuple(sorted(set(records)))
    if not behind:
        return None
    shares = moved(drawn, quantity)
    widest = [f"{name} {share:.0%}" for name, share in shares.items() if share > LEAST][:NAMED]
    width = f"width from {', '.join(widest)}" if shares else "the same in every draw"
    return Computed(
        draws=quantity(drawn),
        central=float(quantity(cast(Drawn, drawn.central()))[0]),
        table="plants",
        records=behind,
        assumptions=tuple(sorted({*(shares or drawn.sources_of_spread), *assumptions})),
        more=more or {},
        note="; ".join(text for text in (note, width) if text),
    )


def rows_of(frame: pl.DataFrame) -> set[str]:
    """Ids of the rows behind plants, projects or holdings (column ``records``)."""
    return set(frame["records"].list.explode(empty_as_null=False))
