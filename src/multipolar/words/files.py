"""Read the small tables that ship inside a room of the package."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


def folder(package: str, *parts: str) -> Traversable:
    """The folder or file ``parts`` inside ``package``, wherever the package is installed."""
    return files(package).joinpath(*parts)


@cache
def read_rows(package: str, name: str) -> tuple[dict[str, str], ...]:
    """All rows of the CSV ``name`` in ``package`` as text, header names as keys."""
    with folder(package, name).open("r", encoding="utf-8", newline="") as stream:  # type: ignore[call-arg]
        return tuple(csv.DictReader(stream))
