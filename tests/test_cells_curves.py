"""Are the experience curves what their publication says, and do they rest on deflated facts?"""

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import atlas
from multipolar.cells.curves import (
    BORROWERS,
    LFP,
    LI_ION,
    LI_METAL,
    NA_ION,
    Curves,
)
from multipolar.cells.curves_backtest import backtest, forecast, held
from multipolar.cells.curves_crossing import crossing, crossings
from multipolar.cells.curves_facts import facts, history
from multipolar.cells.curves_fit import Surprises, fit, variance
from multipolar.cells.curves_result import DIMS, score
from multipolar.cells.curves_volumes import FIRST, LAST, volumes
from multipolar.evidence.sources import STUDY
from multipolar.evidence.store import Evidence
from multipolar.words.money import deflate, units_per_usd

YEARS = 15
EVIDENCE = Evidence()
DAYS = ["2026-04-13", "2026-06-05"]


@pytest.fixture(scope="module")
def curves():
    return Curves(EVIDENCE)


def experience(steps):
    return np.exp(np.concatenate([[0.0], np.cumsum(steps)]))


@given(
    st.floats(-1.5, 0.5),
    st.lists(st.floats(0.05, 1.0), min_size=5, max_size=30),
    st.floats(1, 5000),
)
@settings(max_examples=60)
def test_an_exact_curve_gives_back_its_exponent_and_no_noise(exponent, steps, first):
    volume = experience(steps)
    found = fit(first * volume**exponent, volume)
    assert found.exponent == pytest.approx(exponent, abs=1e-9)
    assert found.rate == pytest.approx(100 * (1 - 2**exponent), abs=1e-6)
    assert found.noise == pytest.approx(0, abs=1e-9)


def test_a_fit_by_hand():
    # Differences of the logarithm: x 1, 1, 2, 1, 1; y -1, 0, -1, 0, 0 -> w = -3/8.
    volume = experience([1.0, 1.0, 2.0, 1.0, 1.0])
    price = experience([-1.0, 0.0, -1.0, 0.0, 0.0])
    found = fit(price, volume)
    assert found.exponent == pytest.approx(-3 / 8)
    left = [-5 / 8, 3 / 8, -2 / 8, 3 / 8, 3 / 8]
    assert found.noise == pytest.approx(math.sqrt(sum(e * e for e in left) / 4))


def test_five_differences_are_the_least():
    volume = experience([1.0] * 4)
    with pytest.raises(ValueError, match="6 years, not 5"):
        fit(volume, volume)


def test_without_autocorrelation_the_variance_is_the_one_of_the_publication():
    stream = np.random.default_rng(1)
    volume = experience(stream.uniform(0.1, 0.5, YEARS))
    found = fit(np.exp(stream.normal(0, 0.1, YEARS + 1)), volume)
    ahead = np.array([0.2, 0.3, 0.1, 0.4])
    plain = found.noise**2 * (np.arange(1, 5) + np.cumsum(ahead) ** 2 / (found.steps**2).sum())
    assert variance(found, ahead) == pytest.approx(plain)


@pytest.mark.parametrize("r", [0.0, 0.19, 0.63])
def test_draws_have_the_variance_of_the_formula(r):
    stream = np.random.default_rng(2)
    volume = experience(stream.uniform(0.1, 0.5, 40))
    found = fit(np.exp(np.cumsum(stream.normal(-0.1, 0.1, 41))), volume)
    ahead = stream.uniform(0.1, 0.4, 8)
    draws = 60_000
    errors = Surprises("shared", "own", draws).errors(
        found, np.tile(ahead, (draws, 1)), np.full(draws, r)
    )
    # Student's distribution is wider than the normal one by this factor.
    wider = found.degrees / (found.degrees - 2)
    assert errors.var(axis=0) == pytest.approx(wider * variance(found, ahead, r), rel=0.05)
    assert errors.mean(axis=0) == pytest.approx(np.zeros(8), abs=0.02)


def test_the_formula_holds_for_the_process_it_describes():
    """Price histories are made with known noise, fitted and forecast; errors are what it says."""
    stream, r, size, exponent = np.random.default_rng(3), 0.4, 0.1, -0.4
    steps, ahead = stream.uniform(0.1, 0.5, 25), np.array([0.3, 0.2, 0.4])
    shocks = stream.normal(0, size, (20_000, 29))
    noise = shocks[:, 1:] + r * shocks[:, :-1]
    falls = exponent * np.concatenate([steps, ahead]) + noise
    found = (steps * falls[:, :25]).sum(axis=1) / (steps**2).sum()
    errors = np.cumsum(falls[:, 25:], axis=1) - found[:, None] * np.cumsum(ahead)
    known = fit(experience(exponent * steps), experience(steps))
    exact = variance(type(known)(known.exponent, size * math.sqrt(1 + r**2), steps), ahead, r)
    assert errors.var(axis=0) == pytest.approx(exact, rel=0.04)


