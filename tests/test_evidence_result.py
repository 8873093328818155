"""Does a number lead back to its parts, rows, sources and assumptions? Totals are added by hand."""

import json

import polars as pl
import pytest

from multipolar.evidence.result import GRID, Result, Use, add_up, on_grid, sources_of
from multipolar.words.errors import MultipolarError


def part(place, item, low, value, high, role="sum", whole=False, year=2030):
    return {
        "place": place, "year": year, "whole": whole, "role": role, "item": item,
        "value_low": float(low), "value": float(value), "value_high": float(high),
    }  # fmt: skip


def result(evidence, parts, items=None, groups=("Europe",), **changes):
    parts, dims = pl.DataFrame(parts), ("place", "year")
    data = add_up(parts, dims, groups).with_columns(pl.lit("GWh/yr").alias("unit"))
    items = items or [(name, []) for name in sorted(set(parts["item"]))]
    table = pl.DataFrame(
        [
            {"item": name, "label": name.upper(), "table": "plants", "records": records,
             "assumptions": ["industry.availability"] if records else []}
            for name, records in items
        ],
        schema_overrides={"records": pl.List(pl.String), "assumptions": pl.List(pl.String)},
    )  # fmt: skip
    return Result(**({
        "dims": dims, "data": data, "parts": parts, "items": table, "uses": (), "defaults": {},
        "evidence": evidence,
    } | changes))  # fmt: skip


def numbers(data):
    return {
        row[0]: row[1:] for row in data.select("place", "value_low", "value", "value_high").rows()
    }


TWO_PLANTS = [
    part("DEU", "a", 1, 2, 3),
    part("DEU", "b", 10, 20, 30),
    part("FRA", "c", 100, 200, 300),
]


def test_a_country_is_the_sum_of_its_parts_and_a_group_that_of_its_members(evidence):
    found = result(evidence, [*TWO_PLANTS, part("USA", "d", 1000, 2000, 3000)])
    assert numbers(found.data) == {
        "DEU": (11, 22, 33), "FRA": (100, 200, 300), "USA": (1000, 2000, 3000),
        "Europe": (111, 222, 333),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("place", "items"), [("DEU", ["b", "a"]), ("Germany", ["b", "a"]), ("eu27", ["c", "b", "a"])]
)
def test_an_explanation_lists_the_parts_the_largest_first(evidence, place, items):
    found = result(evidence, TWO_PLANTS, groups=("EU27",)).explain(place=place)
    assert found.parts["item"].to_list() == items
    assert found.parts["label"].to_list() == [item.upper() for item in items]


def test_parts_of_another_year_stay_out(evidence):
    found = result(evidence, [part("DEU", "a", 1, 2, 3), part("DEU", "a", 4, 5, 6, year=2031)])
    assert found.explain(place="DEU", year=2031).totals() == {
        "value_low": 4, "value": 5, "value_high": 6,
    }  # fmt: skip


def test_a_whole_part_speaks_for_its_place_and_is_not_added_up_over_members(evidence):
    parts = [
        part("Europe", "outlook", 5, 6, 7, whole=True),
        part("DEU", "german outlook", 1, 2, 3, whole=True),
    ]
    found = result(evidence, parts)
    assert numbers(found.data) == {"Europe": (5, 6, 7), "DEU": (1, 2, 3)}
    assert found.explain(place="Europe").parts["item"].to_list() == ["outlook"]
    assert found.explain(place="DEU").parts["item"].to_list() == ["german outlook"]


def test_a_ratio_divides_the_sums_and_is_not_the_sum_of_ratios(evidence):
    parts = [
        part("DEU", "a", 2, 4, 6, "above"), part("FRA", "b", 10, 12, 14, "above"),
        part("DEU", "need", 1, 2, 3, "below"), part("FRA", "need", 3, 6, 4, "below"),
    ]  # fmt: skip
    found = result(evidence, parts)
    assert numbers(found.data) == {
        "DEU": (2, 2, 2), "FRA": (10 / 3, 2, 14 / 4), "Europe": (12 / 4, 16 / 8, 20 / 7),
    }  # fmt: skip
    for place in ("DEU", "FRA", "Europe"):
        assert tuple(found.explain(place=place).totals().values()) == numbers(found.data)[place]


def test_a_ratio_may_have_a_whole_need_below_the_parts_of_members(evidence):
    above = [found | {"role": "above"} for found in TWO_PLANTS]
    found = result(evidence, [*above, part("Europe", "need", 3, 2, 9, "below", whole=True)])
    assert numbers(found.data) == {"Europe": (111 / 3, 222 / 2, 333 / 9)}
    assert found.explain(place="Europe").parts["role"].to_list() == [*["above"] * 3, "below"]


@pytest.mark.parametrize("need", [(0, 2, 3), (1, 0, 3), (0, 0, 0), None], ids=str)
def test_a_ratio_to_nothing_is_no_number(need):
    parts = [part("DEU", "a", 1, 2, 3, "above"), part("FRA", "b", 1, 2, 3, "above")]
    parts += [part("DEU", "need", *need, "below")] if need else []
    parts += [part("FRA", "need", 1, 1, 1, "below")]
    assert numbers(add_up(pl.DataFrame(parts), ("place", "year"), [])) == {"FRA": (1, 2, 3)}


