"""What do published shares of countries say to the study's claims on the supply chain?

Shares of China in the capacity for each good, by place, in per cent, of the newest year on record;
how far a published share may be off is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.claims import Computed
from multipolar.trade.claims.room import Trade

CHINA = "CHN"
#: Goods of the table concentration, by what the study calls the main stages.
MAIN = ("lithium refining", "cathode", "anode", "cells")
ERROR = "trade.published-share-error"
WHOLE = 100.0
Answer = Callable[[Trade], Computed | None]


def _china(trade: Trade, good: str) -> tuple[np.ndarray, float, tuple[str, ...], str] | None:
    """Draws of China's share of the capacity for a good, their centre, the rows, and what they say.

    Lists of capacity by place alone, of the newest year: shipments and domiciles are other things.
    """
    rows = trade.evidence.table("concentration").filter(
        (pl.col("product") == good)
        & (pl.col("place") == CHINA)
        & (pl.col("basis") == "capacity")
        & (pl.col("by") == "place")
    )
    rows = rows.filter(pl.col("year") == pl.col("year").max())
    if rows.is_empty():
        return None
    share = float(rows["central"].mean())  # type: ignore[arg-type]
    error = Assumptions(trade.evidence).draw(ERROR, label=good)
    told = f"{good} {share:g} % ({rows['year'][0]})"
    return np.clip(share + error, 0.0, WHOLE), share, tuple(rows["record"]), told


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
            (ERROR,),
            note=f"China's share of capacity, as published: {', '.join(one[3] for one in known)}",
        )

    return answer


CLAIMS: dict[str, Answer] = {
    "intro-china-dominates": _over(MAIN, lambda shares: np.min(shares, axis=0)),
    "kf-anode-few-alternatives": _over(["anode"], lambda shares: 100 - shares[0]),
    "mt-china-lead-larger-upstream": _over(["anode", "cells"], lambda s: s[0] - s[1]),
    "pp-anode-corner": _over(["anode"], lambda shares: shares[0]),
}
