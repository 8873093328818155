"""Do draws and sources alone decide a verdict?"""

import dataclasses

import numpy as np
import polars as pl
import pytest

from conftest import row
from industry_fixtures import atlas, own_evidence
from multipolar.evidence.claims import Claim, Computed, claims, compare, judge
from multipolar.evidence.sources import STUDY
from multipolar.industry.claims import compute
from multipolar.industry.claims.room import Industry

CLAIM = Claim(
    "test", "3", "industry", "CHN", "2030", "capacity", 100.0, 100.0, "GWh/yr", "about", "stated",
    "A claim", "", "", ("mckinsey",),
)  # fmt: skip


def against(comparator, low, high=None):
    return dataclasses.replace(CLAIM, comparator=comparator, value_low=low, value_high=high)


def draws(share_above, value=100.0):
    """1000 draws of which a share lies above a value, the others below."""
    above = round(1000 * share_above)
    return np.array([value + 1.0] * above + [value - 1.0] * (1000 - above))


INEQUALITIES = [
    (">", 100.0, None, 1), (">=", 100.0, None, 1), ("<", None, 100.0, 0), ("<=", None, 100.0, 0),
]  # fmt: skip


@pytest.mark.parametrize("comparator, low, high, above", INEQUALITIES)
def test_what_holds_in_nine_of_ten_draws_is_reproduced(comparator, low, high, above):
    claim = against(comparator, low, high)
    assert compare(claim, draws(0.9 if above else 0.1), 100.0) == "reproduced"
    assert compare(claim, draws(0.89 if above else 0.11), 100.0) == "undecided"


@pytest.mark.parametrize("comparator, low, high, above", INEQUALITIES)
def test_what_fails_in_nine_of_ten_draws_differs(comparator, low, high, above):
    claim = against(comparator, low, high)
    assert compare(claim, draws(0.099 if above else 0.901), 100.0) == "differs"
    assert compare(claim, draws(0.11 if above else 0.89), 100.0) == "undecided"


def test_what_fails_in_exactly_nine_of_ten_draws_differs():
    assert compare(against(">", 100.0), draws(0.1), 100.0) == "differs"


@pytest.mark.parametrize(
    "comparator, holds", [(">", False), (">=", True), ("<", False), ("<=", True)]
)
def test_at_its_very_value_only_a_comparator_that_includes_it_holds(comparator, holds):
    found = compare(against(comparator, 100.0, 100.0), np.full(1000, 100.0), 100.0)
    assert found == ("reproduced" if holds else "differs")


def test_a_range_holds_from_end_to_end():
    claim = against("range", 90.0, 110.0)
    assert compare(claim, np.linspace(90, 110, 1000), 100.0) == "reproduced"
    assert compare(claim, np.linspace(111, 120, 1000), 115.0) == "differs"
    assert compare(claim, np.linspace(100, 120, 1000), 110.0) == "undecided"


@pytest.mark.parametrize("comparator", ["=", "about"])
@pytest.mark.parametrize(
    "centre, half_width, verdict",
    [
        (109, 20, "reproduced"),  # within 10 percent, and a narrow range
        (111, 13, "undecided"),  # further off, but the value lies in the range
        (100, 60, "undecided"),  # close, but the range is wider than half of it
        (130, 10, "differs"),  # outside the range
        (91, 8, "reproduced"),
    ],
)
def test_an_equality_needs_a_close_centre_and_a_narrow_range(
    comparator, centre, half_width, verdict
):
    found = np.linspace(centre - half_width, centre + half_width, 1001)
    assert compare(against(comparator, 100.0), found, float(centre)) == verdict


def test_a_claim_that_nobody_computes_is_not_computable_and_says_what_it_needs():
    claim = dataclasses.replace(CLAIM, needs="customs data")
    found = judge(claim, None, atlas().evidence_store)
    assert (found.verdict, found.note) == ("not-computable", "needs customs data")


