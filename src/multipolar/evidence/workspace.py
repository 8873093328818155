"""A user's own rows: a folder layered over the bundled evidence.

Each import is one folder ``imports/<number>-<format>-<file>`` with the typed rows, those of further
tables if it brought any, and a record (checksum, time, format, counts). It is written beside its
place and renamed into it, so a crash leaves the earlier state; what it leaves beside it is cleared
by the next import. A file imported again replaces its
own earlier rows only; the earlier folder stays and is visible in the record. What somebody else
publishes may be imported from several files: of rows with one id in one such format the last
imported is in use. Rows that may be many are kept as Parquet instead of CSV.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from multipolar.evidence.dates import day_number
from multipolar.evidence.schemas import Schema, schema
from multipolar.words.errors import EvidenceError, MultipolarError

ID = re.compile(r"[0-9]{4,}-[a-z0-9-]+")
LOCK, LOCK_SECONDS = ".lock", 60.0
UNFINISHED = "unfinished-"
#: Larger tables are only ever added up, not listed.
MOST_AT_ONCE = 5_000_000


@dataclass(frozen=True)
class Import:
    """The record of one import; ``replaces`` names the import whose rows it takes the place of.

    ``rows`` counts those of ``table``, ``also`` those that it brought into other tables. What
    follows is told of a list that others publish: ``lines`` of the file, ``statements`` in them
    (rows and refused together), how many were ``refused`` for which reason, how many of these
    because they are ``repeated`` from what is on record, and the ``counts`` of linkage. ``map`` is
    the number of a map of columns; ``released`` the day on which the publisher gave the file out.
    """

    id: str
    format: str
    table: str
    file: str
    sha256: str
    time: str
    rows: int
    replaces: str
    also: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    statements: int = 0
    repeated: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    map: str = ""
    released: str = ""

    @property
    def number(self) -> str:
        """The number that the id begins with."""
        return self.id.partition("-")[0]


@dataclass(frozen=True)
class More:
    """What an import holds beside the rows of its table: further tables, files and fields of the
    record. ``{number}`` in the name of a file becomes that of the import."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    files: dict[str, pl.DataFrame] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


class Workspace:
    """The folder at ``path``; it need not exist before the first import."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._imports = path / "imports"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from importing meanwhile; a crash gives the lock back."""
        from filelock import FileLock, Timeout

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path / LOCK, timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise MultipolarError(
                f"another import into {self.path} is running; try again when it is done"
            ) from None
        except OSError as error:
            raise MultipolarError(f"cannot write to {self.path}: {error.strerror}") from None

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A folder for what is being made, gone at the end; it lives as long as its process.

        A lock beside it, taken before the folder is there and given back by a crash, tells which
        folders belong to nobody any more; these are cleared first.
        """
        from filelock import FileLock

        self._clear()
        folder = self.path / f"{UNFINISHED}{uuid4().hex[:12]}"
        with FileLock(f"{folder}{LOCK}"):
            try:
                folder.mkdir(mode=0o700)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                Path(f"{folder}{LOCK}").unlink(missing_ok=True)

    def _clear(self) -> None:
        """Remove what imports that were killed have left; what cannot be removed stays."""
        from filelock import FileLock, Timeout

        for folder in self.path.glob(f"{UNFINISHED}*/"):
            with suppress(Timeout, OSError), FileLock(f"{folder}{LOCK}", timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
                Path(f"{folder}{LOCK}").unlink(missing_ok=True)

    def imports(self) -> list[Import]:
        """Every import, oldest first. Raises EvidenceError for a record that cannot be read."""
        records = []
        for file in sorted(self._imports.glob("*/record.json"), key=_number):
            try:
                record = Import(**json.loads(file.read_text(encoding="utf-8")))
                if record.id != file.parent.name or not ID.fullmatch(record.id):
                    raise ValueError
                records.append(record)
            except (ValueError, TypeError):
                raise EvidenceError(f"damaged import record {file}: move its folder away") from None
        return records

    def active(self, as_of: date | None = None) -> list[Import]:
        """The imports whose rows are in use; as of a day, those of files given out by then."""
        records = [r for r in self.imports() if not as_of or _released(r) <= as_of]
        replaced = {record.replaces for record in records}
        return [record for record in records if record.id not in replaced]

    def rows(
        self,
        table: str,
        left_out: str = "",
        as_of: date | None = None,
        of_parquet: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """The rows of a table in use, with the column ``origin`` naming the import.

        ``left_out``: id of an import whose rows are not wanted. ``of_parquet``: of rows in Parquet
        only those with these ids.
        """
        frames = []
        for record in self.active(as_of):
            if record.id != left_out and (record.table == table or table in record.also):
                name = "rows" if record.table == table else table
                told = [pl.lit(record.id).alias("origin"), pl.lit(record.format).alias("format")]
                found = _read(self.folder(record) / name, table, of_parquet)
                frames.append(found.with_columns(told))
        types = {**schema(table).types, "origin": pl.String, "format": pl.String}
        rows = pl.concat([pl.DataFrame(schema=types), *frames])
        last = pl.struct(*schema(table).key, "format").is_last_distinct()
        return rows.filter((pl.col("format") == table) | last).drop("format")

    def folder(self, record: Import) -> Path:
        """Where the files of an import are."""
        return self._imports / record.id

    def parquets(self, table: str, as_of: date | None = None) -> dict[str, Path]:
        """The Parquet files of a table in use, by the id of their import, oldest first."""
        mine = [record for record in self.active(as_of) if record.table == table]
        files = {record.id: self.folder(record) / "rows.parquet" for record in mine}
        return {id: file for id, file in files.items() if file.exists()}

    def earlier(
        self, format: str, file: Path, sha256: str, map: str = ""
    ) -> tuple[Import | None, Import | None]:
        """(the same file already in use, the earlier version that this file would replace).

        A file of another name with the same content, read through another map, is that file too.
        """
        mine = [r for r in self.active() if r.format == format]
        same = next((r for r in mine if (r.sha256, r.map) == (sha256, map)), None)
        named = next((r for r in mine if r.file == file.name), None)
        return same, named or next((r for r in mine if r.sha256 == sha256), None)

    def store(
        self,
        format: str,
        table: str,
        file: Path,
        sha256: str,
        rows: pl.DataFrame | Path,
        more: More | None = None,
    ) -> Import:
        """Write one import whole or not at all; ``rows`` may be a Parquet file to be moved in."""
        more = more or More()
        _, replaced = self.earlier(format, file, sha256)
        number = 1 + max((int(record.number) for record in self.imports()), default=0)
        stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:40] or "file"
        record = Import(
            id=f"{number:04d}-{format}-{stem}",
            format=format,
            table=table,
            file=file.name,
            sha256=sha256,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            rows=rows.height if isinstance(rows, pl.DataFrame) else _height(rows),
            replaces=replaced.id if replaced else "",
            also={name: frame.height for name, frame in more.tables.items()},
            **more.fields,
        )
        try:
            self._imports.mkdir(parents=True, exist_ok=True)
            self._write(record, {"rows": rows, **more.tables, **more.files})
        except OSError as error:
            raise MultipolarError(f"cannot write to {self.path}: {error.strerror}") from None
        return record

    def _write(self, record: Import, files: dict[str, pl.DataFrame | Path]) -> None:
        with self.unfinished() as beside:
            unfinished = beside / record.id
            unfinished.mkdir()
            # Colleagues who may read the workspace may read the import.
            unfinished.chmod(0o755)
            for name, rows in files.items():
                place = unfinished / name.format(number=record.number)
                if isinstance(rows, pl.DataFrame):
                    rows.write_csv(place.with_suffix(".csv"))
                else:
                    shutil.move(rows, place.with_suffix(".parquet"))
            text = json.dumps(asdict(record), indent=1) + "\n"
            (unfinished / "record.json").write_text(text, encoding="utf-8")
            for file in unfinished.iterdir():
                _flush(file)
            # The rename is the moment the import happens; a folder of that name makes it fail.
            unfinished.rename(self._imports / record.id)
            _flush(self._imports)


def checksum(file: Path) -> str:
    """SHA-256 of a file. Raises MultipolarError when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MultipolarError(f"cannot read {file}: {error.strerror}; check the path") from None


