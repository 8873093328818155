"""Does the figure of concentration flag measures, keep LFP cells and cathode apart, and say what is
not checked?"""

from datetime import date

import polars as pl
import pytest

from industry_fixtures import atlas, figure
from multipolar.evidence.store import Evidence
from multipolar.figures.concentration import (
    BOUGHT,
    BUYERS,
    FIGURE,
    HALF,
    PALE,
    RELAYED,
    STAGES,
    UNSURE,
)
from multipolar.figures.marks import behind, keys
from multipolar.figures.say import number
from multipolar.figures.theme import PLACES
from multipolar.industry.concentration import HORIZON, LEADER, OWN, incomplete, lists
from multipolar.words import places, vocabularies

NAME = "concentration"


@pytest.fixture(scope="module")
def drawn():
    return figure(NAME)


def rows_of(view):
    spec = view.draw("light").to_dict()
    return [row for rows in spec["datasets"].values() for row in rows if "told" in row]


def test_the_figure_re_runs_the_seventh_of_the_study(drawn):
    assert (FIGURE.name, FIGURE.number) == (NAME, 7)
    assert set(drawn.views) == {"", "stages", "imports"}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("view", ["", "stages"])
def test_every_view_is_a_valid_chart(drawn, view, mode):
    shown = drawn.views[view]
    assert shown.draw(mode).to_dict(validate=True)["layer"]
    assert shown.title and shown.subtitle and shown.note and len(shown.alt) > 80


def test_lfp_cathode_and_lfp_cells_stand_apart_now_and_in_2030(drawn):
    bars = {
        (row["product"], row["year"]) for row in rows_of(drawn.views[""]) if row["source"] == OWN
    }
    now = str(atlas().evidence_store.year)
    assert bars == {(p, y) for p in ("LFP cathode", "LFP cells") for y in (now, str(HORIZON))}


def test_the_title_has_the_shares_of_both(drawn):
    rows = [r for r in rows_of(drawn.views[""]) if r["source"] == OWN and r["year"] != str(HORIZON)]
    for row in rows:
        assert f"{number(row['value'])} % of {row['product']}" in drawn.views[""].title


def test_every_other_good_of_the_study_is_there(drawn):
    products = {row["product"] for row in rows_of(drawn.views[""])}
    for word in ("rare earth magnets", "humanoid robots", "lithography", "AI chips"):
        assert any(word in product for product in products), word


def test_every_bar_says_what_it_counts(drawn):
    words = vocabularies.words("basis")
    for view in drawn.views.values():
        for row in rows_of(view):
            counted = row["row"].partition("|")[2]
            basis, _, rest = counted.partition(" by ")
            by, _, year = rest.partition(", ")
            assert basis in words and by in ("place", "domicile") and year.isdigit(), row["row"]


def test_what_nobody_checked_is_pale_and_marked(drawn):
    for row in rows_of(drawn.views[""]):
        unchecked = row["source"] == "assumption"
        assert (row["depth"] == PALE) == unchecked
        assert (UNSURE in row["row"]) == unchecked
        assert ("not checked" in row["told"]) == unchecked


def test_what_was_read_second_hand_is_marked(drawn):
    relayed = {(o.product, o.basis, o.by, o.source) for o in lists(atlas().evidence_store) if o.via}
    for view in drawn.views.values():
        for row in rows_of(view):
            kind = (row["product"], row["basis"], row["by"], row["source"])
            assert (RELAYED in row["row"]) == (kind in relayed)


def test_bars_and_lines_are_those_of_the_data(drawn):
    leaders = drawn.data.filter(pl.col("measure") == LEADER)
    for view in drawn.views.values():
        for row in rows_of(view):
            (found,) = leaders.filter(
                product=row["product"], basis=row["basis"], by=row["by"], source=row["source"],
                year=int(row["year"]),
            ).iter_rows(named=True)  # fmt: skip
            ends = (found["value_low"], found["value"], found["value_high"])
            assert (row["low"], row["value"], row["high"]) == pytest.approx(ends, abs=0.006)
            assert places.name(found["place"]) == row["country"]


@pytest.mark.parametrize("view", ["", "stages"])
def test_a_click_leads_to_the_parts_that_make_up_the_mark(drawn, view):
    spec = drawn.views[view].draw("light").to_dict()
    shown = {row["key"]: row["value"] for row in rows_of(drawn.views[view])}
    assert set(keys(spec)) == set(shown)
    for key, value in shown.items():
        _, unit, parts = behind(drawn.result, key)
        above = parts.filter(pl.col("role") != "below")["value"].sum()
        below = parts.filter(pl.col("role") == "below")["value"].sum()
        assert unit == "%"
        assert (above / below if below else above) == pytest.approx(value, abs=0.006)


def test_stages_run_from_mining_to_recycling(drawn):
    stages = {one.product: one.stage for one in lists(atlas().evidence_store)}
    stages |= {"LFP cells": "cell", "LFP cathode": "cathode active material"}
    order = [STAGES.index(stages[row["product"]]) for row in rows_of(drawn.views["stages"])]
    assert order == sorted(order)
    assert set(order) == set(range(len(STAGES)))


def test_plants_that_are_too_few_are_not_drawn_and_named(drawn):
    missing = incomplete(drawn.result)
    own = {row["product"] for row in rows_of(drawn.views["stages"]) if row["source"] == OWN}
    assert missing and not own & missing
    assert all(product in drawn.views["stages"].note for product in missing)


def test_a_country_has_its_colour_and_others_their_name(drawn):
    colour = drawn.views[""].draw("light").to_dict()["layer"][0]["encoding"]["color"]["scale"]
    pairs = dict(zip(colour["domain"], colour["range"], strict=True))
    assert pairs["China"] == PLACES["China"]
    assert pairs["Europe"] == PLACES["Europe"] and "Netherlands" not in pairs
    assert len(set(pairs.values())) == len(pairs), "two entries of one colour"
    for view in drawn.views.values():
        for row in rows_of(view):
            assert (row["country"] in row["label"]) == (row["country"] != row["class"])


def test_the_text_for_screen_readers_has_every_bar_with_its_range(drawn):
    for row in rows_of(drawn.views[""]):
        assert row["told"] in drawn.views[""].alt
    assert "concentration" in drawn.views["stages"].alt


def test_an_early_day_draws_without_lists():
    views = FIGURE.draw(Evidence(as_of=date(2005, 1, 1))).views
    for view in views.values():
        assert view.title and view.draw("light").to_dict()["layer"]


def test_imports_say_the_finding_and_mark_what_is_not_on_record(drawn):
    view = drawn.views["imports"]
    assert "lithium-ion batteries by 5 of 5" in view.title
    rows = drawn.data.filter(
        (pl.col("measure") == BOUGHT) & (pl.col("product") == "Lithium-ion batteries")
    )
    shown = rows.filter(pl.col("place").is_in(BUYERS))
    assert (shown.height, shown.filter(pl.col("value") > HALF).height) == (5, 5)
    # Of batteries all buyers are in the data.
    assert rows.height > len(BUYERS)
    spec = view.draw("light").to_dict(validate=True)
    blank = [
        row for rows in spec["datasets"].values() for row in rows if set(row) == {"good", "buyer"}
    ]
    assert blank == [{"good": "Lithium-ion batteries, 2023", "buyer": "Europe"}]
    assert "–: not on record, as for its batteries" in view.note
