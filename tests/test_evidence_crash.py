"""Does an import that is killed at any moment leave the earlier rows or the new ones, whole?"""

import errno
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from conftest import plants, tree
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.words.errors import MultipolarError

#: Imports a file and kills itself before line number ``last`` of the code that writes.
CHILD = """
import os, signal, sys
from pathlib import Path
from multipolar.evidence import workspace
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence

folder, file, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
lines = 0

def trace(frame, event, argument):
    global lines
    code = frame.f_code
    if code.co_filename != workspace.__file__ or code.co_name not in ("_write", "_flush"):
        return None
    if event == "line":
        lines += 1
        if lines == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

def store(*arguments):
    sys.settrace(trace)
    return real(*arguments)

real, workspace.Workspace.store = workspace.Workspace.store, store
import_files(Evidence(folder), "plants", [file])
print(lines)
"""


def run(workspace, file, last):
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(workspace), str(file), str(last)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def own(workspace):
    rows = Evidence(workspace).table("plants").filter(pl.col("origin") != BUNDLED)
    return sorted(rows.select("record", "capacity").rows())


EARLIER = [("test-0", 1.0), ("test-1", 2.0)]
LATER = [("test-0", 3.0)]


@pytest.fixture
def versions(write):
    first = write("plants", plants({"capacity": "1"}, {"capacity": "2"}), "own.csv", "first")
    return first, write("plants", plants({"capacity": "3"}), "own.csv", "second")


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a POSIX signal")
def test_a_killed_import_leaves_the_earlier_state_and_a_later_one_works(tmp_path, versions):
    first, second = versions
    start = tmp_path / "start"
    import_files(Evidence(start), "plants", [first])

    def copy(name):
        return shutil.copytree(start, tmp_path / f"copy-{name}")

    whole = run(copy("whole"), second, 0)
    assert whole.returncode == 0, whole.stderr
    steps = range(1, int(whole.stdout) + 1)
    copies = [copy(step) for step in steps]
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda step: run(copies[step - 1], second, step), steps))

    assert [end.returncode for end in ends] == [-signal.SIGKILL] * len(steps)
    states = [own(folder) for folder in copies]
    kept = states.index(LATER)
    assert states == [EARLIER] * kept + [LATER] * (len(steps) - kept)
    assert kept > 5, "rows, record and both flushes come before the moment of the import"
    for folder in copies:
        import_files(Evidence(folder), "plants", [second])
        assert own(folder) == LATER


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a POSIX signal")
@pytest.mark.parametrize("last", [1, 4, 8])
def test_a_killed_first_import_leaves_a_workspace_without_rows(workspace, versions, last):
    first, _ = versions
    assert run(workspace, first, last).returncode == -signal.SIGKILL
    assert own(workspace) == []
    import_files(Evidence(workspace), "plants", [first])
    assert own(workspace) == EARLIER


def test_a_place_that_cannot_be_written_is_explained(write, versions):
    beneath_a_file = write("plants", "") / "workspace"
    with pytest.raises(MultipolarError, match=r"cannot write to .*: Not a directory"):
        import_files(Evidence(beneath_a_file), "plants", [versions[0]])


def test_an_import_that_fails_half_way_leaves_nothing_behind(workspace, versions, monkeypatch):
    first, second = versions
    import_files(Evidence(workspace), "plants", [first])
    before = tree(workspace)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MultipolarError, match=r"cannot write to .*: No space left on device"):
        import_files(Evidence(workspace), "plants", [second])
    assert tree(workspace) == before


def test_rows_and_record_are_on_disk_before_the_folder_that_names_them(
    workspace, versions, monkeypatch
):
    flushed, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (flushed.append(os.fstat(fd).st_ino), real(fd)))
    import_files(Evidence(workspace), "plants", [versions[0]])
    [rows] = workspace.glob("imports/*/rows.csv")
    files = {path.stat().st_ino for path in rows.parent.iterdir()}
    assert len(files) == 2
    assert files <= set(flushed[: flushed.index((workspace / "imports").stat().st_ino)])
