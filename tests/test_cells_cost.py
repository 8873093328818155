"""Does the cost of a cell add up, and does it move as it must?"""

from __future__ import annotations

from datetime import date
from math import log

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells_fixtures import DAY, DESIGNS, PLACES, europe, evidence, plant, rival
from multipolar.cells.levers import Levers
from multipolar.cells.market import Market, market
from multipolar.cells.prices import quote
from multipolar.cells.process import process
from multipolar.words import money
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord


def works(*args: object, **changes: object) -> Market:
    return market(evidence(), plant(*args, **changes))  # type: ignore[arg-type]


def central(found: Market) -> float:
    return float(found.home_cost({**found.inputs.central(), **found.levers.values()}))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", DESIGNS)
def test_a_stack_adds_up_in_every_place_and_design(place: str, name: str) -> None:
    found = works(place, name, age=2)
    stack = found.stack(found.home_stack, 50)
    total = found.draw(found.home_cost, 50)
    assert np.allclose(sum(stack.values()), total, rtol=1e-12)
    assert all((line > 0).all() for name, line in stack.items() if name != "margin")
    assert (total > 0).all() and np.isfinite(total).all()


def test_materials_without_scrap_are_amounts_times_prices() -> None:
    """By hand from the inputs, at a plant in China that loses nothing."""
    found = works("CHN", inputs={"scrap": 0.0})
    x = found.inputs.central()
    stack = found.home_stack({**x, **found.levers.values()})
    held = sum(
        x[amount] * np.prod([x[name] for name in names])
        for part in found.home.parts
        for amount, names in part.materials
    )
    assert stack["scrap"] == 0
    assert sum(stack[part.label] for part in found.home.parts) == pytest.approx(held)


def test_depreciation_and_capital_cost_by_hand() -> None:
    """50 million US$/GWh at 10 %, of a plant that sells all it could, at the baseline size."""
    told = {"capex": 50.0, "capital cost": 0.1, "output": 1.0, "scrap": 0.05}
    found = works("CHN", gwh=50, inputs=told)
    x = {**found.inputs.central(), **found.levers.values()}
    stack = found.home_stack(x)
    share = 1700 / 4019
    used = x["industry.availability"]
    each = {10: 50 * (1 - share) / used, 20: 50 * share / used}
    assert stack["depreciation"] == pytest.approx(sum(v / n for n, v in each.items()), rel=1e-3)
    paid = sum(v * 0.1 / (1 - 1.1**-n) for n, v in each.items())
    running = sum(stack[k] for k in ("energy", "labour", "scrap")) + sum(
        stack[part.label] for part in found.home.parts
    )
    expected = paid - stack["depreciation"] + running * 0.1 * x["cells.working-capital"]
    assert stack["capital cost"] == pytest.approx(expected, rel=1e-3)


def test_labour_at_the_yield_of_the_baseline_is_its_hours() -> None:
    steps = process(evidence())
    good = steps.yields("active material")
    told = {"wage": 20.0, "labour hours": 1.0, "output": 1.0, "scrap": 1 - good}
    found = works("EU27", gwh=50, inputs=told)
    x = {**found.inputs.central(), **found.levers.values(), "industry.availability": 1.0}
    hours = steps.of("labour")["value"].sum() / 50e6
    assert found.home_stack(x)["labour"] == pytest.approx(20 * hours)


def test_energy_is_near_a_published_sum() -> None:
    """Degen and others 2023: 20 to 40 kWh for a kWh of cells; LFP cells are heavier."""
    told = {"electricity": 1.0, "heat": 1 / 3.6, "scrap": 0.05}
    for name in ("NMC622", "LFP"):
        found = works("EU27", name, inputs=told)
        stack = found.home_stack({**found.inputs.central(), **found.levers.values()})
        assert 20 < stack["energy"] < 40


def test_no_scrap_costs_nothing_and_all_scrap_is_refused() -> None:
    assert (works(inputs={"scrap": 0.0}).stack(works(inputs={"scrap": 0.0}).home_stack, 9)[
        "scrap"
    ] == 0).all()  # fmt: skip
    with pytest.raises(MultipolarError, match="scrap is 100 %: nothing is left to sell"):
        works(inputs={"scrap": 1.0})


