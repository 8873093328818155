"""What is spent, used and lost in each step of one plant that makes cells?

The arithmetic is that of the plant as a whole (``works.made``): a step is the same plant with
nothing to spend on but that step, less a plant with nothing to spend on. So steps add up to it.
Arrays hold the best value first, then the draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log

import numpy as np

from multipolar.cells.cost_result import as_draws
from multipolar.cells.market import Draws
from multipolar.cells.process import MAJOR_STEPS, process
from multipolar.cells.recipe import Recipe, in_step
from multipolar.cells.tape import Value
from multipolar.cells.works import X, made
from multipolar.evidence.store import Evidence

#: What is spent in a step, by line of the cost; the loss of material comes on top.
LINES = ("energy", "labour", "depreciation", "capital cost", "maintenance", "overhead", "research")
SUPPORT = "supporting areas"
NAMES: dict[int | None, str] = dict([*MAJOR_STEPS.items(), (None, SUPPORT)])
#: No step has this number.
NONE = -1
#: MJ in a kWh.
MJ = 3.6
Lines = dict[str, Draws]


@dataclass(frozen=True)
class Parted:
    """A plant and the same plant by step."""

    whole: Recipe
    steps: Mapping[int | None, Recipe]
    empty: Recipe
    #: By kind of material, what is left from each major step on, and 1 behind the last.
    left: Mapping[str, tuple[float, ...]]

    def now(self, aged: Recipe) -> Parted:
        """The same in the year after start of ``aged``."""
        steps = {step: _dated(found, aged) for step, found in self.steps.items()}
        return Parted(aged, steps, _dated(self.empty, aged), self.left)

    @property
    def names(self) -> Mapping[str, str]:
        """Inputs by role."""
        return self.whole.names

    # Inputs that turn lines of money into amounts.

    @property
    def power(self) -> dict[str, float]:
        """The line of energy is then kWh of electricity."""
        return {self.names["electricity"]: 1.0, self.names["heat"]: 0.0}

    @property
    def warmth(self) -> dict[str, float]:
        """The line of energy is then kWh of heat."""
        return {self.names["electricity"]: 0.0, self.names["heat"]: 1 / MJ}

    @property
    def hours(self) -> dict[str, float]:
        """The line of labour is then hours."""
        return {self.names["wage"]: 1.0}

    @property
    def built(self) -> dict[str, float]:
        """The line of depreciation is then the investment for a kWh of yearly capacity."""
        once = ("life.equipment", "life.buildings", "output", "availability")
        return {self.names[role]: 1.0 for role in once}

    def by_step(self, x: X, lines: tuple[str, ...] = LINES) -> dict[int | None, Lines]:
        """What is spent in each step, US$ for a kWh of cells sold."""
        none = made(x, self.empty).lines
        found = {}
        for step, recipe in self.steps.items():
            own = made(x, recipe).lines
            found[step] = {line: as_draws(own[line]) - as_draws(none[line]) for line in lines}
        return found

    def lost(self, x: X) -> dict[int, dict[str, Value]]:
        """By step, what of each kind of material is lost there for one that ends in a sold cell."""
        power = np.log(1.0 - x[self.names["scrap"]]) / log(self.whole.keeps["active material"])
        left = {kind: [good**-power for good in of] for kind, of in self.left.items()}
        return {
            step: {kind: of[at] - of[at + 1] for kind, of in left.items()}
            for at, step in enumerate(MAJOR_STEPS)
        }

    def scrap_cost(self, x: X) -> dict[int, Draws]:
        """What the material lost in each step costs, less what it brings back, US$/kWh."""
        bought = made(x, self.empty).lines
        kept = {p.label: 1.0 - x[self.names[f"recovery {p.recovery}"]] for p in self.whole.parts}
        return {
            step: as_draws(
                sum(bought[p.label] * of[p.loss] * kept[p.label] for p in self.whole.parts)
            )
            for step, of in self.lost(x).items()
        }

    def scrap_share(self, x: X) -> dict[int, Draws]:
        """Active material lost in each step, % of what the plant starts."""
        good = 1.0 - x[self.names["scrap"]]
        lost = self.lost(x)
        return {step: as_draws(100 * good * of["active material"]) for step, of in lost.items()}


def parted(found: Recipe, evidence: Evidence) -> Parted:
    """A plant that makes cells, taken apart."""
    steps = {step: in_step(found, evidence, step) for step in NAMES}
    of = process(evidence)
    left = {kind: (*(of.yields(kind, step) for step in MAJOR_STEPS), 1.0) for kind in found.keeps}
    return Parted(found, steps, in_step(found, evidence, NONE), left)


def _dated(found: Recipe, aged: Recipe) -> Recipe:
    return replace(found, plant=aged.plant, names=aged.names)
