"""A user's own rows: a folder layered over the bundled evidence.

Each import is one folder ``imports/<number>-<format>-<file>`` with the typed rows, those of further
tables if it brought any, and a record (checksum, time, format, counts). It is written beside its
place and renamed into it, so a crash leaves the earlier state. A file imported again replaces its
own earlier rows only; the earlier folder stays and is visible in the record. What somebody else
publishes may be imported from several files: of rows with one id in one such format the last
imported is in use.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from multipolar.evidence.schemas import schema
from multipolar.words.errors import EvidenceError, MultipolarError

ID = re.compile(r"[0-9]{4,}-[a-z0-9-]+")
LOCK, LOCK_SECONDS = ".lock", 60.0


@dataclass(frozen=True)
class Import:
    """The record of one import; ``replaces`` names the import whose rows it takes the place of.

    ``rows`` counts those of ``table``, ``also`` those that it brought into other tables. What
    follows is told of a list that others publish: ``lines`` of the file, ``statements`` in them
    (rows and refused together), how many were ``refused`` for which reason, how many of these
    because they are ``repeated`` from what is on record, and the ``counts`` of linkage. ``map`` is
    the number of a map of columns.
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

    def active(self) -> list[Import]:
        """The imports whose rows are in use."""
        records = self.imports()
        replaced = {record.replaces for record in records}
        return [record for record in records if record.id not in replaced]

    def rows(self, table: str, left_out: str = "") -> pl.DataFrame:
        """The rows of a table in use, with the column ``origin`` naming the import.

        ``left_out``: id of an import whose rows are not wanted.
        """
        frames = []
        for record in self.active():
            if record.id != left_out and (record.table == table or table in record.also):
                name = "rows" if record.table == table else table
                told = [pl.lit(record.id).alias("origin"), pl.lit(record.format).alias("format")]
                frames.append(_read(self.folder(record) / f"{name}.csv", table).with_columns(told))
        types = {**schema(table).types, "origin": pl.String, "format": pl.String}
        rows = pl.concat([pl.DataFrame(schema=types), *frames])
        last = pl.struct(*schema(table).key, "format").is_last_distinct()
        return rows.filter((pl.col("format") == table) | last).drop("format")

    def folder(self, record: Import) -> Path:
        """Where the files of an import are."""
        return self._imports / record.id

    def earlier(
        self, format: str, file: Path, sha256: str, map: str = ""
    ) -> tuple[Import | None, Import | None]:
        """(the same file already in use, the earlier version that this file would replace)."""
        mine = [r for r in self.active() if r.format == format]
        same = next((r for r in mine if (r.sha256, r.map) == (sha256, map)), None)
        return same, next((r for r in mine if r.file == file.name), None)

    def store(
        self,
        format: str,
        table: str,
        file: Path,
        sha256: str,
        rows: pl.DataFrame,
        more: More | None = None,
    ) -> Import:
        """Write one import whole or not at all."""
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
            rows=rows.height,
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

    def _write(self, record: Import, files: dict[str, pl.DataFrame]) -> None:
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.path))
        try:
            # Colleagues who may read the workspace may read the import.
            unfinished.chmod(0o755)
            for name, frame in files.items():
                frame.write_csv(unfinished / f"{name.format(number=record.number)}.csv")
            text = json.dumps(asdict(record), indent=1) + "\n"
            (unfinished / "record.json").write_text(text, encoding="utf-8")
            for file in unfinished.iterdir():
                _flush(file)
            # The rename is the moment the import happens; a folder of that name makes it fail.
            unfinished.rename(self._imports / record.id)
            _flush(self._imports)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def checksum(file: Path) -> str:
    """SHA-256 of a file. Raises MultipolarError when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MultipolarError(f"cannot read {file}: {error.strerror}; check the path") from None


def _read(file: Path, table: str) -> pl.DataFrame:
    try:
        return pl.read_csv(file, schema=schema(table).types)
    except (OSError, pl.exceptions.PolarsError):
        raise EvidenceError(f"damaged rows in {file}: import the file again") from None


def _flush(path: Path) -> None:
    """Ask the system to write a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _number(file: Path) -> tuple[int, str]:
    """Order of imports: by number, what has none last."""
    number = file.parent.name.partition("-")[0]
    return (int(number) if number.isdecimal() else sys.maxsize, file.parent.name)
