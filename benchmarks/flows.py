"""How much memory and time does the import of a large file of trade flows take?

The file is made up: its header names UN Comtrade's columns, its numbers come from a generator. Part
of the rows repeat others, are parts of a total, or cannot be used, and their counts must come back.
Prints size, rows, seconds and the peak memory of the process that imports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,period,reporterCode,reporterISO,flowCode,flowDesc,"
    "partnerCode,partnerISO,partner2Code,classificationCode,cmdCode,cmdDesc,customsCode,mosCode,"
    "motCode,qtyUnitCode,qty,netWgt,cifvalue,fobvalue,primaryValue"
)
#: Each flow has a number; its reporter, partner, product and month follow from it.
FLOWS = """
    SELECT 'C', 'M', CAST(period AS VARCHAR) || '01', period // 100, period, r.code, r.iso, flow,
        CASE flow WHEN 'X' THEN 'Export' ELSE 'Import' END, p.code, p.iso, 0, 'H6', product,
        'synthetic goods', 'C00', 0, CASE WHEN part THEN 2100 ELSE 0 END, 8, n % 100000,
        n % 100000, NULL, NULL,
        CASE WHEN bad THEN 'W' WHEN part THEN '1' ELSE CAST(10 + n % 1000000 AS VARCHAR) END
    FROM (
        SELECT n, n % 20 = 7 AS part, n % 1000 = 3 AS bad,
            CASE WHEN n % 20 = 7 THEN n - 1 ELSE n END AS flow_number
        FROM range({rows}) t(n)
    ) JOIN LATERAL (SELECT
        flow_number % 60 AS r_nth, (flow_number // 60) % 60 AS p_nth,
        CASE WHEN (flow_number // 3600) % 2 = 0 THEN 'X' ELSE 'M' END AS flow,
        lpad(CAST(10000 + (flow_number // 7200) % 5000 AS VARCHAR), 6, '0') AS product,
        202001 + ((flow_number // 36000000) // 12) * 100 + (flow_number // 36000000) % 12 AS period
    ) ON true JOIN places r ON r.nth = r_nth JOIN places p ON p.nth = p_nth
"""
CHILD = """
import json, resource, sys, time
from pathlib import Path
from multipolar.bring import bring
from multipolar.evidence.store import Evidence
began = time.perf_counter()
[done] = bring(Evidence(Path(sys.argv[1])), "un-comtrade", [Path(sys.argv[2])])
record = done.record
print(json.dumps({
    "seconds": time.perf_counter() - began, "lines": record.lines, "rows": record.rows,
    "refused": record.refused,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""


def made_up(file: Path, rows: int) -> None:
    """Write a file of so many made-up rows."""
    from multipolar.words.files import read_rows

    listed = read_rows("multipolar.words", "places.csv")
    countries = [(int(row["numeric"]), row["place"]) for row in listed if row["numeric"]][:60]
    con = duckdb.connect(config={"memory_limit": "1GB"})
    con.execute("CREATE TABLE places (nth INTEGER, code INTEGER, iso VARCHAR)")
    con.executemany("INSERT INTO places VALUES (?, ?, ?)",
                    [(nth, *country) for nth, country in enumerate(countries)])  # fmt: skip
    con.execute(f"CREATE VIEW flows({HEADER}) AS {FLOWS.format(rows=rows)}")
    con.sql("SELECT * FROM flows").write_csv(str(file), header=True)
    con.close()


def main() -> None:
    """Make a file, import it in a process of its own, and print what it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=22_000_000)
    rows = arguments.parse_args().rows
    with TemporaryDirectory() as folder:
        file = Path(folder) / "synthetic.csv"
        made_up(file, rows)
        size = file.stat().st_size
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(Path(folder) / "workspace"), str(file)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    told = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    if not told["lines"] == rows == told["rows"] + sum(told["refused"].values()):
        raise SystemExit(f"rows are lost: {told}")
    print(f"{size / 1e9:.2f} GB, {rows:,} rows: {told['rows']:,} stored, {told['refused']}")
    print(f"{seconds:.0f} s, {size / 1e6 / seconds:.0f} MB/s, peak memory {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
