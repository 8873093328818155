"""Do the tables that ship with the package keep the rules that imported files must keep?"""

from importlib.resources import as_file, files

import polars as pl
import pytest

from multipolar.evidence.check import check_file
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.sources import STUDY, bibliography
from multipolar.evidence.store import bundled

ALL = tables()
CITING = [t for t in ALL if "source" in schema(t).columns]
#: Tables that models read: not the claims of the study, nor the errors of other rows.
MODELS = [t for t in CITING if t not in ("claims", "corrections")]
READ_VIA = [t for t in CITING if {"via", "confidence"} <= set(schema(t).columns)]


def cited_in(table):
    """The columns that name a source."""
    return [column for column in ("source", "via") if column in schema(table).columns]


@pytest.mark.parametrize("table", ALL)
def test_a_bundled_table_passes_its_own_check_and_is_read_as_checked(table, known):
    with as_file(files("multipolar.evidence") / "data" / f"{table}.csv") as path:
        checked = check_file(path, schema(table), known)
    assert checked.height > 0
    # Nothing is left to convert: units are base units and words are canonical in the file.
    assert checked.drop("row").equals(bundled(table).drop("origin"))


@pytest.mark.parametrize("table", ALL)
def test_the_key_of_a_bundled_table_is_unique(table):
    keys = bundled(table).select(schema(table).key)
    assert keys.is_unique().all()
    assert keys.null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize("table", CITING)
def test_every_source_of_a_bundled_row_is_in_the_bibliography(table):
    ids = {id for column in cited_in(table) for id in bundled(table)[column].drop_nulls()}
    assert ids
    assert ids <= set(bibliography())


@pytest.mark.parametrize("table", MODELS)
def test_no_bundled_row_cites_the_study_unless_an_assumption_says_so(table):
    citing = bundled(table).filter(pl.any_horizontal(pl.col(cited_in(table)) == STUDY))
    if table == "assumptions":
        citing = citing.filter(~pl.col("note").fill_null("").str.contains("study"))
    assert citing.rows() == []


@pytest.mark.parametrize("table", READ_VIA)
def test_a_row_read_in_an_unverified_list_has_medium_confidence_at_most(table):
    read_there = pl.any_horizontal(pl.col(cited_in(table)) == "batteryfactory")
    assert set(bundled(table).filter(read_there)["confidence"]) <= {"low", "medium"}


def test_many_plants_come_from_the_unverified_list():
    assert (bundled("plants")["via"] == "batteryfactory").sum() > 100


def test_every_plant_has_one_place():
    places = bundled("plants").group_by("plant").agg(pl.col("place").n_unique())
    assert places.filter(pl.col("place") > 1)["plant"].to_list() == []


def test_what_a_plant_is_part_of_is_another_plant_on_record():
    plants = bundled("plants").filter(pl.col("part_of").is_not_null())
    assert plants.height > 0
    assert set(plants["part_of"]) <= set(bundled("plants")["plant"])
    assert plants.filter(pl.col("part_of") == pl.col("plant")).rows() == []


def test_every_firm_is_found_by_its_own_id(known):
    firms = bundled("firms")["firm"]
    assert [known.firms[firm.casefold()] for firm in firms] == firms.to_list()


def test_every_spelling_of_a_firm_is_of_one_firm(known):
    for firm in bundled("firms").iter_rows(named=True):
        for spelling in [firm["name"], *(firm["aliases"] or "").split("|")]:
            assert known.firms.get(spelling.casefold(), firm["firm"]) == firm["firm"], spelling


def test_no_chain_of_parents_of_a_firm_is_a_circle():
    parent = dict(bundled("firms").select("firm", "parent").rows())
    for firm in parent:
        chain = [firm]
        while above := parent.get(chain[-1]):
            assert above not in chain, chain
            chain.append(above)
