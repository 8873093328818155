"""Is the value between two statements of a flow where it should be?"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.store import Evidence
from multipolar.trade.flows import countries
from multipolar.trade.mirror import FREIGHT, mirror

Row = dict[str, Any]


@pytest.fixture(scope="module")
def assumptions() -> Assumptions:
    return Assumptions(Evidence())


def told(by: str, value: float, basis: str = "", **changes: Any) -> Row:
    usual = {
        "product": "283691", "month": "2022-12", "months": 12, "exporter": "CHL",
        "importer": "CHN", "told_by": by, "value": value,
        "basis": basis or ("CIF" if by == "importer" else "FOB"),
    }  # fmt: skip
    return usual | changes


def between(assumptions: Assumptions, *rows: Row) -> Row:
    return mirror(pl.DataFrame(list(rows)), assumptions).row(0, named=True)


def test_equal_statements_give_that_value(assumptions: Assumptions) -> None:
    cif = assumptions.central(FREIGHT)
    found = between(assumptions, told("exporter", 100.0), told("importer", 100.0 * cif))
    assert found["value"] == pytest.approx(100.0)
    assert found["discrepancy"] == pytest.approx(0.0, abs=1e-12)
    assert found["ratio"] == pytest.approx(cif)
    assert found["value_low"] <= 100.0 <= found["value_high"]


def test_the_mean_of_both_at_the_border_of_the_exporter(assumptions: Assumptions) -> None:
    freight = assumptions[FREIGHT]
    found = between(assumptions, told("exporter", 100.0), told("importer", 200.0))
    assert found["value"] == pytest.approx((100.0 + 200.0 / freight.central) / 2)
    assert found["discrepancy"] == pytest.approx(log(2 / freight.central))
    assert (found["value_low"], found["value_high"]) == (100.0, pytest.approx(200.0 / freight.low))


def test_one_statement_stands_for_itself(assumptions: Assumptions) -> None:
    freight = assumptions[FREIGHT]
    exporter = between(assumptions, told("exporter", 100.0))
    assert [exporter[end] for end in ("value_low", "value", "value_high")] == [100.0] * 3
    importer = between(assumptions, told("importer", 100.0))
    ends = [importer[end] for end in ("value_low", "value", "value_high")]
    assert ends == pytest.approx([100 / f for f in (freight.high, freight.central, freight.low)])
    assert importer["ratio"] is None


def test_imports_without_freight_are_taken_as_they_are(assumptions: Assumptions) -> None:
    found = between(assumptions, told("exporter", 50.0), told("importer", 70.0, basis="FOB"))
    assert (found["value_low"], found["value"], found["value_high"]) == (50.0, 60.0, 70.0)


def test_what_somebody_reconciled_already_is_left_out(assumptions: Assumptions) -> None:
    rows = pl.DataFrame(
        [told("both", 10.0), told("exporter", 5.0), told("exporter", 0.0, importer="KOR")]
    )
    assert mirror(rows, assumptions)["value"].to_list() == [5.0]


@given(
    values=st.lists(
        st.tuples(st.floats(1e-3, 1e12), st.floats(1e-3, 1e12)), min_size=1, max_size=20
    ),
    scale=st.floats(1e-3, 1e3),
)
def test_values_lie_between_and_scale(
    assumptions: Assumptions, values: list[tuple[float, float]], scale: float
) -> None:
    def rows(by: float) -> pl.DataFrame:
        return pl.DataFrame(
            told(side, value * by, month=f"{2000 + year}-12")
            for year, pair in enumerate(values)
            for side, value in zip(("exporter", "importer"), pair, strict=True)
        )

    one, other = mirror(rows(1.0), assumptions), mirror(rows(scale), assumptions)
    assert one.height == len(values)
    assert (one["value_low"] <= one["value"] * (1 + 1e-12)).all()
    assert (one["value"] <= one["value_high"] * (1 + 1e-12)).all()
    assert other["value"].to_list() == pytest.approx((one["value"] * scale).to_list())
    assert other["ratio"].to_list() == pytest.approx(one["ratio"].to_list())


def test_sides_change_places(assumptions: Assumptions) -> None:
    """With both FOB nothing depends on who says what."""
    one = between(assumptions, told("exporter", 3.0), told("importer", 9.0, basis="FOB"))
    other = between(assumptions, told("exporter", 9.0), told("importer", 3.0, basis="FOB"))
    assert one["value"] == other["value"]
    assert one["discrepancy"] == pytest.approx(-other["discrepancy"])


@pytest.fixture(scope="module")
def against(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., pl.DataFrame]:
    """against(comtrade, baci, assumptions): our flows of 2022 beside those of CEPII."""

    def against(comtrade: Path, baci: Path, assumptions: Assumptions) -> pl.DataFrame:
        from multipolar.readers.comtrade import read

        out = tmp_path_factory.mktemp("flows") / "flows.parquet"
        read(comtrade, out, "")
        rows = countries(pl.read_parquet(out)).filter(pl.col("area").is_null())
        theirs = pl.read_csv(baci, schema_overrides={"cmd": pl.String}).select(
            product="cmd", exporter="i", importer="j", theirs="value"
        )
        return mirror(rows, assumptions).join(theirs, on=["product", "exporter", "importer"])

    return against


def test_against_an_independent_reconciliation(
    shared: Callable[..., Path], against: Callable[..., pl.DataFrame], assumptions: Assumptions
) -> None:
    """CEPII reconciles the same statements with freight and weights of its own."""
    files = (
        shared("data", "un-comtrade-raw-2022", "comtrade_2022.csv"),
        shared("data", "cepii-baci-battery-minerals", "baci_2022.csv"),
    )
    pairs = against(*files, assumptions)
    both = pairs.filter(pl.col("discrepancy").is_not_null())
    assert both.height > 700

    def off(value: pl.Expr, rows: pl.DataFrame = both) -> float:
        return float(rows.select((value / pl.col("theirs")).log().abs().median()).item())

    exporter, importer = pl.col("value_exporter"), pl.col("value_importer")
    ours, mean = off(pl.col("value")), off((exporter + importer) / 2)
    assert ours < off(exporter) / 2
    assert ours < 0.1
    # The plain mean of FOB and CIF comes nearer, since this release takes hardly any freight off:
    # what one importer alone states it carries unchanged.
    assert mean < ours < mean + 0.02
    alone = pairs.filter(exporter.is_null())
    assert off(importer, alone) < 0.001
    assert off(pl.col("value"), alone) == pytest.approx(
        log(assumptions.central(FREIGHT)), abs=0.001
    )
    inside = pl.col("theirs").is_between(pl.col("value_low") * 0.95, pl.col("value_high") * 1.05)
    assert both.select(inside.mean()).item() > 0.95
