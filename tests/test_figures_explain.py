"""Does every number of every figure lead back to parts, rows, sources and assumptions?"""

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import VALUES, atlas, figure, plain
from multipolar.evidence.result import sources_of, tables_of
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.sources import source
from multipolar.words import places
from multipolar.words.errors import MultipolarError

NAMES = tuple(atlas().figures())


def keys_of(name, data=None):
    rows = figure(name).data if data is None else data
    return rows.select(figure(name).result.dims).to_dicts()


def exact(found):
    """The parts make up the number to the last digit."""
    return found.totals() == {value: found.row[value] for value in VALUES}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_the_sum_of_its_parts(name):
    """All rows at once, added up again here in another way: one number at a time."""
    drawn = figure(name)
    dims = drawn.result.dims
    at = dims.index("place")
    groups = defaultdict(list)
    for group, members in places.groups().items():
        for member in members:
            groups[member].append(group)
    above, below = (defaultdict(lambda: [0.0, 0.0, 0.0]) for _ in range(2))
    for row in drawn.result.parts.select(*dims, "whole", "role", *VALUES).iter_rows():
        key, whole, role, amounts = row[: len(dims)], row[-5], row[-4], row[-3:]
        for place in [key[at]] if whole else [key[at], *groups[key[at]]]:
            totals = (below if role == "below" else above)[*key[:at], place, *key[at + 1 :]]
            for index, amount in enumerate(amounts):
                totals[index] += amount
    for key in above.keys() & below.keys():
        above[key] = [a / b for a, b in zip(above[key], below[key], strict=True)]
    shown = {row[: len(dims)]: list(row[len(dims) :]) for row in
             drawn.data.select(*dims, *VALUES).iter_rows()}  # fmt: skip
    assert shown and above == shown


def of_year(name, year):
    """Numbers of a year; of a figure without years, or with few rows of it, every other one."""
    data = figure(name).data
    here = data.filter(pl.col("year") == year) if "year" in data.columns else data[:0]
    return here if here.height > 100 else data[::2]


@pytest.mark.parametrize("name", NAMES)
def test_explain_adds_up_exactly_for_every_number_of_a_year(name):
    """Every second one of 2025 (2030 has more than twice as many)."""
    rows = keys_of(name, of_year(name, 2025)[::2])
    assert len(rows) > 50
    assert [key for key in rows if not exact(figure(name).explain(**key))] == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60)
@given(data=st.data())
def test_explain_adds_up_exactly_for_any_number(name, data):
    index = data.draw(st.integers(0, figure(name).data.height - 1))
    key = keys_of(name, figure(name).data[index])[0]
    found = figure(name).explain(**key)
    assert exact(found)
    assert {dim: found.row[dim] for dim in key} == key


@pytest.mark.parametrize("name", NAMES)
def test_every_part_has_a_label_and_rows_on_record(name):
    items = figure(name).result.items
    assert items["item"].is_unique().all()
    assert items["label"].null_count() == 0
    on_record = {t: set(atlas().evidence(t)[schema(t).key[0]]) for t in tables_of(items["table"])}
    for tables_, records in items.select("table", "records").rows():
        known = [on_record[table] for table in tables_.split("|")]
        assert records and set(records) <= set.union(*known)
        assert all(known_ & set(records) for known_ in known)


def undivided(name):
    """The numbers of the figure as most people ask for them: of 2030, not divided further."""
    rows = of_year(name, 2030)
    for dim in {"chemistry", "domicile", "rule", "kind"} & set(figure(name).result.defaults):
        rows = rows.filter(pl.col(dim) == figure(name).result.defaults[dim])
    return keys_of(name, rows)


