"""Does the figure of price curves say what its data say?"""

import polars as pl
import pytest

import multipolar as mp
from industry_fixtures import figure
from multipolar.figures.marks import behind, keys
from multipolar.words.money import from_real_usd

NAME = "price-curves"


def row(**dims):
    found = figure(NAME).data.filter(pl.all_horizontal(pl.col(k) == v for k, v in dims.items()))
    assert found.height == 1
    return found.row(0, named=True)


@pytest.mark.parametrize(("view", "boundary"), [("", "pack"), ("cells", "cell")])
def test_the_title_says_the_price_now_and_in_2030(view, boundary):
    title = figure(NAME).views[view].title
    lithium = {"chemistry": "Li-ion", "boundary": boundary, "place": "World"}
    now = row(measure="price", year=2025, **lithium)["value"]
    then = row(measure="forecast", year=2030, **lithium)
    assert f"from {now:.0f} in 2025" in title
    assert f"{then['value']:.0f} ({then['value_low']:.0f}–{then['value_high']:.0f})" in title


def test_the_title_of_crossings_says_the_probabilities():
    share = row(
        measure="has undercut LFP", chemistry="Na-ion", boundary="pack", place="World", year=2030
    )
    assert f"sodium-ion packs {share['value']:.0f}\u00a0%" in figure(NAME).views["crossing"].title


def test_a_start_taken_from_cells_is_called_so():
    found = figure(NAME).explain(measure="forecast", chemistry="Na-ion", year=2030)
    labels = found.parts["label"].to_list()
    assert any("of a cell, times the price of a pack" in label for label in labels)
    assert not any(label.startswith("last published price:") for label in labels)


def test_parts_of_a_probability_are_draws():
    found = figure(NAME).explain(measure="has undercut LFP", chemistry="Na-ion", year=2030)
    first, second = found.parts.sort("role")["label"]
    assert first.startswith("draws in which it has undercut LFP")
    assert second.startswith("a hundredth of all draws")


def test_the_note_tells_the_backtest_and_claims_no_more():
    for name in ("", "cells"):
        note = figure(NAME).views[name].note
        assert "backtest: " in note
        assert "binomial" in note or "interval" in note
        assert "never fitted" in note


@pytest.mark.parametrize("boundary", ["pack", "cell"])
def test_the_backtest_is_a_number_of_the_figure(boundary):
    told = figure(NAME).result.explain(
        measure="later prices inside the range", boundary=boundary, year=2025
    )
    [above] = told.parts.filter(role="above")["value"]
    [below] = told.parts.filter(role="below")["value"]
    [label] = set(told.parts["label"])
    assert label.startswith(f"backtest: {above:.0f} of {100 * below:.0f} later prices")
    assert above == int(above)
    assert told.row["value"] == pytest.approx(above / below)
    assert told.row["value_low"] < told.row["value"] < told.row["value_high"] <= 100


def test_every_mark_of_a_price_leads_to_its_parts():
    result = figure(NAME).result
    for view in figure(NAME).views.values():
        marks = sorted(set(keys(view.draw("light").to_dict())))
        assert marks
        for mark in marks[:: max(len(marks) // 12, 1)]:
            assert behind(result, mark)[2].height


def test_another_currency_changes_prices_and_no_probability():
    euros = mp.open(currency="EUR").figure(NAME).data
    dollars = figure(NAME).data
    both = dollars.join(euros, on=["measure", "chemistry", "boundary", "place", "year"])
    assert both.height == dollars.height == euros.height
    share = both.filter(pl.col("unit") == "%")
    assert share["value"].equals(share["value_right"])
    money = both.filter(pl.col("unit") != "%")
    ratio = money["value_right"] / money["value"]
    assert ratio.min() == pytest.approx(from_real_usd(1, "EUR"), rel=1e-4)
    assert ratio.max() == pytest.approx(from_real_usd(1, "EUR"), rel=1e-4)
    assert set(money["unit_right"]) == {"EUR/kWh"}
