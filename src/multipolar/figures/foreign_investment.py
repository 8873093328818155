"""Figure ``foreign-investment``: whose firms build cell plants abroad, and where?

Bars of overseas capacity (GWh/yr) by domicile of the owner and host region; a table of both.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, heat, labels, named_rows, ranges, room, tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import PLACES, Mode
from multipolar.industry.overseas import overseas
from multipolar.words import places

HOMES_SHOWN, HOSTS_SHOWN = 10, 12
#: Flows that would read as 0 GWh/yr are left out of the table of hosts.
SMALLEST_FLOW = 0.5
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
    """The bars, and the table of domicile and host."""
    return {"": _bars(result), "hosts": _hosts(result)}


def _bars(result: Result) -> View:
    totals = _totals(result).head(HOMES_SHOWN)
    order = totals["owner"].to_list()
    regions = {code: region for region, codes in REGIONS.items() for code in codes}
    region = pl.col("place").replace_strict(regions, default="Others", return_dtype=pl.String)
    hosts = (
        _flows(result, order)
        .group_by("owner", "domicile", region.alias("host"))
        .agg(pl.col("value").sum().round(2), pl.col("place").sort().str.join(","))
        .with_columns(key("domicile", "place"))
        .sort("owner", "host")
    )
    told = [_label(*row) for row in totals.select("value_low", "value", "value_high").rows()]
    text = pl.Series(told, dtype=pl.String)
    ends = totals.select("owner", low="value_low", high="value_high", text=text)

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order, "owner")
        classes = {name: PLACES[name] for name in PLACES if name in {*REGIONS, "Others"}}
        colour = coloured("host", "Where the plants stand", classes)
        scale = room(ends["high"].to_list(), told)
        bars = (
            alt.Chart(hosts)
            .mark_bar(height=alt.RelativeBandSize(0.62))
            .encode(y, alt.X("value:Q", title="GWh/yr abroad", scale=scale).stack("zero"), colour)
            .encode(
                order=alt.Order("host:N", sort="descending"),
                tooltip=tooltip(
                    ("owner", "Domicile"), ("host", "Host"), ("value", "GWh/yr", ",.1f")
                ),
            )
        )
        chart = alt.layer(bars, ranges(ends, y, mode), labels(ends, y, "high"))
        return chart.properties(width=620, height=34 * max(len(order), 1))

    title, alt_text = _said(totals)
    return View(
        draw,
        title,
        subtitle="Cell plants that run, are being built or are announced outside the owner's "
        "domicile, split by equity",
        alt=alt_text,
        note="Joint ventures are split by published shares. Where none is published, the bar "
        "splits them equally and the line runs from nothing to everything for that domicile. The "
        "line and the range are of the split alone: what is announced is in both of its ends.",
    )


def _said(totals: pl.DataFrame) -> tuple[str, str]:
    """Title and alternative text, from the numbers."""
    if totals.is_empty():
        return "No overseas cell plant on record", "An empty chart."
    rows = totals.to_dicts()
    first = rows[0]
    held = f"{number(first['value'])} GWh/yr of cell capacity abroad"
    title = f"Firms domiciled in {first['owner']} hold {held}"
    if len(rows) > 1:
        second = rows[1]
        ratio = number(first["value"] / second["value"], 2)
        title += f", {ratio} times as much as those of {second['owner']}"
        if first["value_low"] < second["value_high"]:
            title += "; how joint ventures are split could turn the order"
    sizes = [f"{r['owner']}: {_label(r['value_low'], r['value'], r['value_high'])}." for r in rows]
    return title, f"Stacked bars of overseas cell capacity, GWh/yr, by domicile. {' '.join(sizes)}"


def _hosts(result: Result) -> View:
    owners = _totals(result).head(HOMES_SHOWN)["owner"].to_list()
    flows = _flows(result, owners)
    largest = flows.group_by("place").agg(pl.col("value").sum()).sort("value", descending=True)
    hosts = largest.head(HOSTS_SHOWN)["place"].to_list()
    names = [places.name(code) for code in hosts]
    cells = flows.filter(pl.col("place").is_in(hosts) & (pl.col("value") >= SMALLEST_FLOW)).select(
        "owner",
        key("domicile", "place"),
        pl.col("value").round(1),
        host=pl.col("place").replace(places.countries()),
    )
    cells = cells.sort("value", descending=True)

    def draw(mode: Mode) -> Any:
        import altair as alt

        axis = alt.Axis(orient="top", labelAngle=-90)
        chart = heat(
            cells,
            "value",
            ",.0f",
            mode,
            title="GWh/yr",
            y=alt.Y("owner:N", sort=owners, title="Domicile of the owner"),
            x=alt.X("host:N", sort=names, title="Host", axis=axis),
            tooltip=tooltip(("owner", "Domicile"), ("host", "Host"), ("value", "GWh/yr", ",.1f")),
        )
        return chart.properties(width=620, height=30 * max(len(owners), 1))

    best = [
        f"{row['owner']} in {row['host']} ({number(row['value'])} GWh/yr)"
        for row in cells.head(3).iter_rows(named=True)
    ]
    said = listing(best, 3) or "none on record"
    return View(
        draw,
        title=f"The largest flows: {said}",
        subtitle="Overseas cell capacity by domicile and host, split by equity, GWh/yr",
        alt=f"Table of domiciles and hosts. The largest flows: {said}.",
        note=f"The {len(owners)} largest domiciles and the {len(hosts)} largest hosts of theirs.",
    )


def _rows(result: Result) -> pl.DataFrame:
    chosen = result.data.filter(
        (pl.col("measure") == "capacity") & (pl.col("rule") == "equity") & (pl.col("status") == ALL)
    )
    return chosen.with_columns(owner=pl.col("domicile").replace(places.countries()))


def _totals(result: Result) -> pl.DataFrame:
    world = _rows(result).filter(pl.col("place") == places.WORLD)
    return world.sort("value", descending=True)


def _flows(result: Result, owners: list[str]) -> pl.DataFrame:
    countries = list(places.countries())
    return _rows(result).filter(pl.col("place").is_in(countries) & pl.col("owner").is_in(owners))


def _label(low: float, value: float, high: float) -> str:
    return number(value) if low == high else f"{number(value)} ({span(low, high)})"


FIGURE = Figure(
    name="foreign-investment",
    number=18,
    question="Whose firms build cell plants abroad, and where?",
    data=data,
    views=views,
)
