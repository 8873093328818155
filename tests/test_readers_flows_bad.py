"""Is a spoilt file of trade flows read rightly or clearly refused, without losing a row?"""

import csv
import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_fixtures import GOOD, HEADER, comtrade
from multipolar.words.errors import FaultyInput, MultipolarError

MANY = "".join(f"{2000 + i % 20},156,842,{850000 + i // 20},X,{i},1\n" for i in range(60_000))


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + GOOD).encode("utf-8-sig"),
        (HEADER + GOOD).encode("utf-16"),
        b"\xfe\xff" + (HEADER + GOOD).encode("utf-16-be"),
        (HEADER + GOOD).replace("\n", "\r\n"),
        (HEADER + GOOD).replace(",", "\t"),
        (HEADER + GOOD).replace(",", ";"),
        (HEADER + GOOD).replace(",", ";").replace("100.5", "100,5"),
        (HEADER + GOOD).replace(",", "|"),
        "Some statistics\ndownloaded 2024-01\n\n" + HEADER + GOOD,
        "value,cmd,flow,netwgt,partner,year,reporter\n"
        "100.5,850760,X,20,842,2022,156\n200,850760,X,40,276,2022,156\n",
        (HEADER + GOOD).replace("842", '"842"').replace("value", ' "Value" '),
    ],
)  # fmt: skip
def test_the_same_rows_in_another_form_are_the_same(tmp_path, content):
    found = comtrade(tmp_path, content)
    assert found.flows.refused == {}
    rows = sorted(found.rows.select("importer", "value", "weight").rows())
    assert rows == [("DEU", 200, 40), ("USA", 100.5, 20)]


def test_a_file_in_windows_western_encoding(tmp_path):
    row = "2022,China,Côte d’Ivoire,850760,X,5,1\n"
    found = comtrade(tmp_path, (HEADER + row).encode("cp1252"))
    assert found.only(importer="CIV")["value"] == 5


def test_a_letter_that_is_no_utf8_far_below_costs_its_row_only(tmp_path):
    row = "2022,China,Côte d'Ivoire,850760,X,5,1\n"
    found = comtrade(tmp_path, (HEADER + MANY + row + GOOD).encode("latin-1"))
    assert found.flows.refused == {"a broken row": 1} and list(found.problems) == [60_002]
    assert found.flows.rows == 60_002


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ('"1,234,567.8"', 1_234_567.8), ('"1,234"', 1234), ("1.02E+11", 1.02e11), ("+5", 5),
        (".5", 0.5), ("5.", 5), ("007", 7),
    ],
)  # fmt: skip
def test_numbers_in_the_forms_that_are_clear(tmp_path, cells, value):
    found = comtrade(tmp_path, f"{HEADER}2022,156,842,850760,X,{cells},1\n")
    assert found.only(importer="USA")["value"] == value


@pytest.mark.parametrize(
    ("rows", "values", "refused"),
    [
        # A thousand or one? Only other cells tell.
        ("1,234|12", [12], 1),
        ("1,234|12,5", [1.234, 12.5], 0),
        ("1.234.567,8|1.234", [1_234_567.8, 1234], 0),
        ("1.234.567|12", [1_234_567, 12], 0),
        ("1,234,567|12", [1_234_567, 12], 0),
        ("1,234.5|12", [1234.5, 12], 0),
        ("1.234|12", [1.234, 12], 0),
    ],
)
def test_commas_and_points_below_semicolons(tmp_path, rows, values, refused):
    header = HEADER.replace(",", ";")
    cells = zip(("842", "276"), rows.split("|"), strict=True)
    text = "".join(f"2022;156;{partner};850760;X;{cell};1\n" for partner, cell in cells)
    found = comtrade(tmp_path, header + text)
    assert sorted(found.rows["value"]) == sorted(values)
    assert sum(found.flows.refused.values()) == refused
    if refused:
        assert found.problems == {2: "'1,234' is no number, or may be read in two ways"}
        assert found.flows.told[0].advice == "write 1234567.8"


