"""Does the figure of cell cost say what its data say, and do its data add up?"""

import numpy as np
import polars as pl
import pytest

import multipolar as mp
from cells_fixtures import evidence, plant
from industry_fixtures import STEP, VALUES, atlas, figure
from multipolar.cells.behind import reached
from multipolar.cells.cost_result import divided
from multipolar.cells.costs import Costs
from multipolar.cells.levers import in_force
from multipolar.cells.market import market
from multipolar.cells.process import process
from multipolar.evidence.assumptions import Assumptions
from multipolar.figures.cell_cost_found import ranged
from multipolar.figures.marks import behind, keys
from multipolar.words.errors import MultipolarError
from multipolar.words.money import from_real_usd

NAME = "cell-cost"
USUAL = {"measure": "cost", "policy": "in force", "place": "EU27", "chemistry": "LFP", "age": "3",
         "line": "all"}  # fmt: skip
DAY = Costs(evidence()).day


def row(**dims):
    wanted = {**USUAL, **dims}
    found = figure(NAME).data.filter(pl.all_horizontal(pl.col(k) == v for k, v in wanted.items()))
    assert found.height == 1, wanted
    return found.row(0, named=True)


def values(**dims):
    return [row(**dims)[value] for value in VALUES]


def lines(measure, **dims):
    """Best values of all lines of a stack."""
    wanted = {**USUAL, "measure": measure, **dims}
    wanted.pop("line")
    found = figure(NAME).data.filter(pl.all_horizontal(pl.col(k) == v for k, v in wanted.items()))
    return {r["line"]: r["value"] for r in found.to_dicts()}


def own_market(place="EU27", chemistry="LFP", age=3, policy="in force"):
    """The same market, made by the library."""
    levers = {"levers": in_force(evidence(), place, "CHN", DAY).levers} if policy != "none" else {}
    home, rival = plant(place, chemistry, day=DAY, age=age), plant("CHN", chemistry, day=DAY)
    return market(evidence(), home, rival, **levers)


@pytest.mark.parametrize("age", ["1", "3", "5", "ripe"])
@pytest.mark.parametrize("chemistry", ["LFP", "NMC622", "NMC811", "Na-ion-layered"])
@pytest.mark.parametrize("place", ["EU27", "USA"])
def test_every_stack_adds_up(place, chemistry, age):
    where = {"place": place, "chemistry": chemistry}
    cost = lines("cost", **where, age=age)
    price = lines("delivered price", **where, age="all")
    gap = lines("gap", **where, age=age)
    for stack in (cost, price, gap):
        assert sum(v for k, v in stack.items() if k != "all") == pytest.approx(
            stack["all"], abs=40 * STEP
        )
    assert gap["all"] == pytest.approx(cost["all"] - price["all"], abs=40 * STEP)
    for line in gap.keys() - {"all"}:
        wanted = cost.get(line, 0.0) - price.get(line, 0.0)
        assert gap[line] == pytest.approx(wanted, abs=4 * STEP)
    over = {base: row(measure=f"gap over {base}", **where, age=age)["value"]
            for base in ("delivered price", "cost")}  # fmt: skip
    assert over["delivered price"] == pytest.approx(100 * gap["all"] / price["all"], abs=1e-4)
    assert over["cost"] == pytest.approx(100 * gap["all"] / cost["all"], abs=1e-4)


@pytest.mark.parametrize(("place", "chemistry", "age", "policy"), [
    ("EU27", "LFP", 3, "in force"), ("EU27", "NMC622", 1, "none"), ("USA", "NMC622", 6, "in force"),
])  # fmt: skip
def test_the_ends_are_those_of_the_draws(place, chemistry, age, policy):
    """The same numbers as from the library, where inputs are drawn one market at a time."""
    found = own_market(place, chemistry, age, policy)
    x = {**found.inputs.central(), **found.levers.values()}
    where = {"place": place, "chemistry": chemistry, "policy": policy,
             "age": "ripe" if age == 6 else str(age)}  # fmt: skip
    gaps = found.gaps()
    wanted = {
        "cost": (found.home_cost(x), found.draw(found.home_cost)),
        "gap": (found.gap(x), gaps["US$/kWh"]),
        "gap over delivered price": (None, gaps["% of delivered price"]),
        "gap over cost": (None, gaps["% of home cost"]),
    }
    for measure, (best, draws) in wanted.items():
        low, middle, high = values(measure=measure, **where)
        assert [low, high] == pytest.approx(np.quantile(draws, (0.1, 0.9)), abs=1e-4)
        assert best is None or middle == pytest.approx(best, abs=1e-4)
    price = values(**{**where, "measure": "delivered price", "age": "all"})
    draws = found.draw(found.rival_price)
    assert [price[0], price[2]] == pytest.approx(np.quantile(draws, (0.1, 0.9)), abs=1e-4)


