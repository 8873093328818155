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


#: Read through a list that nobody checked.
LISTED = {"via": "batteryfactory"}


@pytest.mark.parametrize("planned", ["announced", "under construction"])
def test_what_a_list_calls_running_beyond_the_lines_is_what_was_read_of_it(tmp_path, planned):
    plan = site(50, status=planned, date="2023-01")
    rows = [RUNS, site(50, status="operating", date="2026-06") | LISTED, plan]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, planned: 30}


def test_a_site_that_was_read_to_run_whole_is_no_plan(tmp_path):
    rows = [RUNS, site(50, status="operating"), site(50, status="announced", date="2023-01")]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 20, "under construction": 30}


@pytest.mark.parametrize("listed, runs", [(LISTED, 20), ({}, 50)])
def test_lines_that_were_read_do_not_yield_to_a_list_however_new(tmp_path, listed, runs):
    old = RUNS | {"capacity_year": 2021, "start_year": 2021, "date": "2021-12-31"}
    rows = [old, site(50, status="operating", date="2026-07") | listed]
    assert by_status(reconciled(tmp_path, *rows))["operating"] == runs


def test_of_one_year_what_was_read_holds_over_a_list(tmp_path):
    listed = RUNS | {"capacity": 35, "date": "2026-07"} | LISTED
    assert by_status(reconciled(tmp_path, RUNS, listed)) == {"operating": 20}


def test_of_another_year_a_list_still_counts(tmp_path):
    listed = RUNS | {"capacity": 35, "capacity_year": 2025, "date": "2026-07"} | LISTED
    assert by_status(reconciled(tmp_path, RUNS, listed)) == {"operating": 35}


@pytest.mark.parametrize("year, left", [(2024, 10), (2026, 40)])
def test_a_site_that_a_list_has_running_yields_to_a_later_smaller_one(tmp_path, year, left):
    """A list's 40 GWh of 2024 yields to 10 GWh read in 2025; its 40 GWh of 2026 are newer."""
    listed = site(40, status="operating", capacity_year=year, date="2026-07") | LISTED
    rows = [listed, site(10, status="operating", capacity_year=2025, date="2025-03")]
    assert sum(by_status(reconciled(tmp_path, *rows)).values()) == left


def test_two_lists_do_not_contradict_each_other(tmp_path):
    rows = [RUNS | LISTED, RUNS | {"capacity": 35, "date": "2026-07", "via": "policyfocus"}]
    assert by_status(reconciled(tmp_path, *rows)) == {"operating": 35}


def test_a_phase_that_was_read_is_what_is_built_of_a_site_on_a_list(tmp_path):
    whole = site(100, status="under construction", date="2026-07", start_year=2026) | LISTED
    read = phase(40, status="under construction", date="2025-12", start_year=2026)
    found = steps(reconciled(tmp_path, whole, read))
    assert found[0] == ("under construction", 2026, 40)
    assert found[1][::2] == ("announced", 60) and found[1][1] > 2026


def test_a_phase_on_a_list_does_not_divide_the_site(tmp_path):
    whole = site(100, status="under construction", date="2026-07", start_year=2026) | LISTED
    listed = phase(40, status="under construction", date="2025-12") | LISTED
    assert by_status(reconciled(tmp_path, whole, listed)) == {"under construction": 100}


def test_what_is_planned_for_years_to_come_does_not_run(tmp_path):
    plan = site(40, status="operating", start_year=2025, capacity_year=2034, date="2026-07")
    found = steps(reconciled(tmp_path, plan))
    assert found == [
        ("operating", 2025, 4), ("operating", 2026, 4), ("under construction", 2034, 32),
    ]  # fmt: skip


def test_a_nameplate_is_no_proof_of_a_start_before_the_stated_one(tmp_path):
    plan = site(40, status="operating", start_year=2024, capacity_year=2023)
    assert steps(reconciled(tmp_path, plan)) == [("operating", 2024, 40)]
