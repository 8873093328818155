"""Which status has a plant, when its rows disagree?"""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.industry.plants import ENDED, LIVE, status_of


def said(status, day, confidence="medium", basis="full site"):
    return {
        "status": status,
        "status_date": day,
        "confidence": confidence,
        "capacity_basis": basis,
    }


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("before", LIVE)
def test_an_end_that_is_newer_than_all_else_holds(end, before):
    assert status_of([said(before, "2024-05-10"), said(end, "2024-05-11")]) == end


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("other", LIVE)
def test_an_end_of_the_same_day_does_not_hold(end, other):
    assert status_of([said(end, "2024-05-11"), said(other, "2024-05-11")]) == other


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("after", LIVE)
def test_a_plant_that_somebody_saw_alive_after_its_end_has_not_ended(end, after):
    assert status_of([said(end, "2024-05-11"), said(after, "2025")]) == after


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("later", ["under construction", "announced"])
def test_a_plant_that_stopped_and_is_rebuilt_does_not_run(end, later):
    rows = [said("operating", "2024"), said(end, "2025"), said(later, "2026")]
    assert status_of(rows) == later
    assert status_of([*rows, said("operating", "2025-12-31")]) == "operating"


@pytest.mark.parametrize("first, second", list(itertools.permutations(ENDED, 2)))
def test_of_two_ends_the_newer_holds(first, second):
    rows = [said("operating", "2020"), said(second, "2024-02"), said(first, "2024-01")]
    assert status_of(rows) == second


def test_a_month_counts_with_its_last_day():
    assert status_of([said("closed", "2024-05"), said("operating", "2024-05-31")]) == "operating"
    assert status_of([said("closed", "2024-05"), said("operating", "2024-05-30")]) == "closed"


def test_a_year_counts_with_its_last_day():
    assert status_of([said("operating", "2024"), said("closed", "2024-12-31")]) == "operating"
    assert status_of([said("operating", "2024"), said("closed", "2025-01-01")]) == "closed"


def test_a_row_without_a_status_neither_ends_nor_revives_a_plant():
    assert status_of([said("closed", "2023"), said("unknown", "2025")]) == "closed"
    assert status_of([said("operating", "2023"), said("unknown", "2025")]) == "operating"


def test_without_any_status_the_status_is_unknown():
    assert status_of([said("unknown", "2025"), said("unknown", "2020")]) == "unknown"


@pytest.mark.parametrize("newer", ["announced", "under construction"])
def test_a_plant_that_runs_still_runs_when_something_more_is_announced(newer):
    assert status_of([said("operating", "2020"), said(newer, "2025")]) == "operating"


def test_of_a_plant_that_does_not_run_the_newest_statement_holds():
    rows = [said("under construction", "2024"), said("announced", "2025")]
    assert status_of(rows) == "announced"
    rows = [said("announced", "2024"), said("under construction", "2025")]
    assert status_of(rows) == "under construction"


def test_on_the_same_day_construction_is_more_exact_than_an_announcement():
    rows = [said("announced", "2025", "high"), said("under construction", "2025", "low")]
    assert status_of(rows) == "under construction"


rows_of_one_plant = st.lists(
    st.builds(
        said,
        st.sampled_from([*LIVE, *ENDED, "unknown"]),
        st.dates(max_value=date(2999, 12, 31)).map(str),
        st.sampled_from(["high", "medium", "low"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row["status_date"],
)


@given(rows_of_one_plant, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert status_of(shuffled) == status_of(rows)


@given(rows_of_one_plant)
def test_the_status_is_one_that_somebody_stated(rows):
    stated = {row["status"] for row in rows}
    assert status_of(rows) in stated | ({"unknown"} if stated <= {"unknown"} else set())


@given(rows_of_one_plant)
def test_an_end_in_the_far_future_ends_every_plant(rows):
    assert status_of([*rows, said("closed", "9999-12-31")]) == "closed"