def test_depreciation_by_hand():
    """Investment by step at 40 GWh/yr over its years and the output of year 3."""
    known = Assumptions(evidence())
    capex, output = known.central("industry.capex.europe"), known.central(
        "industry.ramp.abroad.year-3"
    ) / 100  # fmt: skip
    sold = output * known.central("industry.availability") / 100
    rows = process(evidence()).of("capex")
    total = rows["value"].sum()
    yearly = sum(
        capex * value / total * (40 / 50) ** (exponent - 1)
        / (20 if step == "building support systems" else 10)
        for step, value, exponent in rows.select("step", "value", "exponent").rows()
    )  # fmt: skip
    assert row(line="depreciation")["value"] == pytest.approx(yearly / sold, rel=1e-6)


def test_the_way_to_europe_by_hand():
    """7 % of the export value is tax kept, freight, 2.7 % of duty on all of that."""
    price = lines("delivered price", age="all")
    way = ("all", "tax kept", "freight", "duty")
    works = sum(value for line, value in price.items() if line not in way)
    assert price["freight"] == 2
    assert price["tax kept"] == pytest.approx(0.07 * (works + price["tax kept"]), rel=1e-5)
    assert price["duty"] == pytest.approx(0.027 * (works / 0.93 + 2), rel=1e-5)


@pytest.mark.parametrize("duty", [0, 30, 60])
def test_pairs_of_duty_and_credit_close_the_gap(duty):
    from dataclasses import replace

    found = own_market()
    found = found.under(replace(found.levers, duty_cell=duty / 100))
    closes = found.line("credit_cell").closes
    low, _, high = values(measure="credit that closes the gap", line=f"duty of {duty} %")
    assert [low, high] == pytest.approx(np.quantile(closes, (0.1, 0.9)), abs=1e-4)


def test_the_duty_and_the_credit_that_close_the_gap_alone():
    found = own_market()
    for lever, measure, size in (("duty_cell", "duty that closes the gap", 100),
                                 ("credit_cell", "credit that closes the gap", 1)):  # fmt: skip
        draws = found.line(lever).closes * size
        low, _, high = values(measure=measure)
        assert [low, high] == pytest.approx(np.quantile(draws, (0.1, 0.9)), abs=1e-4)


def test_an_older_plant_has_a_smaller_gap_and_no_policy_a_larger_one():
    for chemistry in ("LFP", "NMC622"):
        gaps = [row(measure="gap", chemistry=chemistry, age=a)["value"] for a in "135"]
        gaps.append(row(measure="gap", chemistry=chemistry, age="ripe")["value"])
        assert gaps == sorted(gaps, reverse=True)
        free = row(measure="gap", chemistry=chemistry, policy="none")["value"]
        assert free > gaps[1]


def test_drivers_are_the_swings_of_the_gap():
    found = own_market()
    swings = found.swings(found.gap)
    told = figure(NAME).data.filter(
        measure="gap at ends of an input", place="EU27", chemistry="LFP"
    )
    assert set(told["line"]) == {swing.name for swing in swings[: told.height]}
    for swing in swings[: told.height]:
        ends = values(measure="gap at ends of an input", line=swing.name)
        best = row(measure="gap")["value"]
        # A margin that is at least its best value moves the gap to one side alone.
        wanted = [min(swing.low, swing.high, best), best, max(swing.low, swing.high, best)]
        assert ends == pytest.approx(wanted, abs=1e-4)


def test_a_range_is_divided_over_its_parts():
    """Two parts, one of which moves twice as far as the other and with it."""
    steps = np.linspace(-1, 1, 1001)
    parts = [np.append(5.0, 5 + steps), np.append(7.0, 7 + 2 * steps), np.full(1002, 3.0)]
    ends = divided(parts)
    assert [middle for _, middle, _ in ends] == [5, 7, 3]
    low, high = (sum(part[at] for part in ends) for at in (0, 2))
    assert [low, high] == pytest.approx([15 - 2.4, 15 + 2.4])
    assert ends[0] == pytest.approx((5 - 0.8, 5, 5 + 0.8))
    assert ends[2] == pytest.approx((3, 3, 3))


