"""Does a correction change the one cell it names, and fail when there is no such cell?"""

import json
from datetime import date

import polars as pl
import pytest

from conftest import as_csv, row, tree
from multipolar.evidence.imports import import_files
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence, bundled
from multipolar.words.errors import EvidenceError, FaultyInput

RECORD = row("corrections")["record"]


def by_hand(workspace, table, rows):
    """Put rows into a workspace without the checks of an import."""
    folder = workspace / "imports" / f"0001-{table}-hand"
    folder.mkdir(parents=True)
    (folder / "rows.csv").write_text(as_csv(table, rows), encoding="utf-8")
    record = {
        "id": folder.name, "format": table, "table": table, "file": "hand.csv", "sha256": "0",
        "time": "2026-01-01", "rows": len(rows), "replaces": "",
    }  # fmt: skip
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def correct(workspace, write):
    """Import one correction into the workspace."""

    def correct(**changes):
        file = write("corrections", [row("corrections", **changes)], "corrections.csv")
        import_files(Evidence(workspace), "corrections", [file])
        return Evidence(workspace)

    return correct


def test_a_correction_changes_the_cell_it_names_and_nothing_else(correct, evidence):
    before, after = evidence.table("plants"), correct(value="31").table("plants")
    changed = pl.when(pl.col("record") == RECORD).then(31.0).otherwise("capacity")
    assert after.equals(before.with_columns(changed.alias("capacity")))
    assert not after.equals(before)


def test_a_blank_correction_empties_the_cell(correct):
    rows = correct(value="").table("plants")
    assert rows.filter(pl.col("record") == RECORD)["capacity"].to_list() == [None]


SHIFTED = "industry.availability"


def of_shifted(field, value):
    return row("corrections", table="assumptions", record=SHIFTED, field=field, value=value)


@pytest.fixture
def shift(workspace, write):
    """Import corrections of one assumption, as a file of always the same name."""

    def shift(values):
        rows = [of_shifted(field, value) for field, value in values.items()]
        import_files(Evidence(workspace), "corrections", [write("corrections", rows)])

    return shift


def cell(rows, correction):
    """The cell that a correction names, and the value it gives it, both typed."""
    key, field = schema(correction["table"]).key[0], correction["field"]
    [value] = rows.filter(pl.col(key) == correction["record"])[field]
    return value, pl.Series([correction["value"]], dtype=pl.String).cast(rows.schema[field])[0]


def test_bundled_corrections_are_in_force_and_each_is_needed(evidence):
    assert bundled("corrections").height > 0
    for correction in bundled("corrections").iter_rows(named=True):
        value, wanted = cell(evidence.table(correction["table"]), correction)
        assert value == wanted, correction
        value, wanted = cell(bundled(correction["table"]), correction)
        assert value != wanted, correction


MISSES = {
    "row": ({"record": "nowhere--01"}, "'nowhere--01' matches no row of table plants"),
    "column": ({"field": "colour"}, "table plants has no column 'colour'"),
    "id": ({"field": "record"}, "'record' is the id of a row of table plants and cannot"),
    "table": (
        {"table": "firms"},
        f"table firms has no column 'capacity'|'{RECORD}' matches no row",
    ),
}


@pytest.mark.parametrize("miss", MISSES)
def test_a_correction_without_a_row_is_refused_at_import(workspace, correct, miss):
    changes, problem = MISSES[miss]
    with pytest.raises(FaultyInput, match=problem) as refused:
        correct(**changes)
    assert "remove or mend the correction" in refused.value.faults[0].advice
    assert not workspace.exists()


@pytest.mark.parametrize("miss", MISSES)
def test_a_correction_without_a_row_fails_on_reading(workspace, miss):
    changes, problem = MISSES[miss]
    by_hand(workspace, "corrections", [row("corrections", **changes)])
    with pytest.raises(EvidenceError, match=problem):
        Evidence(workspace).table(row("corrections", **changes)["table"])


def test_a_row_of_the_workspace_can_be_corrected(workspace, write, correct):
    import_files(Evidence(workspace), "plants", [write("plants", [row("plants")])])
    rows = correct(record=row("plants")["record"], value="3").table("plants")
    assert rows.filter(pl.col("record") == row("plants")["record"])["capacity"].to_list() == [3]


def test_a_correction_of_the_date_decides_when_a_row_is_on_record(workspace, correct):
    correct(field="date", value="2031")
    as_of = [Evidence(workspace, date(year, 12, 31)).table("plants") for year in (2030, 2031)]
    assert [RECORD in rows["record"] for rows in as_of] == [False, True]


