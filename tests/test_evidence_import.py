"""Is an import all or nothing, and does it touch only its own rows?"""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from conftest import plants, row, tree
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.evidence.workspace import Workspace
from multipolar.words.errors import EvidenceError, FaultyInput, MultipolarError, UnknownWord


def bring(workspace, *files, table="plants"):
    return import_files(Evidence(workspace), table, list(files))


def own(workspace, table="plants"):
    """The rows that are not bundled, as key -> row."""
    rows = Evidence(workspace).table(table).filter(pl.col("origin") != BUNDLED)
    assert rows[rows.columns[0]].is_unique().all()
    return {found[rows.columns[0]]: found for found in rows.iter_rows(named=True)}


@pytest.fixture
def used(workspace, write):
    """A workspace that holds two imports."""
    bring(workspace, write("plants", plants({}, {"capacity": "7"}), "first.csv"))
    bring(workspace, write("plants", [row("plants", record="other--01")], "other.csv"))
    return workspace


def test_an_import_adds_its_rows_to_the_bundled_ones(used, evidence):
    rows = Evidence(used).table("plants")
    assert set(own(used)) == {"test-0", "test-1", "other--01"}
    assert rows.filter(pl.col("origin") == BUNDLED).equals(evidence.table("plants"))


def test_an_import_is_recorded(used, write):
    first, other = Workspace(used).imports()
    file = write("plants", plants({}, {"capacity": "7"}), "first.csv", folder="again")
    assert first.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (first.file, first.table, first.rows, first.replaces) == ("first.csv", "plants", 2, "")
    assert (other.file, other.rows, other.replaces) == ("other.csv", 1, "")
    assert own(used)["test-0"]["origin"] == first.id


def test_a_row_says_by_its_origin_which_import_it_came_with(used):
    by_id = {record.id: record.file for record in Workspace(used).imports()}
    assert by_id[own(used)["other--01"]["origin"]] == "other.csv"


def test_nothing_is_stored_after_a_refusal(used, write):
    before = tree(used)
    with pytest.raises(FaultyInput):
        bring(used, write("plants", plants({}, {"capacity": "-1"}), "faulty.csv"))
    assert tree(used) == before


def test_a_refusal_does_not_even_make_the_folder(workspace, write):
    with pytest.raises(FaultyInput):
        bring(workspace, write("plants", [row("plants", place="Atlantis")]))
    assert not workspace.exists()


def test_a_faulty_new_version_leaves_the_earlier_one_in_use(used, write):
    before = tree(used)
    with pytest.raises(FaultyInput):
        bring(used, write("plants", plants({"capacity": "lots"}), "first.csv"))
    assert tree(used) == before


def test_of_two_files_with_one_faulty_none_is_stored(used, write):
    before = tree(used)
    good = write("plants", [row("plants", record="good--01")], "good.csv")
    faulty = write("plants", [row("plants", record="bad--01", place="Atlantis")], "faulty.csv")
    with pytest.raises(FaultyInput) as refused:
        bring(used, good, faulty)
    assert {fault.file for fault in refused.value.faults} == {"faulty.csv"}
    assert tree(used) == before


def test_the_faults_of_all_files_are_told_together(workspace, write):
    files = [
        write("plants", [row("plants", record=f"{n}--01", place="Atlantis")], f"{n}.csv")
        for n in "ab"
    ]
    with pytest.raises(FaultyInput) as refused:
        bring(workspace, *files)
    assert {fault.file for fault in refused.value.faults} == {"a.csv", "b.csv"}


def test_the_same_file_again_changes_nothing(used, write):
    before = tree(used)
    again = write("plants", plants({}, {"capacity": "7"}), "first.csv", folder="again")
    [done] = bring(used, again)
    assert not done.new and done.record == Workspace(used).imports()[0]
    assert tree(used) == before


def test_a_copy_of_a_file_under_another_name_changes_nothing(used, write):
    before = tree(used)
    [done] = bring(used, write("plants", plants({}, {"capacity": "7"}), "copy.csv"))
    assert not done.new and done.record.file == "first.csv"
    assert tree(used) == before


