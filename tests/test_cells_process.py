"""Do steps, materials and prices say what their sources say, within one boundary and unit?"""

from __future__ import annotations

import csv
from datetime import date

import polars as pl
import pytest

from cells_fixtures import DAY, DESIGNS, evidence
from conftest import SHARED, row
from multipolar.cells.materials import bill, design, elements
from multipolar.cells.prices import quote
from multipolar.cells.process import MAJOR_STEPS, process
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence, bundled
from multipolar.words import money
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord

TABLES = ("process-steps", "bill-of-materials", "compositions", "prices")


def test_the_baseline_plant_is_rebuilt_from_its_steps() -> None:
    """BatPaC 5: 4,019 million US$ for 50 GWh/yr of cells, 34.5 people and 4,994 m2 for a GWh."""
    steps = process(evidence())
    assert steps.of("capex")["value"].sum() == pytest.approx(4019, abs=1)
    assert steps.of("capex")["value"].sum() / steps.plant == pytest.approx(80.37, abs=0.02)
    assert steps.of("labour")["value"].sum() == 3_309_000
    assert steps.of("labour")["value"].sum() / 1920 / steps.plant == pytest.approx(34.5, abs=0.05)
    assert steps.of("floor")["value"].sum() / steps.plant == pytest.approx(4994, abs=1)
    for measure in ("capex", "labour", "floor"):
        same = steps.scaled(measure, steps.plant)["value"].to_list()
        assert same == pytest.approx(steps.of(measure)["value"].to_list())


def test_investment_is_in_real_money() -> None:
    assert process(evidence()).capex == pytest.approx(80.37 * money.deflate(2022, 2025), rel=1e-3)


def test_sums_are_those_that_the_source_gives_itself() -> None:
    path = SHARED / "domain" / "3_cell_cost.csv"
    if not path.exists():
        pytest.skip("no shared folder")
    with path.open() as file:
        told = {r["parameter"]: r["central"] for r in csv.DictReader(file)}
    steps = process(evidence())
    capex = steps.of("capex")["value"].sum() / 50
    assert capex == pytest.approx(float(told["plant_capex_sum_cell_only"]), abs=0.02)
    people = steps.of("labour")["value"].sum() / 1920 / 50
    assert people == pytest.approx(float(told["labour_sum_cell_only"]), abs=0.05)
    floor = steps.of("floor")["value"].sum() / 50
    assert floor == pytest.approx(float(told["floor_area_sum_cell_only"]), abs=1)
    left = steps.yields("active material")
    assert left == pytest.approx(float(told["total_active_material_yield_mature"]), abs=1e-4)


def test_a_small_plant_needs_more_for_each_gigawatt_hour_unless_exponents_are_one() -> None:
    steps = process(evidence())
    small, large = (steps.scaled("capex", gwh)["value"].sum() / gwh for gwh in (5, 40))
    assert 1.05 < small / large < 1.25
    flat = [steps.scaled("capex", gwh, scale=0)["value"].sum() / gwh for gwh in (5, 40)]
    assert flat[0] == pytest.approx(flat[1])


def test_every_major_step_has_investment_labour_and_a_share_that_passes() -> None:
    steps = process(evidence())
    for measure in ("capex", "labour"):
        assert set(steps.of(measure)["major_step"].drop_nulls()) == set(MAJOR_STEPS)
    passed = [steps.passed(step) for step in MAJOR_STEPS]
    assert passed == sorted(passed) and passed[-1] == 0.95


def test_wider_boundaries_hold_more_and_another_is_refused() -> None:
    sums = [process(evidence(), b).of("capex")["value"].sum() for b in ("cell", "module", "pack")]
    assert sums[1] - sums[0] == sums[2] - sums[1] == 94
    with pytest.raises(UnitMismatch, match="boundary 'car'"):
        process(evidence(), "car")


def test_every_design_has_a_bill_within_the_cell() -> None:
    assert sorted(bundled("bill-of-materials")["design"].unique()) == sorted(DESIGNS)
    for name in DESIGNS:
        parts = bill(evidence(), name)
        assert {"cathode active material", "anode active material", "electrolyte"} <= set(
            parts["component"]
        )
        weight = parts.filter(pl.col("unit") == "kg/kWh")["central"].sum()
        assert 2 < weight < 9, name
    assert design(evidence(), "NMC") == "NMC622"
    with pytest.raises(UnknownWord, match="did you mean LFP"):
        design(evidence(), "LFPP")
    with pytest.raises(MultipolarError, match="no one bill of materials for LTO"):
        design(evidence(), "LTO")


