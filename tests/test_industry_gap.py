"""Is a gap by chemistry demand less capacity, with every term on record?"""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import VALUES, atlas
from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import capacity
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.demand import demand
from multipolar.industry.demand_build import build_up
from multipolar.industry.gap import (
    STORAGE_PART,
    STORAGE_SHARE,
    VEHICLES_SHARE,
    band,
    bands,
    gap,
    lfp_share_of,
)
from multipolar.industry.nickel_lines import nickel_lines
from multipolar.words import places
from multipolar.words.chemistries import chemistries
from multipolar.words.errors import EvidenceError

YEAR = 2030
PLACES = ("USA", "Europe", "CHN", "IND", "World")
E = 1e-3


def store():
    return atlas().evidence_store


@pytest.fixture(scope="module")
def result():
    return gap(store())


def numbers(result, place, measure, chemistry="all", year=YEAR):
    (found,) = result.data.filter(
        place=place, measure=measure, chemistry=chemistry, year=year
    ).select(VALUES).rows()  # fmt: skip
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("chemistry", ["all", "LFP", "nickel"])
def test_a_gap_is_demand_less_capacity(result, place, chemistry):
    needed, made = (numbers(result, place, m, chemistry) for m in ("demand", "capacity"))
    low, value, high = numbers(result, place, "gap", chemistry)
    unknown = dict.fromkeys(VALUES, 0.0)
    if chemistry != "all":
        rows = result.data.filter(
            place=place, measure="capacity", chemistry="unknown", year=YEAR
        ).to_dicts()  # fmt: skip
        unknown = rows[0] if rows else unknown
    assert value == pytest.approx(needed[1] - made[1], abs=E)
    assert high == pytest.approx(needed[2] - made[0], abs=E)
    # The low end takes every plant of unknown chemistry for this one.
    assert low == pytest.approx(needed[0] - made[2] - unknown["value_high"], abs=E)


@pytest.mark.parametrize("place", PLACES)
def test_demand_is_lfp_and_nickel(result, place):
    whole, lfp, nickel = (numbers(result, place, "demand", c) for c in ("all", "LFP", "nickel"))
    assert lfp[1] + nickel[1] == pytest.approx(whole[1], abs=E)
    assert lfp[0] + nickel[2] >= whole[0] - E and lfp[2] + nickel[0] <= whole[2] + E


@pytest.mark.parametrize("place", PLACES)
def test_bands_of_capacity_are_the_plants(result, place):
    rows = result.data.filter(measure="capacity", place=place, year=YEAR)
    parts = rows.filter(pl.col("chemistry") != "all")
    assert parts["value"].sum() == pytest.approx(numbers(result, place, "capacity")[1], abs=0.01)
    shown = capacity(store(), years=[YEAR]).data.filter(
        (pl.col("measure") == "capacity") & (pl.col("place") == place)
        & pl.all_horizontal(pl.col("status", "chemistry", "domicile") == "all")
    )  # fmt: skip
    assert numbers(result, place, "capacity") == shown.select(VALUES).row(0)


def test_demand_of_all_uses_is_that_of_the_outlooks(result):
    for place in ("USA", "Europe", "World"):
        needed = demand(store(), place, YEAR)
        ends = tuple(
            sum(getattr(o, end) * weight for o, weight in getattr(needed, end))
            for end in ("low", "central", "high")
        )
        assert numbers(result, place, "demand") == pytest.approx(ends, abs=E)


def test_where_no_outlook_covers_all_uses_vehicles_stand_alone_and_say_so(result):
    assert demand(store(), "IND", YEAR) is None
    labels = result.explain(place="IND", measure="demand", year=YEAR).parts["label"]
    assert labels.len() and all(label.endswith("(vehicles only)") for label in labels)


def test_the_share_of_an_outlook_of_all_uses_lies_between_its_segments():
    known = Assumptions(store())
    for place in PLACES:
        every, vehicles, storage = (
            lfp_share_of(known, place, segment) for segment in ("all", "vehicles", "storage")
        )
        part = known.central(STORAGE_PART) / 100
        assert every[1] == pytest.approx(part * storage[1] + (1 - part) * vehicles[1])
        for share in (every, vehicles, storage):
            assert 0 <= share[0] <= share[1] <= share[2] <= 1


def test_every_number_of_a_gap_can_be_explained(result):
    for row in result.data.to_dicts():
        found = result.explain(**{dim: row[dim] for dim in result.dims})
        assert found.totals() == {value: row[value] for value in VALUES}
        assert found.records or row["value_high"] == 0


def test_shares_of_demand_are_named_as_assumptions(result):
    used = result.explain(place="USA", chemistry="LFP", year=YEAR).assumptions
    assert {VEHICLES_SHARE.format("usa"), STORAGE_SHARE} <= set(used)
    assert STORAGE_SHARE not in result.explain(place="USA", year=YEAR).assumptions


