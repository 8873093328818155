"""Are rankings reconciled as printed, is nothing put into a country that nobody put there, and are
the study's claims on shares answered from rows?"""

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import VALUES, atlas, own_evidence
from multipolar.evidence.claims import claims, judge
from multipolar.evidence.sources import STUDY
from multipolar.evidence.store import Evidence
from multipolar.industry.claims import compute
from multipolar.industry.claims.room import Industry
from multipolar.industry.herfindahl import WHOLE, hhi, packed
from multipolar.industry.rankings import (
    OTHERS,
    ROUNDING,
    TOP,
    by_chemistry,
    latest,
    rankings,
    share_of_row,
    volume,
)
from multipolar.industry.shares import CLASSES, DIMS, market_share
from multipolar.words import places

ROW = {
    "record": "own-cells--a", "ranking": "own-cells", "stage": "cell", "segment": "other",
    "basis": "sales", "place": "World", "start": "2030-01", "end": "2030-12",
    "vintage": "first print", "scope": "firm", "name": "as printed", "unit": "GWh",
    "source": "https://example.org/ranking", "date": "2031", "confidence": "high",
}  # fmt: skip
#: Firms by a short name: two Chinese, two Korean, a Japanese one.
FIRMS = {"a": "catl", "b": "byd", "c": "lg-energy-solution", "d": "sk-on", "e": "panasonic"}


def own(folder, *changes):
    """The ranking of hand-made rows; each change is one row, ``firm`` a short name."""
    rows = []
    for number, change in enumerate(changes):
        cells = {k: str(v) for k, v in change.items()}
        cells["firm"] = FIRMS.get(cells.get("firm", ""), "")
        rows.append(ROW | {"record": f"own-cells--{number}"} | cells)
    evidence = own_evidence(folder, {"market-shares": rows})
    return rankings(evidence)["own-cells"]


def listed(firm, rank="", share="", **more):
    return {"firm": firm, "rank": rank, "share": share, **more}


@pytest.fixture(scope="module")
def on_record():
    return rankings(atlas().evidence_store)


@pytest.fixture(scope="module")
def result():
    return market_share(atlas().evidence_store)


@pytest.fixture(scope="module")
def industry():
    return Industry(atlas().evidence_store)


def printed():
    return atlas().evidence("market-shares")


# --- one ranking


def test_a_printed_share_is_believed_before_volume_over_total(tmp_path):
    found = own(tmp_path, listed("a", 1, "40", value=39, total=100), listed("b", 2, value=30, total=100))  # fmt: skip  # noqa: E501
    assert [firm.share for firm in found.firms] == [(40, 40, 40), (30, 30, 30)]
    assert [firm.volume for firm in found.firms] == [39, 30]


def test_a_volume_follows_from_share_and_total(tmp_path):
    found = own(tmp_path, listed("a", 1, "40", total=250))
    assert found.firms[0].volume == pytest.approx(100)
    assert found.total == 250


def test_the_more_trusted_of_two_rows_is_believed(tmp_path):
    found = own(tmp_path, listed("a", 1, "41", confidence="low"), listed("a", 1, "40"))
    assert found.firms[0].share == (40, 40, 40)
    assert len(found.firms[0].records) == 2


def test_a_share_that_nobody_printed_lies_between_its_neighbours_in_rank(tmp_path):
    found = own(tmp_path, listed("a", 1, "40"), listed("b", 2), listed("c", 3, "20"))
    assert found.share("byd") == (20, 20, 40)
    # The bounds rest on the neighbours' rows too.
    (open_,) = [firm for firm in found.firms if firm.id == "byd"]
    assert set(open_.records) == {f"own-cells--{number}" for number in range(3)}


def test_of_several_open_shares_each_better_rank_is_as_large(tmp_path):
    """b, c and d share the 60 that a leaves: d has a third of it at most, and c a half."""
    found = own(tmp_path, listed("a", 1, "40"), listed("c", 2), listed("d", 3))
    assert found.share("lg-energy-solution") == (0, 0, 40)
    assert found.share("sk-on") == (0, 0, 30)


