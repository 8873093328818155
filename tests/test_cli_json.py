"""Is what a script asks for as JSON nothing but JSON?"""

import re
from functools import cache

import pytest

from industry_fixtures import VALUES, atlas, figure, multipolar
from multipolar.evidence.imports import importable
from multipolar.evidence.schemas import tables
from test_verify import KEYS

COMMANDS = {
    "verify": ("verify",),
    "figures": ("figures",),
    "figure": ("figure", "cell-capacity"),
    "explain": ("explain", "cell-capacity", "place=POL", "year=2030"),
    "evidence": ("evidence",),
    "sources": ("sources",),
    "coverage": ("coverage",),
    "gap": ("gap", "USA"),
    "lines": ("lines",),
    "dependence": ("dependence", "USA"),
    "divert": ("divert", "--place", "EU27", "--duty", "30"),
    "flows": ("flows", "--by", "year,exporter", "--product", "283691"),
    "forecast": ("forecast", "World"),
    "impact": ("impact", "cn-rebate-9"),
    "cost": ("cost",),
    "breakeven": ("breakeven",),
    "levers": ("levers",),
    "formats": ("formats",),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """asked(name) is what a command of the list above answered; each is run once."""
    folder = tmp_path_factory.mktemp("asked")
    return cache(lambda name: multipolar(*COMMANDS[name], "--format", "json", cwd=folder))


def test_every_command_with_json_is_in_this_file(tmp_path):
    listed = multipolar("--help", cwd=tmp_path).out.partition("Commands:")[2]
    names = re.findall(r"^  ([a-z]\S*)  ", listed, re.MULTILINE)
    with_json = {n for n in names if "--format" in multipolar(n, "--help", cwd=tmp_path).out}
    assert with_json == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_all_there_is_on_standard_output(asked, name):
    assert asked(name).code == 0
    assert asked(name).json


def test_verify_has_175_entries_with_the_keys_of_the_contract(asked):
    done = asked("verify")
    assert done.err == ""
    assert len(done.json) == 175
    for entry in done.json:
        assert set(entry) == KEYS
        assert set(entry["reported"]) == {"low", "high", "unit", "comparator"}
        assert set(entry["computed"]) == {"low", "central", "high"}


def test_verify_has_409_entries_when_all_are_wanted(tmp_path):
    done = multipolar("verify", "--all", "--format", "json", cwd=tmp_path)
    assert len(done.json) == 409
    assert len({entry["claim"] for entry in done.json}) == 409


def test_figures_are_named_as_they_are_asked_for(asked):
    found = asked("figures").json
    assert [(f["name"], f["study_figure"]) for f in found] == [
        ("value-chain", 1), ("market-share", 2), ("cell-capacity", 3), ("china-exports", 4),
        ("cell-cost", 5), ("concentration", 7), ("lfp-outside-china", 8), ("sodium-ion-plants", 12),
        ("lithium-metal-plants", 13), ("silicon-anode-plants", 14), ("price-curves", 15),
        ("foreign-investment", 18),
    ]  # fmt: skip


def test_a_figure_as_json_is_its_data(asked):
    assert asked("figure").json == figure("cell-capacity").data.to_dicts()


def test_the_tables_are_those_that_can_be_asked_for(asked):
    assert {entry["table"]: entry["rows"] for entry in asked("evidence").json} == {
        name: atlas().evidence(name).height for name in tables()
    }


@pytest.mark.parametrize("table", tables())
def test_a_table_as_json_has_every_row(tmp_path, table):
    found = multipolar("evidence", table, "--format", "json", cwd=tmp_path).json
    assert found == atlas().evidence(table).to_dicts()


def test_one_source_can_be_asked_for(tmp_path):
    (found,) = multipolar("sources", "mcbride-2026", "--format", "json", cwd=tmp_path).json
    assert found["id"] == "mcbride-2026" and found["publisher"]


def test_formats_are_those_that_can_be_imported(asked, tmp_path):
    named = {entry["format"] for entry in asked("formats").json}
    assert named >= set(importable())
    done = multipolar("import", "claims", "missing.csv", cwd=tmp_path)
    assert done.code == 1 and "unknown format 'claims'" in done.err


def test_coverage_tells_sums_reasons_and_what_rests_on_one_list(asked):
    found = asked("coverage").json
    assert found["plants_in_sums"] + len(found["left_out"]) == found["plants_with_capacity"]
    assert all(entry["reason"] for entry in found["left_out"])
    assert all(0 <= entry["share"] <= 1 for entry in found["on_one_unverified_list"])


def test_an_explanation_has_parts_that_add_up_exactly_and_rows_and_sources(asked):
    found = asked("explain").json
    key = found["key"]
    assert (key["place"], key["year"], key["measure"], key["status"]) == (
        "POL",
        2030,
        "capacity",
        "all",
    )
    number = {value: found["number"][value] for value in VALUES}
    assert {value: sum(part[value] for part in found["parts"]) for value in VALUES} == number
    assert found["total_of_parts"] == number
    behind = {record for part in found["parts"] for record in part["records"]}
    rows = {row["record"]: row for row in found["rows"]["plants"]}
    assert set(rows) == behind and behind
    assert {row["place"] for row in rows.values()} == {"POL"}
    cited = {row[column] for row in rows.values() for column in ("source", "via")} - {None}
    assert cited <= {source["id"] for source in found["sources"]}
    # Nothing is announced in Poland, so that the share of announcements plays no part.
    assert found["assumptions"] == []


def test_an_explanation_for_people_names_the_same(tmp_path):
    done = multipolar("explain", "cell-capacity", "place=POL", "year=2030", cwd=tmp_path)
    found = figure("cell-capacity").explain(place="POL", year=2030)
    assert done.code == 0
    for part in found.parts["label"]:
        assert part in done.out
    for word in (*found.records, *found.assumptions, *(source.id for source in found.sources)):
        assert word in done.out
    assert "total of the parts" in done.out
