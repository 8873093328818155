"""A picture or table of a figure as a file: SVG, PNG, PDF, HTML, CSV, JSON. Works offline."""

from __future__ import annotations

import json
from typing import Any

from multipolar.figures.figure import Drawn
from multipolar.figures.say import listing
from multipolar.figures.theme import themed

PICTURES = ("svg", "png", "pdf", "html")
TABLES = ("csv", "json")
FORMATS = (*TABLES, *PICTURES)
PNG_SCALE = 2.0
MOST_NAMED = 4


def footer(drawn: Drawn) -> str:
    """The line under a picture: whose numbers these are."""
    names = [s.publisher for s in drawn.sources if s.read][:MOST_NAMED]
    through = [s.publisher for s in drawn.sources if not s.verified]
    line = f"Multipolar from {len(drawn.sources)} sources, among them {listing(names)}."
    if through:
        line += f" Many plants were read through one list that nobody checked ({through[0]})."
    return line


def picture(drawn: Drawn, format: str, view: str = "", dark: bool = False) -> bytes:
    """One view of a figure as SVG, PNG, PDF or HTML."""
    spec = themed(drawn.views[view], dark, footer(drawn))
    return render(spec, format)


def render(spec: dict[str, Any], format: str) -> bytes:
    """A Vega-Lite specification as a file of that format."""
    import vl_convert

    if format == "svg":
        return bytes(vl_convert.vegalite_to_svg(spec), "utf-8")
    if format == "png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=PNG_SCALE))
    if format == "pdf":
        return bytes(vl_convert.vegalite_to_pdf(spec))
    return bytes(vl_convert.vegalite_to_html(spec, bundle=True), "utf-8")


def table(drawn: Drawn, format: str) -> str:
    """The data of a figure as CSV or JSON."""
    if format == "csv":
        return drawn.data.write_csv()
    return json.dumps(drawn.data.to_dicts(), ensure_ascii=False)


