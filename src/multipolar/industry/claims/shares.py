"""What do published rankings say to the study's claims on who sells cells and cathode, and from
where?

Each function answers one claim (or a family of like claims) in the claim's unit, with draws. What
nobody printed is drawn between the bounds that the rankings leave.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import Assumptions, spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity_held import DOMICILE, PLACE, share_of
from multipolar.industry.claims.from_shares import (
    CATHODE,
    EV_CELLS,
    STORAGE_CELLS,
    YEAR,
    Answer,
    between,
    certain,
    definition,
    from_plants,
    from_ranking,
    held_by_country,
    ranking_of,
    with_missing,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand import outlooks
from multipolar.industry.rankings import TABLE, TOP, rankings
from multipolar.industry.sample import BEFORE_2022
from multipolar.industry.sample import CATHODE as CATHODE_MISSING
from multipolar.industry.shares import CLASSES
from multipolar.words import places

NICKEL_CATHODE = "NMC/NCA cathode in vehicles"
MONTHS = 12


def _two_largest_chinese(industry: Industry) -> Computed | None:
    ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
    if ranking is None:
        return None
    pair = [firm for firm in ranking.firms if firm.domicile == "CHN"][:2]
    value = sum(firm.share[1] for firm in pair)
    names = " and ".join(firm.name for firm in pair)
    note = f"{names}, as printed; storage is not in it"
    both = _with_storage(industry.evidence, tuple(firm.id for firm in pair))
    if both:
        year, low, high = both
        note += f"; of vehicles and storage together they had {low:.0f} to {high:.0f} % in {year}"
    return from_ranking(ranking, certain(value), value, [firm.id for firm in pair], note)


def _with_storage(evidence: Evidence, firms: tuple[str, ...]) -> tuple[int, float, float] | None:
    """Share of some firms in cells for vehicles and storage together: year, least, greatest."""
    for year in range(YEAR, YEAR - 3, -1):
        pair = [ranking_of(evidence, product, year) for product in (EV_CELLS, STORAGE_CELLS)]
        known = [r for r in pair if r and r.total and r.months == MONTHS]
        if len(known) == len(pair):
            whole = sum(r.total or 0.0 for r in known)
            low, high = (
                sum((r.total or 0.0) * r.share(firm)[end] for r in known for firm in firms) / whole
                for end in (0, 2)
            )
            return year, low, high
    return None


def _in_the_top_ten(domicile: str) -> Answer:
    def answer(industry: Industry) -> Computed | None:
        ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
        if ranking is None:
            return None
        named = ranking.top()
        mine = [firm for firm in named if firm.domicile == domicile]
        count, unnamed = len(mine), max(0, TOP - len(named))
        name = f"shares/top-ten/{domicile}"
        drawn = np.round(spread(name, count, count, count + unnamed, "uniform"))
        note = f"{len(named)} of the first {TOP} are on record, as printed: "
        note += ", ".join(firm.name for firm in mine)
        return from_ranking(ranking, drawn, float(count), [f.id for f in named], note)

    return answer


def _korean_nickel_cathode(industry: Industry) -> Computed | None:
    ranking = ranking_of(industry.evidence, NICKEL_CATHODE, YEAR)
    if ranking is None or ranking.others is None:
        return None
    low, _, high = ranking.share("KOR")
    most = max(high, low + ranking.others.share[2])
    first = next((firm for firm in ranking.firms if firm.rank == 1), None)
    chinese = ranking.share("CHN")
    korean = ", ".join(firm.name for firm in ranking.firms if firm.domicile == "KOR")
    note = (
        f"the Korean firms named ({korean}) have at least {low:.0f} %, the Chinese ones named at "
        f"least {chinese[0]:.0f} %"
    )
    if first:
        note += f"; {first.name} is first, its share was not printed"
    note += "; drawn evenly from what the Korean firms named have at least to all that is left"
    return from_ranking(
        ranking, *between("shares/nickel-cathode/KOR", low, most), ["KOR", "CHN"], note
    )


def _korean_lfp_cathode(industry: Industry) -> Computed | None:
    held = held_by_country(industry, "LFP cathode", DOMICILE, YEAR)
    if held.is_empty():
        return None
    span = share_of(held, ["KOR"])
    whole = float(held["value"].sum())
    note = (
        f"share of the LFP cathode capacity running in {YEAR} by domicile, {whole:,.0f} kt/yr on "
        "record; output by firm is printed for Chinese makers alone"
    )
    drawn = spread("shares/lfp-cathode/KOR", *span)
    missing = Assumptions(industry.evidence).draw(*CATHODE_MISSING)
    return from_plants(held, with_missing(drawn, missing, 1.0), span[1], note, CATHODE_MISSING)


def _legacy(industry: Industry) -> Computed | None:
    ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
    if ranking is None:
        return None
    top = ranking.top()
    whole = sum(firm.share[1] for firm in top)
    value = 100 * sum(firm.share[1] for firm in top if firm.domicile == "KOR") / whole
    japan = 100 * sum(firm.share[1] for firm in top if firm.domicile == "JPN") / whole
    note = f"South Korea's part of the first {len(top)}; Japan's is {japan:.1f} %"
    return from_ranking(ranking, certain(value), value, [firm.id for firm in top], note)


def _korea_falls(industry: Industry) -> Computed | None:
    now, before = (ranking_of(industry.evidence, EV_CELLS, year) for year in (YEAR, YEAR - 1))
    if now is None or before is None:
        return None
    change = now.share("KOR")[1] - before.share("KOR")[1]
    china = now.share("CHN")[1] - before.share("CHN")[1]
    note = (
        f"South Korean firms of the list as printed, {before.share('KOR')[1]:.1f} % in "
        f"{before.period}; the Chinese ones changed by {china:+.1f} points; patents are not "
        "judged here"
    )
    found = from_ranking(now, certain(change), change, ["KOR"], note)
    more = [h for h in before.domiciles if h.id == "KOR"]
    return replace(found, records=tuple(sorted({*found.records, *more[0].records})))


def _oecd_share(industry: Industry) -> Computed | None:
    ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
    if ranking is None or ranking.others is None:
        return None
    members = [h for h in ranking.domiciles if h.id in places.members("OECD")]
    low = sum(holder.share[0] for holder in members)
    span = between("shares/OECD", low, low + ranking.others.share[2])
    note = (
        f"firms of OECD countries among those named have {low:.1f} %; of the other firms none to "
        "all may be theirs, drawn evenly"
    )
    return from_ranking(ranking, *span, [holder.id for holder in members], note)


def _korea_above_europe(industry: Industry) -> Computed | None:
    ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
    if ranking is None or ranking.others is None:
        return None
    europe = [h for h in ranking.domiciles if h.id in places.members("Europe")]
    least = sum(holder.share[0] for holder in europe)
    held, middle = between("shares/Europe", least, least + ranking.others.share[2])
    value = ranking.share("KOR")[1]
    named = "none is named" if not europe else f"{len(europe)} domiciles are named"
    note = f"European firms: {named}; of the other firms none to all may be theirs, "
    note += "drawn evenly"
    return from_ranking(ranking, value - held, value - middle, ["KOR"], note)


def _ev_batteries(industry: Industry) -> Computed | None:
    """Battery use in electric cars by who counts apart from the ranking's statistician."""
    found = [o for o in _counted(industry, YEAR) if len(o.records) == 1]
    if not found:
        return None
    values = sorted(o.central for o in found)
    central = float(np.median(values))
    ranking = ranking_of(industry.evidence, EV_CELLS, YEAR)
    note = f"counted by {', '.join(o.name for o in found)}, as printed"
    if ranking and ranking.total:
        note += f"; the ranking's own total is {ranking.total:,.0f} GWh"
    drawn = spread("shares/ev-batteries", values[0], central, values[-1])
    records = {record for o in found for record in o.records}
    return Computed(drawn, central, "demand", tuple(sorted(records)), note=note)


