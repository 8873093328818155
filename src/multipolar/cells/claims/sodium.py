"""At which price of lithium does our cost model put a pack of sodium-ion below one of LFP?

Ripe Chinese plants that are alike, on the last day on which carbonate and the lithium in LFP were
quoted near each other; real 2025 US$ per t of carbonate, without tax.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import says, told
from multipolar.cells.lithium import FOLLOWS, HEAVIER, PACK, SUBJECT, crossings, quoted_day
from multipolar.cells.market import market
from multipolar.cells.plant import Plant
from multipolar.cells.recipe import CHINA
from multipolar.evidence.claims import Computed
from multipolar.words import chemistries
from multipolar.words.errors import MultipolarError

Answer = Callable[[Cells], Computed | None]
LFP, SODIUM = "LFP", "Na-ion"


def _opens(cells: Cells) -> Computed | None:
    """The price above which the cheapest kind of sodium-ion pack, in each draw, is below LFP."""
    known = cells.evidence.table("bill-of-materials")["chemistry"].unique().sort().to_list()
    kinds = tuple(name for name in known if chemistries.family(name) == SODIUM)
    try:
        plant = Plant(CHINA, LFP, quoted_day(cells.evidence, LFP))
        found, now = crossings(cells.evidence, plant, kinds)
        markets = [market(cells.evidence, replace(plant, chemistry=c)) for c in (LFP, *kinds)]
    except MultipolarError:
        return None
    packs = {one.chemistry: one.level for one in found if one.boundary == "pack"}
    if not packs:
        return None
    result = np.min(list(packs.values()), axis=0)
    by = ", ".join(f"{name} {level[0]:,.0f}" for name, level in packs.items())
    note = (
        f"packs, the cheapest kind in each draw: median {says(result)}; best values by kind {by}; "
        f"carbonate was at {now.price:,.0f} on {now.day} and at most at {now.peak:,.0f} in the "
        f"mean of {now.peak_year}; materials of sodium-ion at prices assumed for a market at scale"
    )
    answer = told(cells, result, [(one, one.home_stack) for one in markets], note)
    quotes = cells.evidence.table("prices").filter(
        (pl.col("subject") == SUBJECT) & (pl.col("day") == now.day)
    )
    more = answer.more
    prices = tuple(sorted({*more.get("prices", ()), *quotes["record"]}))
    names = tuple(sorted({*answer.assumptions, FOLLOWS, PACK, HEAVIER}))
    return replace(answer, assumptions=names, more={**more, "prices": prices})


CLAIMS: dict[str, Answer] = {"mc-lithium-price-opens-sodium": _opens}
