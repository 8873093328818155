"""Is the range of demand that of the published outlooks, side by side?"""

import statistics
from datetime import timedelta

import polars as pl
import pytest

from conftest import row
from industry_fixtures import VALUES, atlas, figure, last_day, own_evidence, plain
from multipolar.industry.demand import demand, outlooks

#: A place of which no outlook is bundled.
PLACE = "ISL"


def outlook(name, year, central, low="", high="", segment="all", date="2026-05"):
    return row(
        "demand", record=f"{name}-{segment}-{year}", outlook=name, place=PLACE, segment=segment,
        year=str(year), low=str(low), central=str(central), high=str(high), date=date,
    )  # fmt: skip


def ends(combination, end):
    return sum(getattr(outlook, end) * weight for outlook, weight in combination)


def found(folder, *rows, year=2030):
    """(low, central, high) of our place in a year."""
    assert PLACE not in set(atlas().evidence("demand")["place"])
    answer = demand(own_evidence(folder, {"demand": list(rows)}), PLACE, year)
    if answer is None:
        return None
    return tuple(ends(getattr(answer, end), end) for end in ("low", "central", "high"))


def test_one_outlook_is_the_range(tmp_path):
    assert found(tmp_path, outlook("a", 2030, 20, 10, 40)) == (10, 20, 40)


def test_an_outlook_without_a_range_is_a_point(tmp_path):
    assert found(tmp_path, outlook("a", 2030, 20)) == (20, 20, 20)


def test_a_range_runs_from_the_lowest_to_the_highest_outlook_around_the_median(tmp_path):
    rows = [outlook("a", 2030, 20, 18, 22), outlook("b", 2030, 50), outlook("c", 2030, 24, 5, 90)]
    assert found(tmp_path, *rows) == (5, 24, 90)


def test_of_an_even_number_the_middle_is_the_mean_of_two(tmp_path):
    rows = [
        outlook(name, 2030, value) for name, value in zip("abcd", (10, 20, 26, 90), strict=True)
    ]
    assert found(tmp_path, *rows) == (10, 23, 90)


def test_between_two_years_an_outlook_speaks_by_a_straight_line(tmp_path):
    rows = [outlook("a", 2028, 10, 8, 12), outlook("a", 2032, 30, 12, 60)]
    assert found(tmp_path, *rows, year=2029) == (9, 15, 24)


@pytest.mark.parametrize("year", [2027, 2033])
def test_an_outlook_says_nothing_beyond_its_years(tmp_path, year):
    rows = [outlook("a", 2028, 10), outlook("a", 2032, 30)]
    assert found(tmp_path, *rows, year=year) is None


def test_vehicles_and_storage_together_are_one_more_outlook(tmp_path):
    rows = [
        outlook("a", 2030, 100),
        outlook("b", 2030, 40, 30, 60, "vehicles"),
        outlook("c", 2030, 10, 5, 50, "storage"),
    ]
    assert found(tmp_path, *rows) == (35, 75, 110)


def test_vehicles_alone_are_no_outlook_of_everything(tmp_path):
    assert found(tmp_path, outlook("b", 2030, 40, segment="vehicles")) is None


def test_an_outlook_two_years_older_than_the_newest_no_longer_counts(tmp_path):
    newest = max(last_day(text) for text in atlas().evidence("demand")["date"])
    inside, outside = (str(newest - timedelta(days=days)) for days in (730, 731))
    rows = [outlook("a", 2030, 20, date=inside), outlook("b", 2030, 90, date=outside)]
    assert found(tmp_path, *rows) == (20, 20, 20)


def recomputed(place, year):
    """The same range in plain Python, from the rows of the table."""
    rows = atlas().evidence("demand").to_dicts()
    newest = max(last_day(r["date"]) for r in rows)
    recent = [r for r in rows if (newest - last_day(r["date"])).days <= 730 and r["place"] == place]
    by_segment = {}
    for r in recent:
        by_segment.setdefault(r["segment"], {}).setdefault(r["outlook"], {})[r["year"]] = r
    spoken = {
        segment: [said for series in names.values() if (said := _on_line(series, year))]
        for segment, names in by_segment.items()
    }
    whole = spoken.get("all", [])
    low, central, high = ([said[i] for said in whole] for i in range(3))
    vehicles, storage = (
        sorted(spoken.get(segment, []), key=lambda said: said[1])
        for segment in ("vehicles", "storage")
    )
    if vehicles and storage:
        low.append(min(s[0] for s in vehicles) + min(s[0] for s in storage))
        high.append(max(s[2] for s in vehicles) + max(s[2] for s in storage))
        central.append(
            statistics.median([s[1] for s in vehicles]) + statistics.median([s[1] for s in storage])
        )
    return (min(low), statistics.median(central), max(high)) if central else None


def _on_line(series, year):
    before, after = ([y for y in series if y <= year], [y for y in series if y >= year])
    if not before or not after:
        return None
    ends = []
    for order in (
        ("low", "central", "high"),
        ("central", "low", "high"),
        ("high", "central", "low"),
    ):
        a, b = (_said(series[y], order) for y in (max(before), min(after)))
        share = (year - max(before)) / (min(after) - max(before)) if min(after) > max(before) else 0
        ends.append(a + share * (b - a))
    return ends


def _said(row, order):
    """An outlook that gives two ends and no middle is read at their middle."""
    if row["central"] is None and None not in (row["low"], row["high"]):
        row = row | {"central": (row["low"] + row["high"]) / 2}
    return next(row[column] for column in order if row[column] is not None)


def test_the_demand_of_the_figure_is_that_of_the_table():
    rows = plain(figure("cell-capacity"), measure="demand")
    shown = {row[:2]: row[2:] for row in rows.select("place", "year", *VALUES).rows()}
    places = atlas().evidence("demand")["place"].unique()
    wanted = {
        (place, year): range_
        for place in places
        for year in range(2020, 2036)
        if (range_ := recomputed(place, year))
    }
    assert {("World", 2030), ("USA", 2030), ("Europe", 2030)} <= set(wanted)
    assert shown == {key: pytest.approx(value, abs=1e-5) for key, value in wanted.items()}


def test_outlooks_stand_side_by_side_lowest_first():
    listed = outlooks(atlas().evidence_store, "World", 2030)
    assert len(listed) > 2
    assert [o.central for o in listed] == sorted(o.central for o in listed)
    assert all(o.low <= o.central <= o.high for o in listed)


def test_every_outlook_names_its_rows():
    rows = dict(atlas().evidence("demand").select("record", "outlook").rows())
    for listed in outlooks(atlas().evidence_store, "World", 2031):
        assert {rows[record] for record in listed.records} == {listed.name}


def test_no_two_rows_of_an_outlook_speak_of_the_same_year():
    """The recomputation above relies on it; so does a straight line between two years."""
    key = ["outlook", "place", "segment", "year"]
    assert not atlas().evidence("demand").select(pl.struct(key).is_duplicated()).to_series().any()
