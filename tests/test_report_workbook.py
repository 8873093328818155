"""Does the workbook open, with every table in it and no text that is taken for a formula?"""

import re
import zipfile

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from industry_fixtures import HOSTILE_NAMES, atlas, figure, hostile_report, report, verdicts
from multipolar.evidence.schemas import tables


@pytest.fixture(scope="module")
def book():
    book = openpyxl.load_workbook(report() / "multipolar.xlsx", read_only=True)
    yield book
    book.close()


def sheet_rows(book, name):
    return list(book[name].iter_rows(values_only=True))


SHEETS = ["read me", *atlas().figures(), "verify", "coverage", "one list", "left out", "plants",
          "phases", *(f"rows {name}" for name in tables() if name != "claims"),
          "sources"]  # fmt: skip


def test_every_table_is_a_sheet(book):
    assert book.sheetnames == SHEETS


@pytest.mark.parametrize("name", SHEETS)
def test_no_sheet_is_empty(book, name):
    rows = list(book[name].iter_rows(max_row=4, values_only=True))
    assert len(rows) > 2
    assert rows[0][0] and any(cell is not None for cell in rows[2])


def test_a_figure_stands_in_the_workbook_with_all_its_numbers(book):
    _, header, *rows = sheet_rows(book, "foreign-investment")
    wanted = figure("foreign-investment").data
    assert list(header) == wanted.columns
    found = pl.DataFrame(rows, schema=wanted.schema, orient="row")
    # A workbook keeps 16 digits.
    assert_frame_equal(found, wanted, rel_tol=1e-14, abs_tol=0)


def test_the_evidence_stands_in_the_workbook_row_by_row(book):
    _, header, *rows = sheet_rows(book, "rows demand")
    wanted = atlas().evidence("demand")
    assert list(header) == wanted.columns
    assert [row[0] for row in rows] == wanted["record"].to_list()


def test_verdicts_stand_in_the_workbook(book):
    _, header, *rows = sheet_rows(book, "verify")
    found = {row[header.index("claim")]: row[header.index("verdict")] for row in rows}
    assert found == {v.claim.claim: v.verdict for v in verdicts()}


@pytest.mark.parametrize("made", [report, hostile_report])
def test_no_cell_is_a_formula(made):
    with zipfile.ZipFile(made() / "multipolar.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(SHEETS)
        for name in sheets:
            assert not re.search(rb"<f[ >]", archive.read(name)), name


def test_names_that_look_like_formulas_are_text():
    book = openpyxl.load_workbook(hostile_report() / "multipolar.xlsx", read_only=True)
    try:
        rows = {row[0].value: row[1] for row in book["plants"].iter_rows(min_row=3, max_col=2)}
    finally:
        book.close()
    for index, name in enumerate(HOSTILE_NAMES):
        cell = rows[f"hostile-plant-{index}"]
        assert (cell.value, cell.data_type) == (name, "s")
