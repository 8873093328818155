"""How do a user's own rows get into a workspace: checked, all or none, and never twice?

A file in a table's own format is checked on its own and against what is on record. Several files of
one import are all checked before the first is stored. The same file again changes nothing; a file
of the same name with other content takes the place of its own earlier rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from multipolar.evidence.check import Known, check_file, check_value
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.store import Evidence, mismatch
from multipolar.evidence.workspace import Import, Workspace, checksum
from multipolar.words.errors import Fault, FaultyInput, MultipolarError


@dataclass(frozen=True)
class Imported:
    """What became of one file; ``new`` is false where the same file was already in use."""

    file: Path
    record: Import
    new: bool


def importable() -> tuple[str, ...]:
    """The tables that users may bring rows for."""
    return tuple(name for name in tables() if name != "claims")


def template(table: str) -> str:
    """An empty CSV of a table: its header line, ready to be filled in. Raises UnknownWord."""
    return ",".join(schema(table).columns) + "\n"


def import_files(evidence: Evidence, table: str, files: list[Path]) -> list[Imported]:
    """Import files in a table's own format into the workspace of ``evidence``.

    Raises FaultyInput with the faults of all files; nothing is stored then.
    """
    workspace = evidence.workspace
    if workspace is None:
        raise MultipolarError("no workspace to import into: name one with --workspace")
    faults: list[Fault] = []
    ready: list[tuple[Path, str, Import | pl.DataFrame]] = []
    for file in files:
        digest = checksum(file)
        same, replaced = workspace.earlier(table, file, digest)
        earlier = [found for _, _, found in ready if isinstance(found, pl.DataFrame)]
        try:
            found = same or _checked(evidence, table, file, replaced, earlier)
        except FaultyInput as refused:
            faults += refused.faults
        else:
            ready.append((file, digest, found))
    if faults:
        raise FaultyInput(faults)
    done = [_stored(workspace, table, *entry) for entry in ready]
    evidence.reload()
    return done


def _stored(
    workspace: Workspace, table: str, file: Path, digest: str, found: Import | pl.DataFrame
) -> Imported:
    if isinstance(found, Import):
        return Imported(file, found, new=False)
    return Imported(file, workspace.store(table, table, file, digest, found), new=True)


def _checked(
    evidence: Evidence, table: str, file: Path, replaced: Import | None, earlier: list[pl.DataFrame]
) -> pl.DataFrame:
    known = evidence.known
    if table == "firms":
        known = Known(known.sources, known.firms | _firms_of(file))
    rows = check_file(file, schema(table), known)
    faults = _already_there(evidence, table, file, rows, replaced, earlier)
    if table == "corrections":
        faults += _unfit(evidence, file, rows)
    if faults:
        raise FaultyInput(faults)
    return rows.drop("row")


def _already_there(
    evidence: Evidence,
    table: str,
    file: Path,
    rows: pl.DataFrame,
    replaced: Import | None,
    earlier: list[pl.DataFrame],
) -> list[Fault]:
    key = list(schema(table).key)
    on_record = evidence.layered(table)
    if replaced:
        on_record = on_record.filter(pl.col("origin") != replaced.id)
    others = pl.concat([frame.select(key) for frame in (on_record, *earlier)])
    twice = rows.join(others, on=key, how="semi", nulls_equal=True)
    advice = "give it a new id, or override the row by a correction"
    return [
        Fault(
            file.name,
            row,
            "+".join(key),
            f"{'/'.join(map(str, ids))!r} is already on record",
            advice,
        )
        for row, *ids in twice.select("row", *key).rows()
    ]


def _unfit(evidence: Evidence, file: Path, corrections: pl.DataFrame) -> list[Fault]:
    """Corrections that match no row, or that put a wrong value in its place."""
    faults = []
    for row in corrections.iter_rows(named=True):
        problem = mismatch(evidence.layered(row["table"]), row)
        if problem:
            advice = "remove or mend the correction; the source may have been fixed"
            faults.append(Fault(file.name, row["row"], "record", problem, advice))
            continue
        field = schema(row["table"]).field(row["field"])
        wrong = check_value(row["value"] or "", field, evidence.known)
        if wrong:
            faults.append(Fault(file.name, row["row"], "value", *wrong.split(": ", 1)))
    return faults


def _firms_of(file: Path) -> dict[str, str]:
    """Ids of a firms file, so that its rows may refer to each other."""
    try:
        ids = pl.read_csv(file, columns=["firm"], infer_schema=False)["firm"]
    except (pl.exceptions.PolarsError, OSError):
        return {}
    return {id.casefold(): id for id in ids if id}
