"""How much LFP stands outside China, and is there cathode? Hand-computed and conserved."""

from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import row
from industry_fixtures import VALUES, atlas, own_evidence
from multipolar.evidence.assumptions import DRAWS, Assumptions
from multipolar.evidence.claims import claims, judge
from multipolar.industry.capacity import REALISATION
from multipolar.industry.chemistry_mix import ABROAD
from multipolar.industry.claims import build_out, demand, lfp, nickel
from multipolar.industry.claims.lfp_draws import census, lfp_cells
from multipolar.industry.claims.room import Industry
from multipolar.industry.lfp import (
    CATHODE_STAGE,
    INTENSITY,
    YIELD,
    abroad,
    lfp_shares,
    need_per_gwh,
    split_rules,
    supply,
)
from multipolar.industry.plants import reconcile
from multipolar.words.errors import EvidenceError

#: A place where no LFP plant is bundled.
PLACE = "ISL"
ALL = "all"
MINE = {**lfp.CLAIMS, **nickel.CLAIMS, **demand.CLAIMS, **build_out.CLAIMS}
E = 2.0**-18


def cell(name, chemistry, capacity, status, **more):
    return row(
        "plants", record=f"{name}--01", plant=name, place=PLACE, chemistry=chemistry,
        capacity=str(capacity), capacity_basis="as stated", status=status, start_year="2026",
        **more,
    )  # fmt: skip


def cathode(name, chemistry, capacity, status, unit="kt/yr"):
    stage = {"stage": CATHODE_STAGE, "unit": unit}
    return cell(name, chemistry, capacity, status) | stage


