"""What pictures of several figures share: rows of bars, room for labels, tooltips, tables.

Lengths of labels are in pixels, estimated from their number of characters; the room that they take
follows the width of the picture, so that a label ends inside it on a telephone too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from multipolar.figures.theme import HEAT, INK, PAPER, Mode

#: Width of a character of a label, of its distance from the bar, and least share of the bars.
CHARACTER, GAP, LEAST = 5.8, 12, 0.2
#: A name in a row is broken at a space after so many characters.
BREAK = "regexp('(.{14,24}) ', 'g')"


def named_rows(names: Sequence[str] | None, field: str = "row", name: str = "datum.label") -> Any:
    """The axis of named rows, names with ``|`` and long ones in two lines; None keeps the order
    of the data. ``name`` is what to write, as a Vega expression."""
    import altair as alt

    broken = f"indexof({name}, '|') < 0 ? replace({name}, {BREAK}, '$1|') : {name}"
    lines = f"split({broken}, '|')"
    higher = alt.condition(f"length({lines}) > 1", alt.value(-6), alt.value(0))
    axis = alt.Axis(ticks=False, domain=False, labelPadding=8, labelExpr=lines, labelOffset=higher)
    return alt.Y(f"{field}:N", sort=names, title=None, axis=axis)


def room(ends: Sequence[float], texts: Sequence[str]) -> Any:
    """A scale from 0 on which every text fits to the right of its end (lines broken by ``|``)."""
    import altair as alt

    lengths = [max(map(len, text.split("|"))) * CHARACTER + GAP for text in texts]
    pairs = sorted({(end, length) for end, length in zip(ends, lengths, strict=True)}, reverse=True)
    needed: list[tuple[float, float]] = []
    for end, length in pairs if any(ends) else [(1.0, 0.0)]:
        # A shorter bar with no longer a text never decides.
        if not needed or length > max(kept for _, kept in needed):
            needed.append((end, length))
    most = ", ".join(f"{end!r} / max(1 - {length:.0f} / width, {LEAST})" for end, length in needed)
    return alt.Scale(domainMin=0, domainMax=alt.ExprRef(f"max(0, {most})"), nice=False)


def tooltip(*lines: tuple[str, ...]) -> list[Any]:
    """Lines of a tooltip: field and title, and the format of a number."""
    import altair as alt

    return [
        alt.Tooltip(f"{line[0]}:Q", title=line[1], format=line[2])
        if len(line) > 2
        else alt.Tooltip(f"{line[0]}:N", title=line[1])
        for line in lines
    ]


def coloured(field: str, title: str | None, colours: dict[str, str]) -> Any:
    """Colours of words, with the words in a legend."""
    import altair as alt

    colour = alt.Color(f"{field}:N", title=title)
    if not colours:
        # A legend of nothing would be infinitely wide.
        return colour.legend(None)
    return colour.scale(domain=list(colours), range=list(colours.values()))


def ranges(ends: pl.DataFrame, y: Any, mode: Mode, **mark: Any) -> Any:
    """A line from ``low`` to ``high`` of each row."""
    import altair as alt

    line = alt.Chart(ends).mark_rule(strokeWidth=1.5, color=INK[mode], **mark)
    return line.encode(y, alt.X("low:Q"), alt.X2("high:Q"))


def labels(ends: pl.DataFrame, y: Any, end: str, text: str = "text") -> Any:
    """A text to the right of each row's ``end``, in lines broken by ``|``."""
    import altair as alt

    lines = max((words.count("|") for words in ends[text]), default=0)
    marks = alt.Chart(ends).mark_text(align="left", dx=8, dy=-6 * lines, lineBreak="|")
    return marks.encode(y, alt.X(f"{end}:Q"), text=f"{text}:N")


def heat(cells: pl.DataFrame, field: str, form: str, mode: Mode, **channels: Any) -> Any:
    """A table in colours: rectangles by ``field``, with their number."""
    import altair as alt

    top = max([*cells[field].to_list(), 1.0])
    tips, title = channels.pop("tooltip"), channels.pop("title")
    base = alt.Chart(cells).encode(**channels)
    shade = alt.Color(f"{field}:Q", title=title)
    shade = shade.scale(type="sqrt", range=list(HEAT[mode]), domain=[0, top])
    ink = alt.when(alt.datum[field] > top / 3).then(alt.value(PAPER[mode]))
    return alt.layer(
        base.mark_rect(cornerRadius=2).encode(shade, tooltip=tips),
        base.mark_text().encode(
            text=alt.Text(f"{field}:Q", format=form), color=ink.otherwise(alt.value(INK[mode]))
        ),
    )
