"""Do the answers on cost, making and policy follow from rows and model, calculated here by hand?"""

import ast
import inspect
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from cells_fixtures import evidence
from multipolar.cells.claims import (
    REASONS,
    chain,
    computable,
    compute,
    domestic,
    drivers,
    gap,
    sodium,
)
from multipolar.cells.claims.room import Cells
from multipolar.cells.levers import in_force
from multipolar.cells.lithium import crossings, quoted_day
from multipolar.cells.market import evaluate, market
from multipolar.cells.plant import Plant
from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.claims import claims, judge
from multipolar.evidence.store import Evidence
from multipolar.policy import claims as policy
from multipolar.policy.claims import instruments
from multipolar.policy.claims.room import Policies
from multipolar.words import money

ROOM = Cells(evidence())
DAY = ROOM.costs.day
KNOWN = claims(evidence())
OURS = {**gap.CLAIMS, **drivers.CLAIMS, **chain.CLAIMS, **domestic.CLAIMS, **sodium.CLAIMS}


@cache
def answer(claim):
    found = compute(ROOM, claim)
    assert found is not None
    return found


@cache
def europe(chemistry="LFP", age=6, **inputs):
    """Made here from the plants, not by the room."""
    levers = in_force(evidence(), "EU27", "CHN", DAY).levers
    told = {name.replace("_", " ").replace(" cathode", "-cathode"): v for name, v in inputs.items()}
    home = Plant("EU27", chemistry, DAY, age=age, inputs=told)
    return market(evidence(), home, Plant("CHN", chemistry, DAY), levers)


def best(found):
    return {**found.inputs.central(), **found.levers.values()}


# Every answer.


@pytest.mark.parametrize("claim", sorted(OURS))
def test_an_answer_has_draws_rows_and_a_note(claim):
    found = answer(claim)
    assert found.draws.shape == (DRAWS,) and np.isfinite(found.draws).all()
    assert np.isfinite(found.central)
    assert found.records and found.note
    assert KNOWN[claim].room == "cells"


def test_no_answer_rests_on_a_price_of_cells_on_the_study_or_on_a_trial():
    rows = evidence().table("prices")
    cell = set(rows.filter(rows["subject"].str.contains("cell"))["record"])
    for claim in {*gap.CLAIMS, *drivers.CLAIMS} | {"mt-dry-coating-cost", "kf-lfp-lower-cost"}:
        found = answer(claim)
        assert not cell & set(found.more.get("prices", ()))
        assert not any("boe_input" in name for name in found.assumptions)


@pytest.mark.parametrize("module", [gap, drivers, chain, domestic, instruments])
def test_no_module_holds_a_claimed_number(module):
    claimed = {
        value
        for name in module.CLAIMS
        for value in (KNOWN[name].value_low, KNOWN[name].value_high)
        if value is not None and value >= 10
    }
    numbers = {
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    }
    # Days and months of the study stand in dates.
    assert not claimed & (numbers - {30, 31} if module is instruments else numbers)


def test_what_has_a_reason_has_no_answer():
    assert not set(REASONS) & set(computable())
    assert not set(policy.REASONS) & set(policy.computable())
    assert {KNOWN[claim].room for claim in REASONS} == {"cells"}


# The gap.


CASES = [(age, day) for day in (DAY, date(2025, 11, 10)) for age in (6, 3)]


@cache
def european(chemistry, age, day):
    levers = in_force(evidence(), "EU27", "CHN", day).levers
    home, rival = Plant("EU27", chemistry, day, age=age), Plant("CHN", chemistry, day)
    return market(evidence(), home, rival, levers)


@pytest.mark.parametrize(("claim", "chemistry"), [("fig5-lfp-gap", "LFP"), ("fig5-nmc-gap", "NMC")])
def test_the_gap_is_drawn_over_two_ages_and_two_days(claim, chemistry):
    found = answer(claim)
    for place, case in enumerate(CASES):
        expected = european(chemistry, *case).gaps()["% of delivered price"]
        assert np.allclose(found.draws[place::4], expected[place::4])
    assert found.central == np.median(found.draws)


