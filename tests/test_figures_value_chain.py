"""Does the figure of the value chain say what its data say, and do steps add up to the plant?"""

import numpy as np
import polars as pl
import pytest

import multipolar as mp
from cells_fixtures import evidence, plant
from industry_fixtures import STEP, VALUES, atlas, figure
from multipolar.cells.costs import Costs
from multipolar.cells.market import market
from multipolar.cells.steps import LINES, NAMES, parted
from multipolar.cells.works import made
from multipolar.evidence.assumptions import Assumptions
from multipolar.figures.marks import behind, keys
from multipolar.figures.value_chain import DESIGNS
from multipolar.words.money import from_real_usd

NAME = "value-chain"
USUAL = {"measure": "cost", "place": "EU27", "chemistry": "LFP", "coating": "wet", "age": "ripe",
         "step": "all", "part": "all"}  # fmt: skip
ONCE = {"chemistry": "all", "coating": "all"}
DAY = Costs(evidence()).day


def rows(**dims):
    wanted = {**USUAL, **dims}
    return figure(NAME).data.filter(
        pl.all_horizontal(pl.col(k) == v for k, v in wanted.items() if v is not None)
    )


def row(**dims):
    found = rows(**dims)
    assert found.height == 1, dims
    return found.row(0, named=True)


@pytest.mark.parametrize("coating", ["wet", "dry"])
@pytest.mark.parametrize("chemistry", ["LFP", "Na-ion-layered"])
@pytest.mark.parametrize(("place", "age"), [("EU27", 3), ("CHN", 6)])
def test_steps_add_up_to_the_plant(place, age, chemistry, coating):
    """Making costs what the plant costs, less materials, their working capital, warranty and
    margin; best values and the ends of the draws."""
    whole = plant(place, chemistry, day=DAY, age=age, dry=float(coating == "dry"))
    found = market(evidence(), whole)
    apart = parted(found.home, evidence())

    def making(x):
        full, empty = made(x, found.home).lines, made(x, apart.empty).lines
        return sum(full[line] - empty[line] for line in LINES) + full["scrap"]

    told = {"place": place, "chemistry": chemistry, "coating": coating,
            "age": "ripe" if age == 6 else str(age)}  # fmt: skip
    low, best, high = (row(**told)[value] for value in VALUES)
    assert best == pytest.approx(making(found.inputs.central()), rel=1e-6)
    assert [low, high] == pytest.approx(
        np.quantile(making(found.inputs.values()), (0.1, 0.9)), rel=1e-6
    )
    steps = rows(**told, step=None).filter(pl.col("step") != "all")
    assert set(steps["step"]) == set(NAMES.values())
    assert steps["value"].sum() == pytest.approx(best, abs=100 * STEP)
    for name in NAMES.values():
        lines = rows(**told, step=name, part=None).filter(pl.col("part") != "all")
        assert lines["value"].sum() == pytest.approx(row(**told, step=name)["value"], abs=20 * STEP)


def test_loss_by_hand():
    """Yields of 99, 95, 99, 99 and 95 %, raised so that 17 % are lost in year 3."""
    loss = Assumptions(evidence()).central("cells.scrap.entrant.year-3") / 100
    yields = {"mixing": 0.99, "coating and drying": 0.95, "slitting and notching": 0.99,
              "assembly": 0.99, "formation and ageing": 0.95}  # fmt: skip
    power = np.log(1 - loss) / np.log(np.prod(list(yields.values())))
    left = 1.0
    for step, good in yields.items():
        told = row(measure="scrap", age="3", step=step, **ONCE)["value"]
        assert told == pytest.approx(100 * left * (1 - good**power), abs=1e-5)
        left *= good**power
    assert row(measure="scrap", age="3", **ONCE)["value"] == pytest.approx(100 * loss, abs=1e-5)
    assert rows(measure="scrap", age="3", step="calendering", **ONCE).is_empty()


def test_the_loss_of_a_plant_is_that_on_record_and_has_its_range():
    known = Assumptions(evidence())
    for age, year in (("1", 1), ("3", 3), ("ripe", 5)):
        for place, maker in (("EU27", "entrant"), ("CHN", "incumbent")):
            name = f"cells.scrap.{maker}.year-{year}"
            told = row(measure="scrap", place=place, age=age, **ONCE)
            draws = known.draw(name, label="")
            assert told["value"] == pytest.approx(known.central(name), abs=1e-4)
            assert known[name].low < told["value_low"] < told["value"] < told["value_high"]
            assert told["value_high"] < known[name].high
            assert draws.min() < told["value_low"]


def test_electricity_and_heat_add_up_and_energy_has_no_price_behind_it():
    for step in (*NAMES.values(), "all"):
        both = rows(measure="energy", step=step, part=None)
        parts = dict(both.select("part", "value").rows())
        if step == "filling":
            assert not parts
            continue
        assert sum(v for k, v in parts.items() if k != "all") == pytest.approx(
            parts["all"], abs=20 * STEP
        )
    found = figure(NAME).explain(measure="energy", step="coating and drying")
    assert set(found.rows()) == {"bill-of-materials", "process-steps"}
    assert {r["step"] for r in found.rows()["process-steps"].to_dicts() if r["measure"] == "heat"} \
        == {"coating and drying"}  # fmt: skip


