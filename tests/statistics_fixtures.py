"""Helpers of the tests that read statistics: checked rows, workbooks in the publishers' layouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import polars as pl
import xlsxwriter

from multipolar.evidence.check import Known, check_rows
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import bibliography
from multipolar.readers import (
    bgs,
    ecb,
    iea_gevo,
    usgs_ds140,
    usgs_mcs,
    worldbank_gdp,
    worldbank_prices,
    worldbank_wgi,
)
from multipolar.readers.reader import Read

FILES = Path(__file__).parent / "fixtures" / "statistics"
MODULES = (
    bgs, ecb, iea_gevo, usgs_ds140, usgs_mcs, worldbank_gdp, worldbank_prices, worldbank_wgi,
)  # fmt: skip
READERS = {module.READER.format: module.READER for module in MODULES}
KNOWN = Known(frozenset(bibliography()), {})


@cache
def real(format: str, file: Path) -> tuple[Read, pl.DataFrame]:
    """What a reader makes of a published file, and its checked rows; each is read once."""
    found = READERS[format].read(file)
    return found, checked(found)


def read(format: str, file: Path | str) -> Read:
    """What a reader makes of a file; a name is that of a fixture."""
    return READERS[format].read(FILES / file)


def checked(found: Read) -> pl.DataFrame:
    """The rows as the table takes them, of which none may be at fault."""
    kind = schema("statistics")
    types = {**dict.fromkeys(kind.columns, pl.String), "row": pl.Int64}
    cells = [{**row.cells, "row": row.line} for row in found.rows]
    assert all(set(row.cells) <= set(kind.columns) for row in found.rows)
    text = pl.DataFrame(cells, schema=types).fill_null("")
    rows, faults = check_rows(text, "", kind, KNOWN)
    assert faults == []
    return rows


def by_id(found: Read) -> dict[str, dict]:
    """Checked rows by their ids."""
    return {row["record"]: row for row in checked(found).iter_rows(named=True)}


def reasons(found: Read) -> Counter[tuple[str | None, str]]:
    """How many statements are refused, by column and problem."""
    return Counter((fault.column, fault.problem) for fault in found.refused)


def every_line(found: Read) -> bool:
    """Whether each line gave a row or a refusal."""
    return len({r.line for r in found.rows} | {f.row for f in found.refused}) == found.lines


def workbook(path: Path, **sheets: Iterable[list]) -> Path:
    """A workbook with the cells of each sheet."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for at, cells in enumerate(rows):
                sheet.write_row(at, 0, cells)
    return path