def test_two_corrections_of_one_cell_are_refused_across_files(workspace, write, correct):
    correct()
    before = tree(workspace)
    second = write("corrections", [row("corrections", value="99")], "second.csv")
    with pytest.raises(FaultyInput, match="already on record"):
        import_files(Evidence(workspace), "corrections", [second])
    assert tree(workspace) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capacity", "lots"), ("capacity", "-5"), ("capacity", "nan"), ("capacity_year", "2024.5"),
        ("place", "ZZZ"), ("status", "running"), ("status", ""), ("date", "soon"),
        ("chemistry", "LPF"), ("firm", "nobody-knows-them"), ("owners", "catl:101"),
    ],
)  # fmt: skip
def test_a_correction_to_a_value_that_the_column_refuses_is_refused(
    workspace, correct, field, value
):
    with pytest.raises(FaultyInput) as refused:
        correct(field=field, value=value)
    [fault] = refused.value.faults
    assert (fault.file, fault.row, fault.column) == ("corrections.csv", 2, "value")
    assert fault.problem and fault.advice
    assert not workspace.exists()


@pytest.mark.parametrize(
    ("table", "record", "field", "value", "problem"),
    [
        ("plants", RECORD, "unit", "MWh/yr", "it would change capacity too"),
        ("plants", RECORD, "unit", "GWh", "wrong unit 'GWh' for capacity"),
        ("assumptions", "industry.availability", "low", "95", "range is not in order"),
    ],
    ids=["unit not converted", "unit of another quantity", "range out of order"],
)
def test_a_correction_that_spoils_its_row_is_refused(correct, table, record, field, value, problem):
    with pytest.raises(FaultyInput) as refused:
        correct(table=table, record=record, field=field, value=value)
    assert problem in refused.value.faults[0].problem


def test_corrections_that_hold_together_are_taken_together(shift, workspace):
    shift({"low": "95", "central": "96", "high": "97"})
    found = Evidence(workspace).table("assumptions").filter(pl.col("assumption") == SHIFTED)
    assert found.select("low", "central", "high").rows() == [(95, 96, 97)]


def test_a_new_version_of_corrections_has_to_hold_together_without_the_earlier_one(shift):
    shift({"low": "95", "central": "96", "high": "97"})
    with pytest.raises(FaultyInput, match="range is not in order"):
        shift({"low": "95"})


def test_a_correction_that_lost_its_row_can_be_mended_by_importing_its_file_again(workspace, write):
    # A later release of the package may drop the row that a correction of the user names.
    by_hand(workspace, "corrections", [row("corrections", record="gone--01")])
    mended = write("corrections", [row("corrections")], "hand.csv")
    import_files(Evidence(workspace), "corrections", [mended])
    assert Evidence(workspace).table("plants").height > 0


def test_a_row_can_be_corrected_from_a_day_on_which_it_was_not_on_record(workspace, write):
    file = write("corrections", [row("corrections")])
    import_files(Evidence(workspace, date(2000, 1, 1)), "corrections", [file])
    assert Evidence(workspace).table("corrections").height == bundled("corrections").height + 1


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [("place", "Germany", "DEU"), ("firm", "CATL", "catl"), ("owners", "CATL", "catl:")],
)
def test_a_corrected_word_is_read_in_one_spelling(correct, field, value, word):
    rows = correct(field=field, value=value).table("plants")
    assert rows.filter(pl.col("record") == RECORD)[field].to_list() == [word]


def test_a_value_that_cannot_be_read_is_explained_on_reading(workspace):
    by_hand(workspace, "corrections", [row("corrections", value="lots")])
    with pytest.raises(EvidenceError, match="'lots' cannot be read as capacity of table plants"):
        Evidence(workspace).table("plants")


def test_an_import_that_drops_a_corrected_row_is_refused(workspace, write, correct):
    import_files(Evidence(workspace), "plants", [write("plants", [row("plants")])])
    correct(record=row("plants")["record"])
    before = tree(workspace)
    with pytest.raises(FaultyInput, match="which a correction changes, is missing; keep the row"):
        later = [row("plants", record="renamed--01")]
        import_files(Evidence(workspace), "plants", [write("plants", later)])
    assert tree(workspace) == before


def test_corrections_in_two_files_of_one_import_have_to_hold_together(workspace, write):
    files = [
        write("corrections", [of_shifted("central", "81")], "a.csv"),
        write("corrections", [of_shifted("low", "84")], "b.csv"),
    ]
    with pytest.raises(FaultyInput, match="range is not in order"):
        import_files(Evidence(workspace), "corrections", files)


def test_a_new_version_of_a_row_has_to_hold_together_with_its_correction(workspace, write):
    own = {"assumption": "test.own", "low": "10", "central": "20", "high": "60"}
    import_files(
        Evidence(workspace), "assumptions", [write("assumptions", [row("assumptions", **own)])]
    )
    fix = row("corrections", table="assumptions", record="test.own", field="low", value="15")
    import_files(Evidence(workspace), "corrections", [write("corrections", [fix], "fix.csv")])
    later = [row("assumptions", **own | {"low": "1", "central": "5"})]
    with pytest.raises(FaultyInput):
        import_files(Evidence(workspace), "assumptions", [write("assumptions", later)])
