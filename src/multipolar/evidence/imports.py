"""How do a user's own rows get into a workspace: checked, all or none, and never twice?

A file in a table's own format is checked on its own and against what is on record. Several files of
one import are all checked before the first is stored. The same file again changes nothing; a file
of the same name with other content takes the place of its own earlier rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from multipolar.evidence.check import Known, check_file, check_row
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.store import Evidence, mismatch, spellings
from multipolar.evidence.workspace import Import, Workspace, checksum
from multipolar.words.errors import Fault, FaultyInput, MultipolarError, UnknownWord


@dataclass(frozen=True)
class Imported:
    """What became of one file; ``new`` is false where the same file was already in use.

    ``record`` is None where nothing was stored, since every row was on record. ``refused``: rows of
    a list of others that were left out, the first of each kind where they are many; ``kinds``: one
    of each kind and how many there are, where they were counted.
    """

    file: Path
    record: Import | None
    new: bool
    refused: tuple[Fault, ...] = ()
    kinds: tuple[tuple[Fault, int], ...] = ()


def alike(refused: Iterable[Fault]) -> list[tuple[Fault, int]]:
    """Refused rows by kind: the first of each kind and how many there are, the commonest first."""
    kinds: dict[tuple[str | None, str], list[Fault]] = {}
    for fault in refused:
        kinds.setdefault((fault.column, fault.advice), []).append(fault)
    return sorted(((found[0], len(found)) for found in kinds.values()), key=lambda kind: -kind[1])


def importable() -> tuple[str, ...]:
    """The tables that users may bring rows for."""
    return tuple(name for name in tables() if name != "claims")


def template(table: str) -> str:
    """An empty CSV of a table: its header line, ready to be filled in. Raises UnknownWord."""
    return ",".join(schema(table).columns) + "\n"


def import_files(evidence: Evidence, table: str, files: list[Path]) -> list[Imported]:
    """Import files in a table's own format into the workspace of ``evidence``.

    Raises UnknownWord for a format, FaultyInput with the faults of all files; nothing is stored
    then.
    """
    if table not in importable():
        raise UnknownWord("format", table, importable())
    workspace = evidence.workspace
    if workspace is None:
        raise MultipolarError("no workspace to import into: name one with --workspace")
    _ready(evidence, workspace, table, files)
    # Checked again under the lock, since another process may have imported meanwhile.
    with workspace.locked():
        evidence.reload()
        ready = _ready(evidence, workspace, table, files)
        done = [_stored(workspace, table, *entry) for entry in ready]
    evidence.reload()
    return done


def _ready(
    evidence: Evidence, workspace: Workspace, table: str, files: list[Path]
) -> list[tuple[Path, str, Import | pl.DataFrame]]:
    """Each file with its checksum and its checked rows, or the import that has it already."""
    faults: list[Fault] = []
    ready: list[tuple[Path, str, Import | pl.DataFrame]] = []
    names = [file.name for file in files]
    for file in files:
        if names.count(file.name) > 1:
            advice = "rename one of them, since a file replaces the rows of its own name"
            faults.append(Fault(file.name, None, None, "two files have this name", advice))
            continue
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
    return ready


def _stored(
    workspace: Workspace, table: str, file: Path, digest: str, found: Import | pl.DataFrame
) -> Imported:
    if isinstance(found, Import):
        return Imported(file, found, new=False)
    return Imported(file, workspace.store(table, table, file, digest, found), new=True)


def _checked(
    evidence: Evidence, table: str, file: Path, replaced: Import | None, earlier: list[pl.DataFrame]
) -> pl.DataFrame:
    others = evidence.without(replaced.id if replaced else "")
    known = before = _known(evidence, replaced)
    if table == "firms":
        known = Known(known.sources, known.firms | _firms_of(file))
    rows = check_file(file, schema(table), known)
    faults = _already_there(others, table, file, rows, earlier)
    if replaced:
        faults += orphaned(evidence, table, file, rows, replaced)
    if table == "firms":
        faults += _taken(before, file, rows, earlier)
    if table == "corrections":
        rows, unfit = _canonical(others, file, rows, earlier)
        faults += unfit
    else:
        faults += spoilt(others.layered("corrections"), table, file, rows, before)
    if faults:
        raise FaultyInput(faults)
    return rows.drop("row")


def _known(evidence: Evidence, replaced: Import | None) -> Known:
    """What rows may refer to once the replaced import is gone."""
    known = evidence.without("").known
    if replaced is None or replaced.table != "firms":
        return known
    firms = evidence.layered("firms")
    gone = set(firms.filter(pl.col("origin") == replaced.id)["firm"])
    return Known(known.sources, {name: id for name, id in known.firms.items() if id not in gone})


def _already_there(
    others: Evidence, table: str, file: Path, rows: pl.DataFrame, earlier: list[pl.DataFrame]
) -> list[Fault]:
    key = list(schema(table).key)
    ids = pl.concat([frame.select(key) for frame in (others.layered(table), *earlier)])
    twice = rows.join(ids, on=key, how="semi", nulls_equal=True)
    advice = "give it a new id, or override the row by a correction"
    return [
        Fault(
            file.name,
            row,
            "+".join(key),
            f"{'/'.join(map(str, id))!r} is already on record",
            advice,
        )
        for row, *id in twice.select("row", *key).rows()
    ]


def orphaned(
    evidence: Evidence, table: str, file: Path, rows: pl.DataFrame, replaced: Import
) -> list[Fault]:
    """Corrected rows that a new version of a file no longer has."""
    key = schema(table).key[0]
    before = evidence.layered(table).filter(pl.col("origin") == replaced.id)
    gone = sorted(set(before[key]) - set(rows[key]))
    corrections = evidence.layered("corrections")
    changed = corrections.filter((pl.col("table") == table) & pl.col("record").is_in(gone))
    advice = "keep the row, or take the correction back first"
    faults = [
        Fault(file.name, None, key, f"row {id!r}, which a correction changes, is missing", advice)
        for id in changed["record"].unique().sort()
    ]
    if table == "firms":
        plants = evidence.layered("plants")
        owners = plants["owners"].drop_nulls().str.split("|").explode().str.split(":").list.first()
        advice = "keep the firm, or import the plants without it first"
        faults += [
            Fault(file.name, None, key, f"firm {id!r}, which a plant names, is missing", advice)
            for id in gone
            if id in set(plants["firm"]) | set(owners)
        ]
    return faults


def spoilt(
    corrections: pl.DataFrame, table: str, file: Path, rows: pl.DataFrame, known: Known
) -> list[Fault]:
    """Rows that do not hold together once the corrections on record are applied to them."""
    key = schema(table).key[0]
    corrections = corrections.filter(
        (pl.col("table") == table) & pl.col("record").is_in(rows[key].implode())
    )
    faults = []
    for (record,), group in corrections.partition_by("record", as_dict=True).items():
        row = rows.row(by_predicate=pl.col(key) == record, named=True)
        _, wrong = check_row(_text(row) | _changes(group.to_dicts()), schema(table), known)
        advice = "mend the row, or take the correction back first"
        problem = "does not fit the correction of this row: {}"
        faults += [
            Fault(file.name, row["row"], f.column, problem.format(f.problem), advice) for f in wrong
        ]
    return faults


def _text(row: dict[str, Any]) -> dict[str, str]:
    """A typed row as the text that it was read from."""
    return {name: "" if value is None else str(value) for name, value in row.items()}


def _changes(corrections: list[dict[str, Any]]) -> dict[str, str]:
    return {correction["field"]: correction["value"] or "" for correction in corrections}


def _taken(
    known: Known, file: Path, rows: pl.DataFrame, earlier: list[pl.DataFrame]
) -> list[Fault]:
    """Spellings of an imported firm that belong to another firm, on record or in this import."""
    owners = dict(known.firms)
    for row in (row for frame in earlier for row in frame.iter_rows(named=True)):
        owners |= {spelling.casefold(): row["firm"] for spelling in spellings(row)}
    faults = []
    for row in rows.iter_rows(named=True):
        for spelling in spellings(row):
            owner = owners.setdefault(spelling.casefold(), row["firm"])
            if owner != row["firm"]:
                problem = f"{spelling!r} is the firm {owner} already"
                advice = "leave the spelling out, or override that firm by a correction"
                faults.append(Fault(file.name, row["row"], "aliases", problem, advice))
    return faults


def _canonical(
    others: Evidence, file: Path, corrections: pl.DataFrame, earlier: list[pl.DataFrame]
) -> tuple[pl.DataFrame, list[Fault]]:
    """Corrections with their values in canonical form, and those that fit no row or spoil it.

    Corrections of one row are checked together, with those of the ``earlier`` files of an import.
    """
    before = [row for frame in earlier for row in frame.iter_rows(named=True)]
    faults: list[Fault] = []
    values: dict[int, str | None] = {}
    for (table, record), group in corrections.partition_by(
        "table", "record", as_dict=True, maintain_order=True
    ).items():
        rows, fitting = others.layered(str(table)), []
        for correction in group.to_dicts():
            problem = mismatch(rows, correction)
            if problem:
                advice = "remove or mend the correction; the source may have been fixed"
                faults.append(Fault(file.name, correction["row"], "record", problem, advice))
            else:
                fitting.append(correction)
        if fitting:
            same = [c for c in before if (c["table"], c["record"]) == (table, record)]
            found, wrong = _corrected(others, str(table), str(record), fitting, _changes(same))
            values |= found
            faults += [Fault(file.name, row, "value", *told) for row, *told in wrong]
    corrected = [values.get(row) for row in corrections["row"]]
    return corrections.with_columns(pl.Series("value", corrected, pl.String)), faults


def _corrected(
    others: Evidence,
    table: str,
    record: str,
    corrections: list[dict[str, Any]],
    earlier: dict[str, str],
) -> tuple[dict[int, str | None], list[tuple[int, str, str]]]:
    """Canonical values by line, and (line, problem, advice) of what is wrong with the new row."""
    kind = schema(table)
    before = others.table(table).row(by_predicate=pl.col(kind.key[0]) == record, named=True)
    changes = _changes(corrections)
    lines = {c["field"]: c["row"] for c in corrections}
    after, faults = check_row(_text(before) | earlier | changes, kind, others.known)
    first = corrections[0]["row"]
    wrong = [(lines.get(f.column or "", first), f.problem, f.advice) for f in faults]
    same = [name for name in kind.columns if name not in changes and name not in earlier]
    moved = [name for name in same if after[name] != before[name]]
    if moved and not wrong:
        advice = "correct those columns instead, in the unit that the row has"
        wrong.append((first, f"it would change {', '.join(moved)} too", advice))
    found = {lines[f]: None if after[f] is None else str(after[f]) for f in changes}
    return found, wrong


def _firms_of(file: Path) -> dict[str, str]:
    """Ids of a firms file, so that its rows may refer to each other."""
    try:
        ids = pl.read_csv(file, columns=["firm"], infer_schema=False)["firm"]
    except (pl.exceptions.PolarsError, OSError):
        return {}
    return {id.casefold(): id for id in ids if id}
