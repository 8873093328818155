"""A forecast rests on what was known, adds up, and says what it is worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from industry_fixtures import multipolar
from multipolar.evidence.result import GRID, VALUES
from multipolar.evidence.store import Evidence
from multipolar.trade import backtest as room
from multipolar.trade.backtest import FEWEST, MODELS, Backtest, Score, backtest, score, widening
from multipolar.trade.exports import REGIONS
from multipolar.trade.forecast import NEEDED, YEAR, forecast, worth
from multipolar.trade.season import adjust
from multipolar.trade.series import TOLD, monthly
from multipolar.words.errors import MultipolarError
from multipolar.words.money import rate
from trade_fixtures import FIRST, PRODUCT, bundled, own, rows, seasonal, series

SHORT = 62


def test_nothing_after_an_origin_moves_its_forecast_or_its_range() -> None:
    values = seasonal(SHORT, noise=0.1)
    origin = 50
    later = values.copy()
    later[origin:] *= np.linspace(2, 9, SHORT - origin)
    found, changed = backtest(series(values)), backtest(series(later))
    cut = backtest(series(values[:origin]))
    for other in (changed, cut):
        upto = origin - FEWEST + 1
        assert np.array_equal(found.points[:upto], other.points[:upto])
        assert found.models[:upto] == other.models[:upto]
        for months in (1, 3, 12):
            assert np.array_equal(found.range(origin, months), other.range(origin, months))
    # The later months do count later: the test can fail.
    assert not np.array_equal(found.points[-1], changed.points[-1])


def test_the_models_in_closed_form() -> None:
    values = seasonal(48, growth=0.01)
    told = dict(zip(MODELS, room.forecasts(values, FIRST), strict=True))
    logs, ahead = np.log(values), np.log(seasonal(60, growth=0.01))[48:]
    assert np.allclose(told[room.NAIVE], logs[-12:])
    # A year of steady growth is the drift; a straight line goes on in the damped trend and Theta.
    assert np.allclose(told[room.DRIFT], ahead)
    assert np.allclose(told[room.DAMPED], ahead, atol=0.02)
    four = np.stack([told[name] for name in MODELS[:4]])
    assert np.allclose(told[MODELS[4]], np.median(four, axis=0))


def test_theta_is_that_of_statsmodels() -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    level = adjust(seasonal(70, noise=0.1), FIRST).adjusted
    theirs = ThetaModel(level, period=12, deseasonalize=False).fit().forecast(12)
    assert np.allclose(room.theta(level), np.asarray(theirs), atol=1e-3)


def test_exact_growth_is_forecast_by_the_naive_model_with_drift() -> None:
    found = backtest(series(seasonal(SHORT)))
    assert found.models[-1] == room.DRIFT
    assert np.allclose(found.points[-1], seasonal(SHORT + 12)[SHORT:])


def test_skill_of_a_known_forecaster() -> None:
    actual = seasonal(90, noise=0.1)
    points = np.stack(
        [np.resize(actual[at - 12 : at], 12) for at in range(FEWEST, len(actual) + 1)]
    )
    naive = score(Backtest(actual, points, (room.NAIVE,) * len(points)))
    assert naive is not None
    assert (naive.skill, naive.low, naive.high) == (0.0, 0.0, 0.0)
    assert not naive.shown
    # Half the way from last year's month to the truth halves every error.
    truth = np.stack(
        [
            np.r_[actual[at : at + 12], points[at - FEWEST][len(actual[at : at + 12]) :]]
            for at in range(FEWEST, len(actual) + 1)
        ]
    )
    better = score(Backtest(actual, (points + truth) / 2, ("half",) * len(points)))
    assert better is not None
    assert better.skill == pytest.approx(0.5)
    assert better.low == pytest.approx(0.5)
    assert better.shown
    # Each of 66 origins and the 12 months after it, where they are on record.
    assert (better.origins, better.judged) == (42, 30 * 12 + sum(range(1, 13)))


def test_ranges_hold_what_they_say_where_errors_are_alike() -> None:
    inside = judged = 0
    for seed in range(6):
        actual = np.exp(np.random.default_rng(seed).standard_normal(110) * 0.2)
        points = np.ones((len(actual) - FEWEST + 1, 12))
        found = score(Backtest(actual, points, ("one",) * len(points)))
        assert found is not None
        inside, judged = inside + found.inside, judged + found.judged
    assert 0.78 < inside / judged < 0.95


def test_a_range_is_as_wide_as_the_errors_were() -> None:
    # Off by the same factor every month: any quantile of the size of the errors is its log.
    actual, factor = np.full(60, 2.0), 1.25
    found = Backtest(actual, np.full((37, 12), 2.0 / factor), ("off",) * 37)
    path = found.path(60)
    assert path is not None
    width = 0.0
    for ahead in range(1, 13):
        # A later month is no surer.
        width = max(width, factor ** widening(60 - FEWEST - ahead + 1, ahead))
        told = path[ahead - 1] * factor / 2
        assert told == pytest.approx((1 / width, 1.0, width))
    # Errors that are the same in all months add up end to end.
    assert found.range(60, 12) == pytest.approx(path.sum(axis=0))
    assert found.range(60, 1) == pytest.approx(path[0])
    assert found.range(FEWEST + 12, 12) is None


def test_a_sum_is_surer_than_its_months_where_their_errors_are_their_own() -> None:
    actual = np.exp(np.random.default_rng(7).standard_normal(110) * 0.2)
    found = Backtest(actual, np.ones((len(actual) - FEWEST + 1, 12)), ("one",) * 87)
    total, months = found.range(110, 12), found.path(110)
    assert total is not None and months is not None
    # Of independent errors the width grows with the root of 12: a third of that end to end.
    assert np.ptp(total) < 0.5 * np.ptp(months, axis=1).sum()


def test_the_range_of_a_sum_is_never_wider_than_those_of_its_months() -> None:
    bundled()
    for place in ("World", "Ember-Europe", "Ember-Africa"):
        known = monthly(Evidence(), "batteries")[place]
        found = backtest(known)
        for origin in range(FEWEST + 12, len(known.values) + 1, 7):
            for months in (1, 3, 12):
                path, total = found.path(origin, months), found.range(origin, months)
                assert (path is None) == (total is None)
                if path is not None and total is not None:
                    low, central, high = path.sum(axis=0)
                    assert low * (1 - 1e-12) <= total[0] <= total[1] <= total[2]
                    assert total[2] <= high * (1 + 1e-12)
                    assert total[1] == pytest.approx(central)
    data = bundled().data
    for place in data["place"].unique():
        width = pl.col("value_high") - pl.col("value_low")
        here = data.filter(pl.col("place") == place).with_columns(width=width)
        months = here.filter(pl.col("measure") != YEAR)["width"].sum()
        assert here.filter(measure=YEAR)["width"].item() <= months + 12 / GRID


def test_fewer_errors_widen_a_range_more() -> None:
    factors = [widening(count, 1) for count in (8, 20, 60, 10_000)]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] == pytest.approx(1.0, abs=1e-3)
    assert widening(60, 12) == widening(5, 1)


def test_a_newer_month_of_one_region_moves_no_other_forecast(tmp_path: Path) -> None:
    newer = rows(np.full(91, 9e9), "Ember-Europe", product="batteries")[-1:]
    store = own(tmp_path, newer)
    found = {
        place: forecast(store, place=place) for place in ("World", "Ember-Asia", "Ember-Europe")
    }
    assert found["Ember-Europe"].last["Ember-Europe"] == "2025-07"
    for place in ("World", "Ember-Asia"):
        before = bundled().data.filter(place=place)
        assert found[place].last[place] == bundled().last[place] == "2025-06"
        assert found[place].data.equals(before)
    # The newer month counts in its own region: the test can fail.
    assert not found["Ember-Europe"].data.equals(bundled().data.filter(place="Ember-Europe"))


def test_the_months_of_a_forecast_add_up_to_its_year() -> None:
    data = bundled().data
    months = data.filter(pl.col("measure") != YEAR).group_by("place").agg(pl.col("value").sum())
    sums = data.filter(measure=YEAR).select("place", "value")
    assert dict(months.rows()) == dict(sums.rows())


def test_every_number_leads_to_the_months_behind_it() -> None:
    result = bundled().result
    for row in result.data.iter_rows(named=True):
        found = result.explain(**{name: row[name] for name in result.dims})
        assert found.totals() == {value: row[value] for value in VALUES}
        assert row["value_low"] <= row["value"] <= row["value_high"]
    world = result.explain(place="World", month="2026-06")
    assert len(world.records) == 90
    assert {tuple(row.split("/")[4:6]) for row in world.records} == {("CHN", "World")}
    europe = result.explain(place="Ember-Europe", month="2026-06")
    assert {tuple(row.split("/")[4:6]) for row in europe.records} == {("CHN", "Ember-Europe")}


def test_the_bundled_forecasts_say_what_they_are_worth() -> None:
    found = bundled()
    assert set(found.models) == {"World", *REGIONS}
    for place, judged in found.scores.items():
        assert judged is not None
        assert (judged.origins, judged.judged) == (42, 438)
        assert judged.low <= judged.skill <= judged.high
        assert judged.inside_low <= judged.inside / judged.judged <= judged.inside_high
        assert ("no skill shown" in worth(judged)) == (judged.low <= 0 <= judged.high), place


def test_the_words_for_a_score() -> None:
    shown = Score(0.3, 0.1, 0.5, 0.8, 30, 240, 300, 0.6, 0.9)
    assert "no skill" not in worth(shown)
    assert "240 of 300 outcomes" in worth(shown)
    assert worth(shown).endswith("80 (60 to 90) %.")
    assert worth(replace(shown, inside_high=0.7)).endswith("too narrow.")
    assert worth(replace(shown, inside_low=0.85)).endswith("too wide.")
    assert "Too few" in worth(None)


def test_a_series_ends_with_its_last_unbroken_months(tmp_path: Path) -> None:
    values = seasonal(60)
    told = rows(values, "DEU", weight=0.1)
    gap = [row for row in told if row["month"] != "2019-03"]
    store = own(tmp_path, gap, rows(values[:40], "FRA"))
    found = monthly(store, PRODUCT)
    # Nobody tells the World: the partners add up.
    assert set(found) == {"DEU", "FRA", TOLD}
    assert (found["DEU"].first, len(found["DEU"].values)) == (FIRST + 15, 45)
    assert found[TOLD].values[0] == pytest.approx(2 * values[0], rel=1e-6)
    assert monthly(store, PRODUCT, measure="weight").keys() == {"DEU", TOLD}
    # A forecast of the World is that of the partners told.
    assert forecast(store, PRODUCT).result.defaults["place"] == TOLD


def test_a_forecast_in_euros_is_that_of_the_months_in_euros() -> None:
    euros = forecast(Evidence(), place="Ember-Europe", currency="EUR")
    assert set(euros.data["unit"]) == {"million EUR"}
    dollars, own_months = (
        monthly(Evidence(), "batteries", currency=currency)["Ember-Europe"]
        for currency in ("USD", "EUR")
    )
    last = own_months.span(own_months.last, 1) / dollars.span(dollars.last, 1)
    assert last == pytest.approx(rate("EUR", "2025-06").units, rel=1e-12)
    told = euros.result.explain(place="Ember-Europe", month="2026-06").parts["label"].item()
    assert told.endswith("in EUR at the mean rate of each month")


def test_too_few_months_are_told(tmp_path: Path) -> None:
    store = own(tmp_path, rows(seasonal(NEEDED - 1), "DEU"))
    with pytest.raises(MultipolarError, match=f"{NEEDED - 1} months .* needs {NEEDED}"):
        forecast(store, PRODUCT, place="DEU")
    with pytest.raises(MultipolarError, match="no unbroken months of batteries"):
        forecast(Evidence(), place="Germany")


def test_the_command(tmp_path: Path) -> None:
    done = multipolar("forecast", "--months", 3, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert [line[:7] for line in done.out.splitlines()[1:4]] == ["2025-07", "2025-08", "2025-09"]
    assert "from its own months to 2025-06 alone" in done.out
    assert "Skill against last year's months" in done.out
    told = multipolar("forecast", "--format", "json", cwd=tmp_path).json
    assert len(told["rows"]) == 12
    assert told["score"]["origins"] == 42
    assert told["year"][0]["value"] == pytest.approx(sum(row["value"] for row in told["rows"]))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Atlantis",), "unknown place 'Atlantis'"),
        (("Germany",), "Germany has no unbroken months of batteries on record; there is Europe"),
        (("--product", "850760"), "no monthly series of 850760 (Lithium-ion batteries)"),
        (("--product", "phones"), "unknown product 'phones'"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = multipolar("forecast", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"multipolar: {told}")
    assert done.err.count("\n") == 1
