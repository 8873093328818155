"""Does Spark give the same sums? The same function on the same synthetic Parquet as on DuckDB."""

from __future__ import annotations

import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from multipolar.trade.aggregate import SUMS, shares, totals

MAKE = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "trade_scale.py"))["make"]
#: What sums in another order may differ by, as a part of the sum.
ROUNDING = 1e-12


def java() -> bool:
    """Whether a Java runs, which Spark needs."""
    if shutil.which("java") is None:
        return False
    return subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A local Spark session of one thread."""
    sql = pytest.importorskip("pyspark.sql", reason="needs PySpark: pip install multipolar[spark]")
    if not java():
        pytest.skip("Spark needs Java")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    build = sql.SparkSession.builder.master("local[1]").appName("multipolar")
    for name, value in settings.items():
        build = build.config(name, value)
    session = build.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A million synthetic flows."""
    folder: Path = tmp_path_factory.mktemp("synthetic-trade")
    MAKE(folder, 1)
    return str(next(folder.glob("*.parquet")))


def on_duckdb(parquet: str, by: tuple[str, ...], of: str = "", **asked: Any) -> pl.DataFrame:
    duckdb = pytest.importorskip("duckdb", reason="needs DuckDB")
    with duckdb.connect() as con:
        lines = totals(con.read_parquet(parquet), by, **asked)
        return pl.DataFrame((shares(lines, of) if of else lines).pl()).sort(by)


def on_spark(spark: Any, parquet: str, by: tuple[str, ...], of: str = "", **asked: Any) -> Any:
    lines = totals(spark.read.parquet(parquet), by, **asked)
    found = shares(lines, of) if of else lines
    rows = [tuple(row) for row in found.collect()]
    return pl.DataFrame(rows, schema=found.columns, orient="row", infer_schema_length=None).sort(by)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("by", "of", "asked"),
    [
        (("year", "product", "exporter"), "", {}),
        (("year", "importer"), "importer", {"told_by": "exporter"}),
        (("year", "heading", "exporter", "importer"), "", {"told_by": "importer"}),
    ],
    ids=["by exporter", "shares of importers", "as importers tell it"],
)
def test_spark_gives_the_sums_of_duckdb(
    spark: Any, parquet: str, by: tuple[str, ...], of: str, asked: dict[str, str]
) -> None:
    here, there = on_duckdb(parquet, by, of, **asked), on_spark(spark, parquet, by, of, **asked)
    words = [*by, "source", "told_by", "first", "last"]
    assert here.height > 100
    assert here.select(words).rows() == there.select(words).rows()
    assert here["flows"].to_list() == there["flows"].to_list()
    for name in (*SUMS, "listed", *(("share", "hhi") if of else ())):
        one, other = here[name].cast(pl.Float64), there[name].cast(pl.Float64)
        assert one.is_null().to_list() == other.is_null().to_list(), name
        off = _off(one, other)
        assert off <= ROUNDING, (name, off)


def _off(one: pl.Series, other: pl.Series) -> float:
    """The greatest relative difference."""
    pairs = pl.DataFrame({"a": one, "b": other}).drop_nulls()
    size = pl.max_horizontal(pl.col("a").abs(), pl.col("b").abs(), pl.lit(1e-300))
    return float(pairs.select(((pl.col("a") - pl.col("b")).abs() / size).max()).item() or 0.0)
