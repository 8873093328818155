"""What do our projects say to the study's scan of firms and products?

A firm is in the scan with at least one project of any class that was not given up; with two
products it is one firm and two products. A joint venture is a firm of its own, at the home of its
controlling owner.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, Assumptions
from multipolar.evidence.claims import Computed
from multipolar.evidence.sources import STUDY
from multipolar.industry.census import Census, Draws
from multipolar.industry.claims.next_gen import (
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
    concentration,
    count,
    first_year,
    home,
    less,
    share,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.pilots import HOMES, SULFUR, UNSAID
from multipolar.words.vocabularies import words

Answer = Callable[[Industry], Computed | None]
RULE = "firms with at least one project of any class that was not given up"


def _of_firms(place: str) -> Answer:
    """Share of the firms with their home at a place, per cent."""
    return answer(share(f"firms/{place}", home(place), LIVE, "firm"), LIVE, RULE)


def _of_products(label: str, chosen: pl.Expr) -> Answer:
    """Share of a product in all products: one for every firm and product, per cent."""

    def quantity(found: Census) -> Draws:
        # What one firm makes of one product counts once, however many lines it has.
        made = {
            name: found.count(f"products/{name}", LIVE & expr, "firm")
            for name, expr in (("na", SODIUM), ("li", LITHIUM), ("si", SILICON))
        }
        return np.asarray(100 * made[label] / sum(made.values()))

    return answer(quantity, LIVE, f"firms by product; {RULE}")


def _both(found: Census) -> Draws:
    """Share of firms with both a pilot line and a plant for sale, per cent, seen or not."""
    table = found.table.filter(LIVE)
    firms = [set(table.filter(chosen)["firm"]) for chosen in (PILOTS, COMMERCIAL)]
    known = sorted(firms[0] & firms[1])
    # Either of the two may exist without being on record.
    both = found.unseen("both/pilot", len(known)) + found.unseen("both/sale", len(known))
    for firm in known:
        own = LIVE & (pl.col("firm") == firm)
        both += (found.seen(own & PILOTS) > 0) & (found.seen(own & COMMERCIAL) > 0)
    return np.asarray(100 * both / found.count("firms", LIVE, "firm"))


def _rank_correlation(found: Census) -> Draws:
    """Rank correlation (Spearman) of firms with cell capacity on record over the five homes."""
    cells = found.table.filter(LIVE & CELL)
    sizes = [float(cells.filter(home(place))["size"].sum() or 0) for place in HOMES]
    firms = [found.count(f"firms-of/{p}", LIVE & CELL & home(p), "firm") for p in HOMES]
    ranks = np.argsort(np.argsort(np.column_stack(firms), axis=1), axis=1)
    gaps = ranks - np.argsort(np.argsort(sizes))
    n = len(HOMES)
    return np.asarray(1 - 6 * (gaps**2).sum(axis=1) / (n * (n * n - 1)))


def _definition(value: int, note: str) -> Answer:
    return lambda _: Computed(
        np.full(DRAWS, float(value)),
        float(value),
        words=(STUDY,),
        note=f"{note}, taken from the study",
    )


def _least_pledge(industry: Industry) -> Computed:
    value = Assumptions(industry.evidence).central(SCALE)
    note = "our definition, taken from the study; our class 'planned' has no least size"
    return Computed(np.full(DRAWS, value), value, words=(STUDY,), assumptions=(SCALE,), note=note)


#: What is said to have an anode of lithium, or sulfur; of solid-state cells few sources name it.
METAL = LITHIUM & CELL & COMMERCIAL & LIVE & pl.col("kind").is_in([SULFUR, UNSAID])
FIRST = answer(
    first_year(METAL & pl.col("dated")),
    METAL,
    "first start stated for a plant for sale of cells said to be lithium-metal or lithium-sulfur, "
    "with the delay of plants that do not run yet; solid-state plants whose anode nobody states "
    "and semi-solid ones are left out, and an earlier one may not be on record",
    (DELAY,),
)
CLAIMS: dict[str, Answer] = {
    "comm-firm-count": answer(count("firms", LIVE, "firm"), LIVE, RULE),
    "comm-inclusion-rule": _definition(1, f"projects that a firm needs: {RULE}"),
    "comm-five-jurisdictions": _definition(len(HOMES), "our homes of firms, others being a sixth"),
    "comm-stage-classes": _definition(len(words("scale")), "our words for the scale of a plant"),
    "comm-status-start": _definition(
        2, "what makes an announced plant a start of ours: its site and its capacity"
    ),
    "comm-status-planned": _least_pledge,
    "comm-firms-china": _of_firms("CHN"),
    "comm-firms-us": _of_firms("USA"),
    "comm-firms-europe": _of_firms("Europe"),
    "comm-firms-korea": _of_firms("KOR"),
    "comm-firms-japan": _of_firms("JPN"),
    "comm-lithium-metal-share": _of_products("li", LITHIUM),
    "comm-silicon-share": _of_products("si", SILICON),
    "comm-sodium-share": _of_products("na", SODIUM),
    "comm-both-plans": answer(_both, LIVE, "firms with both a pilot line and a plant for sale"),
    "comm-not-capacity-proxy": answer(
        _rank_correlation,
        LIVE & CELL,
        "rank correlation of firms with the capacity of their cell plants over five homes",
    ),
    "comm-sodium-china-only": answer(
        share("na-running", at("CHN"), SODIUM & CELL & COMMERCIAL & RUNS),
        SODIUM & CELL,
        "plants for sale that run",
    ),
    "comm-silicon-more-diverse": answer(
        less(
            concentration("si-commercial", SILICON & COMMERCIAL & LIVE),
            concentration("na-commercial", SODIUM & CELL & COMMERCIAL & LIVE),
        ),
        (SILICON | SODIUM),
        "plants for sale by country, announced ones included",
    ),
    "comm-lithium-metal-later-decade": FIRST,
    "ng-lithium-metal-later": FIRST,
}
