"""Does the report write all of its files, replace an earlier one whole, and leave others alone?"""

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import multipolar as mp
from conftest import tree
from industry_fixtures import atlas, figure, hostile_report, multipolar, report

SCRIPT = Path(sys.executable).with_name("multipolar")


def pictures():
    names = []
    for name in atlas().figures():
        names += [f"{name}-{view}" if view else name for view in figure(name).views]
    return names


def test_a_report_is_made_of_these_files():
    files = {path for path, content in tree(report()).items() if content is not None}
    wanted = {"index.html", "report.pdf", "multipolar.xlsx", "multipolar-report.json"}
    wanted |= {f"figures/{name}.{format}" for name in pictures() for format in ("svg", "png")}
    wanted |= {f"figures/{name}.csv" for name in atlas().figures()}
    assert files == wanted
    assert all(tree(report())[name] for name in files)


def test_pictures_and_tables_are_what_they_are_called():
    for name, content in tree(report() / "figures").items():
        start = {".svg": b"<svg", ".png": b"\x89PNG", ".csv": b"measure,"}[Path(name).suffix]
        assert content.startswith(start)


@pytest.mark.parametrize("name", atlas().figures())
def test_the_table_of_a_figure_is_that_of_the_command(name):
    assert (report() / "figures" / f"{name}.csv").read_text() == figure(name).data.write_csv()


def test_the_report_says_what_it_was_made_from():
    said = json.loads((report() / "multipolar-report.json").read_text())
    assert said["currency"] == "USD" and said["as_of"] is None and said["imports"] == []
    assert said["rows"]["plants"] == atlas().evidence("plants").height
    assert sum(said["verdicts"].values()) == 175


def test_the_folder_can_be_read_by_others():
    assert report().stat().st_mode & 0o777 == 0o755


def test_nothing_is_left_beside_the_report():
    assert [path.name for path in report().parent.iterdir()] == ["report"]


def test_an_earlier_report_is_replaced_whole():
    """The second report was written over a copy of the first."""
    said = json.loads((hostile_report() / "multipolar-report.json").read_text())
    assert said["currency"] == "EUR"
    assert len(said["imports"]) == 1
    assert set(tree(hostile_report())) == set(tree(report()))
    beside = {path.name for path in hostile_report().parent.iterdir()}
    assert beside == {"report", "workspace", "plants.csv"}


@pytest.mark.parametrize("name", atlas().figures())
def test_another_currency_and_own_rows_are_in_the_tables(name):
    workspace = hostile_report().parent / "workspace"
    wanted = mp.open(workspace, currency="EUR").figure(name).data.write_csv()
    assert (hostile_report() / "figures" / f"{name}.csv").read_text() == wanted
    assert ("EUR of 2025" in wanted) == (name == "foreign-investment")


def earlier(folder):
    """A copy of a finished report, and its content."""
    shutil.copytree(report(), folder / "report")
    return tree(folder / "report")


def small_files():
    """No file may grow beyond 64 kB: pictures cannot be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))


def test_a_report_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    before = earlier(tmp_path)
    done = subprocess.run(
        [SCRIPT, "report", "--out", "report"], cwd=tmp_path, preexec_fn=small_files,
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = [line for line in done.stderr.splitlines() if line.strip()]
    assert line.startswith("multipolar: ") and "too large" in line
    assert tree(tmp_path / "report") == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_report_that_is_killed_leaves_the_earlier_one(tmp_path):
    before = earlier(tmp_path)
    process = subprocess.Popen(
        [SCRIPT, "report", "--out", "report"], cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".report-*/figures/*.csv")):
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert tree(tmp_path / "report") == before


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path):
    """The currency is looked at after the folder: it tells how far the command came."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    for out, word in (("empty", "XYZ"), ("full", "something else"), ("new", "XYZ")):
        done = multipolar("report", "--out", out, "--currency", "XYZ", cwd=tmp_path)
        assert done.code == 1 and word in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "full"}


def test_a_report_with_a_file_of_the_user_in_it_is_not_replaced(tmp_path):
    earlier(tmp_path)
    (tmp_path / "report" / "thesis.txt").write_text("years of work")
    done = multipolar("report", "--out", "report", "--currency", "XYZ", cwd=tmp_path)
    assert done.code == 1 and "XYZ" not in done.err
