"""How does the capacity that runs build up from statements of single years?"""

import pytest

from industry_fixtures import STEP, reconciled, steps


def online(capacity, year, **more):
    """A row that says how much ran in a year."""
    said = {"capacity": capacity, "capacity_basis": "online", "capacity_year": year}
    return {"status": "operating", "date": f"{year}-12-31"} | said | more


def standing(found, year, plant="test-cell-works"):
    return sum(capacity for _, first, capacity in steps(found, plant) if first <= year)


def test_statements_of_single_years_become_steps(tmp_path):
    rows = [online(5, 2023, start_year=2023), online(8, 2024), online(20, 2025)]
    assert steps(reconciled(tmp_path, *rows)) == [
        ("operating", 2023, 5), ("operating", 2024, 3), ("operating", 2025, 12),
    ]  # fmt: skip


def test_a_plant_that_shrank_has_a_step_down(tmp_path):
    rows = [online(10, 2023, start_year=2023), online(4, 2025)]
    assert steps(reconciled(tmp_path, *rows)) == [("operating", 2023, 10), ("operating", 2025, -6)]


def test_the_order_of_the_statements_does_not_matter(tmp_path):
    rows = [online(5, 2023, start_year=2022), online(8, 2024), online(6, 2025)]
    forwards, backwards = (
        steps(reconciled(tmp_path / name, *order))
        for name, order in (("forwards", rows), ("backwards", rows[::-1]))
    )
    assert forwards == backwards


def test_of_two_statements_of_one_year_the_newer_holds(tmp_path):
    rows = [
        online(5, 2024, start_year=2024, date="2024-06-30"),
        online(7, 2024, date="2024-12-31"),
    ]
    assert standing(reconciled(tmp_path, *rows), 2024) == 7


def test_an_unchanged_statement_adds_no_step(tmp_path):
    rows = [online(5, 2023, start_year=2023), online(5, 2024)]
    assert steps(reconciled(tmp_path, *rows)) == [("operating", 2023, 5)]


def test_capacity_grows_in_equal_yearly_steps_until_it_is_first_stated(tmp_path):
    found = reconciled(tmp_path, online(10, 2024, start_year=2021))
    assert steps(found) == [("operating", year, 2.5) for year in (2021, 2022, 2023, 2024)]


SIZES = [0.015, 0.1, 1 / 3, 1.7, 12.5, 20, 37.3, 100, 1234.567]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """One plant for each size and number of years between start and first statement."""
    rows = [
        online(size, 2025, plant=f"grown-{index}-{years}", start_year=2025 - years)
        for index, size in enumerate(SIZES)
        for years in range(12)
    ]
    return reconciled(tmp_path_factory.mktemp("grown"), *rows)


@pytest.mark.parametrize("index, size", list(enumerate(SIZES)))
def test_the_yearly_steps_add_up_to_the_statement(grown, index, size):
    for years in range(12):
        found = steps(grown, f"grown-{index}-{years}")
        assert [year for _, year, _ in found] == list(range(2025 - years, 2026))
        # On the grid of exact sums the statement is the nearest multiple of 2^-20.
        assert sum(capacity for _, _, capacity in found) == round(size * 2**20) / 2**20


@pytest.mark.parametrize("index, size", list(enumerate(SIZES)))
def test_the_yearly_steps_are_equal(grown, index, size):
    for years in range(12):
        found = [capacity for _, _, capacity in steps(grown, f"grown-{index}-{years}")]
        assert found == pytest.approx([size / (years + 1)] * (years + 1), abs=(years + 1) * STEP)


def test_without_a_start_a_plant_runs_since_it_was_first_said_to_run(tmp_path):
    rows = [
        {"capacity": 6, "capacity_basis": "full site", "date": "2024-05"},
        {"capacity": "", "unit": "", "capacity_basis": "", "date": "2022-03"},
    ]
    assert steps(reconciled(tmp_path, *rows)) == [("operating", 2022, 6)]


