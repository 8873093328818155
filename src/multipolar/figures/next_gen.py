"""What Figures 12, 13 and 14 share: next-generation projects by place, year, class and status.

One mark is one project; its shape tells the class, its shade the status. Further pictures count
projects by the home of their firms, capacity by place, and pledges by what became of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, Result
from multipolar.evidence.store import Evidence
from multipolar.figures.figure import View
from multipolar.figures.marks import PLANT, key
from multipolar.figures.say import listing, number
from multipolar.figures.theme import MUTED, PLACES, STATUSES, Mode
from multipolar.industry.pilot_counts import PLANTS, counts
from multipolar.industry.pilots import HOMES, projects
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

ROWS = {places.name(home): places.members(home) for home in HOMES}
OTHERS = "Others"
ORDER = (*ROWS, OTHERS)
GONE = "given up or paused"
STATES = (*UPPER_BOUND, GONE)
SHAPES = {"pilot": "triangle-up", "start": "circle", "planned": "diamond"}
#: Height of one project, and the least height of a row of places, in pixels.
STEP, LEAST = 13, 36


@dataclass(frozen=True)
class Subject:
    """What one of the three figures is about.

    ``noun`` names what the projects make; ``kind`` chooses those that are drawn; ``measure`` and
    ``sized`` are the measure and kind of the capacity picture; ``caveat`` is told with the first.
    """

    product: str
    noun: str
    kind: str
    measure: str
    sized: str
    caveat: str = ""


def data(subject: Subject) -> Callable[[Evidence, str], Result]:
    """The data function of a figure; the currency plays no part."""
    return lambda evidence, currency: counts(evidence, subject.product)


def row_of(dim: str) -> pl.Expr:
    """The row in which a country is shown."""
    known = {code: row for row, codes in ROWS.items() for code in codes}
    return pl.col(dim).replace_strict(known, default=OTHERS, return_dtype=pl.String).alias("row")


def timeline(result: Result, subject: Subject) -> View:
    """Every project at the year of its start, stacked by place."""
    marks = _marks(result, subject)
    table = projects(result.evidence).table
    dated = marks["item"].is_in(table.filter("dated")["project"].implode()).sum()
    marks = marks.drop("item")
    stacks = dict(marks.group_by("row").agg(pl.col("level").max() + 1).rows())
    # A place of the study without a project stays as an empty row.
    rows = [row for row in ORDER if row in stacks or row in ROWS]
    # Every row is as high as its highest stack; pixels count from the top.
    heights = [max((stacks.get(row, 0) + 1) * STEP, LEAST) for row in rows]
    ends = [sum(heights[: index + 1]) for index in range(len(rows))]
    floor = pl.col("row").replace_strict(dict(zip(rows, ends, strict=True)), default=0)
    marks = marks.with_columns((floor - STEP * (pl.col("level") + 1)).alias("at"))
    centres = [end - height / 2 for end, height in zip(ends, heights, strict=True)]
    lines = pl.DataFrame({"end": ends[:-1]}, schema={"end": pl.Int64})
    whole = sum(heights)
    years = marks["year"].to_list() or [result.evidence.year]

    def draw(mode: Mode) -> Any:
        import altair as alt

        named = [f"datum.value == {at} ? '{row}'" for at, row in zip(centres, rows, strict=True)]
        said = " : ".join([*named, "''"])
        axis = alt.Axis(values=centres, tickCount=len(rows), labelExpr=said, grid=False)
        y = alt.Y("at:Q", title=None, axis=axis).scale(domain=[0, whole], reverse=True, nice=False)
        x = alt.X("year:Q", title="Year of the start, actual or planned")
        x = x.scale(domain=[min(years) - 0.7, max(years) + 0.7], nice=False)
        x = x.axis(format="d", tickMinStep=1, grid=False)
        colour = alt.Color("state:N", title=None)
        colour = colour.scale(domain=STATES, range=[*STATUSES[mode], PLACES["Others"]])
        shape = alt.Shape("class:N", legend=None)
        shape = shape.scale(domain=list(SHAPES), range=list(SHAPES.values()))
        dots = alt.Chart(marks).mark_point(
            filled=True, size=70, opacity=1, stroke=MUTED[mode], strokeWidth=0.7
        )
        rules = alt.Chart(lines).mark_rule(opacity=0.4).encode(alt.Y("end:Q"))
        tooltip = [
            alt.Tooltip("label:N", title="Project"),
            alt.Tooltip("year:Q", title="Year", format="d"),
            alt.Tooltip("said:Q", title="Rows that speak of it"),
        ]
        chart = alt.layer(rules, dots.encode(x, y, colour, shape, tooltip=tooltip))
        return chart.properties(width=620, height=whole)

    title, alt_text = _said(marks, subject)
    weak = marks.filter(pl.col("low") == 0).height
    note = (
        "A start is a plant for sale that runs or is being built, or is announced with site and "
        "capacity; planned is a pledge without these; a pilot makes samples. Where no source gives "
        "a start, the mark stands at the year when the project was first said. "
        f"The first year holds earlier ones too. Of {counted(marks.height, 'mark')} {weak} rest on "
        "weak sources alone. Our list is not complete. "
    )
    return View(
        draw,
        title,
        subtitle=f"{_shown(result, marks, subject)}, by place and year of the start ({dated} of "
        f"{marks.height} have one on record): triangles are pilots, circles starts, diamonds "
        "planned",
        alt=alt_text,
        note=note + subject.caveat,
    )


def _marks(result: Result, subject: Subject) -> pl.DataFrame:
    """One row a project: row, year, level in its stack, class, status, state, label, key."""
    parts = result.parts.filter(
        pl.col("measure") == PLANTS,
        pl.col("domicile") == ALL,
        pl.col("kind") == subject.kind,
        pl.col("class") != ALL,
        pl.col("status") != ALL,
    )
    named = result.items.select("item", "label", pl.col("records").list.len().alias("said"))
    state = pl.when(pl.col("status").is_in(UPPER_BOUND)).then("status").otherwise(pl.lit(GONE))
    rank = {word: index for index, word in enumerate(STATES)}
    return (
        parts.group_by("item", "place", "class", "status")
        .agg(pl.col("year").min(), low=pl.col("value_low").first())
        .join(named, on="item")
        .with_columns(row_of("place"), state.alias("state"), _plant())
        .sort(pl.col("state").replace_strict(rank, return_dtype=pl.Int64), "class", "item")
        .with_columns(
            pl.int_range(pl.len()).over("row", "year").alias("level"),
            key("place", "class", "status", "year", PLANT, kind=subject.kind),
        )
        .drop(PLANT)
    )


def _shown(result: Result, marks: pl.DataFrame, subject: Subject) -> str:
    """How many projects the picture holds, of how many that stand at all."""
    every = standing_projects(result)
    shown = marks.filter(pl.col("state") != GONE).height
    gone = f" and {marks.height - shown} given up or paused" if marks.height > shown else ""
    return f"{shown} of {counted(every, 'project')} for {subject.product} make {subject.noun}{gone}"


def standing_projects(result: Result) -> float:
    """Projects of all kinds that run, are being built or are announced, of all years."""
    whole = result.defaults | {"measure": PLANTS}
    rows = result.data.filter(*(pl.col(d).cast(pl.String) == w for d, w in whole.items()))
    return float(rows["value"].sum())


def _plant() -> pl.Expr:
    return pl.col("item").str.split("/").list.first().alias(PLANT)


def _said(marks: pl.DataFrame, subject: Subject) -> tuple[str, str]:
    """Title and alternative text, from the marks."""
    standing = marks.filter(pl.col("state") != GONE)
    if standing.is_empty():
        return f"No project for {subject.noun} on record", "An empty chart."
    total, runs = standing.height, standing.filter(pl.col("state") == UPPER_BOUND[0]).height
    shares = standing.group_by("row").len().sort("len", "row", descending=[True, False])
    title = f"Of {counted(total, 'project')} for {subject.noun} on record {runs} run; "
    title += leading(dict(shares.rows()))
    sizes = []
    for row, count in shares.rows():
        here = standing.filter(pl.col("row") == row)
        split = [
            f"{n} {word}" for word in SHAPES if (n := here.filter(pl.col("class") == word).height)
        ]
        sizes.append(f"{row}: {count} ({listing(split)}).")
    gone = marks.height - total
    text = f"Timeline of projects for {subject.noun}; each mark is one. {' '.join(sizes)}"
    return title, text + (f" Given up or paused: {gone}." if gone else "")


def leading(sizes: dict[str, float]) -> str:
    """Which place has most, in words; places that share the lead are all named.

    >>> leading({"China": 2, "Japan": 2, "Others": 5})
    'China and Japan have 2 each'
    """
    named = {row: size for row, size in sizes.items() if row != OTHERS} or sizes
    most = max(named.values())
    leads = [row for row, size in named.items() if size == most]
    verb = "has" if len(leads) == 1 and leads != [OTHERS] else "have"
    return f"{listing([the(row) for row in leads])} {verb} {number(most)}" + " each" * (
        len(leads) > 1
    )


def counted(count: float, noun: str) -> str:
    """A number of things.

    >>> counted(1, "firm"), counted(2, "firm")
    ('1 firm', '2 firms')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def the(row: str) -> str:
    """The name of a row inside a sentence."""
    return {"United States": "the United States", OTHERS: "other places"}.get(row, row)
