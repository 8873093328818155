"""Are shares of countries what lists and plants say, with bounds that hold and measures apart?"""

import csv
from collections import defaultdict
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import STEP, VALUES, atlas, figure, own_evidence, plain, plants
from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.claims import claims, judge
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity_held import (
    DOMICILE,
    PLACE,
    Good,
    holdings,
    of_chemistry,
    share_of,
)
from multipolar.industry.claims import compute
from multipolar.industry.claims.room import Industry
from multipolar.industry.concentration import (
    COMPARISON,
    COVERAGE,
    DIMS,
    GOODS,
    HHI,
    HORIZON,
    LEADER,
    OWN,
    SHARE,
    TOP_THREE,
    comparisons,
    concentration,
    incomplete,
    lists,
)
from multipolar.industry.plants import reconcile
from multipolar.words import places

CELLS, LFP_CELLS = GOODS[0], GOODS[1]
LFP_CATHODE = next(good for good in GOODS if good.product == "LFP cathode")


@pytest.fixture(scope="module")
def evidence():
    return atlas().evidence_store


@pytest.fixture(scope="module")
def result(evidence):
    return concentration(evidence)


@pytest.fixture(scope="module")
def cathode(evidence):
    return reconcile(evidence, LFP_CATHODE.stage)


def only(result, **keys):
    (row,) = result.data.filter(**keys).iter_rows(named=True)
    return row


# --- published lists