def test_scrap_counts_once() -> None:
    """Material that is bought for a sold kWh is what it holds over the yield of the year."""
    for scrap in (0.1, 0.4):
        found = works("CHN", inputs={"scrap": scrap})
        names = [n for n in found.inputs.named if n.startswith("cells.recovery")]
        x = {**found.inputs.central(), **found.levers.values(), **dict.fromkeys(names, 0.0)}
        stack = found.home_stack(x)
        active = stack["cathode active material"] * scrap / (1 - scrap)
        over = {part.label: part.loss for part in found.home.parts}
        steps = process(evidence())
        power = log(1 - scrap) / log(steps.yields("active material"))
        lost = sum(stack[k] * (steps.yields(v) ** -power - 1) for k, v in over.items())
        assert stack["scrap"] == pytest.approx(lost)
        assert steps.yields("active material") ** -power - 1 == pytest.approx(
            active / stack["cathode active material"]
        )


def test_a_plant_gets_cheaper_as_it_ripens() -> None:
    costs = [central(works(age=age)) for age in (1, 2, 3, 4, 5, 6)]
    assert costs == sorted(costs, reverse=True)
    assert central(works(age=9)) == costs[-1]
    assert central(works(age=2, maker="incumbent")) < costs[1]


def test_scale_of_nothing_removes_the_size_of_the_plant() -> None:
    for gwh in (5.0, 100.0):
        found = works(gwh=gwh)
        x = {**found.inputs.central(), **found.levers.values(), "cells.scale": 0.0}
        base = works(gwh=50.0)
        same = {**base.inputs.central(), **base.levers.values(), "cells.scale": 0.0}
        assert found.home_cost(x) == pytest.approx(base.home_cost(same))
    assert central(works(gwh=5)) > central(works(gwh=40)) > central(works(gwh=100))


def test_dry_coating_and_automation_save_what_they_should() -> None:
    wet = works().stack(works().home_stack, 200)
    dry = works(dry=1.0).stack(works(dry=1.0).home_stack, 200)
    assert (dry["energy"] < wet["energy"]).all()
    assert (dry["depreciation"] < wet["depreciation"]).all()
    assert np.allclose(dry["cathode active material"], wet["cathode active material"])
    robots = works(automation=1.0).stack(works(automation=1.0).home_stack, 200)
    assert (robots["labour"] < wet["labour"]).all()
    assert (robots["depreciation"] > wet["depreciation"]).all()


def test_a_module_holds_the_cell_and_more() -> None:
    cell, module = works(), works(boundary="module")
    assert (module.draw(module.home_cost, 99) > cell.draw(cell.home_cost, 99)).all()
    with pytest.raises(UnitMismatch, match="boundary 'pack'"):
        works(boundary="pack")
    with pytest.raises(UnitMismatch, match="a module at home and a cell from abroad"):
        market(evidence(), plant(boundary="module"), rival())


def test_a_place_of_ones_own_is_described_by_its_inputs() -> None:
    told = {"wage": (6.0, 8.0, 11.0), "electricity": 0.09, "heat": 0.008}
    assert central(works("BRA", inputs=told)) > 0
    with pytest.raises(MultipolarError, match="nothing is on record for the wage in Brazil"):
        works("BRA")
    assert central(works("DEU")) > central(works("HUN"))


def test_what_cannot_be_is_refused() -> None:
    for changes, said in [
        ({"inputs": {"wage": -3.0}}, "cannot be below zero"),
        ({"inputs": {"scrap": -0.1}}, "cannot be below zero"),
        ({"inputs": {"output": 1.2}}, "a share is at most 1"),
        ({"inputs": {"wage": (3.0, 2.0, 4.0)}}, "rising order"),
        ({"gwh": 500.0}, "name 5 to 100"),
        ({"age": 0}, "from 1"),
        ({"dry": 30.0}, "a share from 0 to 1"),
        ({"day": date(2019, 1, 1)}, "quotes run from|no price"),
        ({"day": date(2030, 1, 1)}, "no price of"),
        ({"maker": "anybody"}, "incumbent or entrant"),
    ]:
        with pytest.raises(MultipolarError, match=said):
            works(**changes)
    with pytest.raises(UnknownWord, match="input of a plant"):
        works(inputs={"wages": 3.0})
    with pytest.raises(UnknownWord, match="unknown chemistry"):
        works("EU27", "unobtainium")
    with pytest.raises(MultipolarError, match="below zero"):
        market(evidence(), plant(), own={"cells.price.lfp-cam": -1.0})
    with pytest.raises(MultipolarError, match="is no input of this calculation"):
        market(evidence(), plant(), own={"cells.price.nmc622-cam": 1.0})


