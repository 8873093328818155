"""What titles and notes of the figure of cell cost say about its numbers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import polars as pl

from multipolar.cells.cost_result import AGE, COST, GAP
from multipolar.cells.costs import DESIGNS, IN_FORCE, NONE, PLACES, Costs
from multipolar.evidence.result import ALL, Result
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number
from multipolar.words import places

PLACE, MAIN, OTHER = "EU27", "LFP", "NMC622"
HERE = f"the {places.name(PLACE)}"
AGES_SHOWN = (AGE, "5", "ripe")
PAIR = {MAIN: "#009E73", OTHER: "#0072B2"}
RANGE = "The value is that at best values of all inputs, the range 10 to 90 % of 1,000 draws."


class Found:
    """The numbers under the policy in force, with what titles and notes say about them."""

    def __init__(self, result: Result) -> None:
        dims = [name for name in result.dims if name != "policy"]
        policy = pl.lit(IN_FORCE).alias("policy")
        rows = result.data.filter(pl.col("policy") == IN_FORCE)
        self.rows = rows.with_columns(policy, key("policy", *dims))
        self.free = result.data.filter(pl.col("policy") == NONE)
        unit = rows.filter(pl.col("measure") == COST)["unit"]
        self.money = str(unit[0]).partition("/")[0].replace("USD", "US$") if unit.len() else "US$"
        self.costs = Costs(result.evidence)
        self.day = self.costs.day

    def of(self, measure: str, **keys: str) -> pl.DataFrame:
        """Rows of a measure."""
        wanted = [pl.col(name) == value for name, value in keys.items()]
        return self.rows.filter(pl.col("measure") == measure, *wanted)

    def one(self, measure: str, **keys: str) -> dict[str, Any] | None:
        """The row with these keys, in the default place of a plant of the default age."""
        usual = {"place": PLACE, "chemistry": MAIN, "age": AGE, "line": ALL}
        found = self.of(measure, **{**usual, **keys}).to_dicts()
        return found[0] if found else None

    def told(self, measure: str, **keys: str) -> str:
        """A number with its range, in words."""
        row = self.one(measure, **keys)
        return ranged(row) if row else "unknown"

    @property
    def when(self) -> str:
        """The day of the prices, or what is missing."""
        if self.rows.is_empty() and self.left_out:
            return next(iter(self.left_out.values())).partition(": ")[0]
        return f"prices of materials of {self.day}" if self.day else "no prices on record"

    @cached_property
    def left_out(self) -> dict[str, str]:
        """What could not be calculated, with the reason; worked out where something is missing."""
        shown = self.of(COST, age=AGE, line=ALL).select("place", "chemistry").n_unique()
        if self.day is None or shown == len(PLACES) * len(DESIGNS):
            return {}
        return self.costs.left_out if self.costs.homes is not None else {}

    @property
    def policy(self) -> str:
        """What is in force at the default place, in words."""
        if self.day is None or self.rows.is_empty():
            return ""
        levers = self.costs.policy(PLACE).levers
        told = f"In force in {HERE}: a duty of {number(100 * levers.duty_cell)} %"
        told += f", and China keeps {number(100 * levers.tax_kept)} % of tax on exported cells."
        none = self.free.filter(
            (pl.col("measure") == GAP) & (pl.col("place") == PLACE) & (pl.col("age") == AGE)
        )
        gaps = {row["chemistry"]: ranged(row) for row in none.to_dicts()}
        shown = [f"{name} {gaps[name]}" for name in (MAIN, OTHER) if name in gaps]
        return f"{told} Without either the gap is {listing(shown)} {self.money}."


def ranged(row: dict[str, Any]) -> str:
    """Best value and range in whole numbers.

    >>> ranged({"value_low": 83.69, "value": 88.8, "value_high": 108.6})
    '89 (84–109)'
    >>> ranged({"value_low": -3.6, "value": 1.2, "value_high": 9.0})
    '1 (−4 to 9)'
    """
    low, value, high = (whole(row[name]) for name in ("value_low", "value", "value_high"))
    return f"{value} ({low} to {high})" if "−" in low else f"{value} ({low}–{high})"


def whole(value: float) -> str:
    """A whole number; none is less than nothing by a rounding."""
    return number(abs(round(value))) if round(value) >= 0 else f"−{number(-round(value))}"


def empty() -> tuple[str, str]:
    """Subtitle and alternative text where there is nothing to show."""
    return (
        "Cost of cells needs prices of materials, steps and a bill of materials",
        "An empty chart.",
    )
