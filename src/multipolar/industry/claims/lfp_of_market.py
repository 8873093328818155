"""How much of what is made is LFP, by weight of cathode and by energy of cells, against the study?

Counted where somebody counts, and turned from energy into weight and back by the cathode material
inside a kWh. Each function answers one claim in the claim's unit, with draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, Assumptions, spread
from multipolar.evidence.claims import Computed
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity_held import PLACE
from multipolar.industry.claims.from_shares import (
    CATHODE,
    EV_CELLS,
    STORAGE_CELLS,
    YEAR,
    Answer,
    between,
    from_plants,
    held_by_country,
    ranking_of,
    with_missing,
)
from multipolar.industry.claims.room import Industry
from multipolar.industry.demand import outlooks
from multipolar.industry.rankings import TABLE, by_chemistry, volume
from multipolar.industry.sample import TODAY, Draws
from multipolar.words import places

MONTHS = 12
#: kg of cathode material inside a kWh of cells.
INTENSITY = "industry.cathode-intensity.{}"
STORED = "industry.lfp-demand-share.storage"
USED = tuple(INTENSITY.format(kind) for kind in ("lfp", "nickel"))


def _lfp_by_weight(evidence: Evidence, year: int) -> dict[str, Any] | None:
    """The row with the share of LFP in cathode material built into vehicles in a year."""
    rows = [
        row
        for row in by_chemistry(evidence)
        if row["stage"] == CATHODE
        and row["chemistry"] == "LFP"
        and row["end"][:4] == str(year)
        and row["segment"] == "vehicles"
    ]
    return max(rows, key=lambda row: str(row["end"]), default=None)


@dataclass(frozen=True)
class OfCathode:
    """LFP in cathode material by weight, in per cent: in vehicles as counted, for all uses as the
    sales of its makers add up, and if the largest of them still has the share it once had."""

    vehicles: float
    counted: float
    scaled: float
    records: tuple[str, ...]
    note: str

    @property
    def all_uses(self) -> tuple[Draws, float]:
        """Draws evenly between the least and the greatest of the three, and their middle."""
        ends = (self.vehicles, self.counted, self.scaled)
        return between("shares/lfp-of-cathode", min(ends), max(ends))


def _of_cathode(evidence: Evidence) -> OfCathode | None:
    """What is on record for the last year."""
    row = _lfp_by_weight(evidence, YEAR)
    sold, rows = volume(evidence, CATHODE, "LFP")
    if row is None or not row["total"] or not rows or rows[0]["end"][:4] != str(YEAR):
        return None
    vehicles = 100 * row["value"] / row["total"]
    months = int(row["end"][5:]) - int(row["start"][5:]) + 1
    nickel = (row["total"] - row["value"]) * MONTHS / months
    counted = scaled = 100 * sold / (sold + nickel)
    records = {row["record"], *(r["record"] for r in rows)}
    note = (
        f"{vehicles:.1f} % of what vehicles carry ({row['start']} to {row['end']}); "
        f"{counted:.1f} % for all uses, from what {len(rows)} makers of LFP sold against the "
        "nickel cathode in vehicles, both lower counts"
    )
    largest = max(rows, key=lambda r: float(r["value"] or 0.0))
    earlier = [
        r
        for r in evidence.table(TABLE).to_dicts()
        if r["firm"] == largest["firm"] and r["chemistry"] == "LFP" and r["share"] is not None
    ]
    if earlier:
        whole = 100 * largest["value"] / earlier[-1]["share"]
        scaled = 100 * whole / (whole + nickel)
        records.add(earlier[-1]["record"])
        note += f"; {scaled:.0f} % if the largest maker still has its share of "
        note += str(earlier[-1]["end"][:4])
    return OfCathode(vehicles, counted, scaled, tuple(sorted(records)), note)


def _lfp_of_cathode(industry: Industry) -> Computed | None:
    """LFP in all cathode material by weight, from what one list has for vehicles to what is known
    of all uses. No list counts all uses, so nothing between the two is more likely."""
    found = _of_cathode(industry.evidence)
    if found is None:
        return None
    drawn, middle = found.all_uses
    note = (
        f"{found.note}; no list counts all uses: drawn evenly from the least to the most of these"
    )
    return Computed(drawn, middle, TABLE, found.records, note=note)


def _intensities(evidence: Evidence) -> tuple[Draws, Draws]:
    """kg/kWh of LFP and of nickel cathode: draws, of which the first is the central value."""
    assumptions = Assumptions(evidence)
    names = [INTENSITY.format(kind) for kind in ("lfp", "nickel")]
    lfp, nickel = (np.append(assumptions.central(name), assumptions.draw(name)) for name in names)
    return lfp, nickel


def _by_weight(evidence: Evidence, by_energy: Draws | float) -> Draws:
    """Share of LFP by weight of cathode material from its share by energy, both in per cent."""
    lfp, nickel = _intensities(evidence)
    weight = by_energy * lfp
    return np.asarray(100 * weight / (weight + (100 - by_energy) * nickel))


def _by_energy(evidence: Evidence, by_weight: float) -> Draws:
    """Share of LFP by energy from its share by weight of cathode material, both in per cent."""
    lfp, nickel = _intensities(evidence)
    energy = by_weight / lfp
    return np.asarray(100 * energy / (energy + (100 - by_weight) / nickel))


def _lfp_in_vehicles(evidence: Evidence, year: int) -> tuple[Draws, tuple[str, ...]] | None:
    """LFP by energy in vehicles of a year, by one series, with the rows: draws, the first central.

    Between two years of the series the share lies between theirs, best on the line.
    """
    rows = [
        row
        for row in by_chemistry(evidence)
        if row["stage"] == "cell"
        and row["chemistry"] == "LFP"
        and row["segment"] == "vehicles"
        and row["place"] == places.WORLD
        and row["share"] is not None
    ]
    series: dict[str, dict[int, dict[str, Any]]] = {}
    for row in rows:
        if row["start"][5:] == "01" and row["end"] == f"{row['start'][:4]}-12":
            series.setdefault(row["source"], {})[int(row["end"][:4])] = row
    for years in series.values():
        if year in years:
            only = years[year]
            return np.full(DRAWS + 1, float(only["share"])), (only["record"],)
        before = max((y for y in years if y < year), default=None)
        after = min((y for y in years if y > year), default=None)
        if before is not None and after is not None:
            ends = [float(years[y]["share"]) for y in (before, after)]
            best = ends[0] + (ends[1] - ends[0]) * (year - before) / (after - before)
            drawn = spread(f"shares/lfp-in-vehicles/{year}", min(ends), best, max(ends))
            return np.append(best, drawn), (years[before]["record"], years[after]["record"])
    return None


def _lfp_gain(industry: Industry) -> Computed | None:
    """Change of LFP in all cathode material over two years, by weight: for the last year as above,
    for the first from cells in vehicles and storage."""
    evidence, first = industry.evidence, YEAR - 2
    now, cars = _of_cathode(evidence), _lfp_in_vehicles(evidence, first)
    sold = [ranking_of(evidence, product, first) for product in (EV_CELLS, STORAGE_CELLS)]
    known = [r for r in sold if r and r.total and r.months == MONTHS]
    if now is None or cars is None or len(known) < len(sold):
        return None
    whole = [r.total or 0.0 for r in known]
    assumptions = Assumptions(evidence)
    stored = np.append(assumptions.central(STORED), assumptions.draw(STORED))
    energy = (cars[0] * whole[0] + stored * whole[1]) / sum(whole)
    before = _by_weight(evidence, energy)
    drawn, middle = now.all_uses
    gain = np.append(middle, drawn) - before
    note = (
        f"all uses: {float(before[0]):.0f} % in {first}, from {whole[0]:,.0f} GWh in vehicles with "
        f"{float(cars[0][0]):.0f} % LFP and {whole[1]:,.0f} GWh in storage, turned into weight; "
        f"in {YEAR} {middle:.0f} %, between {now.note}"
    )
    records = {*now.records, *cars[1], *(record for r in known for record in r.records)}
    return Computed(
        gain[1:], float(gain[0]), TABLE, tuple(sorted(records)), (*USED, STORED), note=note
    )


def _lfp_of_market(industry: Industry) -> Computed | None:
    """LFP in all cells by energy, the last year on record."""
    evidence = industry.evidence
    row, cars = _lfp_by_weight(evidence, YEAR), ranking_of(evidence, EV_CELLS, YEAR)
    stored = [r for r in by_chemistry(evidence) if r["segment"] == "storage" and r["share"]]
    storage, everything = (
        outlooks(evidence, places.WORLD, YEAR, segment) for segment in ("storage", "all")
    )
    if row is None or cars is None or not cars.total or not (stored and storage and everything):
        return None
    by_energy = _by_energy(evidence, 100 * row["value"] / row["total"])
    sizes = [o.central for o in storage] + [float(stored[-1]["total"] or 0.0)]
    best = float(np.median(sizes))
    size = np.append(best, spread("shares/storage-size", min(sizes), best, max(sizes)))
    used = cars.total + size
    # What else cells go into is between nothing and what the outlooks of all uses leave.
    left = float(np.median([o.central for o in everything])) - used
    others = np.maximum(0.0, left) * np.append(1.0, spread("shares/electronics", 0.0, 1.0, 1.0))
    share = (by_energy * cars.total + stored[-1]["share"] * size) / (used + others)
    behind = {r for o in (*storage, *everything) for r in o.records}
    note = (
        f"by energy in {YEAR}: {float(by_energy[0]):.0f} % of {cars.total:,.0f} GWh in vehicles, "
        f"{stored[-1]['share']:.0f} % of {min(sizes):,.0f} to {max(sizes):,.0f} GWh in storage, "
        f"nothing of {float(others[0]):,.0f} GWh for other uses"
    )
    return Computed(
        share[1:],
        float(share[0]),
        TABLE,
        tuple(sorted({row["record"], stored[-1]["record"], *cars.records})),
        assumptions=USED,
        more={"demand": tuple(sorted(behind))},
        note=note,
    )


def _lfp_rise(industry: Industry) -> Computed | None:
    found = [_lfp_in_vehicles(industry.evidence, year) for year in (2023, 2020)]
    if found[0] is None or found[1] is None:
        return None
    change = found[0][0] - found[1][0]
    records = tuple(sorted({*found[0][1], *found[1][1]}))
    note = "passenger cars, by capacity; 2023 lies between the years of the series on each side"
    return Computed(change[1:], float(change[0]), TABLE, records, note=note)


def _lfp_of_chinese(industry: Industry) -> Computed | None:
    """LFP in the cell capacity that runs in China at present."""
    evidence = industry.evidence
    lfp, cells = (
        held_by_country(industry, name, PLACE, evidence.year) for name in ("LFP cells", "cells")
    )
    mine, whole = (held.filter(pl.col("holder") == "CHN") for held in (lfp, cells))
    if mine.is_empty():
        return None
    total = float(whole["value"][0])
    span = [100 * float(mine[end][0]) / total for end in ("low", "value", "high")]
    note = (
        f"of {total:,.0f} GWh/yr running in {evidence.year}, what is missing of LFP and of other "
        "cells drawn apart; output by chemistry is not on record"
    )
    drawn = spread("shares/lfp-of-chinese", span[0], span[1], min(span[2], 100.0))
    assumptions, missing = Assumptions(evidence), TODAY[0]
    factors = (assumptions.draw(missing, label=kind) for kind in ("lfp", "others"))
    return from_plants(mine, with_missing(drawn, *factors), span[1], note, (missing,))


CLAIMS: dict[str, Answer] = {
    "fig2-sne-lfp-cathode-share": _lfp_of_cathode,
    "fig2-sne-lfp-cathode-gain": _lfp_gain,
    "lfp-half-of-market": _lfp_of_market,
    "lfp-most-of-chinese-output": _lfp_of_chinese,
    "lfp-rise-early-2020s": _lfp_rise,
}