@given(st.floats(0.02, 0.6), st.floats(0.02, 0.6))
def test_more_scrap_never_costs_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = works(inputs={"scrap": 0.1})
    name = found.home.names["scrap"]
    x = {**found.inputs.central(), **found.levers.values()}
    assert found.home_cost({**x, name: low}) <= found.home_cost({**x, name: high})


def test_plants_share_the_draws_of_what_they_share() -> None:
    x, y = (europe(name).values(100) for name in ("LFP", "NMC"))
    for name in set(x) & set(y):
        assert np.array_equal(x[name], y[name]), name


def idle(found: Market) -> set[str]:
    """The inputs with a range whose range moves no end of the gap."""
    draws = 400
    full = {k: np.percentile(v, (10, 90)) for k, v in found.gaps(draws).items()}
    names = set()
    for entry in found.inputs:
        if entry.low < entry.high:
            known = found.without_range(entry.name).gaps(draws)
            if all(np.allclose(np.percentile(v, (10, 90)), full[k]) for k, v in known.items()):
                names.add(entry.name)
    return names


def test_removing_the_range_of_any_input_changes_some_result() -> None:
    # What belongs to levers that are off and options not taken has no bearing.
    assert idle(europe(age=3)) == {
        "cells.automation.capex", "cells.automation.labour", "cells.dry.coating-capex",
        "cells.dry.coating-energy", "cells.carbon.electricity.chn", "cells.carbon.electricity.eu27",
        "cells.carbon.heat", "cells.scrap.entrant.year-5", "cells.scrap.incumbent.year-3",
        "industry.ramp.china.year-3",
    }  # fmt: skip


def test_with_levers_and_options_on_every_range_changes_some_result() -> None:
    levers = Levers(carbon_price=60, transfer=0.5, ramp_support=0.4)
    assert idle(europe(age=3, levers=levers, dry=0.5, automation=0.5)) == set()


def inside(found: Market, function: object, value: float, ends: tuple[int, int] = (5, 95)) -> bool:
    low, high = np.percentile(found.draw(function), ends)  # type: ignore[arg-type]
    return bool(low < value < high)


@pytest.mark.parametrize(
    ("chemistry", "subject"), [("LFP", "LFP cell, vehicles"), ("NMC", "NMC cell, vehicles")]
)
def test_quotes_of_chinese_cells_are_inside_the_range(chemistry: str, subject: str) -> None:
    """EnergyTrend, autumn of 2025, ex works without tax; no model reads them."""
    for day in (date(2025, 10, 24), date(2025, 11, 10)):
        told = quote(evidence(), subject, "CHN", day, "kWh")
        assert told is not None
        found = works("CHN", chemistry, day=day)
        assert inside(found, found.home_cost, told.central)


def test_a_published_theoretical_cost_is_what_is_spent_on_making_the_cell() -> None:
    """Shanghai Metals Market for LFP storage cells, March 2025, without tax.

    It holds materials and making, and neither research nor warranty, return or profit; no price
    of graphite is on record before September 2025, when cathode cost the same.
    """
    found = works("CHN", "LFP", day=date(2025, 9, 15))
    left = ("margin", "capital cost", "research", "warranty")
    stack = found.stack(found.home_stack)
    low, high = np.percentile(sum(v for k, v in stack.items() if k not in left), (5, 95))
    rows = evidence().table("prices").filter(pl.col("source") == "smm-2025-03-cell-cost")
    per_usd = money.units_per_usd("CNY", 2025)
    assert rows.height == 2
    assert all(low < value / 1.13 / per_usd < high for value in rows["central"])


def test_gaps_that_others_published_are_inside_the_range() -> None:
    """Roland Berger for a plant past ramp-up, Transport & Environment for now and for 2030."""
    now = {d["source"]: d for d in evidence().table("prices").iter_rows(named=True)
           if d["kind"] == "difference" and d["day"] != "2030"}  # fmt: skip
    ripe, young = europe(), europe(age=3)
    berger = now["roland-berger-2025-12-two-outlooks"]["central"]
    assert inside(ripe, ripe.gap, money.to_real_usd(berger, "EUR", 2025))
    assert inside(young, young.gap, now["transport-environment-2026-03"]["central"])
    assert inside(ripe, ripe.gap, 14)


def test_a_day_is_not_hidden() -> None:
    dear = central(works("CHN", "NMC", day=date(2026, 6, 5)))
    assert dear > central(works("CHN", "NMC", day=DAY))
