"""What does a cell cost where it is sold: made at home, or made abroad and brought in?

A ``Market`` puts a plant at home beside a rival that exports to it, under one policy. The gap is
home cost less the rival's delivered price, on both bases: over the delivered price and over the
home cost. All in real 2025 US$/kWh without value added tax, at the boundary of the plants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from multipolar.cells.inputs import Inputs
from multipolar.cells.levers import LEVERS, NO_POLICY, Levers, key, rules
from multipolar.cells.plant import Plant
from multipolar.cells.recipe import Recipe, recipe
from multipolar.cells.tape import Value, Var, gradient, total
from multipolar.cells.works import X, made, on
from multipolar.evidence.assumptions import DRAWS, SEED
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnitMismatch

#: Draws that are calculated at a time, so that what is between stays in the processor's cache.
BLOCK = 8192
Draws = np.ndarray


@dataclass(frozen=True)
class Line:
    """The gap as a straight line in one lever: gap = intercept + slope x lever, per draw."""

    lever: str
    intercept: Draws
    slope: Draws

    @property
    def closes(self) -> Draws:
        """The lever at which the gap is zero; infinite where it has no bearing."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(self.slope == 0, np.inf, -self.intercept / self.slope))


@dataclass(frozen=True)
class Swing:
    """By how much an input moves a result when it goes from its 10 to its 90 % value."""

    name: str
    low: float
    high: float

    @property
    def size(self) -> float:
        """Distance between the two results."""
        return abs(self.high - self.low)


@dataclass(frozen=True)
class Market:
    """A plant at home and, if there is one, a rival that exports to its place."""

    inputs: Inputs
    home: Recipe
    rival: Recipe | None
    levers: Levers

    def under(self, levers: Levers) -> Market:
        """The same plants and draws under another policy."""
        return replace(self, levers=levers)

    def without_range(self, name: str) -> Market:
        """The same market, one input of it known for certain."""
        return replace(self, inputs=self.inputs.without_range(name))

    def values(self, draws: int = DRAWS, seed: int = SEED) -> dict[str, Value]:
        """Draws of every input and the levers, by name."""
        return {**self.inputs.values(draws, seed), **self.levers.values()}

    # Functions of the inputs: they are what is drawn, differentiated and closed.

    def home_cost(self, x: X) -> Value:
        """The home plant's cells, ex works, after what its government pays."""
        return made(x, self.home, rules(self.levers, self.home.plant.place)).total

    def home_stack(self, x: X) -> dict[str, Value]:
        """The same by line."""
        return made(x, self.home, rules(self.levers, self.home.plant.place)).lines

    def works_stack(self, x: X) -> dict[str, Value]:
        """The rival's cells, ex works, by line: no lever of the market reaches them."""
        return made(x, self._rival()).lines

    def rival_stack(self, x: X) -> dict[str, Value]:
        """The rival's cells as they arrive: its lines and those of the way."""
        return self._arrived(x)

    def rival_price(self, x: X) -> Value:
        """The rival's delivered price."""
        return total(*self._arrived(x).values())

    def gap(self, x: X) -> Value:
        """Home cost, less the premium that buyers pay for it, less the rival's price."""
        home = self.home_cost(x)
        if on(premium := x["lever.local-premium"]):
            home = home - premium
        return home - self.rival_price(x)

    def _rival(self) -> Recipe:
        if self.rival is None:
            raise MultipolarError("no rival: name the plant that exports to this market")
        return self.rival

    def _arrived(self, x: X) -> dict[str, Value]:
        """Ex works, tax kept by the exporter's state, freight, duty, charge on carbon."""
        told = made(x, self._rival())
        lines = dict(told.lines)
        value = told.total
        if on(kept := x["lever.tax-kept"]):
            lines["tax kept"] = value * kept
            value = value + lines["tax kept"]
        lines["freight"] = x["cells.freight.cells"]
        duty = x["lever.duty-cell"]
        if on(quota := x["lever.quota-share"]):
            duty = duty + quota * (x["lever.duty-in-quota"] - duty)
        if on(duty):
            cif = rules(self.levers, self.home.plant.place).cif
            lines["duty"] = duty * (value + lines["freight"] if cif else value)
        if on(price := x["lever.carbon-price"]):
            lines["carbon"] = told.carbon * price * 1e-3
        return lines

    # Results.

    def draw(self, function: Callable[[X], Value], draws: int = DRAWS, seed: int = SEED) -> Draws:
        """Draws of one of the functions above, shape (draws,)."""
        return evaluate(function, self.values(draws, seed), draws)

    def stack(
        self, function: Callable[[X], dict[str, Value]], draws: int = DRAWS, seed: int = SEED
    ) -> dict[str, Draws]:
        """Draws of a stack, each line of shape (draws,)."""
        lines = function(self.values(draws, seed))
        return {name: np.broadcast_to(np.asarray(v), (draws,)) for name, v in lines.items()}

    def gaps(self, draws: int = DRAWS, seed: int = SEED) -> dict[str, Draws]:
        """The gap in US$/kWh and in % of the delivered price and of the home cost."""
        values = self.values(draws, seed)
        gap, price, home = (
            evaluate(function, values, draws)
            for function in (self.gap, self.rival_price, self.home_cost)
        )
        return {
            "US$/kWh": gap,
            "% of delivered price": 100 * gap / price,
            "% of home cost": 100 * gap / home,
        }

    def gradient(
        self, function: Callable[[X], Value], draws: int = DRAWS, seed: int = SEED
    ) -> tuple[Draws, dict[str, Draws]]:
        """A result and its derivative by every input and lever, each of shape (draws,)."""
        return slopes(function, self.values(draws, seed), draws)

    def line(self, lever: str, draws: int = DRAWS, seed: int = SEED) -> Line:
        """The gap as a straight line in a lever, the others as they are.

        Raises MultipolarError for a lever in which the gap is not straight.
        """
        key(lever)
        if not LEVERS[lever].straight:
            raise MultipolarError(f"the gap is not a straight line in {lever}")
        values = self.values(draws, seed)
        at = {size: evaluate(self.gap, {**values, key(lever): size}, draws) for size in (0.0, 1.0)}
        return Line(lever, at[0.0], at[1.0] - at[0.0])

    def swings(self, function: Callable[[X], Value]) -> list[Swing]:
        """What moves a result most: each input at its 10 and 90 % value, the others central."""
        names = [entry.name for entry in self.inputs if entry.low < entry.high]
        x: dict[str, Value] = {**self.inputs.central(), **self.levers.values()}
        ends = {
            name: np.quantile(np.asarray(self.inputs.named[name].draw(DRAWS, SEED)), (0.1, 0.9))
            for name in names
        }
        for i, name in enumerate(names):
            column = np.full(2 * len(names), x[name])
            column[2 * i : 2 * i + 2] = ends[name]
            x[name] = column
        found = np.asarray(function(x)).reshape(-1, 2)
        swings = [Swing(name, *map(float, pair)) for name, pair in zip(names, found, strict=True)]
        return sorted(swings, key=lambda swing: -swing.size)


