"""Is the share of a supplier what one computes by hand, also where nobody is named?"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from conftest import as_csv, row
from multipolar.evidence.imports import import_files
from multipolar.evidence.result import VALUES
from multipolar.evidence.store import Evidence
from multipolar.trade.dependence import HHI, IMPORTS, SHARE, dependence
from multipolar.words.errors import MultipolarError

#: A code of the supply chain of which nothing is bundled.
CODE = "282520"


def flow(exporter: str, importer: str, value: float, told_by: str = "importer") -> dict[str, str]:
    return row(
        "trade", record=f"test-{exporter}-{importer}-{told_by}", product=CODE, exporter=exporter,
        importer=importer, value=str(value), told_by=told_by, weight="",
        basis="CIF" if told_by == "importer" else "FOB",
    )  # fmt: skip


def found(
    tmp_path: Path, flows: list[dict[str, str]], place: str, measure: str
) -> tuple[float, ...]:
    file = tmp_path / "flows.csv"
    file.write_text(as_csv("trade", flows), encoding="utf-8")
    import_files(Evidence(tmp_path / "workspace"), "trade", [file])
    data = dependence(Evidence(tmp_path / "workspace")).data
    (line,) = data.filter(product=CODE, place=place, measure=measure).iter_rows(named=True)
    return tuple(line[name] for name in VALUES)


FLOWS = [
    flow("CHN", "DEU", 20e6), flow("KOR", "DEU", 30e6), flow("World", "DEU", 100e6),
    flow("CHN", "FRA", 10e6), flow("DEU", "FRA", 90e6),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "measure", "told"),
    [
        # Half of what Germany buys has no seller: China has 20 to 70 of 100, 40 % of those named.
        ("DEU", SHARE, (20.0, 40.0, 70.0)),
        ("DEU", IMPORTS, (50.0, 50.0, 100.0)),
        # Thin: 0.2 and 0.3; named: 0.4 and 0.6; all of it from the larger: 0.2 and 0.8.
        ("DEU", HHI, (1300.0, 5200.0, 6800.0)),
        ("FRA", SHARE, (10.0, 10.0, 10.0)),
        # Germany's sale to France is inside; the unnamed half is not known to be outside.
        ("EU27", SHARE, (100 * 30 / 110, 50.0, 100 * 80 / 110)),
    ],
)
def test_the_share_of_a_supplier(
    tmp_path: Path, place: str, measure: str, told: tuple[float, ...]
) -> None:
    assert found(tmp_path, FLOWS, place, measure) == pytest.approx(told)


def test_a_total_of_another_source_is_not_held_against_the_flows_of_one(tmp_path: Path) -> None:
    """Freight and other methods are no suppliers."""
    total = flow("World", "FRA", 150e6) | {"source": "https://example.org/other"}
    assert found(tmp_path, [*FLOWS, total], "FRA", SHARE) == pytest.approx((10.0, 10.0, 10.0))


def test_the_ends_hold_the_middle_and_every_number_is_explained() -> None:
    result = dependence(Evidence())
    ordered = (pl.col("value_low") <= pl.col("value")) & (pl.col("value") <= pl.col("value_high"))
    assert result.data.select(ordered.all()).item()
    assert result.data.filter(
        (pl.col("measure") == SHARE) & (pl.col("value_high") > 100)
    ).is_empty()
    for line in result.data.sample(60, seed=3).iter_rows(named=True):
        told = result.explain(**{name: line[name] for name in result.dims})
        assert told.totals() == {name: line[name] for name in VALUES}


def test_a_supplier_is_one_country() -> None:
    with pytest.raises(MultipolarError, match="name one country"):
        dependence(Evidence(), "EU27")
    assert dependence(Evidence(), "CHL").data.filter(place="OECD").is_empty()
