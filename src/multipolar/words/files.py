"""Read the small tables that ship inside a room of the package; write files whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from multipolar.words.errors import MultipolarError


def folder(package: str, *parts: str) -> Traversable:
    """The folder or file ``parts`` inside ``package``, wherever the package is installed."""
    return files(package).joinpath(*parts)


@cache
def read_rows(package: str, name: str) -> tuple[dict[str, str], ...]:
    """All rows of the CSV ``name`` in ``package`` as text, header names as keys."""
    text = folder(package, name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(keepends=True)))


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises MultipolarError where it cannot be written."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MultipolarError(f"cannot write {path}: {error.strerror}") from None
