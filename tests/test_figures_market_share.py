"""Does the figure of market shares say what its data say, and put nobody's share into a country?"""

import pytest

from industry_fixtures import atlas, figure
from multipolar.evidence.store import Evidence
from multipolar.figures.market_share import FIGURE, REST
from multipolar.figures.marks import behind, keys
from multipolar.figures.say import number
from multipolar.figures.theme import PLACES
from multipolar.industry.rankings import TOP, latest
from multipolar.words import places

NAME = "market-share"


@pytest.fixture(scope="module")
def drawn():
    return figure(NAME)


def rows_of(view, mark="share"):
    spec = view.draw("light").to_dict()
    return [row for rows in spec["datasets"].values() for row in rows if mark in row]


def test_the_figure_re_runs_the_second_of_the_study(drawn):
    assert (FIGURE.name, FIGURE.number) == (NAME, 2)
    assert NAME in atlas().figures()
    assert set(drawn.views) == {"", "firms"}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("view", ["", "firms"])
def test_every_view_is_a_valid_chart(drawn, view, mode):
    shown = drawn.views[view]
    assert shown.draw(mode).to_dict(validate=True)["layer"]
    assert shown.title and shown.subtitle and shown.note and len(shown.alt) > 80


def test_the_title_has_the_shares_of_the_two_largest_domiciles(drawn):
    (cells,) = [r for r in latest(atlas().evidence_store) if r.product == "cells in vehicles"]
    for holder in cells.domiciles[:2]:
        assert holder.name in drawn.views[""].title
        assert f"{number(holder.share[1])} %" in drawn.views[""].title


def test_every_bar_is_a_hundred_with_other_firms_as_a_class_of_their_own(drawn):
    sums = {}
    for row in rows_of(drawn.views[""]):
        sums[row["row"]] = sums.get(row["row"], 0.0) + row["share"]
        assert (row["class"] == REST) == (row["domicile"] == "all")
    assert len(sums) >= 5
    for label, whole in sums.items():
        assert whole == pytest.approx(100, abs=1), label
    assert {row["class"] for row in rows_of(drawn.views[""])} >= {"China", "South Korea", REST}


def test_products_of_the_study_are_there_with_how_many_firms_are_named(drawn):
    text = " ".join(row["row"] for row in rows_of(drawn.views[""]))
    for word in (
        "Cells in vehicles",
        "Cells in storage",
        "NMC/NCA cathode",
        "LFP cathode",
        "Anode",
    ):
        assert word in text
    assert f"({TOP} of {TOP})" in text
    assert "outside" not in text


@pytest.mark.parametrize("view", ["", "firms"])
def test_a_click_leads_to_the_parts_that_make_up_the_mark(drawn, view):
    spec = drawn.views[view].draw("light").to_dict()
    shown = {row["key"]: row["share"] for row in rows_of(drawn.views[view])}
    assert set(keys(spec)) == set(shown)
    for key, share in shown.items():
        _, unit, parts = behind(drawn.result, key)
        assert unit == "%"
        assert parts["value"].sum() == pytest.approx(share, abs=0.051)


def test_an_open_share_is_a_line_as_far_as_it_could_reach(drawn):
    lines = rows_of(drawn.views[""], "told")
    assert any("China" in line["told"] and "NMC" in line["row"] for line in lines)
    assert all(0 <= line["low"] < line["high"] <= 100 for line in lines)


def test_places_have_the_colours_of_every_other_picture(drawn):
    colour = drawn.views[""].draw("dark").to_dict()["layer"][0]["encoding"]["color"]["scale"]
    pairs = dict(zip(colour["domain"], colour["range"], strict=True))
    assert pairs["China"] == PLACES["China"] and pairs["South Korea"] == PLACES["South Korea"]


def test_firms_are_named_with_their_home_and_the_largest_first(drawn):
    rows = rows_of(drawn.views["firms"])
    assert {row["owner"] for row in rows} >= {"CATL, China", "LG Energy Solution, South Korea"}
    homes = {row["owner"].rpartition(", ")[2] for row in rows}
    assert homes <= set(places.countries().values())
    title = drawn.views["firms"].title
    assert "CATL rose from" in title and "LG Energy Solution fell from" in title


def test_the_text_for_screen_readers_has_the_concentration(drawn):
    assert "concentration over firms" in drawn.views[""].alt
    assert "over domiciles" in drawn.views[""].alt


def test_an_empty_record_makes_an_empty_picture():
    from datetime import date

    views = FIGURE.draw(Evidence(as_of=date(2010, 1, 1))).views
    assert "on record" in views[""].title and "on record" in views["firms"].title
    for view in views.values():
        assert view.draw("light").to_dict()["layer"]