def test_what_a_sum_leaves_belongs_to_the_only_firm_without_a_share(tmp_path):
    whole = {"scope": "listed", "domicile": "CHN", "share": "55"}
    found = own(tmp_path, listed("a", 1, "40"), listed("b", 3), listed("c", 2, "20"), whole)
    assert found.share("byd") == (15, 15, 15)
    assert set(found.firms[2].records) == {"own-cells--0", "own-cells--1", "own-cells--3"}


def test_a_sum_with_firms_that_nobody_names_gives_none_of_them_a_share(tmp_path):
    """What 70 leave is more than the third rank can have: others are in the sum too."""
    whole = {"scope": "listed", "domicile": "CHN", "share": "70"}
    found = own(tmp_path, listed("a", 1, "40"), listed("b", 3), listed("c", 2, "20"), whole)
    assert found.share("byd") == (0, 0, 20)
    assert found.share("CHN") == (70, 70, 70)


def test_a_sum_that_holds_more_firms_than_are_named_stands_for_its_domicile(tmp_path):
    whole = {"scope": "listed", "domicile": "CHN", "share": "70"}
    found = own(tmp_path, listed("a", 1, "40"), listed("c", 2, "20"), whole)
    assert found.share("CHN") == (70, 70, 70)
    assert found.others.share[1] == pytest.approx(10)


def test_others_are_the_printed_rest_where_there_is_one(tmp_path):
    found = own(tmp_path, listed("a", 1, "40"), {"scope": "other makers", "share": "58.9"})
    assert found.others.share == (58.9, 58.9, 58.9)


def test_the_rest_is_an_interval_where_the_tenth_share_is_missing(tmp_path):
    """Two of ten are named; each of the other eight may be as large as the second."""
    found = own(tmp_path, listed("a", 1, "40"), listed("c", 2, "5"))
    assert found.others.share == (100 - 40 - 5 - 8 * 5, 55, 55)


def test_all_makers_of_a_domicile_leave_it_no_part_of_the_rest(tmp_path):
    whole = {"scope": "domicile", "domicile": "CHN", "share": "90"}
    found = own(tmp_path, listed("a", 1, "60"), listed("c", 2), whole)
    assert (found.share("CHN"), found.share("KOR")) == ((90, 90, 90), (0, 0, 10))
    low, high = found.hhi_of_domiciles().ends
    assert (low, high) == (8100, 8100 + 100)


def test_a_list_of_chemistries_speaks_of_all_of_them(tmp_path):
    row = {"scope": "all makers", "chemistry": "LFP", "value": 30, "total": 40}
    evidence = own_evidence(
        tmp_path, {"market-shares": [ROW | {k: str(v) for k, v in row.items()}]}
    )
    found = market_share(evidence).data.filter(ranking="own-cells", measure="share of all chemistries")  # fmt: skip  # noqa: E501
    assert found.select("product", "value").rows() == [("LFP cells in other", 75.0)]


# --- concentration


def test_the_index_of_equal_shares_and_of_a_monopoly():
    assert hhi([(25, 25)] * 4).ends == (2500, 2500)
    assert hhi([(100, 100)]).ends == (10000, 10000)
    assert hhi([]).ends == (0, 10000)


def test_bounds_of_a_hand_computed_list():
    """50 and 20 are listed; 30 is packed into one of 20 and one of 10."""
    assert hhi([(50, 50), (20, 20)], cap=20).ends == (2900, 2900 + 400 + 100)


def test_a_group_is_at_most_one_holder():
    assert hhi([(80, 80), (7, 7)], groups=[8], cap=100).ends == (6449, 6449 + 64 + 25)


def test_the_rest_of_domiciles_is_at_most_all_in_the_largest(on_record):
    found = on_record["sne-ev-cells-2025"]
    shares = sorted((holder.share[0] for holder in found.domiciles), reverse=True)
    free = 100 - sum(shares)
    low, high = found.hhi_of_domiciles().ends
    assert low == pytest.approx(sum(s**2 for s in shares))
    assert high == pytest.approx((shares[0] + free) ** 2 + sum(s**2 for s in shares[1:]))


positive = st.floats(0.01, 1.0)


