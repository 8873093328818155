"""Is somebody's table read whole, whatever its encoding, separator, order and broken lines?"""

import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.readers.table import read_table
from multipolar.words.errors import FaultyInput, MultipolarError

COLUMNS = {"firm": ("Company", "firm"), "place": ("Country",), "size": ("GWh",), "note": ("Note",)}
ROWS = [
    ["Alpha", "DE", "1,200", "plain"],
    ["Beta, Inc.", "HU", "12", 'a "quoted" word'],
    ["Gamma", "PL", "", "two\nlines"],
    ["Delta", "FR", "3", "=HYPERLINK(1)"],
]


@pytest.fixture
def table(tmp_path):
    """table(content, name) -> the lines of a file as lists of cells, with their numbers."""

    def table(content, name="list.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(file, COLUMNS, ("firm", "place"), "a list")

    return table


def written(rows, separator=",", end="\n"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


def found(table):
    return [[line[name] for name in COLUMNS] for line in table.lines]


HEADER = ["Company", "Country", "GWh", "Note"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_and_line_ends_make_no_difference(table, separator, end):
    read = table(written([HEADER, *ROWS], separator, end))
    assert found(read) == ROWS
    assert (read.broken, [line.number for line in read.lines]) == ([], [2, 3, 4, 6])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_makes_no_difference(table, encoding):
    assert found(table(written([HEADER, ["Göd", "HU", "1", "é"]]).encode(encoding))) == [
        ["Göd", "HU", "1", "é"]
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused_with_what_to_do(table, encoding):
    with pytest.raises(FaultyInput, match=r"is not UTF-8; save the file with encoding UTF-8"):
        table(written([HEADER, ["Göd", "HU", "1", "é"]]).encode(encoding))


def test_lines_before_the_header_are_the_title(table):
    read = table('"A list, of plants"\n\nversion:,3\n\n' + written([HEADER, *ROWS]))
    assert found(read) == ROWS
    assert read.title == [["A list, of plants"], ["version:", "3"]]
    assert read.lines[0].number == 6


@given(st.permutations(range(5)))
def test_the_order_of_columns_makes_no_difference(order):
    rows = [[*HEADER, "Further"], *([*row, "x"] for row in ROWS)]
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_text(written([[row[at] for at in order] for row in rows]), encoding="utf-8")
        assert found(read_table(file, COLUMNS, ("firm", "place"), "a list")) == ROWS


def test_names_of_columns_may_differ_in_case_and_joints(table):
    read = table(written([["COMPANY ", "country", "gwh", "note"], *ROWS]))
    assert found(read) == ROWS


def test_an_optional_column_may_be_missing(table):
    assert found(table("firm,Country\nAlpha,DE\n")) == [["Alpha", "DE", "", ""]]


@pytest.mark.parametrize("blank", ["", "-", "n/a", "TBD", "None", "–"])
def test_cells_that_say_nothing_are_blank(table, blank):
    assert found(table(f"firm,Country,GWh\nAlpha,DE,{blank}\n")) == [["Alpha", "DE", "", ""]]


def test_a_quote_that_is_not_closed_costs_its_own_line_only(table):
    broken_line, whole = 'Alpha,DE,1,"5 Long Road\n', 'Beta,HU,2,"6 Short Road"\n'
    read = table(f"Company,Country,GWh,Note\n{broken_line}{whole}Gamma,PL,3,x\n")
    assert found(read) == [["Beta", "HU", "2", "6 Short Road"], ["Gamma", "PL", "3", "x"]]
    [broken] = read.broken
    assert (broken.row, "quote is not closed" in broken.problem) == (2, True)


def test_an_inch_mark_is_no_quote(table):
    read = table('Company,Country,GWh,Note\nAlpha,DE,1,a 5" wafer\nBeta,HU,2,x\n')
    assert found(read) == [["Alpha", "DE", "1", 'a 5" wafer'], ["Beta", "HU", "2", "x"]]


def test_a_truncated_file_loses_its_last_line_only(table):
    whole = written([HEADER, *ROWS])
    read = table(whole[: whole.index("FR")])
    assert found(read) == ROWS[:3]
    [broken] = read.broken
    assert "2 cells where the header has 4" in broken.problem


def test_blank_cells_beyond_the_header_do_no_harm(table):
    assert found(table("Company,Country,,\nAlpha,DE,,\nBeta,HU\n")) == [
        ["Alpha", "DE", "", ""],
        ["Beta", "HU", "", ""],
    ]


def test_decimal_commas_are_known_by_the_separator_and_the_cells(table):
    assert table("firm;Country;GWh\nAlpha;DE;12,5\n").decimal_comma
    assert not table("firm;Country;GWh\nAlpha;DE;1,200\n").decimal_comma
    assert not table('firm,Country,GWh\nAlpha,DE,"12,5"\n').decimal_comma


@pytest.mark.parametrize(
    "content", ["", "\n\n", "a,b\n1,2\n", "Company,GWh\nAlpha,1\n", "\x00\x00"]
)
def test_another_file_is_refused_in_one_line(table, content):
    with pytest.raises(MultipolarError) as refused:
        table(content, "other.csv")
    assert str(refused.value).startswith("other.csv is not a list: no header with ")
    assert "\n" not in str(refused.value)


@given(st.lists(st.binary(max_size=40), max_size=8), st.integers(0, 10**6))
def test_whatever_stands_in_a_file_every_line_is_read_or_told(lines, seed):
    """Lines that are whole come back among any others."""
    import tempfile
    from pathlib import Path

    noise = [line.decode("utf-8", "ignore").replace("\r", " ").replace("\n", " ") for line in lines]
    rows = [*noise, "Alpha,DE,1,x", "Beta,HU,2,y"]
    random.Random(seed).shuffle(rows)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_text("Company,Country,GWh,Note\n" + "\n".join(rows) + "\n", encoding="utf-8")
        read = read_table(file, COLUMNS, ("firm", "place"), "a list")
    numbers = [line.number for line in read.lines] + [fault.row for fault in read.broken]
    assert len(set(numbers)) == len(numbers)
    if not any('"' in line for line in noise):
        assert {"Alpha", "Beta"} <= {line["firm"] for line in read.lines}


def test_a_workbook_is_read_sheet_by_sheet_with_its_own_row_numbers(tmp_path):
    import xlsxwriter

    file = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        book.add_worksheet("About").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Plants")
        sheet.write_row(2, 0, HEADER)
        sheet.write_row(3, 0, ["Alpha", "DE", 12.5, "x"])
        sheet.write_row(5, 0, ["Beta", "HU"])
    read = read_table(file, COLUMNS, ("firm", "place"), "a list")
    assert found(read) == [["Alpha", "DE", "12.5", "x"], ["Beta", "HU", "", ""]]
    assert [line.number for line in read.lines] == [4, 6]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"no workbook"])
def test_a_broken_workbook_is_refused(tmp_path, content):
    file = tmp_path / "list.xlsx"
    file.write_bytes(content)
    with pytest.raises(FaultyInput, match=r"cannot be read as a workbook; save it as CSV"):
        read_table(file, COLUMNS, ("firm", "place"), "a list")


def test_a_file_above_the_limit_is_refused_unread(tmp_path):
    for name in ("big.csv", "big.xlsx"):
        file = tmp_path / name
        with file.open("wb") as stream:
            stream.truncate(200 * 1024 * 1024 + 1)
        with pytest.raises(FaultyInput, match="larger than 200 MB"):
            read_table(file, COLUMNS, ("firm", "place"), "a list")
