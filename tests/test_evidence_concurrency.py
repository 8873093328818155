"""Do two processes that import at once leave a workspace that is whole?"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import polars as pl
import pytest

from conftest import plants, row
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.evidence.workspace import Workspace

#: Imports a file; waits for a line on standard input at the given call of a method of Workspace, or
#: before it begins where no method is named.
CHILD = """
import sys
from pathlib import Path
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Workspace
from multipolar.words.errors import MultipolarError

folder, file, method, call = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
calls = 0

def wait():
    print("waiting", flush=True)
    sys.stdin.readline()

def waiting(*arguments):
    global calls
    calls += 1
    if calls == call:
        wait()
    return real(*arguments)

if method:
    real = getattr(Workspace, method)
    setattr(Workspace, method, waiting)
else:
    wait()
try:
    import_files(Evidence(folder), "plants", [file])
except MultipolarError as error:
    sys.exit(f"refused: {error}")
"""


def begin(workspace, file, method="store", call=0):
    """A process that imports the file; call 0 is never reached."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(workspace), str(file), method, str(call)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def stands(child):
    """Whether it now stands before the call; false when it ended without."""
    return child.stdout.readline() == "waiting\n"


def finish(child):
    """Let it go on to its end; what it said when it was refused."""
    _, said = child.communicate("\n", timeout=30)
    assert child.returncode == bool(said), said
    assert "Traceback" not in said
    return said


def overtake(child, workspace, file):
    """Another process imports a file while the first one stands, or waits for it to go on."""
    other = begin(workspace, file)
    with suppress(subprocess.TimeoutExpired):
        other.wait(timeout=0.8)
    return [finish(child), finish(other)]


def own(workspace):
    rows = Evidence(workspace).table("plants").filter(pl.col("origin") != BUNDLED)
    return sorted(rows["record"])


def test_files_imported_at_once_are_all_stored(workspace, write):
    names = ["one", "two", "three", "four"]
    files = [
        write("plants", [row("plants", record=f"{name}-{i}") for i in range(50)], f"{name}.csv")
        for name in names
    ]
    children = [begin(workspace, file, method="") for file in files]
    assert all(stands(child) for child in children)
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    assert [finish(child) for child in children] == [""] * len(names)
    assert own(workspace) == sorted(f"{name}-{i}" for name in names for i in range(50))
    records = Workspace(workspace).imports()
    assert sorted(record.file for record in records) == sorted(f"{name}.csv" for name in names)
    assert list(workspace.glob("unfinished-*")) == []


@pytest.mark.parametrize("method", ["store", "_write"])
def test_the_same_file_imported_at_once_is_on_record_once(workspace, write, method):
    file = write("plants", plants({}, {}))
    child = begin(workspace, file, method, call=1)
    assert stands(child)
    said = overtake(child, workspace, file)
    assert own(workspace) == ["test-0", "test-1"]
    assert "" in said, "one of them at least went through"
    assert list(workspace.glob("unfinished-*")) == []


@pytest.mark.parametrize("method", ["store", "_write"])
def test_of_two_versions_imported_at_once_one_is_in_use_whole(workspace, write, method):
    child = begin(workspace, write("plants", plants({}, {}), folder="a"), method, call=1)
    assert stands(child)
    assert "" in overtake(child, workspace, write("plants", plants({}), folder="b"))
    assert own(workspace) in (["test-0"], ["test-0", "test-1"])


def test_one_id_in_two_files_imported_at_once_is_on_record_once(workspace, write):
    child = begin(workspace, write("plants", plants({}), "a.csv"), "store", call=1)
    assert stands(child)
    overtake(child, workspace, write("plants", plants({"capacity": "1"}), "b.csv"))
    assert own(workspace) == ["test-0"]


def test_a_file_imported_between_two_looks_at_the_records_is_on_record_once(workspace, write):
    file = write("plants", plants({}))

    def overtaken_before(look):
        """The rows when another process overtakes before that look; None without that look."""
        folder = workspace / str(look)
        child = begin(folder, file, "imports", look)
        if not stands(child):
            return finish(child) or None
        overtake(child, folder, file)
        return own(folder)

    with ThreadPoolExecutor(4) as pool:
        found = [rows for rows in pool.map(overtaken_before, range(2, 15, 2)) if rows is not None]
    assert found == [["test-0"]] * len(found)
    assert len(found) > 2
