"""Does what closes the gap close it, are the surface and who pays what they say, do trades hold?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells_fixtures import DAY, europe, evidence, plant
from multipolar.cells import breakeven
from multipolar.cells.asked import Asked, jurisdiction, latest, pose
from multipolar.cells.breakeven import cheapest, closings, mixes, needed, plane, steps, surface
from multipolar.cells.levers import LEVERS, NO_POLICY, Levers, key
from multipolar.cells.lithium import FOLLOWS, PACK, crossings, quoted_day
from multipolar.cells.market import Market, evaluate, market
from multipolar.cells.plant import Plant
from multipolar.cells.ranges import best_first, ranged, size
from multipolar.cells.tradeoffs import duty_on_materials, hub, less_scrap
from multipolar.words.errors import MultipolarError, UnknownWord

STRAIGHT = [name for name, lever in LEVERS.items() if lever.straight and name != "credit_module"]
BASE = Levers(
    duty_cell=0.1, quota_share=0.3, duty_in_quota=0.05, duty_cathode=0.1, ramp_support=0.2,
    tax_kept=0.04, carbon_price=40, local_content=0.3, credit_material=0.05,
)  # fmt: skip


@cache
def young(chemistry: str = "LFP", levers: Levers = NO_POLICY) -> Market:
    return europe(chemistry, levers, age=3)


def gap(found: Market, sizes: dict[str, object]) -> np.ndarray:
    values = best_first(found)
    at = {**values, **{key(name): at for name, at in sizes.items()}}
    return evaluate(found.gap, at, size(values))


@given(st.sampled_from(STRAIGHT), st.sampled_from(STRAIGHT), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_plane_is_the_gap_for_any_two_levers(a: str, b: str, x: float, y: float) -> None:
    found = young(levers=BASE)
    if a == b:
        return
    assert np.allclose(plane(found, a, b).gap(x, y), gap(found, {a: x, b: y}), atol=1e-9)


@given(st.floats(0, 2), st.sampled_from(["credit_cell", "local_premium", "co_location"]))
@settings(max_examples=20, deadline=None)
def test_pairs_fed_back_leave_no_gap(duty: float, other: str) -> None:
    for found in (young(), young("NMC", BASE)):
        second = plane(found, "duty_cell", other).closing(duty)
        assert np.abs(gap(found, {"duty_cell": duty, other: second})).max() < 1e-9


def test_levers_that_act_on_each_other_are_known_to() -> None:
    found = young(levers=BASE)
    assert plane(found, "duty_cell", "quota_share").interact
    assert plane(found, "duty_cell", "tax_kept").interact
    assert not plane(found, "duty_cell", "credit_cell").interact
    assert not plane(young(), "duty_cell", "capital_grant").interact
    with pytest.raises(MultipolarError, match="not a straight line in transfer"):
        plane(found, "duty_cell", "transfer")
    with pytest.raises(UnknownWord):
        plane(found, "duty_cell", "credit")
    with pytest.raises(MultipolarError, match="no pair"):
        plane(found, "duty_cell", "duty_cell")


@pytest.mark.parametrize(
    "pair", [("duty_cell", "credit_cell"), ("duty_cell", "quota_share"),
             ("credit_cell", "duty_cathode")]
)  # fmt: skip
def test_the_surface_is_the_gap_at_every_point(pair: tuple[str, str]) -> None:
    found = young(levers=BASE)
    x, y = np.linspace(0, 1, 5), np.linspace(0, 1 if "credit" not in pair[1] else 60, 7)
    told = surface(found, *pair, x, y)
    for i, one in enumerate(x):
        for j, other in enumerate(y):
            draws = gap(found, {pair[0]: one, pair[1]: other})
            assert told.gap[i, j] == pytest.approx(draws[0], abs=1e-9)
            assert told.closed[i, j] == pytest.approx(np.mean(draws[1:] <= 0), abs=2e-3)


def test_the_share_of_draws_without_a_gap_rises_with_what_lowers_it() -> None:
    told = surface(young(), "duty_cell", "credit_cell", np.linspace(0, 1.5, 30), range(60))
    assert (np.diff(told.closed, axis=0) >= 0).all() and (np.diff(told.closed, axis=1) >= 0).all()
    assert told.closed[0, 0] < 0.01 and told.closed[-1, -1] == 1
    corner = replace(young(), levers=Levers(duty_cell=1.5, credit_cell=59))
    assert breakeven.closed(corner) == told.closed[-1, -1]


def test_a_surface_of_forty_thousand_points_is_quick() -> None:
    """35 of them have to stay under 2 s; a tenth of a second leaves room for a busy machine."""
    from time import process_time

    found = young()
    values = best_first(found)
    start = process_time()
    axes = np.linspace(0, 1, 200), np.linspace(0, 60, 200)
    assert surface(found, "duty_cell", "credit_cell", *axes, values).gap.shape == (200, 200)
    assert process_time() - start < 0.1


@pytest.mark.parametrize("lever", ["duty_cell", "credit_cell", "capital_grant", "transfer"])
def test_what_is_needed_is_the_least_that_closes_the_gap(lever: str) -> None:
    found = europe("NMC", Levers(duty_cell=0.3, credit_cell=0), age=3)
    least = needed(found, lever)
    able = np.isfinite(least)
    at = np.where(able, least, 0)
    assert (gap(found, {lever: at})[able] < 1e-9).all()
    less = able & (least > 1e-3)
    assert (gap(found, {lever: at - 1e-3})[less] > 0).all()
    if not LEVERS[lever].straight:
        assert (gap(found, {lever: 1.0})[~able] > 0).all()


def test_who_pays_for_a_duty_and_a_credit() -> None:
    found = young()
    alone = {c.levers[0]: c for c in closings(found)}
    price = ranged(found.rival_price(best_first(found))).central
    credit, duty = alone["credit_cell"], alone["duty_cell"]
    assert credit.paid == credit.sizes[0] and credit.buyers.central == 0
    assert duty.paid.central == 0 and duty.buyers.central == pytest.approx(credit.paid.central)
    assert duty.taken.central == pytest.approx(duty.sizes[0].central * price)
    assert alone["local_premium"].buyers.central == pytest.approx(duty.buyers.central)
    best = cheapest(list(alone.values()))
    assert {c.levers[0] for c in best["budget"]} == {"duty_cell", "local_premium"}
    assert [c.levers[0] for c in best["buyers"]] == ["credit_cell"]


def test_electricity_made_cheaper_costs_the_state_less_than_it_brings() -> None:
    """Working capital and warranty fall with it, and only the part that is paid is counted."""
    found = europe(age=6, levers=Levers(credit_cell=16))
    relief = next(c for c in closings(found) if c.levers == ("electricity_relief",))
    credit = next(c for c in closings(europe(age=6), ["credit_cell"]))
    left = credit.paid.central - 16
    assert 16 < relief.paid.central < 16 + left


def test_along_the_line_one_pays_what_the_other_does_not() -> None:
    found = young()
    sizes = steps(closings(found, ["duty_cell"])[0])
    assert sizes[0] == 0 and len(sizes) < 12
    line = mixes(found, "duty_cell", "credit_cell", sizes)
    total = [c.paid.central + c.buyers.central for c in line]
    assert total == pytest.approx([total[0]] * len(total))
    assert all(a.paid.central >= b.paid.central for a, b in pairwise(line))
    assert all(c.closes == 1 for c in line)


def test_a_lever_that_cannot_close_the_gap_says_so() -> None:
    alone = {c.levers[0]: c for c in closings(young())}
    assert alone["tax_kept"].closes == 0 and np.isnan(alone["tax_kept"].paid.central)
    assert "duty_cathode" not in alone and "quota_share" not in alone


def test_scrap_of_nothing_less_saves_nothing_and_points_add_up() -> None:
    found = young()
    assert less_scrap(found, 0.3, 0.3).saved.central == 0
    steps_of = [less_scrap(found, (n + 1) / 100, n / 100).saved.central for n in range(10, 40)]
    assert sum(steps_of) == pytest.approx(less_scrap(found, 0.4, 0.1).saved.central)
    told = less_scrap(found)
    own = told.scrap.central
    one = less_scrap(found, own, own - 0.01).saved.central
    assert told.point.central == pytest.approx(one)
    with pytest.raises(MultipolarError, match="name a share"):
        less_scrap(found, 40, 10)


def test_a_duty_on_both_materials_is_the_sum_and_in_step_with_the_rate() -> None:
    told, half = (duty_on_materials(young(), rate) for rate in (0.5, 0.25))
    both = told["both"][0].central
    assert both == pytest.approx(told["cathode"][0].central + told["anode"][0].central)
    assert both == pytest.approx(2 * half["both"][0].central)
    found = young()
    stack = found.home_stack(best_first(found))
    bought = stack["cathode active material"][0] + stack["anode active material"][0]
    assert 0.2 * bought < half["both"][0].central < 0.6 * bought


def test_the_saving_that_makes_a_hub_equal_does() -> None:
    small, large = europe(gwh=5), europe(gwh=40)
    told = hub(small, large)
    assert told.equal.central == pytest.approx(
        told.small["total"].central - told.large["total"].central
    )
    helped = small.under(Levers(co_location=told.equal.central))
    costs = [ranged(m.home_cost(best_first(m))).central for m in (helped, large)]
    assert costs[0] == pytest.approx(costs[1])
    same = ("cathode active material", "separator", "energy")
    assert all(told.small[line] == told.large[line] for line in same)


@cache
def lithium(place: str = "CHN"):  # type: ignore[no-untyped-def]
    others = ("Na-ion-layered", "Na-ion-PBA")
    return crossings(evidence(), Plant(place, "LFP", quoted_day(evidence(), "LFP")), others)


def test_at_the_price_of_lithium_that_is_told_both_cells_cost_the_same() -> None:
    """Rebuilt by hand: cathode and salt dearer by what they hold of lithium."""
    found, now = lithium()
    day = quoted_day(evidence(), "LFP")
    base, other = (market(evidence(), Plant("CHN", c, day)) for c in ("LFP", "Na-ion-layered"))
    cell = next(c for c in found if (c.chemistry, c.boundary) == ("Na-ion-layered", "cell"))
    rise = (cell.price.central - now.price) / 1000
    follows = base.inputs.assumptions.central(FOLLOWS)
    x = {**base.inputs.central(), **base.levers.values()}
    x["cells.price.lfp-cam"] += rise * follows * 0.044
    x["cells.price.lipf6"] += rise * follows * 0.0457
    y = {**other.inputs.central(), **other.levers.values()}
    assert base.home_cost(x) == pytest.approx(other.home_cost(y), rel=1e-3)


def test_a_heavier_pack_needs_dearer_lithium() -> None:
    for place in ("CHN", "EU27"):
        found, now = lithium(place)
        for cell, pack in zip(found[::2], found[1::2], strict=True):
            assert (cell.boundary, pack.boundary) == ("cell", "pack")
            assert pack.price.central > cell.price.central
            assert pack.chances[now.price] < cell.chances[now.price]
    assert PACK in evidence().table("assumptions")["assumption"].to_list()


def test_quotes_that_lie_far_apart_do_not_explain_each_other() -> None:
    with pytest.raises(MultipolarError, match=r"more than 30 days apart .* name a day as 2025-09"):
        crossings(evidence(), Plant("CHN", "LFP", date(2026, 6, 5)), ("Na-ion-PBA",))
    with pytest.raises(MultipolarError, match="holds no lithium"):
        crossings(evidence(), plant("CHN", "Na-ion-PBA"), ("Na-ion-layered",))
    with pytest.raises(MultipolarError, match="told as a ratio"):
        crossings(evidence(), plant("CHN", "LMFP", day=date(2025, 9, 15)), ("Na-ion-PBA",))


def test_a_range_holds_its_best_value() -> None:
    for value in (np.r_[0.0, np.linspace(1, 2, 50)], np.r_[5.0, np.linspace(1, 2, 50)], 3.0):
        told = ranged(value)
        assert told.low <= told.central <= told.high
    assert np.isnan(ranged(np.full(9, np.inf)).central)


def test_what_is_asked_is_what_is_calculated() -> None:
    asked = Asked("EU27", "LFP", DAY, levers={"credit_cell": 5}, inputs={"rival.margin": 0.1})
    found, policy = pose(evidence(), asked)
    assert policy.levers.credit_cell == 5 and policy.levers.duty_cell == pytest.approx(0.027)
    assert found.inputs.named["own.margin.chn"].central == 0.1
    none, bare = pose(evidence(), replace(asked, in_force=False, levers={}))
    assert bare.levers == NO_POLICY and bare.records == ()
    assert none.rival is not None
    assert pose(evidence(), replace(asked, place="CHN", inputs={}))[0].rival is None
    assert jurisdiction("DEU") == "EU27" and jurisdiction("USA") == "USA"
    assert latest(evidence()) == date(2026, 6, 5)
    with pytest.raises(MultipolarError, match="did you mean wage"):
        pose(evidence(), replace(asked, inputs={"wages": 3}))