def test_a_start_that_happened_beats_one_that_was_planned(tmp_path):
    rows = [
        online(6, 2023, start_year=2023),
        {"status": "announced", "capacity": 6, "start_year": 2020, "date": "2025"},
    ]
    assert steps(reconciled(tmp_path, *rows)) == [("operating", 2023, 6)]


def test_a_number_of_a_running_plant_without_a_basis_is_taken_as_running(tmp_path):
    stated = {"capacity": 9, "capacity_basis": "as stated", "start_year": 2023, "date": "2023"}
    whole = {"capacity": 30, "capacity_basis": "full site", "date": "2025", "start_year": 2027,
             "status": "under construction"}  # fmt: skip
    found = steps(reconciled(tmp_path, stated, whole))
    assert [step[::2] for step in found] == [("operating", 9), ("under construction", 21)]


def test_capacity_stands_in_the_year_for_which_it_is_stated(tmp_path):
    found = reconciled(tmp_path, online(26, 2022, date="2024-01"), online(50, 2025))
    assert [standing(found, year) for year in (2021, 2022, 2023, 2024, 2025)] == [0, 26, 26, 26, 50]


def test_an_announced_phase_of_a_running_plant_does_not_run(tmp_path):
    rows = [
        {"capacity": 10, "capacity_basis": "phase", "date": "2023", "start_year": 2023},
        {"capacity": 20, "capacity_basis": "phase", "date": "2025", "status": "announced",
         "start_year": 2028},
    ]  # fmt: skip
    assert steps(reconciled(tmp_path, *rows)) == [("operating", 2023, 10), ("announced", 2028, 20)]


def stopped(status, day, **more):
    return {"capacity": "", "unit": "", "status": status, "date": day} | more


@pytest.mark.parametrize("end", ["paused", "closed", "cancelled"])
def test_lines_that_stopped_stand_until_the_year_they_stopped(tmp_path, end):
    rows = [online(9, 2024, start_year=2022), stopped(end, "2025-06-30")]
    found = reconciled(tmp_path, *rows)
    running = [step for step in steps(found) if step[0] == "operating"]
    assert running == [
        ("operating", 2022, 3), ("operating", 2023, 3), ("operating", 2024, 3),
        ("operating", 2026, -9),
    ]  # fmt: skip


def test_lines_that_stopped_this_year_do_not_run_at_present(tmp_path):
    found = reconciled(tmp_path, online(9, 2024, start_year=2024), stopped("closed", "2026-06"))
    assert steps(found) == [("operating", 2024, 9), ("operating", 2026, -9)]


def test_lines_that_are_paused_stand_apart_with_their_capacity(tmp_path):
    idle = stopped("paused", "2026-02", capacity=9, unit="kt/yr", capacity_basis="as stated")
    found = reconciled(tmp_path, online(9, 2024, start_year=2024), idle)
    assert [size for status, _, size in steps(found) if status == "paused"] == [9]
    assert sum(size for status, _, size in steps(found) if status == "operating") == 0


def test_a_plant_that_is_rebuilt_counts_what_comes_and_what_ran(tmp_path):
    plan = {"capacity": 20, "capacity_basis": "site target", "status": "under construction",
            "date": "2026-03", "start_year": 2027}  # fmt: skip
    rows = [online(37, 2025, start_year=2025), stopped("paused", "2026-01-15"), plan]
    found = reconciled(tmp_path, *rows)
    assert steps(found) == [
        ("operating", 2025, 37), ("operating", 2026, -37), ("under construction", 2027, 20),
    ]  # fmt: skip


def test_a_plan_that_never_ran_leaves_nothing_when_it_ends(tmp_path):
    plan = {"capacity": 20, "capacity_basis": "site target", "status": "announced", "date": "2024"}
    assert steps(reconciled(tmp_path, plan, stopped("cancelled", "2025"))) == []
