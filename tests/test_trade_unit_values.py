"""Are absurd unit values found, and is nothing replaced in silence?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp, log
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.store import Evidence
from multipolar.trade.question import Question, lines
from multipolar.trade.unit_values import (
    ABOVE,
    ALONE,
    BELOW,
    FILLED,
    LIMIT,
    MISSING,
    NORMAL,
    unit_values,
)


@pytest.fixture(scope="module")
def assumptions() -> Assumptions:
    return Assumptions(Evidence())


def flows(prices: list[float | None], value: float = 1000.0) -> pl.DataFrame:
    """Flows of one product and year at these US$/kg."""
    return pl.DataFrame(
        {
            "product": "850760",
            "year": 2023,
            "value": value,
            "weight": [None if price is None else value / price for price in prices],
        },
        schema_overrides={"weight": pl.Float64},
    )


def test_deviations_are_those_worked_out_by_hand(assumptions: Assumptions) -> None:
    """Logs 1, 2, 3, 4, 10: median 3, absolute deviations 2, 1, 0, 1, 7 with median 1."""
    found = unit_values(flows([exp(n) for n in (1, 2, 3, 4, 10)]), assumptions)
    z = [n / NORMAL for n in (-2, -1, 0, 1, 7)]
    assert found["deviations"].to_list() == pytest.approx(z)
    assert found["usual"].to_list() == pytest.approx([exp(3)] * 5)
    assert found["usual_low"][0] == pytest.approx(exp(2))
    assert found["usual_high"][0] == pytest.approx(exp(4))
    assert found["flag"].to_list() == ["", "", "", "", ABOVE]


def test_a_flagged_weight_is_estimated_and_the_reported_one_stays(assumptions: Assumptions) -> None:
    rows = flows([exp(n) for n in (1, 2, 3, 4, -9)])
    found = unit_values(rows, assumptions).row(4, named=True)
    assert found["flag"] == BELOW
    assert found["weight"] == rows["weight"][4]
    usual = [found[name] for name in ("usual_high", "usual", "usual_low")]
    weights = [found[f"weight_estimate{end}"] for end in ("_low", "", "_high")]
    assert weights == pytest.approx([1000.0 / price for price in usual])


def test_a_missing_weight_is_estimated(assumptions: Assumptions) -> None:
    found = unit_values(flows([9.0, 10.0, 11.0, 12.0, 8.0, None]), assumptions)
    assert found["flag"].to_list()[-1] == MISSING
    assert found["weight"][5] is None
    assert found["weight_estimate"][5] == pytest.approx(1000.0 / 10.0)


def test_the_part_without_weight_is_added_to_the_part_with_one(assumptions: Assumptions) -> None:
    rows = flows([9.0, 10.0, 11.0, 12.0, 8.0]).with_columns(
        value_weighed=pl.col("value"), value=pl.Series([1000.0, 1500.0, 1000.0, 1000.0, 1000.0])
    )
    found = unit_values(rows, assumptions)
    assert found["unit_value"][1] == pytest.approx(10.0)
    assert found["weight_estimate"][1] == pytest.approx(100.0 + 500.0 / 10.0)
    assert found["weight"][1] == pytest.approx(100.0)
    assert found["weight_estimate"][0] == rows["weight"][0]


def test_a_standard_value_of_the_publisher_is_no_evidence(assumptions: Assumptions) -> None:
    own = [8.0, 9.0, 10.0, 11.0, 12.0]
    found = unit_values(flows([*own, *[57.175] * 9]), assumptions)
    assert found["flag"].to_list() == [""] * 5 + [FILLED] * 9
    assert found["usual"][0] == pytest.approx(10.0)
    assert found["weight_estimate"].to_list() == found["weight"].to_list()


def test_few_statements_are_not_judged(assumptions: Assumptions) -> None:
    found = unit_values(flows([1.0, 10.0, 1000.0]), assumptions)
    assert set(found["flag"]) == {ALONE}
    assert found["deviations"].null_count() == 3


def test_products_and_years_are_judged_apart(assumptions: Assumptions) -> None:
    cheap = flows([1.0, 1.1, 0.9, 1.2, 0.8, 30.0])
    dear = flows([27.0, 30.0, 33.0, 29.0, 31.0, 1.0]).with_columns(product=pl.lit("260400"))
    found = unit_values(pl.concat([cheap, dear]), assumptions)
    assert found["flag"].to_list() == [*[""] * 5, ABOVE, *[""] * 5, BELOW]


def test_a_reporter_is_judged_by_all_it_tells(assumptions: Assumptions) -> None:
    """A reporter whose every weight is a thousandth shows as such in each of its flows."""
    sellers = ["CHN", "KOR", "JPN", "POL", "DEU", "HUN"]
    prices = {seller: 20.0 + n for n, seller in enumerate(sellers)} | {"HUN": 25_000.0}
    rows = pl.DataFrame(
        {
            "product": "850760", "year": 2023, "exporter": seller, "importer": buyer,
            "told_by": "exporter", "value": 1000.0,
            "weight": 1000.0 / (prices[seller] * factor),
        }
        for seller in sellers
        for buyer, factor in (("USA", 1.0), ("GBR", 1.1), ("BRA", 0.93))
    )  # fmt: skip
    found = unit_values(rows, assumptions)
    flagged = found.filter(pl.col("reporter_flag") == ABOVE)
    assert set(flagged["exporter"]) == {"HUN"}
    assert flagged.height == 3


@given(
    logs=st.lists(st.floats(-8, 8), min_size=5, max_size=30, unique=True),
    price=st.floats(0.01, 100),
    size=st.floats(0.01, 100),
)
def test_currency_and_size_flag_nothing(
    assumptions: Assumptions, logs: list[float], price: float, size: float
) -> None:
    """Deviations are the same in any currency and for flows of any size; flags follow from them."""
    rows = flows([exp(n) for n in logs])
    one = unit_values(rows, assumptions)
    other = unit_values(
        rows.with_columns(pl.col("value") * price * size, pl.col("weight") * size), assumptions
    )
    judged = (one["flag"] != FILLED) & (other["flag"] != FILLED)
    a, b = one.filter(judged)["deviations"], other.filter(judged)["deviations"]
    if judged.all():
        assert a.to_list() == pytest.approx(b.to_list(), rel=1e-6, abs=1e-6)
    limit = assumptions.central(LIMIT)
    far = one.filter(judged & one["deviations"].is_not_null())
    assert ((far["deviations"].abs() > limit) == far["flag"].is_in([ABOVE, BELOW])).all()
    assert one["weight"].to_list() == rows["weight"].to_list()
    assert (one["weight_estimate_low"] <= one["weight_estimate"] * (1 + 1e-9)).all()


def test_the_absurd_ones_of_the_office_are_flagged(
    shared: Callable[..., Path], tmp_path: Path
) -> None:
    """2023: Hungary 165 US$/kg and the Netherlands 5, against 27.3 for China."""
    from multipolar.bring import bring

    file = shared("data", "un-comtrade-2023-battery-products", "trade_data.csv")
    bring(Evidence(tmp_path / "w"), "un-comtrade", [file])
    question = Question(
        ("year", "product", "exporter"), ("850760",), told_by="exporter", unit_values=True
    )
    found = lines(Evidence(tmp_path / "w"), question)
    rows = {row["exporter"]: row for row in found.iter_rows(named=True)}
    assert rows["CHN"]["unit_value"] == pytest.approx(27.304, abs=1e-3)
    assert rows["HUN"]["unit_value"] == pytest.approx(165.25, abs=0.01)
    assert rows["NLD"]["unit_value"] == pytest.approx(4.961, abs=1e-3)
    flags = {place: rows[place]["flag"] for place in ("CHN", "KOR", "POL", "HUN", "NLD", "USA")}
    assert flags == {"CHN": "", "KOR": "", "POL": "", "HUN": ABOVE, "NLD": BELOW, "USA": FILLED}
    assert rows["HUN"]["weight"] == pytest.approx(62.556e6, rel=1e-4)
    assert rows["HUN"]["weight_estimate"] > 3 * rows["HUN"]["weight"]
    assert log(rows["CHN"]["weight_estimate"]) == log(rows["CHN"]["weight"])
    without = lines(Evidence(tmp_path / "w"), replace(question, unit_values=False))
    sums = {row["exporter"]: row["weight"] for row in without.iter_rows(named=True)}
    assert sums == {place: row["weight"] for place, row in rows.items()}, "one word, one meaning"
