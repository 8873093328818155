"""Do partial dates mean their last possible day, in tables and in rules alike?"""

import calendar
import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.conflicts import day_number
from multipolar.evidence.dates import is_partial_date, last_day, parse_day
from multipolar.words.errors import MultipolarError

DAYS = st.dates(date(1000, 1, 1), date(9998, 12, 31))


def latest(text):
    """The last day that a partial date can mean, by the calendar of the standard library."""
    year, month, day = ([int(part) for part in text.split("-")] + [None, None])[:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def in_table(text):
    return pl.DataFrame({"date": [text]}).select(last_day("date")).item()


@given(DAYS)
def test_a_full_date_is_its_day(day):
    assert is_partial_date(day.isoformat())
    assert day_number(day.isoformat()) == day.toordinal()
    assert in_table(day.isoformat()) == parse_day(day.isoformat()) == day


@given(DAYS, st.sampled_from([4, 7]))
def test_a_year_or_month_is_its_last_day(day, length):
    text = day.isoformat()[:length]
    assert is_partial_date(text)
    assert date.fromordinal(day_number(text)) == in_table(text) == latest(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", "2024-12-31"),
        ("2024-02", "2024-02-29"),
        ("2023-02", "2023-02-28"),
        ("2024-12", "2024-12-31"),
    ],
)
def test_last_days_by_hand(text, day):
    assert date.fromordinal(day_number(text)) == in_table(text) == date.fromisoformat(day)


@given(DAYS)
def test_a_day_is_never_later_than_its_month_nor_a_month_than_its_year(day):
    numbers = [day_number(day.isoformat()[:length]) for length in (10, 7, 4)]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024-5", "2024-13", "2024-00", "2023-02-29", "2024-05-05T00:00", "2024/05", "0000"],
)
def test_what_is_no_date_is_not_taken_for_one(text):
    assert not is_partial_date(text)


@given(st.text(max_size=12))
def test_any_text_is_told_apart_without_failing(text):
    assert not is_partial_date(text) or re.fullmatch(r"\d{4}(-\d\d){0,2}", text)


def test_no_date_is_earlier_than_any():
    assert day_number(None) == day_number("") == 0 < day_number("0001-01-01")


def test_the_last_year_of_the_calendar_has_a_last_day():
    assert is_partial_date("9999")
    assert day_number("9999") == date.max.toordinal()


@pytest.mark.parametrize("text", ["2024", "2024-06", "30.6.2024", "2024-02-30", ""])
def test_an_as_of_day_that_is_none_is_refused_with_the_form_wanted(text):
    with pytest.raises(MultipolarError, match=f"not a date: {text!r}; write it as YYYY-MM-DD"):
        parse_day(text)
