"""Which formats are there? Every module of this package with a ``READER`` reads one."""

from __future__ import annotations

import importlib
from functools import cache
from pkgutil import iter_modules

from multipolar import readers as package
from multipolar.readers.flows import FlowReader
from multipolar.readers.reader import Reader
from multipolar.words.errors import UnknownWord


@cache
def readers() -> dict[str, Reader | FlowReader]:
    """Every reader by the name of its format."""
    found = {}
    for module in iter_modules(package.__path__):
        reader = getattr(
            importlib.import_module(f"{package.__name__}.{module.name}"), "READER", None
        )
        if reader is not None:
            found[reader.format] = reader
    return dict(sorted(found.items()))


def reader(format: str) -> Reader | FlowReader:
    """The reader of a format. Raises UnknownWord."""
    if format not in readers():
        raise UnknownWord("format", format, readers())
    return readers()[format]
