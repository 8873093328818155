"""Which of several rows about one thing is believed?

The rule is data: ``data/rules.csv`` lists, for each field, steps in order. Every row is kept; the
rule only ranks them, so the losers can be shown beside the winner. A step prefers rows that are
``filled``, the ``latest`` date, or words in a given order (``a > b = c``: a first, b and c alike).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from multipolar.evidence.dates import day_number
from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of a rule: rows are ordered by ``prefer`` applied to ``column``."""

    column: str
    prefer: str
    why: str


@cache
def rule(table: str, field: str) -> tuple[Step, ...]:
    """The steps that decide a field of a table, first step first. Raises UnknownWord."""
    rows = _rows()
    steps = [r for r in rows if r["table"] == table and r["field"] == field]
    if not steps:
        raise UnknownWord(f"rule of {table}", field, {r["field"] for r in rows})
    steps.sort(key=lambda r: int(r["step"]))
    return tuple(Step(r["column"], r["prefer"], r["why"]) for r in steps)


def ranked(rows: list[Row], table: str, field: str) -> list[Row]:
    """Rows in the order of belief for a field, most believed first; ties keep their order."""
    keys = [_key(step) for step in rule(table, field)]
    return sorted(rows, key=lambda row: tuple(key(row) for key in keys))


def _key(step: Step) -> Callable[[Row], int]:
    column = step.column
    if step.prefer == "filled":
        return lambda row: row[column] in (None, "")
    if step.prefer == "latest":
        return lambda row: -day_number(row[column])
    tiers = [[word.strip() for word in tier.split("=")] for tier in step.prefer.split(">")]
    order = {word: rank for rank, tier in enumerate(tiers) for word in tier}
    return lambda row: order.get(row[column], len(order))


def _rows() -> tuple[dict[str, str], ...]:
    return read_rows("multipolar.evidence", "data/rules.csv")
