"""A world map of cell plants: circles by capacity (GWh/yr), coloured by domicile of the firm.

The land and the colour classes of owners serve maps of other plants too.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.figures.figure import View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number
from multipolar.figures.theme import MUTED, PAPER, PLACES, Mode
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.files import folder
from multipolar.words.vocabularies import UPPER_BOUND


def plant_map(evidence: Evidence, year: int) -> View:
    """Every plant that runs, is being built or is announced for a year."""
    shown = _plants(evidence, year)
    located = shown.filter(pl.col("latitude").is_not_null()).sort("capacity", descending=True)
    columns = ("name", "firm_name", "owner", "country", "status", "capacity", "plant")
    statuses = ",".join(UPPER_BOUND)
    behind = key("plant", status=statuses, year=str(year))
    circles = located.select(*columns, "latitude", "longitude", behind)

    def draw(mode: Mode) -> Any:
        import altair as alt

        size = alt.Size("capacity:Q", title="GWh/yr").scale(domain=[0, 330], range=[4, 900])
        sizes = alt.Legend(values=[10, 50, 100, 300], symbolFillColor=MUTED[mode])
        colour = alt.Color("owner:N", title="Domicile of the firm")
        colour = colour.scale(domain=list(PLACES), range=list(PLACES.values()))
        plants = (
            alt.Chart(circles)
            .mark_circle(opacity=0.7, stroke=PAPER[mode], strokeWidth=0.5)
            .encode(
                longitude="longitude:Q",
                latitude="latitude:Q",
                size=size.legend(sizes),
                color=colour,
            )
            .encode(
                tooltip=[
                    alt.Tooltip("name:N", title="Plant"),
                    alt.Tooltip("firm_name:N", title="Firm"),
                    alt.Tooltip("owner:N", title="Domicile"),
                    alt.Tooltip("country:N", title="Country"),
                    alt.Tooltip("status:N", title="Status"),
                    alt.Tooltip("capacity:Q", title="GWh/yr", format=",.1f"),
                ]
            )
        )
        chart = alt.layer(land(), plants)
        return chart.project("equalEarth").properties(width=760, height=340)

    total = float(shown["capacity"].sum())
    abroad = float(shown.filter(pl.col("domicile") != pl.col("place"))["capacity"].sum())
    share = number(100 * abroad / total, 2) if total else "0"
    missing = shown.filter(pl.col("latitude").is_null())
    largest = located.group_by("country").agg(pl.col("capacity").sum())
    first = largest.sort("capacity", descending=True)["country"].to_list()[:3]
    return View(
        draw,
        title=f"{share} percent of cell capacity stands outside its firm's domicile",
        subtitle=f"Cell plants that run, are being built or are announced for {year}, by the firm "
        "that runs them, GWh/yr",
        alt=f"World map of {located.height} cell plants, as circles sized by capacity and coloured "
        f"by the domicile of the firm. Most capacity stands in {listing(first, 3)}.",
        note=f"{located.height} plants with coordinates (many are centres of towns); "
        f"{missing.height} with {number(float(missing['capacity'].sum()))} GWh/yr have none. "
        "Borders: Natural Earth; they are no statement about any claim.",
    )


def _plants(evidence: Evidence, year: int) -> pl.DataFrame:
    plants = reconcile(evidence)
    counted = pl.col("status").is_in(UPPER_BOUND) & (pl.col("from_year") <= year)
    totals = (
        plants.additions.filter(counted).group_by("plant").agg(pl.col("capacity").sum().round(2))
    )
    firms = evidence.table("firms").select("firm", "domicile", firm_name="name")
    return (
        totals.filter(pl.col("capacity") > 0)
        .join(plants.sites, on="plant")
        .join(firms, on="firm", how="left")
        .with_columns(
            owner_class().alias("owner"), country=pl.col("place").replace(places.countries())
        )
    )


def owner_class() -> pl.Expr:
    """The colour class of the column ``domicile``."""
    classes = {code: name for code, name in places.countries().items() if name in PLACES}
    classes |= dict.fromkeys(places.members("Europe"), "Europe")
    return pl.col("domicile").replace_strict(classes, default="Others", return_dtype=pl.String)


def land(clip: bool = False) -> Any:
    """The countries of the world as an Altair chart; ``clip`` cuts off what a view leaves out."""
    import altair as alt

    layout = alt.TopoDataFormat(type="topojson", feature="places")
    return alt.Chart(alt.InlineData(values=_borders(), format=layout)).mark_geoshape(clip=clip)


@cache
def _borders() -> dict[str, Any]:
    text = folder("multipolar.figures", "world.topo.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