def _counted(industry: Industry, year: int) -> list[Any]:
    """Outlooks of vehicles that have a row for the year itself, published after it."""
    found = outlooks(industry.evidence, places.WORLD, year, "vehicles")
    dates = dict(industry.evidence.table("demand").select("record", "date").rows())
    return [o for o in found if all(int(dates[r][:4]) > year for r in o.records)]


def _ev_growth(industry: Industry) -> Computed | None:
    now = ranking_of(industry.evidence, EV_CELLS, YEAR)
    before = [
        r
        for r in rankings(industry.evidence).values()
        if r.product == EV_CELLS and r.period == str(YEAR - 1) and r.total
    ]
    if now is None or not now.total or not before:
        return None
    dates = dict(industry.evidence.table(TABLE).select("record", "date").rows())
    before.sort(key=lambda r: max(dates[record] for record in r.records))
    growth = {r.id: 100 * (now.total / (r.total or np.nan) - 1) for r in before}
    values = list(growth.values())
    told = ", ".join(f"{r.total:,.1f}" for r in before)
    note = f"{now.total:,.0f} GWh over the prints of the year before ({told}), the last one central"
    records = {record for r in (now, *before) for record in r.records}
    counted = [{o.name: o for o in _counted(industry, year)} for year in (YEAR, YEAR - 1)]
    more: dict[str, tuple[str, ...]] = {}
    for name in counted[0].keys() & counted[1].keys():
        other = 100 * (counted[0][name].central / counted[1][name].central - 1)
        values.append(other)
        more = {"demand": (*counted[0][name].records, *counted[1][name].records)}
        note += f"; {name} has {other:.1f} %"
    central = growth[before[-1].id]
    drawn = spread("shares/ev-growth", min(values), central, max(values))
    return Computed(drawn, central, TABLE, tuple(sorted(records)), more=more, note=note)


