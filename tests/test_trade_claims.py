"""Do the answers on trade follow from the rows, added up here by hand?"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.trade.claims import REASONS, computable, compute
from multipolar.trade.claims.room import Trade
from multipolar.verify import verify

ROOM = Trade(Evidence())


def answer(claim: str) -> Computed:
    found = compute(ROOM, claim)
    assert found is not None
    return found


def sold(*partners: str, months: int = 1, year: str = "2025") -> pl.DataFrame:
    """Batteries that China sold to some partners, US$ by month."""
    rows = (
        Evidence()
        .table("trade")
        .filter(
            (pl.col("product") == "batteries")
            & pl.col("importer").is_in(partners)
            & (pl.col("months") == months)
            & pl.col("month").str.starts_with(year)
        )
    )
    return rows.group_by("month").agg(pl.col("value").sum()).sort("month")


@pytest.mark.parametrize(
    ("claim", "partners"),
    [
        ("fig4-export-total", ("World",)),
        ("fig4-asia-imports", ("Ember-Asia", "Ember-Oceania")),
        ("fig4-north-america-imports", ("Ember-North-America",)),
    ],
)
def test_a_number_a_month_is_one_of_the_months_of_the_year(
    claim: str, partners: tuple[str, ...]
) -> None:
    months = sold(*partners)["value"].to_list()
    found = answer(claim)
    assert len(months) == 6
    assert found.central == pytest.approx(sum(months) / 6)
    assert sorted(set(found.draws)) == pytest.approx(sorted(months))
    assert len(found.records) == 6 * len(partners)


def test_the_share_of_europe() -> None:
    europe, world = sold("Ember-Europe")["value"], sold("World")["value"]
    found = answer("fig4-europe-share")
    assert found.central == pytest.approx(100 * europe.sum() / world.sum())
    assert (found.draws.min(), found.draws.max()) == pytest.approx(
        ((100 * europe / world).min(), (100 * europe / world).max())
    )


def test_shares_and_growth_over_twelve_months() -> None:
    asia = sum(sold(region, year="202")["value"].tail(12).sum() for region in
               ("Ember-Asia", "Ember-Oceania"))  # fmt: skip
    three = sold("IND", "AUS", "JPN", months=12, year="2025-06")["value"].sum()
    assert answer("fig4-asia-drivers").central == pytest.approx(100 * three / asia)
    months = sold("Ember-Europe", year="202")["value"]
    growth = months.tail(12).sum() / months.tail(24).head(12).sum() - 1
    assert answer("mt-overcapacity-hits-trade").central == pytest.approx(100 * growth)


def test_stages_compare_capacity_by_place_alone() -> None:
    rows = Evidence().table("concentration").filter(place="CHN", basis="capacity", by="place")
    share = {row["product"]: row["central"] for row in rows.iter_rows(named=True)}
    assert answer("pp-anode-corner").central == share["anode"]
    assert answer("kf-anode-few-alternatives").central == 100 - share["anode"]
    assert answer("mt-china-lead-larger-upstream").central == share["anode"] - share["cells"]
    lowest = min(share[good] for good in ("lithium refining", "cathode", "anode", "cells"))
    assert answer("intro-china-dominates").central == lowest


@pytest.mark.parametrize("claim", computable())
def test_the_centre_lies_inside_its_range(claim: str) -> None:
    found = answer(claim)
    low, high = np.quantile(found.draws, (0.1, 0.9))
    assert low - 1e-9 <= found.central <= high + 1e-9


def test_a_claim_without_an_answer_says_why() -> None:
    notes = {v.claim.claim: v.note for v in verify(Evidence(), everything=True)}
    for claim, why in REASONS.items():
        assert claim not in computable()
        assert why in notes[claim]


def test_nothing_is_answered_without_rows() -> None:
    from datetime import date

    early = Trade(Evidence(as_of=date(2000, 1, 1)))
    assert all(compute(early, claim) is None for claim in computable())
