"""Is the portable aggregation of trade as quick as SQL by hand, and does its memory stay bounded?

Makes a SYNTHETIC table of flows (no number in it is real) as Parquet in a temporary folder, then
adds it up by year, product and exporter in fresh processes, one engine after the other within each
round: ours on DuckDB, the same answer in hand-written SQL, ours on Polars (streaming), ours and
by hand on pandas (up to 20 million rows). Prints seconds, ratios to the SQL by hand within the same
round, and peak memory.

    python benchmarks/trade_scale.py 20 [ROUNDS] [engine ...]     millions of rows
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

MILLION = 1_000_000
CHUNK = MILLION
YEARS = range(2000, 2025)
#: Flows of one product in one year, about as many as in the reconciled data of the world.
FLOWS = 2000
PLACES = 200
MEMORY, THREADS = "1GB", 2
PANDAS_UP_TO = 20
BY = ("year", "product", "exporter")
HAND, LESS = "SQL by hand", "(less)"
#: Sums that show whether two engines answer alike.
CHECKED = ("flows", "value", "weight", "listed")
ALIKE = 1e-9

#: What everybody would write who counts each flow once: one pass, the World apart.
BY_HAND = """
WITH reporters AS (
    SELECT year::INT AS year, product, exporter, source, months,
        min(month) AS first, max(month) AS last,
        coalesce(sum(CASE WHEN NOT world THEN value END), 0) AS listed,
        sum(CASE WHEN world THEN value END) AS world,
        sum(CASE WHEN NOT world THEN weight END) AS weight_listed,
        sum(CASE WHEN world THEN weight END) AS weight_world,
        sum(CASE WHEN NOT world THEN weighed END) AS weighed_listed,
        sum(CASE WHEN world THEN weighed END) AS weighed_world,
        count(CASE WHEN NOT world THEN 1 END) AS flows_listed,
        count(CASE WHEN world THEN 1 END) AS flows_world
    FROM (
        SELECT substr(month, 1, 4) AS year, *, coalesce(importer = 'World', false) AS world,
            CASE WHEN weight IS NOT NULL THEN value END AS weighed
        FROM read_parquet('{files}')
        WHERE told_by = 'exporter' AND value IS NOT NULL
            AND (importer NOT IN ({groups}) OR importer IS NULL)
            AND (exporter NOT IN ({groups}, 'World') OR exporter IS NULL)
            AND (months = 1 OR (months = 12 AND month LIKE '%-12')))
    GROUP BY ALL)
SELECT year, product, exporter, source, months, first, last,
    greatest(listed, world) AS value,
    CASE WHEN world >= listed THEN weight_world ELSE weight_listed END AS weight,
    CASE WHEN world >= listed THEN weighed_world ELSE weighed_listed END AS value_weighed,
    CASE WHEN world >= listed THEN flows_world ELSE flows_listed END AS flows,
    listed, CASE WHEN flows_world > 0 THEN value - listed END AS not_allocated
FROM reporters
"""
#: Another question, for what it costs to keep the World apart: sums over single partners alone.
PLAIN = """
SELECT substr(month, 1, 4)::INT AS year, product, exporter, source, months,
    sum(value) AS value, sum(weight) AS weight, count(*) AS flows, sum(value) AS listed
