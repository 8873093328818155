"""What do outlooks of vehicles and storage say to the study's claims on demand?

Shares of electric cars in percent of cars sold; growth in percent a year; demand in GWh.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.conflicts import Row
from multipolar.industry.claims.drawn import result
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand import Outlook, demand, outlooks
from multipolar.industry.demand_build import editions, inside
from multipolar.industry.sample import CHINA, Draws, Sample
from multipolar.words import places

YEAR, NOW = 2030, 2026


def _over(name: str, values: list[float]) -> tuple[Draws, float]:
    """Draws between the lowest and highest of some published values, and their median."""
    low, central, high = min(values), float(np.median(values)), max(values)
    return spread(name, low, central, high), central


def _share_of_cars(place: str, year: int, newest: bool) -> Callable[[Industry], Computed | None]:
    """The share of electric cars, over the newest editions of all outlooks or those before."""

    def answer(industry: Industry) -> Computed | None:
        before, latest = editions(industry.evidence, place, year)
        rows = latest if newest else before
        if not rows:
            return None
        draws, central = _over(f"ev-share/{place}/{year}/{newest}", [r["ev_share"] for r in rows])
        said = ", ".join(f"{row['outlook']} {row['ev_share']:g}" for row in rows)
        return Computed(draws, central, "vehicles", _ids(rows), note=f"range over {said}")

    return answer


def _measured_share(year: int) -> Callable[[Industry], Computed | None]:
    """The world's share of electric cars in a year, over all counts of it; no projection."""

    def answer(industry: Industry) -> Computed | None:
        rows = industry.evidence.table("vehicles").filter(
            (pl.col("place") == places.WORLD)
            & (pl.col("year") == year)
            & (pl.col("measurement") == "measured")
            & pl.col("ev_share").is_not_null()
        ).to_dicts()  # fmt: skip
        if not rows:
            return None
        draws, central = _over(f"ev-share/world/{year}", [row["ev_share"] for row in rows])
        said = ", ".join(f"{row['outlook']} {row['ev_share']:g}" for row in rows)
        return Computed(draws, central, "vehicles", _ids(rows), note=f"as printed: {said}")

    return answer


def _market_access(industry: Industry) -> Computed | None:
    """The United States and Europe in percent of demand outside China."""
    where = ("USA", "Europe", CHINA, places.WORLD)
    found = {
        p: {o.name: o for o in outlooks(industry.evidence, p, YEAR, "vehicles")} for p in where
    }
    names = sorted(set.intersection(*(set(of) for of in found.values())))
    if not names:
        return None
    shares = []
    for name in names:
        usa, europe, china, world = (found[place][name].central for place in where)
        shares.append(100 * (usa + europe) / (world - china))
    draws, central = _over("pp-us-europe-market-access", shares)
    used = [found[place][name] for place in where for name in names]
    note = f"vehicles only, outlooks that cover all four: {', '.join(names)}"
    return Computed(draws, central, "demand", _rows(used), note=note)


def _storage_growth(where: tuple[str, ...]) -> Callable[[Industry], Computed | None]:
    """Yearly growth of storage in the latest years of one outlook; the slowest of the places."""

    def answer(industry: Industry) -> Computed | None:
        said, growth, used = [], [], []
        for place in where:
            found = _latest_growth(industry, place)
            if found is None:
                return None
            first, last, years, named = found
            ends = (_drawn(last), _drawn(first))
            growth.append(100 * (ends[0] / ends[1] - 1))
            used += [first, last]
            said.append(f"{places.name(named)} {years[0]} to {years[1]} {growth[-1][0]:.0f} %")
        slowest = np.min(growth, axis=0)
        note = f"{'; '.join(said)}" + ("; the slower counts" if len(where) > 1 else "")
        note += ", over what the outlook gives as a range"
        if np.ptp(slowest) == 0:
            note += ": none, so the growth is that of the numbers as printed"
        return Computed(slowest[1:], float(slowest[0]), "demand", _rows(used), note=note)

    return answer


def _drawn(outlook: Outlook) -> Draws:
    """Draws between the ends of an outlook, of which the first is its central value, GWh."""
    ends = (outlook.low, outlook.central, outlook.high)
    return np.append(outlook.central, spread(f"demand/{outlook.records[0]}", *ends))


def _latest_growth(
    industry: Industry, place: str
) -> tuple[Outlook, Outlook, tuple[int, int], str] | None:
    """First and last outlook of the newest pair of years up to now, their years, and the place."""
    for named in inside(industry.evidence, place):
        rows = industry.evidence.table("demand").filter(
            (pl.col("place") == named) & (pl.col("segment") == "storage") & (pl.col("year") <= NOW)
        )
        pairs = []
        for (outlook,), series in rows.partition_by("outlook", as_dict=True).items():
            years = sorted(set(series["year"].to_list()))
            pairs += [(last, first, str(outlook)) for first, last in pairwise(years)]
        for last, first, outlook in sorted(pairs, reverse=True):
            ends = [
                next((o for o in outlooks(industry.evidence, named, year, "storage")
                      if o.name == outlook), None)
                for year in (first, last)
            ]  # fmt: skip
            if ends[0] is not None and ends[1] is not None:
                return ends[0], ends[1], (first, last), named
    return None


def _oversupply_of_china(industry: Industry) -> Computed | None:
    """World demand in percent of what runs in China: more than Chinese plants can be used."""
    needed = demand(industry.evidence, places.WORLD, NOW)
    if needed is None:
        return None
    low, central, high = (
        float(sum(getattr(o, end) * weight for o, weight in getattr(needed, end)))
        for end in ("low", "central", "high")
    )

    def quantity(sample: Sample) -> Draws:
        name = f"demand/{places.WORLD}/{NOW}"
        drawn = spread(name, low, central, high, draws=sample.draws)
        whole = drawn if sample.draws > 1 else np.array([central])
        return np.asarray(100 * whole / sample.bound(CHINA, NOW, ("operating",)))

    behind = {r for end in (needed.low, needed.central, needed.high) for o, _ in end
              for r in o.records}  # fmt: skip
    return result(
        industry.sample,
        quantity,
        industry.sample.records(CHINA, NOW, ("operating",)),
        "all demand of the world over the capacity that runs in China: the most that Chinese "
        "plants could be used",
        more={"demand": tuple(sorted(behind))},
    )


def _ids(rows: list[Row]) -> tuple[str, ...]:
    return tuple(sorted(row["record"] for row in rows))


def _rows(found: list[Outlook]) -> tuple[str, ...]:
    return tuple(sorted({record for outlook in found for record in outlook.records}))


CLAIMS: dict[str, Callable[[Industry], Computed | None]] = {
    "sc-us-ev-2030-before": _share_of_cars("USA", YEAR, newest=False),
    "sc-us-ev-2030-after": _share_of_cars("USA", YEAR, newest=True),
    "hist-ev-share-2015": _measured_share(2015),
    "hist-ev-share-2025": _measured_share(2025),
    "pp-us-europe-market-access": _market_access,
    "kf-us-europe-bess-demand": _storage_growth(("USA", "Europe")),
    "sc-us-storage-demand": _storage_growth(("USA",)),
    "mc-structural-oversupply": _oversupply_of_china,
}
