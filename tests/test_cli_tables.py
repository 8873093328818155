"""Do tables for people round what the grid of exact sums leaves, and nothing else?"""

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import STEP, figure, multipolar
from multipolar.cli.tables import STATED, SUMMED, amount
from multipolar.figures.say import number


def on_grid(value):
    return round(value / STEP) * STEP


@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=30), st.sampled_from([3, 2, 1, 0]))
def test_a_sum_of_parts_on_the_grid_is_shown_as_what_was_summed(digits, decimals):
    exact = sum(digits) / 10**decimals
    found = sum(on_grid(digit / 10**decimals) for digit in digits)
    assert amount(found) == number(round(exact, 4), 5)
    assert amount(found, SUMMED) == number(round(exact, 4), 7)


@given(st.floats(1e-9, 1e9))
def test_a_shown_number_is_near_and_never_nothing(value):
    shown = float(amount(value).replace(",", ""))
    assert shown > 0
    assert abs(shown - value) <= 0.051 * value


@given(st.decimals("0.001", 999_999, places=4).map(float))
def test_what_a_source_states_is_shown_as_stated(value):
    assert float(amount(value, STATED).replace(",", "")) == value


def test_an_explanation_and_a_table_show_no_noise(tmp_path):
    asked = ("--format", "table", "--where", "year=2030", "--within", "World")
    shown = multipolar("figure", "cell-capacity", *asked, cwd=tmp_path).out
    found = multipolar("explain", "cell-capacity", "place=World", "year=2030", cwd=tmp_path).out
    shown += found.partition("\nrows\n")[0]
    numbers = re.findall(r"(?<!\S)[\d,]+\.\d+(?!\S)", shown)
    assert len(numbers) > 100
    digits = [number.replace(",", "").replace(".", "").lstrip("0") for number in numbers]
    assert not [text for text in digits if re.search("(?:0000|9999).$", text)]


def test_data_is_not_rounded(tmp_path):
    found = multipolar("figure", "cell-capacity", cwd=tmp_path).out
    assert (
        pl.read_csv(found.encode())["value"].to_list()
        == figure("cell-capacity").data["value"].to_list()
    )
