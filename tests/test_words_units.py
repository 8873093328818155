"""Do units convert into each other, and only within one quantity?"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.words.errors import UnitMismatch, UnknownWord
from multipolar.words.units import factor, units

QUANTITY = {unit: quantity for unit, (quantity, _) in units().items()}
PAIRS = [(a, b) for a, b in product(QUANTITY, QUANTITY) if QUANTITY[a] == QUANTITY[b]]
OTHER = [(a, b) for a, b in product(QUANTITY, QUANTITY) if QUANTITY[a] != QUANTITY[b]]


@given(st.sampled_from(PAIRS), st.floats(-1e12, 1e12))
def test_a_value_converted_there_and_back_is_the_same(pair, value):
    unit, to = pair
    assert value * factor(unit, to) * factor(to, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("quantity", sorted(set(QUANTITY.values())))
def test_every_quantity_has_a_base_unit(quantity):
    assert 1 in [size for owner, size in units().values() if owner == quantity]


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("TWh/yr", "MWh/yr", 1e6), ("kWh", "GWh", 1e-6), ("Mt/yr", "t/yr", 1e6),
        ("share", "%", 100), ("years", "months", 12), ("kg", "t", 1e-3),
        ("billion US$", "million US$", 1000), ("kg/kWh", "t/GWh", 1000),
    ],
)  # fmt: skip
def test_conversions_by_hand(unit, to, expected):
    assert factor(unit, to) == pytest.approx(expected, rel=1e-12)


@given(st.sampled_from(OTHER))
def test_units_of_other_quantities_do_not_convert(pair):
    unit, to = pair
    with pytest.raises(UnitMismatch, match="cannot convert"):
        factor(unit, to)


def test_capacity_and_energy_are_not_the_same():
    with pytest.raises(UnitMismatch, match=r"GWh/yr \(capacity\) to GWh \(energy\)"):
        factor("GWh/yr", "GWh")


@pytest.mark.parametrize("pair", [("GWhh", "GWh"), ("GWh", "GWhh")])
def test_an_unknown_unit_is_refused_with_near_ones(pair):
    with pytest.raises(UnknownWord, match="unknown unit 'GWhh': did you mean GWh"):
        factor(*pair)
