"""What of a running plant is not built yet, and which of two numbers for it counts?"""

import pytest

from industry_fixtures import atlas, reconciled, steps
from multipolar.evidence.assumptions import Assumptions

RUNS = {"capacity": 20, "capacity_basis": "online", "capacity_year": 2024, "start_year": 2024,
        "status": "operating", "date": "2024-12-31"}  # fmt: skip


def site(capacity, **more):
    """A row that names the nameplate of the whole site."""
    return {"capacity": capacity, "capacity_basis": "full site", "date": "2025-06"} | more


def phase(capacity, **more):
    return {"capacity": capacity, "capacity_basis": "phase", "status": "announced"} | more


def by_status(found, plant="test-cell-works"):
    totals = {}
    for status, _, capacity in steps(found, plant):
        totals[status] = totals.get(status, 0) + capacity
    return totals


@pytest.mark.parametrize(
    "stated, counted",
    [
        ("announced", "announced"),
        ("under construction", "under construction"),
        ("operating", "under construction"),
    ],
)
def test_the_site_beyond_what_runs_is_a_second_phase(tmp_path, stated, counted):
    found = reconciled(tmp_path, RUNS, site(50, status=stated))
    assert by_status(found) == {"operating": 20, counted: 30}


def test_the_second_phase_comes_in_the_year_that_is_planned(tmp_path):
    rows = [RUNS, site(50, status="under construction", start_year=2028)]
    assert ("under construction", 2028, 30) in steps(reconciled(tmp_path, *rows))


@pytest.mark.parametrize("status", ["announced", "under construction"])
def test_without_a_plan_the_second_phase_comes_after_the_usual_time(tmp_path, status):
    found = reconciled(tmp_path, RUNS, site(50, status=status, date="2026-06"))
    lead = f"industry.years-to-start.{status.replace(' ', '-')}"
    years = round(Assumptions(atlas().evidence_store).central(lead))
    assert (status, 2026 + years, 30) in steps(found)
    assert found.additions.filter(status=status)["assumptions"].to_list() == [[lead]]


def test_a_plan_that_has_passed_does_not_lie_in_the_past(tmp_path):
    found = reconciled(tmp_path, RUNS, site(50, status="announced", start_year=2022))
    assert all(year >= 2026 for status, year, _ in steps(found) if status == "announced")


def test_a_site_no_larger_than_what_runs_adds_nothing(tmp_path):
    assert by_status(reconciled(tmp_path / "equal", RUNS, site(20))) == {"operating": 20}
    assert by_status(reconciled(tmp_path / "less", RUNS, site(15))) == {"operating": 20}


def test_the_newest_nameplate_of_the_site_holds(tmp_path):
    rows = [RUNS, site(80, date="2024-01"), site(50, date="2025-06")]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 30}


def test_a_phase_newer_than_the_site_comes_on_top(tmp_path):
    rows = [RUNS, site(50), phase(10, date="2025-07", start_year=2030)]
    found = reconciled(tmp_path, *rows)
    assert by_status(found) == {"operating": 20, "under construction": 30, "announced": 10}
    assert ("announced", 2030, 10) in steps(found)


def test_a_phase_older_than_the_site_is_inside_it(tmp_path):
    rows = [RUNS, site(50), phase(10, date="2025-05")]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 30}


def test_a_phase_newer_than_what_runs_comes_on_top_where_no_site_is_stated(tmp_path):
    rows = [RUNS, phase(10, date="2025-01", status="under construction", start_year=2027)]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 10}


@pytest.mark.parametrize("basis", ["list maximum", "2030 capacity"])
def test_a_list_fills_a_gap(tmp_path, basis):
    rows = [RUNS, site(90, capacity_basis=basis)]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 70}


@pytest.mark.parametrize("basis", ["list maximum", "2030 capacity"])
def test_a_list_only_fills_gaps_however_new_it_is(tmp_path, basis):
    rows = [RUNS, site(50, date="2024-12-31"), site(90, capacity_basis=basis, date="2026-06")]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 30}


def test_the_range_spans_the_sites_of_the_last_three_years_less_what_runs(tmp_path):
    rows = [RUNS, site(60, date="2026-06"), site(45, date="2024-06"), site(75, date="2025-01"),
            site(500, date="2021")]  # fmt: skip
    found = reconciled(tmp_path, *rows).additions.filter(status="under construction")
    assert found.select("low", "capacity", "high").rows() == [(25, 40, 55)]


def test_a_phase_leads_back_to_the_row_that_states_it(tmp_path):
    found = reconciled(tmp_path, RUNS, site(50)).additions.filter(plant="test-cell-works")
    assert dict(found.select("status", "records").rows()) == {
        "operating": ["test-0"], "under construction": ["test-1"],
    }  # fmt: skip


@pytest.mark.parametrize("ended", ["cancelled", "closed"])
def test_an_expansion_that_was_given_up_adds_nothing(tmp_path, ended):
    found = reconciled(tmp_path, RUNS, site(50, status=ended, date="2024-06"))
    assert by_status(found) == {"operating": 20}


@pytest.mark.parametrize("apart", ["paused", "unknown"])
def test_an_expansion_that_rests_or_has_no_status_stands_apart(tmp_path, apart):
    found = reconciled(tmp_path, RUNS, site(50, status=apart, date="2024-06"))
    assert by_status(found) == {"operating": 20, apart: 30}


def test_an_old_plan_does_not_come_back_when_the_newest_is_smaller_than_what_runs(tmp_path):
    runs = RUNS | {"capacity": 30, "capacity_year": 2025, "date": "2025-12-31"}
    found = reconciled(tmp_path, runs, site(20, date="2026-06"), site(50, date="2020-06"))
    assert by_status(found) == {"operating": 30}


@pytest.mark.parametrize("ended", ["cancelled", "paused"])
def test_a_phase_that_was_given_up_does_not_end_the_plant_that_runs(tmp_path, ended):
    found = reconciled(tmp_path, RUNS, phase(10, status=ended, date="2026-06"))
    assert by_status(found).get("operating") == 20