@pytest.mark.parametrize("name", NAMES)
def test_rows_sources_and_assumptions_of_a_number_are_on_record(name):
    assumptions = set(atlas().evidence("assumptions")["assumption"])
    firms = atlas().evidence("firms")
    on_record = {t: set(atlas().evidence(t)[schema(t).key[0]]) for t in tables()}
    rows = undivided(name)
    rows = rows[:: max(len(rows) // 60, 1)]
    assert len(rows) > 30
    for key in rows:
        found = figure(name).explain(**key)
        told = found.rows()
        owners = told.pop("firms", firms.clear())
        assert told, key
        assert set(owners["firm"]) <= set(firms["firm"])
        named = {id for frame in told.values() for id in sources_of(frame)}
        ids = {table: set(frame[frame.columns[0]]) for table, frame in told.items()}
        assert set().union(*ids.values()) == set(found.records)
        assert all(rows <= on_record[table] for table, rows in ids.items())
        assert set(found.assumptions) <= assumptions
        assert {s.id for s in found.sources} >= named
        assert all(source(s.id) == s for s in found.sources)


def test_the_rows_of_a_plant_are_those_that_speak_of_it():
    found = figure("cell-capacity").explain(place="POL", year=2030)
    speak = dict(atlas().evidence("plants").select("record", "plant").rows())
    for item, records in found.parts.select("item", "records").rows():
        assert {speak[record] for record in records} == {item.split("/")[0]}


@pytest.mark.parametrize(
    "name, keys",
    [
        ("foreign-investment", {"domicile": "KOR", "place": "POL"}),
        ("cell-capacity", {"domicile": "KOR", "place": "POL", "year": 2030}),
    ],
)
def test_a_number_by_domicile_leads_to_the_firms(name, keys):
    firms = figure(name).explain(**keys).rows().get("firms")
    assert firms is not None and "lg-energy-solution" in set(firms["firm"])


def test_parts_come_largest_first():
    sizes = figure("cell-capacity").explain(place="World", year=2030).parts["value_high"]
    assert sizes.is_sorted(descending=True)


def test_a_group_is_explained_by_the_plants_of_its_members():
    found = figure("cell-capacity").explain(place="North-America", year=2030)
    inside = set()
    for place in ("USA", "CAN", "MEX"):
        if plain(figure("cell-capacity"), place=place, year=2030, status="all").height:
            inside |= set(figure("cell-capacity").explain(place=place, year=2030).parts["item"])
    assert set(found.parts["item"]) == inside


def test_the_demand_of_a_group_is_not_that_of_its_members():
    found = figure("cell-capacity").explain(measure="demand", place="Europe", year=2030)
    assert set(found.rows()["demand"]["place"]) == {"Europe"}


def test_utilisation_has_parts_above_and_below_the_line():
    found = figure("cell-capacity").explain(measure="utilisation", place="World", year=2030)
    tables = dict(found.parts.group_by("role").agg(pl.col("table").unique()).rows())
    assert tables == {"above": ["demand"], "below": ["plants"]}


def test_a_place_may_be_spelled_in_other_ways():
    wanted = figure("cell-capacity").explain(place="POL", year=2030).row
    for spelling in ("pl", "Poland", "poland"):
        assert figure("cell-capacity").explain(place=spelling, year=2030).row == wanted


def test_a_year_may_be_a_number_or_a_text():
    found = figure("cell-capacity")
    assert found.explain(place="POL", year=2030).row == found.explain(place="POL", year="2030").row


@pytest.mark.parametrize(
    "keys, word",
    [
        ({"land": "POL", "year": 2030}, "land"),
        ({"place": "Atlantis", "year": 2030}, "Atlantis"),
        ({"place": "POL", "year": 1999}, "1999"),
        ({"place": "POL", "year": 2030, "status": "sleeping"}, "sleeping"),
        ({"place": "POL", "year": 2030, "measure": "price"}, "price"),
        ({"place": "ISL", "year": 2030}, "Iceland"),
    ],
)
def test_an_unknown_key_or_word_is_named(keys, word):
    with pytest.raises(MultipolarError) as refused:
        figure("cell-capacity").explain(**keys)
    assert word in str(refused.value)


@pytest.mark.parametrize(
    "keys, missing",
    [({"place": "POL"}, "year="), ({"year": 2030}, "place="), ({}, "place=")],
)
def test_too_few_keys_are_answered_with_what_to_add(keys, missing):
    with pytest.raises(MultipolarError) as refused:
        figure("cell-capacity").explain(**keys)
    assert "add" in str(refused.value) and missing in str(refused.value)


@pytest.mark.parametrize(
    ("name", "measure"),
    [("cell-cost", "delivered price"), ("value-chain", "scrap"), ("value-chain", "mass")],
)
def test_a_default_gives_way_where_there_is_no_choice(name, measure):
    assert exact(figure(name).explain(measure=measure))


def test_what_is_to_be_added_works_as_it_is_told():
    with pytest.raises(MultipolarError) as refused:
        figure("cell-capacity").explain(place="POL")
    advice = str(refused.value).partition(": add ")[2].split()
    added = dict(pair.split("=") for pair in advice)
    assert exact(figure("cell-capacity").explain(place="POL", **added))
