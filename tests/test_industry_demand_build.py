"""Does demand built up from cars, shares and storage follow its formula and its outlooks?"""

import csv

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import row
from industry_fixtures import atlas, own_evidence
from multipolar.evidence.store import bundled
from multipolar.industry.demand_build import beside_outlooks, build_up, editions, scaled_to, terms
from multipolar.words.errors import EvidenceError, UnknownWord

#: A place of which no outlook is bundled.
PLACE = "ISL"
ENDS = ("low", "central", "high")


def store():
    return atlas().evidence_store


def cars(year, sold, share, batteries, outlook="Own outlook 2026", date="2026-05", kind="cars"):
    return row(
        "vehicles", record=f"{outlook}-{kind}-{year}".lower().replace(" ", "-"), outlook=outlook,
        place=PLACE, year=str(year), evs_sold=str(sold), ev_share=str(share),
        batteries=str(batteries), date=date, **{"class": kind},
    )  # fmt: skip


def outlook(name, year, central, segment, place=PLACE, low=""):
    return row(
        "demand", record=f"{name}-{segment}-{place}-{year}".lower(), outlook=name, place=place,
        segment=segment, year=str(year), low=low, central=str(central), high="", date="2026-05",
    )  # fmt: skip


def others(year, batteries):
    return cars(year, "", "", batteries, kind="other road vehicles")


@pytest.fixture
def own(tmp_path):
    """own(rows of vehicles, rows of demand) -> evidence with them."""

    def own(vehicles, demand=()):
        tables = {"vehicles": list(vehicles)} | ({"demand": list(demand)} if demand else {})
        return own_evidence(tmp_path, tables)

    return own


CARS = [cars(2024, 1, 10, 50), cars(2030, 4, 20, 320), others(2024, 5), others(2030, 20)]


def test_the_terms_are_those_of_the_outlook(own):
    found = build_up(own(CARS), PLACE, 2030)
    assert found.ev_share.central == 20
    assert found.cars_sold.central == 4 / 0.20
    assert found.kwh_per_car.central == 320 / 4
    assert (found.segment("cars"), found.segment("vehicles")) == (320, 340)
    assert found.segment("all") == 340 and found.storage.basis == "none"


def test_between_two_years_every_term_lies_on_a_line(own):
    found = build_up(own(CARS), PLACE, 2027)
    assert found.ev_share.central == 15
    assert found.cars_sold.central == pytest.approx((10 + 20) / 2)
    assert found.kwh_per_car.central == pytest.approx((50 + 80) / 2)
    assert found.other_vehicles.central == 12.5
    assert found.ev_share.basis == "on the line"
    assert found.segment("cars") == pytest.approx(0.15 * 15 * 65)


def test_after_the_last_year_share_and_other_vehicles_grow_with_an_outlook(own):
    rows = [outlook("Far", 2030, 100, "vehicles"), outlook("Far", 2035, 150, "vehicles")]
    found = build_up(own(CARS, rows), PLACE, 2035)
    assert found.ev_share.central == pytest.approx(30)
    assert found.other_vehicles.central == pytest.approx(30)
    assert found.cars_sold.central == 20 and found.kwh_per_car.central == 80
    assert found.ev_share.basis == "scaled"
    assert set(found.ev_share.records["demand"]) == {"far-vehicles-isl-2030",
                                                     "far-vehicles-isl-2035"}  # fmt: skip


def test_no_more_than_all_cars_are_electric(own):
    rows = [outlook("Far", 2030, 100, "vehicles"), outlook("Far", 2035, 900, "vehicles")]
    assert build_up(own(CARS, rows), PLACE, 2035).ev_share.central == 100


def test_a_year_that_nothing_covers_is_refused(own):
    evidence = own(CARS)
    with pytest.raises(EvidenceError, match="from 2030 to 2035"):
        build_up(evidence, PLACE, 2035)
    with pytest.raises(EvidenceError, match="2024"):
        build_up(evidence, PLACE, 2020)
    with pytest.raises(EvidenceError, match="JPN"):
        build_up(store(), "JPN", 2030)
    with pytest.raises(UnknownWord):
        build_up(store(), "Atlantis", 2030)


