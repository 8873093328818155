"""What do China's monthly exports say to the study's Figure 4?

The study does not say whether a number of 2025 is the last month, a mean or the peak, and accessed
the data some months after ours end. A number for each month is therefore drawn among the months of
2025 on record; the centre is their mean. Sums over twelve months are as reported. Values in US$ of
the time, by the regions of the source, whose Europe holds Russia and Türkiye.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, SEED
from multipolar.evidence.claims import Computed
from multipolar.evidence.result import Result
from multipolar.trade.claims.room import Trade
from multipolar.trade.exports import REGIONS, SUM, VALUE
from multipolar.words import places

EUROPE, NORTH_AMERICA = "Ember-Europe", "Ember-North-America"
#: The study counts Australia as Asia.
ASIA = ("Ember-Asia", "Ember-Oceania")
YEAR = SUM.format(VALUE)
MILLION = 1e6
#: The year of the claims.
SAID_OF = "2025"
Answer = Callable[[Trade], Computed | None]


def _months(result: Result, where: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """What some partners took in each month of the claims' year, million US$, and the months."""
    rows = result.data.filter((pl.col("measure") == VALUE) & pl.col("place").is_in(list(where)))
    rows = rows.filter(pl.col("month").str.starts_with(SAID_OF))
    sums = rows.group_by("month").agg(pl.col("value").sum()).sort("month")
    return sums["value"].to_numpy(), sums["month"].to_list()


def _records(result: Result, where: Sequence[str], months: Sequence[str]) -> tuple[str, ...]:
    parts = result.parts.filter(
        (pl.col("measure") == VALUE)
        & pl.col("place").is_in(list(where))
        & pl.col("month").is_in(list(months))
    )
    return tuple(sorted(set(parts["item"])))


def _drawn(values: np.ndarray, name: str) -> np.ndarray:
    """Draws among the months, each as likely."""
    stream = np.random.default_rng([SEED, sum(name.encode())])
    return np.asarray(stream.choice(values, DRAWS))


def _by_month(where: Sequence[str], note: str = "") -> Answer:
    """What some partners take in a month, US$."""

    def answer(trade: Trade) -> Computed | None:
        if trade.exports is None:
            return None
        values, months = _months(trade.exports, where)
        if len(values) == 0:
            return None
        last = f"{months[-1]}: {values[-1]:,.0f} million; highest {values.max():,.0f}"
        told = f"mean of {months[0]} to {months[-1]}; drawn among these months; {last}"
        return Computed(
            MILLION * _drawn(values, "months"),
            MILLION * float(values.mean()),
            "trade",
            _records(trade.exports, where, months),
            note="; ".join(part for part in (told, note) if part),
        )

    return answer


def _share(above: Sequence[str], below: Sequence[str], note: str) -> Answer:
    """Share of some partners in what others take, per cent, month by month."""

    def answer(trade: Trade) -> Computed | None:
        if trade.exports is None:
            return None
        (mine, months), (all_, same) = (_months(trade.exports, w) for w in (above, below))
        if len(mine) == 0 or months != same:
            return None
        shares = 100 * mine / all_
        last = f"{months[-1]}: {shares[-1]:.1f} %; highest {shares.max():.1f} %"
        return Computed(
            _drawn(shares, "months"),
            float(100 * mine.sum() / all_.sum()),
            "trade",
            _records(trade.exports, [*above, *below], months),
            note=f"of {months[0]} to {months[-1]}; drawn among these months; {last}; {note}",
        )

    return answer


def _sum(
    trade: Trade, place: str, months_back: int = 0
) -> tuple[float, str, tuple[str, ...]] | None:
    """The sum over twelve months that a partner took, its last month, and its rows; of an earlier
    one the last on record so many months before or earlier."""
    if trade.exports is None:
        return None
    rows = trade.exports.data.filter((pl.col("measure") == YEAR) & (pl.col("place") == place))
    rows = rows.sort("month")
    if rows.height <= months_back:
        return None
    row = rows.row(-1 - months_back, named=True)
    found = trade.exports.explain(measure=YEAR, place=place, month=row["month"])
    return float(row["value"]), row["month"], tuple(found.records)


def _growth_in_europe(trade: Trade) -> Computed | None:
    """Growth of the last twelve months over the twelve before, per cent."""
    now, before = _sum(trade, EUROPE), _sum(trade, EUROPE, 12)
    if now is None or before is None:
        return None
    value = 100 * (now[0] / before[0] - 1)
    note = f"twelve months to {now[1]} over those to {before[1]}, as reported"
    return Computed(
        np.full(DRAWS, value), value, "trade", tuple(sorted({*now[2], *before[2]})), note=note
    )


def _part_of_sum(above: Sequence[str], below: Sequence[str], note: str) -> Answer:
    """Share of some countries in what regions took over twelve months, per cent."""

    def answer(trade: Trade) -> Computed | None:
        parts, whole = ([_sum(trade, place) for place in where] for where in (above, below))
        found = [one for one in (*parts, *whole) if one is not None]
        if len(found) < len(above) + len(below) or len({month for _, month, _ in found}) > 1:
            return None
        top = sum(one[0] for one in found[: len(above)])
        value = 100 * top / sum(one[0] for one in found[len(above) :])
        records = tuple(sorted({record for one in found for record in one[2]}))
        told = f"twelve months to {found[0][1]}, as reported; {note}"
        return Computed(np.full(DRAWS, value), value, "trade", records, note=told)

    return answer


def _rank_of_europe(trade: Trade) -> Computed | None:
    """Rank of Europe among the regions, in each month of the claims' year."""
    if trade.exports is None:
        return None
    mine, months = _months(trade.exports, [EUROPE])
    if len(mine) == 0:
        return None
    others = [_months(trade.exports, [region])[0] for region in REGIONS if region != EUROPE]
    ranks = 1.0 + np.sum([other > mine for other in others], axis=0)
    sums = [other.sum() for other in others]
    rank = 1.0 + sum(total > mine.sum() for total in sums)
    note = f"among the seven regions of the source, {months[0]} to {months[-1]}; drawn among months"
    return Computed(
        _drawn(ranks, "months"),
        float(rank),
        "trade",
        _records(trade.exports, REGIONS, months),
        note=note,
    )


CLAIMS: dict[str, Answer] = {
    "mt-overcapacity-hits-trade": _growth_in_europe,
    "fig4-export-total": _by_month([places.WORLD]),
    "fig4-europe-share": _share(
        [EUROPE], [places.WORLD], "Europe with Russia and Türkiye; the Union alone has less"
    ),
    "fig4-asia-imports": _by_month(ASIA, "Asia with Oceania, since the study counts Australia"),
    "fig4-asia-drivers": _part_of_sum(
        ["IND", "AUS", "JPN"], ASIA, "Asia with Oceania; Viet Nam and South Korea are left out"
    ),
    "fig4-north-america-imports": _by_month(
        [NORTH_AMERICA], "the United States and Canada; Mexico is not in it"
    ),
    "fig4-us-drives-north-america": _part_of_sum(
        ["USA"], [NORTH_AMERICA], "of the United States and Canada; Mexico is not in it"
    ),
    "fig4-europe-first": _rank_of_europe,
}
