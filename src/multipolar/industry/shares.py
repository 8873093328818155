"""Who sells the world's cells, cathodes and anodes, and where are these firms domiciled?

Every ranking on record (see ``rankings``) as numbers that lead to their rows: shares in per cent,
volumes in GWh or kt of the period, ranks, counts of firms, concentration on the scale of 0 to
10,000.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, ITEMS, VALUES, Result, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.rankings import (
    OTHERS,
    TABLE,
    TOP,
    Ranking,
    by_chemistry,
    period,
    product,
    rankings,
    share_of_row,
)
from multipolar.words import places

DIMS = ("measure", "product", "basis", "period", "ranking", "place", "domicile", "firm")
SHARE, COUNT, RANK = "share", "firms in the top ten", "rank"
OF_FIRMS, OF_DOMICILES = "HHI of firms", "HHI of domiciles"
OF_CHEMISTRY = "share of all chemistries"
UNITS = {
    SHARE: "%",
    OF_CHEMISTRY: "%",
    "energy": "GWh",
    "mass": "kt",
    COUNT: "firms",
    RANK: "rank",
    OF_FIRMS: "points",
    OF_DOMICILES: "points",
}
VOLUMES = {"GWh": "energy", "kt": "mass"}
#: Domiciles with a class of their own, as in the study; all other ones share a class.
CLASSES = ("CHN", "KOR", "JPN")


def market_share(evidence: Evidence) -> Result:
    """Shares, volumes, ranks, counts and concentration of every ranking.

    Dimensions: measure, product, basis, period (a year, a month, or first..last month), ranking,
    place (the market), domicile (``all``, or one), firm (``all``, one, or ``other firms``); one of
    the last two is named at a time. Ranges of shares and of concentration are bounds.
    """
    found = rankings(evidence)
    terms = [term for ranking in found.values() for term in _terms(ranking)]
    terms += _chemistry_terms(evidence)
    schema: dict[str, Any] = dict.fromkeys((*DIMS, "item"), pl.String)
    schema |= dict.fromkeys(VALUES, pl.Float64)
    parts = (
        pl.DataFrame(terms, schema=schema, orient="row")
        .with_columns(
            pl.lit(True).alias("whole"), pl.lit("sum").alias("role"), on_grid(pl.col(VALUES))
        )
        .filter(pl.any_horizontal(pl.col(VALUES) != 0))
        .select(*DIMS, "whole", "role", "item", *VALUES)
    )
    unit = pl.col("measure").replace_strict(UNITS, return_dtype=pl.String).alias("unit")
    return Result(
        dims=DIMS,
        data=add_up(parts, DIMS, places.groups()).with_columns(unit),
        parts=parts,
        items=_items(found, evidence),
        uses=(),
        defaults={"measure": SHARE, "place": places.WORLD, "domicile": ALL, "firm": ALL},
        evidence=evidence,
    )


def _terms(ranking: Ranking) -> list[tuple[Any, ...]]:
    """Everything that is shown of a ranking: dims, item, low, value, high."""
    head = (ranking.product, ranking.basis, ranking.period, ranking.id, ranking.place)

    def term(measure: str, domicile: str, firm: str, item: str, *ends: float) -> tuple[Any, ...]:
        return (measure, *head, domicile, firm, f"{ranking.id}/{item}", *ends)

    terms = []
    measure = VOLUMES.get(ranking.unit, "")
    if ranking.total is not None and measure:
        terms.append(term(measure, ALL, ALL, "total", *(ranking.total,) * 3))
    for firm in ranking.firms:
        if firm.rank is not None:
            terms.append(term(RANK, ALL, firm.id, firm.id, *(float(firm.rank),) * 3))
        if firm.volume is not None and measure:
            terms.append(term(measure, ALL, firm.id, firm.id, *(firm.volume,) * 3))
        if ranking.others:
            terms.append(term(SHARE, ALL, firm.id, firm.id, *firm.share))
    for firm in ranking.top():
        terms.append(term(COUNT, firm.domicile, ALL, firm.id, 1.0, 1.0, 1.0))
    if ranking.firms and len(ranking.top()) < TOP:
        terms.append(term(COUNT, ALL, OTHERS, "others", *(float(TOP - len(ranking.top())),) * 3))
    if not ranking.others:
        return terms
    for domicile, holders in ranking.parts_of.items():
        terms += [term(SHARE, domicile, ALL, holder.id, *holder.share) for holder in holders]
    terms.append(term(SHARE, ALL, OTHERS, "others", *ranking.others.share))
    for name, holders, bounds in (
        (OF_FIRMS, ranking.firms, ranking.hhi_of_firms()),
        (OF_DOMICILES, ranking.domiciles, ranking.hhi_of_domiciles()),
    ):
        low, high = (*bounds.low, 0.0), (*bounds.high, bounds.rest)
        ids = [*(holder.id for holder in holders), "others"]
        for id, least, most in zip(ids, low, high, strict=True):
            terms.append(term(name, ALL, ALL, id, least, (least + most) / 2, most))
    return terms


def _chemistry_terms(evidence: Evidence) -> list[tuple[Any, ...]]:
    """Shares of single chemistries in all that was made, and their volumes: dims, item, values."""
    found = []
    for row in by_chemistry(evidence):
        item = f"{row['ranking']}/{row['chemistry']}"
        amounts = {
            OF_CHEMISTRY: share_of_row(row),
            VOLUMES.get(row["unit"] or "", ""): row["value"],
        }
        for measure, amount in amounts.items():
            if measure and amount is not None:
                when = period(row["start"], row["end"])
                head = (product(row), row["basis"], when, row["ranking"], row["place"])
                found.append((measure, *head, ALL, ALL, item, amount, amount, amount))
    return found


def _items(found: dict[str, Ranking], evidence: Evidence) -> pl.DataFrame:
    """What stands behind each part: item, label, table, records, assumptions, firms."""
    items: dict[str, tuple[str, tuple[str, ...], list[str]]] = {}
    for id, ranking in found.items():
        where = f"{ranking.product}, {ranking.period}"
        items[f"{id}/total"] = f"The whole market, {where}", ranking.records, []
        items[f"{id}/others"] = f"Other firms, {where}", ranking.records, []
        for holders in ranking.parts_of.values():
            for holder in (*ranking.domiciles, *holders):
                firms = [f.id for f in ranking.firms if f.domicile == holder.domicile]
                items[f"{id}/{holder.id}"] = f"{holder.name}, {where}", holder.records, firms
        for firm in ranking.firms:
            items[f"{id}/{firm.id}"] = f"{firm.name}, {where}", firm.records, [firm.id]
    for row in by_chemistry(evidence):
        label = f"{row['name']}, {period(row['start'], row['end'])}"
        items[f"{row['ranking']}/{row['chemistry']}"] = label, (row["record"],), []
    return pl.DataFrame(
        [
            (item, label, TABLE, list(records), [], firms)
            for item, (label, records, firms) in items.items()
        ],
        schema=ITEMS,
        orient="row",
    )
