"""Which duties, credits and mixes of two levers close the gap, and who pays for it?

The gap is a straight line in most levers, so in two of them it is a + b x + c y + d x y, exact from
four corners; d is zero unless they act on each other (as a duty and what is inside a quota). Sizes
are in the unit of the lever and absolute: what is in force is part of them. Money is real 2025
US$/kWh. Arrays hold the best value first, then the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from multipolar.cells.levers import CHINESE_TAX, LEVERS, MOST, key
from multipolar.cells.market import Draws, Market, evaluate
from multipolar.cells.ranges import Range, best_first, ranged, share, size
from multipolar.cells.tape import Value
from multipolar.cells.works import X
from multipolar.words.errors import MultipolarError

DUTY, CREDIT = "duty_cell", "credit_cell"
#: What the state pays, by line of the home plant.
PAID = ("capital grant", "ramp-up support", "credit", "credit for material")
#: What the state takes at the border, by line of the imported cell.
TAKEN = ("duty", "carbon")
#: Levers between which the cheapest is chosen: those of the government at home that tell who pays.
#: Not: what the exporter's state keeps, what suppliers save, what a joint venture costs, and a
#: charge on carbon, which falls on cells of both.
AT_HOME = (
    DUTY, CREDIT, "credit_module", "credit_material", "ramp_support", "capital_grant",
    "electricity_relief", "local_content", "local_premium",
)  # fmt: skip
#: A lever closes the gap if it does so in as many of the draws, and at best values.
MOSTLY = 0.5
#: A lever in which the gap bends is looked for in so many steps, then by halving the step.
STEPS, HALVINGS = 50, 40
#: What is nearer to zero than this is none.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Plane:
    """The gap in two levers, per draw: base + x first + y second + x y both."""

    levers: tuple[str, str]
    base: Draws
    first: Draws
    second: Draws
    both: Draws

    @property
    def interact(self) -> bool:
        """Whether one lever changes what the other does."""
        return bool(np.any(np.abs(self.both) > ROUNDING))

    def gap(self, x: Value, y: Value) -> Draws:
        """The gap at two sizes (numbers, or arrays per draw)."""
        return np.asarray(self.base + x * self.first + y * (self.second + x * self.both))

    def closing(self, x: Value) -> Draws:
        """The size of the second lever that makes the gap zero at a size of the first.

        Below zero where the first does more than is needed; infinite without bearing.
        """
        return _root(self.base + x * self.first, self.second + x * self.both)

    def needed(self, x: Value) -> Draws:
        """The least size of the second lever at which there is no gap; infinite where none does."""
        return _least(self.base + x * self.first, self.second + x * self.both)


@dataclass(frozen=True)
class Surface:
    """On a grid of two levers, shape (len(first), len(second)): the gap at best values in
    US$/kWh, and the share of draws in which there is none."""

    levers: tuple[str, str]
    first: np.ndarray
    second: np.ndarray
    gap: np.ndarray
    closed: np.ndarray


@dataclass(frozen=True)
class Closing:
    """A policy that just closes the gap: its levers with sizes, and who pays.

    ``closes``: share of draws in which it can. ``paid``: by the state for a kWh made at home, all
    support together; ``taken``: by the state for a kWh imported; ``buyers``: what a kWh made at
    home, sold at its cost with margin, costs them more than an import does today. Ranges are over
    the draws in which it can. Duties on materials are not counted.
    """

    levers: tuple[str, ...]
    sizes: tuple[Range, ...]
    closes: float
    paid: Range
    taken: Range
    buyers: Range


def plane(market: Market, first: str, second: str, values: X | None = None) -> Plane:
    """The gap in two levers, the others as they are.

    Raises MultipolarError for a lever in which the gap is no straight line, or the same twice.
    """
    for name in (first, second):
        if key(name) and not LEVERS[name].straight:
            raise MultipolarError(f"the gap is not a straight line in {name}")
    if first == second:
        raise MultipolarError(f"{first} and itself are no pair: name two levers")
    at = best_first(market) if values is None else dict(values)
    corners = [
        evaluate(market.gap, {**at, key(first): x, key(second): y}, size(at))
        for x, y in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    ]
    none, one, other, both = corners
    return Plane((first, second), none, one - none, other - none, both - one - other + none)


def surface(
    market: Market,
    first: str,
    second: str,
    sizes: Sequence[float] | np.ndarray,
    others: Sequence[float] | np.ndarray,
    values: X | None = None,
) -> Surface:
    """The gap and the chance that it is closed on a grid of sizes of two levers.

    At each size of the first, the second one that closes the gap is known per draw; sorted, these
    say at once in how many draws any size does.
    """
    found = plane(market, first, second, values)
    x, y = np.asarray(sizes, float), np.asarray(others, float)
    base = found.base[1:] + np.outer(x, found.first[1:])
    slope = found.second[1:] + np.outer(x, found.both[1:])
    root = _root(base, slope)
    # Closed from the root on where the lever lowers the gap, up to it where it raises the gap.
    never = np.where(base <= 0, -np.inf, np.inf)
    closed = _count(np.where(slope < 0, root, np.where(slope == 0, never, np.inf)), y, "right")
    if (rises := slope > 0).any():
        until = _count(np.where(rises, root, np.inf), y, "left")
        closed = closed + rises.sum(axis=1, keepdims=True) - until
    steps = found.second[0] + found.both[0] * x
    best = (found.base[0] + found.first[0] * x)[:, None] + np.outer(steps, y)
    return Surface((first, second), x, y, best, closed / base.shape[1])


def closed(market: Market) -> float:
    """The share of draws in which there is no gap under the market's policy."""
    return share(_gap(market, best_first(market), {}) <= ROUNDING)


