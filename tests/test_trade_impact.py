"""What came after an event, beside what the months before it led to expect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from industry_fixtures import multipolar
from multipolar.evidence.store import Evidence
from multipolar.trade.backtest import backtest
from multipolar.trade.impact import Event, compared, dearness, event, impact, twelve
from multipolar.trade.series import TOLD, month, monthly
from multipolar.words.errors import MultipolarError, UnknownWord
from trade_fixtures import FIRST, PRODUCT, graphite, own, rows, seasonal, series

#: A month with 66 months before it.
WHEN, AT = "2023-07", 66


def halved(noise: float = 0.05) -> np.ndarray:
    values = seasonal(80, noise=noise)
    values[AT:] /= 2
    return values


def test_a_halving_is_found_and_told() -> None:
    found = series(halved())
    told = compared(found, backtest(found), WHEN, "value")
    assert told["window"].to_list() == [
        "6 months before", "first month", "first 3 months", "first 6 months", "first 12 months",
        "6 before and 6 after",
    ]  # fmt: skip
    after = told.filter(told["window"].str.starts_with("first"))
    assert set(after["told"]) == {"below"}
    assert all(-60 < change < -40 for change in after["change"])
    assert told.row(0, named=True)["told"] == "within"
    for row in told.iter_rows(named=True):
        assert row["change_low"] <= row["change"] <= row["change_high"]
        assert row["actual"] == pytest.approx(row["expected"] * (1 + row["change"] / 100))
        assert row["actual"] == pytest.approx(row["expected_high"] * (1 + row["change_low"] / 100))


def test_what_is_expected_rests_on_the_months_before_alone() -> None:
    plain, changed = seasonal(80, noise=0.05), halved()
    expected = ["expected_low", "expected", "expected_high"]
    tables = [
        compared(found, backtest(found), WHEN, "value") for found in map(series, (plain, changed))
    ]
    assert tables[0].select(expected).equals(tables[1].select(expected))
    assert not tables[0].select("actual").equals(tables[1].select("actual"))


def test_front_loading_shows_before_and_cancels_over_both() -> None:
    values = seasonal(80, noise=0.02)
    moved = 0.5 * values[AT : AT + 6]
    values[AT : AT + 6] -= moved
    values[AT - 6 : AT] += moved
    found = series(values)
    told = {
        row["window"]: row
        for row in compared(found, backtest(found), WHEN, "value").iter_rows(named=True)
    }
    assert told["6 months before"]["told"] == "above"
    assert told["first 6 months"]["told"] == "below"
    assert told["6 before and 6 after"]["told"] == "within"


def test_unit_values_stand_beside_a_year_earlier() -> None:
    values = seasonal(80)
    weights = values / 2
    weights[AT:] /= 2
    told = dearness(series(values), series(weights), WHEN)
    changes = dict(told.select("window", "change").rows())
    assert changes["6 months before"] == pytest.approx(0)
    assert changes["first 12 months"] == pytest.approx(100)
    assert told["before"][0] == pytest.approx(2)


def test_a_place_without_months_gets_its_sums_beside_the_world() -> None:
    found = impact(Evidence(), Event("", "IND", "2024-07", "batteries"))
    assert found.windows.is_empty()
    assert found.sums["month"].to_list() == ["2023-12", "2024-12", "2025-06"]
    values = found.sums["value"].to_list()
    assert values[1] == pytest.approx(2337.6, abs=0.1)
    assert found.sums["value_growth"][2] == pytest.approx(100 * (values[2] / values[1] - 1))
    assert found.sums["world"][1] == pytest.approx(66_608, abs=1)
    assert found.notes[0] == "India has no unbroken months on record"
    sums = twelve(Evidence(), "batteries", "Ember-North-America")
    assert sums["value"][1] == pytest.approx(twelve(Evidence(), "batteries", "USA")["value"][1]
        + twelve(Evidence(), "batteries", "CAN")["value"][1])  # fmt: skip


def test_a_region_stands_in_for_a_place_that_is_most_of_it() -> None:
    found = impact(Evidence(), event(Evidence(), "us-301-ev-batteries-2024"))
    assert found.place == "Ember-North-America"
    assert "United States is 97 % of US and Canada (Ember)" in found.notes[2]
    assert not found.windows.is_empty()
    assert found.sums.height == 3


def test_an_event_counts_from_its_first_full_month() -> None:
    # In force from 27 September 2024.
    found = impact(Evidence(), event(Evidence(), "us-301-ev-batteries-2024"))
    assert (found.event.month, found.event.began) == ("2024-10", "2024-09-27")
    assert found.notes[0] == "it began on 2024-09-27: 2024-09 still counts as before"
    windows = found.windows.filter(measure="value")
    first = dict(windows.select("window", "from").rows())
    assert (first["first month"], first["first 6 months"]) == ("2024-10", "2024-10")
    assert windows.filter(window="6 months before")["to"].item() == "2024-09"
    # From the first day on a month is full.
    whole = impact(Evidence(), event(Evidence(), "cn-rebate-9"))
    assert whole.event.month == "2024-12"
    assert not [note for note in whole.notes if "began" in note]


def test_sums_of_a_group_say_whose_they_are() -> None:
    found = impact(Evidence(), Event("", "EU27", "2024-11", "batteries"))
    (told,) = [note for note in found.notes if note.startswith("sums are those of")]
    assert told.startswith("sums are those of 14 of 27 members; not on record: Croatia")
    assert any(note.startswith("EU27 is at least 83 % of Europe") for note in found.notes)
    india = impact(Evidence(), Event("", "IND", "2024-07", "batteries"))
    assert not [note for note in india.notes if "members" in note]


def test_a_region_speaks_only_for_most_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multipolar.trade.impact.MOST", 99)
    found = impact(Evidence(), Event("", "USA", "2024-10", "batteries"))
    assert found.windows.is_empty()


def test_events_of_the_register() -> None:
    store = Evidence()
    assert event(store, "cn-rebate-9") == Event(
        "Rebate of value added tax on lithium-ion batteries (CHN)", "World", "2024-12", "batteries"
    )
    with pytest.raises(UnknownWord):
        event(store, "nothing")
    with pytest.raises(MultipolarError, match="never applied"):
        event(store, "us-anode-adcvd-final")
    with pytest.raises(MultipolarError, match="no monthly exports of 250410"):
        event(store, "cn-graphite-licence")
    with pytest.raises(MultipolarError, match="names 850760, not 250410"):
        event(store, "cn-rebate-9", "250410")


def test_an_event_without_months_before_or_after_is_told(tmp_path: Path) -> None:
    store = own(tmp_path, rows(seasonal(60), "DEU"))
    with pytest.raises(MultipolarError, match="needs an event from 2020-09 on"):
        impact(store, Event("", "DEU", "2019-06", PRODUCT))
    late = impact(store, Event("", "DEU", month(FIRST + 60), PRODUCT))
    assert late.windows["window"].to_list() == ["6 months before"]
    assert "no month from 2023-01 on is on record" in late.notes


def test_the_licence_for_graphite(tmp_path: Path, shared: Callable[..., Path]) -> None:
    store = graphite(tmp_path, shared)
    weight = monthly(store, PRODUCT, measure="weight")[TOLD]
    assert weight.span(FIRST + 70, 1) / 1e6 == pytest.approx(40.5, abs=0.05)
    assert weight.span(FIRST + 71, 1) / 1e6 == pytest.approx(2.7, abs=0.05)
    found = impact(store, event(store, "cn-graphite-licence"))
    assert (found.place, found.event.month) == (TOLD, "2023-12")
    told = {(row["measure"], row["window"]): row for row in found.windows.iter_rows(named=True)}
    first = told["weight", "first month"]
    assert first["actual"] == pytest.approx(2.7, abs=0.05)
    assert first["told"] == "below"
    assert told["value", "first month"]["told"] == "below"
    # Who saw the licence coming shipped before: the first months alone overstate what it did.
    before = told["weight", "6 months before"]
    assert before["actual"] > before["expected"]
    assert {"value", "weight"} == set(found.windows["measure"])
    assert not found.unit_values.is_empty()


def test_the_command(tmp_path: Path) -> None:
    done = multipolar("impact", "cn-rebate-9", cwd=tmp_path)
    assert done.code == 0
    assert "first 6 months" in done.out
    assert done.out.endswith("that the measure caused it does not follow.\n")
    told = multipolar(
        "impact", "--place", "India", "--month", "2024-07", "--format", "json", cwd=tmp_path
    ).json
    assert (told["windows"], len(told["sums"])) == ([], 3)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "give an event, or --place and --month"),
        (("--place", "India"), 2, "give an event, or --place and --month"),
        (("--place", "India", "--month", "2024-13"), 1, "not a month"),
        (("--place", "Atlantis", "--month", "2024-01"), 1, "unknown place"),
        (("nothing",), 1, "unknown event"),
        (("cn-rebate-6",), 1, "nothing can be told of 2026-04"),
    ],
)
def test_what_the_command_refuses(
    tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = multipolar("impact", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert "Traceback" not in done.err
