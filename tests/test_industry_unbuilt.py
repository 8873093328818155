"""What does a plant add that does not run: planned, paused, given up, or without a capacity?"""

import polars as pl
import pytest

from industry_fixtures import STAGE, own_plants, reconciled, steps
from multipolar.industry.capacity import capacity
from multipolar.industry.coverage import reached
from multipolar.industry.plants import reconcile


def plan(capacity, status="announced", **more):
    return {"capacity": capacity, "status": status, "capacity_basis": "full site"} | more


def site(found, plant="test-cell-works"):
    return found.sites.filter(plant=plant).row(0, named=True)


def test_a_planned_plant_is_one_phase_of_its_status(tmp_path):
    found = reconciled(tmp_path, plan(40, "under construction", start_year=2028))
    assert steps(found) == [("under construction", 2028, 40)]


def test_a_planned_plant_rests_on_capacity_and_status(tmp_path):
    rows = [plan(40, date="2024"), {"capacity": "", "unit": "", "status": "under construction",
            "date": "2026", "start_year": 2029}]  # fmt: skip
    found = reconciled(tmp_path, *rows)
    assert steps(found) == [("under construction", 2029, 40)]
    assert found.additions.filter(plant="test-cell-works")["records"].to_list() == [
        ["test-0", "test-1"]
    ]


def test_phases_of_a_planned_plant_add_up(tmp_path):
    rows = [plan(15, capacity_basis="phase", date="2025"), plan(25, capacity_basis="phase")]
    assert [step[::2] for step in steps(reconciled(tmp_path, *rows))] == [("announced", 40)]


def test_what_is_being_built_and_what_is_only_announced_are_two_phases(tmp_path):
    rows = [
        plan(10, "under construction", capacity_basis="phase", date="2026", start_year=2027),
        plan(40, date="2025", start_year=2030),
    ]
    assert steps(reconciled(tmp_path, *rows)) == [
        ("under construction", 2027, 10), ("announced", 2030, 30),
    ]  # fmt: skip


def test_a_site_that_is_all_being_built_has_nothing_only_announced(tmp_path):
    rows = [plan(40, date="2025"), plan(40, "under construction", date="2026", start_year=2028)]
    assert steps(reconciled(tmp_path, *rows)) == [("under construction", 2028, 40)]


def test_the_range_of_a_plan_spans_its_recent_statements(tmp_path):
    rows = [plan(60, date="2026-06"), plan(45, date="2024-06"), plan(75, date="2025-01"),
            plan(500, date="2021")]  # fmt: skip
    found = reconciled(tmp_path, *rows).additions.filter(plant="test-cell-works")
    assert found.select("low", "capacity", "high").rows() == [(45, 60, 75)]


@pytest.mark.parametrize("status", ["cancelled", "closed"])
def test_a_plant_that_was_given_up_adds_nothing_and_says_why(tmp_path, status):
    rows = [plan(40, date="2024"), plan(40, status, date="2025")]
    found = reconciled(tmp_path, *rows)
    assert steps(found) == []
    assert (site(found)["status"], site(found)["reason"]) == (status, status)
    counted, known, rest = reached(found)
    assert ("test-cell-works", status) in rest.select("plant", "reason").rows()
    assert known == counted + rest.height


def test_a_plant_without_a_capacity_adds_nothing_and_says_why(tmp_path):
    found = reconciled(tmp_path, {"capacity": "", "unit": "", "capacity_basis": ""})
    assert steps(found) == []
    assert site(found)["reason"] == "no row gives a capacity"
    assert "test-cell-works" not in reached(found)[2]["plant"]


@pytest.mark.parametrize("status", ["paused", "unknown"])
def test_paused_plants_and_those_without_a_status_stand_apart(tmp_path, status):
    evidence = own_plants(
        tmp_path,
        plan(40, status, date="2026", start_year=2027),
        plan(7, "operating", plant="runs", start_year=2020, date="2026"),
    )
    data = capacity(evidence, reconcile(evidence, STAGE)).data.filter(
        measure="capacity", place="DEU", year=2030
    )
    undivided = data.filter((pl.col("chemistry") == "all") & (pl.col("domicile") == "all"))
    found = {row[0]: row[1:] for row in undivided.select(
        "status", "value_low", "value", "value_high").rows()}  # fmt: skip
    assert found == {status: (40, 40, 40), "operating": (7, 7, 7), "all": (7, 7, 7)}


def test_every_plant_on_record_is_a_site_once(tmp_path):
    rows = [plan(1, plant=name) for name in ("a", "b", "a")]
    found = reconciled(tmp_path, *rows)
    assert found.sites["plant"].sort().to_list() == ["a", "b"]


def test_a_plant_lists_all_of_its_rows_also_those_that_lost(tmp_path):
    rows = [plan(1, date="2020"), plan(2, date="2024"), plan(3, "cancelled", date="2022")]
    assert site(reconciled(tmp_path, *rows))["records"] == ["test-0", "test-1", "test-2"]


def test_no_plants_at_all_are_no_additions(tmp_path):
    found = reconciled(tmp_path)
    assert (found.sites.height, found.additions.height) == (0, 0)
    assert reached(found)[:2] == (0, 0)
