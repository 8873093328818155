"""Figure ``price-curves``: how do prices of batteries fall, and when does a chemistry undercut LFP?

Packs and cells apart: what was published, by who said so; the forecast by chemistry with its range;
outlooks of others as marks. Probability of having undercut LFP by each year. Real 2025 US$ (or
another currency) per kWh.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.cells.curves import BORROWERS, CHINA, LFP, LI_METAL, NA_ION, Curves
from multipolar.cells.curves_facts import CELL
from multipolar.cells.curves_result import BY, FORECAST, OUTLOOK, PAST, curves, score
from multipolar.evidence.result import Result
from multipolar.evidence.sources import source
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import INK, MUTED, PAPER, Mode
from multipolar.words import places
from multipolar.words.chemistries import chemistries

COLOURS = {"Li-ion": "#0072B2", "LFP": "#009E73", "Na-ion": "#E69F00", "Li-metal": "#CC79A7"}
#: First and last year shown of prices, and the year that a title names.
SHOWN, AHEAD = (2005, 2035), 2030
#: Prices that are marked on the axis.
MARKED = [5, 10, 20, 50, 100, 200, 500, 1000, 2000]
PLACE = places.WORLD
BORROWED = (
    "Sodium-ion and lithium metal have no history: they start at the few prices ever said, mostly "
    "from weak sources, and borrow the rate and the noise, widened, from lithium-ion."
)
KINDS = {"said": "published price", "outlook": "outlook or target of others"}


def data(evidence: Evidence, currency: str) -> Result:
    """Prices, forecasts and crossings, in real 2025 money of ``currency``."""
    return curves(evidence, currency)


def views(result: Result) -> dict[str, View]:
    """Packs, cells, and the year of undercutting LFP at either."""
    return {
        "": _prices(result, "pack"),
        "cells": _prices(result, "cell"),
        "crossing": _crossing(result),
    }


def _prices(result: Result, boundary: str) -> View:
    here = result.data.filter(
        (pl.col("boundary") == boundary)
        & pl.col("chemistry").is_in(list(COLOURS))
        & pl.col("year").is_between(*SHOWN)
    ).with_columns(key("measure", "chemistry", "boundary", "place", "year"), label=_label())
    here = here.with_columns(date=pl.format("{}-01-01", "year"))
    ahead = here.filter((pl.col("measure") == FORECAST) & (pl.col("place") == PLACE))
    dots = here.filter(pl.col("measure").is_in([PAST, OUTLOOK]))
    borrowed = pl.col("chemistry").is_in(BORROWERS)
    dots = dots.filter((pl.col("place") == PLACE) | borrowed)
    dots = dots.join(_said_by(result), on=["measure", "chemistry", "boundary", "place", "year"])
    kinds = {PAST: KINDS["said"], OUTLOOK: KINDS["outlook"]}
    dots = dots.with_columns(kind=pl.col("measure").replace_strict(kinds))
    money = _money(result)

    def draw(mode: Mode) -> Any:
        import altair as alt

        x = _years(alt).scale(padding=8)
        scale = alt.Scale(type="log", nice=False)
        # Of a logarithmic axis a narrow page would keep the powers of ten alone.
        axis = alt.Axis(values=MARKED, tickCount=len(MARKED), format="d")
        y = alt.Y("value:Q", title=f"{money} per kWh", scale=scale, axis=axis)
        low, high = alt.Y("value_low:Q", scale=scale), alt.Y2("value_high:Q")
        colour, base = _colour(alt), alt.Chart(ahead)
        band = base.mark_area(opacity=0.14).encode(x, low, high, colour)
        line = base.mark_line(strokeWidth=2.5).encode(x, y, colour)
        shape = alt.Shape("kind:N", title=None, legend=_legend(alt, mode, "bottom-left")).scale(
            domain=list(KINDS.values()), range=["circle", "diamond"]
        )
        told = tooltip(
            ("label", "Chemistry"), ("year", "Year"), ("value", money, ",.0f"),
            ("value_low", "low", ",.0f"), ("value_high", "high", ",.0f"),
        )  # fmt: skip
        over = base.mark_point(opacity=0, size=60).encode(x, y, tooltip=told)
        marks = alt.Chart(dots).mark_point(
            filled=True, size=58, opacity=1, stroke=INK[mode], strokeWidth=0.6
        )
        marks = marks.encode(x, y, colour, shape, tooltip=[*told, *tooltip(("by", "Said by"))])
        return alt.layer(band, line, over, marks).properties(width=620, height=360)

    told = {
        row["chemistry"]: f"{row['value']:.0f} ({row['value_low']:.0f}–{row['value_high']:.0f})"
        for row in ahead.filter(pl.col("year") == AHEAD).iter_rows(named=True)
    }
    newest = ahead.filter(pl.col("chemistry") == "Li-ion").sort("year").head(1).to_dicts()
    now = (
        f"from {newest[0]['value']:.0f} in {newest[0]['year']} to " if newest else ""
    ) + told.get("Li-ion", "no number")
    others = [f"{_name(name)} {text}" for name, text in told.items() if name != "Li-ion"]
    return View(
        draw,
        title=f"A lithium-ion {boundary} falls {now} {money} per kWh by {AHEAD}",
        subtitle=f"Price of a {boundary}, world, real 2025 {money} per kWh without tax; lines: "
        "best value, bands: 10 to 90 % of the draws",
        alt=f"Dots of published prices of a {boundary} and forecasts to {SHOWN[1]} with "
        f"bands, on a logarithmic axis. In {AHEAD}: lithium-ion {told.get('Li-ion', '')}, "
        f"{listing(others)} {money} per kWh.",
        note=f"{_rate(result, boundary)} {BORROWED} Outlooks of others stand beside and are never "
        f"fitted. {_risen(result)}There is no floor, so that a low end can lie below what "
        "materials cost.",
    )


def _crossing(result: Result) -> View:
    rows = result.data.filter(
        (pl.col("measure") == BY)
        & pl.col("chemistry").is_in([NA_ION, LI_METAL])
        & ((pl.col("place") == PLACE) | (pl.col("boundary") == "cell"))
        & ((pl.col("place") == PLACE) | (pl.col("chemistry") == NA_ION))
    )
    rows = rows.with_columns(
        key("measure", "chemistry", "boundary", "place", "year"),
        label=_label(),
        date=pl.format("{}-01-01", "year"),
        at=pl.format("{}, {}", "boundary", pl.col("place").replace({"CHN": "China"})),
    )
    last = int(rows["year"].max() or 0)  # type: ignore[arg-type]

    def draw(mode: Mode) -> Any:
        import altair as alt

        x = _years(alt)
        y = alt.Y("value:Q", title="%").scale(domain=[0, 100])
        ways = ["pack, World", "cell, World", "cell, China"]
        dash = alt.StrokeDash("at:N", title=None, legend=_legend(alt, mode, "top-left"))
        dash = dash.scale(domain=ways, range=[[1, 0], [6, 3], [2, 3]])
        base = alt.Chart(rows)
        line = base.mark_line(strokeWidth=2.5).encode(x, y, _colour(alt, (NA_ION, LI_METAL)), dash)
        over = base.mark_point(opacity=0, size=60).encode(
            x, y,
            tooltip=tooltip(
                ("label", "Chemistry"), ("at", "Of"), ("year", "By"), ("value", "%", ".0f")
            ),
        )  # fmt: skip
        half = alt.Chart(pl.DataFrame({"value": [50.0]})).mark_rule(
            strokeDash=[3, 3], color=MUTED[mode]
        )
        return alt.layer(half.encode(y), line, over).properties(width=620, height=320)

    said = [
        f"{_name(chemistry).lower()} {boundary}s {where}{_share(rows, chemistry, boundary, place)}"
        for chemistry, boundary, place, where in (
            (NA_ION, "pack", PLACE, ""),
            (NA_ION, "cell", "CHN", "in China "),
            (LI_METAL, "pack", PLACE, ""),
        )
    ]
    return View(
        draw,
        title=f"Has undercut LFP at least once by {AHEAD}: {listing(said)}",
        subtitle="Probability of having been cheaper than LFP in at least one year by then, %; "
        "packs against packs, cells against cells",
        alt=f"Rising lines of probability by year to {last}. By {AHEAD}: {listing(said)}.",
        note=f"What is missing to 100 % in {last} is later or never. {BORROWED} "
        f"{_risen(result)}The world's sodium-ion starts between a hoped-for cost and one of China; "
        "in China alone it starts far above LFP. "
        "The early part of the lines is width of what is known more than expectation.",
    )


def _share(rows: pl.DataFrame, chemistry: str, boundary: str, place: str) -> str:
    """Probability by the year that the title names."""
    found = rows.filter(
        (pl.col("chemistry") == chemistry)
        & (pl.col("boundary") == boundary)
        & (pl.col("place") == place)
        & (pl.col("year") == AHEAD)
    )
    return f"{found['value'][0]:.0f}\u00a0%" if found.height else "unknown"


def _said_by(result: Result) -> pl.DataFrame:
    """Who says so, of each published price."""
    named = {
        row["record"]: row["source"] for row in result.evidence.table("price-history").to_dicts()
    }
    items = {
        row["item"]: ", ".join(
            dict.fromkeys(source(named[r]).publisher or named[r] for r in row["records"])
        )
        for row in result.items.iter_rows(named=True)
        if row["item"].endswith(("/said", "/outlook"))
    }
    parts = result.parts.filter(pl.col("item").is_in(list(items)))
    by = pl.col("item").replace_strict(items, return_dtype=pl.String)
    dims = ["measure", "chemistry", "boundary", "place", "year"]
    return parts.group_by(dims).agg(by=by.unique(maintain_order=True).str.join(", "))


def _rate(result: Result, boundary: str) -> str:
    """The rate of lithium-ion and the backtest, in words."""
    found = Curves(result.evidence)
    fitted, drawn = found.fitted(boundary), found.rates(boundary)
    if fitted is None or drawn is None:
        return "No curve: the history on record is too short."
    tested = score(found, boundary)
    told = f"; {tested.told()}" if tested else ""
    ends = span(float(drawn[0]), float(drawn[1]), 2)
    return f"Lithium-ion {boundary}s fell by {number(float(fitted.rate), 2)} % ({ends}) at each " \
        f"doubling of experience{told}."  # fmt: skip


def _risen(result: Result) -> str:
    """What quotes of LFP cells in China say of a year in which the world's curves have no start."""
    found = Curves(result.evidence)
    said = found.history(LFP, CELL, CHINA)
    begun = found.all.get((LFP, CELL, PLACE))
    if begun is None or len(said) < 2 or said[-1].year <= begun.years[0]:
        return ""
    last, before = said[-1], said[-2]
    change = 100 * (last.value / before.value - 1)
    return f"Quotes of LFP cells in China of {last.year} lie {abs(change):.0f} % " \
        f"{'above' if change > 0 else 'below'} those of {before.year}: curves of China start " \
        f"there, those of the world in {begun.years[0]}. "  # fmt: skip


