"""Files of others whose rows are no plants: flows, prices, production, outlooks.

Each file becomes one import. What cannot be used is left out with its reason; a file of the same
name takes the place of its own earlier rows, and both stand on record as of their release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from multipolar.evidence.check import Known, check_rows
from multipolar.evidence.dates import is_partial_date
from multipolar.evidence.imports import Imported, alike
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import bibliography
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Import, More, Workspace, checksum
from multipolar.readers.flows import FlowReader, Flows
from multipolar.readers.reader import Reader
from multipolar.words.errors import Fault, FaultyInput, MultipolarError

Step = Callable[[str], None]
TABLE = "trade"


@dataclass(frozen=True)
class Ready:
    """A file that is ready to be stored: its rows, or the Parquet file that holds them."""

    path: Path
    sha256: str
    rows: pl.DataFrame | Path
    refused: list[Fault]
    more: More
    kinds: tuple[tuple[Fault, int], ...] = ()


def bring_tables(
    evidence: Evidence,
    workspace: Workspace,
    reader: Reader | FlowReader,
    files: list[Path],
    released: str,
    step: Step,
    maps: Mapping[Path, tuple[FlowReader, str]] | None = None,
) -> list[Imported]:
    """Import files whose rows go into one table as they are: all files or none.

    Code files among them are no imports of their own, they are used to read the others.
    ``released``: the day, month or year on which the publisher gave them out, where the user knows.
    ``maps``: the reader of each file that is read through a map of its columns, and its number.
    """
    if released and not is_partial_date(released):
        raise MultipolarError(f"not a date: {released!r}; write YYYY, YYYY-MM or YYYY-MM-DD")
    codes = [f for f in files if isinstance(reader, FlowReader) and reader.is_code_file(f)]
    if codes and len(codes) == len(files):
        advice = "name the data in the same command"
        raise MultipolarError(f"{codes[0].name} lists codes, it holds no data; {advice}")
    number_of_codes = _number_of(codes)
    workspace.path.mkdir(parents=True, exist_ok=True)
    with workspace.unfinished() as beside:
        ready: list[Ready | Imported] = []
        for number, file in enumerate(file for file in files if file not in codes):
            digest = checksum(file)
            one, map = (maps or {}).get(file, (reader, number_of_codes))
            same, _ = workspace.earlier(reader.format, file, digest, map)
            if same and same.released in (released or same.released, ""):
                ready.append(Imported(file, same, new=False))
                continue
            step(f"reading {file.name}")
            if isinstance(one, FlowReader):
                out = beside / f"{number}.parquet"
                found = one.read(file, out, released, codes)
                ready.append(_flows(found, file, digest, out, map))
            else:
                ready.append(_rows(evidence, one, file, digest, released))
        table = TABLE if maps or isinstance(reader, FlowReader) else reader.table
        with workspace.locked():
            return [_stored(workspace, reader.format, table, one) for one in ready]


def _stored(workspace: Workspace, format: str, table: str, one: Ready | Imported) -> Imported:
    if isinstance(one, Imported):
        return one
    record: Import = workspace.store(format, table, one.path, one.sha256, one.rows, one.more)
    return Imported(one.path, record, True, tuple(one.refused), one.kinds)


def _number_of(codes: Sequence[Path]) -> str:
    """A number of code files: with others the same file may be read otherwise."""
    if not codes:
        return ""
    return hashlib.sha256("".join(sorted(map(checksum, codes))).encode()).hexdigest()[:12]


def _flows(found: Flows, file: Path, digest: str, out: Path, map: str) -> Ready:
    fields = {
        "lines": found.lines,
        "statements": found.statements,
        "refused": found.refused,
        "remarks": list(found.remarks),
        "map": map,
        "released": found.released,
    }
    more = More({}, {"refused": told(found.told)}, fields)
    return Ready(file, digest, out, found.told, more, found.kinds)


def _rows(evidence: Evidence, reader: Reader, file: Path, digest: str, released: str) -> Ready:
    found = reader.read(file)
    cells = [{**row.cells, "row": row.line} for row in found.rows]
    kind = schema(reader.table)
    types = {**dict.fromkeys(kind.columns, pl.String), "row": pl.Int64}
    text = pl.DataFrame(cells, schema=types).fill_null("")
    if released and kind.dated:
        text = text.with_columns(pl.lit(released).alias(kind.dated))
    known = Known(frozenset(bibliography()), evidence.known.firms)
    rows, faults = check_rows(text, file.name, kind, known)
    wrong = {fault.row for fault in faults}
    kept = rows.filter(~pl.col("row").is_in(list(wrong))).drop("row")
    refused = sorted([*found.refused, *faults], key=lambda fault: fault.row or 0)
    if kept.is_empty():
        raise FaultyInput(refused[:20])
    newest = str(kept[kind.dated].max()) if kind.dated else ""
    fields = {
        "lines": found.lines,
        "statements": kept.height + len({fault.row for fault in refused}),
        "refused": {str(first.problem): count for first, count in alike(refused)},
        "remarks": list(found.remarks),
        "released": newest,
    }
    return Ready(file, digest, kept, refused, More({}, {"refused": told(refused)}, fields))


def told(refused: list[Fault]) -> pl.DataFrame:
    """Refused rows as a table."""
    rows = [(fault.row, fault.column, fault.problem, fault.advice) for fault in refused]
    types = {"row": pl.Int64, "column": pl.String, "problem": pl.String, "advice": pl.String}
    return pl.DataFrame(rows, schema=types, orient="row")
