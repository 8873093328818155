"""Does what stands beside a bar end inside the picture, and is a long name broken?"""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import atlas, figure
from multipolar.figures.bars import CHARACTER, GAP, LEAST, labels, named_rows, room, tooltip
from multipolar.figures.files import specification
from multipolar.figures.marks import behind, behind_all, keys

TEXTS = st.text("abc 0123456789|", min_size=0, max_size=22)
ROWS = st.lists(st.tuples(st.floats(0, 1e5, allow_subnormal=False), TEXTS), min_size=1, max_size=15)


def most(scale, width):
    """The end of a scale at a width: the expression, as Vega reckons it."""
    expression = scale.to_dict()["domainMax"]["expr"]
    assert re.fullmatch(r"[maxwidth0-9e.,+\-*/() ]+", expression)
    return eval(expression, {"max": max, "width": width})  # noqa: S307


def length(text):
    return max(map(len, text.split("|"))) * CHARACTER + GAP


@given(ROWS, st.sampled_from([180, 220, 620, 900]))
def test_every_label_ends_inside_the_picture(rows, width):
    end = most(room([e for e, _ in rows], [t for _, t in rows]), width)
    assert end > 0
    for value, text in rows:
        if length(text) <= width * (1 - LEAST):
            assert value / end * width + math.floor(length(text)) <= width + 1


@given(ROWS)
def test_the_longest_bar_has_most_of_the_room_that_is_left(rows):
    end = most(room([e for e, _ in rows], [t for _, t in rows]), 620)
    widest = max(value for value, _ in rows) or 1.0
    longest = max(length(text) for _, text in rows)
    assert end <= widest / (1 - longest / 620) * 1.01


def test_a_text_of_two_lines_stands_about_the_middle_of_its_row():
    import polars as pl

    rows = pl.DataFrame({"row": ["a"], "end": [1.0], "text": ["one|two"]})
    two = labels(rows, named_rows(["a"]), "end").to_dict()["mark"]["dy"]
    rows = rows.with_columns(text=pl.lit("one"))
    assert two < labels(rows, named_rows(["a"]), "end").to_dict()["mark"]["dy"] == 0


def test_a_line_of_a_tooltip_is_a_number_where_it_has_a_format():
    word, value = (line.to_dict() for line in tooltip(("row", "Place"), ("value", "GWh", ",.1f")))
    assert (word["type"], value["type"]) == ("nominal", "quantitative")
    assert value["format"] == ",.1f"


@pytest.mark.parametrize("name", list(atlas().figures()))
def test_many_marks_at_once_lead_where_each_leads_alone(name):
    drawn = figure(name)
    shown = [key for view in drawn.views.values() for key in keys(specification(view, "light"))]
    shown = sorted(set(shown))
    together = behind_all(drawn.result, shown)
    assert list(together) == shown
    for key in shown[:: max(len(shown) // 8, 1)]:
        title, unit, parts = behind(drawn.result, key)
        assert (title, unit) == together[key][:2]
        assert parts.equals(together[key][2]) and parts.height