def _money(result: Result) -> str:
    unit = result.data.filter(pl.col("measure") == PAST)["unit"]
    return str(unit[0]).partition("/")[0].replace("USD", "US$") if unit.len() else "US$"


def _label() -> pl.Expr:
    return pl.col("chemistry").replace({name: _name(name) for name in COLOURS})


def _name(chemistry: str) -> str:
    return chemistries()[chemistry].label.replace(" (any)", "")


def _years(alt: Any) -> Any:
    axis = alt.Axis(format="%Y", grid=False, tickCount=8, labelSeparation=10)
    return alt.X("date:T", title=None, axis=axis)


def _legend(alt: Any, mode: Mode, corner: str) -> Any:
    """A second legend, of kinds, in a corner of the plot that stays empty: beside the first one it
    would leave a narrow page."""
    look = {"symbolFillColor": MUTED[mode], "symbolStrokeColor": MUTED[mode]}
    look["fillColor"] = PAPER[mode]
    place = {"orient": corner, "direction": "vertical", "columns": 1, "padding": 6, "offset": 6}
    return alt.Legend(**place, **look)


def _colour(alt: Any, shown: tuple[str, ...] = tuple(COLOURS)) -> Any:
    scale = alt.Scale(domain=[_name(n) for n in shown], range=[COLOURS[n] for n in shown])
    return alt.Color("label:N", title=None, scale=scale, legend=alt.Legend(symbolOpacity=1))


FIGURE = Figure(
    name="price-curves",
    number=15,
    question="How do prices of batteries fall, and when does a chemistry undercut LFP?",
    data=data,
    views=views,
)
