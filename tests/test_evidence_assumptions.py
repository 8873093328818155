"""Do draws keep to their range, and do like assumptions share theirs?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import row
from multipolar.evidence.assumptions import DRAWS, Assumptions, spread
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence
from multipolar.words.errors import UnknownWord

RANGES = st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted)
SHAPES = st.sampled_from(["triangular", "uniform", "fixed"])


@pytest.fixture(scope="module")
def bundled(evidence):
    return Assumptions(evidence)


@given(st.text(), RANGES, SHAPES)
def test_draws_stay_inside_their_range(name, ends, shape):
    low, central, high = ends
    draws = spread(name, low, central, high, shape, draws=50)
    assert draws.shape == (50,)
    assert ((low <= draws) & (draws <= high)).all()


def test_draws_of_every_bundled_assumption_stay_inside_its_range(bundled):
    for name in bundled:
        entry, draws = bundled[name], bundled.draw(name)
        assert draws.shape == (DRAWS,)
        assert entry.low <= draws.min() <= draws.max() <= entry.high, name
        assert draws.min() < draws.max() or entry.low == entry.high, name


def test_the_same_name_has_the_same_draws(bundled, evidence):
    name = "industry.availability"
    assert np.array_equal(bundled.draw(name), Assumptions(evidence).draw(name))
    assert np.array_equal(spread("a", 0, 1, 3), spread("a", 0, 1, 3))


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_another_name_has_other_draws(names):
    one, other = (spread(name, 0, 1, 3) for name in names)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2


@pytest.mark.parametrize("shape", ["triangular", "uniform"])
def test_another_range_of_the_same_name_shares_its_random_numbers(shape):
    draws = spread("a", 0, 1, 3, shape)
    moved = spread("a", 100, 110, 130, shape)
    assert moved == pytest.approx(100 + 10 * draws, rel=1e-12)


def test_another_seed_has_other_draws(bundled):
    name = "industry.availability"
    assert not np.array_equal(bundled.draw(name, seed=1), bundled.draw(name, seed=2))


@given(RANGES)
def test_a_fixed_assumption_is_its_central_value_in_every_draw(ends):
    assert set(spread("a", *ends, "fixed")) == {ends[1]}


@given(st.floats(-1e6, 1e6))
def test_a_range_without_width_is_one_value(value):
    assert set(spread("a", value, value, value)) == {value}


@pytest.mark.parametrize("ends", [(0, 1, 3), (-5, -5, 5), (10, 20, 20), (80, 85, 90)])
def test_the_mean_and_variance_of_two_triangles_are_those_of_the_closed_form(ends):
    """A triangle of width w has mean w/3 and mean square w²/6, counted from its highest side."""
    low, central, high = ends
    draws = spread("a", *ends, draws=20_000)
    below, above = central - low, high - central
    share = 0.0 if below == 0 else 1.0 if above == 0 else 0.5
    mean = ((1 - share) * above - share * below) / 3
    variance = ((1 - share) * above**2 + share * below**2) / 6 - mean**2
    near = 5 * np.sqrt(variance / draws.size)
    assert draws.mean() == pytest.approx(central + mean, abs=near)
    assert draws.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("ends", [(0, 1, 3), (0, 2.9, 3), (80, 85, 90), (-5, -4.9, 5)])
def test_the_central_value_is_the_median(ends):
    draws = spread("a", *ends, draws=20_000)
    assert np.mean(draws < ends[1]) == pytest.approx(0.5, abs=0.02)


def test_a_label_gives_an_assumption_a_stream_of_its_own(bundled):
    name = "industry.availability"
    one, other = (bundled.draw(name, label=label) for label in ("a", "b"))
    assert np.array_equal(one, bundled.draw(name, label="a"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.15
    assert abs(np.corrcoef(one, bundled.draw(name))[0, 1]) < 0.15


def test_the_mean_and_variance_of_a_flat_range_are_those_of_the_closed_form():
    draws = spread("a", 0, 1, 12, "uniform", draws=20_000)
    assert draws.mean() == pytest.approx(6, abs=5 * np.sqrt(12 / draws.size))
    assert draws.var() == pytest.approx(12, rel=0.05)


def test_an_assumption_of_the_user_is_drawn_like_any_other(workspace, write):
    own = row("assumptions", assumption="test.own", low="1", central="2", high="4", checked="yes")
    import_files(Evidence(workspace), "assumptions", [write("assumptions", [own])])
    found = Assumptions(Evidence(workspace))
    assert (found["test.own"].checked, found["test.own"].source) == (True, "")
    assert found.central("test.own") == 2
    assert np.array_equal(found.draw("test.own"), spread("test.own", 1, 2, 4))


def test_an_unknown_assumption_is_refused_with_a_near_one(bundled):
    with pytest.raises(
        UnknownWord, match=r"unknown assumption .*: did you mean industry\.availability"
    ):
        bundled["industry.availabilty"]


def test_what_nobody_has_checked_has_low_confidence(bundled):
    unchecked = [bundled[name] for name in bundled if not bundled[name].checked]
    assert unchecked
    assert {entry.confidence for entry in unchecked} == {"low"}


def test_what_is_somebody_s_guess_is_not_called_checked(bundled):
    """Words of a note by which a number is our own, and not that of a source that was read."""
    words = ("own guess", "own reading", "own curve", "believed", "is our own", "are our own")
    for name in bundled:
        if bundled[name].checked:
            said = bundled[name].note
            assert not [word for word in words if word in said], name


def test_completeness_covers_what_its_notes_measured(bundled):
    """Ratios of published capacity to our sum: see the notes of the rows."""
    measured = {"china": (0.8, 0.98, 1.3), "elsewhere": (0.9, 1.05, 1.2, 1.3),
                "before-2022": (0.3, 1.07, 1.6)}  # fmt: skip
    for where, ratios in measured.items():
        entry = bundled[f"industry.completeness.{where}"]
        assert all(f"{ratio:g}" in entry.note for ratio in ratios)
        assert entry.low <= min(ratios) and max(ratios) <= entry.high


def test_every_bundled_assumption_has_a_range_in_order(bundled):
    entries = [bundled[name] for name in bundled]
    assert all(e.low <= e.central <= e.high for e in entries)
    assert all(e.low < e.high for e in entries if e.distribution != "fixed")