def test_storage_is_that_of_its_outlooks(own):
    rows = [outlook("a", 2030, 30, "storage", low="10"), outlook("b", 2030, 50, "storage")]
    found = build_up(own(CARS, rows), PLACE, 2030).storage
    assert (found.low, found.central, found.high) == (10, 40, 50)


def test_storage_grows_as_the_world_s_where_no_outlook_reaches(own):
    """From the first to the last year of which the world has a recent outlook."""
    rows = [outlook("a", 2026, 10, "storage"), outlook("w", 2044, 9000, "storage", "World")]
    evidence = own(CARS, rows)
    found = build_up(evidence, PLACE, 2030).storage
    world = evidence.table("demand").filter(place="World", segment="storage", year=2024)
    assert world["central"].to_list() == [205]
    rate = (9000 / 205) ** (1 / 20)
    assert found.central == pytest.approx(10 * rate**4)
    assert found.basis == "scaled"
    assert set(world["record"]) | {"w-storage-world-2044"} <= set(found.records["demand"])


@pytest.mark.parametrize("place", ["USA", "Europe", "CHN", "IND", "World"])
@pytest.mark.parametrize("year", [2024, 2030])
def test_it_meets_the_outlook_that_it_is_made_of(place, year):
    """Two digits of the source leave a rest of at most half a percent."""
    beside = beside_outlooks(build_up(store(), place, year), store())
    same = beside.filter(outlook="IEA GEVO 2025 STEPS", segment="vehicles")
    assert same.height == 1
    assert abs(same["difference"][0]) <= 0.005 * same["published"][0]


def test_the_difference_to_other_outlooks_is_shown_and_not_fitted_away():
    beside = beside_outlooks(build_up(store(), "USA", 2030), store())
    other = beside.filter(outlook="IEA GEVO 2026 STEPS", segment="vehicles")
    assert abs(other["difference"][0]) > 10
    assert (beside["ours"] - beside["published"] - beside["difference"]).abs().max() < 1e-9
    assert "all outlooks together" in set(beside["outlook"])


def test_the_study_s_shares_can_be_run():
    """Question 6: 46 percent of US cars, 24 percent, and 24 percent with twice the storage."""
    before, after = (build_up(store(), "USA", 2030, ev_share=share) for share in (46, 24))
    twice = build_up(store(), "USA", 2030, ev_share=24, storage=2 * after.storage.central)
    lost = 0.22 * before.cars_sold.central * before.kwh_per_car.central
    assert before.segment("all") - after.segment("all") == pytest.approx(lost)
    assert twice.segment("all") - after.segment("all") == pytest.approx(after.storage.central)
    assert {t.basis for t in (before.ev_share, twice.storage)} == {"override"}


positive = st.floats(0, 1e4)


@settings(max_examples=50)
@given(st.floats(0, 100), positive, positive, positive, positive, positive)
def test_demand_is_the_formula(share, sold, size, others_, storage, other):
    found = build_up(
        store(), "USA", 2030, ev_share=share, cars_sold=sold, kwh_per_car=size,
        other_vehicles=others_, storage=storage, other=other,
    )  # fmt: skip
    wanted = share / 100 * sold * size + others_ + storage + other
    for end in ENDS:
        assert found.segment("all", end) == pytest.approx(wanted)
    assert found.records == {}


@pytest.mark.parametrize(
    "term, value",
    [("ev_share", 101), ("ev_share", -1), ("storage", -5), ("cars_sold", float("nan")),
     ("kwh_per_car", float("inf"))],
)  # fmt: skip
def test_a_term_that_cannot_be_is_refused(term, value):
    with pytest.raises(EvidenceError, match=term):
        build_up(store(), "USA", 2030, **{term: value})