FROM read_parquet('{files}')
WHERE told_by = 'exporter' AND importer <> 'World' GROUP BY ALL
"""


def make(folder: Path, millions: int, seed: int = 1) -> None:
    """Synthetic flows in files of a million rows, sorted as an import is; one at a time."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(seed)
    codes = [f"S{number:02d}" for number in range(PLACES)]
    # A few places sell and buy most, as in the world.
    weight = 1 / np.arange(1, PLACES + 1)
    weight /= weight.sum()
    each = CHUNK // (FLOWS * len(YEARS))
    for part in range(millions):
        exporter, importer = (rng.choice(PLACES, CHUNK, p=weight) for _ in range(2))
        product = np.repeat(np.arange(part * each, (part + 1) * each), FLOWS * len(YEARS))
        year = np.tile(np.repeat(np.array(YEARS), FLOWS), each)
        value = rng.lognormal(11, 3, CHUNK).round()
        kilograms = (value / rng.lognormal(2, 1, CHUNK)).round(1)
        names = np.array([*codes, "World"])
        rows = pl.DataFrame(
            {
                "product": np.char.zfill((product + 10_000).astype(str), 6),
                "month": np.char.add(year.astype(str), "-12"),
                "months": np.full(CHUNK, 12, dtype=np.int8),
                "exporter": names[exporter],
                "importer": names[importer],
                "area": pl.Series([None] * CHUNK, dtype=pl.String),
                "told_by": np.where(rng.random(CHUNK) < 0.6, "exporter", "importer"),
                "value": value,
                "weight": np.where(rng.random(CHUNK) < 0.9, kilograms, np.nan),
            }
        ).with_columns(
            pl.col("weight").fill_nan(None),
            basis=pl.col("told_by").replace_strict({"exporter": "FOB", "importer": "CIF"}),
            source=pl.lit("synthetic"),
            via=pl.lit(None, pl.String),
            date=pl.lit("2025"),
            confidence=pl.lit("low"),
            note=pl.lit("synthetic, not real"),
        )  # fmt: skip
        # One row of a hundred tells what the exporter sold to the whole world.
        world = pl.Series(rng.random(CHUNK) < 0.01) & (rows["told_by"] == "exporter")
        rows = rows.with_columns(
            importer=pl.when(world).then(pl.lit("World")).otherwise("importer"),
            value=pl.when(world).then(pl.col("value") * 50).otherwise("value"),
        ).sort("product", "month", "exporter", "importer", "told_by")
        record = pl.format("synthetic/{}/{}", pl.lit(part), pl.int_range(pl.len()))
        rows.select(record.alias("record"), *rows.columns).write_parquet(
            folder / f"synthetic-{part:04d}.parquet", compression="zstd", row_group_size=125_000
        )


def groups() -> list[str]:
    from multipolar.words import places

    return [name for name in places.groups() if name != places.WORLD]


def connection(folder: Path) -> Any:
    import duckdb

    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "preserve_insertion_order": False,
            "temp_directory": str(folder / "spilled"),
        }
    )


def by_hand(folder: Path, query: str = BY_HAND) -> Any:
    listed = ", ".join(f"'{name}'" for name in groups())
    with connection(folder) as con:
        return con.sql(query.format(groups=listed, files=folder / "*.parquet")).pl()


def plain(folder: Path) -> Any:
    return by_hand(folder, PLAIN)


def on_duckdb(folder: Path) -> Any:
    from multipolar.trade.aggregate import totals

    with connection(folder) as con:
        return totals(con.read_parquet(str(folder / "*.parquet")), BY).pl()


def on_polars(folder: Path) -> Any:
    import polars as pl

    from multipolar.trade.aggregate import totals

    return totals(pl.scan_parquet(folder / "*.parquet"), BY).collect(engine="streaming")


def in_pandas(folder: Path) -> Any:
    import pandas as pd
    import polars as pl

    needed = ["month", "months", "product", "exporter", "importer", "source", "value", "weight"]
    rows = pd.read_parquet(folder, columns=[*needed, "told_by"])
    world, none = ["World"], groups()
    fits = (rows.told_by == "exporter") & rows.value.notna() & ~rows.importer.isin(none)
    fits &= ~rows.exporter.isin(none + world)
    fits &= (rows.months == 1) | ((rows.months == 12) & rows.month.str.endswith("-12"))
    rows = rows.loc[fits, needed]
    rows["year"] = rows.month.str[:4]
    whole = rows.importer == "World"
    weighed = rows.value.where(rows.weight.notna())
    sums = {}
    for part, of in (("listed", ~whole), ("world", whole)):
        for name, column in (("value", rows.value), ("weight", rows.weight), ("weighed", weighed)):
            rows[f"{part}_{name}"] = column.where(of)
            sums[f"{part}_{name}"] = (f"{part}_{name}", "sum")
        sums[f"{part}_flows"] = (f"{part}_value", "count")
    keys = ["year", "product", "exporter", "source", "months"]
    spans = {"first": ("month", "min"), "last": ("month", "max")}
    found = rows.groupby(keys, sort=False).agg(**spans, **sums).reset_index()
    more = (found.world_flows > 0) & (found.world_value >= found.listed_value)
    for name in ("value", "weight", "weighed", "flows"):
        found[name] = found[f"world_{name}"].where(more, found[f"listed_{name}"])
    found["listed"] = found.listed_value
    return pl.from_pandas(found[[*keys, "flows", "value", "weight", "listed"]])


