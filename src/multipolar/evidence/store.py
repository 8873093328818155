"""What is on record, as of a date, with corrections applied?

``Evidence`` layers a workspace over the bundled tables. Corrections are applied before rows are
filtered by date, so that a correction without a row always fails.
"""

from __future__ import annotations

from datetime import date
from functools import cache, cached_property
from pathlib import Path

import polars as pl

from multipolar.evidence.check import Known, check_file
from multipolar.evidence.dates import last_day
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.sources import bibliography
from multipolar.evidence.workspace import Import, Workspace, checksum
from multipolar.words.errors import EvidenceError, Fault, FaultyInput, MultipolarError
from multipolar.words.files import folder

BUNDLED = "bundled"


class Evidence:
    """Every table as it stood at ``as_of`` (None: all that is known)."""

    def __init__(self, workspace: Path | None = None, as_of: date | None = None) -> None:
        if workspace is not None and workspace.exists() and not workspace.is_dir():
            raise MultipolarError(f"workspace {workspace} is not a folder; name a folder")
        self.workspace = Workspace(workspace) if workspace else None
        self.as_of = as_of
        self._tables: dict[str, pl.DataFrame] = {}

    def table(self, name: str) -> pl.DataFrame:
        """Rows on record of a table, corrected; column ``origin`` says where a row came in.

        Raises UnknownWord for a table, EvidenceError for a correction that matches no row.
        """
        if name not in self._tables:
            self._tables[name] = self._on_record(name, self._corrected(name))
        return self._tables[name]

    def on_record(self, name: str) -> tuple[int, int]:
        """(rows on record at ``as_of``, rows known today)."""
        return self.table(name).height, self._layered(name).height

    @property
    def year(self) -> int:
        """The year that counts as present: that of ``as_of``, else of the latest plant row."""
        if self.as_of:
            return self.as_of.year
        return int(self.table("plants")["date"].str.slice(0, 4).max())  # type: ignore[arg-type]

    @cached_property
    def known(self) -> Known:
        """What imported rows may refer to."""
        firms: dict[str, str] = {}
        for row in self.table("firms").iter_rows(named=True):
            spellings = [row["firm"], row["name"], *(row["aliases"] or "").split("|")]
            firms |= {spelling.casefold(): row["firm"] for spelling in spellings if spelling}
        return Known(frozenset(bibliography()), firms)

    def import_files(self, table: str, files: list[Path]) -> list[tuple[Path, Import, bool]]:
        """Import files of a table's own format; each is stored whole or not at all.

        All files are checked before the first is stored. Returns (file, record, whether it is
        new). Raises FaultyInput with the faults of all files; nothing is stored then.
        """
        if self.workspace is None:
            raise MultipolarError("no workspace to import into: name one with --workspace")
        faults: list[Fault] = []
        ready: list[tuple[Path, str, Import | None, pl.DataFrame | None]] = []
        for file in files:
            digest = checksum(file)
            same, replaced = self.workspace.earlier(table, file, digest)
            try:
                rows = None if same else self._checked(table, file, replaced)
            except FaultyInput as refused:
                faults += refused.faults
                continue
            ready.append((file, digest, same, rows))
        if faults:
            raise FaultyInput(faults)
        done = []
        for file, digest, same, rows in ready:
            record = same or self.workspace.store(table, table, file, digest, _required(rows))
            done.append((file, record, same is None))
        self._tables.clear()
        self.__dict__.pop("known", None)
        return done

    def _checked(self, table: str, file: Path, replaced: Import | None) -> pl.DataFrame:
        known = self.known
        if table == "firms":
            known = Known(known.sources, known.firms | _firms_of(file))
        rows = check_file(file, schema(table), known)
        key = list(schema(table).key)
        others = self._layered(table).filter(pl.col("origin") != (replaced.id if replaced else ""))
        twice = rows.join(others, on=key, how="semi", nulls_equal=True)
        column = "+".join(key)
        faults = [
            Fault(file.name, None, column, f"{'/'.join(map(str, ids))!r} is already on record", _OVERRIDE)
            for ids in twice.select(key).iter_rows()
        ]
        if table == "corrections":
            faults += self._unmatched(rows, file.name)
        if faults:
            raise FaultyInput(faults)
        return rows

    def _unmatched(self, corrections: pl.DataFrame, file: str) -> list[Fault]:
        faults = []
        for row in corrections.iter_rows(named=True):
            problem = _mismatch(self._layered(row["table"]), row)
            if problem:
                advice = "remove or mend the correction; the source may have been fixed"
                faults.append(Fault(file, None, "record", problem, advice))
        return faults

    def _layered(self, name: str) -> pl.DataFrame:
        rows = bundled(name)
        return pl.concat([rows, self.workspace.rows(name)]) if self.workspace else rows

    def _corrected(self, name: str) -> pl.DataFrame:
        rows = self._layered(name)
        if name in ("corrections", "claims"):
            return rows
        for correction in self.table("corrections").filter(pl.col("table") == name).iter_rows(named=True):
            problem = _mismatch(rows, correction)
            if problem:
                raise EvidenceError(f"corrections: {problem}; remove or mend the correction")
            rows = _apply(rows, name, correction)
        return rows

    def _on_record(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        dated = schema(name).dated
        if self.as_of is None or dated is None:
            return rows
        return rows.filter(last_day(dated) <= self.as_of)


_OVERRIDE = "give it a new id, or override the row by a correction"


@cache
def bundled(name: str) -> pl.DataFrame:
    """The rows of a table that ship with the package."""
    file = folder("multipolar.evidence", "data", f"{name}.csv")
    with file.open("rb") as stream:
        rows = pl.read_csv(stream, schema=schema(name).types)
    return rows.with_columns(pl.lit(BUNDLED).alias("origin"))


def template(table: str) -> str:
    """An empty CSV of a table: its header line, ready to be filled in."""
    return ",".join(schema(table).columns) + "\n"


def importable() -> tuple[str, ...]:
    """The tables that users may bring rows for."""
    return tuple(name for name in tables() if name != "claims")


def _mismatch(rows: pl.DataFrame, correction: dict[str, str]) -> str:
    """Why a correction fits no row, or an empty text."""
    name, record, field = correction["table"], correction["record"], correction["field"]
    if field not in schema(name).columns:
        return f"table {name} has no column {field!r}"
    if rows.filter(pl.col(schema(name).key[0]) == record).is_empty():
        return f"{record!r} matches no row of table {name}"
    return ""


def _apply(rows: pl.DataFrame, name: str, correction: dict[str, str]) -> pl.DataFrame:
    field, wanted = correction["field"], schema(name).types[correction["field"]]
    value = pl.lit(correction["value"], pl.String).cast(wanted)
    here = pl.col(schema(name).key[0]) == correction["record"]
    return rows.with_columns(pl.when(here).then(value).otherwise(pl.col(field)).alias(field))


def _firms_of(file: Path) -> dict[str, str]:
    """Ids of a firms file, so that its rows may refer to each other."""
    try:
        ids = pl.read_csv(file, columns=["firm"], infer_schema=False)["firm"]
    except (pl.exceptions.PolarsError, OSError):
        return {}
    return {id.casefold(): id for id in ids if id}


def _required(rows: pl.DataFrame | None) -> pl.DataFrame:
    assert rows is not None
    return rows
