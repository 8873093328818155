"""A user's own rows: a folder layered over the bundled evidence.

Each import is one folder ``imports/<number>-<table>-<file>`` with the typed rows and a record
(checksum, time, format, counts). It is written beside its place and renamed into it, so a crash
leaves the earlier state. A file imported again replaces its own earlier rows only; the earlier
folder stays and is visible in the record.
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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from multipolar.evidence.schemas import schema
from multipolar.words.errors import EvidenceError, MultipolarError

ID = re.compile(r"[0-9]{4,}-[a-z0-9-]+")
LOCK, LOCK_SECONDS = ".lock", 60.0


@dataclass(frozen=True)
class Import:
    """The record of one import; ``replaces`` names the import whose rows it takes the place of."""

    id: str
    format: str
    table: str
    file: str
    sha256: str
    time: str
    rows: int
    replaces: str


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
        frames = [
            _read(self._imports / record.id / "rows.csv", table).with_columns(
                pl.lit(record.id).alias("origin")
            )
            for record in self.active()
            if record.table == table and record.id != left_out
        ]
        empty = pl.DataFrame(schema={**schema(table).types, "origin": pl.String})
        return pl.concat([empty, *frames])

    def earlier(self, format: str, file: Path, sha256: str) -> tuple[Import | None, Import | None]:
        """(the same file already in use, the earlier version that this file would replace)."""
        mine = [r for r in self.active() if r.format == format]
        same = next((r for r in mine if r.sha256 == sha256), None)
        return same, next((r for r in mine if r.file == file.name), None)

    def store(self, format: str, table: str, file: Path, sha256: str, rows: pl.DataFrame) -> Import:
        """Write one import whole or not at all."""
        _, replaced = self.earlier(format, file, sha256)
        number = 1 + max((int(record.id.partition("-")[0]) for record in self.imports()), default=0)
        stem = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:40] or "file"
        record = Import(
            id=f"{number:04d}-{table}-{stem}",
            format=format,
            table=table,
            file=file.name,
            sha256=sha256,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            rows=rows.height,
            replaces=replaced.id if replaced else "",
        )
        try:
            self._imports.mkdir(parents=True, exist_ok=True)
            self._write(record, rows)
        except OSError as error:
            raise MultipolarError(f"cannot write to {self.path}: {error.strerror}") from None
        return record

    def _write(self, record: Import, rows: pl.DataFrame) -> None:
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=self.path))
        try:
            # Colleagues who may read the workspace may read the import.
            unfinished.chmod(0o755)
            rows.write_csv(unfinished / "rows.csv")
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
