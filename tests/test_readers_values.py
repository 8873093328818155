"""Is a cell of somebody's table read as the number, year, day or word that it was meant to be?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.readers.reader import Refused
from multipolar.readers.values import day, number, slug, word, year

NUMBERS = [
    ("", ""), ("40", "40"), ("40.0", "40"), ("1,234", "1234"), ("1,234.5", "1234.5"),
    ("1.234,5", "1234.5"), ("1 234,5", "1234.5"), ("1\u00a0234", "1234"), ("1'234", "1234"),
    ("12,5", "12.5"), ("0.015", "0.015"), ("~450,000", "450000"), ("-100.9", "-100.9"),
    ("1.234.567", "1234567"), ("1e3", "1000"), ("0,5", "0.5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_number_is_read_with_its_separators(text, value):
    assert number("gwh", text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,200", "1.2"), ("1.200", "1200"), ("12,5", "12.5"), ("1.200,75", "1200.75")],
)
def test_where_the_table_writes_decimal_commas_full_stops_group_thousands(text, value):
    assert number("gwh", text, decimal_comma=True) == value


@pytest.mark.parametrize(
    "text",
    ["a lot", "40 or so", ">3000", "40-50", "nan", "inf", "1,2,3", "--4", "=1+1", "1e999", "."],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_column(text):
    with pytest.raises(Refused) as refused:
        number("gwh", text)
    assert (refused.value.column, text in refused.value.problem) == ("gwh", True)


@given(st.floats(min_value=-1e9, max_value=1e9).filter(lambda x: x == 0 or abs(x) > 1e-3))
def test_a_number_written_with_thousands_comes_back(value):
    value = round(value, 3)
    for text in (f"{value:,}", repr(value)):
        # A lone group of three after a comma is a group of thousands, as in English lists.
        assert float(number("x", text)) == pytest.approx(value, abs=1e-9)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_is_refused(text):
    try:
        found = number("x", text.strip())
    except Refused:
        return
    assert found == "" or float(found) == float(found)


@given(st.text(max_size=30))
def test_any_text_gives_an_id_that_is_none_or_well_formed(text):
    id = slug(text)
    assert bool(id) == bool(text.strip()) or not any(letter.isalnum() for letter in text)
    assert set(id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not id.startswith("-") and slug(id) == id


def test_names_in_other_scripts_have_ids_that_differ():
    assert len({slug("湖南裕能"), slug("德方纳米"), slug("엘앤에프")}) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [("2026", "2026"), ("2026.0", "2026"), ("2026-05-01", "2026"), ("2027-H1", "2027"), ("", "")],
)
def test_a_year_is_read(text, value):
    assert year("start", text) == value


@pytest.mark.parametrize("text", ["soon", "26", "20260", "2026ff"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(Refused):
        year("start", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026", "2026"), ("2025-12", "2025-12"), ("2025-12-31", "2025-12-31"),
        ("2025-12-31T10:00:00", "2025-12-31"), ("31.12.2025", "2025-12-31"), ("2026-Q4", "2026-12"),
        ("2027-H1", "2027-06"), ("2025/12/31", "2025-12-31"), ("2025.0", "2025"),
    ],
)  # fmt: skip
def test_a_day_is_read(text, value):
    assert day("as of", text) == value


@pytest.mark.parametrize("text", ["2025-13-01", "3/4/2025", "May 2025", "2025-02-30"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Refused):
        day("as of", text)


def test_a_word_is_read_whatever_its_case_and_joints():
    words = {"under construction": "under construction"}
    assert word("status", "Under_Construction", words) == "under construction"
    with pytest.raises(Refused) as refused:
        word("status", "rumoured", words)
    assert "under construction" in refused.value.advice
