"""What do the steps of cell making need: investment, labour, floor, energy, and what leaves each?

Rows of the table ``process-steps`` (baseline plant of 50 GWh/yr). The share of active material that
gets from a step to a finished cell multiplies the yields of that step and all later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.words import money
from multipolar.words.errors import EvidenceError, UnitMismatch

#: The seven major steps.
MAJOR_STEPS = {
    1: "mixing",
    2: "coating and drying",
    3: "calendering",
    4: "slitting and notching",
    5: "assembly",
    6: "filling",
    7: "formation and ageing",
}
#: What is lost on the way is told for these.
LOST = ("active material", "foil", "separator", "electrolyte", "housing")
#: Boundaries, each with what it holds.
BOUNDARIES = {"cell": ("cell",), "module": ("cell", "module"), "pack": ("cell", "module", "pack")}
#: The step whose investment is in buildings and not in equipment.
BUILDINGS = "building support systems"


@dataclass(frozen=True)
class Process:
    """The steps on record within one boundary; values of the baseline plant."""

    rows: pl.DataFrame
    boundary: str

    def of(self, measure: str) -> pl.DataFrame:
        """Rows of one measure."""
        return self.rows.filter(pl.col("measure") == measure)

    @cached_property
    def plant(self) -> float:
        """Size of the baseline plant, GWh/yr."""
        [size] = self.rows["plant"].drop_nulls().unique().to_list()
        return float(size)

    def scaled(self, measure: str, gwh: float, scale: float = 1.0) -> pl.DataFrame:
        """A quantity of a plant of another size by step: step, major_step, value, unit.

        Six-tenths rule by step: value (gwh / baseline) ** exponent; ``scale`` stretches how far
        exponents lie from one, so that 0 removes economies of scale.
        """
        power = 1 - scale * (1 - pl.col("exponent"))
        value = pl.col("value") * (gwh / self.plant) ** power
        return self.of(measure).select("step", "major_step", value.alias("value"), "unit")

    @cached_property
    def capex(self) -> float:
        """Investment of the baseline plant in million real 2025 US$ per GWh/yr."""
        rows = self.of("capex")
        total = sum(
            money.to_real_usd(value, currency, year)
            for value, currency, year in rows.select("value", "currency", "price_year").rows()
        )
        return total / self.plant

    def yields(self, material: str, since: int = 1) -> float:
        """What is left of a material that enters the major step ``since``, past ramp-up."""
        rows = self.of("yield").filter(pl.col("major_step") >= since)
        own = pl.col("material").str.split("|").list.contains(material)
        return float(prod(rows.filter(own)["value"].to_list()))

    def passed(self, major_step: int | None) -> float:
        """Finished cells for each one that enters a step; supporting areas as the last step."""
        return self.yields("active material", major_step or max(MAJOR_STEPS))


def process(evidence: Evidence, boundary: str = "cell") -> Process:
    """The steps that make cells, modules or packs. Raises UnitMismatch for another boundary."""
    if boundary not in BOUNDARIES:
        raise UnitMismatch(f"boundary {boundary!r}: costs are told for {', '.join(BOUNDARIES)}")
    inside = pl.col("boundary").is_in(BOUNDARIES[boundary])
    rows = evidence.table("process-steps").filter(inside)
    if rows.is_empty():
        raise EvidenceError("no step of cell making is on record on this date")
    return Process(rows, boundary)
