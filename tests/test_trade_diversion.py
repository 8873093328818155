"""What a duty diverts: nothing is lost on the way, and the formula is the one that is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import multipolar
from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.store import Evidence
from multipolar.trade.diversion import (
    DIVERTED,
    FIRST_YEAR,
    LASTING,
    LOST,
    PRESENT,
    UNSOLD,
    USED,
    Diversion,
    diversion,
    effect,
)
from multipolar.trade.exports import exports
from multipolar.words.errors import MultipolarError, UnknownWord

shares = st.floats(0, 1)


def found(place: str = "EU27", duty: float = 30, instead: bool = False) -> Diversion:
    return diversion(Evidence(), place, duty, instead=instead)


def central(told: Diversion, measure: str, horizon: str = FIRST_YEAR) -> float:
    rows = told.totals.filter(horizon=horizon, measure=measure)
    return float(rows["value"].item())


@given(st.floats(1, 1e5), st.floats(0, 100), st.floats(0.1, 300), st.floats(0, 8), shares, shares)
def test_lost_is_diverted_or_not_sold(
    sales: float, before: float, more: float, elasticity: float, passed: float, part: float
) -> None:
    one = [np.array([value]) for value in (sales, elasticity, passed, part)]
    told = effect(one[0], before, before + more, *one[1:])
    assert np.array_equal(told.diverted + told.unsold, told.lost) or np.allclose(
        told.diverted + told.unsold, told.lost, rtol=1e-12
    )
    assert 0 <= told.lost[0] <= sales
    assert 0 <= told.cheaper[0] <= sales - told.lost[0] + 1e-9
    assert told.unsold[0] >= -1e-9


def test_the_formula_by_hand() -> None:
    # 25 % on nothing, passed on whole, elasticity 2: 1 - 1/1.25^2 of the sales are lost.
    one = np.array([1.0])
    told = effect(100 * one, 0, 25, 2 * one, one, 0.5 * one)
    assert told.lost[0] == pytest.approx(36)
    assert told.diverted[0] == told.unsold[0] == pytest.approx(18)
    assert told.cheaper[0] == 0
    # Nothing passed on: the same goods at a price lower by a fifth.
    told = effect(100 * one, 0, 25, 2 * one, 0 * one, 0.5 * one)
    assert (told.lost[0], told.cheaper[0]) == pytest.approx((0, 20))
    # On top of a duty of 25 %, another 25 points are a rise by a fifth.
    assert effect(100 * one, 25, 50, one, one, one).lost[0] == pytest.approx(100 / 6)


def test_central_values_add_up_over_destinations() -> None:
    told = found()
    for horizon in (FIRST_YEAR, LASTING):
        lost, diverted = central(told, LOST, horizon), central(told, DIVERTED, horizon)
        assert lost == pytest.approx(diverted + central(told, UNSOLD, horizon), rel=1e-12)
        regions = told.where.filter(horizon=horizon, kind="region")
        assert regions["value"].sum() == pytest.approx(diverted, rel=1e-12)
        assert regions["by_growth"].sum() == pytest.approx(diverted, rel=1e-12)
        countries = told.where.filter(horizon=horizon, kind="country")
        assert countries["value"].sum() < diverted
        # Nothing goes back to those who levy the duty.
        assert not {"DEU", "FRA", "NLD"} & set(countries["place"])
    bounds = told.totals.select(
        (pl.col("value_low") <= pl.col("value")) & (pl.col("value") <= pl.col("value_high"))
    )
    assert bounds.to_series().all()


def test_all_sales_are_of_those_who_buy_now() -> None:
    sums = exports(Evidence()).data.filter(measure="value of twelve months", month="2025-06")
    bought = dict(sums.select("place", "value").rows())
    told = found("USA", 50)
    assert central(told, PRESENT) == pytest.approx(bought["USA"])
    elsewhere = told.where.filter(horizon=FIRST_YEAR, kind="region")["now"].sum()
    assert elsewhere == pytest.approx(bought["World"] - bought["USA"])
    # A region of the source is known whole; of the EU some members are not listed.
    region = found("Ember-Europe").totals.filter(horizon=FIRST_YEAR, measure=PRESENT)
    assert region.select("value_low", "value", "value_high").row(0) == pytest.approx(
        (bought["Ember-Europe"],) * 3
    )
    low, value, high = (
        found().totals.filter(measure=PRESENT).select("value_low", "value", "value_high").row(0)
    )
    assert low < value < high < bought["Ember-Europe"]


def test_the_central_case_is_the_central_assumptions() -> None:
    told, assumed = found("DEU"), Assumptions(Evidence())
    sales, rate = central(told, PRESENT), told.standing
    ratio = (130 + rate) / (100 + rate)
    for name, horizon in zip(USED[:2], (FIRST_YEAR, LASTING), strict=True):
        expected = sales * (1 - ratio ** -assumed.central(name))
        assert central(told, LOST, horizon) == pytest.approx(expected)


def test_a_higher_duty_and_a_longer_time_lose_more() -> None:
    lost = [central(found(duty=duty), LOST) for duty in (5, 10, 30, 100)]
    assert lost == sorted(lost)
    told = found()
    assert central(told, LOST, LASTING) > central(told, LOST)


def test_duties_in_force_are_counted_once_and_by_who_levies_them() -> None:
    told = found("USA", 50)
    # Sales to 2025-06 paid one rate of Section 301, the higher of two, the general rate, the duty
    # against fentanyl, and Section 232 in place of the one against deficits.
    assert told.standing == pytest.approx(3.4 + 25 + 20 + 25)
    assert told.duties.height == 5
    assert told.uncounted == ()
    assert found("EU27").uncounted == ()
    assert found("DEU").standing == found("EU27").standing == pytest.approx(2.7)
    mixed = found("Europe").standing
    assert 0 < mixed < 2.7
    assert central(found("USA", 80, True), LOST) < central(found("USA", 80), LOST)
    with pytest.raises(MultipolarError, match=r"instead of the 73\.4 % in force"):
        found("USA", 20, True)


def test_what_is_no_duty_or_no_buyer() -> None:
    for duty, told in ((0.3, "did you mean 30"), (0, "above 0"), (-5, "above 0"), (1e6, "above 0")):
        with pytest.raises(MultipolarError, match=told):
            found(duty=duty)
    for place, told in (("World", "holds the exporter"), ("CHN", "holds"), ("ISL", "no 12 months")):
        with pytest.raises(MultipolarError, match=told):
            found(place)
    with pytest.raises(UnknownWord):
        found("Atlantis")
    with pytest.raises(MultipolarError, match="by country of destination"):
        diversion(Evidence(), "EU27", 30, "electric-vehicles")


def test_the_assumptions_say_where_they_come_from() -> None:
    rows = Evidence().table("assumptions").filter(pl.col("assumption").is_in(USED))
    assert rows.height == len(USED)
    assert rows.filter(pl.col("checked") == "yes")["source"].null_count() == 0
    assert rows.filter(pl.col("calibrated_to").is_not_null()).is_empty()


def test_the_command(tmp_path: Path) -> None:
    done = multipolar("divert", "--place", "EU27", "--duty", 30, cwd=tmp_path)
    assert done.code == 0
    assert "30 % on top of 2.7 % in force" in done.out
    assert "No market is solved" in done.out
    assert "warning" not in done.out
    told = multipolar(
        "divert", "--place", "USA", "--duty", 80, "--instead", "--format", "json", cwd=tmp_path
    ).json
    assert told["uncounted"] == []
    assert told["instead"] is True
    assert told["assumptions"] == list(USED)
    assert len(told["totals"]) == 10


@pytest.mark.parametrize(
    ("place", "duty", "told"),
    [
        ("EU27", 0.3, "did you mean 30?"),
        ("Atlantis", 30, "unknown place"),
        ("China", 30, "holds the exporter"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, place: str, duty: float, told: str) -> None:
    done = multipolar("divert", "--place", place, "--duty", duty, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert done.err.count("\n") == 1
