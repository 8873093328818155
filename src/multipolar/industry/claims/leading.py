"""Who leads in LFP and in other strategic goods, and by how much, against the study's Figure 7?

Each function answers one claim in the claim's unit, with draws. Numbers on other goods that nobody
has checked are assumptions with their ranges.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, Assumptions, spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity_held import PLACE, share_of
from multipolar.industry.claims.from_shares import (
    Answer,
    definition,
    from_plants,
    held_by_country,
    with_missing,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.concentration import comparisons, lists
from multipolar.industry.sample import CATHODE, Draws

Variant = tuple[str, tuple[float, float, float], str]
ENDS = ("low", "high")


def _china_of_lfp(industry: Industry) -> Computed | None:
    found = _lfp_cathode_in_china(industry)
    if found is None:
        return None
    held, central, drawn = found
    evidence = industry.evidence
    cells = share_of(held_by_country(industry, "LFP cells", PLACE, evidence.year), ["CHN"])
    note = (
        f"cathode material running in {evidence.year}, {held['value'].sum():,.0f} kt/yr on record; "
        f"of LFP cells it is {cells[1]:.0f} % ({cells[0]:.0f} to {cells[2]:.0f})"
    )
    for one in lists(evidence):
        if one.product == "LFP" and one.leader:
            note += f"; {one.source} has {one.leader['central']:.0f} % of {one.basis}"
    return from_plants(held, drawn, central, note, CATHODE)


def _lfp_cathode_in_china(industry: Industry) -> tuple[pl.DataFrame, float, Draws] | None:
    """Holdings of LFP cathode capacity that runs, China's share of it, and draws of the share in
    which what is missing elsewhere is drawn too."""
    evidence = industry.evidence
    held = held_by_country(industry, "LFP cathode", PLACE, evidence.year)
    if held.is_empty():
        return None
    span = share_of(held, ["CHN"])
    drawn = spread("shares/lfp-cathode/CHN", *span)
    return held, span[1], with_missing(drawn, 1.0, Assumptions(evidence).draw(*CATHODE))


def _lfp_above_others(industry: Industry) -> Computed | None:
    """China's share of LFP cathode less the largest share among the other goods; of a good with
    several parts or counts each draw takes one, so that only the draws have a middle."""
    found = _lfp_cathode_in_china(industry)
    goods = _comparison_goods(industry.evidence)
    if found is None or not goods:
        return None
    held, central, lfp = found
    tops, notes = [], []
    stream = np.random.default_rng(len(goods))
    for good, variants in sorted(goods.items()):
        table = np.array([spread(f"shares/{label}", *span) for label, span, _ in variants])
        chosen = stream.integers(len(variants), size=DRAWS)
        tops.append(table[chosen, np.arange(DRAWS)])
        notes.append(f"{good} {', '.join(f'{span[1]:.0f}' for _, span, _ in variants)}")
    records = {r for variants in goods.values() for _, _, r in variants if "." not in r}
    assumed = {r for variants in goods.values() for _, _, r in variants if "." in r}
    note = (
        f"LFP cathode {central:.0f} % against {'; '.join(notes)}; several numbers of one good are "
    )
    note += "its parts or counts; places, makers and measures differ"
    lead = lfp - np.max(tops, axis=0)
    made = from_plants(held, lead, float(np.median(lead)), note, CATHODE)
    return replace(
        made,
        assumptions=tuple(sorted({*made.assumptions, *assumed})),
        more={"concentration": tuple(sorted(records))},
    )


def _comparison_goods(evidence: Evidence) -> dict[str, list[Variant]]:
    """Goods outside the battery chain, with label, span and record of each number on them."""
    found: dict[str, list[Variant]] = {}
    for one in lists(evidence):
        if not one.stage and one.leader:
            row = one.leader
            low, high = (row[end] if row[end] is not None else row["central"] for end in ENDS)
            label = f"{one.product}/{one.basis}"
            span = (low, row["central"], high)
            found.setdefault(one.product.replace(" ", "-"), []).append((label, span, row["record"]))
    for entry in comparisons(evidence):
        good = entry.assumption.split(".")[2]
        ends = (entry.low, entry.central, entry.high)
        found.setdefault(good, []).append((entry.assumption, ends, entry.assumption))
    return found


CLAIMS: dict[str, Answer] = {
    "fig7-china-lfp-share": _china_of_lfp,
    "fig7-lfp-above-other-products": _lfp_above_others,
    "fig7-comparator-products": definition(
        lambda industry: len(_comparison_goods(industry.evidence)),
        "goods outside the battery chain on record",
    ),
}
