"""Are the ends of every range in order, and does more count for no less?"""

import polars as pl
import pytest

from conftest import row
from industry_fixtures import (
    STAGE,
    VALUES,
    atlas,
    figure,
    own_evidence,
    own_plants,
    plain,
    plants,
)
from multipolar.evidence.assumptions import Assumptions
from multipolar.industry.capacity import capacity, ramp
from multipolar.industry.demand import demand
from multipolar.industry.plants import reconcile
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

MEASURES = ("capacity", "effective capacity", "demand", "utilisation")


def shown(measure):
    return figure("cell-capacity").data.filter(measure=measure)


@pytest.mark.parametrize("measure", MEASURES)
def test_low_central_and_high_are_in_order(measure):
    assert shown(measure).filter(pl.col("value_low") > pl.col("value")).is_empty()
    assert shown(measure).filter(pl.col("value") > pl.col("value_high")).is_empty()


@pytest.mark.parametrize("measure", MEASURES)
def test_no_number_is_negative_infinite_or_undefined(measure):
    for value in VALUES:
        assert shown(measure)[value].is_finite().all()
        assert (shown(measure)[value] >= 0).all()


def test_what_can_be_made_is_at_most_the_upper_bound():
    keys = ["place", "year"]
    effective = plain(figure("cell-capacity"), measure="effective capacity")
    nameplate = plain(figure("cell-capacity")).select(*keys, upper="value_high")
    joined = effective.join(nameplate, on=keys, how="left")
    assert joined["upper"].null_count() == 0
    assert (joined["value_high"] <= joined["upper"]).all()


def test_bounds_are_the_statuses_they_are_made_of():
    stated = plain(figure("cell-capacity"), status=None).filter(pl.col("status") != "all")
    for column, statuses in (("value_low", LOWER_BOUND), ("value_high", UPPER_BOUND)):
        made = stated.filter(pl.col("status").is_in(statuses)).group_by("place", "year")
        made = {row[:2]: row[2] for row in made.agg(pl.col("value").sum()).rows()}
        bounds = plain(figure("cell-capacity")).select("place", "year", column).rows()
        assert bounds
        assert all(value == made.get((place, year), 0) for place, year, value in bounds)


def test_expected_capacity_is_the_lower_bound_and_a_share_of_announcements():
    share = Assumptions(atlas().evidence_store).central("industry.realisation.announced") / 100
    for low, value, high in plain(figure("cell-capacity")).select(VALUES).rows():
        assert value == pytest.approx(low + share * (high - low), abs=1e-3)


def test_capacity_of_plants_that_are_not_built_never_shrinks():
    planned = plain(figure("cell-capacity"), status=None).filter(
        pl.col("status").is_in(["announced", "under construction"])
    )
    for _, series in planned.sort("year").partition_by("place", "status", as_dict=True).items():
        assert series["value"].is_sorted()


@pytest.mark.parametrize("end", ["low", "central", "high"])
def test_output_rises_with_age_to_all_of_it(end):
    curve = ramp(Assumptions(atlas().evidence_store), end)
    for where in ("china", "abroad"):
        found = curve.filter(where=where).sort("age")["ramp"]
        assert found.is_sorted() and found.is_between(0, 1).all()
        assert found.to_list()[-1] == 1


def test_effective_capacity_of_one_plant_by_hand(tmp_path):
    """100 GWh/yr abroad since 2024: in 2025 it is in year 2, from 2029 on past its ramp."""
    evidence = own_plants(tmp_path, {"capacity": 100, "start_year": 2024})
    data = capacity(evidence, reconcile(evidence, STAGE)).data
    found = data.filter(measure="effective capacity", place="DEU").sort("year")
    found = {row[0]: row[1:] for row in found.select("year", *VALUES).rows()}
    known = Assumptions(evidence)
    usable, second = known["industry.availability"], known["industry.ramp.abroad.year-2"]
    ends = ("low", "central", "high")
    assert found[2025] == pytest.approx(
        [getattr(usable, e) * getattr(second, e) / 100 for e in ends], abs=1e-5
    )
    assert found[2029] == pytest.approx([getattr(usable, e) for e in ends], abs=1e-5)


def test_a_plant_that_shrinks_while_it_ramps_up_makes_no_less_than_nothing(tmp_path):
    online = {"capacity_basis": "online", "start_year": 2025}
    evidence = own_plants(
        tmp_path,
        online | {"capacity": 40, "capacity_year": 2025, "date": "2025-12-31"},
        online | {"capacity": 10, "capacity_year": 2026, "date": "2026-12-31"},
    )
    data = capacity(evidence, reconcile(evidence, STAGE)).data
    found = data.filter(measure="effective capacity", place="DEU")
    assert found.height and (found.select(VALUES).min_horizontal() >= 0).all()


def test_utilisation_is_demand_over_nameplate():
    keys = ["place", "year"]
    needed, bounds, used = (
        {row[:2]: row[2:] for row in plain(figure("cell-capacity"), measure=measure)
         .select(*keys, *VALUES).rows()}
        for measure in ("demand", "capacity", "utilisation")
    )  # fmt: skip
    assert set(used) == set(needed) & set(bounds)
    for key, found in used.items():
        (low, central, high), (lower, expected, upper) = needed[key], bounds[key]
        assert found == (low / upper, central / expected, high / lower)


OWN_OUTLOOK = row("demand", record="own-outlook", date="2026-05", low="9", central="10", high="11")


@pytest.mark.parametrize("place", ["ISL", "ARE"])
def test_utilisation_without_capacity_is_not_a_number_of_its_own(tmp_path, place):
    outlook = OWN_OUTLOOK | {"place": place, "year": "2030"}
    data = capacity(own_evidence(tmp_path, {"demand": [outlook]})).data
    found = data.filter(measure="utilisation", place=place)
    assert found.is_empty() or found["value_high"].fill_null(0).is_finite().all()
    assert 10 not in found["value"].to_list()


def test_a_plant_rests_between_its_own_ends():
    found = plants().additions
    assert (found["low"] <= found["capacity"]).all()
    assert (found["capacity"] <= found["high"]).all()


def test_no_plant_is_negative_in_any_year():
    added = plants().additions.sort("from_year")
    for _, series in added.partition_by("plant", "status", as_dict=True).items():
        by_year = series.group_by("from_year").agg(pl.col("capacity").sum()).sort("from_year")
        assert (by_year["capacity"].cum_sum() >= 0).all()


def test_demand_of_a_place_that_nobody_wrote_about_is_none():
    assert demand(atlas().evidence_store, "ISL", 2030) is None
