"""What do our projects say to the study's claims on Figures 12, 13 and 14?

"In 2026" counts what runs or is being built, "by 2030, if all pledges are kept" what is announced
too; the study's gigafactories are ours of the classes start and planned.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multipolar.evidence.claims import Computed
from multipolar.industry.census import Census, Draws
from multipolar.industry.claims.next_gen import (
    BATTERY,
    BUILT,
    CELL,
    COMMERCIAL,
    DELAY,
    LITHIUM,
    LIVE,
    PILOTS,
    RUNS,
    SCALE,
    SILICON,
    SODIUM,
    answer,
    at,
    census,
    concentration,
    count,
    first_year,
    gigafactories,
    home,
    less,
    top_share,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.pilots import PLANNED
from multipolar.industry.plants import ENDED

Answer = Callable[[Industry], Computed | None]
GONE = pl.col("status").is_in(ENDED)
BY_2026, BY_2030 = pl.col("year") <= 2026, pl.col("year") <= 2030
NOW = COMMERCIAL & BUILT & BY_2026
PLEDGED = COMMERCIAL & LIVE & BY_2030
SODIUM_CELLS, LITHIUM_CELLS = SODIUM & CELL, LITHIUM & CELL


def _gigafactories(place: str) -> Answer:
    """Lithium-metal plants of firms of a place by 2030, if all that was said comes true."""
    chosen = LITHIUM_CELLS & PLEDGED & home(place)
    note = "by home of the firm; solid-state and semi-solid cells count as lithium metal"
    return answer(gigafactories(f"li-2030/{place}", chosen), LITHIUM_CELLS, note, (SCALE,))


def _silicon(place: str) -> Answer:
    """Plants for silicon anodes that run or are being built at a place."""
    note = "plants for sale that run or are being built, of materials and of cells"
    if place == "Europe":
        note += "; pages on the lines of Wacker and E-magy were looked for in vain"
    return answer(count(f"si-2026/{place}", SILICON & NOW & at(place)), SILICON, note)


def _sodium_projects(place: str) -> Answer:
    """Sodium-ion projects at a place that were not given up."""
    chosen = SODIUM & BATTERY & LIVE & at(place)
    note = "cells and packs of any class that run, are being built or are announced; no materials"
    return answer(count(f"na/{place}", chosen), SODIUM, note)


def _us_pilots(industry: Industry) -> Computed | None:
    """Pilot lines for lithium-metal cells in the United States less those in China."""
    lines = LITHIUM_CELLS & PILOTS & BUILT
    runs = [census(industry).table.filter(lines & RUNS & at(p)).height for p in ("USA", "CHN")]
    note = (
        f"lines that run or are being built; on record {runs[0]} run in the US, {runs[1]} in China"
    )
    both = (count(f"li-pilots/{p}", lines & at(p)) for p in ("USA", "CHN"))
    return answer(less(*both), LITHIUM_CELLS, note)(industry)


def _undetailed(found: Census) -> Draws:
    """Share of announced or standing plants for sale without site or size, per cent."""
    whole = LITHIUM_CELLS & COMMERCIAL & LIVE
    bare = found.seen(whole & (pl.col("class") == PLANNED))
    return np.asarray(100 * bare / found.seen(whole))


def _specialists(found: Census) -> Draws:
    """Share of silicon firms whose projects are all of cells, per cent."""
    whole = SILICON & LIVE
    table = found.table.filter(whole)
    makers = table.filter(~CELL)["firm"].unique()
    cells = whole & ~pl.col("firm").is_in(makers.implode())
    special = found.count("si-firms/cells", cells, "firm")
    return np.asarray(
        100 * special / (special + found.count("si-firms/rest", whole & ~cells, "firm"))
    )


#: The European sodium-ion firm that the study speaks of.
THE_OTHER = SODIUM_CELLS & COMMERCIAL & LIVE & (pl.col("firm") == "altris")
SODIUM_PLACES = concentration("na-commercial", SODIUM_CELLS & COMMERCIAL & LIVE)
CLAIMS: dict[str, Answer] = {
    "fig12-china-gwh-plants": answer(
        gigafactories("na-2026/CHN", SODIUM_CELLS & NOW & at("CHN")),
        SODIUM_CELLS,
        "plants for sale that run or are being built, those that make other cells too included",
        (SCALE,),
    ),
    "fig12-china-pilots-2022": answer(
        first_year(SODIUM_CELLS & PILOTS & at("CHN") & home("CHN")),
        SODIUM_CELLS,
        "first pilot line of a Chinese firm in China",
        (DELAY,),
    ),
    "fig12-korea-projects": _sodium_projects("KOR"),
    "fig12-japan-projects": answer(
        count("na/JPN", SODIUM & (at("JPN") | home("JPN"))), SODIUM, "at home or abroad"
    ),
    "fig12-us-projects": _sodium_projects("USA"),
    "fig12-us-bankruptcy": answer(
        count("na-gone/USA", SODIUM & GONE & home("USA"), "firm"),
        SODIUM,
        "US firms with a sodium-ion project closed or cancelled; no row tells the procedure",
    ),
    "fig12-europe-exit": answer(
        count("na-gone/Europe", SODIUM & GONE & home("Europe"), "firm"),
        SODIUM,
        "European firms with a sodium-ion project closed or cancelled",
    ),
    "fig12-europe-2029": answer(
        first_year(THE_OTHER & pl.col("dated")),
        THE_OTHER & pl.col("dated"),
        "first start that the firm has announced for a plant for sale",
        (DELAY,),
    ),
    "fig13-more-diversified": answer(
        less(concentration("li-commercial", LITHIUM_CELLS & COMMERCIAL & LIVE), SODIUM_PLACES),
        (SODIUM | LITHIUM) & CELL,
        "plants for sale by country, announced ones included",
    ),
    "fig13-no-asset-detail": answer(
        _undetailed, LITHIUM_CELLS, "plants for sale that are announced without site or size"
    ),
    "fig13-us-more-pilots": _us_pilots,
    "fig13-us-behind-gwh": answer(
        less(
            gigafactories("li-2030-at/USA", LITHIUM_CELLS & PLEDGED & at("USA")),
            gigafactories("li-2030-at/CHN", LITHIUM_CELLS & PLEDGED & at("CHN")),
        ),
        LITHIUM_CELLS,
        "by place of the plant, announced ones included",
        (SCALE,),
    ),
    **{
        f"fig13-{name}-gigafactories-2030": _gigafactories(place)
        for name, place in (
            ("china", "CHN"),
            ("korea", "KOR"),
            ("us", "USA"),
            ("japan", "JPN"),
            ("europe", "Europe"),
        )
    },
    "fig14-silicon-commercial": answer(
        count("si-running", SILICON & COMMERCIAL & RUNS), SILICON, "plants for sale that run"
    ),
    "fig14-silicon-balanced": answer(
        top_share("si-2026", SILICON & NOW), SILICON, "plants that run or are being built"
    ),
    "fig14-2030-diverse": answer(
        top_share("si-2030", SILICON & PLEDGED), SILICON, "announced plants included"
    ),
    "fig14-cell-specialists": answer(_specialists, SILICON),
    **{
        f"fig14-{name}-plants": _silicon(place)
        for name, place in (("china", "CHN"), ("korea", "KOR"), ("us", "USA"), ("europe", "Europe"))
    },
}
