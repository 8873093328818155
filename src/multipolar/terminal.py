"""What the command line prints: tables that fit the screen, explanations, JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

import polars as pl
import typer

from multipolar.evidence.claims import Verdict
from multipolar.evidence.result import VALUES, Explanation
from multipolar.evidence.said import said
from multipolar.evidence.schemas import schema

ROWS_SHOWN = 40
#: Wider cells are cut; wider screens than this are not made use of where the width is unknown.
WIDEST_CELL, WIDE_SCREEN = 40, 160


def print_json(value: Any) -> None:
    """Only JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_rows(
    rows: pl.DataFrame, format: str, shown: int = ROWS_SHOWN, first: Sequence[str] = ()
) -> None:
    """Rows as JSON, CSV or a table.

    A table starts with the columns in ``first`` and leaves out what does not fit, saying so.
    """
    if format == "json":
        print_json(rows.to_dicts())
    elif format == "csv":
        typer.echo(rows.write_csv(), nl=False)
    else:
        order = [*first, *(name for name in rows.columns if name not in first)]
        typer.echo(_table(rows.select(order), shown))


def _table(rows: pl.DataFrame, shown: int) -> str:
    head = rows.head(shown)
    columns: dict[str, list[str]] = {}
    left, hidden = shutil.get_terminal_size((WIDE_SCREEN, 24)).columns, []
    for name in rows.columns:
        # The last column of a table is a text that may take what is left of the line.
        longest = max(WIDEST_CELL, left) if name == rows.columns[-1] else WIDEST_CELL
        cells = [_cell(value, longest) for value in head[name].to_list()]
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


def _cell(value: Any, longest: int) -> str:
    if value is None:
        return ""
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def explained(found: Explanation) -> str:
    """An explanation as text: parts and their total, rows, assumptions, sources."""
    row = found.row
    dims = ", ".join(f"{k} {v}" for k, v in row.items() if k not in (*VALUES, "unit"))
    low, central, high = (f"{row[value]:,.12g}" for value in VALUES)
    lines = [dims, f"  low {low}, central {central}, high {high} {row['unit']}"]
    lines.append("\nparts (low, central, high)")
    for part in found.parts.iter_rows(named=True):
        sign = "/" if part["role"] == "below" else " "
        lines.append(f"{sign}{_amounts(part)}  {part['label']}")
    lines.append(f" {_amounts(found.totals())}  total of the parts")
    lines.append("\nrows")
    for table, rows in found.rows().items():
        lines += [f"  {table} {_row(table, entry)}" for entry in rows.iter_rows(named=True)]
    corrections = [_correction(entry) for entry in found.corrections().iter_rows(named=True)]
    if corrections:
        lines += ["\ncorrections", *corrections]
    lines.append("\nassumptions (low / central / high)")
    assumed = [f"  {_assumption(entry)}" for entry in found.assumed().iter_rows(named=True)]
    lines += assumed or ["  none"]
    lines.append("\nsources")
    lines += [f"  {s.id}: {s}{'' if s.read else ' [not read by us]'}" for s in found.sources]
    return "\n".join(lines)


def judged(verdict: Verdict) -> str:
    """One verdict as a few lines."""
    lines = [f"{verdict.claim.claim}  [{verdict.verdict}]", f"  {verdict.claim.statement}"]
    if verdict.central is not None:
        ours = f"{verdict.central:,.4g} ({verdict.low:,.4g} to {verdict.high:,.4g})"
        lines.append(f"  ours: {ours} {verdict.claim.unit}")
    if verdict.note:
        lines.append(f"  {verdict.note}")
    return "\n".join(lines)


def _amounts(values: dict[str, Any]) -> str:
    return "".join(f"{values[name]:>16,.9g}" if values[name] else f"{'–':>16}" for name in VALUES)


def _row(table: str, entry: dict[str, Any]) -> str:
    via = f" via {entry['via']}" if entry.get("via") else ""
    who = f"{entry['source'] or 'our own classification'}{via}"
    aside = [who, entry.get("date"), entry.get("confidence")]
    told = f"{entry[schema(table).key[0]]}: {said(table, entry)}"
    return f"{told}; {', '.join(word for word in aside if word)}"


def _correction(entry: dict[str, Any]) -> str:
    change = f"{entry['field']} {entry['before'] or 'nothing'} -> {entry['value'] or 'nothing'}"
    return f"  {entry['record']}: {change}; {entry['reason']} ({entry['source']}, {entry['date']})"


def _assumption(entry: dict[str, Any]) -> str:
    ends = f"{entry['low']:g} / {entry['central']:g} / {entry['high']:g} {entry['unit']}"
    checked = "" if entry["checked"] == "yes" else " (nobody has checked it)"
    return f"{entry['assumption']}: {ends}{checked}; {entry['meaning']}"