@pytest.mark.parametrize("place", ["USA", "Europe", "CHN", "IND", "World"])
@pytest.mark.parametrize("year", range(2020, 2036))
def test_every_place_and_year_can_be_built_up(place, year):
    found = build_up(store(), place, year)
    assert 0 < found.segment("all", "low") <= found.segment("all") <= found.segment("all", "high")
    assert found.ev_share.high <= 100
    known = {table: set(store().table(table)["record"]) for table in found.records}
    assert all(set(records) <= known[table] for table, records in found.records.items())


def test_terms_in_a_table_end_with_what_they_make():
    build = build_up(store(), "USA", 2030)
    rows = {row["term"]: row for row in terms(build, store()).to_dicts()}
    assert rows["demand"]["central"] == build.segment("all")
    assert rows["ev_share"]["high"] > rows["ev_share"]["low"]


def test_editions_are_told_apart_by_the_year_in_their_name(own):
    evidence = own(
        [
            cars(2030, 4, 40, 1, "Own outlook 2024", "2024-05"),
            cars(2030, 4, 30, 1, "Own outlook 2025", "2025-05"),
            cars(2030, 4, 20, 1, "Own outlook 2026", "2026-05"),
            cars(2030, 4, 50, 1, "Lone view", "2023-05"),
        ]
    )
    before, newest = editions(evidence, PLACE, 2030)
    assert [row["ev_share"] for row in before] == [30]
    assert sorted(row["ev_share"] for row in newest) == [20, 50]


def test_a_year_that_the_newest_edition_leaves_out_is_not_taken_from_an_older_one(own):
    evidence = own(
        [
            cars(2028, 4, 40, 1, "Own outlook 2024", "2024-05"),
            cars(2030, 4, 30, 1, "Own outlook 2025", "2025-05"),
        ]
    )
    before, newest = editions(evidence, PLACE, 2028)
    assert [row["ev_share"] for row in before] == [40] and newest == []


def test_us_editions_show_a_fall_of_the_share():
    before, newest = editions(store(), "USA", 2030)
    assert min(r["ev_share"] for r in before) > max(r["ev_share"] for r in newest)


def test_bundled_rows_are_those_of_the_agency(shared):
    file = shared("data", "iea-global-ev-outlook", "IEA Global EV Data 2024.csv")
    names = {"USA": "USA", "Europe": "Europe", "CHN": "China", "IND": "India", "World": "World"}
    with file.open(encoding="utf-8-sig") as stream:
        theirs = {
            (r["region"], r["parameter"], r["powertrain"], int(r["year"])): float(r["value"])
            for r in csv.DictReader(stream)
            if r["category"] == "Projection-STEPS" and r["mode"] == "Cars"
        }
    rows = bundled("vehicles").filter(pl.col("outlook") == "IEA GEVO 2024 STEPS")
    assert rows.height == 15
    for row_ in rows.to_dicts():
        place, year = names[row_["place"]], row_["year"]
        assert row_["ev_share"] == theirs[place, "EV sales share", "EV", year]
        sold = sum(theirs[place, "EV sales", kind, year] for kind in ("BEV", "PHEV"))
        assert row_["evs_sold"] * 1e6 == pytest.approx(sold)


def test_a_demand_of_ones_own_keeps_the_mix_of_uses():
    evidence = atlas().evidence_store
    build = build_up(evidence, "USA", 2030)
    scaled = scaled_to(build, 1000)
    assert scaled.segment("all") == pytest.approx(1000)
    for segment in ("cars", "vehicles", "storage"):
        share = build.segment(segment) / build.segment("all")
        assert scaled.segment(segment) == pytest.approx(1000 * share)
    assert scaled.segment("all", "low") == scaled.segment("all", "high")
    assert scaled.records == build.records, "the rows that give the mix stay behind it"
    basis = dict(terms(scaled, evidence).select("term", "basis").rows())
    assert (basis["demand"], basis["ev_share"], basis["other"]) == ("override", "read", "none")
    assert basis["cars_sold"] == basis["storage"] == "in step with demand"
    given = scaled_to(build_up(evidence, "USA", 2030, ev_share=40), 1000)
    assert dict(terms(given, evidence).select("term", "basis").rows())["ev_share"] == "override"
    with pytest.raises(EvidenceError):
        scaled_to(build, -1)
