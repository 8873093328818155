"""Figure ``cell-capacity``: how many cells can each place make in 2030, against world demand?

Bars by status in GWh/yr; a bar of published demand in GWh; a map of the plants.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import polars as pl

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.figures.figure import Figure, View
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import DEMAND_COLOUR, PLACE_COLOURS
from multipolar.industry.capacity import ALL, capacity
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.files import folder
from multipolar.words.vocabularies import UPPER_BOUND

YEAR = 2030
ROWS = ("World", "CHN", "OECD-figure-3", "EMDM", "USA", "Europe", "CAN", "KOR", "JPN", "IND", "IDN")
DEMAND = "World demand (outlooks)"
ROW_HEIGHT = 30


def data(evidence: Evidence, currency: str) -> Result:
    """Capacity, effective capacity, demand and utilisation; the currency plays no part."""
    del currency
    return capacity(evidence)


def views(result: Result) -> dict[str, View]:
    """The bars, and the map of plants."""
    return {"": _bars(result), "map": _map(result)}


def _bars(result: Result) -> View:
    chosen = result.data.filter((pl.col("measure") == "capacity") & pl.col("place").is_in(ROWS))
    steps = chosen.filter(pl.col("status").is_in(UPPER_BOUND)).select(
        _label().alias("row"), "place", "status", "year", pl.col("value").round(2),
        pl.col("status").replace_strict({s: i for i, s in enumerate(UPPER_BOUND)}).alias("order"),
    )
    ends = chosen.filter(pl.col("status") == ALL).select(
        _label().alias("row"), "year", pl.col("value_high").alias("end"),
        pl.struct("value_low", "value_high")
        .map_elements(lambda v: span(v["value_low"], v["value_high"]), pl.String)
        .alias("text"),
    )
    needed = result.data.filter(
        (pl.col("measure") == "demand") & (pl.col("place") == places.WORLD)
    ).select("year", low="value_low", middle="value", high="value_high")
    order = [DEMAND, *(places.name(p) for p in ROWS)]
    y = {"field": "row", "type": "nominal", "sort": order, "title": None,
         "axis": {"ticks": False, "domain": False, "labelPadding": 8}}
    at_year = {"filter": "datum.year == year"}
    title, subtitle, alt = _said(result)
    spec = {
        "height": ROW_HEIGHT * len(order),
        "width": 620,
        "params": [{"name": "year", "value": YEAR}],
        "layer": [
            {
                "data": {"values": steps.to_dicts()},
                "transform": [at_year],
                "mark": {"type": "bar", "height": {"band": 0.68}},
                "encoding": {
                    "y": y,
                    "x": {"field": "value", "type": "quantitative", "stack": "zero",
                          "title": "GWh/yr of nameplate capacity"},
                    "color": {"field": "status", "type": "nominal", "title": None,
                              "scale": {"domain": list(UPPER_BOUND), "range": {"$colours": "status"}}},
                    "order": {"field": "order"},
                    "tooltip": [{"field": "row", "title": "Place"}, {"field": "status", "title": "Status"},
                                {"field": "year", "title": "Year"},
                                {"field": "value", "title": "GWh/yr", "format": ",.1f"}],
                },
            },
            {
                "data": {"values": ends.to_dicts()},
                "transform": [at_year],
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "text"}},
            },
            {
                "data": {"values": needed.to_dicts()},
                "transform": [at_year, {"calculate": f"'{DEMAND}'", "as": "row"}],
                "mark": {"type": "bar", "height": {"band": 0.4}, "color": DEMAND_COLOUR, "opacity": 0.75},
                "encoding": {
                    "y": y,
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                    "tooltip": [{"field": "year", "title": "Year"},
                                {"field": "low", "title": "Lowest outlook, GWh", "format": ",.0f"},
                                {"field": "middle", "title": "Median outlook, GWh", "format": ",.0f"},
                                {"field": "high", "title": "Highest outlook, GWh", "format": ",.0f"}],
                },
            },
            {
                "data": {"values": needed.to_dicts()},
                "transform": [at_year],
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": DEMAND_COLOUR},
                "encoding": {"x": {"field": "middle", "type": "quantitative"}},
            },
            {
                "data": {"values": needed.to_dicts()},
                "transform": [
                    at_year,
                    {"calculate": f"'{DEMAND}'", "as": "row"},
                    {"calculate": "format(datum.low, ',.0f') + '–' + format(datum.high, ',.0f') + ' GWh'",
                     "as": "text"},
                ],
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"y": y, "x": {"field": "high", "type": "quantitative"}, "text": {"field": "text"}},
            },
        ],
    }
    note = (
        "Each bar ends at the upper bound; the text gives lower to upper bound. Paused plants and "
        "plants without a status are left out here and stand in the data."
    )
    return View(spec, title, subtitle, alt, note)


def _said(result: Result) -> tuple[str, str, str]:
    """Title, subtitle and alternative text, all from the numbers."""

    def row(place: str, measure: str = "capacity") -> dict[str, Any] | None:
        found = result.data.filter(
            (pl.col("measure") == measure) & (pl.col("place") == place)
            & (pl.col("status") == ALL) & (pl.col("year") == YEAR)
        )
        return found.row(0, named=True) if found.height else None

    world, china, oecd, needed = row("World"), row("CHN"), row("OECD-figure-3"), row("World", "demand")
    subtitle = f"Cell plants by status and place, nameplate in GWh/yr, {YEAR}; demand as published outlooks, GWh"
    if not world:
        return f"No cell plant on record for {YEAR}", subtitle, "An empty chart."
    title = f"Plants on record could make {span(world['value_low'], world['value_high'])} GWh of cells in {YEAR}"
    if needed:
        ratio = world["value_low"] / needed["value"]
        compared = f"{number(ratio, 2)} times" if ratio >= 1 else f"{ratio:.0%} of"
        title += f", {compared} the median outlook of demand"
    if china and oecd and oecd["value_low"]:
        title += f"; China has {number(china['value_low'] / oecd['value_low'], 2)} times the capacity of OECD partners"
    alt = f"Stacked bars of cell capacity in {YEAR} by status. " + " ".join(
        f"{places.name(p)}: {span(r['value_low'], r['value_high'])} GWh/yr." for p in ROWS if (r := row(p))
    )
    if needed:
        alt += f" Published outlooks of world demand: {span(needed['value_low'], needed['value_high'])} GWh."
    return title, subtitle, alt


def _map(result: Result) -> View:
    plants = reconcile(result.evidence)
    firms = result.evidence.table("firms").select("firm", "domicile", firm_name="name")
    totals = (
        plants.additions.filter(pl.col("status").is_in(UPPER_BOUND) & (pl.col("from_year") <= YEAR))
        .group_by("plant")
        .agg(pl.col("capacity").sum().round(2))
        .filter(pl.col("capacity") > 0)
    )
    shown = (
        totals.join(plants.sites, on="plant")
        .join(firms, on="firm", how="left")
        .with_columns(_home().alias("home"), pl.col("place").replace(places.countries()).alias("country"))
    )
    located = shown.filter(pl.col("latitude").is_not_null()).sort("capacity", descending=True)
    missing = shown.filter(pl.col("latitude").is_null())
    values = located.select(
        "name", "firm_name", "home", "country", "status", "capacity", "latitude", "longitude", "plant"
    ).to_dicts()
    spec = {
        "height": 340,
        "width": 760,
        "projection": {"type": "equalEarth"},
        "layer": [
            {
                "data": {"values": _borders(), "format": {"type": "topojson", "feature": "places"}},
                "mark": {"type": "geoshape"},
            },
            {
                "data": {"values": values},
                "mark": {"type": "circle", "opacity": 0.7, "stroke": {"$colour": "paper"}, "strokeWidth": 0.5},
                "encoding": {
                    "longitude": {"field": "longitude", "type": "quantitative"},
                    "latitude": {"field": "latitude", "type": "quantitative"},
                    "size": {"field": "capacity", "type": "quantitative", "title": "GWh/yr",
                             "scale": {"type": "linear", "domain": [0, 330], "range": [4, 900]},
                             "legend": {"values": [10, 50, 100, 300], "symbolFillColor": {"$colour": "muted"}}},
                    "color": {"field": "home", "type": "nominal", "title": "Home of the firm",
                              "scale": {"domain": list(PLACE_COLOURS), "range": list(PLACE_COLOURS.values())}},
                    "tooltip": [{"field": "name", "title": "Plant"}, {"field": "firm_name", "title": "Firm"},
                                {"field": "home", "title": "Home"}, {"field": "country", "title": "Country"},
                                {"field": "status", "title": "Status"},
                                {"field": "capacity", "title": "GWh/yr", "format": ",.1f"}],
                },
            },
        ],
    }
    abroad = located.filter(pl.col("domicile") != pl.col("place"))["capacity"].sum()
    total = float(shown["capacity"].sum())
    title = f"{number(abroad / total * 100, 2)} percent of cell capacity stands outside its firm's home country" if total else "No plant to show"
    subtitle = f"Cell plants that run, are being built or are announced for {YEAR}, by home of the firm; area of a circle is GWh/yr"
    note = f"{located.height} plants with coordinates (many are centres of towns); {missing.height} with {number(float(missing['capacity'].sum()))} GWh/yr have none. Borders: Natural Earth; they are no statement about any claim."
    first = located.group_by("country").agg(pl.col("capacity").sum()).sort("capacity", descending=True)
    alt = (
        f"World map of {located.height} cell plants, as circles sized by capacity and coloured by the "
        f"home of the firm. Most capacity stands in {listing(first['country'].to_list()[:3], 3)}."
    )
    return View(spec, title, subtitle, alt, note)


def _label() -> pl.Expr:
    return pl.col("place").replace({p: places.name(p) for p in ROWS})


def _home() -> pl.Expr:
    """The colour class of a firm's home."""
    classes = {name: name for name in ("China", "South Korea", "Japan", "United States", "India", "Canada")}
    names = {code: classes[name] for code, name in places.countries().items() if name in classes}
    names |= dict.fromkeys(places.members("Europe"), "Europe")
    return pl.col("domicile").replace_strict(names, default="Others", return_dtype=pl.String)


@cache
def _borders() -> dict[str, Any]:
    text = folder("multipolar.figures", "world.topo.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


FIGURE = Figure(
    name="cell-capacity",
    number=3,
    question="How many cells can each place make, by status and year, and how does that compare with demand?",
    data=data,
    views=views,
)

