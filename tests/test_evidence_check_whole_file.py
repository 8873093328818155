"""Are all faults of a file told at once, at the right rows, and never without end?"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import as_csv, plants, row
from multipolar.evidence import check
from multipolar.evidence.check import LISTED, check_file
from multipolar.evidence.schemas import schema
from multipolar.words import places
from multipolar.words.errors import FaultyInput

HEADER, GOOD = as_csv("plants", [row("plants")]).splitlines()


def test_all_faults_of_a_file_are_told_at_once(faults):
    rows = plants(
        {"place": "Atlantis", "capacity": "-1"},
        {"date": "soon", "unit": "GWh"},
        {},
        {"firm": "catll", "source": "mcbride-2062", "status": "", "latitude": "north"},
    )
    found = faults("plants", as_csv("plants", rows) + "ragged,row\n")
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "capacity"), (2, "place"),
        (3, "date"), (3, "unit"),
        (5, "firm"), (5, "latitude"), (5, "source"), (5, "status"),
        (6, None),
    ]  # fmt: skip
    assert all(fault.file == "own.csv" and fault.problem and fault.advice for fault in found)


def test_a_missing_column_does_not_hide_the_faults_of_the_cells(faults):
    columns = [name for name in schema("plants").columns if name != "stage"]
    text = as_csv("plants", [row("plants", capacity="-1")], columns)
    assert {(1, "stage"), (2, "capacity")} <= {(f.row, f.column) for f in faults("plants", text)}


def test_the_message_of_a_refusal_holds_every_fault(write, known):
    file = write("plants", plants({"place": "Atlantis"}, {"capacity": "-1"}))
    with pytest.raises(FaultyInput) as refused:
        check_file(file, schema("plants"), known)
    lines = str(refused.value).splitlines()
    assert lines[0] == "refused own.csv: 2 faults, nothing was stored"
    assert lines[1].strip().startswith("own.csv, row 2, column place: unknown country 'Atlantis'; ")
    assert lines[2].strip().startswith("own.csv, row 3, column capacity: negative value '-1'; ")


PIECES = st.sampled_from(["good", "bad", "blank", "commas", "multiline"])
ENDS = st.sampled_from(["\n", "\r\n"])


@given(st.lists(PIECES, max_size=15), ENDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_the_row_of_a_fault_is_its_line_in_the_file(write, known, pieces, end):
    lines = [HEADER]
    for number, piece in enumerate(pieces):
        good = GOOD.replace("test-cell-works--01", f"test-{number}")
        lines += {
            "good": [good],
            "bad": [good.replace("operating", "faulty")],
            "blank": [""],
            "commas": ["," * HEADER.count(",")],
            "multiline": good.replace("Test Cell Works", f'"Test{end}{end}Cell Works"').split(end),
        }[piece]
    file = write("plants", end.join(lines))
    try:
        check_file(file, schema("plants"), known)
        found = []
    except FaultyInput as refused:
        found = [fault.row for fault in refused.faults]
    assert found == [number for number, line in enumerate(lines, 1) if "faulty" in line]


def test_a_row_of_several_lines_is_named_by_one_of_them(faults):
    text = as_csv("plants", [row("plants", name="Test\n\nCell Works", capacity="-1")])
    [found] = faults("plants", "\n".join([text.splitlines()[0], "", *text.splitlines()[1:]]))
    assert 3 <= found.row <= 5


MANY = 10 * LISTED
REST = f"and {MANY - LISTED:,} more rows like these"
ALIKE = {
    "duplicate ids": {"record": "same"},
    "empty cells": {"status": ""},
    "negative values": {"capacity": "-1"},
    "text numbers": {"capacity": "much"},
    "bad dates": {"date": "soon"},
    "malformed ids": {"plant": "Not An Id"},
    "wrong units": {"unit": "GWh"},
    "values without a unit": {"unit": ""},
    "one unknown word": {"firm": "nobody-knows-them"},
}


def told_and_counted(found):
    """How many faults are told one by one, and what is said of the rest."""
    rest = [fault.problem for fault in found if fault.row is None]
    return len(found) - len(rest), rest


@pytest.mark.parametrize("kind", ALIKE)
def test_of_many_faults_of_one_kind_some_are_told_and_the_rest_counted(faults, kind):
    assert told_and_counted(faults("plants", plants(*[ALIKE[kind]] * MANY))) == (LISTED, [REST])


def test_of_many_ragged_rows_some_are_told_and_the_rest_counted(faults):
    text = as_csv("plants", [row("plants")]) + "a,b\n" * MANY
    assert told_and_counted(faults("plants", text)) == (LISTED, [REST])


def test_of_many_ranges_out_of_order_some_are_told_and_the_rest_counted(faults):
    rows = [row("demand", record=f"test-{i}", low="9") for i in range(MANY)]
    assert told_and_counted(faults("demand", rows)) == (LISTED, [REST])


def test_of_many_different_unknown_words_some_are_told_and_the_rest_counted(faults, monkeypatch):
    monkeypatch.setattr(check, "LISTED", 20)
    misspelt = [f"{name}x" for name in places.countries().values()]
    told, rest = told_and_counted(faults("plants", plants(*[{"place": name} for name in misspelt])))
    assert 20 <= told <= 3 * 20
    assert rest == [f"and {len(misspelt) - told:,} more rows like these"]


def test_many_faults_of_one_kind_do_not_hide_one_of_another(faults):
    rows = [*plants(*[{"capacity": "-1"}] * MANY), row("plants", record="last", place="Atlantis")]
    assert [f.row for f in faults("plants", rows) if f.column == "place"] == [MANY + 2]