def _china_makes_cells(industry: Industry) -> Computed | None:
    held = held_by_country(industry, "cells", PLACE, 2020)
    if held.is_empty():
        return None
    span = share_of(held, ["CHN"])
    note = "how far plants of 2020 are on record is drawn, for China and elsewhere apart; "
    note += f"share of {held['value'].sum():,.0f} GWh/yr of capacity running in 2020, not of output"
    early = ranking_of(industry.evidence, EV_CELLS, 2021)
    if early:
        note += f"; by domicile Chinese firms made {early.share('CHN')[1]:.0f} % of the cells in "
        note += f"vehicles in {early.period}"
    assumptions, (missing,) = Assumptions(industry.evidence), BEFORE_2022
    factors = (assumptions.draw(missing, label=place) for place in ("china", "elsewhere"))
    drawn = with_missing(spread("shares/china-2020", *span), *factors)
    return from_plants(held, drawn, span[1], note, BEFORE_2022)


def _recycling_makers(industry: Industry) -> Computed | None:
    """The lesser of the numbers of European and Japanese firms with a nickel cathode plant and a
    recycling plant on record; None while no recycling plant is."""
    rows = industry.evidence.table("plants")
    running = rows.filter(pl.col("status") == "operating")
    recycling = running.filter(pl.col("stage") == "recycling")
    if recycling.is_empty():
        return None
    makes = pl.col("chemistry").str.contains("NMC|NCA")
    cathode = running.filter((pl.col("stage") == CATHODE) & makes)
    homes = dict(industry.evidence.table("firms").select("firm", "domicile").rows())
    both = set(cathode["firm"]) & set(recycling["firm"])
    counts = [
        sum(homes[firm] in places.members(place) for firm in both) for place in ("Europe", "JPN")
    ]
    used = pl.concat([cathode, recycling]).filter(pl.col("firm").is_in(sorted(both)))
    value = float(min(counts))
    records = tuple(sorted(used["record"])) or tuple(sorted(recycling["record"]))
    return Computed(certain(value), value, "plants", records)


CLAIMS: dict[str, Answer] = {
    "fig2-two-chinese-firms": _two_largest_chinese,
    "fig2-korean-firms-top-ten": _in_the_top_ten("KOR"),
    "fig2-japanese-firms-top-ten": _in_the_top_ten("JPN"),
    "fig2-korea-nmc-cathode-edge": _korean_nickel_cathode,
    "fig2-korea-not-lfp": _korean_lfp_cathode,
    "fig2-basis": definition(lambda _: TOP, "firms that a ranking counts as its first"),
    "fig2-domicile-classes": definition(
        lambda _: len(CLASSES) + 1, "classes of domiciles; other firms are a class beside them"
    ),
    "fig2-sne-ev-battery-use": _ev_batteries,
    "fig2-sne-ev-battery-growth": _ev_growth,
    "mt-legacy-producers-edge": _legacy,
    "mt-europe-japan-cathode-recycling": _recycling_makers,
    "kf-korea-falling-behind": _korea_falls,
    "con-one-foot-in-door": _oecd_share,
    "fig11-europe-market-share-negligible": _korea_above_europe,
    "hist-korea-japan-to-china": _china_makes_cells,
}
