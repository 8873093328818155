"""Does the import of a list that is killed at any moment leave the earlier state or the new one?"""

import os

import pytest

from conftest import tree
from crash_fixtures import killed_at_each_step
from import_fixtures import LISTS, imported, own, quick_linkage  # noqa: F401
from multipolar.evidence.store import Evidence
from multipolar.words.errors import MultipolarError

EUROPE, NEWS = "europe-cell-lists", "battery-news_europe_2031-02.csv"


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

    def some(count):
        return {1, 2, count, *range(3, count, 9)}

    copies, kept, count = killed_at_each_step(start, EUROPE, later, state, some)
    assert count > 20, "several files are written and flushed"
    assert kept > len(copies) / 2, "everything is on disk before the moment of the import"
    imported(copies[0], EUROPE, later)
    after = state(copies[-1])
    assert state(copies[0]) == after
    assert all(one != other for one, other in zip(before, after, strict=True)), "plants and firms"


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
