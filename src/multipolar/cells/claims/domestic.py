"""What do Chinese quotes and our cost of Chinese plants say to the prices that the study tells?

Quotes of cells for vehicles inside China, real 2025 US$/kWh. The study does not say whether value
added tax is in its prices, so that half of the draws have it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from multipolar.cells import prices
from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import calculated, says, summed, told
from multipolar.cells.recipe import CHINA
from multipolar.evidence.assumptions import spread
from multipolar.evidence.claims import Computed
from multipolar.policy.register import first_day

Answer = Callable[[Cells], Computed | None]
TABLE, PER = "prices", "kWh"
#: The years that the study speaks of.
SINCE, UNTIL = date(2025, 1, 1), date(2026, 12, 31)


def _quotes(cells: Cells, subject: str) -> tuple[pl.DataFrame, list[float]]:
    """Rows of quotes in China over the years, and each in real money without tax."""
    rows = cells.evidence.table(TABLE).filter(
        (pl.col("subject") == subject) & (pl.col("kind") == "price") & (pl.col("place") == CHINA)
    )
    rows = rows.with_columns(first_day("day").alias("start")).sort("start")
    rows = rows.filter(pl.col("start").is_between(SINCE, UNTIL))
    found = [prices.quote(cells.evidence, subject, CHINA, day, PER) for day in rows["start"]]
    return rows, [quote.central for quote in found if quote is not None]


def _price(subject: str) -> Answer:
    """Any quote of the two years, with tax or without; central: their median."""

    def answer(cells: Cells) -> Computed | None:
        rows, quoted = _quotes(cells, subject)
        if not quoted:
            return None
        error = cells.curves.assumptions["cells.quote-error"]
        paid = spread(error.assumption, error.low, error.central, error.high)
        taxed = [value * (1 + vat / 100) for value, vat in zip(quoted, rows["vat"], strict=True)]
        said = np.array(quoted + taxed)
        picked = np.floor(spread(subject, 0, 0.5, 1, "uniform") * len(said)).astype(int)
        note = (
            f"{len(quoted)} quotes of {rows['day'][0]} to {rows['day'][-1]}, {min(quoted):.0f} to "
            f"{max(quoted):.0f} without tax, {min(taxed):.0f} to {max(taxed):.0f} with it"
        )
        return Computed(
            said[picked] * paid, float(np.median(said)), TABLE,
            tuple(rows["record"]), (error.assumption,), note=note,
        )  # fmt: skip

    return answer


def _less(cells: Cells) -> Computed | None:
    """Cost of an NMC cell less that of an LFP cell at a ripe Chinese plant."""
    if not {"LFP", "NMC622"} <= set(cells.costs.rivals):
        return None
    both = [cells.costs.market("EU27", design, "ripe") for design in ("NMC622", "LFP")]
    nmc, lfp = (calculated(one, summed(one.works_stack)) for one in both)
    result = nmc - lfp
    note = f"ripe Chinese plants, {cells.costs.day}, ex works: median {says(result)}"
    quoted = [_quotes(cells, f"{chemistry} cell, vehicles")[1] for chemistry in ("NMC", "LFP")]
    if all(quoted):
        note += f"; last quotes without tax {quoted[0][-1]:.0f} and {quoted[1][-1]:.0f}"
    return told(cells, result, [(one, one.works_stack) for one in both], note)


CLAIMS: dict[str, Answer] = {
    "fig5-china-domestic-nmc-price": _price("NMC cell, vehicles"),
    "fig5-china-domestic-lfp-price": _price("LFP cell, vehicles"),
    "kf-lfp-lower-cost": _less,
}
