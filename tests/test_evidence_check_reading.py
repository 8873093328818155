"""Is a valid file read as it was meant: one spelling, base units, text untouched?"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import as_csv, plants, row
from multipolar.evidence.check import check_file
from multipolar.evidence.schemas import schema


@pytest.fixture
def read(write, known):
    def read(table, content):
        return check_file(write(table, content), schema(table), known).drop("row")

    return read


@pytest.mark.parametrize(
    ("unit", "value", "base"),
    [
        ("GWh/yr", 12.5, "GWh/yr"), ("MWh/yr", 0.0125, "GWh/yr"), ("TWh/yr", 12500, "GWh/yr"),
        ("t/yr", 0.0125, "kt/yr"), ("Mt/yr", 12500, "kt/yr"),
        ("million m2/yr", 12.5, "million m2/yr"),
    ],
)  # fmt: skip
def test_a_value_is_turned_into_the_base_unit_of_its_quantity(read, unit, value, base):
    rows = read("plants", [row("plants", capacity="12.5", unit=unit)])
    assert rows["unit"].to_list() == [base]
    assert rows["capacity"].to_list() == pytest.approx([value], rel=1e-12)


def test_low_central_and_high_are_turned_together(read):
    rows = read("demand", [row("demand", low="1", central="", high="3", unit="TWh")])
    assert rows.select("low", "central", "high", "unit").rows() == [(1000, None, 3000, "GWh")]


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [
        ("place", "Germany", "DEU"), ("place", "de", "DEU"), ("firm", "CATL", "catl"),
        ("owners", "CATL:60|BYD", "catl:60|byd:"), ("town", "  Ulm ", "Ulm"), ("town", "", None),
    ],
)  # fmt: skip
def test_a_word_is_read_in_one_spelling(read, column, cell, word):
    assert read("plants", [row("plants", **{column: cell})])[column].to_list() == [word]


def test_a_file_that_starts_with_a_byte_order_mark_is_read(read):
    text = as_csv("plants", [row("plants")])
    assert read("plants", text.encode("utf-8-sig")).equals(read("plants", text))


def test_line_ends_of_other_systems_are_read(read):
    text = as_csv("plants", plants({}, {}))
    assert read("plants", text.replace("\n", "\r\n")).equals(read("plants", text))
    assert read("plants", text.replace("\n", "\r")).equals(read("plants", text))


def test_the_order_of_columns_does_not_matter(read):
    columns = schema("plants").columns
    turned = as_csv("plants", [row("plants")], columns[::-1])
    assert read("plants", turned).equals(read("plants", [row("plants")]))


def test_the_types_are_those_of_the_schema(read):
    for table in ("plants", "demand", "firms"):
        assert dict(read(table, [row(table)]).schema) == schema(table).types


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_free_text_is_read_as_it_stands_but_for_space_around_it(write, known, notes):
    file = write("plants", plants(*[{"note": note} for note in notes]))
    rows = check_file(file, schema("plants"), known)
    assert rows["note"].to_list() == [note.strip() or None for note in notes]


@given(st.lists(st.floats(0, 2e6), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_number_is_read_to_the_last_digit(write, known, values):
    file = write("plants", plants(*[{"capacity": repr(value)} for value in values]))
    assert check_file(file, schema("plants"), known)["capacity"].to_list() == values