def test_a_corrected_file_of_the_same_name_replaces_its_own_rows_only(used, write, evidence):
    other, before = own(used)["other--01"], tree(used)
    [done] = bring(used, write("plants", plants({"capacity": "9"}), "first.csv"))
    assert done.new and done.record.replaces == Workspace(used).imports()[0].id
    assert {id: found["capacity"] for id, found in own(used).items()} == {
        "test-0": 9,
        "other--01": 12.5,
    }
    assert own(used)["other--01"] == other
    assert Evidence(used).table("plants").height == evidence.table("plants").height + 2
    assert before.items() <= tree(used).items(), "the earlier import stays to be looked at"


def test_an_earlier_version_of_a_file_can_be_brought_back(used, write):
    bring(used, write("plants", plants({"capacity": "9"}), "first.csv"))
    bring(used, write("plants", plants({}, {"capacity": "7"}), "first.csv"))
    assert {id: found["capacity"] for id, found in own(used).items()} == {
        "test-0": 12.5, "test-1": 7, "other--01": 12.5,
    }  # fmt: skip
    assert [record.file for record in Workspace(used).active()] == ["other.csv", "first.csv"]


def test_an_id_of_a_bundled_row_is_refused_with_the_way_to_override_it(used, write, evidence):
    taken, before = evidence.table("plants")["record"][0], tree(used)
    with pytest.raises(
        FaultyInput, match=f"'{taken}' is already on record; .*correction"
    ) as refused:
        bring(used, write("plants", [row("plants", record=taken)], "taken.csv"))
    found = [(f.file, f.row, f.column) for f in refused.value.faults]
    assert found == [("taken.csv", 2, "record")]
    assert tree(used) == before


def test_an_id_of_another_import_is_refused(used, write):
    with pytest.raises(FaultyInput, match="'other--01' is already on record"):
        bring(used, write("plants", [row("plants", record="other--01", capacity="1")], "first.csv"))


@pytest.mark.parametrize("capacity", ["12.5", "99"], ids=["copies", "versions"])
def test_one_id_in_two_files_of_one_import_is_refused(workspace, write, capacity):
    first = write("plants", [row("plants")], "a.csv")
    second = write("plants", [row("plants", capacity=capacity)], "b.csv")
    with pytest.raises(FaultyInput, match="already on record"):
        bring(workspace, first, second)
    assert not workspace.exists()


def test_two_files_of_one_name_in_one_import_are_refused(workspace, write):
    files = [write("plants", [row("plants", record=f"{n}--01")], "a.csv", folder=n) for n in "xy"]
    with pytest.raises(FaultyInput, match="two files have this name; rename one of them"):
        bring(workspace, *files)
    assert not workspace.exists()


def test_rows_come_back_as_they_were_checked(workspace, write):
    notes = [
        'a "quote"',
        "two\nlines",
        "comma, semicolon;",
        "#no comment",
        "=1+1",
        "NA",
        "0012",
        "Čačak",
    ]
    rows = plants(*[{"note": note, "capacity": repr(0.1 + n / 3)} for n, note in enumerate(notes)])
    bring(workspace, write("plants", rows))
    found = own(workspace)
    assert [found[r["record"]]["note"] for r in rows] == notes
    assert [found[r["record"]]["capacity"] for r in rows] == [float(r["capacity"]) for r in rows]


def test_a_firm_that_was_imported_can_run_a_plant(workspace, write):
    firms = [
        row("firms", aliases="TC AG", parent="test-holding"),
        row("firms", firm="test-holding", name="Test Holding"),
    ]
    bring(workspace, write("firms", firms, "firms.csv"), table="firms")
    bring(workspace, write("plants", [row("plants", firm="tc ag", owners="Test Holding:100")]))
    [mine] = own(workspace).values()
    assert (mine["firm"], mine["owners"]) == ("test-cells", "test-holding:100")


