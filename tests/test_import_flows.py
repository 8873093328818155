"""Are files of trade flows stored whole or not at all, never twice, and under their release?"""

import os
import shutil
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from conftest import tree
from flow_fixtures import FLOWS, GOOD, HEADER, brought, on_record
from multipolar.evidence.check import Known, check_rows
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import bibliography
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Workspace
from multipolar.words.errors import FaultyInput, MultipolarError

COMTRADE, BACI, EMBER = "un-comtrade", "cepii-baci", "ember"
NATIVE = FLOWS / "BACI_HS17_Y2031_V203301.csv"
FIXTURES = [
    (EMBER, "clean_tech_exports.csv"), (EMBER, "flows-monthly-battery.json"),
    (BACI, "BACI_HS17_Y2031_V203301.csv"), (COMTRADE, "comtrade_api.json"),
]  # fmt: skip


@pytest.fixture
def file(tmp_path):
    """file(content, name) -> a file of UN Comtrade."""

    def file(content=HEADER + GOOD, name="flows.csv", folder="files"):
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return file


@pytest.mark.parametrize(("format", "name"), FIXTURES)
def test_what_is_stored_fits_the_table_trade(workspace, format, name):
    [done] = brought(workspace, format, FLOWS / name)
    rows = on_record(workspace).drop("origin")
    assert rows.height == done.record.rows
    assert done.record.statements == done.record.rows + sum(done.record.refused.values())
    text = rows.cast(pl.String).fill_null("").with_row_index("row").cast({"row": pl.Int64})
    _, faults = check_rows(text, name, schema("trade"), Known(frozenset(bibliography()), {}))
    assert faults == []
    assert rows["date"].is_not_null().all() and not rows["record"].is_duplicated().any()


def test_a_second_import_changes_nothing(workspace, file):
    [first] = brought(workspace, COMTRADE, file())
    before = tree(workspace)
    [again] = brought(workspace, COMTRADE, file())
    [copy] = brought(workspace, COMTRADE, file(name="copy.csv"))
    assert first.new and not again.new and not copy.new
    assert tree(workspace) == before


def test_a_corrected_file_takes_the_place_of_its_own_rows_only(workspace, file):
    other = file(HEADER + GOOD.replace("850760", "283691"), "other.csv")
    brought(workspace, COMTRADE, file(), other)
    brought(workspace, COMTRADE, file(HEADER + GOOD.replace("100.5", "101.5"), folder="later"))
    rows = on_record(workspace)
    assert rows.height == 4
    lithium = rows.filter(pl.col("product") == "283691")
    assert sorted(lithium["value"]) == [100.5, 200]
    cells = rows.filter(pl.col("product") == "850760")
    assert sorted(cells["value"]) == [101.5, 200]


def test_both_vintages_are_seen_as_of_their_day(workspace, file):
    brought(workspace, COMTRADE, file(), released="2024-03-01")
    later = file(HEADER + GOOD.replace("100.5", "90").replace("200,40", "210,40"), folder="later")
    brought(workspace, COMTRADE, later, released="2025-03-01")

    def seen(day):
        return sorted(on_record(workspace, day)["value"])

    assert seen(None) == [90, 210] == seen(date(2025, 3, 1))
    assert seen(date(2025, 2, 28)) == [100.5, 200] == seen(date(2024, 3, 1))
    assert seen(date(2024, 2, 29)) == []
    records = Workspace(workspace).imports()
    assert [one.released for one in records] == ["2024-03-01", "2025-03-01"]


def test_the_same_flow_in_two_files_counts_once_and_the_later_import_is_in_use(workspace, file):
    brought(workspace, COMTRADE, file())
    brought(workspace, COMTRADE, file(HEADER + GOOD.splitlines()[0].replace("100.5", "7"), "b.csv"))
    assert sorted(on_record(workspace)["value"]) == [7, 200]


def test_all_files_of_a_command_or_none(workspace, file):
    with pytest.raises(FaultyInput):
        brought(workspace, COMTRADE, file(), file(HEADER, "empty.csv"))
    assert Workspace(workspace).imports() == []
    assert [path.name for path in workspace.iterdir()] == [], "nothing half-stored"
    with pytest.raises(MultipolarError, match="not a date"):
        brought(workspace, COMTRADE, file(), released="x'; DROP TABLE judged; --")
    assert list(workspace.iterdir()) == []


def test_code_files_help_to_read_and_are_no_imports(workspace):
    codes = [FLOWS / "country_codes_V203301.csv", FLOWS / "product_codes_HS17_V203301.csv"]
    [plain] = brought(workspace, BACI, NATIVE)
    assert "... is no place" in plain.record.refused
    [helped] = brought(workspace, BACI, codes[0], NATIVE, codes[1])
    assert helped.new and helped.record.replaces == plain.record.id
    assert "... is no place" not in helped.record.refused
    [again] = brought(workspace, BACI, NATIVE, *codes)
    assert not again.new
    with pytest.raises(MultipolarError, match="lists codes, it holds no data"):
        brought(workspace, BACI, *codes)


def test_a_workspace_and_a_file_with_signs_that_mean_something_elsewhere(tmp_path, file):
    workspace = tmp_path / "my 'work'" / "month=2030-01"
    workspace.mkdir(parents=True)
    brought(workspace, COMTRADE, file(name="a[b]*.csv"))
    brought(workspace, COMTRADE, file(HEADER + GOOD.replace("2022", "2021"), "b.csv"))
    assert sorted(on_record(workspace)["month"]) == ["2021-12"] * 2 + ["2022-12"] * 2


