"""Maps of LFP plants outside China by region: circles for cells, diamonds for cathode.

Size is GWh/yr of LFP cells that the plant makes or, with its cathode, could serve; colour is the
domicile of the firm that runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, Result
from multipolar.figures.bars import tooltip
from multipolar.figures.figure import View
from multipolar.figures.marks import key
from multipolar.figures.plant_map import PLANT, land, owner_class, symbols
from multipolar.figures.say import listing, number
from multipolar.figures.theme import PLACES, Mode
from multipolar.industry.lfp import CATHODE, CATHODE_STAGE, CELLS, abroad, need_per_gwh
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

CELL_PLANT, CATHODE_PLANT = "LFP cells", "LFP cathode"
WIDTH, HEIGHT = 760, 400
#: Frames that every symbol lies in (a page, a phone), and its least distance from the edge.
FRAMES, EDGE = ((WIDTH, HEIGHT), (350, 200)), 3
#: The largest plant drawn in full, GWh/yr, and the area of its symbol in square pixels.
LARGEST, AREA = 130, 1100
#: Degrees from the middle of a map beyond which nothing is drawn; every corner lies within.
CLIPPED = 70


@dataclass(frozen=True)
class Region:
    """A part of the world: its places, and the middle (degrees) and scale (widths) of its map."""

    name: str
    title: str
    places: tuple[str, ...]
    longitude: float
    latitude: float
    scale: float


#: The study counts the cathode of Morocco towards Europe.
REGIONS = (
    Region("europe", "Europe and Morocco", ("Europe-wide", "MAR"), 12.0, 48.5, 0.9),
    Region("asia", "Asia without China", ("Asia-ex-China",), 102.0, 16.0, 0.56),
    Region("north-america", "North America", ("North-America",), -96.0, 38.5, 0.85),
)


def lfp_maps(result: Result, year: int) -> dict[str, View]:
    """One map a region, of what runs, is being built or is announced for a year."""
    plants = _plants(result, year)
    rule = result.defaults["rule"]
    return {region.name: _map(region, plants, year, rule) for region in REGIONS}


def _map(region: Region, plants: pl.DataFrame, year: int, rule: str) -> View:
    inside = [member for place in region.places for member in places.members(place)]
    shown = plants.filter(pl.col("place").is_in(inside))
    located = shown.filter(pl.col("latitude").is_not_null())
    located = located.sort("served", "plant", descending=[True, False])
    scale = fitting(region, located.select("longitude", "latitude", "served"))

    def draw(mode: Mode) -> Any:
        import altair as alt

        classes = [name for name in PLACES if name in set(shown["owner"])]
        shape = alt.Shape("kind:N", legend=None)
        shape = shape.scale(domain=[CELL_PLANT, CATHODE_PLANT], range=["circle", "diamond"])
        marks = symbols(located, mode, classes, ("served", LARGEST, AREA)).encode(
            shape=shape,
            tooltip=tooltip(
                *PLANT,
                ("kind", "Makes"),
                ("status", "Status"),
                ("capacity", "GWh/yr or kt/yr", ",.1f"),
                ("served", "GWh/yr of cells", ",.1f"),
            ),
        )
        chart = alt.layer(land(clip=True), marks).project(
            type="azimuthalEqualArea",
            rotate=[-region.longitude, -region.latitude, 0],
            scale=alt.ExprRef(f"width * {scale:.4f}"),
            # Land behind the frame costs seconds to draw.
            clipAngle=CLIPPED,
        )
        return chart.properties(width=WIDTH, height=HEIGHT)

    cells = shown.filter(kind=CELL_PLANT)
    cathode = shown.filter(kind=CATHODE_PLANT)
    missing = shown.filter(pl.col("latitude").is_null())
    total, fed = float(cells["served"].sum()), float(cathode["served"].sum())
    held = cells.group_by("owner").agg(pl.col("served").sum())
    held = held.sort("served", "owner", descending=[True, False])
    said = [f"{row[0]} {number(row[1])}" for row in held.rows()]
    title = f"{region.title}: {_count(cells.height, 'LFP cell plant')} for {number(total)} GWh/yr"
    title += f", {_count(cathode.height, 'LFP cathode plant')} for {number(fed)} GWh/yr of cells"
    return View(
        draw,
        title=title,
        subtitle="Circles: LFP cells; diamonds: LFP cathode, as the cells that it could serve. "
        f"Area: GWh/yr that runs, is being built or is announced for {year}",
        alt=f"Map of {region.title}: circles for LFP cell plants and diamonds for LFP cathode "
        f"plants, sized by GWh/yr, coloured by domicile of the firm. "
        f"Cells by domicile, GWh/yr: {listing(said, 6) or 'none'}.",
        note=f"{_largest(located)}{_unplaced(missing)}Many points are centres of towns. Mixed "
        f"plants are split {rule} (LFP to nickel, percent). Borders: Natural Earth; they are no "
        "statement about any claim.",
    )


def fitting(region: Region, located: pl.DataFrame) -> float:
    """Scale of a map (widths to a radian) on which no symbol leaves the frame, on a phone either.

    ``located``: longitude, latitude (degrees) and served (GWh/yr). The projection is Lambert's
    azimuthal one of equal areas.
    """
    scale = region.scale
    middle = radians(region.latitude)
    for longitude, latitude, served in located.rows():
        east, north = radians(longitude - region.longitude), radians(latitude)
        level = cos(north) * cos(east)
        stretch = sqrt(2 / (1 + sin(middle) * sin(north) + cos(middle) * level))
        x = abs(stretch * cos(north) * sin(east))
        y = abs(stretch * (cos(middle) * sin(north) - sin(middle) * level))
        # Half the diagonal of a diamond is longer than the radius of a circle of the same area.
        reach = sqrt(AREA * min(served / LARGEST, 1.0)) * 0.75 + EDGE
        for width, height in FRAMES:
            scale = min(
                scale,
                (width / 2 - reach) / width / max(x, 1e-9),
                (height / 2 - reach) / width / max(y, 1e-9),
            )
    return scale


def _largest(located: pl.DataFrame) -> str:
    """A sentence that gives the areas a scale."""
    if located.is_empty():
        return ""
    first = located.row(0, named=True)
    return f"The largest symbol is {first['name']} with {number(first['served'])} GWh/yr. "


def _unplaced(missing: pl.DataFrame) -> str:
    """A sentence on the plants that no map can show."""
    if missing.is_empty():
        return ""
    size = number(float(missing["served"].sum()))
    verb = "has" if missing.height == 1 else "have"
    return f"{_count(missing.height, 'plant')} for {size} GWh/yr {verb} no coordinates on record. "


def _count(number_of: int, word: str) -> str:
    return f"{number_of} {word}{'' if number_of == 1 else 's'}"


def _plants(result: Result, year: int) -> pl.DataFrame:
    """Plants of both kinds with the capacity that the figure gives them, by the first rule."""
    evidence = result.evidence
    _, per_gwh, _ = need_per_gwh(Assumptions(evidence))
    kinds = (
        (CELLS, CELL_PLANT, abroad(reconcile(evidence)), 1.0),
        (CATHODE, CATHODE_PLANT, abroad(reconcile(evidence, CATHODE_STAGE)), per_gwh),
    )
    firms = evidence.table("firms").select("firm", "domicile", firm_name="name")
    statuses = ",".join(UPPER_BOUND)
    frames = []
    for measure, kind, plants, divisor in kinds:
        counted = result.parts.filter(
            (pl.col("measure") == measure)
            & (pl.col("rule") == result.defaults["rule"])
            & (pl.col("domicile") == ALL)
            & pl.col("status").is_in(UPPER_BOUND)
            & (pl.col("year") == year)
        )
        plant = pl.col("item").str.split("/").list.first().alias("plant")
        totals = counted.group_by(plant).agg(pl.col("value").sum().round(3).alias("capacity"))
        frame = (
            totals.filter(pl.col("capacity") > 0)
            .join(plants.sites, on="plant")
            .join(firms, on="firm", how="left")
            .with_columns(
                owner_class().alias("owner"),
                pl.lit(kind).alias("kind"),
                (pl.col("capacity") / divisor).round(3).alias("served"),
                country=pl.col("place").replace(places.countries()),
            )
            .with_columns(key("plant", status=statuses, year=str(year), measure=measure))
        )
        frames.append(frame.select(_COLUMNS))
    return pl.concat(frames)


_COLUMNS = (
    "plant", "name", "kind", "firm_name", "owner", "place", "country", "status", "capacity",
    "served", "latitude", "longitude", "key",
)  # fmt: skip