@given(st.lists(positive, min_size=2, max_size=12), st.integers(1, 11))
def test_bounds_hold_whatever_the_unlisted_firms_are(weights, known):
    shares = sorted((100 * w / math.fsum(weights) for w in weights), reverse=True)
    listed_ = shares[: min(known, len(shares))]
    low, high = hhi([(s, s) for s in listed_], cap=listed_[-1]).ends
    true = math.fsum(s**2 for s in shares)
    assert low <= true * (1 + 1e-9)
    assert true <= high * (1 + 1e-9) + 1e-9


@given(
    st.lists(st.tuples(positive, positive, positive), min_size=1, max_size=8),
    st.lists(positive, max_size=6),
)
def test_bounds_hold_wherever_shares_lie_in_their_intervals(rows, rest):
    """True shares, and around each an interval of some width."""
    whole = math.fsum([*(row[0] for row in rows), *rest])
    true = [100 * row[0] / whole for row in rows]
    spans = [(t * (1 - 0.9 * row[1]), min(100.0, t * (1 + row[2]))) for t, row in zip(true, rows, strict=True)]  # fmt: skip  # noqa: E501
    others = [100 * r / whole for r in rest]
    low, high = hhi(spans, cap=max(others, default=0.0)).ends
    exact = math.fsum(t**2 for t in [*true, *others])
    assert low <= exact * (1 + 1e-9)
    assert exact <= high * (1 + 1e-9) + 1e-9


@given(st.floats(0, 100), st.floats(0.1, 100))
def test_packing_conserves_the_mass_and_is_the_greatest_sum(mass, size):
    found = packed(mass, size)
    assert found <= mass * size + 1e-6
    assert found <= mass**2 + 1e-6
    whole = math.floor(mass / size)
    assert found >= whole * size**2 - 1e-6


# --- the rankings on record


def test_printed_shares_agree_with_volume_over_total():
    rows = printed().filter(
        pl.all_horizontal(pl.col("share", "value", "total").is_not_null())
        & (pl.col("confidence") != "low")
    )
    assert rows.height > 60
    for row in rows.iter_rows(named=True):
        # Both are rounded; one page calls 110 of 369.8 "nearly 110".
        assert share_of_row({**row, "share": None}) == pytest.approx(row["share"], abs=0.35), row


def test_sums_that_the_source_prints_are_those_of_its_firms(on_record):
    checked = 0
    for row in printed().filter(pl.col("scope") == "listed").iter_rows(named=True):
        ranking = on_record[row["ranking"]]
        mine = [f for f in ranking.top() if f.domicile == row["domicile"]]
        if row["domicile"] and len(mine) >= 3 and all(firm.known for firm in mine):
            held = sum(firm.share[1] for firm in mine)
            if len(mine) == 6 or row["domicile"] == "KOR":
                assert held == pytest.approx(row["share"], abs=ROUNDING * (len(mine) + 1)), row
                checked += 1
    assert checked >= 4


def test_the_whole_of_every_ranking_is_a_hundred(on_record):
    for ranking in on_record.values():
        if ranking.others:
            whole = ranking.attributed + ranking.others.share[1]
            # Where the rest is printed too, all terms are rounded.
            assert whole == pytest.approx(WHOLE, abs=ROUNDING * (len(ranking.firms) + 2)), (
                ranking.id
            )


def test_the_latest_cells_in_vehicles_are_known_to_the_tenth_firm(on_record):
    (found,) = [r for r in latest(atlas().evidence_store) if r.product == "cells in vehicles"]
    assert (found.period, len(found.top())) == ("2025", TOP)
    assert [firm.id for firm in found.firms[:2]] == ["catl", "byd"]
    assert found.share("CHN")[1] == pytest.approx(70.4, abs=1e-9)
    assert found.share("KOR")[1] == pytest.approx(15.4, abs=0.2)
    assert found.share("JPN") == (3.7, 3.7, 3.7)
    counts = {home: sum(f.domicile == home for f in found.top()) for home in CLASSES}
    assert counts == {"CHN": 6, "KOR": 3, "JPN": 1}


def test_restated_tables_stand_apart(on_record):
    first, again = on_record["sne-ev-cells-2022"], on_record["sne-ev-cells-2022-restated-2024"]
    assert (first.vintage, again.vintage) == ("first print", "restated")
    assert first.total != again.total
    assert first.period == again.period


