"""Does the figure of exports convert month by month, explain its marks in files, and say when it is
empty?"""

from datetime import date
from statistics import fmean

import pytest

from industry_fixtures import STEP, figure, multipolar
from multipolar.evidence.store import Evidence
from multipolar.figures.china_exports import FIGURE, _marks
from multipolar.figures.files import picture
from multipolar.figures.registry import figure as find
from multipolar.figures.theme import MUTED
from multipolar.words.files import read_rows

NAME = "china-exports"
RATES = {
    row["month"]: float(row["units_per_usd"])
    for row in read_rows("multipolar.words", "exchange_rates.csv")
    if row["currency"] == "EUR"
}


@pytest.fixture(scope="module")
def euros():
    return FIGURE.draw(Evidence(), "EUR")


def value(drawn, **keys):
    return drawn.data.filter(**keys)["value"].item()


@pytest.mark.parametrize("month", ["2018-01", "2022-09", "2025-06"])
def test_a_month_in_euros_is_at_its_own_rate(euros, month):
    keys = {"measure": "value", "place": "World", "month": month}
    assert value(euros, **keys) == pytest.approx(value(figure(NAME), **keys) * RATES[month])
    told = euros.explain(**keys).parts["label"].item()
    assert told.endswith(f"{RATES[month]:.5g} EUR for a US$ (ECB, mean of {month})")


def test_a_sum_in_euros_is_that_of_its_months(euros):
    keys = {"measure": "value of twelve months", "place": "World", "month": "2023-04"}
    months = [f"2022-{at:02d}" for at in range(5, 13)] + [f"2023-{at:02d}" for at in range(1, 5)]
    wanted = sum(value(euros, measure="value", place="World", month=month) for month in months)
    assert value(euros, **keys) == wanted
    assert euros.explain(**keys).totals()["value"] == wanted


def test_twelve_months_told_as_one_are_at_the_mean_of_their_months(euros):
    keys = {"measure": "value of twelve months", "place": "USA", "month": "2025-06"}
    months = [f"2024-{at:02d}" for at in range(7, 13)] + [f"2025-{at:02d}" for at in range(1, 7)]
    wanted = value(figure(NAME), **keys) * fmean(RATES[month] for month in months)
    assert value(euros, **keys) == pytest.approx(wanted, abs=2 * STEP)
    told = euros.explain(**keys).parts["label"].item()
    assert told.endswith("(ECB, mean of 2024-07 to 2025-06)")


def test_what_is_no_money_has_no_rate(euros):
    keys = {"measure": "energy", "place": "World", "month": "2025-06"}
    assert value(euros, **keys) == value(figure(NAME), **keys)
    assert "EUR" not in euros.explain(**keys).parts["label"].item()
    dollars = figure(NAME).explain(measure="value", place="World", month="2025-06")
    assert "US$" not in dollars.parts["label"].item()


def test_a_file_tells_what_the_numbered_lines_are():
    view = figure(NAME).views[""]
    assert view.key.startswith("Began to apply: 1 China: ")
    assert view.key not in view.note
    svg = picture(figure(NAME), "svg").decode()
    # The words stand in the picture, whatever line they are broken to.
    for word in ("Began", "Rebate", "Section", "Emergency"):
        assert word in svg
    assert "Began" not in picture(figure(NAME), "svg", "regions").decode()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_symbols_of_the_legend_are_seen(mode):
    spec = figure(NAME).views["regions"].draw(mode).to_dict()
    (legend,) = (
        layer["encoding"]["shape"]["legend"]
        for layer in spec["layer"]
        if "shape" in layer["encoding"]
    )
    assert legend == {"symbolFillColor": MUTED[mode], "symbolStrokeColor": MUTED[mode]}


def test_where_nothing_is_on_record_every_view_says_so(tmp_path):
    drawn = FIGURE.draw(Evidence(as_of=date(2017, 1, 1)))
    assert drawn.data.is_empty()
    for view in drawn.views.values():
        assert (view.title, view.alt) == ("No exports are on record", "An empty chart.")
        assert view.draw("light").to_dict(validate=True)
    done = multipolar(
        "figure", NAME, "--as-of", "2017-01-01", "--out", tmp_path / "x.png", cwd=tmp_path
    )
    assert done.code == 1 and not (tmp_path / "x.png").exists()
    last = done.err.splitlines()[-1]
    assert last == "multipolar: china-exports: nothing is on record to draw as of 2017-01-01"
    assert ", 0 of 8,026 trade rows" in done.err


@pytest.mark.parametrize("name", [NAME, "market-share"])
def test_an_empty_figure_can_be_set_in_a_report(name):
    drawn = find(name).draw(Evidence(as_of=date(2017, 1, 1)))
    for view in drawn.views:
        assert picture(drawn, "png", view).startswith(b"\x89PNG")


def test_lines_that_stand_close_share_one_label():
    marks = _marks(figure(NAME).result)
    labels = [label for label in marks["label"] if label]
    told = [n for label in labels for n in _numbers(label)]
    assert told == list(range(1, marks.height + 1))
    assert len(labels) < marks.height


def _numbers(label):
    first, _, last = label.partition("–")
    return range(int(first), int(last or first) + 1)
