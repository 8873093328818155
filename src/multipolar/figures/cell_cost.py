"""Figure ``cell-cost``: what does a cell cost, beside a Chinese one delivered there, and why?

Stacked cost of a plant in its third year and the delivered price of its rival; the gap by place,
chemistry and age; by line of the stack; the inputs that move it; pairs of duty and credit that
close it. Real 2025 US$ (or another currency) per kWh of cells, without tax.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.cells.cost_result import AGE, COST, DELIVERED, GAP, costs
from multipolar.cells.costs import DESIGNS
from multipolar.evidence.result import ALL, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, labels, named_rows, ranges, room, tooltip
from multipolar.figures.cell_cost_found import (
    HERE,
    MAIN,
    OTHER,
    PLACE,
    RANGE,
    Found,
    empty,
    ranged,
)
from multipolar.figures.cell_cost_gap import breakeven, drivers, gaps, lines
from multipolar.figures.figure import Figure, View
from multipolar.figures.say import listing
from multipolar.figures.theme import Mode

#: Widths of an entry of the legend of the stack and of the names beside the plot.
ENTRY, NAMES = 185, 110
#: Lines of the stack that a bar shows as one, with its colour.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Cathode material": ("#0072B2", ("cathode active material",)),
    "Anode material": ("#56B4E9", ("anode active material",)),
    "Other materials": ("#B3D4E8", ("electrolyte", "separator", "copper foil", "aluminium foil",
                                    "housing", "additives")),
    "Scrap": ("#D55E00", ("scrap",)),
    "Energy": ("#F0C419", ("energy",)),
    "Labour": ("#E69F00", ("labour",)),
    "Investment and its return": ("#009E73", ("depreciation", "capital cost", "maintenance",
                                              "capital grant", "ramp-up support")),
    "Overhead, research, warranty": ("#7FC8A9", ("overhead", "research", "warranty")),
    "Margin": ("#B79AD1", ("margin",)),
    "Freight": ("#8C8C8C", ("freight",)),
    "Duty and tax kept": ("#CC79A7", ("duty", "tax kept", "carbon")),
    "Credits": ("#5B6770", ("credit", "credit for material", "co-location")),
}  # fmt: skip
GROUP = {line: name for name, (_, lines) in GROUPS.items() for line in lines}
USUAL = "A plant of 40 GWh/yr, of a maker new to it outside China, Korea and Japan."


def data(evidence: Evidence, currency: str) -> Result:
    """Costs, delivered prices, gaps and what closes them, in real 2025 ``currency`` per kWh."""
    return costs(evidence, currency)


def columns() -> Any:
    """How many columns of the legend of a stack fit.

    By the page, not by the plot: a plot takes its width from what the legend leaves, and a legend
    that follows it is cut off.
    """
    import altair as alt

    page = f"(containerSize()[0] || width + {NAMES})"
    return alt.ExprRef(f"clamp(floor(({page} - {NAMES}) / {ENTRY}), 1, 3)")


def views(result: Result) -> dict[str, View]:
    """Stacks, gaps by place and age, gaps by line, inputs, and what closes the gap."""
    found = Found(result)
    return {
        "": _stacks(found),
        "gap": gaps(found),
        "lines": lines(found),
        "drivers": drivers(found),
        "breakeven": breakeven(found),
    }


def _stacks(found: Found) -> View:
    made, sold = found.of(COST, place=PLACE, age=AGE), found.of(DELIVERED, place=PLACE)
    rows = pl.concat([made, sold]).with_columns(
        row=pl.format(
            "{}|{}",
            "chemistry",
            pl.when(pl.col("measure") == COST)
            .then(pl.lit(f"made in {HERE}"))
            .otherwise(pl.lit("from China")),
        ),
        group=pl.col("line").replace(GROUP),
    )
    order = [f"{design}|{side}" for design in DESIGNS for side in (f"made in {HERE}", "from China")]
    shown = set(rows["row"])
    order = [name for name in order if name in shown]
    rank = {name: at for at, name in enumerate(GROUPS)}
    places_in_bar = {line: at for at, line in enumerate(GROUP)}
    segments = rows.filter(pl.col("line") != ALL).with_columns(
        order=pl.col("group").replace_strict(rank, default=len(rank), return_dtype=pl.Int64) * 100
        + pl.col("line").replace_strict(places_in_bar, default=99, return_dtype=pl.Int64)
    )
    ends = rows.filter(pl.col("line") == ALL).select(
        "row", "key", low="value_low", high="value_high", end="value_high",
        text=pl.Series(
            [ranged(r) for r in rows.filter(pl.col("line") == ALL).to_dicts()], dtype=pl.String
        ),
    )  # fmt: skip
    groups = [name for name in GROUPS if name in set(segments["group"])]

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        x = alt.X("value:Q", title=f"{found.money} per kWh of cells", scale=scale).stack("zero")
        colour = coloured("group", None, {name: GROUPS[name][0] for name in groups})
        colour = colour.legend(columns=columns(), columnPadding=8)
        bars = (
            alt.Chart(segments)
            .mark_bar(height=alt.RelativeBandSize(0.62))
            .encode(y, x, colour, alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("line", "Line"),
                    ("value", found.money, ",.1f"),
                    ("value_low", "low", ",.1f"),
                    ("value_high", "high", ",.1f"),
                )
            )
        )
        whisker = ranges(ends, y, mode)
        return alt.layer(bars, whisker, labels(ends, y, "end")).properties(
            width=620, height=34 * max(len(order), 1)
        )

    def more(design: str) -> str:
        """Cost and gap of one design."""
        cost, gap = found.told(COST, chemistry=design), found.told(GAP, chemistry=design)
        return f"{design} {cost}, {gap} more"

    if not order:
        return View(draw, f"No cost of a cell: {found.when}", *empty())
    title = f"A cell made in {HERE} in year {AGE} after start costs, in {found.money}/kWh: "
    title += f"{more(MAIN)} than a Chinese one delivered there; {more(OTHER)}"
    told = [
        f"{row.replace('|', ' ')} {text}"
        for row, text in zip(ends["row"], ends["text"], strict=True)
    ]
    out = f" Left out: {listing(sorted(found.left_out))}." if found.left_out else ""
    return View(
        draw,
        title,
        subtitle=f"Cost ex works and delivered price, real 2025 {found.money} per kWh of cells, by "
        f"line; policy in force; {found.when}",
        alt=f"Stacked bars with ranges. {listing(told, len(told))} {found.money} per kWh.",
        note=f"{USUAL} The Chinese plant is ripe. {RANGE} {found.policy}{out}",
    )


FIGURE = Figure(
    name="cell-cost",
    number=5,
    question="What does a cell cost to make, beside a Chinese one delivered there, and why?",
    data=data,
    views=views,
)