def test_numbers_that_are_none_are_refused_row_by_row(tmp_path):
    cells = {
        "nan": None,
        "inf": 0,
        "-4": 0,
        "1e400": 0,
        "1_000": 0,
        "abc": 0,
        '"12,5"': 0,
        "": None,
    }
    places = ["842", "276", "36", "40", "56", "70", "68", "48"]
    rows = zip(places, cells, strict=True)
    text = "".join(f"2022,156,{place},850760,X,{cell},7\n" for place, cell in rows)
    found = comtrade(tmp_path, HEADER + text + "2022,156,50,850760,X,,\n")
    assert found.rows["value"].to_list() == [None, None] and set(found.rows["weight"]) == {7.0}
    assert sorted(found.problems) == [3, 4, 5, 6, 7, 8, 10]
    assert found.problems[4] == "negative: '-4.0'"
    assert found.problems[10] == "neither value nor weight"


def test_a_row_that_was_cut_off_is_refused_and_told(tmp_path):
    found = comtrade(tmp_path, HEADER + GOOD + "2022,156,8")
    assert found.flows.refused == {"a broken row": 1} and list(found.problems) == [4]
    assert found.flows.remarks[0] == "its last row does not end: the file may be cut off there"
    found = comtrade(tmp_path, HEADER + GOOD + '2022,156,"84')
    assert found.flows.refused == {"a broken row": 1} and found.flows.rows == 2


@pytest.mark.parametrize("below", [GOOD, GOOD + '2020,156,"842",850760,X,1,1\n', MANY])
def test_a_quote_that_swallows_rows_refuses_the_file(tmp_path, below):
    with pytest.raises(FaultyInput, match=r"row 4: a quote that is not closed takes the rows"):
        comtrade(tmp_path, HEADER + GOOD + '2022,156,"84,850760,X,1,1\n' + below)


def test_lines_are_counted_as_they_stand_below_broken_ones(tmp_path):
    text = HEADER + "2022,156\n" + GOOD + "1,2,3,4,5,6,7,8,9\n2022,156,xx,850760,X,1,1\n"
    found = comtrade(tmp_path, text)
    assert sorted(found.problems) == [2, 5, 6] and found.problems[6] == "'xx' is no place"


def test_a_line_without_end_is_one_broken_row(tmp_path):
    long = "2022,156,842,850760,X," + "9" * 2_000_000 + ",1\n"
    found = comtrade(tmp_path, HEADER + GOOD + long + GOOD.replace("2022", "2021"))
    assert found.flows.rows == 4 and found.flows.refused == {"a broken row": 1}


def test_broken_rows_are_counted_up_to_a_bound_that_refuses_the_file(tmp_path):
    some = "".join(f"2022,156,842,850760,X,{i}\n" for i in range(9000))
    found = comtrade(tmp_path, HEADER + GOOD + some)
    assert found.flows.refused == {"a broken row": 9000} and len(found.flows.told) == 1000
    with pytest.raises(FaultyInput, match="more than 10,000 broken rows, this one first"):
        comtrade(tmp_path, HEADER + GOOD + some * 2)


