"""Are the answers to the study's claims those of the figures, in the claims' own terms?"""

import numpy as np
import polars as pl
import pytest

from industry_fixtures import atlas, figure, plain
from multipolar.evidence.claims import claims, judge
from multipolar.industry.claims import computable, compute
from multipolar.industry.claims.room import Industry

YEAR = 2030


@pytest.fixture(scope="module")
def industry():
    return Industry(atlas().evidence_store)


def shown(place, column="value", measure="capacity"):
    (row,) = plain(figure("cell-capacity"), measure=measure, place=place, year=YEAR).iter_rows(
        named=True
    )
    return row[column]


def abroad():
    rows = plain(figure("foreign-investment"))
    return dict(rows.select("domicile", "value").rows())


def lower(place):
    return shown(place, "value_low")


def needed(column):
    return shown("World", column, "demand")


def rank_of_korea():
    return 1 + sum(held > abroad()["KOR"] for place, held in abroad().items() if place != "KOR")


def of_china_in(year):
    china, world = (
        plain(figure("cell-capacity"), place=place, year=year, status="operating")["value"][0]
        for place in ("CHN", "World")
    )
    return 100 * china / world


ANSWERS = {
    "hist-korea-japan-to-china": lambda: of_china_in(2020),
    "fig3-china-capacity-lower": lambda: lower("CHN"),
    "fig3-china-capacity-upper": lambda: shown("CHN", "value_high"),
    "fig3-oecd-capacity-lower": lambda: lower("OECD-figure-3"),
    "fig3-oecd-capacity-upper": lambda: shown("OECD-figure-3", "value_high"),
    "fig3-china-to-oecd-ratio": lambda: lower("CHN") / lower("OECD-figure-3"),
    "fig3-china-share-2030": lambda: 100 * lower("CHN") / lower("World"),
    "fig3-us-half-of-oecd": lambda: 100 * lower("USA") / lower("OECD-figure-3"),
    "fig3-europe-capacity": lambda: shown("Europe"),
    "fig3-emdm-capacity": lambda: shown("EMDM"),
    "fig3-emdm-india-indonesia": lambda: 100 * (lower("IND") + lower("IDN")) / lower("EMDM"),
    "fig3-global-demand-upper": lambda: needed("value_high"),
    "fig3-oversupply": lambda: lower("World") - needed("value"),
    "fig3-china-exceeds-demand": lambda: lower("CHN") - needed("value_high"),
    "pp-us-demand-2030": lambda: shown("USA", "value", "demand"),
    "pp-europe-demand-2030": lambda: shown("Europe", "value", "demand"),
    "fig18-korea-leads": rank_of_korea,
    "fig18-china-overstated": lambda: abroad()["CHN"] - abroad()["KOR"],
}


@pytest.mark.parametrize("claim", ANSWERS)
def test_the_central_answer_is_the_number_of_the_figure(industry, claim):
    found = compute(industry, claim)
    assert found.central == pytest.approx(ANSWERS[claim](), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("claim", computable())
def test_every_answer_is_to_a_claim_of_the_study(claim):
    assert claim in claims(atlas().evidence_store)


#: Claims about plants of which no row is on record; the answer comes with the first row.
WITHOUT_ROWS = {
    "fig8-indonesia-lfp", "fig8-korea-lfp-plant-size", "fig12-china-pilots-2022",
    "mt-europe-japan-cathode-recycling", "fig12-europe-2029",
}  # fmt: skip


@pytest.mark.parametrize("claim", computable())
def test_every_answer_has_draws_around_its_centre_and_names_what_it_rests_on(industry, claim):
    found = compute(industry, claim)
    assert (found is None) == (claim in WITHOUT_ROWS)
    if found is None:
        return
    assert found.draws.ndim == 1 and np.isfinite(found.draws).all()
    low, high = np.quantile(found.draws, (0.1, 0.9))
    near = 1e-9 * abs(found.central)
    assert low - near <= found.central <= high + near
    assert found.records or found.words
    known = set(atlas().evidence("assumptions")["assumption"])
    assert set(found.assumptions) <= known
    used = ({found.table: found.records} if found.table else {}) | found.more
    for table, records in used.items():
        rows = atlas().evidence(table)
        assert set(records) <= set(rows[rows.columns[0]])


def test_another_room_s_claim_has_no_answer_here(industry):
    assert compute(industry, "fig1-does-not-exist") is None


#: Claims whose answer grows where more is missing of what is asked for.
MISSING = {
    "hist-korea-japan-to-china": "industry.completeness.before-2022",
    "fig2-korea-not-lfp": "industry.completeness.lfp-cathode",
    "lfp-most-of-chinese-output": "industry.completeness.china",
}


@pytest.mark.parametrize("claim, name", MISSING.items())
def test_what_is_not_on_record_is_drawn_in_shares_too(industry, claim, name):
    found = compute(industry, claim)
    assert name in found.assumptions
    assert np.ptp(found.draws) > 0.1 * found.central


def test_only_counts_are_taken_for_shares_of_cars(industry):
    rows = atlas().evidence("vehicles")
    for year in (2015, 2025):
        used = compute(industry, f"hist-ev-share-{year}").records
        chosen = rows.filter(pl.col("record").is_in(list(used)))
        assert set(chosen["measurement"]) == {"measured"}


def test_a_switch_is_told_of_plants_that_were_known_before(industry):
    found = compute(industry, "lfp-us-switching")
    rows = atlas().evidence("plants")
    early = rows.filter((pl.col("date") < "2025") & (pl.col("chemistry") != "unknown"))
    behind = set(rows.filter(pl.col("record").is_in(list(found.records)))["plant"])
    assert len(behind) > 5 and behind <= set(early["plant"])


def test_a_verdict_without_a_range_says_why(industry):
    known = claims(industry.evidence)
    for name in computable():
        found = judge(known[name], compute(industry, name), industry.evidence)
        if found.verdict in ("reproduced", "differs") and found.low == found.high:
            reasons = ("as printed", "same in every draw", "width from")
            assert any(reason in found.note for reason in reasons), name
