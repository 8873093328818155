"""Cost of cells, delivered price of the rival and the gap, with what each is made of.

Dimensions: measure, policy (none | in force), place, chemistry (design of the cell), age (year
after start of the plant, or ripe; all for the rival, which is ripe), line (of the stack; an input;
a duty). The value is that at best values of all inputs, the ends are 10 and 90 % of the draws.
The range of a sum is divided over its parts by their covariance with it, which adds up exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from multipolar.cells.behind import Behind, behind, joined
from multipolar.cells.costs import AGES, IN_FORCE, NONE, POLICIES, Costs
from multipolar.cells.market import Draws, Market, Swing
from multipolar.cells.ranges import ENDS, inputs_first
from multipolar.cells.tape import Value
from multipolar.cells.works import X
from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.result import ALL, ITEMS, VALUES, Result, on_grid
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.money import USD, from_real_usd

DIMS = ("measure", "policy", "place", "chemistry", "age", "line")
COST, DELIVERED, GAP = "cost", "delivered price", "gap"
OVER_PRICE, OVER_COST = "gap over delivered price", "gap over cost"
DUTY, CREDIT = "duty that closes the gap", "credit that closes the gap"
DRIVER = "gap at ends of an input"
SHARES = (OVER_PRICE, OVER_COST, DUTY)
#: Year after start for which a question that names none is answered.
AGE = "3"
#: How many inputs are told, for which designs, and the duties for which the credit is.
DRIVERS = 14
DRIVEN = ("LFP", "NMC622")
DUTIES = (0, 10, 20, 30, 40, 50, 60)
DUTY_LEVER, DUTY_LINE, CREDIT_LINE = "lever.duty-cell", "duty", "credit"
#: Draws of a line or sum, after its best value: shape (1 + DRAWS,).
Stack = dict[str, Draws]
#: Rows of the table of items, by item.
_Items = dict[str, tuple[Any, ...]]


def costs(evidence: Evidence, currency: str = USD) -> Result:
    """Cost of cells and what lies behind the gap, in real 2025 money of ``currency`` per kWh.

    Empty where no price is on record. Raises UnknownWord for a currency.
    """
    found = Costs(evidence)
    rows = Rows(from_real_usd(1.0, currency))
    items: _Items = {}
    for told in _markets(found, rows):
        items |= told
    parts = table(rows.rows, _PARTS)
    parts = parts.with_columns(on_grid(pl.col(name)) for name in VALUES)
    parts = parts.filter(pl.any_horizontal(pl.col(VALUES) != 0))
    data = parts.group_by(DIMS).agg(pl.col(VALUES).sum()).sort(DIMS)
    unit = pl.when(pl.col("measure").is_in(SHARES)).then(pl.lit("%"))
    return Result(
        dims=DIMS,
        data=data.with_columns(unit=unit.otherwise(pl.lit(f"{currency}/kWh"))),
        parts=parts,
        items=table(list(items.values()), ITEMS),
        uses=(),
        defaults={"measure": COST, "policy": IN_FORCE, "place": "EU27", "chemistry": "LFP",
                  "age": AGE, "line": ALL},
        evidence=evidence,
    )  # fmt: skip


class Rows:
    """Parts of numbers as they are found."""

    def __init__(self, money: float, plain: tuple[str, ...] = SHARES) -> None:
        self.money, self.plain = money, plain
        self.rows: list[tuple[Any, ...]] = []

    def add(self, key: tuple[str, ...], terms: Stack) -> None:
        """A number that is the sum of items; measures in ``plain`` are no money."""
        size = 1.0 if key[0] in self.plain else self.money
        for item, ends in zip(terms, divided(list(terms.values())), strict=True):
            self.rows.append((*key, True, "sum", item, *(end * size for end in ends)))

    def span(self, key: tuple[str, ...], terms: Mapping[str, tuple[float, float, float]]) -> None:
        """A number whose ends are the sums of the ends of its items."""
        self.rows += [(*key, True, "sum", item, *ends) for item, ends in terms.items()]

    def moved(self, key: tuple[str, ...], gap: str, best: float, item: str, swing: Swing) -> None:
        """A number between two ends that one input sets."""
        low, high = sorted((swing.low, swing.high))
        start = best * self.money
        self.rows.append((*key, True, "sum", gap, start, start, start))
        ends = (min(low - best, 0.0) * self.money, 0.0, max(high - best, 0.0) * self.money)
        self.rows.append((*key, True, "sum", item, *ends))


def table(rows: Sequence[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    """Rows as a frame, column by column, which is several times faster than row by row."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pl.DataFrame(dict(zip(schema, map(list, columns), strict=True)), schema=schema)


