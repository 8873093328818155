"""Do the claims of Figure 15 get an answer that never sees what the study says?"""

import inspect

import numpy as np
import pytest

from multipolar.cells.claims import compute, curves
from multipolar.cells.claims.room import Cells
from multipolar.evidence.claims import claims, judge
from multipolar.evidence.store import Evidence

EVIDENCE = Evidence()
ROOM = Cells(EVIDENCE)
KNOWN = claims(EVIDENCE)


@pytest.mark.parametrize("claim", sorted(curves.CLAIMS))
def test_every_answer_is_finite_and_has_rows_behind_it(claim):
    found = compute(ROOM, claim)
    assert found.records
    assert np.isfinite(found.draws).all()
    assert found.note


def test_every_claim_of_the_figure_on_prices_is_answered():
    wanted = {name for name, claim in KNOWN.items() if name.startswith("fig15-")}
    assert wanted <= set(curves.CLAIMS)
    assert {KNOWN[name].room for name in curves.CLAIMS} == {"cells"}


def test_no_function_knows_a_claimed_value():
    text = inspect.getsource(curves)
    for value in ("827", "108", "124", "157", " 50.0", " 75.0"):
        assert value not in text


@pytest.mark.parametrize("claim", ["fig15-liion-price-2013", "fig15-liion-price-now"])
def test_the_price_of_the_source_that_the_study_names_is_carried(claim):
    verdict = judge(KNOWN[claim], compute(ROOM, claim), EVIDENCE)
    assert verdict.verdict == "carried"


def test_the_price_of_2013_is_the_one_of_the_survey_in_money_of_2025():
    assert compute(ROOM, "fig15-liion-price-2013").central == pytest.approx(819.6, abs=0.1)


def test_a_steady_fall_is_one_without_a_rise_in_any_year():
    found = compute(ROOM, "fig15-liion-steady-fall")
    curve = ROOM.curves.all["Li-ion", "pack", "World"]
    falls = np.ones(len(found.draws), dtype=bool)
    for year in range(2026, 2031):
        falls &= curve.at(year) < curve.at(year - 1)
    assert np.array_equal(found.draws < 0, falls)
