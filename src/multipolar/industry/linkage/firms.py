"""How are firms written, and who stands behind them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.industry.linkage.spelling import firm_words, words


@dataclass(frozen=True)
class Firms:
    """The table firms as far as it is needed.

    ``spellings``: words of every way of writing, in no order. ``written``: the same words in order.
    ``behind``: owners and parents, and theirs. ``words``: every word of every name.
    """

    spellings: dict[str, list[tuple[str, ...]]]
    written: dict[str, list[list[str]]]
    behind: dict[str, frozenset[str]]
    words: frozenset[str]


def firms_of(table: pl.DataFrame) -> Firms:
    """Firms with all their spellings, each also without its brackets and what stands in them."""
    spellings: dict[str, list[tuple[str, ...]]] = {}
    written: dict[str, list[list[str]]] = {}
    above: dict[str, set[str]] = {}
    for row in table.iter_rows(named=True):
        names = _names(row)
        found = {tuple(sorted(set(firm_words(name)))) for name in names}
        spellings[row["firm"]] = sorted(name for name in found if name)
        written[row["firm"]] = [words(name) for name in names]
        above[row["firm"]] = owners(row["owners"]) | ({row["parent"]} if row["parent"] else set())
    every = frozenset(word for names in written.values() for name in names for word in name)
    return Firms(spellings, written, {firm: _all_above(firm, above) for firm in above}, every)


def owners(text: str | None) -> set[str]:
    """The firms of ``firm:share|firm:share``."""
    return {part.split(":")[0] for part in (text or "").split("|") if part}


def _names(row: dict[str, Any]) -> list[str]:
    names = [row["name"] or "", *(row["aliases"] or "").split("|")]
    return [row["firm"], *names, *(part for name in names for part in name.split("("))]


def _all_above(firm: str, above: dict[str, set[str]]) -> frozenset[str]:
    """Owners, their owners and so on."""
    found: set[str] = set()
    waiting = set(above[firm])
    while waiting:
        owner = waiting.pop()
        if owner not in found:
            found.add(owner)
            waiting |= above.get(owner, set())
    return frozenset(found)