def test_a_claim_without_a_number_stays_undecided():
    claim = dataclasses.replace(CLAIM, comparator="", value_low=None, value_high=None)
    computed = Computed(np.full(10, 100.0), 100.0, "demand", ("x",), ("industry.list-error",))
    assert judge(claim, computed, atlas().evidence_store).verdict == "undecided"


def test_the_range_told_is_that_of_eight_in_ten_draws():
    computed = Computed(np.linspace(0, 100, 1001), 50.0, assumptions=("industry.list-error",))
    found = judge(CLAIM, computed, atlas().evidence_store)
    assert (found.low, found.central, found.high) == (pytest.approx(10), 50, pytest.approx(90))


def test_a_definition_of_the_study_shows_nothing():
    computed = Computed(np.full(10, 100.0), 100.0, words=(STUDY,))
    assert judge(CLAIM, computed, atlas().evidence_store).verdict == "carried"


# From a row of the workspace through demand, claim and judge.

HIGHEST = "fig3-global-demand-upper"


def judged(folder, source):
    """The verdict on the highest outlook of world demand when a row of one's own is the highest."""
    outlook = row("demand", record="own-highest", place="World", source=source, date="2026-06",
                  low="", central="90000", high="")  # fmt: skip
    evidence = own_evidence(folder, {"demand": [outlook]})
    claim = claims(evidence)[HIGHEST]
    assert claim.comparator == "<=" and claim.value_high < 90000
    found = compute(Industry(evidence), HIGHEST)
    assert found.records == ("own-highest",)
    assert found.central == 90000
    return judge(claim, found, evidence)


def test_a_row_that_repeats_the_study_is_carried(tmp_path):
    found = judged(tmp_path, STUDY)
    assert (found.verdict, found.sources) == ("carried", [STUDY])


def test_a_row_of_a_source_that_the_study_names_is_carried_unless_it_says_otherwise(tmp_path):
    assert "mckinsey" in claims(atlas().evidence_store)[HIGHEST].named_sources
    own = "mckinsey-2025-08-week-in-charts"
    evidence = atlas().evidence_store
    rows = evidence.table("demand").filter(pl.col("via").is_null())
    one = tuple(rows.filter(pl.col("source") == own)["record"][:1])
    for value, verdict in ((100.0, "carried"), (150.0, "differs")):
        found = judge(CLAIM, Computed(np.full(10, value), value, "demand", one), evidence)
        assert (found.verdict, found.sources) == (verdict, [own])
    assert judged(tmp_path, own).verdict == "differs"


def test_a_row_of_somebody_else_is_held_against_the_study(tmp_path):
    found = judged(tmp_path, "https://example.org/another-outlook")
    assert found.verdict == "differs"
    assert "study" not in found.note


def test_a_row_of_the_study_beside_others_does_not_make_a_range_carried(tmp_path):
    outlook = row("demand", record="own-usa", place="USA", source=STUDY, date="2026-06")
    evidence = own_evidence(tmp_path, {"demand": [outlook]})
    found = compute(Industry(evidence), "pp-us-demand-2030")
    assert "own-usa" in found.records and len(found.records) > 1
    verdict = judge(claims(evidence)["pp-us-demand-2030"], found, evidence)
    assert STUDY in verdict.sources and verdict.verdict != "carried"


def test_a_result_fitted_to_the_study_is_calibrated(tmp_path):
    fitted = row("assumptions", assumption="test.fitted", calibrated_to="test")
    evidence = own_evidence(tmp_path, {"assumptions": [fitted]})
    computed = Computed(np.full(10, 100.0), 100.0, "demand", (), ("test.fitted",))
    assert judge(CLAIM, computed, evidence).verdict == "calibrated"


def test_data_shared_with_the_study_is_told():
    demand = atlas().evidence("demand")
    records = tuple(
        r for r, s in demand.select("record", "source").rows() if s.startswith("mckinsey-")
    )
    computed = Computed(np.full(10, 100.0), 100.0, "demand", (*records, demand["record"][0]))
    found = judge(CLAIM, computed, atlas().evidence_store)
    assert found.verdict == "reproduced"
    assert "same data" in found.note and "mckinsey" in found.note
