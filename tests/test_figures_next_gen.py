"""Does every mark of Figures 12, 13 and 14 lead to its projects, and does the text say the data?"""

from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import VALUES, atlas, figure, multipolar
from multipolar.evidence.store import Evidence
from multipolar.figures.marks import behind
from multipolar.figures.next_gen import GONE, ORDER, counted, leading
from multipolar.figures.registry import figure as find
from multipolar.industry.pilot_counts import counts
from multipolar.industry.pilots import projects
from multipolar.industry.pledges import OUTCOMES
from multipolar.words.errors import UnknownWord
from multipolar.words.vocabularies import UPPER_BOUND

NAMES = {
    "sodium-ion-plants": ("sodium-ion", "cell"),
    "lithium-metal-plants": ("lithium-metal", "cell"),
    "silicon-anode-plants": ("silicon-anode", None),
}
LAST = 2035


@cache
def table():
    return projects(atlas().evidence_store).table.filter("counted").to_dicts()


def drawn_projects(name):
    product, stage = NAMES[name]
    return [
        row for row in table()
        if row["product"] == product and stage in (None, row["stage"])
    ]  # fmt: skip


@cache
def marks(name, view=""):
    spec = figure(name).views[view].draw("light").to_dict()
    return [row for rows in spec["datasets"].values() for row in rows if "key" in row]


@pytest.mark.parametrize("name", NAMES)
def test_one_mark_is_one_project_with_its_rows(name):
    result = figure(name).result
    known = {row["item"]: row for row in result.items.to_dicts()}
    found = []
    for mark in marks(name):
        title, unit, parts = behind(result, mark["key"])
        assert parts.height == 1 and unit == "plants" and title
        assert parts["value"].to_list() == [1.0]
        found.append(known[parts["item"][0]])
    assert len(found) == len({item["item"] for item in found})
    expected = {row["project"]: sorted(row["records"]) for row in drawn_projects(name)}
    assert {item["item"]: sorted(item["records"]) for item in found} == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_mark_stands_at_its_year_with_the_shape_of_its_class(name):
    told = sorted((mark["year"], mark["class"], mark["status"]) for mark in marks(name))
    rows = drawn_projects(name)
    assert told == sorted((max(row["year"], 2020), row["class"], row["status"]) for row in rows)
    spots = [(mark["row"], mark["year"], mark["at"]) for mark in marks(name)]
    assert len(spots) == len(set(spots))
    shown = {mark["state"] for mark in marks(name)}
    assert shown <= {*UPPER_BOUND, GONE}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("view", ["homes", "capacity", "pledges"])
def test_a_bar_leads_to_parts_that_add_up_to_it(name, view):
    for mark in marks(name, view):
        _, unit, parts = behind(figure(name).result, mark["key"])
        assert parts["value"].sum() == pytest.approx(mark["value"], abs=1e-9)
        assert unit in ("plants", "GWh/yr", "kt/yr", "pledges")


@pytest.mark.parametrize("name", NAMES)
def test_counts_agree_with_a_count_of_the_projects(name):
    """Kinds, classes, statuses, homes and years, counted here one project at a time."""
    product, _ = NAMES[name]
    rows = [row for row in table() if row["product"] == product]
    data = figure(name).data.filter(measure="plants", place="World")
    for row in data.to_dicts():
        matching = {
            (r["plant"], r["class"] == "pilot") if row["kind"] == "all" else r["project"]
            for r in rows
            if row["kind"] in ("all", r["stage"], r["kind"])
            and row["class"] in ("all", r["class"])
            and row["domicile"] in ("all", r["domicile"])
            and r["status"] in (UPPER_BOUND if row["status"] == "all" else [row["status"]])
            and max(r["year"], 2020) <= row["year"]
        }
        assert row["value"] == row["value_high"] == len(matching), row
        assert 0 <= row["value_low"] <= row["value"]


