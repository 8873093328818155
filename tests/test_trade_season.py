"""A series and its season: they add up, a known season comes back, units do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from multipolar.evidence.store import Evidence
from multipolar.trade.season import YEAR, adjust
from multipolar.trade.series import monthly
from multipolar.words.errors import MultipolarError
from trade_fixtures import FIRST, seasonal

lengths, starts = st.integers(24, 90), st.integers(0, 11)


@settings(max_examples=30)
@given(lengths, starts, st.integers(0, 1000))
def test_both_parts_add_up_to_the_logs(months: int, start: int, seed: int) -> None:
    values = seasonal(months, noise=0.3, seed=seed)
    found = adjust(values, FIRST + start)
    assert np.allclose(found.adjusted + found.seasonal, np.log(values), rtol=0, atol=1e-12)


@settings(max_examples=20)
@given(lengths, st.floats(1e-6, 1e6))
@example(24, 84.0)
def test_another_unit_moves_the_level_alone(months: int, factor: float) -> None:
    values = seasonal(months, noise=0.2)
    found, scaled = adjust(values, FIRST), adjust(values * factor, FIRST)
    assert np.allclose(scaled.adjusted, found.adjusted + np.log(factor), rtol=0, atol=1e-6)
    assert np.allclose(scaled.seasonal, found.seasonal, rtol=0, atol=1e-6)
    assert np.allclose(scaled.ahead, found.ahead, rtol=0, atol=1e-6)


@pytest.mark.parametrize("start", range(12))
@pytest.mark.parametrize("growth", [0.0, 0.02, -0.01])
def test_an_exact_season_leaves_a_straight_trend(growth: float, start: int) -> None:
    # The season moves with the calendar, so that the series may begin in any month.
    values = seasonal(start + 60, growth)[start:]
    found = adjust(values, FIRST + start)
    # Inside the record January and February are both known.
    assert np.allclose(np.diff(found.adjusted[2:-2]), growth, rtol=0, atol=1e-6)
    assert np.allclose(found.ahead, found.seasonal[-YEAR:], rtol=0, atol=1e-6)


def test_what_moves_between_january_and_february_is_season() -> None:
    values = seasonal(72)
    moved = values.copy()
    shift = 0.3 * values[36]
    moved[36] -= shift
    moved[37] += shift
    plain, found = adjust(values, FIRST), adjust(moved, FIRST)
    assert np.allclose(found.adjusted, plain.adjusted, rtol=0, atol=1e-9)
    assert found.seasonal[36] < plain.seasonal[36]
    # In any other two months the same shift is no season.
    moved = values.copy()
    moved[40] -= shift
    moved[41] += shift
    assert np.abs(adjust(moved, FIRST).adjusted - plain.adjusted).max() > 0.1


def test_february_is_weak_in_the_real_exports() -> None:
    world = monthly(Evidence(), "batteries")["World"]
    found = adjust(np.array(world.values), world.first)
    by_month = found.seasonal[: 7 * YEAR].reshape(7, YEAR).mean(axis=0)
    assert by_month.argmin() == 1


@pytest.mark.parametrize("values", [np.ones(23), np.r_[np.ones(30), 0.0], np.r_[np.ones(30), -1.0]])
def test_no_season_where_there_is_none(values: np.ndarray) -> None:
    with pytest.raises(MultipolarError, match="season"):
        adjust(values, FIRST)
