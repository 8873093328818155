"""Is each kind of fault refused with file, row, column and what to do?"""

import pytest

from conftest import as_csv, row
from multipolar.evidence.check import check_file
from multipolar.evidence.schemas import schema

PLANT_FAULTS = {
    "unit of another quantity": (
        "unit", "GWh", "wrong unit 'GWh' for capacity",
        "use one of GWh/yr",
    ),
    "capacity without a unit": ("unit", "", "value without a unit", "fill in one of GWh/yr"),
    "unknown country": ("place", "Germny", "unknown country 'Germny'", "did you mean Germany"),
    "group for a country": ("place", "EU27", "EU27 is a group", "name a country"),
    "negative capacity": ("capacity", "-1", "negative value '-1'", "at least 0"),
    "capacity too large": ("capacity", "2e9", "'2e9' is above 2000000", "check the unit"),
    "text for a number": ("capacity", "12 GWh", "'12 GWh' is not a number", "use digits"),
    "comma for a point": ("capacity", "12,5", "'12,5' is not a number", "decimal point"),
    "not a number": ("capacity", "NaN", "'NaN' is not a number", "use digits"),
    "infinite": ("capacity", "inf", "'inf' is not a number", "use digits"),
    "minus infinite": ("capacity", "-inf", "'-inf' is not a number", "use digits"),
    "larger than floats go": ("capacity", "1e999", "'1e999' is not a number", "use digits"),
    "latitude off the globe": ("latitude", "91", "'91' is above 90", "check"),
    "longitude off the globe": ("longitude", "-181", "'-181' is below -180", "at least -180"),
    "broken year": ("start_year", "2024.5", "'2024.5' is not a whole number", "use digits"),
    "year long ago": ("start_year", "1066", "'1066' is below 1990", "at least 1990"),
    "day that is none": ("date", "2023-02-29", "'2023-02-29' is not a date", "YYYY-MM-DD"),
    "month that is none": ("date", "2023-13", "'2023-13' is not a date", "YYYY-MM-DD"),
    "date of another form": ("date", "1/5/2024", "'1/5/2024' is not a date", "YYYY-MM-DD"),
    "date left empty": ("date", "", "empty", "fill in: date of the source"),
    "shares of more than the whole": (
        "owners", "catl:60|byd:50", "shares add up to 110 percent",
        "not exceed 100",
    ),
    "share that is text": (
        "owners", "catl:half", "share 'half' is not a number",
        "write name:percent",
    ),
    "mix of more than the whole": (
        "chemistry", "LFP:60|NMC:41", "shares add up to 101 percent",
        "not exceed 100",
    ),
    "unknown owner": ("owners", "nobody-knows-them:50", "unknown firm", "known are"),
    "unknown firm": ("firm", "catll", "unknown firm 'catll'", "did you mean catl"),
    "unknown source": ("source", "mcbride-2062", "unknown source 'mcbride-2062'", "mcbride-2026"),
    "unknown chemistry": ("chemistry", "LPF", "unknown chemistry 'LPF'", "LFP"),
    "unknown chemistry in a mix": ("chemistry", "LFP|XXX", "unknown chemistry 'XXX'", "known are"),
    "unknown status": (
        "status", "Operating", "unknown status 'Operating'",
        "did you mean operating",
    ),
    "malformed id": ("record", "Test Works", "'Test Works' is malformed", "use the form"),
}  # fmt: skip


def test_the_row_that_is_spoilt_here_is_valid(write, known):
    assert check_file(write("plants", [row("plants")]), schema("plants"), known).height == 1


@pytest.mark.parametrize("kind", PLANT_FAULTS)
def test_a_faulty_cell_is_refused_at_its_place_with_advice(faults, kind):
    column, cell, problem, advice = PLANT_FAULTS[kind]
    spoilt = row("plants", **{column: cell})
    found = faults("plants", [row("plants", record="test-good--01"), spoilt])
    assert [(f.file, f.row, f.column) for f in found] == [("own.csv", 3, column)]
    assert problem in found[0].problem
    assert advice in found[0].advice


def test_a_unit_nobody_knows_is_refused_with_near_ones(faults):
    found = faults("plants", [row("plants", unit="GWhh/yr")])
    assert (found[0].row, found[0].column, found[0].problem) == (
        2,
        "unit",
        "unknown unit 'GWhh/yr'",
    )
    assert "did you mean GWh/yr" in found[0].advice


def test_a_unit_nobody_knows_is_not_called_missing(faults):
    found = faults("plants", [row("plants", unit="GWhh/yr")])
    assert [fault.problem for fault in found] == ["unknown unit 'GWhh/yr'"]


@pytest.mark.parametrize(
    "values",
    [{"low": "3"}, {"high": "1"}, {"low": "5", "central": ""}],
    ids=["low", "high", "ends"],
)
def test_a_range_out_of_order_is_refused(faults, values):
    [found] = faults("demand", [row("demand", **values)])
    assert (found.row, found.column, found.problem) == (2, "central", "range is not in order")
    assert "order the values as low, central, high" in found.advice