def needed(market: Market, lever: str, values: X | None = None) -> Draws:
    """The least size of a lever at which there is no gap, the others as they are; infinite where
    none is enough. Where the gap bends in the lever, the first of some steps between nothing and
    all at which there is none, and then by halving that step.
    """
    at = best_first(market) if values is None else values
    if LEVERS[_known(lever)].straight:
        none, one = (_gap(market, at, {lever: size}) for size in (0.0, 1.0))
        return _least(none, one - none)
    high = np.full(size(at), np.inf)
    for at_size in np.linspace(0, 1, STEPS + 1):
        closes = _gap(market, at, {lever: at_size}) <= 0
        high = np.where(closes & np.isinf(high), at_size, high)
    low = np.maximum(np.where(np.isinf(high), 1.0, high) - 1 / STEPS, 0.0)
    for _ in range(HALVINGS):
        middle = np.where(np.isinf(high), low, (low + high) / 2)
        closes = _gap(market, at, {lever: middle}) <= 0
        low, high = np.where(closes, low, middle), np.where(closes, middle, high)
    return high


def limit(market: Market, lever: str, values: X) -> Value:
    """The most that a lever can be."""
    if lever == "tax_kept":
        return CHINESE_TAX / (1 - CHINESE_TAX)
    if lever == "electricity_relief":
        return values[market.home.names["electricity"]]
    if LEVERS[_known(lever)].unit == "share":
        return MOST if lever.startswith("duty") else 1.0
    return np.inf


def closings(market: Market, levers: Sequence[str] = ()) -> list[Closing]:
    """Each lever that has a bearing on the gap (or those named), closing it alone, the others as
    they are; the likeliest first, then what costs least together.

    A lever that can close the gap in no draw is told with no numbers.
    """
    values = best_first(market)
    names = levers or [name for name in LEVERS if _bears(market, values, name)]
    found = [_closing(market, values, {name: needed(market, name, values)}) for name in names]
    return sorted(found, key=lambda c: (-round(c.closes, 1), _total(c)))


def mixes(market: Market, first: str, second: str, sizes: Sequence[float]) -> list[Closing]:
    """The line of pairs that close the gap: at each size of the first lever the least of the
    second, and who pays."""
    values = best_first(market)
    found = plane(market, first, second, values)
    return [_closing(market, values, {first: x, second: found.needed(x)}) for x in sizes]