def test_the_inputs_of_a_line_are_those_that_move_it():
    found = own_market("USA", "NMC622")
    x = {**{e.name: e.central or e.high for e in found.inputs}, **found.levers.values()}
    stack = found.home_stack(x)
    read = reached(found.home_stack, x)
    for name in found.inputs.named:
        moved = found.home_stack({**x, name: x[name] * 1.01})
        for line, value in stack.items():
            if moved[line] != value:
                assert name in read[line], (name, line)
    assert "cells.price.nmc622-cam" in read["cathode active material"]
    assert "cells.price.nmc622-cam" not in read["labour"]


def test_a_line_leads_to_prices_bill_of_materials_policies_and_assumptions():
    found = figure(NAME).explain(line="cathode active material")
    told = found.rows()
    assert {"bill-of-materials", "prices"} <= set(told)
    assert set(told["prices"]["subject"]) == {"LFP CAM"}
    assert set(told["bill-of-materials"]["design"]) == {"LFP"}
    assert "cells.premium.other-cathode" in found.assumptions
    duty = figure(NAME).explain(measure="delivered price", age="all", line="duty")
    assert "eu-mfn-batteries" in set(duty.rows()["policies"]["record"])
    free = figure(NAME).explain(measure="gap", policy="none")
    assert "policies" not in free.rows()


def test_no_row_of_the_study_and_no_price_of_a_cell_is_behind_it():
    result = figure(NAME).result
    records = {record for found in result.items["records"] for record in found}
    prices = atlas().evidence("prices").filter(pl.col("record").is_in(list(records)))
    assert not prices["subject"].str.contains("cell").any()
    assert not [s.id for s in figure(NAME).sources if "mcbride" in s.id.lower()]
    assert not [r for r in records if r.startswith("boe_input")]


def test_titles_say_the_numbers():
    views = figure(NAME).views
    assert f"LFP {ranged(row())}" in views[""].title
    assert ranged(row(measure="gap")) in views[""].title
    for age in ("3", "5", "ripe"):
        for chemistry in ("LFP", "NMC622"):
            assert ranged(row(measure="gap", age=age, chemistry=chemistry)) in views["gap"].title
    assert f"{ranged(row(measure='duty that closes the gap'))} %" in views["breakeven"].title
    assert str(DAY) in views[""].subtitle


def test_every_mark_leads_to_its_parts():
    result = figure(NAME).result
    for view in figure(NAME).views.values():
        marks = sorted(set(keys(view.draw("light").to_dict())))
        assert marks
        for mark in marks[:: max(len(marks) // 6, 1)]:
            assert behind(result, mark)[2].height


def test_another_currency_changes_money_and_no_share():
    euros = mp.open(currency="EUR").figure(NAME).data
    both = figure(NAME).data.join(euros, on=list(USUAL))
    assert both.height == euros.height
    share = both.filter(pl.col("unit") == "%")
    assert share["value"].equals(share["value_right"]) and share.height
    money = both.filter((pl.col("unit") != "%") & (pl.col("value").abs() > 1))
    rate = from_real_usd(1, "EUR")
    assert (money["value_right"] / money["value"]).to_list() == pytest.approx(
        [rate] * money.height, rel=1e-4
    )


@pytest.mark.parametrize("day", ["2021-06-30", "2024-12-31"])
def test_before_the_first_price_it_says_so(day):
    found = mp.open(as_of=day).figure(NAME)
    assert found.data.is_empty()
    for view in found.views.values():
        assert "no prices on record" in view.title
        assert view.draw("light").to_dict(validate=True)["layer"]
    with pytest.raises(MultipolarError, match="nothing is on record"):
        found.explain()


def test_as_of_an_earlier_day_the_last_prices_of_then_hold():
    found = mp.open(as_of="2026-01-31").figure(NAME)
    assert "2025-11-10" in found.views[""].subtitle
    records = [r for entry in found.result.items["records"] for r in entry]
    days = found.result.evidence.table("prices").filter(pl.col("record").is_in(records))["day"]
    assert days.max() == "2025-11-10"


def test_a_price_that_is_missing_is_named():
    found = mp.open(as_of="2025-10-31").figure(NAME)
    assert "nothing is on record for the separator film in China" in found.views[""].title


@pytest.mark.parametrize("name", ["cell-cost", "value-chain"])
def test_the_legend_of_a_stack_follows_the_page_and_not_the_plot(name):
    """A plot takes its width from what the legend leaves: one that follows it is cut off."""
    spec = figure(name).views[""].draw("light").to_dict()
    columns = spec["layer"][0]["encoding"]["color"]["legend"]["columns"]
    assert "containerSize()" in str(columns)
