"""Is the verdict the one that the rule of the design gives for hand-made draws?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.claims import Claim, compare
from multipolar.words.errors import EvidenceError

TEXTS = (
    "claim", "figure", "room", "place", "year", "metric", "unit", "value_basis", "statement",
    "needs", "caveat",
)  # fmt: skip
BLANK = dict.fromkeys(TEXTS, "")


def claim(comparator, low=None, high=None):
    return Claim(**BLANK, comparator=comparator, value_low=low, value_high=high, named_sources=())


def verdict(comparator, low, high, draws, central=None):
    draws = np.asarray(draws, dtype=float)
    return compare(
        claim(comparator, low, high), draws, draws.mean() if central is None else central
    )


def share(inside, outside, percent):
    """A hundred draws, so many percent of them inside."""
    return [inside] * percent + [outside] * (100 - percent)


SIDES = [
    # comparator, low, high, a draw for which it holds, a draw for which it fails
    (">", 10, None, 11, 9), (">", 10, None, 11, 10), (">=", 10, None, 10, 9),
    ("<", None, 10, 9, 11), ("<", None, 10, 9, 10), ("<=", None, 10, 10, 11),
    ("range", 10, 20, 10, 9), ("range", 10, 20, 20, 21),
]  # fmt: skip


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (100, "reproduced"), (90, "reproduced"), (89, "undecided"), (50, "undecided"),
        (11, "undecided"), (9, "differs"), (0, "differs"),
    ],
)  # fmt: skip
def test_a_comparator_is_decided_by_nine_draws_in_ten(side, percent, expected):
    comparator, low, high, inside, outside = side
    assert verdict(comparator, low, high, share(inside, outside, percent)) == expected


@pytest.mark.parametrize("side", SIDES)
def test_a_comparator_that_fails_in_exactly_nine_draws_in_ten_differs(side):
    comparator, low, high, inside, outside = side
    assert verdict(comparator, low, high, share(inside, outside, 10)) == "differs"


NARROW, WIDE = np.linspace(95, 105, 101), np.linspace(50, 150, 101)
EQUALITIES = {
    # value, draws (central is their middle, 100), verdict
    "at the centre": (100, NARROW, "reproduced"),
    "within ten percent": (92, NARROW, "reproduced"),
    "just within": (109, np.full(9, 100), "reproduced"),
    "eleven percent of the value off": (90, NARROW, "differs"),
    "off and outside": (120, NARROW, "differs"),
    "close but the range is wide": (100, WIDE, "undecided"),
    "far but inside the wide range": (130, WIDE, "undecided"),
    "outside even the wide range": (149, WIDE, "differs"),
}


@pytest.mark.parametrize("comparator", ["=", "about"])
@pytest.mark.parametrize("kind", EQUALITIES)
def test_an_equality_needs_a_close_centre_and_a_narrow_range(comparator, kind):
    value, draws, expected = EQUALITIES[kind]
    assert verdict(comparator, value, value, draws, central=100.0) == expected


@pytest.mark.parametrize(("width", "expected"), [(49, "reproduced"), (51, "undecided")])
def test_the_range_from_10_to_90_may_be_half_of_the_centre_wide(width, expected):
    draws = np.linspace(100 - width / 1.6, 100 + width / 1.6, 1001)
    assert np.subtract(*np.quantile(draws, (0.9, 0.1))) == pytest.approx(width)
    assert verdict("=", 100, 100, draws, central=100.0) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(6, "undecided"), (94, "undecided"), (4, "differs"), (96, "differs")]
)
def test_an_equality_differs_outside_the_range_from_5_to_95(value, expected):
    assert verdict("=", value, value, np.linspace(0, 100, 1001), central=50.0) == expected


def test_nothing_is_equal_to_nothing():
    assert verdict("=", 0, 0, np.zeros(10)) == "reproduced"
    assert verdict("=", 0, 0, np.ones(10)) == "differs"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(-1e6, 1e6))
def test_a_number_and_its_contrary_are_not_both_reproduced_nor_both_contradicted(draws, number):
    verdicts = verdict(">", number, None, draws), verdict("<=", None, number, draws)
    assert verdicts != ("reproduced", "reproduced")
    assert verdicts != ("differs", "differs")


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_draws_does_not_matter(draws, order):
    shuffled = order.sample(draws, len(draws))
    for comparator in (">", ">=", "range", "="):
        verdicts = {verdict(comparator, 1, 5, values, central=2.0) for values in (draws, shuffled)}
        assert len(verdicts) == 1


@pytest.mark.parametrize("comparator", ["=", ">", "<", "range"])
def test_a_comparator_without_a_number_is_an_error_of_the_evidence(comparator):
    with pytest.raises(EvidenceError, match="comparator but no value"):
        verdict(comparator, None, None, [1.0])