def test_the_restated_total_of_2024_gives_the_growth_that_was_printed(on_record):
    """The release of 2026 prints 31.7 percent, and 901.4 GWh for the year before."""
    before = on_record["sne-ev-cells-total-2024-restated-2026"].total
    assert 100 * (on_record["sne-ev-cells-2025"].total / before - 1) == pytest.approx(
        31.7, abs=0.05
    )


def test_other_firms_are_never_put_into_a_country(result):
    rest = result.data.filter(pl.col("firm") == OTHERS)
    assert rest.height > 20
    assert set(rest["domicile"]) == {"all"}
    for item in result.items.filter(pl.col("item").str.ends_with("/others"))["firms"]:
        assert item.to_list() == []


def test_no_group_is_a_holder_of_a_concentration(result, on_record):
    parts = result.parts.filter(pl.col("measure").str.starts_with("HHI"))
    ends = parts["item"].str.split("/").list.last()
    firms = set(atlas().evidence("firms")["firm"])
    assert set(ends) <= firms | set(places.countries()) | {"others"}


def test_a_ranking_without_shares_has_ranks_and_no_share(result):
    found = result.data.filter(ranking="infolink-storage-cells-2024")
    assert set(found["measure"]) == {"rank", "firms in the top ten"}
    assert found.filter(measure="rank").height == TOP


def test_every_number_adds_up_from_its_parts(result):
    for key in result.data.select(DIMS).to_dicts():
        found = result.explain(**key)
        assert found.totals() == {value: found.row[value] for value in VALUES}, key


def test_bounds_are_in_order_and_shares_within_the_whole(result):
    low, value, high = (result.data[name] for name in VALUES)
    assert (low <= value).all() and (value <= high).all() and (low >= 0).all()
    shares = result.data.filter(pl.col("unit") == "%")
    assert shares["value_high"].max() <= WHOLE
    points = result.data.filter(pl.col("unit") == "points")
    assert points["value_high"].max() <= WHOLE**2


def test_a_share_leads_to_each_firm_s_row(result):
    found = result.explain(product="cells in vehicles", period="2025", domicile="KOR")
    assert set(found.parts["item"]) == {
        f"sne-ev-cells-2025/{firm}" for firm in ("lg-energy-solution", "sk-on", "samsung-sdi")
    }
    rows = found.rows()
    assert set(rows["market-shares"]["firm"]) == {"lg-energy-solution", "sk-on", "samsung-sdi"}
    assert {"lg-energy-solution", "sk-on", "samsung-sdi"} <= set(rows["firms"]["firm"])
    assert any(s.publisher == "SNE Research" for s in found.sources)


def test_a_day_before_a_release_nothing_of_it_is_known():
    early = rankings(Evidence(as_of=date(2024, 1, 1)))
    assert "sne-ev-cells-2022" in early
    assert not [r for r in early.values() if r.end > "2023-12"]
    assert market_share(Evidence(as_of=date(2010, 1, 1))).data.is_empty()


def test_rows_of_the_study_are_not_evidence():
    for table in ("market-shares", "concentration"):
        rows = atlas().evidence(table)
        assert STUDY not in {*rows["source"], *rows["via"]}


def test_the_least_that_was_sold_is_a_total_or_the_sum_of_firms():
    evidence = atlas().evidence_store
    sold, rows = volume(evidence, "cathode active material", "LFP")
    assert sold == pytest.approx(sum(row["value"] for row in rows))
    assert {row["ranking"] for row in rows} == {"filings-lfp-cathode-2025"}
    total, (row,) = volume(evidence, "anode active material")
    assert total == row["total"] == 2111
    assert volume(evidence, "separator") == (0.0, [])


# --- the claims


def test_two_firms_are_the_two_largest_of_china(industry):
    found = compute(industry, "fig2-two-chinese-firms")
    rows = printed().filter(pl.col("record").is_in(list(found.records)))
    assert set(rows["firm"]) == {"catl", "byd"}
    assert found.central == pytest.approx(rows["share"].sum()) == pytest.approx(39.2 + 16.4)