@pytest.mark.parametrize(
    ("name", "element", "published"),
    [
        ("LFP", "lithium", 0.0889584), ("NMC622", "lithium", 0.103451),
        ("NMC622", "nickel", 0.512009), ("NMC622", "cobalt", 0.171309),
        ("NMC811", "lithium", 0.0922436), ("NMC811", "nickel", 0.607822),
        ("NMC811", "cobalt", 0.0762625), ("NCA", "nickel", 0.655632),
        ("NMC811-sulfide", "nickel", 0.715167), ("NMC811-sulfide", "lithium", 0.188992),
        ("NMC811-silicon", "silicon", 0.1007), ("LFP", "graphite", 0.955398),
    ],
)  # fmt: skip
def test_elements_agree_with_a_published_intensity(
    name: str, element: str, published: float
) -> None:
    """Intensities of BatPaC 5.2 and SolidPac, of which only masses of materials are inputs."""
    found = elements(evidence(), name).filter(pl.col("element").str.ends_with(element))
    low, central, high = (found[end].sum() for end in ("low", "central", "high"))
    assert central == pytest.approx(published, rel=0.12)
    assert low * 0.95 < published < high * 1.05


def test_a_row_of_another_boundary_or_unit_is_refused(workspace, write) -> None:
    spoilt = row("bill-of-materials", boundary="pack")
    import_files(Evidence(workspace), "bill-of-materials", [write("bill-of-materials", [spoilt])])
    with pytest.raises(UnitMismatch, match="boundary pack"):
        bill(Evidence(workspace), "Test cell")


def test_a_quote_is_real_money_without_tax() -> None:
    """LFP cathode, 35 CNY/kg with 13 % in October 2025."""
    found = quote(evidence(), "LFP CAM", "CHN", DAY, "kg")
    assert found is not None
    assert found.central == pytest.approx(35 / 1.13 / money.units_per_usd("CNY", 2025))
    with pytest.raises(UnitMismatch, match="price per kg, wanted per m2"):
        quote(evidence(), "LFP CAM", "CHN", DAY, "m2")


def test_the_quote_of_the_day_holds_and_no_day_is_made_up() -> None:
    later = quote(evidence(), "LFP CAM", "CHN", date(2026, 6, 5), "kg")
    before = quote(evidence(), "LFP CAM", "CHN", date(2026, 6, 4), "kg")
    assert later and before and later.central > before.central
    for day in (date(2024, 1, 1), date(2028, 1, 1)):
        with pytest.raises(MultipolarError, match=f"no price of LFP CAM on {day}"):
            quote(evidence(), "LFP CAM", "CHN", day, "kg")
    assert quote(evidence(), "PVDF", "CHN", DAY, "kg") is None


def test_a_group_has_the_range_of_its_members() -> None:
    wage = quote(evidence(), "wage", "EU27", DAY, "hour")
    hungary, germany = (quote(evidence(), "wage", p, DAY, "hour") for p in ("HUN", "DEU"))
    assert wage and hungary and germany
    assert wage.low == hungary.central < wage.central < germany.central <= wage.high


def test_nothing_comes_from_the_study_or_from_trial_inputs() -> None:
    names = [n for n in bundled("assumptions")["assumption"] if n.startswith("cells.")]
    assumed = bundled("assumptions").filter(pl.col("assumption").is_in(names))
    for rows in [assumed, *map(bundled, TABLES)]:
        said = {str(value) for name in rows.columns for value in rows[name].drop_nulls().unique()}
        assert not [text for text in said if "mcbride" in text.lower() or "boe_input" in text]
    assert set(assumed["calibrated_to"].drop_nulls()) == set()
    unread = assumed.filter(pl.col("checked") == "no")
    assert set(unread["confidence"]) == {"low"}
    open_ended = (pl.col("low") == pl.col("high")) & (pl.col("checked") == "no")
    assert assumed.filter(open_ended).is_empty()
