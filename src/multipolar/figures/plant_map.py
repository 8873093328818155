"""A world map of cell plants: circles by capacity (GWh/yr), coloured by domicile of the firm.

The land, the symbols and the colour classes of owners serve maps of other plants too.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, tooltip
from multipolar.figures.figure import View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number
from multipolar.figures.theme import MUTED, PAPER, PLACES, Mode
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.files import folder
from multipolar.words.vocabularies import UPPER_BOUND

#: Sizes that a legend shows, GWh/yr, and the lines of every plant's tooltip.
SIZES = (10, 50, 100, 300)
PLANT = (("name", "Plant"), ("firm_name", "Firm"), ("owner", "Domicile"), ("country", "Country"))


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

        plants = symbols(circles, mode, list(PLACES), ("capacity", 330, 900)).encode(
            tooltip=tooltip(*PLANT, ("status", "Status"), ("capacity", "GWh/yr", ",.1f"))
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


def symbols(
    rows: pl.DataFrame, mode: Mode, owners: list[str], sized: tuple[str, float, int]
) -> Any:
    """Plants on a map, coloured by ``owner``; ``sized``: field, its largest value and area then."""
    import altair as alt

    field, largest, area = sized
    steps = [value for value in SIZES if value < largest]
    legend = alt.Legend(values=steps, symbolFillColor=MUTED[mode], symbolType="circle")
    size = alt.Size(f"{field}:Q", title="GWh/yr", legend=legend)
    return (
        alt.Chart(rows)
        .mark_point(filled=True, opacity=0.75, stroke=PAPER[mode], strokeWidth=0.5, clip=True)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=size.scale(domain=[0, largest], range=[6, area]),
            color=coloured(
                "owner", "Domicile of the firm", {name: PLACES[name] for name in owners}
            ),
        )
    )


def land(clip: bool = False) -> Any:
    """The countries of the world as an Altair chart; ``clip`` cuts off what a view leaves out."""
    import altair as alt

    layout = alt.TopoDataFormat(type="topojson", feature="places")
    return alt.Chart(alt.InlineData(values=_borders(), format=layout)).mark_geoshape(clip=clip)


@cache
def _borders() -> str:
    # As text, since Altair goes through every point of an object several times.
    return folder("multipolar.figures", "world.topo.json").read_text(encoding="utf-8")