@pytest.mark.parametrize("claim, count", [("korean", 3), ("japanese", 1)])
def test_firms_in_the_top_ten_are_counted(industry, claim, count):
    found = compute(industry, f"fig2-{claim}-firms-top-ten")
    assert found.central == count
    assert set(np.unique(found.draws)) == {float(count)}


def test_places_of_the_first_ten_that_nobody_names_are_counted_apart(tmp_path):
    rows = [listed("a", 1, "40"), listed("c", 2, "5"), listed("e", 11, "1")]
    cells = [
        ROW | {"record": f"own-cells--{n}"} | {k: str(v) for k, v in row.items()}
        | {"firm": FIRMS[row["firm"]]}
        for n, row in enumerate(rows)
    ]  # fmt: skip
    data = market_share(own_evidence(tmp_path, {"market-shares": cells})).data
    counts = data.filter(ranking="own-cells", measure="firms in the top ten")
    assert dict(counts.filter(firm="all").select("domicile", "value").rows()) == {
        "CHN": 1,
        "KOR": 1,
    }
    assert counts.filter(firm=OTHERS)["value"].to_list() == [TOP - 2]


def test_batteries_in_vehicles_are_counted_by_someone_else(industry):
    found = compute(industry, "fig2-sne-ev-battery-use")
    verdict = judge(claims(industry.evidence)["fig2-sne-ev-battery-use"], found, industry.evidence)
    assert found.table == "demand"
    assert not [id for id in verdict.sources if id.startswith("sne-research")]


def test_growth_is_that_of_the_last_print_with_the_others_as_its_range(industry):
    found = compute(industry, "fig2-sne-ev-battery-growth")
    assert found.central == pytest.approx(100 * (1187 / 901.4 - 1))
    assert found.draws.max() <= 100 * (1187 / 894 - 1)
    assert found.draws.min() >= 100 * (1191 / 953 - 1)


def test_lfp_of_cathode_lies_between_vehicles_and_all_uses_and_no_number_is_likelier(industry):
    found = compute(industry, "fig2-sne-lfp-cathode-share")
    vehicles = 100 * 1413 / 2316
    assert vehicles <= found.draws.min() < vehicles + 0.5
    assert found.central - vehicles == pytest.approx(found.draws.max() - found.central, abs=0.5)
    nickel = 903 * 12 / 11
    sold = volume(industry.evidence, "cathode active material", "LFP")[0]
    assert found.draws.max() > 100 * sold / (sold + nickel)


def test_lfp_rose_between_the_years_of_the_series(industry):
    found = compute(industry, "lfp-rise-early-2020s")
    assert found.central == pytest.approx((26.79 + 38.06) / 2 - 5.21)
    assert found.draws.min() >= 26.79 - 5.21 and found.draws.max() <= 38.06 - 5.21


def test_korea_s_share_falls_by_what_the_lists_say(industry):
    found = compute(industry, "kf-korea-falling-behind")
    assert found.central == pytest.approx(15.33 - 18.4, abs=0.02)


@pytest.mark.parametrize("claim", ["fig2-basis", "fig2-domicile-classes", "fig7-comparator-products"])  # fmt: skip  # noqa: E501
def test_a_definition_of_the_study_is_carried(industry, claim):
    verdict = judge(claims(industry.evidence)[claim], compute(industry, claim), industry.evidence)
    assert (verdict.verdict, verdict.sources) == ("carried", [STUDY])


def test_a_claim_without_rows_has_no_answer():
    early = Industry(Evidence(as_of=date(2020, 1, 1)))
    for claim in ("fig2-two-chinese-firms", "fig2-sne-lfp-cathode-share", "lfp-half-of-market",
                  "fig2-sne-lfp-cathode-gain", "kf-korea-falling-behind"):  # fmt: skip
        assert compute(early, claim) is None


def test_makers_that_recycle_wait_for_recycling_plants_on_record(industry):
    plants = industry.evidence.table("plants")
    none = plants.filter(pl.col("stage") == "recycling").is_empty()
    assert (compute(industry, "mt-europe-japan-cathode-recycling") is None) == none


def test_chemistries_are_told_of_whole_markets_only():
    rows = by_chemistry(atlas().evidence_store)
    assert {row["scope"] for row in rows} == {"all makers"}
    assert all(row["chemistry"] for row in rows)