@pytest.mark.parametrize("change", [{"aliases": "CATL"}, {"aliases": "x|catl"}, {"name": "Catl"}])
def test_an_imported_firm_does_not_take_over_the_spelling_of_another(workspace, write, change):
    with pytest.raises(
        FaultyInput, match=r"(?i)'catl' is the firm catl already; leave the spelling out"
    ):
        bring(workspace, write("firms", [row("firms", **change)]), table="firms")
    assert not workspace.exists()


def test_an_imported_firm_keeps_its_own_spellings_in_a_later_version(workspace, write):
    for aliases in ("TC AG", "TC AG|TC"):
        bring(workspace, write("firms", [row("firms", aliases=aliases)]), table="firms")
    assert own(workspace, "firms")["test-cells"]["aliases"] == "TC AG|TC"


def test_two_imported_firms_do_not_share_a_spelling(workspace, write):
    rows = [row("firms", aliases="TC"), row("firms", firm="others", name="Others", aliases="TC")]
    with pytest.raises(FaultyInput, match="'TC' is the firm test-cells already"):
        bring(workspace, write("firms", rows), table="firms")
    assert not workspace.exists()


def test_a_later_version_may_give_a_spelling_to_another_firm_of_the_file(workspace, write):
    for one, other in (("TC", ""), ("", "TC")):
        rows = [row("firms", aliases=one), row("firms", firm="x", name="X AG", aliases=other)]
        bring(workspace, write("firms", rows), table="firms")
    assert Evidence(workspace).known.firms["tc"] == "x"


def test_two_imported_firms_of_two_files_do_not_share_a_spelling(workspace, write):
    first = write("firms", [row("firms", aliases="TC")], "a.csv")
    second = write("firms", [row("firms", firm="x", name="X AG", aliases="TC")], "b.csv")
    with pytest.raises(FaultyInput):
        bring(workspace, first, second, table="firms")


def test_a_firm_that_runs_an_imported_plant_cannot_be_dropped(workspace, write):
    firms = [row("firms"), row("firms", firm="x", name="X AG")]
    bring(workspace, write("firms", firms), table="firms")
    bring(workspace, write("plants", [row("plants", firm="test-cells")], "plants.csv"))
    with pytest.raises(FaultyInput):
        bring(workspace, write("firms", firms[1:]), table="firms")


def test_a_file_that_is_not_there_is_refused_and_nothing_stored(workspace):
    with pytest.raises(MultipolarError, match=r"cannot read .*nowhere\.csv: .*check the path"):
        bring(workspace, Path("nowhere.csv"))
    assert not workspace.exists()


def test_an_import_needs_a_workspace(write):
    with pytest.raises(MultipolarError, match=r"no workspace .*--workspace"):
        import_files(Evidence(), "plants", [write("plants", [row("plants")])])


def test_a_workspace_that_is_a_file_is_refused(write):
    with pytest.raises(MultipolarError, match="is not a folder"):
        Evidence(write("plants", [row("plants")]))


def test_an_unknown_table_is_refused_with_a_near_one(workspace, write):
    with pytest.raises(UnknownWord, match="unknown format 'plant': did you mean plants"):
        bring(workspace, write("plants", [row("plants")]), table="plant")


@pytest.mark.parametrize("content", ["{", "[]", '{"id": "0001"}', "\xff"])
def test_a_damaged_record_is_named(used, content):
    [first, _] = sorted(used.glob("imports/*/record.json"))
    first.write_bytes(content.encode("latin-1"))
    with pytest.raises(
        EvidenceError, match=r"damaged import record .*record\.json: move its folder away"
    ):
        Evidence(used).table("plants")


@pytest.mark.parametrize(
    "damage", [lambda f: f.unlink(), lambda f: f.write_text("record,plant\nx,y,z\n")]
)
def test_damaged_rows_are_named(used, damage):
    damage(sorted(used.glob("imports/*/rows.csv"))[0])
    with pytest.raises(EvidenceError, match=r"damaged rows in .*rows\.csv: import the file again"):
        Evidence(used).table("plants")
