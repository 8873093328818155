"""Figure ``foreign-investment``: whose firms build cell plants abroad, and where?

Bars of overseas capacity (GWh/yr) by home of the owner and host region; a table of home and host.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.figures.figure import Figure, View
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import PLACE_COLOURS
from multipolar.industry.capacity import ALL
from multipolar.industry.overseas import overseas
from multipolar.words import places

HOMES_SHOWN, HOSTS_SHOWN = 10, 12
REGIONS = {
    "United States": ("USA",),
    "Europe": places.members("Europe-wide"),
    "Canada": ("CAN",),
    "India": ("IND",),
}


def data(evidence: Evidence, currency: str) -> Result:
    """Overseas capacity, plants and investment (in ``currency`` of 2025)."""
    return overseas(evidence, currency=currency)


def views(result: Result) -> dict[str, View]:
    """The bars, and the table of home and host."""
    return {"": _bars(result), "hosts": _hosts(result)}


def _rows(result: Result, measure: str = "capacity", rule: str = "equity") -> pl.DataFrame:
    return result.data.filter(
        (pl.col("measure") == measure) & (pl.col("rule") == rule) & (pl.col("status") == ALL)
    ).with_columns(pl.col("home").replace(places.countries()).alias("owner"))


def _totals(result: Result, rule: str = "equity") -> pl.DataFrame:
    world = _rows(result, rule=rule).filter(pl.col("place") == places.WORLD)
    return world.sort("value", descending=True)


def _bars(result: Result) -> View:
    totals = _totals(result).head(HOMES_SHOWN)
    order = totals["owner"].to_list()
    region = pl.col("place").replace_strict(
        {code: region for region, codes in REGIONS.items() for code in codes},
        default="Others", return_dtype=pl.String,
    )
    hosts = (
        _rows(result)
        .filter(pl.col("place").is_in(list(places.countries())) & pl.col("owner").is_in(order))
        .group_by("owner", region.alias("host"))
        .agg(pl.col("value").sum().round(2))
        .sort("owner", "host")
    )
    ends = totals.select(
        "owner", low="value_low", value="value", high="value_high",
    ).with_columns(
        pl.struct("value", "low", "high").map_elements(
            lambda v: number(v["value"]) if v["low"] == v["high"]
            else f"{number(v['value'])} ({span(v['low'], v['high'])})", pl.String,
        ).alias("text")
    )
    y = {"field": "owner", "type": "nominal", "sort": order, "title": None,
         "axis": {"ticks": False, "domain": False, "labelPadding": 8}}
    classes = [name for name in PLACE_COLOURS if name in {*REGIONS, "Others"}]
    spec = {
        "height": 34 * max(len(order), 1),
        "width": 620,
        "layer": [
            {
                "data": {"values": hosts.to_dicts()},
                "mark": {"type": "bar", "height": {"band": 0.62}},
                "encoding": {
                    "y": y,
                    "x": {"field": "value", "type": "quantitative", "stack": "zero",
                          "title": "GWh/yr abroad: operating, under construction and announced"},
                    "color": {"field": "host", "type": "nominal", "title": "Where the plants stand",
                              "scale": {"domain": classes, "range": [PLACE_COLOURS[c] for c in classes]}},
                    "order": {"field": "host"},
                    "tooltip": [{"field": "owner", "title": "Home"}, {"field": "host", "title": "Host"},
                                {"field": "value", "title": "GWh/yr", "format": ",.1f"}],
                },
            },
            {
                "data": {"values": ends.to_dicts()},
                "mark": {"type": "rule", "strokeWidth": 1.5, "color": {"$colour": "ink"}},
                "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": ends.to_dicts()},
                "mark": {"type": "text", "align": "left", "dx": 8},
                "encoding": {"y": y, "x": {"field": "high", "type": "quantitative"}, "text": {"field": "text"}},
            },
        ],
    }
    title, alt = _said(result)
    subtitle = "Cell plants outside the owner's home country, split by equity, GWh/yr; lines: where the split is not published"
    note = (
        "Joint ventures are split by published shares. Where none is published, the bar splits them "
        "equally and the line runs from nothing to everything for that home."
    )
    return View(spec, title, subtitle, alt, note)


def _said(result: Result) -> tuple[str, str]:
    totals = _totals(result)
    if totals.is_empty():
        return "No overseas cell plant on record", "An empty chart."
    first = totals.row(0, named=True)
    title = f"Firms at home in {first['owner']} hold {number(first['value'])} GWh/yr of cell capacity abroad"
    if totals.height > 1:
        second = totals.row(1, named=True)
        ratio = first["value"] / second["value"]
        title += f", {number(ratio, 2)} times as much as those of {second['owner']}"
        if first["value_low"] < second["value_high"]:
            title += "; how joint ventures are split could turn the order"
    alt = "Stacked bars of overseas cell capacity by home of the owner. " + " ".join(
        f"{r['owner']}: {number(r['value'])} GWh/yr ({span(r['value_low'], r['value_high'])})."
        for r in totals.head(HOMES_SHOWN).iter_rows(named=True)
    )
    return title, alt


def _hosts(result: Result) -> View:
    owners = _totals(result).head(HOMES_SHOWN)["owner"].to_list()
    inside = _rows(result).filter(
        pl.col("place").is_in(list(places.countries())) & pl.col("owner").is_in(owners)
    )
    largest = (
        inside.group_by("place").agg(pl.col("value").sum()).sort("value", descending=True).head(HOSTS_SHOWN)
    )
    names = [places.name(code) for code in largest["place"]]
    cells = (
        inside.filter(pl.col("place").is_in(largest["place"].implode()))
        .select("owner", pl.col("place").replace(places.countries()).alias("host"), pl.col("value").round(1))
        .sort("owner", "host")
    )
    top = float(cells["value"].max() or 1)  # type: ignore[arg-type]
    common = {
        "y": {"field": "owner", "type": "nominal", "sort": owners, "title": "Home of the owner"},
        "x": {"field": "host", "type": "nominal", "sort": names, "title": "Host",
              "axis": {"orient": "top", "labelAngle": -45}},
    }
    spec = {
        "height": 30 * max(len(owners), 1),
        "width": 620,
        "data": {"values": cells.to_dicts()},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2},
                "encoding": {
                    **common,
                    "color": {"field": "value", "type": "quantitative", "title": "GWh/yr",
                              "scale": {"type": "sqrt", "scheme": "blues", "domain": [0, top]}},
                    "tooltip": [{"field": "owner", "title": "Home"}, {"field": "host", "title": "Host"},
                                {"field": "value", "title": "GWh/yr", "format": ",.1f"}],
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    **common,
                    "text": {"field": "value", "type": "quantitative", "format": ",.0f"},
                    "color": {"condition": {"test": f"datum.value > {top / 3}", "value": "#FFFFFF"},
                              "value": "#14466B"},
                },
            },
        ],
    }
    best = cells.sort("value", descending=True).head(3)
    flows = [f"{r['owner']} in {r['host']} ({number(r['value'])} GWh/yr)" for r in best.iter_rows(named=True)]
    title = f"The largest flows: {listing(flows, 3)}" if flows else "No flow on record"
    subtitle = "Overseas cell capacity by home of the owner and host country, split by equity, GWh/yr"
    return View(spec, title, subtitle, f"Table of homes and hosts. Largest: {listing(flows, 3)}.")


FIGURE = Figure(
    name="foreign-investment",
    number=18,
    question="Whose firms build cell plants abroad, and where?",
    data=data,
    views=views,
)