def test_energy_of_formation_by_hand():
    """9.54 kWh for each kWh and heat for each kg that enters, raised by what is lost there."""
    x = Assumptions(evidence())
    loss = x.central("cells.scrap.entrant.year-5") / 100
    power = np.log(1 - loss) / np.log(0.99 * 0.95 * 0.99 * 0.99 * 0.95)
    told = row(measure="energy", step="formation and ageing", part="electricity")
    assert told["value"] == pytest.approx(9.5411 / 0.95**power, rel=1e-4)


def test_investment_adds_up_to_the_assumption_at_the_size_of_the_source():
    """At 40 GWh/yr a GWh costs a little more than at 50."""
    capex = Assumptions(evidence()).central("industry.capex.europe")
    told = row(measure="investment", chemistry="all", age="all")["value"]
    assert capex < told < 1.03 * capex
    steps = rows(measure="investment", chemistry="all", age="all", step=None)
    assert steps.filter(pl.col("step") != "all")["value"].sum() == pytest.approx(told, rel=1e-6)


def test_dry_coating_changes_coating_and_nothing_else():
    for step in NAMES.values():
        wet, dry = (row(coating=coating, step=step)["value"] for coating in ("wet", "dry"))
        assert (wet > dry * 1.2) if step == "coating and drying" else (wet == dry)
    saved = rows(measure="saved by dry coating", coating="dry", step=None, part=None)
    told = {(r["step"], r["part"]): r["value"] for r in saved.to_dicts()}
    wet, dry = (row(coating=coating)["value"] for coating in ("wet", "dry"))
    assert told["all", "cost"] == pytest.approx(100 * (1 - dry / wet), rel=1e-4)
    known = Assumptions(evidence()).central("cells.dry.coating-energy")
    assert told["coating and drying", "energy"] == pytest.approx(known, rel=1e-4)
    found = figure(NAME).explain(
        measure="saved by dry coating", coating="dry", step="all", part="cost"
    )
    assert {"cells.dry.coating-capex", "cells.dry.coating-energy"} <= set(found.assumptions)
    none = figure(NAME).explain(coating="wet")
    assert not [name for name in none.assumptions if name.startswith("cells.dry")]


def test_what_a_cell_holds_is_what_is_on_record():
    held = {"measure": "mass", "place": "World", "coating": "all", "age": "all"}
    told = row(**held, part="cathode active material")
    assert [told[v] for v in VALUES] == [1.92, 2.0, 2.31] or [
        told[v] for v in VALUES
    ] == pytest.approx([1.92, 2.0, 2.31], abs=STEP)
    film = row(**held, part="separator")
    assert film["value"] == pytest.approx(11.85 * 0.0085, abs=STEP)
    bill = atlas().evidence("bill-of-materials")
    for design in DESIGNS:
        kg = bill.filter((pl.col("design") == design) & (pl.col("unit") == "kg/kWh"))
        m2 = bill.filter((pl.col("design") == design) & (pl.col("unit") == "m2/kWh"))
        for end, value in zip(("low", "central", "high"), VALUES, strict=True):
            whole = kg[end].sum() + 0.0085 * m2[end].sum()
            assert row(**held | {"chemistry": design})[value] == pytest.approx(whole, abs=20 * STEP)


def test_titles_and_notes_say_what_they_should():
    views = figure(NAME).views
    assert "formation and ageing" in views[""].title
    for material in ("LFP CAM", "graphite AAM", "copper foil", "LiPF6", "hard carbon AAM", "NaPF6"):
        assert material in views["sodium"].title
    assert "solvent" in views["dry"].note and "no step falls away" in views["dry"].note
    assert "no source tells it" in views["scrap"].note


def test_every_mark_leads_to_its_parts():
    result = figure(NAME).result
    for view in figure(NAME).views.values():
        marks = sorted(set(keys(view.draw("light").to_dict())))
        assert marks
        for mark in marks[:: max(len(marks) // 6, 1)]:
            assert behind(result, mark)[2].height


def test_another_currency_changes_money_alone():
    euros = mp.open(currency="EUR").figure(NAME).data
    both = figure(NAME).data.join(euros, on=list(USUAL))
    money = pl.col("measure").is_in(["cost", "investment"])
    assert both.filter(~money)["value"].equals(both.filter(~money)["value_right"])
    large = both.filter(money & (pl.col("value") > 1))
    assert (large["value_right"] / large["value"]).to_list() == pytest.approx(
        [from_real_usd(1, "EUR")] * large.height, rel=1e-4
    )


@pytest.mark.parametrize(("day", "bill"), [("2015-06-30", False), ("2024-12-31", True)])
def test_before_the_first_price_it_says_so(day, bill):
    found = mp.open(as_of=day).figure(NAME)
    assert ("mass" in set(found.data["measure"])) == bill
    assert "a price of a material is not on record" in found.views[""].title
    for view in found.views.values():
        assert view.title and view.draw("light").to_dict(validate=True)["layer"]