def steps(closing: Closing, most: int = 6) -> list[float]:
    """Round sizes of a lever from nothing to what closes the gap in nine draws of ten."""
    top = closing.sizes[0].high
    if not np.isfinite(top) or top <= 0:
        return [0.0]
    raw = top / most
    power = 10.0 ** np.floor(np.log10(raw))
    step = power * next(n for n in (1, 2, 5, 10) if n * power >= raw)
    return [round(float(x), 10) for x in np.arange(0, top + step, step)]


def cheapest(found: Sequence[Closing]) -> dict[str, list[Closing]]:
    """Of levers at home that mostly close the gap, what costs the state least for a kWh made at
    home, and what costs buyers least; between equals the other cost decides, and if that is equal
    too, both are named."""
    able = [
        c
        for c in found
        if set(c.levers) <= set(AT_HOME) and c.closes >= MOSTLY and np.isfinite(c.paid.central)
    ]
    if not able:
        return {}
    cost: dict[str, Callable[[Closing], tuple[float, float]]] = {
        "budget": lambda c: (round(c.paid.central, 6), round(c.buyers.central, 6)),
        "buyers": lambda c: (round(c.buyers.central, 6), round(c.paid.central, 6)),
    }
    return {who: [c for c in able if of(c) == min(map(of, able))] for who, of in cost.items()}


def _closing(market: Market, values: X, sizes: dict[str, Value]) -> Closing:
    """A policy at sizes per draw, with who pays."""
    count = size(values)
    whole = {name: np.broadcast_to(np.asarray(s, float), (count,)) for name, s in sizes.items()}
    able = np.ones(count, bool)
    for name, needs in whole.items():
        able &= np.isfinite(needs) & (needs <= limit(market, name, values) * (1 + ROUNDING))
    at = {**values, **{key(n): np.where(able, s, 0.0) for n, s in whole.items()}}
    home, arrived = market.home_stack(at), market.rival_stack(at)
    paid = 0.0 - _sum(home, PAID) - home.get("carbon", 0.0)
    if np.any(relief := at[key("electricity_relief")]):
        without = market.home_stack({**at, key("electricity_relief"): 0.0})
        paid = paid + np.where(relief, without["energy"] - home["energy"], 0.0)
    price = market.home_cost(at) - market.rival_price(values)
    told = (
        ranged(np.where(able, np.broadcast_to(_clean(value), (count,)), np.nan))
        for value in (paid, _sum(arrived, TAKEN), price)
    )
    sizes_told = tuple(ranged(np.where(able, s, np.nan)) for s in whole.values())
    return Closing(tuple(sizes), sizes_told, share(able), *told)


def _total(closing: Closing) -> float:
    """What state and buyers pay together; infinite where the lever closes no gap at best values."""
    total = closing.paid.central + closing.buyers.central
    return total if np.isfinite(total) else np.inf


def _bears(market: Market, values: X, lever: str) -> bool:
    """Whether a lever lowers the gap in any draw."""
    none, one = (_gap(market, values, {lever: size}) for size in (0.0, 1.0))
    return bool((none - one > ROUNDING).any())


def _gap(market: Market, values: X, sizes: dict[str, Value]) -> Draws:
    at = {**values, **{key(name): size for name, size in sizes.items()}}
    return evaluate(market.gap, at, size(at))


def _known(lever: str) -> str:
    """The lever's own name. Raises UnknownWord."""
    key(lever)
    return lever


def _sum(lines: dict[str, Value], names: Sequence[str]) -> Value:
    return sum((lines[name] for name in names if name in lines), np.float64(0.0))


def _clean(value: Value) -> np.ndarray:
    """Without what is left of differences that are none."""
    return np.where(np.abs(value) < ROUNDING, 0.0, value)


def _root(base: Draws, slope: Draws) -> Draws:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(slope == 0, np.inf, -base / slope))


def _least(base: Draws, slope: Draws) -> Draws:
    root = np.where(slope < 0, _root(base, slope), np.inf)
    return np.asarray(np.where(base <= 0, 0.0, root))


def _count(at: np.ndarray, sizes: np.ndarray, side: Literal["left", "right"]) -> np.ndarray:
    """Row by row, how many lie at or below each size (side right), or below it (left)."""
    at = np.sort(at, axis=1)
    return np.stack([np.searchsorted(row, sizes, side) for row in at])