def test_the_gap_of_lfp_less_that_of_nmc_shares_its_draws():
    lfp, nmc = (answer(f"fig5-{name}-gap") for name in ("lfp", "nmc"))
    found = answer("fig5-lfp-gap-larger-than-nmc")
    assert np.allclose(found.draws, lfp.draws - nmc.draws)
    assert found.draws.std() < lfp.draws.std()


def test_the_tariff_and_the_credit_close_the_gap_in_every_draw():
    for place, case in enumerate(CASES):
        found = european("LFP", *case)
        values = found.values()
        duty = answer("fig5-lfp-break-even-tariff").draws / 100 + found.levers.duty_cell
        credit = answer("fig5-lfp-break-even-ptc").draws
        for lever, size in (("lever.duty-cell", duty), ("lever.credit-cell", credit)):
            left = evaluate(found.gap, {**values, lever: size}, DRAWS)
            assert np.allclose(left[place::4], 0, atol=1e-9)


def test_a_point_of_tariff_stands_for_a_hundredth_of_the_customs_value():
    found = europe()
    stack = found.rival_stack(best(found))
    value = sum(line for name, line in stack.items() if name != "duty")
    assert answer("fig5-tariff-ptc-mix").central == pytest.approx(float(value) / 100)


def test_a_mix_on_the_line_closes_the_gap():
    found = europe()
    x = best(found)
    point, credit = answer("fig5-tariff-ptc-mix").central, found.gap(x)
    some = replace(found.levers, credit_cell=credit / 4,
                   duty_cell=found.levers.duty_cell + 0.75 * credit / point / 100)  # fmt: skip
    mixed = found.under(some)
    assert mixed.gap(best(mixed)) == pytest.approx(0, abs=1e-9)


def test_chinese_cells_against_the_cheapest_place_of_the_oecd():
    price = market(evidence(), Plant("CHN", "LFP", DAY))
    gaps = []
    for place in ("EU27", "USA", "KOR", "JPN", "CAN"):
        found = market(evidence(), Plant(place, "LFP", DAY))
        gaps.append(found.draw(found.home_cost) - price.draw(price.home_cost))
    assert np.allclose(answer("mt-china-cheaper-than-oecd").draws, np.min(gaps, axis=0))


# What makes the gap.


@pytest.mark.parametrize("chemistry", ["LFP", "NMC"])
@pytest.mark.parametrize("age", [1, 6])
def test_the_parts_of_the_drivers_add_up_to_the_difference_ex_works(chemistry, age):
    found = europe(chemistry, age)
    x = found.values(50)
    whole = found.home_cost(x) - sum(found.works_stack(x).values())
    assert np.allclose(sum(drivers.parts(found, x).values()), whole)


def test_a_driver_that_is_alike_has_no_part_and_a_lone_one_has_all():
    found = europe()
    x = best(found)
    home, rival = found.home.names, found.rival.names
    for driver, roles in drivers.DRIVERS.items():
        alike = {**x, **{home[role]: x[rival[role]] for role in roles}}
        if roles:
            assert drivers.parts(found, alike)[driver] == pytest.approx(0, abs=1e-9)
    for driver in ("efficiency", "wages and money"):
        x = {**x, **{home[role]: x[rival[role]] for role in drivers.DRIVERS[driver]}}
    x |= {home[role]: 0.0 for role in home if role.startswith(("local ", "freight of"))}
    lone = drivers.parts(found, x)
    whole = found.home_cost(x) - sum(found.works_stack(x).values())
    assert lone["equipment"] == pytest.approx(whole) and whole > 1


