"""What do our plants and outlooks say to the study's claims on capacity, demand and ownership?

Each function answers one claim (or a family of like claims) in the claim's unit, with draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.sources import STUDY
from multipolar.industry.claims.drawn import result
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand import Outlook, Range, demand, outlooks
from multipolar.industry.overseas import owned
from multipolar.industry.sample import Draws, Sample
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

OECD, EMERGING = "OECD-figure-3", "EMDM"
NOW, YEAR = 2026, 2030
Quantity = Callable[[Sample], Draws]
Answer = Callable[[Industry], Computed | None]


def _from_plants(
    industry: Industry,
    quantity: Quantity,
    where: tuple[str, ...],
    statuses: tuple[str, ...] = LOWER_BOUND,
    note: str = "",
    more: dict[str, tuple[str, ...]] | None = None,
) -> Computed | None:
    sample = industry.sample
    records = {r for place in where for r in sample.records(place, YEAR, statuses)}
    return result(sample, quantity, records, note, more)


def _lower(place: str) -> Answer:
    return lambda i: _from_plants(i, lambda s: s.bound(place, YEAR), (place,))


def _upper(place: str) -> Answer:
    return lambda i: _from_plants(
        i, lambda s: s.bound(place, YEAR, UPPER_BOUND), (place,), UPPER_BOUND
    )


def _expected(place: str) -> Answer:
    note = "the claim names no bound: the expected nameplate is used"
    return lambda i: _from_plants(i, lambda s: s.expected(place, YEAR), (place,), UPPER_BOUND, note)


def _ratio(above: str, below: str, percent: bool = False) -> Answer:
    scale = 100.0 if percent else 1.0

    def quantity(sample: Sample) -> Draws:
        return np.asarray(scale * sample.bound(above, YEAR) / sample.bound(below, YEAR))

    return lambda i: _from_plants(i, quantity, (above, below), LOWER_BOUND, "lower bounds")


def _pair_share(industry: Industry) -> Computed | None:
    def quantity(sample: Sample) -> Draws:
        pair = sample.bound("IND", YEAR) + sample.bound("IDN", YEAR)
        return np.asarray(100 * pair / sample.bound(EMERGING, YEAR))

    return _from_plants(industry, quantity, (EMERGING,), LOWER_BOUND, "lower bounds")


def _rank_of_emerging(industry: Industry) -> Computed | None:
    def quantity(sample: Sample) -> Draws:
        mine = sample.expected(EMERGING, YEAR)
        larger = [sample.expected(p, YEAR) > mine for p in ("CHN", OECD)]
        return np.asarray(1.0 + np.sum(larger, axis=0))

    return _from_plants(industry, quantity, ("CHN", OECD, EMERGING), UPPER_BOUND)


def _order_of_the_rest(industry: Industry) -> Computed | None:
    def quantity(sample: Sample) -> Draws:
        canada, korea, japan = (sample.bound(p, YEAR) for p in ("CAN", "KOR", "JPN"))
        return np.where((canada > korea) & (korea > japan), 3.0, 4.0)

    note = "3 where Canada is above South Korea and South Korea above Japan, else 4; lower bounds"
    return _from_plants(industry, quantity, ("CAN", "KOR", "JPN"), LOWER_BOUND, note)


def _with_demand(
    industry: Industry, sign: Callable[[Draws, Range], Draws], place: str, note: str
) -> Computed | None:
    """A claim that sets lower-bound capacity of a place against world demand."""
    needed = demand(industry.evidence, places.WORLD, YEAR)
    if needed is None:
        return None

    def quantity(sample: Sample) -> Draws:
        return sign(sample.bound(place, YEAR), needed)

    behind = {record for outlook in _behind(needed) for record in outlook.records}
    more = {"demand": tuple(sorted(behind))}
    return _from_plants(industry, quantity, (place,), LOWER_BOUND, note, more)


def _china_above_demand(industry: Industry) -> Computed | None:
    note = "lower bound of China less the highest outlook of world demand"
    return _with_demand(industry, lambda c, d: c - _end(d, "high"), "CHN", note)


def _oversupply(industry: Industry) -> Computed | None:
    note = "lower bound of the world less world demand over all outlooks"
    return _with_demand(
        industry, lambda c, d: c - _spread_of(d, places.WORLD, len(c)), places.WORLD, note
    )


def _highest_demand(industry: Industry) -> Computed | None:
    needed = demand(industry.evidence, places.WORLD, YEAR)
    if needed is None:
        return None
    records = {record for outlook, _ in needed.high for record in outlook.records}
    value = _end(needed, "high")
    return Computed(
        np.full(DRAWS, value),
        value,
        "demand",
        tuple(sorted(records)),
        note="the highest recent outlook, as printed",
    )


def _demand_of(place: str) -> Answer:
    def answer(industry: Industry) -> Computed | None:
        needed = demand(industry.evidence, place, YEAR)
        if needed is None:
            return None
        records = {record for outlook in _behind(needed) for record in outlook.records}
        names = sorted({f"{o.name} ({o.segment})" for o in _behind(needed)})
        older = outlooks(industry.evidence, place, YEAR, recent=False)
        left_out = [f"{o.name}: {o.central:,.0f} GWh" for o in older]
        note = f"range over {'; '.join(names)}"
        if left_out:
            note += f"; too old to count: {'; '.join(left_out)}"
        return Computed(
            _spread_of(needed, place, DRAWS),
            _end(needed, "central"),
            "demand",
            tuple(sorted(records)),
            note=note,
        )

    return answer


def _largest_markets(industry: Industry) -> Computed | None:
    """The worse rank of the United States and Europe among places outside China, 2026."""
    rivals = ("USA", "Europe", "IND", "KOR", "JPN", "South-East-Asia")
    found = {p: outlooks(industry.evidence, p, NOW, "vehicles") for p in rivals}
    found = {place: said for place, said in found.items() if said}
    asked = ("USA", "Europe")
    if not set(asked) <= set(found):
        return None
    ends = {
        place: (min(o.low for o in said), said[len(said) // 2].central, max(o.high for o in said))
        for place, said in found.items()
    }
    sizes = np.array([[end[1], *spread(f"demand/{p}/{NOW}", *end)] for p, end in ends.items()])
    ranks = 1 + (sizes[:, None] < sizes[None]).sum(axis=1)
    rank = ranks[[list(ends).index(place) for place in asked]].max(axis=0).astype(float)
    records = {record for said in found.values() for outlook in said for record in outlook.records}
    order = sorted(ends, key=lambda place: -ends[place][1])
    note = f"vehicles only; places with an outlook for {NOW}: {', '.join(order)}; "
    note += "the same in every draw" if np.ptp(rank) == 0 else "drawn over their outlooks"
    return Computed(rank[1:], float(rank[0]), "demand", tuple(sorted(records)), note=note)


def _by_domicile(industry: Industry, sample: Sample) -> dict[str, Draws]:
    """Overseas capacity by domicile of the owner, split by equity with unknown splits drawn."""
    counted = pl.col("status").is_in(UPPER_BOUND) & (pl.col("capacity") > 0)
    split = owned(industry.plants, industry.evidence, "equity").filter(counted)
    phases = sample.phases.select("plant", "status").with_row_index()
    errors = {(plant, status): sample.error(index) for index, plant, status in phases.rows()}
    totals: dict[str, Draws] = {home: np.zeros(sample.draws) for home in ("CHN", "KOR")}
    for (plant, status), group in split.partition_by("plant", "status", as_dict=True).items():
        rows = group.to_dicts()
        shares = [_share(sample, row) for row in rows]
        # Partners that are drawn apart still hold no more and no less than the plant.
        scale = rows[0]["capacity"] / np.sum(shares, axis=0)
        for row, share in zip(rows, shares, strict=True):
            if row["domicile"] != row["place"]:
                total = totals.setdefault(row["domicile"], np.zeros(sample.draws))
                total += share * scale * errors[plant, status]
    return totals


def _share(sample: Sample, row: dict[str, Any]) -> Draws:
    """Draws of what one domicile holds of a phase, GWh/yr."""
    if sample.draws == 1:
        return np.array([row["share"]])
    name = f"owners/{row['plant']}/{row['domicile']}"
    return spread(name, row["low"], row["share"], row["high"], draws=sample.draws)


def _overseas(quantity: Callable[[dict[str, Draws]], Draws], note: str) -> Answer:
    def answer(industry: Industry) -> Computed | None:
        abroad = owned(industry.plants, industry.evidence, "equity").filter(
            pl.col("domicile") != pl.col("place")
        )
        rows = industry.plants.additions.join(
            abroad.select("plant").unique(), on="plant", how="semi"
        )["records"]
        records = {record for row in rows.to_list() for record in row}
        drawn: Quantity = lambda sample: quantity(_by_domicile(industry, sample))  # noqa: E731
        return result(industry.sample, drawn, records, note)

    return answer


def _rank_of_korea(domiciles: dict[str, Draws]) -> Draws:
    larger = [
        value > domiciles["KOR"] for domicile, value in domiciles.items() if domicile != "KOR"
    ]
    return np.asarray(1.0 + np.sum(larger, axis=0))


def _china_less_korea(domiciles: dict[str, Draws]) -> Draws:
    return np.asarray(domiciles["CHN"] - domiciles["KOR"])


def _definition(count: int, note: str, source: str = STUDY) -> Callable[[Industry], Computed]:
    return lambda _: Computed(
        np.full(DRAWS, float(count)), float(count), words=(source,), note=note
    )


def _behind(needed: Range) -> list[Outlook]:
    return [outlook for part in (needed.low, needed.central, needed.high) for outlook, _ in part]


def _end(needed: Range, end: str) -> float:
    return float(sum(getattr(o, end) * weight for o, weight in getattr(needed, end)))


def _spread_of(needed: Range, place: str, draws: int) -> Draws:
    low, central, high = (_end(needed, end) for end in ("low", "central", "high"))
    if draws == 1:
        return np.array([central])
    return spread(f"demand/{place}/{YEAR}", low, central, high, draws=draws)


_EQUITY = "equity rule; unpublished splits of joint ventures drawn from nothing to everything"
CLAIMS: dict[str, Answer] = {
    "fig3-china-capacity-lower": _lower("CHN"),
    "fig3-china-capacity-upper": _upper("CHN"),
    "fig3-oecd-capacity-lower": _lower(OECD),
    "fig3-oecd-capacity-upper": _upper(OECD),
    "fig3-china-to-oecd-ratio": _ratio("CHN", OECD),
    "fig3-china-share-2030": _ratio("CHN", places.WORLD, percent=True),
    "fig3-us-half-of-oecd": _ratio("USA", OECD, percent=True),
    "fig3-europe-capacity": _expected("Europe"),
    "fig3-rest-of-oecd-order": _order_of_the_rest,
    "fig3-emdm-smallest": _rank_of_emerging,
    "fig3-emdm-capacity": _expected(EMERGING),
    "fig3-emdm-india-indonesia": _pair_share,
    "fig3-emdm-definition": _definition(
        len(places.members(EMERGING)),
        "countries in our group: all but China and the OECD of Figure 3",
    ),
    "fig3-global-demand-upper": _highest_demand,
    "fig3-oversupply": _oversupply,
    "fig3-china-exceeds-demand": _china_above_demand,
    "fig18-korea-leads": _overseas(_rank_of_korea, _EQUITY),
    "fig18-china-overstated": _overseas(_china_less_korea, _EQUITY),
    "fig18-status-scope": _definition(
        len(UPPER_BOUND), "statuses that our overseas figure counts, taken from the study"
    ),
    "fig18-hq-rule": _definition(
        1, "our rule 'lead' follows the study; our default splits by equity"
    ),
    "pp-us-demand-2030": _demand_of("USA"),
    "pp-europe-demand-2030": _demand_of("Europe"),
    "kf-us-europe-largest-markets": _largest_markets,
    "kf-oecd-partner-group": _definition(
        4, "members of our group OECD-partners (Europe as one), taken from the study"
    ),
}
