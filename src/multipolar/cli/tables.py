"""Rows as people and scripts read them: tables that fit the screen, CSV, JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

import polars as pl
import typer

from multipolar.figures.say import number
from multipolar.words.spreadsheet import csv

ROWS_SHOWN = 40
#: Wider cells are cut; wider screens than this are not made use of where the width is unknown.
WIDEST_CELL, WIDE_SCREEN = 40, 160
#: A last column of text is cut to what is left of the line, if that is as much as this.
NARROWEST = 16
#: Significant digits of what is computed, of the terms of a sum, and of what a source states.
COMPUTED, SUMMED, STATED = 5, 7, 12
#: The grid of exact sums is seen behind so many decimals; what is smaller gets so few digits.
DECIMALS, FEWEST = 4, 2


def print_json(value: Any) -> None:
    """Only JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_rows(
    rows: pl.DataFrame,
    format: str,
    shown: int = ROWS_SHOWN,
    first: Sequence[str] = (),
    stated: bool = False,
) -> None:
    """Rows as JSON, CSV or a table.

    A table starts with the columns in ``first`` and leaves out what does not fit, saying so. It
    rounds numbers unless they are ``stated`` by a source; JSON and CSV have them as they are.
    """
    if format == "json":
        print_json(rows.to_dicts())
    elif format == "csv":
        typer.echo(csv(rows), nl=False)
    else:
        order = [*first, *(name for name in rows.columns if name not in first)]
        typer.echo(_table(rows.select(order), shown, STATED if stated else COMPUTED))


def amount(value: float, digits: int = COMPUTED) -> str:
    """A number for people: so many significant digits, and no trace of the grid of exact sums.

    >>> amount(85.99999905), amount(0.00199985504), amount(4509.15), amount(0.000123456)
    ('86', '0.002', '4,509.2', '0.00012')
    """
    if digits == STATED:
        return number(value, digits)
    small = abs(value) < 10 ** (1 - DECIMALS)
    return number(value, FEWEST) if small else number(round(value, DECIMALS), digits)


def _table(rows: pl.DataFrame, shown: int, digits: int) -> str:
    head = rows.head(shown)
    columns: dict[str, list[str]] = {}
    left, hidden = shutil.get_terminal_size((WIDE_SCREEN, 24)).columns, []
    for name in rows.columns:
        is_last = name == rows.columns[-1] and left >= NARROWEST
        longest = left if is_last else WIDEST_CELL
        cells = [_cell(value, longest, digits) for value in head[name].to_list()]
        width = max([len(name), *(len(cell) for cell in cells)])
        if not any(cells):
            continue
        if width > left and columns:
            hidden.append(name)
            continue
        left -= width + 2
        right = rows.schema[name].is_numeric()
        columns[name] = [c.rjust(width) if right else c.ljust(width) for c in (name, *cells)]
    if hidden or rows.height > shown:
        more = [f"{rows.height - shown:,} more rows"] if rows.height > shown else []
        more += [f"columns {', '.join(hidden)}"] if hidden else []
        typer.echo(f"not shown: {'; '.join(more)} (--format csv has all)", err=True)
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns.values(), strict=True))


def _cell(value: Any, longest: int, digits: int) -> str:
    if value is None:
        return ""
    text = amount(value, digits) if isinstance(value, float) else str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"