@given(st.floats(0, 0.9), st.lists(st.floats(0.01, 1.0), min_size=2, max_size=15))
@settings(max_examples=50)
def test_the_further_ahead_the_less_is_known(r, ahead):
    stream = np.random.default_rng(4)
    found = fit(np.exp(stream.normal(0, 0.2, 12)), experience(stream.uniform(0.1, 0.5, 11)))
    # The noise of a year that is not over shares its part with the last one on record.
    spread = variance(found, np.array(ahead), r)
    assert (spread > 0).all()
    assert spread[-1] > variance(found, np.array(ahead[:1]), 0.0)[0] * 0.5
    if r == 0:
        assert (np.diff(spread) > 0).all()


def test_no_noise_means_no_range():
    volume = experience(np.full(10, 0.3))
    found = fit(volume**-0.4, volume)
    ahead = np.tile([0.3, 0.3], (50, 1))
    errors = Surprises("a", "b", 50).errors(found, ahead, np.full(50, 0.2))
    assert np.abs(errors).max() < 1e-9
    low, high = forecast(volume[:8] ** -0.4, volume)
    assert low == pytest.approx(high)
    assert low == pytest.approx(volume[8:] ** -0.4)


def test_prices_are_taken_out_of_the_money_of_their_year():
    prices = facts(EVIDENCE)
    rows = {row["record"]: row for row in prices.iter_rows(named=True)}
    assert rows["bnef-2018-li-ion-pack-world-2013"]["central"] == pytest.approx(
        650 * deflate(2018, 2025)
    )
    assert rows["bnef-2025-li-ion-pack-world-2025"]["central"] == 108
    yuan = rows["energytrend-2025-lfp-cell-chn"]["central"]
    assert yuan == pytest.approx(330 / units_per_usd("CNY", 2025) / 1.13)


def test_restated_prices_agree_only_after_deflating():
    rows = EVIDENCE.table("price-history").filter(
        (pl.col("series").str.starts_with("BloombergNEF survey"))
        & (pl.col("year") == 2010)
        & (pl.col("boundary") == "pack")
    )
    raw = rows["central"]
    assert raw.max() / raw.min() > 1.25
    real = facts(EVIDENCE).filter(pl.col("record").is_in(rows["record"].to_list()))
    assert real["central"].max() / real["central"].min() < 1.02


def test_the_latest_statement_counts_and_the_others_are_its_range(curves):
    (said,) = [one for one in curves.history(LI_ION, "pack") if one.year == 2022]
    assert said.value == pytest.approx(161 * deflate(2023, 2025))
    assert said.low == pytest.approx(151 * deflate(2022, 2025))
    assert len(said.records) == 2


def test_curves_of_china_start_at_the_newest_quotes(curves):
    for chemistry in ("LFP", "NMC"):
        first = curves.all[chemistry, "cell", "CHN"].first
        quotes = curves.evidence.table("prices").filter(
            (pl.col("subject") == f"{chemistry} cell, vehicles") & pl.col("day").is_in(DAYS)
        )
        told = curves.prices.filter(pl.col("record").is_in(list(first.records)))
        raw = curves.evidence.table("price-history").filter(
            pl.col("record").is_in(told["record"].to_list())
        )
        assert first.year == 2026
        assert sorted(raw["central"]) == sorted(quotes["central"])


def test_no_outlook_and_nothing_of_the_study_enters_a_curve(curves):
    table = curves.evidence.table("price-history")
    assert STUDY not in {*table["source"], *table["via"].drop_nulls()}
    fitted = {r for b in ("cell", "pack") for one in curves.history(LI_ION, b) for r in one.records}
    kinds = table.filter(pl.col("record").is_in(list(fitted)))
    assert set(kinds["measurement"]) == {"measured"}
    assert set(kinds["segment"]) == {"all"}
    assert set(kinds["boundary"]) == {"cell", "pack"}


def test_cells_and_packs_never_mix(curves):
    for boundary in ("cell", "pack"):
        behind = {r for one in curves.history(LI_ION, boundary) for r in one.records}
        rows = curves.prices.filter(pl.col("record").is_in(list(behind)))
        assert set(rows["boundary"]) == {boundary}
    cell, pack = (curves.all[NA_ION, b, "World"] for b in ("cell", "pack"))
    with pytest.raises(ValueError, match="do not compare"):
        crossing(cell, pack)


def test_a_forecast_starts_at_the_last_published_price(curves):
    for (chemistry, boundary, place), curve in curves.all.items():
        assert curve.central[0] == pytest.approx(curve.first.value)
        if chemistry not in BORROWERS and curve.first.low == curve.first.high:
            assert np.ptp(curve.drawn[:, 0]) == pytest.approx(0)
            said = curves.history(chemistry, boundary, place)
            assert curve.first == said[-1]