def _read(file: Path, table: str, of_parquet: Collection[str] | None = None) -> pl.DataFrame:
    """The stored rows of a table, CSV or Parquet; columns newer than the workspace are blank.

    ``file``: without its ending. ``of_parquet``: of rows in Parquet only those with these ids.
    Raises EvidenceError for damaged rows, and for too many to list.
    """
    kind, stored = schema(table), file.with_suffix(".csv")
    newer = [field.name for field in kind.fields if not field.required]
    try:
        if file.with_suffix(".parquet").exists():
            stored = file.with_suffix(".parquet")
            rows = _of_parquet(stored, kind, of_parquet)
        else:
            rows = pl.read_csv(stored, schema_overrides=kind.types, glob=False)
        blank = [pl.lit(None, kind.types[n]).alias(n) for n in newer if n not in rows.columns]
        rows = rows.with_columns(blank)
        if set(rows.columns) != set(kind.columns):
            raise pl.exceptions.ColumnNotFoundError
    except (OSError, pl.exceptions.PolarsError):
        raise EvidenceError(f"damaged rows in {stored}: import the file again") from None
    return rows.select(kind.columns)


def _of_parquet(file: Path, kind: Schema, wanted: Collection[str] | None) -> pl.DataFrame:
    """Rows of a Parquet file, all or those with the ids that are wanted."""
    rows = pl.scan_parquet(file, glob=False, hive_partitioning=False)
    if wanted is not None:
        rows = rows.filter(pl.col(kind.key[0]).is_in(list(wanted)))
    elif _height(file) > MOST_AT_ONCE:
        raise EvidenceError(f"{file} has too many rows to list; ask for a part of them")
    return rows.collect().cast({n: t for n, t in kind.types.items() if n in rows.collect_schema()})


def _flush(path: Path) -> None:
    """Ask the system to write a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _height(parquet: Path) -> int:
    """How many rows a Parquet file has."""
    rows = pl.scan_parquet(parquet, glob=False, hive_partitioning=False)
    return int(rows.select(pl.len()).collect().item())


def _released(record: Import) -> date:
    """The day on which a file was given out; of rows that bear dates of their own, long ago."""
    return date.fromordinal(day_number(record.released)) if record.released else date.min


def _number(file: Path) -> tuple[int, str]:
    """Order of imports: by number, what has none last."""
    number = file.parent.name.partition("-")[0]
    return (int(number) if number.isdecimal() else sys.maxsize, file.parent.name)
