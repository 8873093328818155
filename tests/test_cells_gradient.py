"""Is the derivative that comes with a cost that of finite differences, for every input?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells_fixtures import europe, evidence, plant, rival
from multipolar.cells.levers import Levers
from multipolar.cells.market import Market, evaluate, market
from multipolar.cells.tape import Var, dot, exp, gradient, larger, log, total

DRAWS = 12
SET = Levers(
    duty_cell=0.2, quota_share=0.3, duty_in_quota=0.05, duty_cathode=0.1, duty_anode=0.2,
    credit_cell=20, credit_material=0.1, ramp_support=0.4, capital_grant=0.2, tax_kept=0.04,
    tax_kept_material=0.05, local_content=0.5, local_premium=4, carbon_price=60, transfer=0.5,
    electricity_relief=0.02, co_location=1,
)  # fmt: skip
NOT_SMOOTH = "lever.credit-content"


def differences(found: Market, name: str, values: dict) -> np.ndarray:  # type: ignore[type-arg]
    """Central differences of fourth order."""
    at = np.asarray(values[name], float)
    step = 1e-3 * np.maximum(np.abs(at), 1e-2)
    moved = [
        evaluate(found.gap, {**values, name: at + k * step * np.ones(DRAWS)}, DRAWS)
        for k in (-2, -1, 1, 2)
    ]
    return (moved[0] - 8 * moved[1] + 8 * moved[2] - moved[3]) / (12 * step)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (europe(age=3), "no policy"),
        (europe("NMC", SET, age=2, dry=0.5, automation=0.5, gwh=20), "every lever"),
        (market(evidence(), plant("USA", "NMC811"), rival("NMC811")), "the States"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_gradient_is_that_of_differences_for_every_input(found: Market, chosen: str) -> None:
    value, slopes = found.gradient(found.gap, DRAWS)
    values = found.values(DRAWS)
    assert np.allclose(value, found.draw(found.gap, DRAWS), rtol=1e-13)
    assert set(slopes) == set(values)
    moving = 0
    for name in slopes:
        if name == NOT_SMOOTH:
            continue
        expected = differences(found, name, values)
        scale = np.maximum(np.abs(expected), 1e-3)
        assert (np.abs(slopes[name] - expected) / scale).max() < 1e-6, name
        moving += bool(np.abs(expected).max() > 0)
    assert moving > 60


def test_a_lever_at_zero_has_the_slope_of_its_line() -> None:
    found = europe(age=3)
    _, slopes = found.gradient(found.gap, DRAWS)
    for lever in ("duty_cell", "credit_cell", "ramp_support", "capital_grant", "carbon_price"):
        line = found.line(lever, DRAWS)
        assert np.allclose(slopes[f"lever.{lever.replace('_', '-')}"], line.slope)


def test_what_moves_the_gap_most_is_found_by_moving_it() -> None:
    found = europe(age=3)
    swings = found.swings(found.gap)
    x = {**found.inputs.central(), **found.levers.values()}
    top = swings[0]
    ends = np.quantile(found.inputs.named[top.name].draw(1000, 2026), (0.1, 0.9))
    by_hand = [float(found.gap({**x, top.name: end})) for end in ends]
    assert [top.low, top.high] == pytest.approx(by_hand)
    assert [s.size for s in swings] == sorted((s.size for s in swings), reverse=True)


@given(st.lists(st.floats(0.2, 3), min_size=4, max_size=4))
def test_every_operation_has_its_derivative(numbers: list[float]) -> None:
    def function(x):  # type: ignore[no-untyped-def]
        a, b, c, d = (x[name] for name in "abcd")
        part = dot((a, b), (2.0, c), (d, a)) + total(a, 1.0, b) - larger(a, c) * 0.5
        return exp(-a * 0.3) * log(b + 1.0) / (1.0 + c) + (1.0 - d) / b + part * (a - 2.0) - (-d)

    values = dict(zip("abcd", numbers, strict=True))
    if abs(values["a"] - values["c"]) < 1e-3:
        return
    _, slopes = gradient(function, values, [])
    for name in values:
        step = 1e-5
        up, down = (function({**values, name: values[name] + s}) for s in (step, -step))
        assert slopes[name] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-6)


def test_draws_are_never_written_over() -> None:
    found = europe(age=2)
    values = found.values(50)
    kept = {name: np.copy(value) for name, value in values.items()}
    evaluate(found.gap, values, 50)
    tape: list[Var] = []
    gradient(found.gap, values, tape)
    assert all(np.array_equal(kept[name], values[name]) for name in values)
    one, two = np.ones(3), np.ones(3)
    assert total(one, two).tolist() == [2, 2, 2] and dot((one, 1.0), (two, 1.0))[0] == 2
    assert one.tolist() == [1, 1, 1]


def test_blocks_do_not_show() -> None:
    found = europe(age=3)
    many = found.draw(found.gap, 40_000)
    values = found.values(40_000)
    assert np.array_equal(many, np.asarray(found.gap(values)))
