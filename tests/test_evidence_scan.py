"""Does DuckDB see exactly the rows that the table has, whatever they were stored as?"""

import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from multipolar.evidence.scan import scan
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import More, Workspace

TYPES = schema("trade").types


def rows(ids, source, value, given_out="2024-03"):
    """Flows with these ids, all of one source and time."""
    usual = {
        "product": "250410", "month": "2023-12", "months": 12, "exporter": "CHN",
        "importer": "USA", "told_by": "exporter", "value": float(value), "basis": "FOB",
        "source": source, "date": given_out, "confidence": "high",
    }  # fmt: skip
    return pl.DataFrame([usual | {"record": id} for id in ids], schema=TYPES)


def stored(workspace, format, name, found, released=""):
    """Store an import, as Parquet where it is one of somebody else's files."""
    kept = found
    if format != "trade":
        kept = workspace.path / "moved.parquet"
        workspace.path.mkdir(exist_ok=True)
        found.write_parquet(kept)
    more = More(fields={"released": released})
    return workspace.store(format, "trade", Path(name), name, kept, more)


def seen(evidence):
    """(rows of the table, rows of the scan): id, value and import."""
    columns = ["record", "value", "origin"]
    with duckdb.connect() as con:
        by_scan = scan(evidence, "trade", con).select(*columns).fetchall()
    return sorted(evidence.table("trade").select(columns).rows()), sorted(by_scan)


IMPORTS = st.lists(
    st.tuples(
        st.sampled_from(["trade", "un-comtrade", "cepii-baci"]),
        st.sets(st.sampled_from(["a", "b", "c"]), min_size=1),
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(["here", "there"]),
        st.sampled_from(["list", "other"]),
        st.sampled_from(["2024-01", "2025-01"]),
    ),
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(imports=IMPORTS)
def test_imports_answer_alike_as_csv_and_as_parquet(imports):
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w")
        for value, (format, ids, name, source, begin, released) in enumerate(imports):
            # Who imports rows of their own may not give an id twice.
            begin = f"own-{value}" if format == "trade" else begin
            found = rows([f"{begin}/{id}" for id in sorted(ids)], source, value, released)
            stored(workspace, format, f"{name}-{format}.csv", found, released)
        for as_of in (None, date(2024, 6, 1)):
            table, by_scan = seen(Evidence(workspace.path, as_of))
            assert table == by_scan


def test_an_id_in_two_formats_is_two_rows_and_in_one_format_the_last(workspace):
    place = Workspace(workspace)
    stored(place, "un-comtrade", "a.csv", rows(["x"], "office", 1))
    stored(place, "cepii-baci", "b.csv", rows(["x"], "office", 2))
    stored(place, "un-comtrade", "c.csv", rows(["x"], "office", 3))
    table, by_scan = seen(Evidence(workspace))
    mine = [value for id, value, _ in by_scan if id == "x"]
    assert mine == [value for id, value, _ in table if id == "x"]
    assert sorted(mine) == [2.0, 3.0]


def test_the_ten_thousandth_import_comes_after_the_one_before(workspace):
    """Numbers of imports outgrow four digits, and as words 10000 comes before 9999."""
    place = Workspace(workspace)
    first = stored(place, "un-comtrade", "a.csv", rows(["x"], "office", 1))
    text = (place.folder(first) / "record.json").read_text(encoding="utf-8")
    shutil.move(place.folder(first), workspace / "imports" / first.id.replace("0001", "9999"))
    [record] = workspace.glob("imports/*/record.json")
    record.write_text(text.replace("0001", "9999"), encoding="utf-8")
    second = stored(place, "un-comtrade", "b.csv", rows(["x"], "office", 2))
    assert second.number == "10000"
    table, by_scan = seen(Evidence(workspace))
    assert [row for row in by_scan if row[0] == "x"] == [("x", 2.0, second.id)]
    assert table == by_scan
