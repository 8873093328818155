"""What the command line prints: tables that fit the screen, explanations, JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import typer

from multipolar.evidence.claims import Verdict
from multipolar.evidence.imports import Imported, alike
from multipolar.evidence.result import VALUES, Explanation
from multipolar.evidence.said import said
from multipolar.evidence.schemas import schema
from multipolar.evidence.workspace import Import
from multipolar.figures.say import ranged

ROWS_SHOWN = 40
#: Wider cells are cut; wider screens than this are not made use of where the width is unknown.
WIDEST_CELL, WIDE_SCREEN = 40, 160
#: So many reasons for which rows of a list were refused are told; its import keeps them all.
REASONS_SHOWN = 8
#: Work that takes longer than this shows how it goes on.
PATIENCE_SECONDS = 1.0


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
    low, central, high = verdict.low, verdict.central, verdict.high
    if low is not None and central is not None and high is not None:
        lines.append(f"  ours: {ranged(low, central, high, verdict.claim.unit)}")
    if verdict.note:
        lines.append(f"  {verdict.note}")
    return "\n".join(lines)


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Name each step of a long work; a bar on standard error tells of them after a second."""
    from threading import Lock, Timer

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("starting", total=None)
    lock, ended = Lock(), not console.is_terminal

    def begin() -> None:
        with lock:
            if not ended:
                bar.start()

    patience = Timer(PATIENCE_SECONDS, begin)
    patience.daemon = True
    patience.start()
    try:
        yield lambda name: bar.update(task, description=name)
    finally:
        with lock:
            ended = True
            patience.cancel()
            if bar.live.is_started:
                bar.stop()


def imported(one: Imported, workspace: Path) -> tuple[str, list[str]]:
    """What became of a file, and what is told beside it: remarks, reasons, what to decide."""
    record, name = one.record, one.file.name
    if not one.new:
        return f"{name}: already in as {record.id}", []
    if record.format == record.table:
        return f"{name}: {record.rows} rows as {record.id}", []
    refused = sum(record.refused.values())
    further = record.statements - record.lines
    entries = f" with {further:,} further entries" if further else ""
    repeated = f" ({record.repeated:,} of them on record already)" if record.repeated else ""
    lines = [
        f"{name}: {record.lines:,} rows{entries}: {record.rows:,} stored, {refused:,} refused"
        f"{repeated}, as {record.id}",
        f"  plants: {_recognised(record.counts)}",
    ]
    if record.also.get("firms"):
        lines.append(
            f"  firms: {record.also['firms']} entered, mostly at home where their plant stands; "
            "nobody has checked them"
        )
    return "\n".join(lines), [*record.remarks, *_reasons(one), *_to_decide(record, workspace)]


def _recognised(counts: dict[str, int]) -> str:
    known = [
        f"{counts['identifier']:,} known by their id",
        f"{counts['remembered']:,} remembered",
        f"{counts['evidence']:,} recognised",
    ]
    known = [text for text in known if not text.startswith("0 ")]
    before, after = counts["on record before"], counts["on record after"]
    parts = [*known, f"{counts['new']:,} new"]
    same = f", {counts['merged']:,} of them another one again" if counts["merged"] else ""
    return (
        f"{counts['in the list']:,} in the list{same}: {', '.join(parts)}; "
        f"on record {before:,} before and {after:,} after"
    )


def _reasons(one: Imported) -> list[str]:
    """The kinds of refused rows, the commonest first, each told by its first row."""
    told, kinds = [], alike(one.refused)
    for fault, count in kinds[:REASONS_SHOWN]:
        rows = f"row {fault.row}" if count == 1 else f"{count:,} rows like row {fault.row}"
        column = f", column {fault.column}" if fault.column else ""
        told.append(f"refused {rows}{column}: {fault.problem}; {fault.advice}")
    rest = len(kinds) - REASONS_SHOWN
    return [*told, f"and {rest:,} more kinds of reasons"] if rest > 0 else told


def _to_decide(record: Import, workspace: Path) -> list[str]:
    folder, told = workspace / "imports" / record.id, []
    if record.refused:
        told.append(f"all refused rows: {folder / 'refused.csv'}")
    uncertain = record.counts.get("uncertain", 0)
    if uncertain:
        review = folder / f"review-{record.number}.csv"
        rows = "1 row" if uncertain == 1 else f"{uncertain:,} rows"
        told.append(
            f"{rows} may be of plants on record and count as parts of them until you decide; "
            "delete the lines you do not agree with, then: "
            f"multipolar import corrections {review} --workspace {workspace}"
        )
    return told


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