def test_volumes_pass_through_what_is_said_and_experience_only_grows():
    found = volumes(EVIDENCE, LI_ION)
    assert found.central[2013 - FIRST] == pytest.approx(35)
    assert found.central[2035 - FIRST] == pytest.approx(6800)
    for name in (LI_ION, *BORROWERS):
        ever = volumes(EVIDENCE, name)
        assert (np.diff(ever.ever(), axis=1) > 0).all()
        assert (np.diff(ever.ever_central()) > 0).all()
        assert len(ever.central) == LAST - FIRST + 1


def test_what_was_made_before_is_the_sum_of_a_steady_growth():
    found = volumes(EVIDENCE, LI_ION)
    growth = found.central[1] / found.central[0]
    past = sum(found.central[0] * growth**-k for k in range(1, 400))
    assert found.before_central == pytest.approx(past)


def test_the_borrowed_curves_are_wider_than_the_one_they_borrow_from(curves):
    def width(chemistry):
        low, high = np.quantile(curves.all[chemistry, "pack", "World"].at(2030), (0.1, 0.9))
        return high / low

    assert width(NA_ION) > width(LI_ION)
    assert width(LI_METAL) > width(LI_ION)


def test_probabilities_of_crossing_only_grow_and_hold_those_of_a_year(curves):
    found = crossings(curves)
    assert {one.curve.chemistry for one in found} == {"NMC", NA_ION, LI_METAL}
    for one in found:
        assert (np.diff(one.by) >= 0).all()
        assert (one.within <= one.by + 1e-12).all()
        assert one.never == pytest.approx(1 - one.by[-1])
        assert one.even is None or one.by[one.even - one.years[0]] >= 0.5


def test_a_chemistry_does_not_undercut_itself(curves):
    lfp = curves.all[LFP, "pack", "World"]
    assert crossing(lfp, lfp).never == 1.0


def test_an_origin_sees_nothing_that_came_later():
    stream = np.random.default_rng(5)
    price = np.exp(np.cumsum(stream.normal(-0.1, 0.1, 20)))
    volume = experience(np.full(19, 0.3))
    before = forecast(price[:11], volume)
    price[11:] *= 7
    after = forecast(price[:11], volume)
    assert np.array_equal(before, after)
    assert not any(held(price, volume, 10)[:1])


def test_the_score_counts_what_lies_inside():
    stream = np.random.default_rng(6)
    volume = experience(np.full(30, 0.3))
    price = volume**-0.4 * np.exp(np.cumsum(stream.normal(0, 0.1, 31)))
    found = backtest(price, volume)
    hits = [h for origin in range(5, 30) for h in held(price, volume, origin)]
    assert (found.inside, found.judged) == (sum(hits), len(hits))
    assert found.origins == 25
    assert found.judged == sum(range(1, 26))
    assert found.low < found.inside / found.judged < found.high
    assert f"{found.inside} of {found.judged}" in found.told()
    assert backtest(price[:6], volume[:6]) is None


def test_over_many_histories_the_range_holds_four_in_five():
    stream, inside, judged = np.random.default_rng(7), 0, 0
    volume = experience(np.full(20, 0.3))
    for _ in range(400):
        price = volume**-0.4 * np.exp(np.cumsum(stream.normal(0, 0.15, 21)))
        hits = held(price, volume, 12)
        inside, judged = inside + sum(hits), judged + len(hits)
    assert inside / judged == pytest.approx(0.8, abs=0.04)


def test_the_curves_of_the_evidence_are_scored(curves):
    for boundary, origins in (("pack", 10), ("cell", 29)):
        found = score(curves, boundary)
        assert found.origins == origins
        assert found.low < 0.8 < found.high


@pytest.mark.parametrize("day", [date(2015, 1, 1), date(2019, 12, 31), date(2024, 12, 31)])
def test_as_of_an_earlier_day_nothing_later_is_known(day):
    found = Curves(Evidence(as_of=day))
    assert all(int(row[:4]) <= day.year for row in found.prices["date"])
    for curve in found.all.values():
        assert curve.first.year <= day.year
    assert history(found.prices, LI_ION, "cell", "World") == [] or day.year > 2018


def test_every_number_adds_up_from_its_parts():
    result = atlas().figure("price-curves").result
    for row in result.data.iter_rows(named=True):
        told = result.explain(**{dim: row[dim] for dim in DIMS})
        assert told.totals() == {name: row[name] for name in ("value_low", "value", "value_high")}
        assert told.records
        assert row["value_low"] <= row["value"] <= row["value_high"]
