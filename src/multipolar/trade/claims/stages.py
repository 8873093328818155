"""What do published shares of countries say to the study's claims on the supply chain?

Shares of China in per cent, of the newest year of each good. Where two sources differ, what lies
between them is drawn evenly; a source that says only *more than* bounds one side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import spread
from multipolar.evidence.claims import Computed
from multipolar.trade.claims.room import Trade

CHINA = "CHN"
#: Goods of the table concentration, by what the study calls the main stages.
MAIN = ("lithium refining", "battery-grade graphite", "cathode", "anode", "cells")
Answer = Callable[[Trade], Computed | None]


def _china(trade: Trade, good: str) -> tuple[np.ndarray, float, tuple[str, ...], str] | None:
    """Draws of China's share of a good, their middle, the rows and what they say."""
    rows = trade.evidence.table("concentration").filter(
        (pl.col("product") == good) & (pl.col("place") == CHINA)
    )
    rows = rows.filter(pl.col("year") == pl.col("year").max())
    if rows.is_empty():
        return None
    low = float(rows.select(pl.min_horizontal("low", "central").min()).item())
    high = float(rows.select(pl.max_horizontal("high", "central").max()).item())
    middle = (low + high) / 2
    drawn = spread(f"trade/stage/{good}", low, middle, high, "uniform")
    said = f"{good} {low:g} to {high:g} %" if low < high else f"{good} {low:g} %"
    return drawn, middle, tuple(rows["record"]), f"{said} ({rows['year'][0]})"


def _over(goods: Sequence[str], quantity: Callable[[list[np.ndarray]], np.ndarray]) -> Answer:
    """A quantity of China's shares in some goods."""

    def answer(trade: Trade) -> Computed | None:
        found = [_china(trade, good) for good in goods]
        known = [one for one in found if one is not None]
        if len(known) < len(goods):
            return None
        middle = float(quantity([np.array([one[1]]) for one in known])[0])
        return Computed(
            quantity([one[0] for one in known]),
            middle,
            "concentration",
            tuple(sorted({record for one in known for record in one[2]})),
            note=f"China's share by published lists: {', '.join(one[3] for one in known)}",
        )

    return answer


CLAIMS: dict[str, Answer] = {
    "intro-china-dominates": _over(MAIN, lambda shares: np.min(shares, axis=0)),
    "kf-anode-few-alternatives": _over(["anode"], lambda shares: 100 - shares[0]),
    "mt-china-lead-larger-upstream": _over(["anode", "cells"], lambda s: s[0] - s[1]),
    "pp-anode-corner": _over(["anode"], lambda shares: shares[0]),
}
