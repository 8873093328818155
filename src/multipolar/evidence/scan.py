"""The rows of a table that may outgrow memory, as a relation of DuckDB.

What is bundled or came in as CSV is small and handed over; Parquet of imports is read where it
lies. Of rows with one id in one format the last imported counts, as in the workspace, before what
is bundled. Ids are compared only where files may share some, since that takes memory: where they
speak of the same months and their ids begin alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from multipolar.evidence.schemas import schema
from multipolar.evidence.store import BUNDLED, Evidence

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_SQL = {pl.String: "VARCHAR", pl.Float64: "DOUBLE", pl.Int64: "BIGINT"}
#: A relation looks its parts up when it runs, so that those of two must not share a name.
_number = count(1)
#: The first and last month of a file, and what its ids begin with.
Span = tuple[str, str, frozenset[str]]


def scan(
    evidence: Evidence, table: str, con: DuckDBPyConnection, where: str = "true"
) -> DuckDBPyRelation:
    """The rows on record of a table that meet an SQL condition of ours, with their ``origin``."""
    key = schema(table).key[0]
    number = next(_number)
    small = evidence.apart_from_parquet(table).select(*schema(table).types, "origin")
    workspace = evidence.workspace
    files = workspace.parquets(table, evidence.as_of) if workspace else {}
    files.pop(evidence.left_out, None)
    if not files:
        return _registered(con, small, f"small_{number}").filter(where)
    spans = {id: _span(con, file) for id, file in files.items()}
    formats = {one.id: one.format for one in workspace.imports()} if workspace else {}
    shared = {
        id
        for id in files
        if any(
            formats[id] == formats[other] and _meet(spans[id], spans[other])
            for other in files
            if other != id
        )
    }
    alone = [_rows(con, table, id, files[id]) for id in files if id not in shared]
    # Files are in the order of their numbers, which ids as words are not.
    several = [
        _rows(con, table, id, files[id]).project(f"*, {nth} AS nth, '{formats[id]}' AS format")
        for nth, id in enumerate(files)
        if id in shared
    ]
    found = _union(alone).filter(where) if alone else None
    if several:
        _union(several).filter(where).create_view(f"several_{number}")
        last = f"row_number() OVER (PARTITION BY {key}, format ORDER BY nth DESC) = 1"
        newest = con.sql(
            f"SELECT * EXCLUDE (nth, format) FROM several_{number} QUALIFY {last}"  # noqa: S608
        )
        found = newest if found is None else found.union(newest)
    # A corrected row comes with the small ones.
    corrected = small.filter((pl.col("origin") != BUNDLED) & pl.col("origin").is_in(list(files)))
    if corrected.height and found is not None:
        _registered(con, corrected.select(key), f"corrected_{number}")
        found = found.filter(f"{key} NOT IN (SELECT {key} FROM corrected_{number})")  # noqa: S608
    # What is bundled of a file yields to the file.
    bundled = small.filter(pl.col("origin") == BUNDLED)
    rivals = [id for id in files if bundled.height and _meet(spans[id], _span_of(bundled))]
    if rivals:
        ids = _registered(con, bundled.select(key), f"bundled_{number}").set_alias("b")
        both = _union(_rows(con, table, id, files[id]) for id in rivals).set_alias("f")
        taken = both.join(ids, f"f.{key} = b.{key}", how="semi").select(key).pl()
        small = small.join(taken.unique(), on=key, how="anti")
    rows = _registered(con, small, f"small_{number}").filter(where)
    return rows if found is None else rows.union(found)


def literal(path: Path) -> str:
    """A path that DuckDB takes as it stands: what stands for a pattern is put in brackets."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _registered(con: DuckDBPyConnection, rows: pl.DataFrame, name: str) -> DuckDBPyRelation:
    con.register(name, rows)
    return con.table(name)


def _rows(con: DuckDBPyConnection, table: str, id: str, file: Path) -> DuckDBPyRelation:
    """The rows of an import in the columns of its table."""
    types = {name: _SQL[kind] for name, kind in schema(table).types.items()}
    cells = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in types.items())
    found = con.read_parquet(literal(file), hive_partitioning=False)
    # The workspace has made the id of an import, of letters, digits and hyphens.
    return found.project(f"{cells}, '{id}' AS origin")


def _union(parts: Iterable[DuckDBPyRelation]) -> DuckDBPyRelation:
    first, *rest = parts
    for part in rest:
        first = first.union(part)
    return first


def _span(con: DuckDBPyConnection, file: Path) -> Span:
    """Of which months a file is, and what its ids begin with: one source or list in each file."""
    rows = con.read_parquet(literal(file), hive_partitioning=False)
    low, high = rows.aggregate("min(month), max(month)").fetchall()[0]
    first = rows.project("record").limit(1).fetchall()
    return low or "", high or "", frozenset(_beginning(id) for (id,) in first)


def _span_of(rows: pl.DataFrame) -> Span:
    months = rows["month"]
    return (
        str(months.min() or ""),
        str(months.max() or ""),
        frozenset(map(_beginning, rows["record"])),
    )


def _beginning(id: str) -> str:
    """What stands before the first slash of an id."""
    return id.partition("/")[0]


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1] and bool(one[2] & other[2])
