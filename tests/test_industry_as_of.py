"""What was on record at an earlier date: nothing that was published later enters a number."""

from datetime import date

import polars as pl
import pytest

import multipolar as mp
from conftest import row
from industry_fixtures import VALUES, last_day, plain
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import capacity
from multipolar.words.errors import FaultyInput

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def then():
    """The atlas as of a day in 2025."""
    return mp.open(as_of=DAY)


@pytest.mark.parametrize("name", ["cell-capacity", "foreign-investment"])
def test_every_row_behind_a_figure_was_on_record(then, name):
    items = then.figure(name).result.items
    used = 0
    for table, records in items.select("table", "records").rows():
        rows = then.evidence(table).filter(pl.col("record").is_in(records))
        assert rows.height == len(records)
        assert all(last_day(text) <= DAY for text in rows["date"])
        used += rows.height
    assert used > 100


def test_every_row_of_an_explanation_was_on_record(then):
    for place in ("World", "POL", "CHN", "USA"):
        found = then.figure("cell-capacity").explain(place=place, year=2030)
        dates = [text for rows in found.rows().values() for text in rows["date"]]
        assert dates and max(map(last_day, dates)) <= DAY


def test_less_is_on_record_than_today(then):
    before, now = then.evidence_store.on_record("plants")
    assert 0 < before < now


def test_a_row_that_gives_a_year_is_on_record_from_its_last_day():
    dates = set(mp.open().evidence("plants")["date"])
    assert "2023" in dates
    on_the_eve = set(mp.open(as_of="2023-12-30").evidence("plants")["date"])
    assert "2023" not in on_the_eve
    assert "2023" in set(mp.open(as_of="2023-12-31").evidence("plants")["date"])


def test_what_is_not_built_comes_no_earlier_than_the_date(then):
    rows = plain(then.figure("cell-capacity"), status=None)
    planned = rows.filter(pl.col("status").is_in(["announced", "under construction"]))
    assert planned.height and planned["year"].min() >= DAY.year


def test_a_date_may_be_text_or_a_day(then):
    same = mp.open(as_of=str(DAY)).figure("cell-capacity").data
    assert same.equals(then.figure("cell-capacity").data)


def test_on_the_day_of_the_last_row_everything_is_on_record():
    today = mp.open()
    last = max(
        last_day(text) for table in ("plants", "demand") for text in today.evidence(table)["date"]
    )
    assert last.year == today.evidence_store.year
    then = mp.open(as_of=last).figure("cell-capacity").data
    assert then.select(VALUES).equals(today.figure("cell-capacity").data.select(VALUES))


@pytest.mark.parametrize("year", [2023, 2024, 2026])
def test_a_figure_can_be_drawn_as_of_any_recent_year(year):
    found = mp.open(as_of=f"{year}-12-31").figure("cell-capacity")
    assert plain(found, place="World", year=2030).height == 1


@pytest.mark.parametrize("year", [1990, 2015, 2020])
def test_a_figure_can_be_drawn_as_of_an_early_year(year):
    for name in ("cell-capacity", "foreign-investment"):
        found = mp.open(as_of=f"{year}-01-01").figure(name)
        assert found.views[""].title


def world_of_2030(evidence):
    rows = capacity(evidence).data.filter(
        measure="capacity", place="World", year=2030, status="all"
    )
    undivided = (pl.col("chemistry") == "all") & (pl.col("domicile") == "all")
    return rows.filter(undivided).select(VALUES).row(0)


def test_as_of_a_day_to_come_everything_stands_as_today():
    assert world_of_2030(Evidence(as_of=date(2050, 1, 1))) == world_of_2030(Evidence())


def test_a_row_with_a_date_to_come_does_not_move_the_plants_of_others(tmp_path, write):
    small = row("plants", place="ISL", capacity="1", date="2040", start_year="2020")
    file = write("plants", [small])
    try:
        import_files(Evidence(tmp_path / "own"), "plants", [file])
    except FaultyInput:
        return  # refusing the date is as good
    with_row = world_of_2030(Evidence(tmp_path / "own"))
    assert with_row == tuple(value + 1 for value in world_of_2030(Evidence()))


def test_a_correction_that_came_later_is_not_known_yet(tmp_path, write):
    record = next(
        r for r, day in mp.open().evidence("plants").select("record", "date").rows() if day < "2025"
    )
    later = row("corrections", record=record, field="name", value="Later name", date="2026-03-01")
    import_files(Evidence(tmp_path / "own"), "corrections", [write("corrections", [later])])
    then = mp.open(tmp_path / "own", as_of=DAY).evidence("plants").filter(record=record)
    assert then.height == 1 and then["name"].to_list() != ["Later name"]