def test_a_file_named_after_another_product_is_stored_as_what_it_holds(tmp_path):
    found = comtrade(tmp_path, HEADER + GOOD.replace("850760", "850650"), "trade_850760_2022.csv")
    assert set(found.rows["product"]) == {"850650"}
    assert found.flows.remarks[-1].startswith("its name says 850760, its rows hold 850650")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no header with reporterCode"),
        (GOOD, "no header with reporterCode"),
        (HEADER, "no rows below its header"),
        (bytes(range(256)) * 20, "no text table"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 5000, "no header with"),
        (HEADER + "2022,156,842,850760,X,abc,def\n" * 3, "'abc' is no number"),
        (HEADER.replace("netwgt", "value") + GOOD, "two columns are called value"),
        (HEADER.replace("value", "price") + GOOD, "no header with primaryValue"),
        (HEADER + "".join(f"2022,156,p{i},850760,X,1,1\n" for i in range(50_000)),
         "more than 5,000 partners"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_flows_is_refused_whole(tmp_path, content, reason):
    with pytest.raises(MultipolarError, match=reason):
        comtrade(tmp_path, content)
    assert [file.name for file in tmp_path.iterdir()] == ["file.csv"]


def test_the_reasons_of_a_file_of_which_nothing_is_left_tell_how_many(tmp_path):
    with pytest.raises(FaultyInput, match=r"'abc' is no number.*\(3 rows like this\)"):
        comtrade(tmp_path, HEADER + "2022,156,842,850760,X,abc,def\n" * 3)


@pytest.mark.parametrize("name", ["a*[b]?{c}'\".csv", "year=2022.csv", "-- ; DROP TABLE x.csv"])
def test_a_name_with_signs_that_mean_something_elsewhere(tmp_path, name):
    folder = tmp_path / "re[po]rts*" / "period=1999"
    folder.mkdir(parents=True)
    found = comtrade(folder, HEADER + GOOD, name)
    assert found.flows.rows == 2 and set(found.rows["month"]) == {"2022-12"}


def test_commands_in_cells_and_header_stay_text(tmp_path):
    header = HEADER.replace("netwgt", 'netwgt,"x"",1); DROP TABLE cells;--"')
    rows = (
        '2022,156,842,850760,X,1,1,"\');DROP TABLE cells;--"\n'
        '2022,156,"\'; DROP VIEW cells;--",850760,X,1,1,\n'
        "2022,156,276,850760,\"X' OR '1'='1\",1,1,z\n"
    )
    found = comtrade(tmp_path, header + rows)
    assert found.flows.rows == 1
    assert found.problems == {
        3: repr("'; DROP VIEW cells;--") + " is no place",
        4: repr("X' OR '1'='1") + " is neither an import nor an export",
    }


def test_every_refused_row_counts_and_the_first_are_told(tmp_path):
    rows = "".join(f"2022,156,x{i % 50},850760,X,{i},1\n" for i in range(3000))
    rows += "".join(f"2022,x{i % 50},156,850760,X,{i},1\n" for i in range(500))
    found = comtrade(tmp_path, HEADER + GOOD + rows)
    assert found.flows.refused == {"... is no place": 3500}
    assert len(found.flows.told) == 1500
    assert [count for _, count in found.flows.kinds] == [3000, 500]


@pytest.mark.parametrize("content", ['{"data":[', '{"data":[]}', '{"statusCode":401}', "[1,2]", ""])
def test_json_without_rows_is_refused(tmp_path, content):
    with pytest.raises(MultipolarError, match="holds no rows of data as JSON"):
        comtrade(tmp_path, content, "answer.json")


def test_json_that_was_cut_off_is_refused_whole(tmp_path):
    row = (
        '{"period":"2022","reporterCode":156,"flowCode":"X","partnerCode":%d,"cmdCode":"850760",'
        '"primaryValue":1.5e3}'
    )
    whole = '{"data":[' + ",".join(row % code for code in (842, 276, 36)) + "]}"
    assert comtrade(tmp_path, whole, "answer.json").total("value") == 4500
    with pytest.raises(FaultyInput, match="check that it is whole"):
        comtrade(tmp_path, whole[:-30], "answer.json")


def number(text: str) -> float | None:
    """What a cell says, by plain Python."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


CELLS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.floats(0, 1e9, allow_nan=False).map(repr),
    st.integers(0, 10**9).map(lambda n: f"{n:,}"),
    st.sampled_from(["", "NA", "-", "nan", "inf", "-3", "W", ">25", "1e999"]),
)
ROWS = st.tuples(
    st.sampled_from(["2021", "202102", "21", ""]),
    st.sampled_from(["156", "CHN", "China", "490", "zzz", ""]),
    st.sampled_from(["842", "0", "NA", "899", "none such"]),
    st.sampled_from(["850760", "85", "8507", "90111", "TOTAL"]),
    st.sampled_from(["X", "M", "import", "RX", ""]),
    CELLS,
    CELLS,
)


@settings(max_examples=20)
@given(st.lists(ROWS, min_size=1, max_size=30), st.sampled_from(",;\t"))
def test_rows_in_are_rows_stored_and_refused_and_values_are_those_of_plain_python(
    tmp_path_factory, rows, separator
):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(HEADER.strip().split(","))
    writer.writerows(rows)
    try:
        found = comtrade(tmp_path_factory.mktemp("any"), text.getvalue())
    except FaultyInput:
        return
    assert found.flows.lines == len(rows) == found.flows.statements
    assert found.flows.rows + sum(found.flows.refused.values()) == len(rows)
    told = {fault.row for fault in found.flows.told}
    stored = [row for line, row in enumerate(rows, 2) if line not in told]
    assert len(stored) == found.flows.rows
    blank = ("", "NA", "-", "nan")
    for column, at in (("value", 5), ("weight", 6)):
        expected = [number(row[at]) for row in stored if row[at] not in blank]
        assert None not in expected, "what is stored can be read"
        assert math.fsum(found.rows[column].drop_nulls()) == math.fsum(expected)
