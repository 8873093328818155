"""Which governments tax Chinese batteries, support their own, or control what leaves them?

Counts of instruments or jurisdictions on record, and rates in % of the customs value. What the law
says carries no range; how well a row was read is in its confidence and told in the note.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.claims import Computed
from multipolar.policy.claims.room import Policies
from multipolar.policy.register import aimed_at, first_day, in_force
from multipolar.words import places

Answer = Callable[[Policies], Computed | None]
TABLE = "policies"
#: The month in which the study came out.
STUDY = date(2026, 6, 30)
BATTERIES, GRAPHITE, CHINA, EU = "850760", ("250410", "250490", "380110"), "CHN", "EU27"
DUTIES = ("import duty", "countervailing duty", "anti-dumping duty")
#: Public money for making batteries, whoever it is paid to.
SUPPORT = ("production credit", "investment credit", "subsidy")
CONTROLS = ("export licence", "technology control")
INCOMPLETE = "the register holds what we have read, so that this is a lower count"


def _told(value: float, rows: pl.DataFrame, note: str) -> Computed | None:
    """A number that is the same in all draws, with the rows behind it."""
    if rows.is_empty():
        return None
    weak = rows.filter(pl.col("confidence") == "low")["record"].to_list()
    note += f"; of low confidence: {', '.join(weak)}" if weak else ""
    return Computed(np.full(DRAWS, value), value, TABLE, tuple(rows["record"]), note=note)


def _duties(policies: Policies) -> pl.DataFrame:
    """Duties in force on lithium-ion batteries from China."""
    rows = aimed_at(in_force(policies.evidence, STUDY), BATTERIES, CHINA)
    return rows.filter(
        pl.col("instrument").is_in(DUTIES) & pl.col("product").str.contains(BATTERIES)
    )


def _taxing(policies: Policies) -> Computed | None:
    """Jurisdictions with a duty on batteries from China, ordinary ones among them."""
    rows = _duties(policies)
    by = rows["jurisdiction"].unique().sort()
    against = rows.filter(pl.col("target").is_not_null())["jurisdiction"].unique().sort()
    note = (
        f"{_names(by)}; aimed at China alone: {_names(against)}, an ordinary duty elsewhere; "
        f"{INCOMPLETE}"
    )
    return _told(float(by.len()), rows, note)


def _extra_duty(policies: Policies) -> Computed | None:
    """What the EU levies on batteries because they come from China, % of the customs value."""
    rows = _duties(policies).filter(pl.col("jurisdiction") == EU)
    extra = float(rows.filter(pl.col("target").is_not_null())["rate"].sum())
    ordinary = float(rows.filter(pl.col("target").is_null())["rate"].sum())
    return _told(extra, rows, f"beside an ordinary duty of {ordinary:g} % for all")


def _controls(*products: str, stage: str = "", start: int = 0, day: date = STUDY) -> Answer:
    """Chinese controls of exports in force on a day; of some products, of one stage, or since a
    year."""

    def answer(policies: Policies) -> Computed | None:
        rows = in_force(policies.evidence, day).filter(
            (pl.col("jurisdiction") == CHINA) & pl.col("instrument").is_in(CONTROLS)
        )
        if products:
            named = pl.col("product").str.split("|").list.set_intersection(list(products))
            rows = rows.filter(named.list.len() > 0)
        if stage:
            rows = rows.filter(pl.col("stage") == stage)
        rows = rows.filter(first_day("start").dt.year() >= start)
        listed = "; ".join(f"{row['name']} ({row['start']})" for row in rows.to_dicts())
        return _told(float(rows.height), rows, listed)

    return answer


def _european(*instruments: str, applied: bool = False) -> Answer:
    """Acts of the EU that were proposed or decided in the year of the study and hold such an
    instrument; or how many of those apply."""

    def answer(policies: Policies) -> Computed | None:
        rows = policies.evidence.table(TABLE).filter(
            (pl.col("jurisdiction") == EU)
            & pl.col("instrument").is_in(instruments)
            & (first_day("start").dt.year() == STUDY.year)
        )
        act = pl.col("name").str.split(",").list.first()
        listed = rows.select(told=pl.format("{}: {} since {}", act, "legal_status", "start"))
        counted = rows.filter(pl.col("legal_status") == "in force") if applied else rows
        count = counted.select(act.n_unique()).item()
        return _told(float(count), rows, "; ".join(listed["told"].unique(maintain_order=True)))

    return answer


def _storage(policies: Policies) -> Computed | None:
    """Support for storage in force in the United States at the time of the study."""
    rows = in_force(policies.evidence, STUDY).filter(
        (pl.col("jurisdiction") == "USA")
        & pl.col("instrument").is_in(SUPPORT)
        & (pl.col("use") == "storage")
    )
    return _told(float(rows.height), rows, "; ".join(f"{n}, in force" for n in rows["name"]))


def _names(listed: pl.Series) -> str:
    return ", ".join(places.name(place) for place in listed)


CLAIMS: dict[str, Answer] = {
    "intro-china-export-restrictions": _controls(),
    "min-graphite-weaponised": _controls(*GRAPHITE, start=2023, day=date(2025, 12, 31)),
    "lfp-china-export-controls": _controls(
        stage="cathode active material", start=2025, day=date(2025, 12, 31)
    ),
    "mt-tariffs-only-us-india": _taxing,
    "fig5-eu-no-tariff": _extra_duty,
    "mt-eu-local-content-pending": _european("local content", applied=True),
    "sc-eu-iaa-released": _european("local content", "ownership rule"),
    "sc-eu-iaa-local-content": _european("local content"),
    "sc-eu-iaa-fdi": _european("ownership rule"),
    "lfp-us-storage-subsidy-survived": _storage,
}
