"""Does an import that is killed at any moment leave the earlier rows or the new ones, whole?"""

import errno
import os
import signal

import polars as pl
import pytest

from conftest import plants, tree
from crash_fixtures import killed_at_each_step, run
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.words.errors import MultipolarError


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

    copies, kept, _ = killed_at_each_step(start, "plants", second, own)
    assert (own(start), own(copies[-1])) == (EARLIER, LATER)
    assert kept > 5, "rows, record and both flushes come before the moment of the import"
    for folder in copies:
        import_files(Evidence(folder), "plants", [second])
        assert own(folder) == LATER


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a POSIX signal")
@pytest.mark.parametrize("last", [1, 4, 8])
def test_a_killed_first_import_leaves_a_workspace_without_rows(workspace, versions, last):
    first, _ = versions
    assert run(workspace, "plants", first, last).returncode == -signal.SIGKILL
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