def test_the_rank_of_efficiency_counts_what_is_larger():
    found = europe()
    x = found.values()
    split = drivers.parts(found, x)
    rank = 1 + sum((split[name] > split["efficiency"]).astype(int)
                   for name in ("materials", "equipment"))  # fmt: skip
    assert np.array_equal(answer("fig5-gap-drivers").draws, rank)


def test_ramp_up_scrap_costs_what_scrap_above_that_of_a_ripe_plant_costs():
    young = europe(age=3)
    x = best(young)
    ripe = evidence().table("assumptions").filter(assumption="cells.scrap.entrant.year-5")
    eased = europe(age=3, scrap=float(ripe["central"][0]) / 100)
    saved = young.home_cost(x) - eased.home_cost(best(eased))
    assert answer("fig5-ramp-up-scrap").central == pytest.approx(float(saved))


def test_support_and_duty_narrow_the_gap_by_their_parts():
    found = europe(age=3)
    x = best(found)
    ripe = europe()
    # The early loss is told before warranty and margin.
    young_cost, ripe_cost = (
        sum(v for k, v in m.home_stack(best(m)).items() if k not in ("warranty", "margin"))
        for m in (found, ripe)
    )
    duty = sum(v for name, v in found.rival_stack(x).items() if name != "duty")
    saved = 0.1 * (young_cost - ripe_cost) + 0.1 * duty
    assert answer("fig5-ramp-up-support").central == pytest.approx(-float(saved))


def test_imported_materials_save_what_those_made_elsewhere_cost_more():
    shares = (0.0, 1.0)
    brought, made = (europe(local_other_cathode=s, local_anode=s) for s in shares)
    saved = brought.home_cost(best(brought)) - made.home_cost(best(made))
    assert answer("fig5-imported-materials-saving").central == pytest.approx(float(saved))


# Prices.


@pytest.mark.parametrize("chemistry", ["NMC", "LFP"])
def test_domestic_prices_are_the_quotes_of_two_years_with_tax_or_without(chemistry):
    rows = evidence().table("prices").filter(subject=f"{chemistry} cell, vehicles", place="CHN")
    known = max(money.deflators())
    quoted = [
        row["central"] / 1.13 / money.units_per_usd("CNY", row["price_year"])
        * money.deflate(min(row["price_year"], known), 2025)
        for row in rows.to_dicts()
    ]  # fmt: skip
    quoted += [1.13 * value for value in quoted]
    found = answer(f"fig5-china-domestic-{chemistry.lower()}-price")
    assert found.central == pytest.approx(np.median(quoted))
    assert 0.95 * min(quoted) <= found.draws.min() < found.draws.max() <= 1.05 * max(quoted)
    assert set(found.records) == set(rows["record"])


def test_the_price_of_lithium_that_opens_sodium_is_the_lowest_of_its_kinds():
    found = answer("mc-lithium-price-opens-sodium")
    kinds = ("Na-ion-layered", "Na-ion-PBA", "Na-ion-polyanion")
    plant = Plant("CHN", "LFP", quoted_day(evidence(), "LFP"))
    packs = [c for c in crossings(evidence(), plant, kinds)[0] if c.boundary == "pack"]
    assert found.central == min(c.price.central for c in packs)
    assert np.median(found.draws) <= min(np.median(c.level[1:]) for c in packs)
    assert {"cells.carbonate-for-lithium", "curves.pack-over-cell"} <= set(found.assumptions)
    assert any(r.startswith("lithium-carbonate-price") for r in found.more["prices"])


def test_an_lfp_cell_costs_less_by_what_two_chinese_plants_differ():
    nmc, lfp = (market(evidence(), Plant("CHN", name, DAY)) for name in ("NMC", "LFP"))
    cost = nmc.draw(nmc.home_cost) - lfp.draw(lfp.home_cost)
    assert np.allclose(answer("kf-lfp-lower-cost").draws, cost)


# What a cell is made of and how.


def test_operations_on_an_electrode_are_those_of_the_steps_before_assembly():
    found = answer("fig1-electrode-operations")
    done = ("mixing", "coating", "drying", "calendering", "slitting", "notching", "vacuum drying")
    assert found.central == len(done)
    assert all(word in found.note for word in done)