def divided(parts: list[Draws]) -> list[tuple[float, float, float]]:
    """Low end, best value and high end of the parts of a sum.

    The ends add up to 10 and 90 % of the draws of the sum: what these are away from its best value
    goes to the parts by their covariance with it (Tasche 1999 on the division of risk).
    """
    total = np.sum(parts, axis=0)
    drawn = np.sort(total[1:])
    low, high = (_quantile(drawn, share) for share in ENDS)
    below, above = min(low - total[0], 0.0), max(high - total[0], 0.0)
    shares = [1.0]
    if len(parts) > 1:
        away = total[1:] - drawn.mean()
        spread = float(away @ away)
        shares = [float(part[1:] @ away) / spread if spread > 0 else 0.0 for part in parts]
    return [
        (float(part[0] + share * below), float(part[0]), float(part[0] + share * above))
        for part, share in zip(parts, shares, strict=True)
    ]


def _quantile(rising: Draws, share: float) -> float:
    """What ``numpy.quantile`` says of values in rising order, without its overhead."""
    place = share * (len(rising) - 1)
    at = int(place)
    return float(rising[at] + (place - at) * (rising[min(at + 1, len(rising) - 1)] - rising[at]))


def _markets(found: Costs, rows: Rows) -> Iterator[_Items]:
    """Fill in the numbers of every market; gives the items behind them."""
    pairs = dict.fromkeys((place, design) for place, design, _ in found.homes)
    if not pairs:
        return
    first = inputs_first(found.inputs)
    for place, design in pairs:
        read: dict[str, dict[str, Behind]] = {}
        for policy in POLICIES:
            rival = _Side(found, (policy, place, design, ALL), first, read)
            detailed = policy == IN_FORCE
            if detailed:
                rival.add_lines(rows, DELIVERED)
            rows.add((DELIVERED, *rival.key, ALL), rival.terms())
            yield rival.items()
            for age in AGES:
                home = _Side(found, (policy, place, design, age), first, read)
                rows.add((COST, *home.key, ALL), home.terms())
                _gaps(rows, home, rival)
                if detailed:
                    home.add_lines(rows, COST)
                    _apart(rows, home, rival)
                    _closing(rows, home, rival)
                yield home.items()
                if detailed and age == AGE and design in DRIVEN:
                    yield _drivers(rows, home, rival)


class _Side:
    """One side of a market: the plant at home (of an age), or the rival's cells as they arrive."""

    def __init__(
        self,
        found: Costs,
        key: tuple[str, str, str, str],
        inputs: X,
        read: dict[str, dict[str, Behind]],
    ) -> None:
        policy, place, design, age = self.key = key
        self.at_home = age != ALL
        self.market: Market = found.market(place, design, age if self.at_home else AGE, policy)
        function = self.market.home_stack if self.at_home else self.market.rival_stack
        levers = self.market.levers.values()
        x = {**inputs, **levers}
        self.stack: Stack = {name: as_draws(value) for name, value in function(x).items()}
        if policy == IN_FORCE:
            rows = found.steps, found.instruments(place)
            read[age] = behind(function, self.market.inputs, levers, *rows)
        # Without policy the same is read but for the register.
        known = read[age]
        self.behind = {line: known[line].without("policies") if policy == NONE else known[line]
                       for line in self.stack}  # fmt: skip
        #: What one more unit of duty adds to the price of the rival's cells.
        self.customs = self.total()
        if not self.at_home:
            self.customs = as_draws(function({**x, DUTY_LEVER: 1.0})["duty"])

    def item(self, line: str) -> str:
        """The item of a line."""
        policy, place, design, age = self.key
        side = "home" if self.at_home else "rival"
        return f"{place}-{design}-{age}-{policy}-{side}/{line}".replace(" ", "-")

    def terms(self, sign: float = 1.0) -> Stack:
        """The lines as parts of a sum."""
        return {self.item(name): sign * line for name, line in self.stack.items()}

    def total(self, without: str = "") -> Draws:
        """The sum of the lines."""
        lines = [line for name, line in self.stack.items() if name != without]
        return np.asarray(np.sum(lines, axis=0))

    def add_lines(self, rows: Rows, measure: str) -> None:
        """Each line as a number of its own."""
        for name, line in self.stack.items():
            rows.add((measure, *self.key, name), {self.item(name): line})

    def items(self) -> _Items:
        """Every line, and all of them together, with what stands behind."""
        _, place, design, age = self.key
        whose = f"plant in {places.name(place)}" if self.at_home else "Chinese cell delivered there"
        when = "" if age == ALL else f", {year(age)}"
        told: _Items = {}
        for line, own in {**self.behind, ALL: joined(self.behind.values())}.items():
            label = ("cost" if self.at_home else "price") if line == ALL else line
            item = self.item(line)
            told[item] = (item, f"{label}, {design}, {whose}{when}", *own.told, [])
        return told


