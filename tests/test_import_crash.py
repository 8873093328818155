"""Does the import of a list that is killed at any moment leave the earlier state or the new one?"""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import tree
from import_fixtures import LISTS, imported, own, quick_linkage  # noqa: F401
from multipolar.evidence.store import Evidence
from multipolar.words.errors import MultipolarError

EUROPE, NEWS = "europe-cell-lists", "battery-news_europe_2031-02.csv"

#: Imports a list and kills itself before line number ``last`` of the code that writes.
CHILD = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import multipolar.industry.linkage
from import_fixtures import by_name
from multipolar.bring import bring
from multipolar.evidence import workspace
from multipolar.evidence.store import Evidence

multipolar.industry.linkage.link = by_name
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
bring(Evidence(folder), "europe-cell-lists", [file])
print(lines)
"""


def run(workspace, file, last):
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(workspace), str(file), str(last),
         str(Path(__file__).parent)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def state(workspace):
    """Plants and the firms that came with them."""
    sizes = {id: found["capacity"] for id, found in own(workspace).items()}
    return sizes, sorted(own(workspace, "firms"))


@pytest.mark.skipif(os.name != "posix", reason="kills itself by a POSIX signal")
@pytest.mark.usefixtures("quick_linkage")
def test_a_killed_import_leaves_plants_and_firms_of_one_state(tmp_path):
    start, later = tmp_path / "start", tmp_path / NEWS
    imported(start, EUROPE, NEWS)
    text = (LISTS / NEWS).read_text(encoding="utf-8")
    later.write_text(text.replace("HU,40,", "HU,44,").replace("NACRE", "ROSE QUARTZ"))
    before = state(start)

    def copy(name):
        return shutil.copytree(start, tmp_path / f"copy-{name}")

    whole = copy("whole")
    done = run(whole, later, 0)
    assert done.returncode == 0, done.stderr
    after = state(whole)
    assert after != before and after[1] != before[1], "the plants and the firms differ"
    count = int(done.stdout)
    assert count > 20, "several files are written and flushed"
    steps = sorted({1, 2, count, *range(3, count, 9)})
    copies = [copy(step) for step in steps]
    with ThreadPoolExecutor(3) as pool:
        ends = list(pool.map(lambda n: run(copies[n], later, steps[n]), range(len(steps))))

    assert [end.returncode for end in ends] == [-signal.SIGKILL] * len(steps)
    states = [state(folder) for folder in copies]
    kept = states.index(after)
    assert states == [before] * kept + [after] * (len(steps) - kept)
    assert kept > len(steps) / 2, "everything is on disk before the moment of the import"
    imported(copies[0], EUROPE, later)
    assert state(copies[0]) == after


@pytest.mark.usefixtures("quick_linkage")
def test_an_import_that_fails_half_way_leaves_nothing_behind(workspace, monkeypatch):
    imported(workspace, EUROPE, NEWS)
    before = tree(workspace)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MultipolarError, match=r"cannot write to .*: No space left on device"):
        imported(workspace, EUROPE, "policyfocus_candidates_2031-09.csv")
    assert tree(workspace) == before


@pytest.mark.usefixtures("quick_linkage")
def test_an_import_that_was_overtaken_is_prepared_anew(workspace, monkeypatch):
    """Another process stores a list between the reading of the records and the lock."""
    from multipolar.evidence.workspace import Workspace

    real, overtaken = Workspace.locked, []

    def locked(self):
        if not overtaken:
            overtaken.append(True)
            imported(workspace, EUROPE, NEWS)
        return real(self)

    monkeypatch.setattr(Workspace, "locked", locked)
    [done] = imported(workspace, EUROPE, NEWS)
    assert not done.new, "the other process has stored this very file"
    assert len(Workspace(workspace).imports()) == 1
    assert Evidence(workspace).table("plants").height
