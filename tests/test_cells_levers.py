"""Do levers act where they act in the world, and does what closes a gap close it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cells_fixtures import DAY, europe, evidence, plant, rival
from conftest import row
from multipolar.cells.asked import Asked, pose
from multipolar.cells.levers import LEVERS, NO_POLICY, Levers, in_force, key
from multipolar.cells.market import market
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord

N = 200
SOME = {
    "duty_cell": 0.3, "quota_share": 0.4, "duty_in_quota": 0.1, "duty_cathode": 0.25,
    "duty_anode": 0.25, "credit_cell": 30.0, "credit_material": 0.1, "ramp_support": 0.5,
    "capital_grant": 0.3, "tax_kept": 0.04, "tax_kept_material": 0.13, "local_content": 0.6,
    "local_premium": 12.0, "carbon_price": 80.0, "transfer": 0.7, "electricity_relief": 0.05,
    "co_location": 3.0,
}  # fmt: skip


def test_no_policy_is_all_levers_at_zero() -> None:
    assert set(NO_POLICY.values().values()) == {0.0}
    assert Levers() == NO_POLICY
    assert set(NO_POLICY.values()) == {key(name) for name in LEVERS}
    stack = europe(age=2).stack(europe(age=2).home_stack, 9)
    assert not {"credit", "capital grant", "ramp-up support", "carbon"} & set(stack)
    assert not {"duty", "tax kept", "carbon"} & set(europe().stack(europe().rival_stack, 9))


@pytest.mark.parametrize("name", SOME)
def test_a_lever_moves_the_gap_the_way_that_it_is_meant_to(name: str) -> None:
    base = Levers(duty_cell=0.2) if name.startswith(("quota", "duty_in")) else NO_POLICY
    base = replace(base, quota_share=0.4) if name == "duty_in_quota" else base
    chemistry = "NMC" if "tax_kept_material" in name else "LFP"
    plain, moved = (
        europe(chemistry, levers, age=2) for levers in (base, replace(base, **{name: SOME[name]}))
    )
    change = moved.draw(moved.gap, N) - plain.draw(plain.gap, N)
    dearer = name in ("duty_cathode", "duty_anode", "tax_kept_material", "quota_share",
                      "local_content")  # fmt: skip
    if name == "carbon_price":
        assert np.abs(change).max() > 0
    else:
        assert (change > 0).all() if dearer else (change < 0).all()


@pytest.mark.parametrize("name", SOME)
def test_no_lever_of_the_market_changes_the_cost_of_the_exporter(name: str) -> None:
    plain, moved = europe(), europe(levers=Levers(**{name: SOME[name]}))
    works = plain.stack(plain.works_stack, N)
    before, after = (m.stack(m.rival_stack, N) for m in (plain, moved))
    for line, cost in works.items():
        assert np.array_equal(before[line], cost) and np.array_equal(after[line], cost)


def test_a_duty_is_on_the_value_with_freight_in_europe_and_without_in_the_states() -> None:
    levers = Levers(duty_cell=0.25)
    for place, cif in (("EU27", True), ("USA", False)):
        found = market(evidence(), plant(place), rival(), levers)
        stack = found.stack(found.rival_stack, N)
        value = sum(found.stack(found.works_stack, N).values())
        base = value + stack["freight"] if cif else value
        assert np.allclose(stack["duty"], 0.25 * base)


def test_a_quota_of_everything_leaves_the_duty_inside_it() -> None:
    inside = europe(levers=Levers(duty_cell=0.5, quota_share=1.0, duty_in_quota=0.1))
    plain = europe(levers=Levers(duty_cell=0.1))
    assert np.allclose(inside.draw(inside.gap, N), plain.draw(plain.gap, N))


def test_a_grant_of_everything_pays_the_investment_and_not_more() -> None:
    found = europe(levers=Levers(capital_grant=1.0))
    stack = found.stack(found.home_stack, N)
    assert (-stack["capital grant"] > stack["depreciation"]).all()
    assert (-stack["capital grant"] < stack["depreciation"] + stack["capital cost"]).all()


def test_support_of_all_the_early_loss_leaves_the_cost_of_a_ripe_plant() -> None:
    young = europe(levers=Levers(ramp_support=1.0), age=2)
    without = ("warranty", "margin")
    ripe = europe(age=6)
    lines = young.stack(young.home_stack, N), ripe.stack(ripe.home_stack, N)
    sums = [sum(v for k, v in stack.items() if k not in without) for stack in lines]
    assert np.allclose(sums[0], sums[1])
    old = europe(levers=Levers(ramp_support=1.0), age=6)
    assert np.allclose(old.draw(old.home_cost, N), ripe.draw(ripe.home_cost, N))


def test_a_whole_transfer_gives_the_yield_of_an_old_hand() -> None:
    joint = europe(levers=Levers(transfer=1.0), age=2)
    hand = europe(age=2, maker="incumbent")
    assert np.allclose(
        joint.stack(joint.home_stack, N)["scrap"], hand.stack(hand.home_stack, N)["scrap"]
    )


@pytest.mark.parametrize("name", [n for n in LEVERS if LEVERS[n].straight])
def test_the_lever_at_which_the_gap_closes_closes_it(name: str) -> None:
    """Fed back per draw: the gap is zero. A lever without bearing never closes it."""
    chemistry = "NMC" if name == "tax_kept_material" else "LFP"
    if name == "credit_module":
        found = market(evidence(), plant(age=3, boundary="module"), plant("CHN", boundary="module"))
    else:
        found = europe(chemistry, age=3)
    line = found.line(name, N)
    if name in ("quota_share", "duty_in_quota"):
        assert np.isinf(line.closes).all()
        return
    values = found.values(N)
    for share in (0.5, 1.0):
        gap = found.gap({**values, key(name): line.closes * share})
        assert np.allclose(gap, line.intercept * (1 - share), atol=1e-9)


def test_pairs_of_duty_and_credit_close_the_gap_together() -> None:
    found = europe(age=3)
    duty, credit = found.line("duty_cell", N), found.line("credit_cell", N)
    values = found.values(N)
    for share in np.linspace(0, 1, 5):
        pair = {
            key("duty_cell"): share * duty.closes,
            key("credit_cell"): (1 - share) * credit.closes,
        }
        assert np.allclose(found.gap({**values, **pair}), 0, atol=1e-9)
    assert np.allclose(credit.closes, credit.intercept)


def test_a_lever_that_bends_the_gap_has_no_line() -> None:
    with pytest.raises(MultipolarError, match="not a straight line in transfer"):
        europe().line("transfer")
    with pytest.raises(UnknownWord, match="did you mean duty_cell"):
        europe().line("duty_cells")


@pytest.mark.parametrize("premium", [0.0, 10.0])
def test_both_bases_are_the_same_gap(premium: float) -> None:
    found = europe(age=3, levers=Levers(local_premium=premium))
    gaps = found.gaps(N)
    home = gaps["US$/kWh"] / gaps["% of home cost"] * 100
    price = gaps["US$/kWh"] / gaps["% of delivered price"] * 100
    assert np.allclose(home, found.draw(found.home_cost, N))
    assert np.allclose(home - premium - price, gaps["US$/kWh"])


def test_a_rate_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(MultipolarError, match=r"duty_cell is 30, which is 3000 %: write 0\.3"):
        Levers(duty_cell=30)
    with pytest.raises(MultipolarError, match=r"write 0\.5 for 50 %"):
        Levers(capital_grant=50)
    with pytest.raises(MultipolarError, match="cannot be below zero"):
        Levers(credit_cell=-1)
    with pytest.raises(UnitMismatch, match="credit_module is for modules"):
        europe(levers=Levers(credit_module=10))


def test_a_barred_owner_gets_no_credit() -> None:
    levers = Levers(credit_cell=35, excluded=("CHN",))
    own, barred = (
        market(evidence(), plant("USA", domicile=home), rival(), levers) for home in ("USA", "CHN")
    )
    assert (own.stack(own.home_stack, N)["credit"] == -35).all()
    assert (barred.stack(barred.home_stack, N)["credit"] == 0).all()


def test_a_credit_hangs_on_where_materials_come_from() -> None:
    levers = Levers(credit_cell=35, credit_content=0.6)
    bought, local = (
        market(evidence(), plant("USA"), rival(), replace(levers, local_content=share))
        for share in (0.0, 0.95)
    )
    paid = [m.stack(m.home_stack, N)["credit"] for m in (bought, local)]
    assert (paid[0] == 0).mean() > 0.5 and (paid[1] == -35).all()


def test_rates_in_force_are_those_of_the_register_on_the_day() -> None:
    europe_now = in_force(evidence(), "EU27", "CHN", DAY)
    assert europe_now.levers.duty_cell == pytest.approx(0.027)
    assert europe_now.levers.tax_kept == pytest.approx(0.04 / 0.96)
    assert "cn-rebate-9" in europe_now.records
    for day, kept in ((date(2024, 6, 1), 0), (date(2026, 6, 5), 0.07), (date(2027, 2, 1), 0.13)):
        assert in_force(evidence(), "EU27", "CHN", day).levers.tax_kept == pytest.approx(
            kept / (1 - kept)
        )


def test_the_credit_of_the_states_is_phased_out_and_modules_stand_apart() -> None:
    for day, cell in ((2026, 35), (2030, 26.25), (2031, 17.5), (2032, 8.75), (2033, 0)):
        levers = in_force(evidence(), "USA", "CHN", date(day, 7, 1)).levers
        assert (levers.credit_cell, levers.credit_module) == (cell, 0)
    module = in_force(evidence(), "USA", "CHN", date(2026, 7, 1), boundary="module").levers
    assert module.credit_module == 10
    assert module.excluded == ("CHN",)


def test_uses_are_not_added_up_and_other_exporters_pay_the_general_rate() -> None:
    june = date(2025, 6, 1)
    rates = {
        use: in_force(evidence(), "USA", "CHN", june, use).levers.duty_cell
        for use in ("vehicles", "storage")
    }
    # Both with 20 % of the emergency powers; Section 232 on parts of cars for the other 10 %.
    assert rates == {"vehicles": pytest.approx(0.734), "storage": pytest.approx(0.409)}
    earlier = date(2025, 1, 1)
    assert in_force(evidence(), "USA", "BRA", earlier).levers.duty_cell == pytest.approx(0.034)


@pytest.mark.parametrize(
    ("market", "exporter", "day", "vehicles", "storage"),
    [
        ("USA", "KOR", date(2025, 1, 1), 0, 0),
        ("USA", "KOR", date(2025, 11, 10), 0.15, 0.15),
        ("USA", "KOR", date(2026, 6, 5), 0.15, 0.10),
        ("USA", "CAN", date(2026, 6, 5), 0, 0),
        ("USA", "JPN", date(2026, 6, 5), 0.15, 0.134),
        ("USA", "DEU", date(2026, 6, 5), 0.15, 0.134),
        ("USA", "BRA", date(2026, 6, 5), 0.284, 0.134),
        ("USA", "CHN", date(2025, 11, 10), 0.634, 0.309),
        ("USA", "CHN", date(2026, 2, 22), 0.534, 0.284),
        ("USA", "CHN", date(2026, 7, 23), 0.534, 0.384),
        ("USA", "CHN", date(2026, 7, 24), 0.534, 0.284),
        ("EU27", "KOR", date(2026, 6, 5), 0, 0),
        ("EU27", "JPN", date(2026, 6, 5), 0, 0),
        ("EU27", "FRA", date(2026, 6, 5), 0, 0),
        ("EU27", "USA", date(2026, 6, 5), 0.027, 0.027),
        ("IND", "CHN", date(2026, 6, 5), 0.05, 0.05),
    ],
)  # fmt: skip
def test_a_duty_stands_in_place_of_another(market, exporter, day, vehicles, storage) -> None:
    """That of an agreement, that inside a union, and Section 232 for what is levied on all."""
    for use, rate in (("vehicles", vehicles), ("storage", storage)):
        found = in_force(evidence(), market, exporter, day, use).levers.duty_cell
        assert found == pytest.approx(rate), use


def test_a_duty_without_a_product_bears_on_cells_and_materials() -> None:
    before, since = (
        in_force(evidence(), "USA", "CHN", date(2026, 2, day), "storage") for day in (22, 25)
    )
    assert "us-122-2026" in since.records and "us-122-2026" not in before.records
    assert since.records.count("us-122-2026") == 1
    for name in ("duty_cell", "duty_cathode", "duty_anode"):
        assert getattr(since.levers, name) == pytest.approx(getattr(before.levers, name) + 0.1)
    assert before.levers.duty_cathode == pytest.approx(0.25)
    assert {"us-301-cathode-material", "us-301-artificial-graphite"} <= set(before.records)


@pytest.mark.parametrize("place", ["USA", "EU27"])
def test_who_exports_cells_does_not_change_the_cost_at_home(place: str) -> None:
    asked = Asked(place, "NMC622", date(2026, 6, 5))
    costs = []
    for other in ("CHN", "KOR", "JPN", "CAN", ""):
        found, policy = pose(evidence(), replace(asked, rival=other))
        assert policy.levers.tax_kept_material > 0
        costs.append(found.draw(found.home_cost, N))
    assert all(np.array_equal(costs[0], cost) for cost in costs)


def test_a_credit_for_material_made_at_home_is_told_and_not_counted() -> None:
    """What comes from outside China may come from Korea; how much is made at home nobody says."""
    found = in_force(evidence(), "USA", "CHN", date(2026, 6, 5))
    assert found.levers.credit_material == 0
    assert found.unread == ("us-45x-material-2023",)
    assert in_force(evidence(), "USA", "CHN", date(2030, 6, 5)).unread == ("us-45x-material-2030",)


def test_an_end_that_is_a_month_or_a_year_is_its_last_day(workspace, write) -> None:
    told = {"jurisdiction": "AUS", "target": "CHN", "product": "850760", "rate": "7"}
    rows = [
        row("policies", record="test-month", start="2025-01", end="2025-06", **told),
        row("policies", record="test-year", start="2025-01", end="2025", **told),
    ]
    import_files(Evidence(workspace), "policies", [write("policies", rows)])
    store = Evidence(workspace)
    for day, duty in ((date(2025, 6, 30), 0.14), (date(2025, 7, 1), 0.07), (date(2026, 1, 1), 0)):
        assert in_force(store, "AUS", "CHN", day).levers.duty_cell == pytest.approx(duty)


def test_a_rate_in_another_unit_is_refused(workspace, write) -> None:
    odd = row("policies", record="test-odd", unit="US$/kWh", rate="3")
    import_files(Evidence(workspace), "policies", [write("policies", [odd])])
    with pytest.raises(UnitMismatch, match=r"test-odd: rate in US\$/kWh"):
        in_force(Evidence(workspace), "EU27", "CHN", DAY)
