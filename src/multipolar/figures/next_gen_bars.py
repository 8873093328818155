"""Bars of next-generation projects: by home of the firm, by capacity, and pledges by outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, VALUES, Result
from multipolar.figures.bars import coloured, labels, named_rows, room, tooltip
from multipolar.figures.figure import View
from multipolar.figures.marks import key
from multipolar.figures.next_gen import (
    ORDER,
    OTHERS,
    Subject,
    counted,
    leading,
    row_of,
    the,
    timeline,
)
from multipolar.figures.say import number, span
from multipolar.figures.theme import DEMAND, HEAT, MUTED, PLACES, STATUSES, Mode
from multipolar.industry.pilot_counts import FIRMS, PLANTS, PLEDGES, UNITS
from multipolar.industry.pledges import OTHER, OUTCOMES, Share, pledges, realised
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

ROW_HEIGHT = 34
#: Units of which there are no parts.
WHOLE = ("projects", "pledges")


def views(subject: Subject) -> Callable[[Result], dict[str, View]]:
    """The pictures of a figure: timeline, homes, capacity and pledges."""
    return lambda result: {
        "": timeline(result, subject),
        "homes": _homes(result, subject),
        "capacity": _capacity(result, subject),
        "pledges": _pledges(result, subject),
    }


def _homes(result: Result, subject: Subject) -> View:
    whole = {"measure": PLANTS, "kind": ALL, "class": ALL, "place": places.WORLD}
    named = _at_last(result, whole).filter(
        (pl.col("domicile") != ALL) & pl.col("status").is_in(UPPER_BOUND)
    )
    bars = _bars(named, "domicile")
    firms = _at_last(result, {"measure": FIRMS}).filter(pl.col("place").is_in(_countries()))
    holders = dict(firms.group_by(row_of("place")).agg(pl.col("value").sum()).rows())
    sizes = _sizes(bars)
    text = {
        row: f"{number(size)} ({counted(holders.get(row, 0), 'firm')})"
        for row, size in sizes.items()
    }
    total, all_firms = sum(sizes.values()), sum(holders.values())
    title = f"No firm with a project for {subject.product} on record"
    if total:
        title = f"Of {counted(all_firms, 'firm')} with {subject.product} projects on record "
        title += leading({row: holders[row] for row in ORDER if row in holders})
    return View(
        _drawn(bars, "projects", UPPER_BOUND, lambda mode: STATUSES[mode], text),
        title,
        subtitle=f"{counted(total, 'project')} for {subject.product} (cells, materials, packs) "
        "that run, are being built or are announced, by home of the firm; number of firms",
        alt=f"Stacked bars of projects by home of the firm. {_list(text)}",
        note="A firm counts once, at the home of its controlling headquarters, if it has at least "
        "one project of any class that is not given up; a joint venture is a firm of its own.",
    )


def _capacity(result: Result, subject: Subject) -> View:
    unit = UNITS[subject.measure]
    whole = {"measure": subject.measure, "kind": subject.sized, "class": ALL, "domicile": ALL}
    found = _at_last(result, whole).filter(pl.col("place").is_in(_countries()))
    dims = {"measure": subject.measure, "kind": subject.sized}
    bars = _bars(found.filter(pl.col("status").is_in(UPPER_BOUND)), "place", **dims)
    sums = found.filter(pl.col("status") == ALL).group_by(row_of("place")).agg(pl.col(VALUES).sum())
    text = {row: _ranged(low, mid, high) for row, low, mid, high in sums.rows()}
    world = _at_last(result, whole).filter(place=places.WORLD, status=ALL)
    sized, every = _sized(result, subject)
    title = f"No capacity for {subject.noun} on record"
    if world.height:
        low, mid, high = world.select(VALUES).row(0)
        lead, held = max(_sizes(bars).items(), key=lambda pair: pair[1])
        title = f"Plants for {subject.noun} on record add up to {_ranged(low, mid, high)} {unit}"
        title += f", {number(100 * held / mid, 2)} % of it in {the(lead)}"
    return View(
        _drawn(bars, unit, UPPER_BOUND, lambda mode: STATUSES[mode], text),
        title,
        subtitle=f"Nameplate of plants for {subject.noun} by place and status, {unit}, all years: "
        f"{sized} of {counted(every, 'project')} have a published capacity",
        alt=f"Stacked bars of capacity by place, {unit}. {_list(text)}",
        note="Only plants whose capacity was published. In brackets: the lowest and highest recent "
        "statement; of a plant that makes several chemistries without a published split, nothing "
        "and everything (the bar takes equal parts). Much of it is only announced.",
    )


def _sized(result: Result, subject: Subject) -> tuple[int, int]:
    """Standing projects of the kind that is sized: those with a capacity, and all."""
    standing = result.parts.filter(
        pl.col("status").is_in(UPPER_BOUND), domicile=ALL, kind=subject.sized, **{"class": ALL}
    ).with_columns(plant=pl.col("item").str.split("/").list.first())
    plants = standing.filter(measure=PLANTS)["item"].unique()
    sized = standing.filter(pl.col("value_high") > 0, measure=subject.measure)["plant"].unique()
    with_size = plants.str.split("/").list.first().is_in(sized.implode())
    return int(with_size.sum()), plants.len()


def _pledges(result: Result, subject: Subject) -> View:
    whole = {"measure": PLEDGES}
    found = _at_last(result, whole).filter(pl.col("place").is_in(_countries()))
    bars = _bars(found.filter(pl.col("status").is_in(OUTCOMES)), "place", measure=PLEDGES)
    due = pledges(result.evidence)
    own, others = _shares(due, subject.product)
    kept = dict(bars.filter(status=OUTCOMES[0]).select("row", "value").rows())
    text = {
        row: f"{number(kept.get(row, 0))} of {number(size)} on time"
        for row, size in _sizes(bars).items()
    }
    title = f"No pledge for {subject.product} is due"
    if own.due:
        title = (
            f"Known to have come on time: {own.kept} of the {own.due} starts pledged for "
            f"{subject.product} and due by {result.evidence.year - 1} ({_percent(own)})"
        )
    waiting = _waiting(result)
    note = (
        "A pledge is the first year that a source gave for the start before that year. The range "
        "is a 95 % interval: what nobody reported later counts as missed at its low end, as kept "
        f"at its high end. All other cell plants: {others.kept} of {others.due} "
        f"({_percent(others)}). "
    )
    if own.due and waiting:
        middle = number(own.central * waiting, 2)
        ends = span(own.low * waiting, own.high * waiting, 2)
        note += (
            f"If the {number(waiting)} projects that do not run yet fared alike, {middle} "
            f"({ends}) would start when said: an extrapolation from {own.due} cases."
        )
    return View(
        _drawn(bars, "pledges", OUTCOMES, _outcome_shades, text),
        title,
        subtitle=f"Pledged starts of {subject.product} plants by place and by what became of them",
        alt=f"Stacked bars of pledges by place and outcome. {_list(text)}",
        note=note,
    )


def _shares(due: pl.DataFrame, product: str) -> tuple[Share, Share]:
    """What was kept of the product, and of cell plants of no next-generation product."""
    cells = due.filter(product=OTHER, stage="cell")
    return realised(due.filter(product=product)), realised(cells)


def _waiting(result: Result) -> float:
    """Projects that are being built or announced."""
    whole = {"measure": PLANTS, "kind": ALL, "class": ALL, "domicile": ALL, "place": places.WORLD}
    waiting = pl.col("status").is_in([s for s in UPPER_BOUND if s != "operating"])
    return float(_at_last(result, whole).filter(waiting)["value"].sum())


def _percent(share: Share) -> str:
    return f"{span(100 * share.low, 100 * share.high, 2)} %"


def _ranged(low: float, mid: float, high: float) -> str:
    return number(mid) if number(low) == number(high) else f"{number(mid)} ({span(low, high)})"


def _outcome_shades(mode: Mode) -> list[str]:
    return [*STATUSES[mode], DEMAND, PLACES[OTHERS], HEAT[mode][0]]


def _at_last(result: Result, where: dict[str, str]) -> pl.DataFrame:
    """Numbers of the last year with these words."""
    last = pl.col("year") == int(result.defaults["year"])
    return result.data.filter(last, *(pl.col(dim) == word for dim, word in where.items()))


def _bars(found: pl.DataFrame, dim: str, **fixed: str) -> pl.DataFrame:
    """One bar a row and status: row, status, value, key."""
    members = pl.col(dim).unique().sort().str.join(",")
    grouped = found.group_by(row_of(dim), "status", "year").agg(members, pl.col("value").sum())
    return grouped.with_columns(key(dim, "status", "year", **fixed))


def _sizes(bars: pl.DataFrame) -> dict[str, float]:
    """Total of each row that has one, in the order of the rows."""
    sums = dict(bars.group_by("row").agg(pl.col("value").sum()).rows())
    return {row: sums[row] for row in ORDER if row in sums}


def _drawn(
    bars: pl.DataFrame,
    unit: str,
    words: tuple[str, ...],
    shades: Callable[[Mode], list[str]],
    text: dict[str, str],
) -> Callable[[Mode], Any]:
    """Stacked bars by row, with a text at the end of each."""
    rows = [row for row in ORDER if row in text]
    order = {word: index for index, word in enumerate(words)}
    bars = bars.select(
        "row",
        "status",
        "value",
        "key",
        order=pl.col("status").replace_strict(order, return_dtype=pl.Int64),
    )
    sums = _sizes(bars)
    ends = pl.DataFrame(
        {
            "row": rows,
            "end": [sums.get(row, 0.0) for row in rows],
            "text": [text[row] for row in rows],
        },
        schema={"row": pl.String, "end": pl.Float64, "text": pl.String},
    )

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(rows)
        scale = room(ends["end"].to_list(), ends["text"].to_list())
        x = alt.X("value:Q", title=unit, scale=scale)
        x = x.axis(tickMinStep=1, format=",d") if unit in WHOLE else x
        colour = coloured("status", None, dict(zip(words, shades(mode), strict=True)))
        stacked = alt.Chart(bars).mark_bar(
            height=alt.RelativeBandSize(0.62), stroke=MUTED[mode], strokeWidth=0.3
        )
        tips = tooltip(("row", "Place"), ("status", "Status"), ("value", unit, ",.4~r"))
        chart = alt.layer(
            stacked.encode(y, x.stack("zero"), colour, alt.Order("order:Q"), tooltip=tips),
            labels(ends, y, "end"),
        )
        return chart.properties(width=620, height=ROW_HEIGHT * max(len(rows), 1))

    return draw


def _list(text: dict[str, str]) -> str:
    return " ".join(f"{row}: {text[row]}." for row in ORDER if row in text) or "None on record."


def _countries() -> list[str]:
    return list(places.countries())
