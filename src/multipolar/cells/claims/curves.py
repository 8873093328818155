"""What do our price curves say to the study's Figure 15, and on which chemistry is cheap when?

Prices of packs in the world, real 2025 US$ per kWh without tax, unless a note says cells; the study
tells neither the money year nor, for sodium-ion, whether a cell or a pack is meant. A published
price that is the source's own statement is carried by the rule of verdicts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multipolar.cells.claims.room import Cells
from multipolar.cells.curves import LI_METAL, NA_ION, RATIO, Curve
from multipolar.cells.curves_facts import CELL, PACK, PROJECTED, TABLE
from multipolar.cells.curves_volumes import DEMAND, LI_ION
from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.claims import Computed
from multipolar.words import places

Answer = Callable[[Cells], Computed | None]
NOW, STUDY, AHEAD = 2025, 2026, 2030
STARTED = "from the few prices ever published, mostly by weak sources; the last one stands"
BORROWED = f"without a history: borrowed rate, wide range, {STARTED}"


def _curve(cells: Cells, chemistry: str, boundary: str = PACK) -> Curve | None:
    return cells.curves.all.get((chemistry, boundary, places.WORLD))


def _told(
    curves: list[Curve], draws: np.ndarray, central: float, note: str, start: bool = False
) -> Computed:
    """A result with everything that stands behind some curves, or behind their first year alone."""
    records: dict[str, set[str]] = {}
    for curve in curves:
        behind = {TABLE: curve.first.records} if start else curve.records
        for table, rows in behind.items():
            records.setdefault(table, set()).update(rows)
    kept = {RATIO} if start else None
    return Computed(
        draws,
        central,
        TABLE,
        tuple(sorted(records.get(TABLE, ()))),
        tuple(
            sorted({n for curve in curves for n in curve.assumptions if kept is None or n in kept})
        ),
        more={DEMAND: tuple(sorted(records[DEMAND]))} if records.get(DEMAND) else {},
        note=note,
    )


def _published(year: int) -> Answer:
    """The price of a lithium-ion pack that was published for a year, in money of 2025."""

    def answer(cells: Cells) -> Computed | None:
        said = [one for one in cells.curves.history(LI_ION, PACK) if one.year == year]
        if not said:
            return None
        records = said[0].records
        note = "survey of all uses, put into money of 2025 by the US GDP deflator"
        return Computed(
            np.full(DRAWS, said[0].value), said[0].value, TABLE, records[-1:], note=note
        )

    return answer


def _cut(cells: Cells) -> Computed | None:
    """Fall of a lithium-ion pack from now to 2030, per cent."""
    curve = _curve(cells, LI_ION)
    if curve is None or not _spans(curve, NOW, AHEAD):
        return None
    draws = 100 * (1 - curve.at(AHEAD) / curve.at(NOW))
    low, high = np.quantile(curve.at(AHEAD), (0.1, 0.9))
    note = f"{curve.best(AHEAD):.0f} ({low:.0f}-{high:.0f}) US$/kWh in {AHEAD} by our curve"
    return _told([curve], draws, 100 * (1 - curve.best(AHEAD) / curve.best(NOW)), note)


def _steady(cells: Cells) -> Computed | None:
    """The largest change of a year from now to 2030, per cent: below zero where each year falls."""
    curve = _curve(cells, LI_ION)
    if curve is None or not _spans(curve, NOW, AHEAD):
        return None
    paths = np.stack([curve.at(year) for year in range(NOW, AHEAD + 1)], axis=1)
    draws = 100 * (paths[:, 1:] / paths[:, :-1] - 1)
    largest = draws.max(axis=1)
    falls = 100 * np.mean(draws < 0)
    note = f"the largest change of a year; a single year falls in {falls:.0f} % of the draws"
    # Of the largest of several shocks only the draws have a middle: the best path has no shock.
    return _told([curve], largest, float(np.median(largest)), note)


def _price(chemistry: str, year: int) -> Answer:
    """The price of a pack in a year."""

    def answer(cells: Cells) -> Computed | None:
        curve, cell = _curve(cells, chemistry), _curve(cells, chemistry, CELL)
        if curve is None or not _spans(curve, year):
            return None
        start = year == curve.years[0]
        note = f"a pack; {STARTED if start else BORROWED}"
        if cell is not None and _spans(cell, year):
            low, high = np.quantile(cell.at(year), (0.1, 0.9))
            note += f"; a cell {cell.best(year):.0f} ({low:.0f}-{high:.0f})"
        return _told([curve], curve.at(year), curve.best(year), note, start)

    return answer


def _above_lithium_ion(chemistry: str, year: int) -> Answer:
    """What a pack costs above one of lithium-ion in a year."""

    def answer(cells: Cells) -> Computed | None:
        curve, other = _curve(cells, chemistry), _curve(cells, LI_ION)
        rival = _curve(cells, "LFP")
        if curve is None or other is None or not (_spans(curve, year) and _spans(other, year)):
            return None
        start = year == curve.years[0] == other.years[0]
        note = f"packs; {STARTED if start else BORROWED}"
        if rival is not None and _spans(rival, year):
            note += f"; {curve.best(year) - rival.best(year):+.0f} US$/kWh against LFP"
        draws = curve.at(year) - other.at(year)
        best = curve.best(year) - other.best(year)
        return _told([curve, other], draws, best, note, start)

    return answer


def _cheaper(cells: Cells) -> Computed | None:
    """Probability that a sodium-ion pack is cheaper than the mean lithium-ion pack in 2030."""
    curve, other = _curve(cells, NA_ION), _curve(cells, LI_ION)
    if curve is None or other is None or not (_spans(curve, AHEAD) and _spans(other, AHEAD)):
        return None
    share = float(np.mean(curve.at(AHEAD) < other.at(AHEAD)))
    rival = _curve(cells, "LFP")
    note = f"packs in {AHEAD}; {BORROWED}"
    if rival is not None:
        note += f"; against LFP {np.mean(curve.at(AHEAD) < rival.at(AHEAD)):.2f}"
    return _told([curve, other], np.full(DRAWS, share), share, note)


def _hurdle(cells: Cells) -> Computed | None:
    """What a pack of sodium-ion or lithium metal, the cheaper one in each draw, costs above one of
    lithium-ion in the year of the study."""
    above = {name: _above_lithium_ion(name, STUDY)(cells) for name in (NA_ION, LI_METAL)}
    if not all(above.values()):
        return None
    both = [one for one in above.values() if one is not None]
    curves = [c for name in (NA_ION, LI_METAL, LI_ION) if (c := _curve(cells, name))]
    told = "; ".join(
        f"{name} {one.central:+.0f} US$/kWh" for name, one in zip(above, both, strict=True)
    )
    draws = np.minimum(*(one.draws for one in both))
    note = f"packs, the cheaper of the two in each draw; {told}; {BORROWED}"
    return _told(curves, draws, min(one.central for one in both), note)


def _rank(cells: Cells) -> Computed | None:
    """Rank of sodium-ion by the price of a pack in 2030 among next chemistries with a curve."""
    curves = [c for name in (NA_ION, LI_METAL) if (c := _curve(cells, name)) and _spans(c, AHEAD)]
    if len(curves) < 2 or curves[0].chemistry != NA_ION:
        return None
    mine, *others = curves
    draws = 1.0 + sum((other.at(AHEAD) < mine.at(AHEAD)) * 1.0 for other in others)
    best = 1.0 + sum(other.best(AHEAD) < mine.best(AHEAD) for other in others)
    note = f"of sodium-ion and lithium metal, packs; silicon anodes have no price; {BORROWED}"
    return _told(curves, np.asarray(draws), float(best), note)


def _target(cells: Cells) -> pl.DataFrame:
    """Targets of Japanese makers for packs of solid-state cells, as they were said."""
    rows = cells.evidence.table(TABLE).filter(
        (pl.col("place") == "JPN")
        & (pl.col("measurement") == PROJECTED)
        & pl.col("chemistry").str.starts_with(LI_METAL)
        & (pl.col("boundary") == PACK)
    )
    return rows.sort("date").tail(1)


def _japan(cells: Cells) -> Computed | None:
    row = _target(cells)
    if row.is_empty():
        return None
    value = float(row["central"][0])
    note = f"the maker's own words of {row['date'][0]} for {row['year'][0]}; money year not told"
    return Computed(np.full(DRAWS, value), value, TABLE, tuple(row["record"]), note=note)


def _target_above(cells: Cells) -> Computed | None:
    """The Japanese target less the price of a lithium-ion pack in 2030."""
    row, curve = _target(cells), _curve(cells, LI_ION)
    if row.is_empty() or curve is None or not _spans(curve, AHEAD):
        return None
    value = float(row["central"][0])
    told = _told([curve], value - curve.at(AHEAD), value - curve.best(AHEAD), "")
    real = cells.curves.prices.filter(pl.col("record") == row["record"][0])["central"][0]
    return Computed(
        told.draws,
        told.central,
        TABLE,
        (*told.records, *row["record"]),
        told.assumptions,
        more=told.more,
        note=f"target as said; in money of 2025 it may be {real:.0f}",
    )


def _known_prices(cells: Cells) -> Computed | None:
    """How many prices of semi-solid lithium metal or lithium-sulfur somebody has published."""
    rows = cells.evidence.table(TABLE).filter(
        pl.col("chemistry").is_in(["Li-metal-semi-solid", "Li-S"])
        & (pl.col("measure") == "price")
        & (pl.col("measurement") != PROJECTED)
    )
    if rows.is_empty():
        return None
    count = float(rows.height)
    note = "prices told by makers of semi-solid packs and cells in 2023, of low confidence; none of"
    return Computed(
        np.full(DRAWS, count), count, TABLE, tuple(rows["record"]), note=f"{note} lithium-sulfur"
    )


def _spans(curve: Curve, *years: int) -> bool:
    return all(curve.years[0] <= year <= curve.years[-1] for year in years)


CLAIMS: dict[str, Answer] = {
    "kf-sodium-most-cost-competitive": _rank,
    "kf-lithium-metal-price-prohibitive": _above_lithium_ion(LI_METAL, STUDY),
    "mc-next-gen-near-term-hurdle": _hurdle,
    "fig15-liion-price-2013": _published(2013),
    "fig15-liion-price-now": _published(NOW),
    "fig15-liion-cut-2030": _cut,
    "fig15-liion-steady-fall": _steady,
    "fig15-sodium-price-now": _price(NA_ION, NOW),
    "fig15-sodium-price-future": _price(NA_ION, AHEAD),
    "fig15-sodium-slightly-dearer": _above_lithium_ion(NA_ION, NOW),
    "fig15-sodium-disputed": _cheaper,
    "fig15-lithium-metal-price-now": _price(LI_METAL, NOW),
    "fig15-lithium-metal-vastly-dearer": _above_lithium_ion(LI_METAL, NOW),
    "fig15-lithium-metal-stays-dear": _above_lithium_ion(LI_METAL, AHEAD),
    "fig15-japan-target": _japan,
    "fig15-target-above-liion": _target_above,
    "fig15-no-liquid-solid-prices": _known_prices,
}