def year(age: str) -> str:
    """A year after start in words."""
    return "ripe" if age not in AGES or age == "ripe" else f"year {age}"


def as_draws(value: Value) -> Draws:
    """A best value and its draws, the same where there is no range; shape (1 + DRAWS,)."""
    return np.broadcast_to(np.asarray(value, float), (1 + DRAWS,))


def _gaps(rows: Rows, home: _Side, rival: _Side) -> None:
    """The gap in money, in per cent on both bases, and the duty and credit that close it."""
    rows.add((GAP, *home.key, ALL), {**home.terms(), **rival.terms(-1.0)})
    cost, price = home.total(), rival.total()
    # Duty and credit are absolute: what is in force of them is taken out first.
    bare_cost, bare_price = home.total(CREDIT_LINE), rival.total(DUTY_LINE)
    for measure, ours, theirs, base in (
        (OVER_PRICE, cost, price, price / 100),
        (OVER_COST, cost, price, cost / 100),
        (DUTY, cost, bare_price, rival.customs / 100),
        (CREDIT, bare_cost, price, np.ones(1)),
    ):
        terms = {home.item(ALL): ours / base, rival.item(ALL): -theirs / base}
        rows.add((measure, *home.key, ALL), terms)


def _apart(rows: Rows, home: _Side, rival: _Side) -> None:
    """The gap by line: what it is at home less what it is at the rival."""
    for line in {**home.stack, **rival.stack}:
        terms = {}
        if line in home.stack:
            terms[home.item(line)] = home.stack[line]
        if line in rival.stack:
            terms[rival.item(line)] = -rival.stack[line]
        rows.add((GAP, *home.key, line), terms)


def _closing(rows: Rows, home: _Side, rival: _Side) -> None:
    """The credit that closes the gap beside a duty: a straight line in each draw."""
    cost, price = home.total(CREDIT_LINE), rival.total(DUTY_LINE)
    for duty in DUTIES:
        delivered = price + rival.customs * (duty / 100)
        terms = {home.item(ALL): cost, rival.item(ALL): -delivered}
        rows.add((CREDIT, *home.key, duty_line(duty)), terms)


def duty_line(duty: int) -> str:
    """The word for a duty in the dimension ``line``."""
    return f"duty of {duty} %"


def _drivers(rows: Rows, home: _Side, rival: _Side) -> _Items:
    """What moves the gap most, input by input."""
    named = home.market.inputs.named
    both = joined([*home.behind.values(), *rival.behind.values()])
    wanted = both.assumptions
    records = {record for read in both.records.values() for record in read}
    inside = {n: e for n, e in named.items() if n in wanted or records & set(e.records)}
    market = replace(home.market, inputs=replace(home.market.inputs, named=inside))
    rest = {n: e.central for n, e in named.items() if n not in inside}
    swings = market.swings(lambda x: market.gap({**rest, **x}))[:DRIVERS]
    best = float(home.total()[0] - rival.total()[0])
    gap = home.item(ALL) + "-less-rival"
    policy, place, design, age = home.key
    where = f"{design}, plant in {places.name(place)}, {year(age)}"
    told: _Items = {gap: (gap, f"gap at best values, {where}", *both.told, [])}
    for swing in swings:
        entry = named[swing.name]
        item = f"{place}-{design}-{age}-{policy}-driver/{swing.name}"
        own = Behind()
        if entry.table == "assumptions":
            own.assumptions.update(entry.records)
        else:
            own.add(entry.table, entry.records)
        told[item] = (item, f"what {swing.name} moves, {where}", *own.told, [])
        rows.moved((DRIVER, *home.key, swing.name), gap, best, item, swing)
    return told


_PARTS: dict[str, Any] = {
    **dict.fromkeys(DIMS, pl.String),
    "whole": pl.Boolean,
    "role": pl.String,
    "item": pl.String,
    **dict.fromkeys(VALUES, pl.Float64),
}
