"""Do the plants on record reach the figure, and is it told how much rests on a single list?"""

import polars as pl
import pytest

from industry_fixtures import atlas, figure, plain, plants
from multipolar.evidence.sources import bibliography
from multipolar.industry.coverage import against_totals, lists, reached, single_list
from multipolar.words.vocabularies import UPPER_BOUND

#: The last year that the figure shows.
LAST = 2035


def with_capacity():
    """Ids of the bundled cell plants of which some row gives a capacity."""
    rows = atlas().evidence("plants").filter(pl.col("stage") == "cell")
    return set(rows.filter(pl.col("capacity").is_not_null())["plant"])


def in_the_figure():
    parts = figure("cell-capacity").result.parts.filter(pl.col("measure") == "capacity")
    return set(parts["item"].str.split("/").list.first())


def test_most_plants_with_a_capacity_reach_the_figure():
    known = with_capacity()
    assert len(in_the_figure() & known) >= 0.85 * len(known)


def test_nothing_reaches_the_figure_that_is_not_on_record():
    assert in_the_figure() <= with_capacity()


def test_every_plant_is_counted_or_left_out_with_a_reason():
    counted, known, rest = reached(plants())
    assert known == counted + rest.height == len(with_capacity())
    assert rest["reason"].null_count() == 0
    assert rest["plant"].is_unique().all()
    assert set(rest["reason"]) <= {
        "cancelled", "closed", "no row gives a capacity", "its plants are counted on their own",
    }  # fmt: skip


def test_every_plant_counted_is_a_part_of_the_figure():
    rest = set(reached(plants())[2]["plant"])
    assert in_the_figure() == with_capacity() - rest


def test_a_plant_that_stopped_is_counted_while_it_ran_and_not_since():
    """Northvolt Ett made cells from 2022 to June 2025."""
    found = plants().additions.filter(plant="se-northvolt-ett", status="operating")
    standing = {
        year: found.filter(pl.col("from_year") <= year)["capacity"].sum()
        for year in range(2021, 2028)
    }
    assert standing[2021] == standing[2026] == standing[2027] == 0
    assert 0 < standing[2022] < standing[2023] < standing[2024] == standing[2025] == 16


def test_a_number_of_a_whole_prefecture_is_counted_at_no_plant():
    rows = atlas().evidence("plants").filter(plant="cn-catl-ningde-hub")
    assert 330 not in rows["capacity"].to_list()
    inside = set(atlas().evidence("plants").filter(part_of="cn-catl-ningde-hub")["plant"])
    assert inside == {"cn-catl-fuding", "cn-catl-ningde-cheliwan"}
    assert inside <= in_the_figure()


def test_early_china_is_no_larger_than_what_was_counted_then():
    """The US Department of Energy counted 11.2 GWh/yr of cells for vehicles in 2014."""
    found = against_totals(plants(), atlas().evidence_store).filter(place="CHN", year=2014)
    assert found["ratio"].is_between(0.25, 1.25).all() and found.height


def test_a_plant_left_out_adds_nothing():
    rest = reached(plants())[2]["plant"]
    added = plants().additions.filter(pl.col("plant").is_in(rest.implode()))
    assert added["capacity"].sum() == 0


def test_the_shares_on_one_list_are_fractions():
    found = single_list(plants(), atlas().evidence_store)
    assert found["share"].is_between(0, 1).all()
    assert (found["on_one_list"] <= found["total"]).all()
    assert found["on_one_list"].sum() > 0


def test_what_may_rest_on_one_list_is_the_whole_upper_bound():
    found = single_list(plants(), atlas().evidence_store)
    upper = plants().additions.filter(pl.col("status").is_in(UPPER_BOUND))["capacity"].sum()
    assert found["total"].sum() == upper
    assert plants().additions["from_year"].max() <= LAST
    world = plain(figure("cell-capacity"), place="World", year=LAST)
    assert world["value_high"].to_list() == [upper]


def test_a_plant_rests_on_one_list_only_when_nobody_else_gives_a_capacity_for_it():
    on_list = dict(lists(plants(), atlas().evidence_store).rows())
    used = plants().additions.select("plant", record=pl.col("records")).explode("record").unique()
    rows = atlas().evidence("plants").filter(pl.col("capacity") > 0)
    for plant, via, source in used.join(rows, on="record").select("plant", "via", "source").rows():
        if plant in on_list:
            assert (via or source) in on_list[plant]


def test_a_list_that_counts_as_single_is_one_that_nobody_checked():
    found = lists(plants(), atlas().evidence_store)["lists"]
    named = {id for ids in found for id in ids}
    assert named
    assert not any(bibliography()[id].verified for id in named)


SCOPES = {
    "operating": ("operating", "value"),
    "lower bound": ("all", "value_low"),
    "upper bound": ("all", "value_high"),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_our_sum_beside_a_published_total_is_the_number_of_the_figure(scope):
    status, column = SCOPES[scope]
    rows = plain(figure("cell-capacity"), status=status)
    shown = {
        (place, year): value for place, year, value in rows.select("place", "year", column).rows()
    }
    found = against_totals(plants(), atlas().evidence_store).filter(scope=scope)
    years = set(rows["year"])
    compared = [row for row in found.iter_rows(named=True) if row["year"] in years]
    assert compared
    for row in compared:
        assert row["ours"] == shown.get((row["place"], row["year"]), 0)
        assert row["ratio"] == pytest.approx(row["ours"] / row["published"])


def test_every_published_total_of_a_known_scope_is_beside_one_of_ours():
    totals = atlas().evidence("capacity-totals").filter(pl.col("scope").is_in(list(SCOPES)))
    found = against_totals(plants(), atlas().evidence_store)
    assert sorted(found["record"]) == sorted(totals["record"])
