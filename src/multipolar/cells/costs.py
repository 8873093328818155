"""Which plants, rivals and policies does the figure of cell cost compare, and on which day?

A plant of the usual size in a place beside a ripe Chinese one that exports to it, both of one
design; without policy and under what is in force. Real 2025 US$/kWh, cells, without tax.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from multipolar.cells.behind import ALL_STEPS
from multipolar.cells.inputs import Inputs
from multipolar.cells.levers import NO_POLICY, Policy, in_force, key, levers_of
from multipolar.cells.market import Market
from multipolar.cells.plant import RIPE, Plant
from multipolar.cells.process import process
from multipolar.cells.recipe import CHINA, Recipe, aged, recipe
from multipolar.evidence.store import Evidence
from multipolar.policy.register import first_day
from multipolar.words.errors import MultipolarError

PLACES = ("EU27", "USA", "KOR", "JPN", "IND", "CAN")
DESIGNS = ("LFP", "NMC622", "NMC811", "Na-ion-layered")
#: Years after start, by the word for them.
AGES = {"1": 1, "3": 3, "5": 5, "ripe": RIPE}
NONE, IN_FORCE = "none", "in force"
POLICIES = (IN_FORCE, NONE)
USE = "vehicles"


@dataclass
class Costs:
    """Every market that can be calculated on the evidence; ``left_out`` says why others cannot."""

    evidence: Evidence
    left_out: dict[str, str] = field(default_factory=dict)

    @cached_property
    def day(self) -> date | None:
        """The latest day with quotes of cathode material, which move cost most; None without."""
        quoted = pl.col("subject").str.ends_with(" CAM") & (pl.col("kind") == "price")
        rows = self.evidence.table("prices").filter(quoted & (pl.col("place") == CHINA))
        return rows.select(first_day("day").max()).item() if rows.height else None

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs of all markets, so that they share their draws."""
        return Inputs(self.evidence)

    @cached_property
    def steps(self) -> dict[str, list[str]]:
        """Rows of the table of steps by measure."""
        steps = process(self.evidence)
        return {measure: steps.of(measure)["record"].to_list() for measure in ALL_STEPS}

    @cached_property
    def rivals(self) -> dict[str, Recipe]:
        """Ripe Chinese plants by design."""
        return self.recipes((CHINA,), RIPE).get(CHINA, {})

    @cached_property
    def homes(self) -> dict[tuple[str, str, str], Recipe]:
        """Plants by place, design and word for the year after start."""
        young = self.recipes(PLACES, AGES["1"])
        return {
            (place, design, word): found if age == AGES["1"] else aged(found, self.inputs, age)
            for place, designs in young.items()
            for design, found in designs.items()
            if design in self.rivals
            for word, age in AGES.items()
        }

    def market(self, place: str, design: str, age: str, policy: str = IN_FORCE) -> Market:
        """A plant beside its rival under a policy."""
        levers = NO_POLICY if policy == NONE else self.policy(place).levers
        home, rival = self.homes[place, design, age], self.rivals[design]
        return Market(self.inputs, home, rival, levers)

    def policy(self, place: str) -> Policy:
        """What is in force there on the day."""
        if place not in self._policies:
            day = self.day or date.max
            self._policies[place] = in_force(self.evidence, place, CHINA, day, USE)
        return self._policies[place]

    def instruments(self, place: str) -> dict[str, list[str]]:
        """Rows of the register behind each lever in force, by the name of its input."""
        records = self.policy(place).records
        rows = self.evidence.table("policies").filter(pl.col("record").is_in(list(records)))
        found: dict[str, list[str]] = {}
        for row in rows.iter_rows(named=True):
            for name in levers_of(row, place, CHINA):
                found.setdefault(key(name), []).append(row["record"])
        return found

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return {}

    def recipes(
        self, places: tuple[str, ...], age: int, designs: tuple[str, ...] = DESIGNS
    ) -> dict[str, dict[str, Recipe]]:
        """Recipes by place and design; what lacks a number is told in ``left_out``."""
        found: dict[str, dict[str, Recipe]] = {}
        if self.day is None:
            return found
        self.inputs.assumed("cells.freight.cells")
        for place in places:
            for design in designs:
                try:
                    made = recipe(Plant(place, design, self.day, age=age), self.inputs)
                except MultipolarError as error:
                    self.left_out[f"{design} in {place}"] = str(error)
                else:
                    found.setdefault(place, {})[design] = made
        return found
