"""Each question of ``breakeven`` as tables and sentences; cells do the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from multipolar.cli.market import listed, ranges

if TYPE_CHECKING:
    from multipolar.cells.asked import Asked
    from multipolar.cells.breakeven import Closing
    from multipolar.cells.market import Market
    from multipolar.cells.ranges import Range
    from multipolar.evidence.store import Evidence

WHO_PAYS = """\
Sizes are absolute: what is in force is part of them. closes: share of draws in which a lever can,
and over which its ranges are; sizes at best values stand only where it can there.
paid: by the state for a kWh made at home; taken: by the state for a kWh imported; buyers: what a
kWh made at home, at its cost with margin, costs more than an import does today. At a closed gap
home and import cost the same: if all is made at home the budget bears what is paid, if all is
imported it has what is taken. A credit and a duty close the same gap: only who pays differs."""
SAME_OUTPUT = "Output stays as it is: what a plant that yields more sells besides is not counted."
SAME_SOURCES = (
    "Over no duty on materials, bought from where they are now; the gap is wider by as much."
)
#: A lever that closes the gap in fewer draws has no range worth telling.
SELDOM = 0.1
LIKE_PLANTS = (
    "Like plants in one place, and materials of sodium-ion at prices assumed for a market at "
    "scale: no such plant has run for years."
)


@dataclass(frozen=True)
class Money:
    """What US$ are told in."""

    currency: str
    rate: float

    def told(self, amount: Range) -> str:
        """A range in words, without its unit."""
        from multipolar.figures.say import ranged

        low, central, high = amount.times(self.rate)
        return ranged(low, central, high, "")

    def of(self, unit: str) -> float:
        """What a number in a unit is multiplied by."""
        return self.rate if unit.startswith("US$") else 1.0

    def unit(self, unit: str) -> str:
        """The unit in this currency."""
        return unit.replace("US$", self.currency)


@dataclass(frozen=True)
class Answer:
    """Tables by title, what follows for this market, and what holds for all."""

    tables: dict[str, list[dict[str, Any]]]
    said: Sequence[str] = ()
    general: Sequence[str] = ()


def gap(found: Market, pair: str, money: Money) -> Answer:
    """Levers that close the gap alone, the line of a pair, and which is cheapest."""
    from multipolar.cells.breakeven import cheapest, closed, closings, mixes, steps
    from multipolar.cells.levers import LEVERS

    names = listed(pair)
    if len(names) != 2:
        raise typer.BadParameter(f"{pair!r}: name two levers, as duty_cell,credit_cell")
    first, second = names
    sizes = steps(closings(found, [first])[0])
    line = zip(sizes, mixes(found, first, second, sizes), strict=True)
    alone = closings(found)
    units = {name: LEVERS[name].unit for name in {first, second, *(c.levers[0] for c in alone)}}
    tables: dict[str, list[dict[str, Any]]] = {
        "levers that close the gap alone, at the size": [
            {"lever": c.levers[0], **ranges(c.sizes[0], "", money.of(units[c.levers[0]])),
             "unit": money.unit(units[c.levers[0]]), "closes": c.closes, **_payers(c, money)}
            for c in alone if c.closes >= SELDOM
        ],
        f"{first} and {second} that close it together": [
            {first: size * money.of(units[first]),
             **ranges(c.sizes[1], f"{second}_", money.of(units[second])), "closes": c.closes,
             **_payers(c, money)}
            for size, c in line
        ],
    }  # fmt: skip
    said = [f"there is no gap in {100 * closed(found):.0f} % of draws under this policy"]
    if unable := [c.levers[0] for c in alone if c.closes < SELDOM]:
        said.append(f"enough alone in less than {100 * SELDOM:.0f} % of draws: {', '.join(unable)}")
    for who, equal in cheapest(alone).items():
        whom = "the budget" if who == "budget" else "buyers"
        said.append(
            f"cheapest for {whom}, if all is made at home: "
            f"{' or '.join(c.levers[0] for c in equal)} (the state pays "
            f"{money.told(equal[0].paid)}, buyers {money.told(equal[0].buyers)})"
        )
    return Answer(tables, said, [WHO_PAYS])


def _payers(closing: Closing, money: Money) -> dict[str, float | None]:
    """Who pays, at best values and with ranges."""
    found: dict[str, float | None] = {}
    for name in ("paid", "taken", "buyers"):
        ends = ranges(getattr(closing, name), "", money.rate)
        found |= {name: ends["central"]}
        if name != "taken":
            found |= {f"{name}_low": ends["low"], f"{name}_high": ends["high"]}
    return found


def scrap(found: Market, first: float, last: float, credit: float, money: Money) -> Answer:
    """What less scrap saves, beside a credit."""
    from multipolar.cells.ranges import Range
    from multipolar.cells.tradeoffs import less_scrap

    told = less_scrap(found, first, last)
    move = f"from {100 * first:g} to {100 * last:g} %"
    unit = f"{money.currency}/kWh"
    rows = [
        {"what": "scrap of the plant", **ranges(told.scrap, "", 100), "unit": "%"},
        {"what": "saved by one point less", **ranges(told.point, "", money.rate), "unit": unit},
        {"what": f"saved {move}", **ranges(told.saved, "", money.rate), "unit": unit},
        {"what": "saved by the credit", **ranges(Range(credit, credit, credit), "", money.rate),
         "unit": unit},
    ]  # fmt: skip
    said = [
        f"a credit of 1 is worth {1 / (told.point.central * money.rate):.2g} points of scrap; "
        f"{move} is worth {told.saved.central / credit:.2f} of the credit of "
        f"{credit * money.rate:.4g}"
    ]
    return Answer({"less scrap, and a credit": rows}, said, [SAME_OUTPUT])


def materials(found: Market, rate: float, money: Money) -> Answer:
    """What a duty on active materials adds to the cost at home."""
    from multipolar.cells.levers import Levers
    from multipolar.cells.tradeoffs import duty_on_materials

    Levers(duty_cathode=rate)
    rows = [
        {"duty_on": case, **ranges(added, "", money.rate), "unit": f"{money.currency}/kWh",
         **ranges(part, "%_")}
        for case, (added, part) in duty_on_materials(found, rate).items()
    ]  # fmt: skip
    title = f"what a duty of {100 * rate:g} % on imported material adds to the cost at home"
    return Answer({title: rows}, general=[SAME_SOURCES])


def hub(store: Evidence, asked: Asked, hub_gwh: float, money: Money) -> Answer:
    """A small plant beside one of the size that is asked about."""
    from multipolar.cells.asked import pose
    from multipolar.cells.breakeven import ROUNDING
    from multipolar.cells.tradeoffs import hub

    told = hub(*(pose(store, replace(asked, gwh=gwh))[0] for gwh in (hub_gwh, asked.gwh)))
    rows = []
    for line, small in told.small.items():
        large = told.large[line]
        difference = small.central - large.central
        if abs(difference) > ROUNDING or line == "total":
            rows.append(
                {"line": line, **ranges(small, "hub_", money.rate),
                 **ranges(large, "plant_", money.rate), "difference": difference * money.rate}
            )  # fmt: skip
    title = f"a hub of {hub_gwh:g} and a plant of {asked.gwh:g} GWh/yr; lines that differ"
    return Answer(
        {title: rows},
        [f"co-location has to save {money.told(told.equal)} a kWh to make them equal"],
    )


def lithium(store: Evidence, asked: Asked, against: str, money: Money) -> Answer:
    """From which price of carbonate on sodium-ion is cheaper."""
    from multipolar.cells.lithium import crossings
    from multipolar.figures.say import number

    found, now = crossings(store, asked.plant(), tuple(listed(against)))
    prices = {"now": now.price, "newest": now.amounts_to, "peak": now.peak}
    rows = []
    for one in found:
        level = ranges(one.price, "", money.rate)
        row: dict[str, Any] = {"cells": one.chemistry, "boundary": one.boundary}
        row |= {name: None if end is None else max(end, 0.0) for name, end in level.items()}
        row["unit"] = f"{money.currency}/t"
        row |= {f"%_at_{name}": 100 * one.chances[price] for name, price in prices.items()}
        rows.append(row)
    quoted, newest, peak = (number(price * money.rate) for price in prices.values())
    said = [
        f"now: {quoted} a t of carbonate ({now.day}); newest: {newest}, to which the cathode quote "
        f"of {now.newest} amounts; peak: {peak}, the highest yearly price on record "
        f"({now.peak_year}); %: draws in which the cell or pack is the cheaper one at that price"
    ]
    never = [f"{c.chemistry} ({c.boundary})" for c in found if c.price.central > now.peak]
    if never:
        said.append(f"not cheaper at best values at any price up to the peak: {', '.join(never)}")
    cells = f"cells or packs are cheaper than those of {asked.chemistry}"
    return Answer({f"price of lithium carbonate above which {cells}": rows}, said, [LIKE_PLANTS])