ENGINES = {
    HAND: by_hand,
    "DuckDB": on_duckdb,
    "Polars": on_polars,
    "pandas": in_pandas,
    LESS: plain,
}


def one(engine: str, folder: Path) -> dict[str, float]:
    """In a process of its own: seconds until the answer lies in memory, and the peak of it."""
    import duckdb  # noqa: F401
    import polars  # noqa: F401

    import multipolar.trade.aggregate  # noqa: F401

    start, used = time.perf_counter(), time.process_time()
    found = ENGINES[engine](folder)
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sums = {name: float(found[name].sum()) for name in CHECKED}
    return {"seconds": seconds, "cpu": cpu, "MB": peak, "lines": found.height, **sums}


def run(engine: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", engine, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(folder: Path, rounds: int, engines: list[str]) -> dict[str, list[dict[str, float]]]:
    """Every engine once in every round, so that what else runs hits them alike."""
    found: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
    run(engines[0], folder)  # so that the files lie in the memory of the system for all
    for _ in range(rounds):
        for engine in engines:
            found[engine].append(run(engine, folder))
    return found


def table(found: dict[str, list[dict[str, float]]]) -> str:
    base = found[HAND] if HAND in found else next(iter(found.values()))
    head = ("seconds", "ratio", "(least to most)", "CPU s", "ratio", "peak MB")
    lines = ["{:12} {:>8} {:>6} {:>16} {:>7} {:>6} {:>8}  alike".format("engine", *head)]
    for engine, runs in found.items():
        pairs = list(zip(runs, base, strict=True))
        ratios = sorted(a["seconds"] / b["seconds"] for a, b in pairs)
        same = all(
            abs(runs[0][name] - base[0][name]) <= ALIKE * abs(base[0][name])
            for name in ("lines", *CHECKED)
        )
        cells = (
            median(run["seconds"] for run in runs),
            median(ratios),
            f"({ratios[0]:.2f} to {ratios[-1]:.2f})",
            median(run["cpu"] for run in runs),
            median(a["cpu"] / b["cpu"] for a, b in pairs),
            max(run["MB"] for run in runs),
        )
        alike = "yes" if same else "asks less" if engine == LESS else "NO"
        lines.append(
            "{:12} {:8.2f} {:6.2f} {:>16} {:7.2f} {:6.2f} {:8.0f}  {}".format(engine, *cells, alike)
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        print(json.dumps(one(arguments[1], Path(arguments[2]))))
        return
    millions = int(arguments[0]) if arguments else 20
    rounds = int(arguments[1]) if len(arguments) > 1 else 7
    engines = arguments[2:] or [e for e in ENGINES if e != "pandas" or millions <= PANDAS_UP_TO]
    folder = Path(tempfile.mkdtemp(prefix="synthetic-trade-"))
    try:
        make(folder, millions)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        found = measure(folder, rounds, engines)
        print(f"{millions} million synthetic rows, {size:.0f} MB of Parquet, {rounds} rounds,")
        print(
            f"DuckDB with {MEMORY} and {THREADS} threads; {found[engines[0]][0]['lines']:,} lines"
        )
        print(table(found))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
