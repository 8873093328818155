"""Figure ``value-chain``: what does each step of making a cell cost and use, and what is in it?

The seven major steps and supporting areas of a ripe plant: cost, energy, material lost; what dry
coating takes out; what cells of different chemistry hold, and what sodium-ion changes. Real 2025
US$ (or another currency) per kWh of cells, kWh of energy and kg for each kWh.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.cells.cost_result import year
from multipolar.cells.process import MAJOR_STEPS
from multipolar.cells.steps import SUPPORT
from multipolar.cells.steps_result import (
    COATING_STEP,
    COST,
    DRY,
    ELECTRICITY,
    ENERGY,
    HEAT,
    INVESTMENT,
    MASS,
    RIPE,
    SAVED,
    SCRAP,
    TOLD,
    WET,
    steps,
)
from multipolar.evidence.result import ALL, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, heat, labels, named_rows, ranges, room, tooltip
from multipolar.figures.cell_cost import GROUP, GROUPS, columns
from multipolar.figures.cell_cost_found import RANGE
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import STATUSES, Mode
from multipolar.words import places

PLACE, MAIN, SODIUM = "EU27", "LFP", "Na-ion-layered"
HERE = f"the {places.name(PLACE)}"
ROWS = {name: f"{at} {name}" for at, name in MAJOR_STEPS.items()} | {SUPPORT: SUPPORT}
#: Designs in the table of materials, and its rows.
DESIGNS = ("LFP", "LMFP", "NMC622", "NMC811", "NMC811-silicon", "NMC811-semi-solid", "Li-S",
           SODIUM)  # fmt: skip
COMPONENTS = ("cathode active material", "anode active material", "electrolyte", "separator",
              "copper foil", "aluminium foil", "housing", "additives")  # fmt: skip
PAIR = {MAIN: "#009E73", SODIUM: "#E69F00"}
#: Groups of lines that hold less in a step than in the stack of a cell.
NAMED = {"Overhead, research, warranty": "Overhead, research"}
ENERGIES = {ELECTRICITY: "#F0C419", HEAT: "#D55E00"}
#: A change of mass by less than this, as a share, is told as none.
SAME = 0.2


def data(evidence: Evidence, currency: str) -> Result:
    """Steps and materials of cells; money is real 2025 money of ``currency``."""
    return steps(evidence, currency)


def views(result: Result) -> dict[str, View]:
    """Cost, energy and loss by step, dry coating, materials by chemistry, sodium-ion."""
    rows = result.data.with_columns(key(*result.dims))
    return {
        "": _costs(rows),
        "energy": _energy(rows),
        "scrap": _scrap(rows),
        "dry": _dry(rows),
        "materials": _materials(rows),
        "sodium": _sodium(rows),
    }


def _of(rows: pl.DataFrame, measure: str, **keys: str) -> pl.DataFrame:
    """Rows of a measure with these keys."""
    wanted = [pl.col(name) == value for name, value in keys.items()]
    return rows.filter(pl.col("measure") == measure, *wanted)


def _ends(rows: pl.DataFrame, row: str = "row") -> pl.DataFrame:
    """Ends of bars with their text."""
    text = [_ranged(r) for r in rows.to_dicts()]
    return rows.select(
        row, "key", low="value_low", high="value_high", end="value_high",
        text=pl.Series(text, dtype=pl.String),
    )  # fmt: skip


def _ranged(row: dict[str, Any]) -> str:
    ends = span(row["value_low"], row["value_high"], 2)
    return f"{number(row['value'], 2)} ({ends})"


def _costs(rows: pl.DataFrame) -> View:
    usual = {"place": PLACE, "chemistry": MAIN, "coating": WET, "age": RIPE}
    here = _of(rows, COST, **usual).filter(pl.col("step") != ALL)
    here = here.with_columns(
        row=pl.col("step").replace(ROWS), group=pl.col("part").replace(GROUP).replace(NAMED)
    )
    shades = {NAMED.get(name, name): shade for name, (shade, _) in GROUPS.items()}
    rank = {name: at for at, name in enumerate(shades)}
    bars = here.filter(pl.col("part") != ALL).with_columns(
        order=pl.col("group").replace_strict(rank, default=99, return_dtype=pl.Int64)
    )
    ends = _ends(here.filter(pl.col("part") == ALL))
    order = [name for name in ROWS.values() if name in set(ends["row"])]
    shades = {name: shade for name, shade in shades.items() if name in set(bars["group"])}
    money = _money(rows, COST)

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        x = alt.X("value:Q", title=f"{money} per kWh of cells", scale=scale).stack("zero")
        colour = coloured("group", None, shades)
        marks = (
            alt.Chart(bars)
            .mark_bar(height=alt.RelativeBandSize(0.62))
            .encode(y, x, colour.legend(columns=columns(), columnPadding=8), alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("step", "Step"), ("part", "Line"), ("value", money, ",.2f"),
                    ("value_low", "low", ",.2f"), ("value_high", "high", ",.2f"),
                )
            )
        )  # fmt: skip
        return alt.layer(marks, ranges(ends, y, mode), labels(ends, y, "end")).properties(
            width=620, height=34 * max(len(order), 1)
        )

    whole = _of(rows, COST, **usual, step=ALL, part=ALL).to_dicts()
    if not whole:
        return View(draw, "No cost of a step: a price of a material is not on record", *_empty())
    sizes = here.filter((pl.col("part") == ALL) & (pl.col("step") != SUPPORT))
    first, second = sizes.sort("value", descending=True).head(2).to_dicts()
    rest = here.filter((pl.col("part") == ALL) & (pl.col("step") == SUPPORT)).to_dicts()
    said = [f"{r} {t}" for r, t in ends.select("row", "text").rows()]
    title = (
        f"Making an {MAIN} cell in a ripe plant in {HERE} costs {_ranged(whole[0])} {money}/kWh "
    )
    title += f"without materials: {first['step']} {_ranged(first)} and {second['step']} "
    title += f"{_ranged(second)} most among the seven steps"
    return View(
        draw,
        title,
        subtitle=f"Cost of making by major step, real 2025 {money} per kWh of cells; scrap is the "
        "cost of the material that is lost in the step",
        alt=f"Stacked bars by step. {listing(said, len(said))} {money} per kWh.",
        note=f"A plant of 40 GWh/yr with wet coating, past ramp-up. Supporting areas (dry room, "
        f"buildings, laboratory, warehouse) cost {_ranged(rest[0]) if rest else 'nothing'}. "
        "Warranty and the return on money in stocks of material, which the cost of a cell holds, "
        f"and margin are in no step. {RANGE} China, NMC622, sodium-ion and young plants are in the "
        "data.",
    )


def _energy(rows: pl.DataFrame) -> View:
    usual = {"place": PLACE, "chemistry": MAIN, "coating": WET, "age": RIPE}
    here = _of(rows, ENERGY, **usual).filter(pl.col("step") != ALL)
    here = here.with_columns(row=pl.col("step").replace(ROWS))
    bars = here.filter(pl.col("part") != ALL)
    ends = _ends(here.filter(pl.col("part") == ALL))
    order = [name for name in ROWS.values() if name in set(ends["row"])]

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        x = alt.X("value:Q", title="kWh for each kWh of cells", scale=scale).stack("zero")
        marks = (
            alt.Chart(bars)
            .mark_bar(height=alt.RelativeBandSize(0.62))
            .encode(y, x, coloured("part", None, ENERGIES))
            .encode(
                tooltip=tooltip(
                    ("step", "Step"), ("part", "Energy"), ("value", "kWh/kWh", ",.2f"),
                    ("value_low", "low", ",.2f"), ("value_high", "high", ",.2f"),
                )
            )
        )  # fmt: skip
        return alt.layer(marks, ranges(ends, y, mode), labels(ends, y, "end")).properties(
            width=620, height=34 * max(len(order), 1)
        )

    whole = _of(rows, ENERGY, **usual, step=ALL, part=ALL).to_dicts()
    if not whole:
        return View(draw, "No energy of a step: the plant is not on record as a whole", *_empty())
    large = here.filter(pl.col("part") == ALL).sort("value", descending=True).head(3).to_dicts()
    most = [f"{row['step']} {number(100 * row['value'] / whole[0]['value'], 2)} %" for row in large]
    said = [f"{r} {t}" for r, t in ends.select("row", "text").rows()]
    none = [name for step, name in ROWS.items() if name not in order]
    return View(
        draw,
        title=f"A kWh of {MAIN} cells takes {_ranged(whole[0])} kWh to make: {listing(most)}",
        subtitle="Electricity and heat by step, kWh for each kWh of cells that are sold, ripe "
        f"plant in {HERE}, wet coating",
        alt=f"Stacked bars of electricity and heat by step. {listing(said, len(said))} kWh.",
        note=f"Heat is that of the fuel or steam; {', '.join(none) or 'no step'}: nothing on "
        f"record. The dry room is a supporting area. {RANGE}",
    )


def _scrap(rows: pl.DataFrame) -> View:
    here = _of(rows, SCRAP, place=PLACE).filter(pl.col("step") != ALL)
    whens = [year(age) for age in TOLD]
    here = here.with_columns(
        row=pl.col("step").replace(ROWS),
        when=pl.col("age").replace({age: year(age) for age in TOLD}),
        low="value_low",
        high="value_high",
    )
    order = [name for name in ROWS.values() if name in set(here["row"])]

    def draw(mode: Mode) -> Any:
        shades = dict(zip(whens, STATUSES[mode], strict=True))
        title = "% of the active material that the plant starts"
        tips = tooltip(
            ("step", "Step"), ("when", "Plant"), ("value", "%", ".1f"),
            ("low", "low", ".1f"), ("high", "high", ".1f"),
        )  # fmt: skip
        return _side_by_side(here, order, ("when", shades), title, tips, 52)

    every = {
        (row["place"], row["age"]): _ranged(row) for row in _of(rows, SCRAP, step=ALL).to_dicts()
    }
    if not every:
        return View(draw, "No loss of a step: the plant is not on record as a whole", *_empty())
    young, ripe = every[PLACE, TOLD[1]], every[PLACE, RIPE]
    china = ""
    if ("CHN", RIPE) in every:
        china = f"A plant in China: {every['CHN', TOLD[0]]} % in year 1, "
        china += f"{every['CHN', RIPE]} % when ripe. "
    last = here.filter(pl.col("age") == RIPE).sort("value", descending=True).head(2).to_dicts()
    said = [f"{r['row']}, {r['when']}: {_ranged(r)}" for r in here.to_dicts()]
    return View(
        draw,
        title=f"A plant of a new maker loses {young} % of its active material in year {TOLD[1]} "
        f"and {ripe} % when ripe, most of it in {listing([row['step'] for row in last])}",
        subtitle=f"Active material that does not end in sold cells, by step and year after start, "
        f"% of what the plant starts, {HERE}",
        alt=f"Bars by step and year. {listing(said, len(said))} %.",
        note=f"In year 1: {every[PLACE, TOLD[0]]} %. {china}How the loss is spread over the steps "
        "is that of the plant of BatPaC, past ramp-up; no source tells it for a young plant. "
        "Calendering and filling lose no active material there.",
    )


def _dry(rows: pl.DataFrame) -> View:
    here = _of(rows, SAVED, place=PLACE, chemistry=MAIN)
    words = {COST: "Cost of making", ENERGY: "Energy", INVESTMENT: "Investment"}
    where = {COATING_STEP: COATING_STEP, ALL: "whole plant"}
    here = here.with_columns(
        row=pl.format("{},|{}", pl.col("part").replace(words), pl.col("step").replace(where)),
        at=pl.col("step").replace(where),
    )
    ends = _ends(here).with_columns(pl.col("text") + " %")
    order = [f"{word},|{place}" for word in words.values() for place in where.values()]
    order = [name for name in order if name in set(here["row"])]

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        x = alt.X("value:Q", title="Saved by dry coating, %", scale=scale)
        shades = dict(zip(where.values(), STATUSES[mode], strict=False))
        marks = (
            alt.Chart(here)
            .mark_bar(height=alt.RelativeBandSize(0.6))
            .encode(y, x, coloured("at", None, shades))
            .encode(
                tooltip=tooltip(
                    ("row", "Of"), ("value", "%", ".1f"), ("value_low", "low", ".1f"),
                    ("value_high", "high", ".1f"),
                )
            )
        )  # fmt: skip
        return alt.layer(marks, ranges(ends, y, mode), labels(ends, y, "end")).properties(
            width=620, height=38 * max(len(order), 1)
        )

    found = {(row["part"], row["step"]): row for row in here.to_dicts()}
    if not found:
        return View(
            draw, "No saving by dry coating: the plant is not on record as a whole", *_empty()
        )
    usual = {"place": PLACE, "chemistry": MAIN, "age": RIPE, "step": ALL, "part": ALL}
    paid = [_of(rows, COST, **usual, coating=c)["value"].to_list()[0] for c in (WET, DRY)]
    money = _money(rows, COST)
    said = [f"{r} {t}".replace("|", " ") for r, t in ends.select("row", "text").rows()]
    title = f"Dry coating would save {_ranged(found[ENERGY, ALL])} % of the energy of a plant, "
    title += f"{_ranged(found[INVESTMENT, ALL])} % of its investment and "
    title += f"{_ranged(found[COST, ALL])} % of the cost of making"
    return View(
        draw,
        title,
        subtitle="What dry coating of both electrodes saves, % of the same with wet coating, "
        f"{MAIN}, ripe plant in {HERE}",
        alt=f"Bars of savings. {listing(said, len(said))}.",
        note=f"It takes the solvent, its recovery and most of the drying out of one of the seven "
        f"steps ({COATING_STEP}); no step falls away altogether here, since film is still mixed, "
        f"laid on foil and pressed. Cost of making falls from {number(paid[0])} to "
        f"{number(paid[1])} {money}/kWh. The shares saved are our own reading, which nobody has "
        "checked; other materials (binder), speed and yield of dry coating are not in it.",
    )


def _materials(rows: pl.DataFrame) -> View:
    here = _of(rows, MASS).filter(
        pl.col("part").is_in(COMPONENTS) & pl.col("chemistry").is_in(DESIGNS)
    )
    order = [name for name in COMPONENTS if name in set(here["part"])]
    designs = [name for name in DESIGNS if name in set(here["chemistry"])]
    cells = here.with_columns(pl.col("value").round(3))

    def draw(mode: Mode) -> Any:
        import altair as alt

        axis = alt.Axis(orient="top", labelAngle=-90, labelLimit=140)
        chart = heat(
            cells,
            "value",
            ".2f",
            mode,
            title="kg/kWh",
            y=named_rows(order, "part", "datum.label"),
            x=alt.X("chemistry:N", sort=designs, title=None, axis=axis),
            tooltip=tooltip(
                ("chemistry", "Cell"), ("part", "Component"), ("value", "kg/kWh", ".3f"),
                ("value_low", "low", ".3f"), ("value_high", "high", ".3f"),
            ),
        )  # fmt: skip
        return chart.properties(width=560, height=36 * max(len(order), 1))

    whole = {r["chemistry"]: r for r in _of(rows, MASS, part=ALL).to_dicts()}
    if not whole:
        return View(draw, "No bill of materials on record", *_empty())
    told = [f"{name} {_ranged(whole[name])}" for name in ("NMC811", MAIN, SODIUM) if name in whole]
    said = [f"{name} {_ranged(whole[name])}" for name in designs]
    return View(
        draw,
        title=f"For each kWh a finished cell weighs, in kg: {listing(told)}",
        subtitle="What a finished cell holds by component and design, kg for each kWh, without "
        "what is lost in making it",
        alt=f"Table of components and designs. In all: {listing(said, len(said))} kg/kWh.",
        note="In brackets the sum of the low and of the high ends of all materials. Each material "
        "with its range is in the data; parts of modules and packs are not in it.",
    )


def _sodium(rows: pl.DataFrame) -> View:
    held = _of(rows, MASS).filter(pl.col("chemistry").is_in(list(PAIR)) & (pl.col("part") != ALL))
    # Materials where a component has several, else the component.
    materials_ = held.filter(pl.col("part").str.contains(": ")).with_columns(
        row=pl.col("part").str.split(": ").list.last(), low="value_low", high="value_high"
    )
    amounts: dict[str, dict[str, float]] = {}
    for row in materials_.to_dicts():
        amounts.setdefault(row["row"], {})[row["chemistry"]] = row["value"]
    gone = sorted(
        (m for m, of in amounts.items() if SODIUM not in of), key=lambda m: -amounts[m][MAIN]
    )
    come = sorted(
        (m for m, of in amounts.items() if MAIN not in of), key=lambda m: -amounts[m][SODIUM]
    )
    both = sorted((m for m, of in amounts.items() if len(of) == len(PAIR)),
                  key=lambda m: -max(amounts[m].values()))  # fmt: skip
    order = [*gone, *come, *both]

    def draw(mode: Mode) -> Any:
        tips = tooltip(
            ("row", "Material"), ("chemistry", "Cell"), ("value", "kg/kWh", ".3f"),
            ("low", "low", ".3f"), ("high", "high", ".3f"),
        )  # fmt: skip
        title = "kg for each kWh of cells"
        return _side_by_side(materials_, order, ("chemistry", PAIR), title, tips, 32)

    if not (gone and come):
        return View(draw, "No bill of materials to compare on record", *_empty())
    moved = [
        f"{m} ({number(amounts[m][SODIUM] / amounts[m][MAIN], 2)} times)"
        for m in both
        if abs(amounts[m][SODIUM] / amounts[m][MAIN] - 1) > SAME
    ]
    said = [
        f"{m}: " + listing([f"{n} {number(v, 2)}" for n, v in amounts[m].items()]) for m in order
    ]
    return View(
        draw,
        title=f"A sodium-ion cell does without {listing(gone)} of an {MAIN} cell and needs "
        f"{listing(come)}",
        subtitle=f"Materials of an {MAIN} and of a layered-oxide sodium-ion cell, kg for each kWh",
        alt=f"Pairs of bars by material. {listing(said, len(said))} kg/kWh.",
        note=f"Of what both hold, these change by more than {SAME:.0%}: {listing(moved, 6)}. The "
        "steps of making are the same seven; aluminium takes the place of copper foil at the "
        "anode. Lines are low to high on record.",
    )


def _money(rows: pl.DataFrame, measure: str) -> str:
    unit = rows.filter(pl.col("measure") == measure)["unit"]
    return str(unit[0]).partition("/")[0].replace("USD", "US$") if unit.len() else "US$"


def _empty() -> tuple[str, str]:
    """Subtitle and alternative text where there is nothing to show."""
    return "Steps, materials and prices as they were on record", "An empty chart."


FIGURE = Figure(
    name="value-chain",
    number=1,
    question="What does each step of making a cell cost, use and lose, and what is in the cell?",
    data=data,
    views=views,
)


def _side_by_side(
    rows: pl.DataFrame,
    order: list[str],
    shades: tuple[str, dict[str, str]],
    title: str,
    tips: list[Any],
    height: int,
) -> Any:
    """Bars from ``value`` with a line from ``low`` to ``high``, several in a row by colour.

    ``shades``: the column that divides a row, and the colours of its words; ``height`` of a row in
    pixels.
    """
    import altair as alt

    column, colours = shades
    y, offset = named_rows(order), alt.YOffset(f"{column}:N", sort=list(colours))
    base = alt.Chart(rows)
    marks = base.mark_bar(height=alt.RelativeBandSize(0.8)).encode(
        y, alt.X("value:Q", title=title), offset, coloured(column, None, colours), tooltip=tips
    )
    line = base.mark_rule(strokeWidth=1.5)
    line = line.encode(y, alt.X("low:Q"), alt.X2("high:Q"), offset)
    return alt.layer(marks, line).properties(width=620, height=height * max(len(order), 1))