@pytest.mark.parametrize("table", ["demand", "capacity-totals"])
def test_a_row_without_any_value_is_refused(faults, table):
    [found] = faults(table, [row(table, low="", central="", high="")])
    assert (found.row, found.column) == (2, "low")
    assert (found.problem, found.advice) == (
        "no value in low, central, high",
        "fill in one of them",
    )


def test_a_duplicate_id_is_refused_at_every_row_that_has_it(faults):
    found = faults("plants", [row("plants"), row("plants", record="another"), row("plants")])
    assert [(f.row, f.column) for f in found] == [(2, "record"), (4, "record")]
    assert "duplicate id 'test-cell-works--01'" in found[0].problem
    assert "id of its own" in found[0].advice


def test_two_corrections_of_one_cell_are_refused(faults):
    found = faults("corrections", [row("corrections"), row("corrections", value="32")])
    assert {fault.row for fault in found} == {2, 3}


@pytest.mark.parametrize("column", ["status", "record", "date"])
def test_a_missing_column_is_refused_with_its_meaning(faults, column):
    columns = [name for name in schema("plants").columns if name != column]
    found = faults("plants", as_csv("plants", [row("plants")], columns))
    assert (found[0].row, found[0].column, found[0].problem) == (1, column, "column is missing")
    assert schema("plants").field(column).description.lower() in found[0].advice


def test_a_column_that_need_not_be_filled_may_be_left_out(write, known):
    columns = [
        f.name for f in schema("plants").fields if f.required or f.name in ("capacity", "unit")
    ]
    file = write("plants", as_csv("plants", [row("plants")], columns))
    rows = check_file(file, schema("plants"), known)
    assert rows.columns == [*schema("plants").columns, "row"]
    assert rows["owners"].to_list() == [None]


def test_a_column_that_the_table_has_not_is_refused_with_a_near_one(faults):
    text = as_csv("plants", [row("plants")]).replace("status_date", "statusdate", 1)
    [found] = faults("plants", text)
    assert (found.row, found.column) == (1, "statusdate")
    assert "did you mean status_date" in found.advice


def test_a_column_that_stands_twice_is_refused(faults):
    text = as_csv("plants", [row("plants")]).replace("status_date", "status", 1)
    assert ("status", "column stands twice") in [
        (f.column, f.problem) for f in faults("plants", text)
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_refused_with_the_one_wanted(faults, separator):
    [found] = faults("plants", as_csv("plants", [row("plants")]).replace(",", separator))
    assert (found.row, found.advice) == (1, "separate columns by commas")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused_with_the_one_wanted(faults, encoding):
    text = as_csv("plants", [row("plants"), row("plants", record="b", town="Lübeck")])
    [found] = faults("plants", text.encode(encoding))
    assert found.row == {"latin-1": 3, "utf-16": 1}[encoding]
    assert "UTF-8" in found.problem and "UTF-8" in found.advice


@pytest.mark.parametrize("tail", ["a,b\n", "," * 40 + "x\n"], ids=["short", "long"])
def test_a_ragged_row_is_refused(faults, tail):
    [found] = faults("plants", as_csv("plants", [row("plants")]) + tail)
    assert found.row == 3
    assert f"{tail.count(',') + 1} cells where the header has" in found.problem
    assert "quotes" in found.advice


def test_a_quote_that_never_ends_is_refused(faults):
    [found] = faults("plants", as_csv("plants", [row("plants")]) + '"open,\n')
    assert found.row == 3
    assert "not readable as CSV" in found.problem and "quotes" in found.advice


def test_an_empty_file_misses_every_required_column(faults):
    required = {field.name for field in schema("plants").fields if field.required}
    assert {fault.column for fault in faults("plants", "")} == required


@pytest.mark.parametrize("cell", ["catl:nan|byd:50", "catl:-50|byd:150", "catl:-1"])
def test_a_share_that_is_no_part_of_a_whole_is_refused(faults, cell):
    assert [fault.column for fault in faults("plants", [row("plants", owners=cell)])] == ["owners"]


def test_a_cell_with_a_colon_is_quoted_whole(faults):
    [found] = faults("plants", [row("plants", place="Germany: Saxony")])
    assert "'Germany: Saxony'" in found.problem


@pytest.mark.parametrize("cell", ["{", "{0}", "{x!r}", "%s", "a{}b"])
def test_a_cell_with_braces_is_quoted_as_it_stands(faults, cell):
    found = faults("plants", [row("plants", place=cell, capacity=cell)])
    assert [(f.column, repr(cell) in f.problem) for f in found] == [
        ("capacity", True),
        ("place", True),
    ]


def test_a_date_in_digits_of_another_script_is_refused(faults):
    assert [f.column for f in faults("plants", [row("plants", date="٢٠٢٤")])] == ["date"]
