"""The rows of a table that may outgrow memory, as a relation of DuckDB.

What is bundled or came in as CSV is small and handed over; Parquet of imports is read where it
lies. Of rows with one id the last imported counts, as in the workspace, before what is bundled.
"""

from __future__ import annotations

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


def scan(
    evidence: Evidence, table: str, con: DuckDBPyConnection, where: str = "true"
) -> DuckDBPyRelation:
    """The rows on record of a table that meet an SQL condition of ours, with their ``origin``."""
    types = {name: _SQL[kind] for name, kind in schema(table).types.items()}
    key = schema(table).key[0]
    number = next(_number)
    small, large = f"small_{number}", f"large_{number}"
    con.register(small, evidence.apart_from_parquet(table).select(*types, "origin"))
    rows = con.sql(f"SELECT * FROM {small} WHERE {where}")  # noqa: S608
    workspace = evidence.workspace
    files = workspace.parquets(table, evidence.as_of) if workspace else {}
    if not files:
        return rows
    cells = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in types.items())
    imported = None
    for id, file in files.items():
        found = con.read_parquet(literal(file), hive_partitioning=False).filter(where)
        # The workspace has made the id of an import, of letters, digits and hyphens.
        found = found.project(f"{cells}, '{id}' AS origin")
        imported = found if imported is None else imported.union(found)
    last = f"row_number() OVER (PARTITION BY {key} ORDER BY origin DESC) = 1"
    # One file holds no flow twice; several may.
    only = f" QUALIFY {last}" if len(files) > 1 else ""
    imported.create_view(large)  # type: ignore[union-attr]
    # What is bundled of a file yields to the file; a corrected row comes with the small ones.
    bundled = f"origin = '{BUNDLED}'"
    rows = rows.filter(f"NOT ({bundled} AND {key} IN (SELECT {key} FROM {large}))")  # noqa: S608
    corrected = f"SELECT {key} FROM {small} WHERE NOT {bundled}"  # noqa: S608
    kept = f"SELECT * FROM {large} WHERE {key} NOT IN ({corrected}){only}"  # noqa: S608
    return rows.union(con.sql(kept))


def literal(path: Path) -> str:
    """A path that DuckDB takes as it stands: what stands for a pattern is put in brackets."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