def test_two_scans_on_one_connection_do_not_disturb_each_other(workspace, file):
    import duckdb

    from multipolar.evidence.scan import scan

    brought(workspace, COMTRADE, file())
    con = duckdb.connect()
    try:
        evidence = Evidence(workspace)
        cells = scan(evidence, "trade", con, "product = '850760'")
        none = scan(evidence, "trade", con, "product = 'nothing'")
        assert none.pl().height == 0
        assert cells.filter("source = 'un-comtrade'").pl().height == 2
    finally:
        con.close()


#: Imports a file and kills itself before line number ``last`` of the code that reads and writes.
CHILD = """
import os, signal, sys
from pathlib import Path
from multipolar.bring import bring, tables
from multipolar.evidence import workspace
from multipolar.evidence.store import Evidence
from multipolar.readers import flows, registry

registry.readers()
files = {module.__file__ for module in (flows, tables, workspace)}
folder, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
lines = 0

def trace(frame, event, argument):
    global lines
    if frame.f_code.co_filename not in files:
        return None
    if event == "line":
        lines += 1
        if lines == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

evidence = Evidence(folder)
sys.settrace(trace)
bring(evidence, "un-comtrade", [file])
sys.settrace(None)
print(lines)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a POSIX signal")
def test_a_killed_import_leaves_the_earlier_rows_or_the_new_ones(tmp_path, file):
    start, later = tmp_path / "start", file(HEADER + GOOD.replace("100.5", "7"), folder="later")
    brought(start, COMTRADE, file())

    def run(folder, last):
        command = [sys.executable, "-c", CHILD, str(folder), str(later), str(last)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def values(folder):
        return sorted(on_record(folder)["value"])

    whole = shutil.copytree(start, tmp_path / "whole")
    done = run(whole, 0)
    assert done.returncode == 0, done.stderr
    count = int(done.stdout)
    assert values(start) == [100.5, 200] and values(whole) == [7, 200]
    states = []
    for number, last in enumerate((count // 4, count // 2, count - 60, count - 25, count - 2)):
        copy = shutil.copytree(start, tmp_path / f"copy-{number}")
        assert run(copy, last).returncode == -signal.SIGKILL
        states.append(values(copy))
    assert states[0] == [100.5, 200] and states[-1] == [7, 200]
    assert all(state in ([100.5, 200], [7, 200]) for state in states)
    brought(copy, COMTRADE, later)
    assert values(copy) == [7, 200]


def test_the_real_file_with_five_copies_counts_chinas_exports_once(workspace, shared):
    folder = "un-comtrade-2023-battery-products"
    brought(workspace, COMTRADE, Path(shared("data", folder, "trade_data.csv")))
    rows = on_record(workspace, where="product = '850760' AND told_by = 'exporter'")
    china = rows.filter(pl.col("exporter") == "CHN")
    assert round(china["value"].sum() / 1e9, 3) == 65.006
    assert round(china["weight"].sum() / 1e6, 1) == 2380.8


def test_a_file_that_does_not_say_when_it_was_given_out_counts_from_its_import_on(workspace, file):
    """Never as of a day on which nobody may have been able to see it."""
    today = date.today()
    [done] = brought(workspace, COMTRADE, file())
    assert done.record.released == today.isoformat()
    assert any("--released" in remark for remark in done.record.remarks)
    assert on_record(workspace, today).height == 2
    assert on_record(workspace, today - timedelta(days=1)).is_empty()


@pytest.mark.parametrize(
    ("name", "released"),
    [("flows_2023-03.csv", "2023-03"), ("flows_2022-12.csv", ""), ("flows_2022-12-31.csv", "")],
)
def test_a_date_in_the_name_counts_where_it_lies_behind_the_last_month(
    workspace, file, name, released
):
    """A month is not told before it is over: an earlier date names what the file holds."""
    [done] = brought(workspace, COMTRADE, file(name=name))
    assert done.record.released == (released or date.today().isoformat())
    assert bool(done.record.remarks) == (not released)


HOLDS = """
import sys
from pathlib import Path
from multipolar.evidence.workspace import Workspace

with Workspace(Path(sys.argv[1])).unfinished() as folder:
    (folder / "rows.parquet").write_text("half of it")
    print("stands", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by a POSIX signal")
def test_what_a_killed_import_leaves_is_cleared_by_the_next_and_a_living_one_keeps_its_own(
    workspace, file
):
    brought(workspace, COMTRADE, file())
    (workspace / "unfinished-of-an-earlier-version").mkdir()
    living, killed = (
        subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(workspace)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    )  # fmt: skip
    with living, killed:
        assert living.stdout.readline() == killed.stdout.readline() == "stands\n"
        brought(workspace, COMTRADE, file(HEADER + GOOD.replace("850760", "283691"), "b.csv"))
        assert len([*workspace.glob("unfinished-*/rows.parquet")]) == 2
        assert not (workspace / "unfinished-of-an-earlier-version").exists()
        killed.kill()
        killed.wait()
        brought(workspace, COMTRADE, file(HEADER + GOOD.replace("850760", "260400"), "c.csv"))
        assert len([*workspace.glob("unfinished-*/rows.parquet")]) == 1
        living.communicate("")
    assert living.returncode == 0
    assert [*workspace.glob("unfinished-*")] == []
    assert on_record(workspace).height == 6
