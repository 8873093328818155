"""The workbook: every table of the report as a sheet, ready to filter. Text is never a formula."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl

from multipolar.evidence.schemas import tables
from multipolar.report.content import Content
from multipolar.report.told import intro
from multipolar.verify import to_dict

WIDEST = 60


def workbook(content: Content, path: Path) -> None:
    """Write the workbook to ``path``."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        _front(book, content)
        for name, drawn in content.figures.items():
            _sheet(book, name, drawn.data, drawn.views[""].subtitle)
        _sheet(
            book, "verify", _verdicts(content), "The study's claims held against our own evidence"
        )
        _sheet(book, "coverage", content.totals, "Our sums beside published totals, GWh/yr")
        _sheet(
            book, "one list", content.one_list, "GWh/yr that rest on one list that nobody checked"
        )
        _sheet(
            book, "left out", content.left_out, "Plants with a capacity that are not in the sums"
        )
        _sheet(book, "plants", _flat(content.plants.sites), "One reconciled row a plant")
        _sheet(
            book, "phases", _flat(content.plants.additions), "Capacity by phase and year, GWh/yr"
        )
        for table in tables():
            if table != "claims":
                rows = content.evidence.table(table)
                _sheet(book, f"rows {table}", rows, "The evidence as it stands on record")
        sources = pl.DataFrame([vars(source) for source in content.sources])
        _sheet(book, "sources", sources, "Who says so")


def _front(book: Any, content: Content) -> None:
    sheet = book.add_worksheet("read me")
    sheet.set_column(0, 0, 110)
    title, body = (
        book.add_format({"bold": True, "font_size": 16}),
        book.add_format({"text_wrap": True}),
    )
    then, _ = content.rows_on_record
    lines = [
        f"Multipolar {content.version}. {content.as_of}. {content.own_rows}",
        f"Money in {content.currency} of 2025.",
        *intro(content),
        "value_low, value and value_high: for capacity with status 'all' the lower bound, the "
        "expected and the upper bound; for one status the lowest, best and highest statement.",
        f"Behind every number stand rows of the sheets 'rows ...' ({then:,} of plants); the "
        "command 'multipolar explain FIGURE KEY=VALUE ...' lists those behind one number.",
    ]
    sheet.write_string(0, 0, "Multipolar: the geopolitics of batteries", title)
    for index, line in enumerate(lines):
        sheet.write_string(index + 2, 0, line, body)


def _sheet(book: Any, name: str, rows: pl.DataFrame, title: str) -> None:
    sheet = book.add_worksheet(name[:31])
    bold, muted = book.add_format({"bold": True, "bottom": 1}), book.add_format({"italic": True})
    figure = book.add_format({"num_format": "#,##0.###"})
    sheet.write_string(0, 0, title, muted)
    for index, column in enumerate(rows.columns):
        sheet.write_string(1, index, column, bold)
        values = rows[column].to_list()
        numeric = rows.schema[column].is_float()
        for line, value in enumerate(values):
            if value is None or (numeric and not isfinite(value)):
                continue
            if isinstance(value, bool | str):
                sheet.write_string(line + 2, index, str(value))
            else:
                sheet.write_number(line + 2, index, value, figure if numeric else None)
        longest = max((len(str(v)) for v in values[:200] if v is not None), default=0)
        sheet.set_column(index, index, min(max(len(column), longest) + 2, WIDEST))
    sheet.freeze_panes(2, 1)
    if rows.height:
        sheet.autofilter(1, 0, rows.height + 1, rows.width - 1)


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, since a cell holds one value."""
    lists = [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]
    return rows.with_columns(pl.col(name).list.join("; ") for name in lists)


def _verdicts(content: Content) -> pl.DataFrame:
    flat = []
    for verdict in content.verdicts:
        entry = to_dict(verdict)
        reported, computed = entry.pop("reported"), entry.pop("computed")
        entry |= {f"reported_{key}": value for key, value in reported.items()}
        entry |= {f"computed_{key}": value for key, value in computed.items()}
        entry["sources"] = f"{len(verdict.sources)} sources"
        flat.append(entry)
    return pl.DataFrame(flat, infer_schema_length=None)
