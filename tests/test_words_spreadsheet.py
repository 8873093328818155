"""Is text of others never a formula in a spreadsheet, and are numbers what they were?"""

import csv as reader
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import plants
from industry_fixtures import multipolar
from multipolar.words.spreadsheet import csv


def cells(rows):
    """The rows as a spreadsheet reads them."""
    return list(reader.DictReader(io.StringIO(csv(rows), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "=" * 3])
def test_text_that_begins_as_a_formula_gets_a_quote(text):
    assert cells(pl.DataFrame({"name": [text]}))[0]["name"] == f"'{text}"


@pytest.mark.parametrize("text", ["-118.2", "+49", "-1e-3", "a=b", "EVE (-)", "", "'=1", "São"])
def test_other_text_and_numbers_that_stand_as_text_stay(text):
    assert cells(pl.DataFrame({"name": [text], "of": ["x"]}))[0]["name"] == text


def test_numbers_are_never_touched():
    rows = pl.DataFrame(
        {"value": [-1.5, -0.0, 2.0], "year": [-1, 0, 1], "known": [True, None, False]}
    )
    assert csv(rows) == rows.write_csv()


def test_lists_are_joined_and_harmless_too():
    assert cells(pl.DataFrame({"rows": [["=a", "b"]]}))[0]["rows"] == "'=a; b"


@given(st.lists(st.text(), min_size=1))
def test_no_cell_begins_as_a_formula_and_no_word_is_lost(texts):
    found = [
        cell["name"] for cell in cells(pl.DataFrame({"name": texts, "of": ["x"] * len(texts)}))
    ]
    for before, after in zip(texts, found, strict=True):
        assert after.removeprefix("'") == before.removeprefix("'")
        assert after[:1] not in ("=", "@", "\t", "\r")


def test_rows_of_evidence_as_csv_are_harmless(tmp_path, write):
    file = write("plants", plants({"name": "=cmd()", "place": "ISL", "longitude": "-18",
                                   "latitude": "64", "coordinate_basis": "source"}))  # fmt: skip
    assert multipolar("import", "plants", file, cwd=tmp_path).code == 0
    asked = ("evidence", "plants", "--where", "place=ISL", "--format")
    [found] = reader.DictReader(io.StringIO(multipolar(*asked, "csv", cwd=tmp_path).out))
    assert (found["name"], found["longitude"]) == ("'=cmd()", "-18.0")
    [found] = multipolar(*asked, "json", cwd=tmp_path).json
    assert (found["name"], found["longitude"]) == ("=cmd()", -18)
