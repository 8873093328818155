"""Do the parts of a number add up to it to the last digit, whatever the parts?"""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from multipolar.evidence.result import GRID, VALUES, Result, add_up

GROUPS = ("World", "Europe", "EU27", "Asia", "OECD-partners")
#: Steps of the grid: numbers up to some 10,000 GWh, exact to the last digit.
ON_GRID = st.integers(-(10**10), 10**10).map(lambda steps: steps / GRID)
PLACE = st.sampled_from(["DEU", "FRA", "POL", "GBR", "CHN", "JPN", "USA", "BRA"])


@st.composite
def parts(draw, ratio):
    found = []
    for number in range(draw(st.integers(1, 25))):
        whole = draw(st.integers(0, 5)) == 0
        below = ratio and draw(st.booleans())
        values = [draw(ON_GRID) for _ in VALUES]
        if below:
            values = [abs(value) + 1 for value in values]
        found.append(
            {
                "place": draw(PLACE | st.sampled_from(GROUPS)) if whole else draw(PLACE),
                "domicile": draw(PLACE | st.just("all")),
                "chemistry": draw(st.sampled_from(["LFP", "NMC"])),
                "whole": whole,
                "role": "below" if below else "above" if ratio else "sum",
                "item": f"item-{number % 7}",
                **dict(zip(VALUES, values, strict=True)),
            }
        )  # fmt: skip
    return pl.DataFrame(found)


def result(evidence, parts, dims):
    data = add_up(parts, dims, GROUPS).with_columns(pl.lit("GWh/yr").alias("unit"))
    items = parts.select("item").unique().with_columns(
        pl.col("item").alias("label"), pl.lit("plants").alias("table"),
        pl.lit([], pl.List(pl.String)).alias("records"),
        pl.lit([], pl.List(pl.String)).alias("assumptions"),
    )  # fmt: skip
    return Result(dims, data, parts, items, (), {}, evidence)


def assert_exact(found):
    for row in found.data.iter_rows(named=True):
        explained = found.explain(**{dim: row[dim] for dim in found.dims})
        assert explained.totals() == {name: row[name] for name in VALUES}, row


@given(parts=parts(ratio=False))
@settings(max_examples=30)
def test_every_row_equals_the_total_of_its_explanation_exactly(evidence, parts):
    found = result(evidence, parts, ("place", "chemistry"))
    assert found.data.height > 0
    assert_exact(found)


@given(parts=parts(ratio=True))
@settings(max_examples=30)
def test_every_ratio_equals_that_of_its_explanation_exactly(evidence, parts):
    assert_exact(result(evidence, parts, ("place", "chemistry")))


@given(parts=parts(ratio=False))
@settings(max_examples=15)
def test_that_holds_with_a_place_and_a_domicile(evidence, parts):
    assert_exact(result(evidence, parts, ("place", "domicile")))


@given(parts=parts(ratio=False), order=st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_the_parts_does_not_change_a_digit(parts, order):
    rows = parts.rows(named=True)
    order.shuffle(rows)
    shuffled = pl.DataFrame(rows, schema=parts.schema)
    one, other = (add_up(frame, ("place",), GROUPS) for frame in (parts, shuffled))
    assert one.equals(other)


@given(parts=parts(ratio=False))
@settings(max_examples=30)
def test_a_group_is_exactly_the_sum_of_its_countries(parts):
    parts = parts.filter(~pl.col("whole"))
    totals = {
        row[0]: row[1]
        for row in add_up(parts, ("place",), ["World"]).select("place", "value").rows()
    }
    assert totals.pop("World", 0) == sum(totals.values())
