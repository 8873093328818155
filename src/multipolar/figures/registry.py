"""Which figures are there? Every module of this package with a ``FIGURE`` is one."""

from __future__ import annotations

import importlib
from functools import cache
from pkgutil import iter_modules

from multipolar import figures as package
from multipolar.figures.figure import Figure
from multipolar.words.errors import UnknownWord


@cache
def figures() -> dict[str, Figure]:
    """Every figure by name, in the study's order."""
    found = []
    for module in iter_modules(package.__path__):
        figure = getattr(
            importlib.import_module(f"{package.__name__}.{module.name}"), "FIGURE", None
        )
        if figure is not None:
            found.append(figure)
    return {figure.name: figure for figure in sorted(found, key=lambda figure: figure.number)}


def figure(name: str) -> Figure:
    """The figure of that name. Raises UnknownWord."""
    if name not in figures():
        raise UnknownWord("figure", name, figures())
    return figures()[name]
