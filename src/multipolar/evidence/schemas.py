"""Which columns does a table have, in which units and with which limits?

Each table is described by a Table Schema (Frictionless Data) in ``schemas/<table>.json``. Beyond
that standard a field may name a ``vocabulary`` that its words come from, and a table may name
``measures``: value columns, the column that holds their unit, and the quantities allowed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from multipolar.words.errors import UnknownWord
from multipolar.words.files import folder

#: Columns of type ``date`` are kept as text, since a source may give only a year or a month.
POLARS_TYPES = {"string": pl.String, "number": pl.Float64, "integer": pl.Int64, "date": pl.String}


@dataclass(frozen=True)
class Field:
    """One column of a table."""

    name: str
    type: str
    description: str
    unit: str
    vocabulary: str
    constraints: dict[str, Any]

    @property
    def required(self) -> bool:
        """Whether the column must be there and filled in."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class Measure:
    """Value columns that share one unit column; ``quantities`` are those of ``words.units``.

    ``required``: a row has to have one of the values.
    """

    values: tuple[str, ...]
    unit: str
    quantities: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Schema:
    """One table: its fields, its key, the column that dates a row (for as-of) if any, and the
    columns that a narrow screen shows first."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    dated: str | None
    shown: tuple[str, ...]
    measures: tuple[Measure, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name. Raises UnknownWord."""
        for found in self.fields:
            if found.name == name:
                return found
        raise UnknownWord(f"column of {self.name}", name, [f.name for f in self.fields])

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return [field.name for field in self.fields]

    @property
    def types(self) -> dict[str, Any]:
        """The Polars type of each column."""
        return {field.name: POLARS_TYPES[field.type] for field in self.fields}


@cache
def schema(table: str) -> Schema:
    """The schema of a table. Raises UnknownWord."""
    if table not in tables():
        raise UnknownWord("table", table, tables())
    raw = json.loads(_folder().joinpath(f"{table}.json").read_text(encoding="utf-8"))
    key = raw["primaryKey"]
    return Schema(
        name=raw["name"],
        title=raw["title"],
        description=raw["description"],
        key=tuple([key] if isinstance(key, str) else key),
        dated=raw.get("dated"),
        shown=tuple(raw.get("shown", ())),
        measures=tuple(
            Measure(tuple(m["values"]), m["unit"], tuple(m["quantities"]), m.get("required", False))
            for m in raw.get("measures", ())
        ),
        fields=tuple(_field(entry) for entry in raw["fields"]),
    )


@cache
def tables() -> tuple[str, ...]:
    """The names of all tables."""
    names = (file.name for file in _folder().iterdir())
    return tuple(sorted(n.removesuffix(".json") for n in names if n.endswith(".json")))


def _field(entry: dict[str, Any]) -> Field:
    return Field(
        name=entry["name"],
        type=entry["type"],
        description=entry["description"],
        unit=entry.get("unit", ""),
        vocabulary=entry.get("vocabulary", ""),
        constraints=entry.get("constraints", {}),
    )


def _folder() -> Any:
    return folder("multipolar.evidence", "schemas")