def test_no_place_without_demand_has_a_gap(result):
    assert set(result.data["place"]) == set(PLACES)
    assert not result.data.filter((pl.col("measure") == "gap") & pl.col("chemistry").is_in(
        ["unknown", "other", "next-generation"]
    )).height  # fmt: skip


def test_a_build_up_takes_the_place_of_the_outlooks(result):
    builds = [
        build_up(store(), "USA", YEAR, ev_share=share, storage=storage)
        for share, storage in ((46, 110), (24, 110), (24, 220))
    ]
    results = [gap(store(), builds=[build]) for build in builds]
    found = [numbers(own, "USA", "gap") for own in results]
    made = numbers(result, "USA", "capacity")
    for build, (_, value, _) in zip(builds, found, strict=True):
        assert value == pytest.approx(build.segment("all") - made[1], abs=E)
    cars = builds[0].cars_sold.central * builds[0].kwh_per_car.central
    assert found[0][1] - found[1][1] == pytest.approx(0.22 * cars, abs=E)
    assert found[2][1] - found[1][1] == pytest.approx(110, abs=E)
    assert numbers(results[0], "Europe", "gap") == numbers(result, "Europe", "gap")


def test_storage_is_mostly_lfp_so_that_more_storage_shifts_the_missing_chemistry():
    less, more = (
        gap(store(), builds=[build_up(store(), "USA", YEAR, storage=storage)])
        for storage in (100, 300)
    )
    share = Assumptions(store()).central(STORAGE_SHARE) / 100
    moved = {c: numbers(more, "USA", "gap", c)[1] - numbers(less, "USA", "gap", c)[1]
             for c in ("LFP", "nickel")}  # fmt: skip
    assert moved == pytest.approx({"LFP": 200 * share, "nickel": 200 * (1 - share)}, abs=E)


def test_nothing_on_record_is_no_gap_and_no_error():
    assert gap(Evidence(as_of=date(2009, 1, 1))).data.is_empty()


def test_a_build_up_of_a_place_without_a_chemistry_of_demand_is_refused():
    from dataclasses import replace

    build = replace(build_up(store(), "USA", YEAR), place="JPN")
    with pytest.raises(EvidenceError, match="JPN"):
        gap(store(), builds=[build])


def test_more_lfp_in_mixed_plants_is_less_of_its_gap():
    none, all_ = (gap(store(), lfp_share=share) for share in (0, 100))
    for place in ("USA", "Europe"):
        assert numbers(none, place, "gap", "LFP")[1] > numbers(all_, place, "gap", "LFP")[1]
        assert numbers(none, place, "gap", "nickel")[1] < numbers(all_, place, "gap", "nickel")[1]
    with pytest.raises(EvidenceError, match="percentage"):
        gap(store(), lfp_share=101)


def test_every_chemistry_has_a_band():
    found = {name: band(name) for name in chemistries()}
    assert set(found.values()) == {"LFP", "nickel", "next-generation", "other", "unknown"}
    assert {name for name, of in found.items() if of == "nickel"} == {"NMC", "NCA", "LMR"}
    assert {name for name, of in found.items() if of == "LFP"} == {"LFP", "LMFP"}


names = st.lists(st.sampled_from(sorted(chemistries())), min_size=1, max_size=4, unique=True)


@given(names, st.sampled_from(["CHN", "DEU"]))
def test_bands_of_any_plant_add_up_to_it(text, place):
    sites = pl.DataFrame({"plant": ["p"], "place": [place], "chemistry": ["|".join(text)]})
    known = Assumptions(store())
    found = bands(sites, known)
    assert found["central"].sum() == pytest.approx(1)
    assert (found["low"] <= found["central"]).all() and (found["central"] <= found["high"]).all()
    central = mix(sites, known)
    for name, share in found.select("chemistry", "central").rows():
        wanted = sum(s for c, s in central.select("chemistry", "share").rows() if band(c) == name)
        assert share == pytest.approx(wanted)


def test_lines_that_could_switch_are_the_nickel_of_the_two_places(result):
    lines = nickel_lines(store())
    inside = {"USA", *places.members("Europe")}
    assert set(lines["place"]) <= inside
    assert lines["value"].is_sorted(descending=True)
    for place in ("USA", "Europe"):
        members = places.members(place)
        summed = lines.filter(
            pl.col("place").is_in(members) & (pl.col("status") != "announced")
        )["value"].sum()  # fmt: skip
        shown = result.data.filter(
            place=place, measure="capacity", chemistry="nickel", year=YEAR
        )  # fmt: skip
        announced = lines.filter(
            pl.col("place").is_in(members) & (pl.col("status") == "announced")
        )["value"].sum()  # fmt: skip
        realised = Assumptions(store()).central("industry.realisation.announced") / 100
        assert summed + announced * realised == pytest.approx(shown["value"][0], abs=0.01)
    assert set(lines.filter("also_lfp")["chemistry"].str.contains("LFP")) == {True}