def test_bounds_hold_the_index_over_the_whole_table_of_the_source(evidence, shared):
    """The dossier has the index over all countries of lists of which we bundle the first six."""
    names = {"cobalt mining (Cu-Co ore)": "cobalt mining",
             "cobalt refining (sulfate)": "cobalt refining (sulfate)",
             "natural graphite mining": "natural graphite mining",
             "lithium carbonate": "lithium refining",
             "nickel class 1": "nickel refining",
             "phosphate rock": "phosphate rock mining"}  # fmt: skip
    with shared("domain", "7_supply_concentration.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["parameter"] == "HHI_country"]
    whole = {(names[r["subject"]], int(r["year"])): 1e4 * float(r["central"])
             for r in rows if r["subject"] in names}  # fmt: skip
    checked = 0
    for one in lists(evidence):
        if one.source == "premise-mining-shares" and (one.product, one.year) in whole:
            low, high = one.bounds().ends
            # Shares are printed with two decimals, the index with four.
            assert low - 2 <= whole[one.product, one.year] <= high + 2, one.product
            checked += 1
    assert checked >= 6


def test_shares_of_a_published_list_do_not_exceed_the_whole(evidence):
    for one in lists(evidence):
        assert sum(row["central"] for row in one.rows) <= 100.5, (one.product, one.source)
        places_ = [row["place"] for row in one.rows]
        assert len(set(places_)) == len(places_)


def test_no_leader_is_named_where_the_rest_may_be_larger(evidence, result):
    """China has 19 percent of lithium mines, and 80 are somewhere else."""
    (mining,) = [o for o in lists(evidence) if o.product == "lithium mining" and o.basis == "capacity"]  # fmt: skip  # noqa: E501
    assert mining.countries[0]["place"] == "CHN"
    assert mining.leader is None
    found = result.data.filter(product="lithium mining", basis="capacity")
    assert set(found["measure"]) == {SHARE, HHI}
    low, high = mining.bounds().ends
    assert (low, high) == (19**2 + 1, 19**2 + 1 + 80**2)


def test_a_group_is_no_holder(evidence):
    """Europe's 8 percent of cells may be those of one country, or of many."""
    (cells,) = [o for o in lists(evidence) if o.product == "cells" and o.source.startswith("mckin")]
    assert [row["place"] for row in cells.countries] == ["CHN", "USA"]
    assert cells.bounds().ends == (80**2 + 7**2, 80**2 + 7**2 + 8**2 + 5**2)


def test_measures_are_never_mixed(result):
    found = result.data.filter(product="cathode", measure=LEADER, year=2024)
    assert set(found.select("basis", "by").rows()) == {("capacity", PLACE), ("shipments", DOMICILE)}


def test_the_largest_three_are_the_sum_of_their_shares(evidence, result):
    key = {"product": "cobalt mining", "source": "usgs-mcs-2025"}
    row = only(result, measure=TOP_THREE, **key)
    best = sorted(result.data.filter(measure=SHARE, **key)["value"], reverse=True)[:3]
    assert row["value"] == pytest.approx(sum(best), abs=3 * STEP)


def test_mine_shares_of_a_complete_list_add_up(result):
    """Every country of the public-domain table is there but those of which output is withheld."""
    for product in ("natural graphite mining", "phosphate rock mining", "cobalt mining"):
        rows = result.data.filter(measure=SHARE, product=product, source="usgs-mcs-2025")
        assert rows["value"].sum() == pytest.approx(100, abs=7)


# --- what nobody has checked


def test_other_goods_from_memory_are_assumptions_with_a_range(evidence, result):
    found = comparisons(evidence)
    assert len(found) == 4
    for entry in found:
        assert not entry.checked and entry.confidence == "low"
        assert entry.high - entry.low >= 5
        (row,) = result.data.filter(
            measure=LEADER, product=entry.meaning.partition(":")[0]
        ).iter_rows(named=True)
        assert (row["value_low"], row["value"], row["value_high"]) == (
            entry.low, entry.central, entry.high
        )  # fmt: skip
        assert row["source"] == "assumption"
    on_record = {row["assumption"] for row in evidence.table("assumptions").to_dicts()}
    assert {e.assumption for e in found} == {n for n in on_record if n.startswith(COMPARISON)}


def test_an_assumed_number_leads_to_its_assumption(result):
    found = result.explain(product="lithography (all types)", by=DOMICILE)
    assert found.assumptions == found.records
    assert found.assumed()["checked"].to_list() == ["no"]


# --- our own plants


def test_cells_by_place_are_those_of_the_figure_of_capacity(result):
    china = plain(figure("cell-capacity"), place="CHN", year=HORIZON)["value"][0]
    world = plain(figure("cell-capacity"), place="World", year=HORIZON)["value"][0]
    row = only(result, measure=SHARE, product="cells", by=PLACE, source=OWN, year=HORIZON, place="CHN")  # fmt: skip  # noqa: E501
    assert row["value"] == pytest.approx(100 * china / world, rel=1e-6)


def test_lfp_cells_are_those_of_the_figure_of_capacity(evidence):
    held = holdings(plants(), evidence, LFP_CELLS, PLACE, HORIZON)
    rows = plain(figure("cell-capacity"), chemistry="LFP", year=HORIZON)
    shown = dict(rows.select("place", "value").rows())
    for holder, value in held.filter(pl.col("value") > 0).select("holder", "value").rows():
        assert value == pytest.approx(shown[holder], rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.product)
@pytest.mark.parametrize("year", [2024, 2026, HORIZON])
def test_owners_hold_what_stands(evidence, good, year):
    found = reconcile(evidence, good.stage)
    standing, owned = (holdings(found, evidence, good, by, year) for by in (PLACE, DOMICILE))
    assert owned["value"].sum() == pytest.approx(standing["value"].sum(), abs=1e-3)
    assert owned["low"].sum() <= standing["low"].sum() + 1e-3
    assert owned["high"].sum() >= standing["high"].sum() - 1e-3


def test_chemistries_share_a_plant_without_loss(evidence):
    """LFP and nickel of a mixed plant make up the plant, at every end of the assumption."""
    sites = plants()
    lfp = of_chemistry(sites, evidence, "LFP")
    nickel = of_chemistry(sites, evidence, "NMC|NCA")
    both = lfp.join(nickel, on="plant", suffix="_nickel").filter(
        pl.col("assumption").is_not_null() & pl.col("assumption_nickel").is_not_null()
    )
    assert both.height > 5
    for row in both.iter_rows(named=True):
        assert row["part"] + row["part_nickel"] == pytest.approx(1)
        assert row["part_low"] + row["part_high_nickel"] == pytest.approx(1)
        assert row["part_high"] + row["part_low_nickel"] == pytest.approx(1)


def test_the_part_of_lfp_has_the_range_of_its_assumption(evidence):
    found = of_chemistry(plants(), evidence, "LFP").drop_nulls("assumption")
    assumptions = Assumptions(evidence)
    for name, group in found.group_by("assumption"):
        entry = assumptions[name[0]]
        ends = group.select("part_low", "part", "part_high").unique().row(0)
        assert ends == pytest.approx((entry.low / 100, entry.central / 100, entry.high / 100))


def test_an_unknown_chemistry_is_in_the_high_end_alone(evidence):
    sites = plants().sites
    unknown = sites.filter(pl.col("chemistry") == "unknown")["plant"]
    found = of_chemistry(plants(), evidence, "LFP").filter(pl.col("plant").is_in(unknown.implode()))
    assert found.height > 10
    assert found.select("part_low", "part", "part_high").unique().rows() == [(0, 0, 1)]


def test_plants_in_another_unit_are_left_out(evidence, cathode):
    """Some cathode plants are stated in GWh of cells a year."""
    units = dict(evidence.table("plants").select("record", "unit").rows())
    foreign = evidence.table("plants").filter(stage=LFP_CATHODE.stage, unit="GWh/yr")
    assert foreign.height and not set(foreign["plant"]) & set(cathode.additions["plant"])
    kept = {units[r] for records in cathode.additions["records"].to_list() for r in records}
    assert kept <= {"kt/yr", None}


def test_hand_computed_shares_of_two_countries(tmp_path):
    """China runs 30 and announces nothing; elsewhere 10 run and 20 are announced."""
    row = {"firm": "catl", "stage": "equipment", "chemistry": "LFP", "scale": "commercial",
           "unit": "kt/yr", "capacity_basis": "full site", "source": "https://example.org/a",
           "date": "2026-01", "confidence": "high"}  # fmt: skip
    cells = [
        row | {"record": f"r{n}", "plant": f"p{n}", "name": f"P{n}", "place": place,
               "capacity": str(size), "status": status, "start_year": year}
        for n, (place, size, status, year) in enumerate([
            ("CHN", 30, "operating", "2020"), ("DEU", 10, "operating", "2020"),
            ("DEU", 20, "announced", "2028")])
    ]  # fmt: skip
    own = own_evidence(tmp_path, {"plants": cells}, date(2026, 12, 31))
    good = Good("machines", "equipment")
    found = reconcile(own, good.stage)
    now = holdings(found, own, good, PLACE, 2026)
    assert share_of(now, ["CHN"]) == (75, 75, 75)
    later = holdings(found, own, good, PLACE, HORIZON)
    built = Assumptions(own).central("industry.realisation.announced") / 100
    assert share_of(later, ["CHN"]) == pytest.approx((50, 3000 / (40 + 20 * built), 75))
    assert share_of(later, ["CHN", "DEU"]) == (100, 100, 100)


spans = st.lists(st.tuples(*[st.floats(0.1, 100)] * 3), min_size=2, max_size=8)


@given(spans, st.data())
def test_no_combination_of_ends_lies_outside_the_range_of_a_share(rows, data):
    frame = pl.DataFrame(
        [(f"h{n}", *sorted(row)) for n, row in enumerate(rows)],
        schema=["holder", "low", "value", "high"], orient="row",
    )  # fmt: skip
    picked = [data.draw(st.floats(low, high)) for _, low, _, high in frame.rows()]
    low, value, high = share_of(frame, ["h0"])
    assert low <= value + 1e-9 and value <= high + 1e-9
    true = 100 * picked[0] / sum(picked)
    assert low - 1e-9 <= true <= high + 1e-9


def test_every_number_adds_up_from_its_parts(result):
    for key in result.data.select(DIMS).to_dicts()[::3]:
        found = result.explain(**key)
        assert found.totals() == {value: found.row[value] for value in VALUES}, key


def test_bounds_are_in_order_and_within_the_whole(result):
    low, value, high = (result.data[name] for name in VALUES)
    assert (low <= value).all() and (value <= high).all() and (low >= 0).all()
    assert result.data.filter(pl.col("unit") == "%")["value_high"].max() <= 100 + 1e-9
    assert result.data.filter(pl.col("measure") == HHI)["value_high"].max() <= 1e4 + 1e-6


def test_central_shares_of_countries_add_up_to_the_whole(result):
    rows = result.data.filter(
        (pl.col("source") == OWN)
        & (pl.col("measure") == SHARE)
        & pl.col("place").is_in(list(places.countries()))
    )
    sums = rows.group_by("product", "by", "year").agg(pl.col("value").sum())
    assert sums.height == 2 * 2 * len(GOODS)
    for whole in sums["value"]:
        assert whole == pytest.approx(100, abs=1e-6)


def test_the_index_of_our_plants_is_that_of_their_shares(result):
    own = result.data.filter(source=OWN)
    countries = pl.col("place").is_in(list(places.countries()))
    squares = defaultdict(float)
    shares = own.filter((pl.col("measure") == SHARE) & countries)
    for product, by, year, value in shares.select("product", "by", "year", "value").rows():
        squares[product, by, year] += value**2
    for row in own.filter(measure=HHI).iter_rows(named=True):
        expected = squares[row["product"], row["by"], row["year"]]
        assert row["value"] == pytest.approx(expected, rel=1e-6)


def test_the_leader_is_the_largest_country(result):
    own = result.data.filter(pl.col("place").is_in(list(places.countries())), source=OWN)
    for row in own.filter(measure=LEADER).iter_rows(named=True):
        rows = own.filter(measure=SHARE, product=row["product"], by=row["by"], year=row["year"])
        best = rows.sort("value")["place"][-1]
        assert (row["place"], row["value"]) == (best, rows["value"].max())


def test_a_group_has_the_share_of_its_members(result):
    own = result.data.filter(measure=SHARE, product="cells", by=PLACE, source=OWN, year=HORIZON)
    values = dict(own.select("place", "value").rows())
    members = sum(values.get(code, 0.0) for code in places.members("EU27"))
    assert values["EU27"] == pytest.approx(members, rel=1e-9)


def test_goods_of_which_less_is_on_record_than_was_sold_are_incomplete(result):
    found = dict(result.data.filter(measure=COVERAGE).select("product", "value").rows())
    assert found["anode"] < 1 < found["LFP cathode"]
    assert "anode" in incomplete(result) and "cathode" in incomplete(result)
    assert not {"cells", "LFP cells", "LFP cathode"} & incomplete(result)


def test_coverage_sets_plants_against_what_was_sold(result):
    found = result.explain(measure=COVERAGE, product="anode", source=OWN)
    assert set(found.rows()) == {"plants", "market-shares"}
    (below,) = found.parts.filter(role="below")["value"]
    assert below == 2111


def test_a_share_of_owners_leads_to_firms(result):
    found = result.explain(
        measure=SHARE, product="LFP cells", by=DOMICILE, source=OWN, year=HORIZON, place="KOR"
    )
    firms = {firm for item in found.parts["firms"].to_list() for firm in item}
    assert "lg-energy-solution" in firms
    assert set(found.rows()) == {"plants"}
    assert "industry.mixed-lfp-share.abroad" in found.assumptions
    assert "industry.realisation.announced" in found.assumptions


def test_on_an_early_day_little_is_on_record():
    early = concentration(Evidence(as_of=date(2012, 1, 1)))
    assert set(early.data["source"]) <= {"assumption", OWN}


# --- the claims


@pytest.fixture(scope="module")
def industry(evidence):
    return Industry(evidence)


def test_china_s_share_of_lfp_is_that_of_the_figure(industry, result):
    row = only(
        result, measure=LEADER, product="LFP cathode", by=PLACE, source=OWN,
        year=industry.evidence.year,
    )  # fmt: skip
    found = compute(industry, "fig7-china-lfp-share")
    assert found.central == pytest.approx(row["value"], abs=1e-6)
    cells = only(result, measure=LEADER, product="LFP cells", by=PLACE, source=OWN,
                 year=industry.evidence.year)  # fmt: skip
    assert f"of LFP cells it is {cells['value']:.0f} %" in found.note


def test_more_missing_abroad_lowers_china_s_share(industry):
    """Completeness is drawn from 0.9 to 1.3: the share is below what is on record in most draws."""
    found = compute(industry, "fig7-china-lfp-share")
    assert found.draws.mean() < found.central
    assert found.draws.max() <= 100


def test_the_figure_s_lfp_claims_rest_on_plants_and_not_on_one_sentence(industry):
    found = compute(industry, "fig7-china-lfp-share")
    verdict = judge(claims(industry.evidence)["fig7-china-lfp-share"], found, industry.evidence)
    assert len(found.records) > 5
    assert verdict.verdict not in ("carried", "not-computable")


def test_lfp_is_set_against_every_other_good(industry):
    found = compute(industry, "fig7-lfp-above-other-products")
    assert {n for n in found.assumptions if n.startswith(COMPARISON)} == {
        entry.assumption for entry in comparisons(industry.evidence)
    }
    rows = industry.evidence.table("concentration")
    used = rows.filter(pl.col("record").is_in(list(found.more["concentration"])))
    assert set(used["product"]) == {"humanoid robots", "rare earth magnets"}
    # Where extreme ultraviolet alone is lithography, nothing is above it.
    assert found.draws.min() < 0 < found.draws.max()


def test_korean_firms_hold_little_lfp_cathode(industry, evidence, cathode):
    held = holdings(cathode, evidence, LFP_CATHODE, DOMICILE, 2025)
    found = compute(industry, "fig2-korea-not-lfp")
    assert found.central == pytest.approx(share_of(held, ["KOR"])[1])


def test_china_s_early_share_is_of_what_ran(industry, evidence):
    held = holdings(plants(), evidence, CELLS, PLACE, 2020)
    assert compute(industry, "hist-korea-japan-to-china").central == share_of(held, ["CHN"])[1]
