"""How does the installed command behave as a process: pipes, start, what it loads?"""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("multipolar")
HEAVY = (
    "polars",
    "numpy",
    "altair",
    "vl_convert",
    "typst",
    "jinja2",
    "xlsxwriter",
    "pyarrow",
    "pandas",
)


@pytest.mark.parametrize(
    "arguments",
    [
        ("figure", "cell-capacity"),
        ("evidence", "plants", "--format", "json"),
        ("verify", "--format", "json"),
    ],
    ids=" ".join,
)
def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path, arguments):
    process = subprocess.Popen(
        [SCRIPT, *arguments], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)
    assert said == b""


def loaded(code):
    """Which heavy libraries are loaded after some Python code."""
    listing = f"{code}; import sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_command_line_loads_no_heavy_library_before_it_needs_one():
    assert loaded("import multipolar.cli") == []


def test_the_package_loads_no_heavy_library_before_it_is_used():
    assert loaded("import multipolar") == []


def test_the_library_is_there_when_it_is_used():
    assert "polars" in loaded("import multipolar; multipolar.open")


def test_the_script_fails_in_one_line_too(tmp_path):
    done = subprocess.run([SCRIPT, "figure", "nope"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and "nope" in done.stderr


def test_the_script_ends_with_0_when_all_is_well(tmp_path):
    done = subprocess.run([SCRIPT, "figures"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "cell-capacity" in done.stdout