def test_a_place_with_a_need_and_nothing_to_meet_it_has_no_number():
    parts = [part("DEU", "a", 1, 2, 3), part("ITA", "need", 1, 1, 1, "below")]
    assert numbers(add_up(pl.DataFrame(parts), ("place", "year"), [])) == {"DEU": (1, 2, 3)}


OWNED = [
    part("DEU", "a", 1, 1, 1) | {"domicile": "CHN"},
    part("FRA", "b", 10, 10, 10) | {"domicile": "KOR"},
    part("FRA", "c", 100, 100, 100) | {"domicile": "all"},
]


def test_a_group_stands_for_its_members_as_a_place_and_not_as_a_domicile():
    data = add_up(pl.DataFrame(OWNED), ("place", "domicile"), ["Europe", "Asia"])
    assert {row[:2]: row[3] for row in data.rows()} == {
        ("DEU", "CHN"): 1, ("FRA", "KOR"): 10, ("FRA", "all"): 100,
        ("Europe", "CHN"): 1, ("Europe", "KOR"): 10, ("Europe", "all"): 100,
    }  # fmt: skip


@pytest.mark.parametrize(("domicile", "item"), [("South Korea", "b"), ("KOR", "b"), ("all", "c")])
def test_a_domicile_is_named_like_a_place_or_is_all(evidence, domicile, item):
    dims = ("place", "domicile")
    data = add_up(pl.DataFrame(OWNED), dims, ["Europe"]).with_columns(
        pl.lit("GWh/yr").alias("unit")
    )
    found = result(evidence, OWNED, dims=dims, data=data)
    assert found.explain(place="europe", domicile=domicile).parts["item"].to_list() == [item]


@pytest.fixture
def told(evidence):
    """A result whose items stand on the first two bundled plant rows."""
    records = evidence.table("plants")["record"][:2].to_list()
    items = [("a", records[:1]), ("b", records), ("c", [])]
    uses = (
        Use({"place": "DEU"}, ("industry.delay",)),
        Use({"year": "2031"}, ("industry.capex.china",)),
    )
    return result(evidence, TWO_PLANTS, items, uses=uses), records


def test_an_explanation_names_rows_sources_and_assumptions(told, evidence):
    found, records = told
    explained = found.explain(place="DEU")
    assert explained.records == sorted(records)
    assert sorted(explained.rows()["plants"]["record"]) == sorted(records)
    assert explained.assumptions == ["industry.availability", "industry.delay"]
    rows = evidence.table("plants").filter(pl.col("record").is_in(records))
    said = set(sources_of(rows)) | {"iea-gevo-2025"}
    assert {source.id for source in explained.sources} >= said


def test_an_assumption_of_other_numbers_stays_out(told):
    found, _ = told
    explained = found.explain(place="FRA")
    assert (explained.records, explained.assumptions, explained.sources) == ([], [], [])


def test_an_explanation_as_json_holds_the_number_and_all_behind_it(told):
    found, records = told
    plain = json.loads(found.explain(place="DEU").to_json())
    assert plain["key"] == {"place": "DEU", "year": 2030}
    assert plain["number"] == {"value_low": 11, "value": 22, "value_high": 33, "unit": "GWh/yr"}
    assert plain["total_of_parts"] == {"value_low": 11, "value": 22, "value_high": 33}
    assert [row["record"] for row in plain["rows"]["plants"]] == sorted(records)
    assert {row["assumption"] for row in plain["assumptions"]} == {
        "industry.availability",
        "industry.delay",
    }


def test_sources_of_rows_include_those_in_between():
    rows = pl.DataFrame({"source": ["b", "a", "b"], "via": [None, "c", None]})
    assert sources_of(rows) == ["a", "b", "c"]
    assert sources_of(rows.drop("via")) == ["a", "b"]
    assert sources_of(rows.drop("via", "source")) == []


def test_defaults_fill_in_what_a_question_leaves_out(evidence):
    parts = [part("DEU", "a", 1, 2, 3), part("DEU", "a", 4, 5, 6, year=2031)]
    found = result(evidence, parts, defaults={"year": "2031"})
    assert found.explain(place="DEU").totals()["value"] == 5
    assert found.explain(place="DEU", year=2030).totals()["value"] == 2


def test_a_question_with_several_answers_says_which_key_to_add(evidence):
    parts = [part("DEU", "a", 1, 2, 3), part("DEU", "a", 4, 5, 6, year=2031)]
    with pytest.raises(MultipolarError, match="2 numbers have these keys: add year=203"):
        result(evidence, parts).explain(place="DEU")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"plce": "DEU"}, "unknown key 'plce': did you mean place"),
        ({"place": "Germny"}, "unknown place 'Germny': did you mean .*Germany"),
        ({"place": "JPN"}, "no number for Japan as place in this figure"),
        ({"place": "DEU", "year": 1999}, "no number for year 1999: there are 2030 to 2030"),
    ],
)
def test_a_key_that_is_not_there_is_refused(evidence, keys, message):
    with pytest.raises(MultipolarError, match=message):
        result(evidence, TWO_PLANTS).explain(**keys)


def test_the_grid_is_fine_enough_for_a_kilowatt_hour():
    values = pl.DataFrame({"x": [0.0, 1 / 3, 12345.678901234]})
    moved = values.select(on_grid(pl.col("x")).alias("x"))["x"].to_list()
    assert all((value * GRID).is_integer() for value in moved)
    assert moved == pytest.approx(values["x"].to_list(), abs=0.5 / GRID)
    assert 1 / GRID < 1e-6, "a GWh holds a million kWh"
