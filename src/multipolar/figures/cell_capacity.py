"""Figure ``cell-capacity``: how many cells can each place make in 2030, against world demand?

Bars by status in GWh/yr; a bar of published demand in GWh; a map of the plants.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, labels, named_rows, room, tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.plant_map import plant_map
from multipolar.figures.say import span
from multipolar.figures.theme import DEMAND, STATUSES, Mode
from multipolar.industry.capacity import capacity
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

YEAR = 2030
ROWS = ("World", "CHN", "OECD-figure-3", "EMDM", "USA", "Europe", "CAN", "KOR", "JPN", "IND", "IDN")
DEMAND_ROW = "World demand"
ROW_HEIGHT = 30


def data(evidence: Evidence, currency: str) -> Result:
    """Capacity, effective capacity, demand and utilisation; the currency plays no part."""
    del currency
    return capacity(evidence)


def views(result: Result) -> dict[str, View]:
    """The bars, and the map of plants."""
    return {"": _bars(result), "map": plant_map(result.evidence, YEAR)}


def _bars(result: Result) -> View:
    undivided = (pl.col("chemistry") == ALL) & (pl.col("domicile") == ALL)
    chosen = result.data.filter(
        (pl.col("measure") == "capacity") & undivided & pl.col("place").is_in(ROWS)
    )
    chosen = chosen.with_columns(
        pl.col("place").replace({p: places.name(p) for p in ROWS}).alias("row")
    )
    steps = chosen.filter(pl.col("status").is_in(UPPER_BOUND)).select(
        "row",
        "place",
        "status",
        "year",
        pl.col("value").round(2),
        key("place", "status", "year"),
        order=pl.col("status").replace_strict({s: i for i, s in enumerate(UPPER_BOUND)}),
    )
    ends = chosen.filter(pl.col("status") == ALL)
    told = [span(low, high) for low, high in ends.select("value_low", "value_high").rows()]
    ends = ends.select("row", "year", end="value_high", text=pl.Series(told, dtype=pl.String))
    needed = result.data.filter(
        (pl.col("measure") == "demand") & (pl.col("place") == places.WORLD)
    ).select(
        "year",
        key("place", "year", measure="demand"),
        row=pl.lit(DEMAND_ROW),
        low="value_low",
        middle="value",
        high="value_high",
    )
    told = [f"{span(low, high)} GWh" for low, high in needed.select("low", "high").rows()]
    needed = needed.with_columns(text=pl.Series(told, dtype=pl.String))

    def draw(mode: Mode) -> Any:
        import altair as alt

        order = [DEMAND_ROW, *(places.name(p) for p in ROWS)]
        y = named_rows(order)
        ends_, texts = ends["end"].to_list(), ends["text"].to_list()
        scale = room([*ends_, *needed["high"]], [*texts, *needed["text"]])
        x = alt.X("value:Q", title="GWh/yr of nameplate capacity", scale=scale).stack("zero")
        colour = coloured("status", None, dict(zip(UPPER_BOUND, STATUSES[mode], strict=True)))
        layers = [
            alt.Chart(steps)
            .mark_bar(height=alt.RelativeBandSize(0.68))
            .encode(y, x, colour, alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("row", "Place"),
                    ("status", "Status"),
                    ("year", "Year"),
                    ("value", "GWh/yr", ",.1f"),
                )
            ),
            labels(ends, y, "end"),
            alt.Chart(needed)
            .mark_bar(height=alt.RelativeBandSize(0.4), color=DEMAND, opacity=0.75)
            .encode(y, alt.X("low:Q"), alt.X2("high:Q"))
            .encode(
                tooltip=tooltip(
                    ("year", "Year"),
                    ("low", "Lowest outlook, GWh", ",.0f"),
                    ("middle", "Median outlook, GWh", ",.0f"),
                    ("high", "Highest outlook, GWh", ",.0f"),
                )
            ),
            alt.Chart(needed).mark_rule(strokeDash=[3, 3], color=DEMAND).encode(alt.X("middle:Q")),
            labels(needed, y, "high"),
        ]
        at_year = [layer.transform_filter("datum.year == year") for layer in layers]
        chart = alt.layer(*at_year).add_params(alt.param("year", value=YEAR))
        return chart.properties(width=620, height=ROW_HEIGHT * len(order))

    title, subtitle, alt_text = _said(result)
    note = (
        "Each bar ends at the upper bound; the text gives lower to upper bound. A phase counts in "
        "full from its planned start. The dashed line is the median outlook of world demand. "
        "Paused plants and plants without a status stand in the data only."
    )
    return View(draw, title, subtitle, alt_text, note)


def _said(result: Result) -> tuple[str, str, str]:
    """Title, subtitle and alternative text, all from the numbers."""
    whole = pl.all_horizontal(pl.col("status", "chemistry", "domicile") == ALL)
    rows = result.data.filter(whole & (pl.col("year") == YEAR))
    found = {(row["measure"], row["place"]): row for row in rows.iter_rows(named=True)}
    world, needed = found.get(("capacity", "World")), found.get(("demand", "World"))
    china, oecd = found.get(("capacity", "CHN")), found.get(("capacity", "OECD-figure-3"))
    subtitle = (
        f"Nameplate of cell plants by status and place, GWh/yr, {YEAR}; demand: outlooks, GWh"
    )
    if not world:
        return f"No cell plant on record for {YEAR}", subtitle, "An empty chart."
    bounds = span(world["value_low"], world["value_high"])
    title = f"Plants on record could make {bounds} GWh of cells in {YEAR}"
    if needed:
        ratio = _ratios(world, needed["value"], needed["value"])
        title += f", {ratio} times the median outlook of demand"
    if china and oecd and oecd["value_low"]:
        ratio = _ratios(china, oecd["value_low"], oecd["value_high"])
        title += f"; China has {ratio} times the capacity of the OECD partners and Canada"
    sizes = [
        f"{places.name(p)}: {span(row['value_low'], row['value_high'])} GWh/yr."
        for p in ROWS
        if (row := found.get(("capacity", p)))
    ]
    alt_text = f"Stacked bars of cell capacity in {YEAR} by status. {' '.join(sizes)}"
    if needed:
        outlooks = span(needed["value_low"], needed["value_high"])
        alt_text += f" Published outlooks of world demand: {outlooks} GWh."
    return title, subtitle, alt_text


def _ratios(above: dict[str, Any], lower: float, upper: float) -> str:
    """Lower over lower and upper over upper, as a range."""
    ends = sorted((above["value_low"] / lower, above["value_high"] / upper))
    return span(ends[0], ends[1], digits=2)


FIGURE = Figure(
    name="cell-capacity",
    number=3,
    question="How many cells can each place make, and how does that compare with demand?",
    data=data,
    views=views,
)