def test_current_collectors_are_two_foils_and_no_lithium():
    found = answer("fig1-current-collectors")
    rows = evidence().table("bill-of-materials")
    behind = rows.filter(rows["record"].is_in(found.records))
    assert set(behind["component"]) == {"copper foil", "aluminium foil"}
    assert not any(name.startswith(("Na-ion", "Li-S")) for name in behind["chemistry"])
    assert found.central == 2


def test_dry_coating_takes_no_major_step_away_and_saves_a_part_of_one():
    assert answer("mt-dry-coating-steps").central == 0
    wet, dry = (market(evidence(), Plant("CHN", "LFP", DAY, dry=d)) for d in (0.0, 1.0))
    named = ("energy", "labour", "depreciation", "capital cost", "maintenance", "overhead",
             "research")  # fmt: skip
    cost = [sum(m.home_stack(best(m))[name] for name in named) for m in (wet, dry)]
    found = answer("mt-dry-coating-cost")
    assert found.central == pytest.approx(float(100 * (1 - cost[1] / cost[0])))
    assert (found.draws > 0).all()


# Policy in force.


@pytest.mark.parametrize(
    ("claim", "value", "records"),
    [
        ("intro-china-export-restrictions", 2, {"cn-graphite-licence", "cn-lfp-technology"}),
        ("min-graphite-weaponised", 1, {"cn-graphite-licence"}),
        ("lfp-china-export-controls", 1, {"cn-lfp-technology"}),
        ("fig5-eu-no-tariff", 0, {"eu-mfn-batteries"}),
        ("lfp-us-storage-subsidy-survived", 1, {"us-48e-storage"}),
        ("mt-eu-local-content-pending", 0, {"eu-iaa-content"}),
        ("sc-eu-iaa-local-content", 1, {"eu-iaa-content"}),
        ("sc-eu-iaa-fdi", 1, {"eu-iaa-foreign-investment"}),
        ("sc-eu-iaa-released", 1, {"eu-iaa-content", "eu-iaa-foreign-investment"}),
    ],
)
def test_instruments_on_record_are_counted(claim, value, records):
    found = policy.compute(Policies(evidence()), claim)
    assert set(found.records) == records
    assert found.central == value and set(found.draws) == {value}


def test_jurisdictions_that_tax_are_counted_and_those_that_pay_are_not():
    taxing = policy.compute(Policies(evidence()), "mt-tariffs-only-us-india")
    assert {record.partition("-")[0] for record in taxing.records} == {"us", "eu", "in"}
    assert taxing.central == 3
    # Nobody looked up who else pays, so that their number is no answer.
    assert policy.compute(Policies(evidence()), "mt-subsidies-us-india") is None
    assert "mt-subsidies-us-india" in policy.REASONS


def test_a_proposal_is_not_in_force_and_moves_no_lever():
    levers = in_force(evidence(), "EU27", "CHN", date(2026, 6, 30))
    assert not any(record.startswith("eu-iaa") for record in levers.records)


# Verdicts.


@pytest.mark.parametrize("claim", sorted({*OURS, *instruments.CLAIMS}))
def test_an_answer_gets_a_verdict_by_the_rule(claim):
    found = compute(ROOM, claim) or policy.compute(Policies(evidence()), claim)
    told = judge(KNOWN[claim], found, evidence())
    assert told.verdict in ("reproduced", "differs", "undecided")
    assert told.sources and told.low <= told.high
    if not KNOWN[claim].comparator:
        assert told.verdict == "undecided"


def test_nothing_is_answered_before_anything_was_on_record():
    early = Evidence(as_of=date(2015, 1, 1))
    assert all(compute(Cells(early), claim) is None for claim in OURS)
    assert all(policy.compute(Policies(early), claim) is None for claim in instruments.CLAIMS)
