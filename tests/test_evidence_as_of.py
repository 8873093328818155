"""What was on record on a day: exactly the rows that cannot be dated later?"""

import calendar
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import plants
from multipolar.evidence.imports import import_files
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.store import Evidence

DATED = [table for table in tables() if schema(table).dated]
UNDATED = [table for table in tables() if not schema(table).dated]
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


def latest(text):
    """The last day that a partial date can mean, in plain Python."""
    year, month, day = ([int(part) for part in text.split("-")] + [None, None])[:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def ids(evidence, table):
    return set(evidence.table(table)[schema(table).key[0]])


def expected(evidence, table, day):
    rows = evidence.table(table).select(schema(table).key[0], schema(table).dated).rows()
    return {id for id, dated in rows if latest(dated) <= day}


@pytest.mark.parametrize("table", DATED)
def test_a_table_holds_exactly_what_can_be_no_later_than_the_day(evidence, table):
    day = date(2024, 6, 30)
    then = ids(Evidence(as_of=day), table)
    assert then == expected(evidence, table, day)
    # All steps of cell making come from one edition, and from before that day.
    assert then < ids(evidence, table) or table == "process-steps"
    # Nobody had looked a plant up then, and what is bundled of these was read in later releases.
    later = ("lookups", "statistics", "trade", "bill-of-materials")
    assert bool(then) == (table not in later)


@pytest.mark.parametrize("table", DATED)
@given(day=DAYS)
@settings(max_examples=25)
def test_that_holds_for_any_day(evidence, table, day):
    assert ids(Evidence(as_of=day), table) == expected(evidence, table, day)


@pytest.mark.parametrize("table", DATED)
@given(days=st.tuples(DAYS, DAYS))
@settings(max_examples=25)
def test_a_later_day_knows_all_that_an_earlier_day_knew(table, days):
    earlier, later = sorted(days)
    assert ids(Evidence(as_of=earlier), table) <= ids(Evidence(as_of=later), table)


@pytest.mark.parametrize("table", DATED)
def test_on_record_counts_the_rows_then_and_today(evidence, table):
    day = date(2024, 6, 30)
    today = evidence.table(table).height
    assert Evidence(as_of=day).on_record(table) == (len(expected(evidence, table, day)), today)
    assert evidence.on_record(table) == (today, today)


@pytest.mark.parametrize("table", UNDATED)
def test_a_table_without_dates_of_sources_is_the_same_on_any_day(evidence, table):
    assert Evidence(as_of=date(2000, 1, 1)).table(table).equals(evidence.table(table))


def test_the_first_and_last_day_of_the_calendar(evidence):
    assert Evidence(as_of=date.min).on_record("plants") == (0, evidence.table("plants").height)
    assert Evidence(as_of=date.max).table("plants").equals(evidence.table("plants"))


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2024, 6, 29), []), (date(2024, 6, 30), ["month", "day"]),
        (date(2024, 12, 30), ["month", "day"]), (date(2024, 12, 31), ["year", "month", "day"]),
    ],
)  # fmt: skip
def test_imported_rows_come_on_record_at_their_last_possible_day(workspace, write, day, known):
    dates = {"year": "2024", "month": "2024-06", "day": "2024-06-30"}
    rows = plants(*[{"record": f"test-{name}", "date": text} for name, text in dates.items()])
    import_files(Evidence(workspace), "plants", [write("plants", rows)])
    found = Evidence(workspace, day).table("plants")["record"]
    assert [name for name in dates if f"test-{name}" in found] == known


def test_the_present_year_is_that_of_the_day_or_of_the_latest_plant_row(evidence):
    assert Evidence(as_of=date(2024, 6, 30)).year == 2024
    assert evidence.year == max(int(text[:4]) for text in evidence.table("plants")["date"])
