"""Figure ``lfp-outside-china``: how much LFP can be made outside China, whose, with what cathode?

Bars of LFP cells (GWh/yr) by place and domicile of the owners, each with the cells that LFP cathode
plants there could serve; maps of the plants by region.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, VALUES, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, labels, named_rows, ranges, room, tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.lfp_map import lfp_maps
from multipolar.figures.marks import key
from multipolar.figures.plant_map import owner_class
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import INK, PLACES, Mode
from multipolar.industry.lfp import (
    CATHODE,
    CELLS,
    CHINA,
    COVERAGE,
    NEED,
    need_per_gwh,
    supply,
)
from multipolar.words import places
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

YEAR = 2030
REGIONS = ("Europe-wide", "North-America", "Asia-ex-China")
COUNTRIES_SHOWN = 13
ROW_HEIGHT = 34
BUILT, ANNOUNCED = "runs or is being built", "announced only"


def data(evidence: Evidence, currency: str) -> Result:
    """LFP cells, cathode, need, coverage and gap; the currency plays no part."""
    del currency
    return supply(evidence)


def views(result: Result) -> dict[str, View]:
    """The bars, and a map a region."""
    regions, countries = _orders(result)
    return {
        "": _bars(result, regions, "regions, and countries outside them"),
        "countries": _bars(result, countries, "country"),
        **lfp_maps(result, YEAR),
    }


def _bars(result: Result, order: list[str], rows: str) -> View:
    served = _served(result)
    cells = _by_owner(result, order)
    ends = _labels(result, order)
    fed = served.filter(pl.col("place").is_in(order)).with_columns(_row())

    def draw(mode: Mode) -> Any:
        import altair as alt

        names = [places.name(place) for place in order]
        y = named_rows(names)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        classes = {name: PLACES[name] for name in PLACES if name in set(cells["owner"])}
        colour = coloured("owner", "Domicile of the owners", classes)
        faint = alt.Opacity("stage:N", legend=None)
        faint = faint.scale(domain=[BUILT, ANNOUNCED], range=[1.0, 0.45])
        x = alt.X("value:Q", title="GWh/yr of LFP cells", scale=scale).stack("zero")
        bars = (
            alt.Chart(cells)
            .mark_bar(height=alt.RelativeBandSize(0.5))
            .encode(y, x, colour, faint, alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("row", "Place"),
                    ("owner", "Domicile"),
                    ("stage", "Status"),
                    ("value", "GWh/yr", ",.1f"),
                )
            )
        )
        cathode = (
            alt.Chart(fed)
            .mark_bar(height=alt.RelativeBandSize(0.14), yOffset=12, color=INK[mode])
            .encode(y, x, faint, alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("row", "Place"),
                    ("stage", "LFP cathode"),
                    ("kt", "kt/yr", ",.1f"),
                    ("value", "GWh/yr of cells", ",.1f"),
                )
            )
        )
        chart = alt.layer(bars, cathode, ranges(ends, y, mode), labels(ends, y, "end"))
        return chart.properties(width=620, height=ROW_HEIGHT * max(len(order), 1))

    title, alt_text = _said(result, order)
    if not set(order) & set(REGIONS):
        title = _largest(result, order) or title
    return View(
        draw,
        title=title,
        subtitle=f"LFP cells by {rows}, and domicile of the owners, GWh/yr, {YEAR}. Thin bar: "
        "cells that the LFP cathode plants there could serve. Faint: announced only",
        alt=alt_text,
        note="The line runs from the lower to the upper bound, with the range of what mixed plants "
        f"make (bars: {result.defaults['rule']} LFP to nickel in percent). Cathode coverage in "
        "words: expected capacity over expected need, losses in making included. Morocco, which "
        "the study counts towards Europe, stands apart. Plants that nobody published are missing.",
    )


def _whole(result: Result, measure: str) -> pl.DataFrame:
    """One measure at every place, undivided, by the first rule."""
    return result.data.filter(
        (pl.col("measure") == measure)
        & (pl.col("rule") == result.defaults["rule"])
        & pl.all_horizontal(pl.col("domicile", "status") == ALL)
        & (pl.col("year") == YEAR)
    )


def _orders(result: Result) -> tuple[list[str], list[str]]:
    """The rows of two pictures: regions with the countries in none of them, and the countries.

    Countries stand by their cells or cathode, the largest first; no row is a part of another.
    """
    sizes = pl.concat(
        [
            _whole(result, CELLS).select("place", size="value_high"),
            _served(result).group_by("place").agg(pl.col("value").sum().alias("size")),
        ]
    )
    known = sizes.group_by("place").agg(pl.col("size").max())
    known = known.sort("size", "place", descending=[True, False])
    within = {member for region in REGIONS for member in places.members(region)}
    regions = [place for place in REGIONS if place in set(known["place"])]
    countries = known.filter(pl.col("place").is_in(_abroad()))["place"].to_list()
    outside = [place for place in countries if place not in within]
    return [*regions, *outside[:COUNTRIES_SHOWN]], countries[:COUNTRIES_SHOWN]


def _by_owner(result: Result, order: list[str]) -> pl.DataFrame:
    """Cells by place, class of owner, and whether they are more than announced."""
    chosen = result.data.filter(
        (pl.col("measure") == CELLS)
        & (pl.col("rule") == result.defaults["rule"])
        & (pl.col("domicile") != ALL)
        & pl.col("status").is_in(UPPER_BOUND)
        & (pl.col("year") == YEAR)
        & pl.col("place").is_in(order)
        & (pl.col("value") != 0)
    )
    classes = {name: i for i, name in enumerate(PLACES)}
    return (
        chosen.with_columns(owner_class().alias("owner"), _row(), _stage())
        .group_by("row", "place", "owner", "stage")
        .agg(
            pl.col("value").sum().round(3),
            pl.col("domicile").unique().sort().str.join(","),
            pl.col("status").unique().sort().str.join(","),
        )
        .with_columns(
            key("place", "domicile", "status", year=str(YEAR), measure=CELLS),
            order=pl.col("owner").replace_strict(classes, return_dtype=pl.Int64) * 2
            + (pl.col("stage") == ANNOUNCED).cast(pl.Int64),
        )
        .sort("place", "order")
    )


def _served(result: Result) -> pl.DataFrame:
    """Cells that cathode could serve: place, stage, order, kt, value (GWh/yr), key."""
    _, per_gwh, _ = need_per_gwh(Assumptions(result.evidence))
    chosen = result.data.filter(
        (pl.col("measure") == CATHODE)
        & (pl.col("rule") == result.defaults["rule"])
        & (pl.col("domicile") == ALL)
        & pl.col("status").is_in(UPPER_BOUND)
        & (pl.col("year") == YEAR)
        & (pl.col("value") != 0)
    )
    return (
        chosen.with_columns(_stage())
        .group_by("place", "stage")
        .agg(
            pl.col("value").sum().round(3).alias("kt"),
            pl.col("status").unique().sort().str.join(","),
        )
        .with_columns(
            (pl.col("kt") / per_gwh).round(3).alias("value"),
            key("place", "status", year=str(YEAR), measure=CATHODE),
            order=(pl.col("stage") == ANNOUNCED).cast(pl.Int64),
        )
        .sort("place", "order")
    )


def _labels(result: Result, order: list[str]) -> pl.DataFrame:
    """For each row its range, where its text stands, and what it says."""
    cells = {row["place"]: row for row in _whole(result, CELLS).iter_rows(named=True)}
    covered = dict(_whole(result, COVERAGE).select("place", "value").rows())
    served = dict(_served(result).group_by("place").agg(pl.col("value").sum()).rows())
    rows = []
    for place in order:
        row = cells.get(place)
        low, high = (row["value_low"], row["value_high"]) if row else (0.0, 0.0)
        text = span(low, high, 2) if row else "no LFP cells"
        if covered.get(place):
            text += f"|cathode for {number(100 * covered[place], 2)} %"
        elif place in served:
            text += f"|cathode for {number(served[place], 2)} GWh/yr"
        else:
            text += "|no cathode"
        drawn = _drawn(result, place)
        rows.append((places.name(place), low, high, max(high, drawn, served.get(place, 0)), text))
    types = dict.fromkeys(("low", "high", "end"), pl.Float64)
    schema: dict[str, Any] = {"row": pl.String, **types, "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _drawn(result: Result, place: str) -> float:
    bars = result.data.filter(
        (pl.col("measure") == CELLS)
        & (pl.col("rule") == result.defaults["rule"])
        & (pl.col("domicile") == ALL)
        & pl.col("status").is_in(UPPER_BOUND)
        & (pl.col("year") == YEAR)
        & (pl.col("place") == place)
    )
    return float(bars["value"].sum())


def _said(result: Result, order: list[str]) -> tuple[str, str]:
    """Title and alternative text, from the numbers."""
    cells, cathode, need = (
        _whole(result, measure).filter(pl.col("place").is_in(_abroad())).select(VALUES).sum().row(0)
        for measure in (CELLS, CATHODE, NEED)
    )
    if not cells[2]:
        return f"No LFP cell plant outside China on record for {YEAR}", "An empty chart."
    title = f"Plants outside China could make {span(cells[0], cells[2])} GWh of LFP cells in {YEAR}"
    title += (
        f"; LFP cathode outside China covers {number(100 * cathode[1] / need[1], 2)} % of the need"
    )
    covered = dict(_whole(result, COVERAGE).select("place", "value").rows())
    some = [
        f"{number(100 * covered[place], 2)} in {places.name(place)}"
        for place in REGIONS
        if place in covered
    ]
    title += f" ({listing(some)})" if some else ""
    told = dict(_labels(result, order).select("row", "text").rows())
    rows = [f"{name}: {text.replace('|', '; ')}." for name, text in told.items()]
    return title, f"Stacked bars of LFP cell capacity in {YEAR}, GWh/yr. {' '.join(rows)}"


def _largest(result: Result, order: list[str]) -> str:
    """The countries with most LFP cells, by the upper bound."""
    cells = _whole(result, CELLS).filter(pl.col("place").is_in(order))
    most = cells.sort("value_high", "place", descending=[True, False]).head(3)
    told = [
        f"{places.name(place)} {span(low, high, 2)}"
        for place, low, high in most.select("place", "value_low", "value_high").rows()
    ]
    return f"Most LFP cells outside China in {YEAR}: {listing(told)} GWh/yr" if told else ""


def _abroad() -> list[str]:
    return [place for place in places.countries() if place != CHINA]


def _row() -> pl.Expr:
    names = {place: places.name(place) for place in (*places.groups(), *places.countries())}
    return pl.col("place").replace(names).alias("row")


def _stage() -> pl.Expr:
    built = pl.col("status").is_in(LOWER_BOUND)
    return pl.when(built).then(pl.lit(BUILT)).otherwise(pl.lit(ANNOUNCED)).alias("stage")


FIGURE = Figure(
    name="lfp-outside-china",
    number=8,
    question="How much LFP can be made outside China, by whose firms, and is there cathode for it?",
    data=data,
    views=views,
)
