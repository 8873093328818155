"""A picture or table of a figure as a file: SVG, PNG, PDF, HTML, CSV, JSON. Works offline."""

from __future__ import annotations

import json
import textwrap
from functools import lru_cache
from typing import Any

import polars as pl

from multipolar.figures.embed import standalone
from multipolar.figures.figure import Drawn, View
from multipolar.figures.say import listing
from multipolar.figures.theme import MUTED, Mode, config
from multipolar.words.spreadsheet import csv

PICTURES = ("svg", "png", "pdf", "html")
TABLES = ("csv", "json")
FORMATS = (*TABLES, *PICTURES)
PNG_SCALE = 2.0
MOST_NAMED = 4
#: Characters to a line of title, subtitle and footer in a file.
TITLE_WIDTH, SUBTITLE_WIDTH, FOOTER_WIDTH = 78, 110, 128


def specification(view: View, mode: Mode, width: int | str | None = None) -> dict[str, Any]:
    """The Vega-Lite specification of a view in a mode, without title, as a page embeds it."""
    spec: dict[str, Any] = json.loads(_drawn(view, mode))
    return spec if width is None else spec | {"width": width}


@lru_cache(maxsize=128)
def _drawn(view: View, mode: Mode) -> str:
    """A view as JSON, drawn once for page, files and PDF; the tests validate it."""
    spec = view.draw(mode).to_dict(validate=False)
    return json.dumps(spec | {"config": config(mode)})


def picture(drawn: Drawn, format: str, view: str = "", mode: Mode = "light") -> bytes:
    """One view of a figure with title and sources, as SVG, PNG, PDF or HTML."""
    import vl_convert

    shown = drawn.views[view]
    spec = specification(shown, mode)
    spec["title"] = {
        "text": textwrap.wrap(shown.title, TITLE_WIDTH),
        "subtitle": textwrap.wrap(shown.subtitle, SUBTITLE_WIDTH),
    }
    spec["padding"] = {"left": 12, "right": 16, "top": 12, "bottom": 12}
    spec["layer"] = [
        *spec["layer"],
        _footer([shown.key, footer(drawn)], spec["height"], MUTED[mode]),
    ]
    if format == "html":
        return standalone(spec, shown.title).encode()
    svg = _svg(json.dumps(spec))
    if format == "png":
        return bytes(vl_convert.svg_to_png(svg, scale=PNG_SCALE))
    return bytes(vl_convert.svg_to_pdf(svg)) if format == "pdf" else svg.encode()


@lru_cache(maxsize=128)
def _svg(spec: str) -> str:
    """A picture as SVG, drawn once for all formats that are made from it."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.loads(spec)))


def table(rows: pl.DataFrame, format: str) -> str:
    """Rows of a figure as CSV or JSON."""
    if format == "csv":
        return csv(rows)
    return json.dumps(rows.to_dicts(), ensure_ascii=False)


def footer(drawn: Drawn) -> str:
    """The line under a picture: whose numbers these are."""
    named = dict.fromkeys(s.publisher for s in drawn.sources if s.verified and s.licence)
    line = f"Multipolar from {len(drawn.sources)} sources, among them "
    line += f"{listing(list(named)[:MOST_NAMED])}."
    unchecked = [s.publisher for s in drawn.sources if not s.verified]
    if unchecked:
        line += f" Many plants were read through one list that nobody checked ({unchecked[0]})."
    return line


def _footer(texts: list[str], height: int, colour: str) -> dict[str, Any]:
    """Texts below the plot, since Vega-Lite has no footer of its own."""
    lines = [line for text in texts for line in textwrap.wrap(text, FOOTER_WIDTH)]
    mark = {"type": "text", "align": "left", "baseline": "top", "fontSize": 10, "color": colour}
    return {
        "data": {"values": [{"footer": "\n".join(lines)}]},
        "mark": mark | {"lineBreak": "\n", "clip": False, "aria": False},
        "encoding": {
            "text": {"field": "footer"},
            "x": {"value": 0},
            "y": {"value": height + 48},
        },
    }