CELLS = [
    cell("a-lfp", "LFP", 10, "operating"),
    cell("b-mixed", "NMC|LFP", 40, "under construction"),
    cell("c-lmfp", "LMFP", 8, "announced"),
    cell("d-stated", "LFP:80|NMC:20", 20, "announced"),
    cell("e-nickel", "NMC", 100, "operating"),
    cell("f-unknown", "unknown", 50, "operating"),
]
CATHODE = [
    cathode("g-lfp", "LFP", 9, "operating"),
    cathode("h-mixed", "NMC|LFP", 20, "announced"),
    cathode("i-nickel", "NMC", 70, "operating"),
    cathode("j-cells", "LFP", 16, "operating", unit="GWh/yr"),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Evidence with a few plants of our own in a place that has none else."""
    evidence = own_evidence(tmp_path_factory.mktemp("lfp"), {"plants": [*CELLS, *CATHODE]})
    return evidence, supply(evidence, [2030], lfp_share=30)


@pytest.fixture(scope="module")
def bundled():
    return supply(atlas().evidence_store, [2025, 2030])


def number(result, measure, rule, status, place=PLACE, domicile=ALL):
    (found,) = result.data.filter(
        measure=measure, rule=rule, status=status, place=place, domicile=domicile, year=2030
    ).select(VALUES).rows()  # fmt: skip
    return pytest.approx(found, abs=E)


def announced(evidence):
    return Assumptions(evidence).central(REALISATION.format("announced")) / 100


def test_mixed_plants_are_a_quarter_lfp_by_the_first_rule(own):
    _, result = own
    assert number(result, "LFP cells", "25/75", "operating") == (10, 10, 10)
    assert number(result, "LFP cells", "25/75", "under construction") == (4, 10, 20)
    assert number(result, "LFP cells", "25/75", "announced") == (24, 24, 24)


def test_bounds_run_over_the_range_of_the_rule_too(own):
    evidence, result = own
    expected = 10 + 10 + 24 * announced(evidence)
    assert number(result, "LFP cells", "25/75", ALL) == (10 + 4, expected, 10 + 20 + 24)


def test_half_and_half_has_no_range_of_its_own(own):
    evidence, result = own
    assert number(result, "LFP cells", "50/50", "under construction") == (20, 20, 20)
    expected = 30 + 24 * announced(evidence)
    assert number(result, "LFP cells", "50/50", ALL) == (30, expected, 54)


def test_any_other_share_is_a_rule_of_its_own(own):
    _, result = own
    assert number(result, "LFP cells", "30/70", "under construction") == (12, 12, 12)


def test_cathode_is_split_by_the_same_rule_and_masses_alone_count(own):
    evidence, result = own
    assert number(result, "LFP cathode", "25/75", "operating") == (9, 9, 9)
    assert number(result, "LFP cathode", "25/75", "announced") == (2, 5, 10)
    cathode = reconcile(evidence, "cathode active material")
    assert "j-cells" in cathode.sites["plant"] and "j-cells" not in cathode.additions["plant"]


def test_need_is_cells_times_kilograms_over_yield(own):
    evidence, result = own
    known = Assumptions(evidence)
    kg, kept = known[INTENSITY], known[YIELD]
    low, central, high = need_per_gwh(known)
    assert (low, central, high) == pytest.approx(
        (kg.low / kept.high * 100, kg.central / kept.central * 100, kg.high / kept.low * 100)
    )
    assert number(result, "cathode need", "50/50", "operating") == (
        10 * low, 10 * central, 10 * high,
    )  # fmt: skip


def test_coverage_and_gap_are_cathode_against_need(own):
    evidence, result = own
    low, central, high = need_per_gwh(Assumptions(evidence))
    assert number(result, "coverage", "50/50", "operating") == (
        9 / (10 * high), 9 / (10 * central), 9 / (10 * low),
    )  # fmt: skip
    assert number(result, "cathode gap", "50/50", "operating") == (
        10 * low - 9, 10 * central - 9, 10 * high - 9,
    )  # fmt: skip


def test_a_place_with_cells_and_no_cathode_is_covered_by_nothing(bundled):
    found = bundled.data.filter(measure="coverage", place="POL", status="operating", year=2030)
    assert found.height and found.select(VALUES).sum().row(0) == (0, 0, 0)
    assert bundled.explain(measure="coverage", place="POL", status="operating", year=2030).totals()[
        "value"
    ] == 0  # fmt: skip


def test_a_share_that_is_no_percentage_is_refused():
    for share in (-1, 100.5, float("nan")):
        with pytest.raises(EvidenceError, match="percentage"):
            supply(atlas().evidence_store, [2030], lfp_share=share)


def test_china_the_partners_and_the_rest_are_the_world(bundled):
    data = bundled.data.filter(pl.col("measure") != "coverage")
    others = [dim for dim in bundled.dims if dim != "place"]
    three = data.filter(pl.col("place").is_in(["CHN", "OECD-figure-3", "EMDM"]))
    three = three.group_by(others).agg(pl.col(VALUES).sum()).sort(others)
    world = data.filter(place="World").select(*others, *VALUES).sort(others)
    assert world.height > 50 and three.equals(world)


def test_the_rules_leave_china_alone(bundled):
    cells = bundled.data.filter(measure="LFP cells", place="CHN").sort(bundled.dims)
    first, second = (cells.filter(rule=rule).drop("rule") for rule in ("25/75", "50/50"))
    assert first.height and first.equals(second)


@pytest.mark.parametrize("measure", ["LFP cells", "LFP cathode"])
def test_owners_make_up_the_whole(bundled, measure):
    data = bundled.data.filter(measure=measure)
    keys = ["rule", "place", "status", "year"]
    whole = data.filter(domicile=ALL).select(*keys, *VALUES).sort(keys)
    split = data.filter(pl.col("domicile") != ALL).group_by(keys).agg(pl.col(VALUES).sum())
    assert whole.height > 50 and split.sort(keys).equals(whole)


def test_coverage_is_the_ratio_of_two_other_numbers(bundled):
    data = bundled.data.filter((pl.col("domicile") == ALL) & (pl.col("value") != 0))
    found = {row[:-1]: row[-1] for row in data.select(
        "measure", "rule", "place", "status", "year", "value").rows()}  # fmt: skip
    checked = 0
    for (measure, *key), value in found.items():
        if measure == "coverage":
            ratio = found["LFP cathode", *key] / found["cathode need", *key]
            assert value == pytest.approx(ratio)
            checked += 1
    assert checked > 20


def test_more_lfp_in_mixed_plants_is_more_lfp_everywhere(bundled):
    cells = bundled.data.filter(measure="LFP cells", domicile=ALL, status=ALL)
    keys = ["place", "year"]
    quarter, half = (
        cells.filter(rule=rule).select(*keys, pl.col("value").alias(rule))
        for rule in ("25/75", "50/50")
    )
    both = quarter.join(half, on=keys)
    assert (both["50/50"] >= both["25/75"]).all() and (both["50/50"] > both["25/75"]).any()


def test_the_rule_is_named_where_a_mixed_plant_is_and_only_there(bundled):
    keys = {"measure": "LFP cells", "year": 2030, "status": "operating"}
    assert ABROAD in bundled.explain(place="POL", **keys).assumptions
    assert ABROAD not in bundled.explain(place="POL", rule="50/50", **keys).assumptions
    assert ABROAD not in bundled.explain(place="TUR", **keys).assumptions


def test_need_names_its_kilograms_and_its_yield(bundled):
    used = bundled.explain(measure="cathode need", place="USA", year=2030).assumptions
    assert {INTENSITY, YIELD} <= set(used)


def test_the_first_rule_is_named_by_the_assumption(evidence):
    known = Assumptions(evidence)
    central = known.central(ABROAD)
    assert list(split_rules(known)) == [f"{central:g}/{100 - central:g}", "50/50"]
    assert split_rules(known, 50.0).keys() == split_rules(known).keys()
    assert split_rules(known, 12.5)["12.5/87.5"] == (0.125, 0.125, 0.125)


chemistry = st.lists(
    st.sampled_from(["LFP", "LMFP", "NMC", "NCA", "Na-ion", "unknown", "LTO"]),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@given(chemistry, st.floats(0, 1), st.floats(0, 1))
def test_shares_of_lfp_grow_with_the_rule_and_stay_shares(names, one, other):
    low, high = sorted((one, other))
    sites = pl.DataFrame({"plant": ["p"], "place": ["DEU"], "chemistry": ["|".join(names)]})
    found = lfp_shares(sites, Assumptions(atlas().evidence_store), (low, (low + high) / 2, high))
    if not {"LFP", "LMFP"} & set(names):
        assert found.is_empty()
    for share in found.rows():
        _, a, b, c = share
        assert 0 <= a <= b + 1e-12 <= c + 2e-12 <= 1 + 1e-9
        if set(names) <= {"LFP", "LMFP"}:
            assert (a, b, c) == (1, 1, 1)


def test_only_plants_that_make_lfp_supply_are_taken(bundled):
    sites = abroad(reconcile(atlas().evidence_store)).sites
    assert sites.height > 20
    assert not sites.filter(pl.col("place") == "CHN").height
    assert sites["chemistry"].str.contains("LFP|LMFP").all()


# --- claims


@pytest.fixture(scope="module")
def industry():
    return Industry(atlas().evidence_store)


@pytest.fixture(scope="module")
def answers(industry):
    return {claim: answer(industry) for claim, answer in MINE.items()}


def test_every_claim_that_we_answer_is_a_claim_of_the_study(evidence):
    assert set(MINE) <= set(claims(evidence))


def test_answers_have_draws_rows_and_a_note(answers, evidence):
    judged = 0
    for claim, found in answers.items():
        if found is None:
            continue
        judged += 1
        assert np.shape(found.draws) == (DRAWS,), claim
        assert np.isfinite([*found.draws, found.central]).all(), claim
        assert found.note and (found.records or found.words), claim
        for table, records in ({found.table: found.records} | found.more).items():
            if records:
                rows = evidence.table(table)
                assert set(records) <= set(rows[rows.columns[0]]), claim
        assert set(found.assumptions) <= set(evidence.table("assumptions")["assumption"]), claim
        assert judge(claims(evidence)[claim], found, evidence).verdict != "not-computable"
    assert judged > 35


def pipeline(place):
    """LFP of a place in the upper bound, mixed plants at the centre, from the figure's data."""
    data = supply(atlas().evidence_store, [2030]).data
    chosen = data.filter(measure="LFP cells", rule="25/75", place=place, domicile=ALL)
    wanted = ["operating", "under construction", "announced"]
    return chosen.filter(pl.col("status").is_in(wanted))["value"].sum()


@pytest.mark.parametrize(
    "claim, place",
    [("fig8-us-lfp-capacity", "USA"), ("fig8-europe-lfp-capacity", "Europe-wide")],
)
def test_a_claim_on_the_pipeline_is_computed_from_what_the_figure_shows(answers, claim, place):
    assert answers[claim].central == pytest.approx(pipeline(place), abs=1e-3)


def test_the_gap_of_cathode_is_that_of_the_figure(answers, bundled):
    regions = ["Europe-wide", "North-America", "Asia-ex-China"]
    data = bundled.data.filter(
        (pl.col("measure") == "coverage") & (pl.col("rule") == "25/75") & (pl.col("status") == ALL)
        & (pl.col("year") == 2030) & pl.col("place").is_in(regions)
    )  # fmt: skip
    assert answers["fig8-cathode-gap"].central == pytest.approx(data["value"].max(), rel=1e-3)


def test_the_study_s_own_split_is_carried_and_proves_nothing(answers, evidence):
    verdict = judge(
        claims(evidence)["fig8-split-lfp-share"], answers["fig8-split-lfp-share"], evidence
    )
    assert verdict.verdict == "carried"


def test_what_no_row_speaks_of_is_not_computable(answers, industry):
    sites = abroad(industry.plants).sites
    for claim, place in (("fig8-korea-lfp-plant-size", "KOR"), ("fig8-indonesia-lfp", "IDN")):
        on_record = sites.filter((pl.col("place") == place) & pl.col("capacity_known")).height
        assert (answers[claim] is None) is (on_record == 0)


def test_a_count_of_named_countries_is_never_more_than_were_named(answers):
    assert answers["fig8-cathode-canada-finland"].draws.max() <= 2
    # Who asks for plants meant for Europe is told of all of its countries.
    assert answers["fig8-cathode-morocco-germany"].draws.max() > 2


def test_a_census_at_its_centre_counts_what_is_on_record(industry):
    counted = census(industry.evidence, abroad(industry.plants)).central()
    chosen = pl.col("place") == "USA"
    assert counted.count("test", chosen)[0] == counted.table.filter(chosen).height


def test_bands_of_a_sample_make_up_its_plants(industry):
    sample = lfp_cells(industry)
    bands = ("LFP", "nickel", "next-generation", "other", "unknown")
    total = sum(sample.made(band, "USA", 2030) for band in bands)
    whole = sample.bound("USA", 2030, ("operating", "under construction", "announced"))
    assert total == pytest.approx(whole)


def test_claims_of_all_modules_are_answered_once():
    seen = defaultdict(list)
    for module in (lfp, nickel, demand, build_out):
        for claim in module.CLAIMS:
            seen[claim].append(module.__name__)
    assert [claim for claim, modules in seen.items() if len(modules) > 1] == []