@pytest.mark.parametrize("name", NAMES)
def test_a_firm_counts_once_however_many_projects_it_has(name):
    product, _ = NAMES[name]
    rows = [r for r in table() if r["product"] == product and r["status"] in UPPER_BOUND]
    firms = {row["firm"] for row in rows}
    (row,) = figure(name).data.filter(measure="firms", place="World", year=LAST).to_dicts()
    assert row["value"] == len(firms) < len(rows)
    found = figure(name).explain(measure="firms")
    assert found.totals()["value"] == len(firms)
    assert set(found.records) == {record for r in rows for record in r["records"]}


@pytest.mark.parametrize("name", NAMES)
def test_pledges_are_divided_by_outcome_without_rest(name):
    data = figure(name).data.filter(measure="pledges", place="World", year=LAST)
    told = dict(data.select("status", "value").rows())
    assert set(told) <= {"all", *OUTCOMES}
    assert sum(value for word, value in told.items() if word != "all") == told["all"]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40)
@given(data=st.data())
def test_explain_gives_the_number_and_its_sources(name, data):
    drawn = figure(name)
    row = drawn.data.row(data.draw(st.integers(0, drawn.data.height - 1)), named=True)
    found = drawn.explain(**{dim: row[dim] for dim in drawn.result.dims})
    assert found.totals() == {value: row[value] for value in VALUES}
    assert found.records and found.sources


def test_without_a_year_the_whole_record_is_explained():
    found = figure("sodium-ion-plants").explain(place="CHN", status="operating")
    assert found.row["year"] == LAST
    assert {row["plant"] for row in found.rows()["plants"].to_dicts()} >= {"cn-hina-fuyang-na"}


def test_an_architecture_is_a_kind_of_its_own():
    data = figure("lithium-metal-plants").data.filter(
        measure="plants", place="World", domicile="all", status="all", year=LAST
    ).filter(pl.col("class") == "all")  # fmt: skip
    told = dict(data.select("kind", "value").rows())
    kinds = ("solid-state", "semi-solid", "lithium-sulfur", "not said")
    assert sum(told[kind] for kind in kinds) == told["cell"] <= told["all"]


@pytest.mark.parametrize("name", NAMES)
def test_title_and_text_state_the_counts(name):
    standing = [row for row in drawn_projects(name) if row["status"] in UPPER_BOUND]
    runs = sum(row["status"] == "operating" for row in standing)
    view = figure(name).views[""]
    assert f"Of {len(standing)} projects" in view.title and f"{runs} run" in view.title
    chinese = sum(row["place"] == "CHN" for row in standing)
    assert f"China: {chinese} (" in view.alt


@pytest.mark.parametrize("name", NAMES)
def test_with_nothing_on_record_the_pictures_say_so(name):
    drawn = find(name).draw(Evidence(None, date(2012, 1, 1)))
    for view in drawn.views.values():
        assert view.title.startswith("No ")
        assert view.draw("dark").to_dict(validate=True)["layer"]


def test_who_has_most_is_told_with_everybody_who_shares_the_lead():
    assert leading({"China": 3, "Others": 9}) == "China has 3"
    assert leading({"China": 3, "United States": 3}) == "China and the United States have 3 each"
    assert leading({"Others": 2}) == "other places have 2"
    assert counted(1, "firm") == "1 firm" and counted(0, "firm") == "0 firms"
    assert ORDER[0] == "China" and ORDER[-1] == "Others"


def test_a_product_that_is_none_is_named():
    with pytest.raises(UnknownWord, match="sodium-ion"):
        counts(atlas().evidence_store, "sodium")


def test_the_command_line_writes_the_numbers(tmp_path):
    done = multipolar("figure", "silicon-anode-plants", "--format", "csv", cwd=tmp_path)
    assert done.code == 0
    head = done.out.splitlines()[0]
    assert head == "measure,place,domicile,kind,class,status,year,value_low,value,value_high,unit"
