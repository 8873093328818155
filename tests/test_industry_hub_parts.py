"""Does a hub, or the total of a company, count what its plants on record already make up?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import reconciled, steps
from multipolar.industry.coverage import reached


def hub(capacity, **more):
    return {"plant": "hub", "capacity": capacity, "capacity_basis": "company",
            "start_year": 2020} | more  # fmt: skip


def part(name, capacity, **more):
    return {"plant": name, "capacity": capacity, "part_of": "hub", "start_year": 2020} | more


def total(found, plant):
    return sum(capacity for _, _, capacity in steps(found, plant))


def test_a_hub_counts_what_its_parts_leave(tmp_path):
    found = reconciled(tmp_path, hub(100), part("a", 30), part("b", 20))
    assert [total(found, name) for name in ("hub", "a", "b")] == [50, 30, 20]


def test_a_hub_is_never_negative(tmp_path):
    found = reconciled(tmp_path, hub(40), part("a", 30), part("b", 20))
    assert [total(found, name) for name in ("hub", "a", "b")] == [0, 30, 20]


def test_a_hub_that_its_parts_make_up_is_left_out_with_a_reason(tmp_path):
    found = reconciled(tmp_path, hub(50), part("a", 30), part("b", 20))
    left = dict(reached(found)[2].select("plant", "reason").rows())
    assert left["hub"] == "its plants are counted on their own"
    assert "a" not in left


def test_a_part_that_was_given_up_leaves_its_place_to_the_hub(tmp_path):
    found = reconciled(tmp_path, hub(50), part("a", 30, status="cancelled"))
    assert [total(found, name) for name in ("hub", "a")] == [50, 0]


def test_a_hub_that_was_given_up_leaves_its_parts(tmp_path):
    found = reconciled(tmp_path, hub(50, status="closed"), part("a", 30))
    assert [total(found, name) for name in ("hub", "a")] == [0, 30]


def test_a_hub_that_is_not_on_record_takes_nothing_from_its_parts(tmp_path):
    assert total(reconciled(tmp_path, part("a", 30)), "a") == 30


def test_a_hub_of_hubs_counts_everything_once(tmp_path):
    rows = [hub(100), part("inner", 60), part("a", 40, part_of="inner")]
    found = reconciled(tmp_path, *rows)
    assert [total(found, name) for name in ("hub", "inner", "a")] == [40, 20, 40]


def test_the_range_of_a_hub_shrinks_with_it(tmp_path):
    rows = [hub(100, date="2026-06"), hub(80, date="2025-06"), part("a", 50)]
    row = reconciled(tmp_path, *rows).additions.filter(plant="hub").row(0, named=True)
    assert [row[name] for name in ("low", "capacity", "high")] == [40, 50, 50]


sizes = st.integers(1, 4000).map(lambda n: n / 8)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A new folder for each table."""
    return lambda: tmp_path_factory.mktemp("hub")


@settings(max_examples=20)
@given(sizes, st.lists(sizes, max_size=4))
def test_hub_and_parts_make_up_the_larger_of_both(folders, whole, parts):
    rows = [hub(whole), *(part(f"part-{i}", size) for i, size in enumerate(parts))]
    found = reconciled(folders(), *rows)
    assert total(found, "hub") == pytest.approx(max(whole - sum(parts), 0), abs=1e-5)
    assert total(found, "hub") >= 0
    assert [total(found, f"part-{i}") for i in range(len(parts))] == parts