def market(
    evidence: Evidence,
    home: Plant,
    rival: Plant | None = None,
    levers: Levers = NO_POLICY,
    own: Mapping[str, float | tuple[float, float, float]] | None = None,
) -> Market:
    """A home plant, its rival and a policy. ``own``: the user's numbers by full input name.

    Raises UnitMismatch where the two plants make something else (boundary) and MultipolarError
    where the credit for modules is to be paid for cells.
    """
    inputs = Inputs(evidence, own or {})
    if rival is not None and rival.boundary != home.boundary:
        raise UnitMismatch(f"a {home.boundary} at home and a {rival.boundary} from abroad")
    if home.boundary == "cell" and levers.credit_module:
        raise UnitMismatch("credit_module is for modules: give the plant the boundary module")
    if rival is not None and places.members(rival.place) == places.members(home.place):
        raise MultipolarError("the rival stands in the same place: no border is crossed")
    recipes = recipe(home, inputs), recipe(rival, inputs) if rival else None
    inputs.assumed("cells.freight.cells")
    if unused := sorted(set(inputs.own) - set(inputs.named)):
        raise MultipolarError(f"{unused[0]} is no input of this calculation")
    return Market(inputs, *recipes, levers)


def evaluate(function: Callable[[X], Value], values: X, draws: int) -> Draws:
    """A function over all draws, block by block."""
    out = np.empty(draws)
    for start in range(0, draws, BLOCK):
        block = slice(start, min(start + BLOCK, draws))
        out[block] = function(_cut(values, block))
    return out


def slopes(function: Callable[[X], Value], values: X, draws: int) -> tuple[Draws, dict[str, Draws]]:
    """A function and its derivative by every value over all draws, block by block."""
    out, kept = np.empty(draws), None
    by: dict[str, Draws] = {}
    for start in range(0, draws, BLOCK):
        block = slice(start, min(start + BLOCK, draws))
        tape: list[Var] = []
        out[block], found = gradient(function, _cut(values, block), tape)
        if not by:
            by = dict(zip(found, np.empty((len(found), draws)), strict=True))
        for name, slope in found.items():
            by[name][block] = slope
        kept = tape
    del kept
    # What has no bearing on the result shares one row of zeros.
    nothing = np.broadcast_to(0.0, (draws,))
    return out, {name: by.get(name, nothing) for name in values}


def _cut(values: X, block: slice) -> dict[str, Value]:
    return {n: v[block] if isinstance(v, np.ndarray) else v for n, v in values.items()}
