"""How do all pictures look: one colour for one place everywhere, readable in grey, light and dark.

Colours of places are Okabe and Ito's colour-blind safe set (2008); statuses are three depths of one
blue, so that a picture printed in grey still tells built from announced.
"""

from __future__ import annotations

import copy
from typing import Any

from multipolar.figures.figure import View

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
PLACE_COLOURS = {
    "China": "#D55E00",
    "South Korea": "#E69F00",
    "Japan": "#CC79A7",
    "United States": "#0072B2",
    "Europe": "#009E73",
    "India": "#56B4E9",
    "Canada": "#7A5C99",
    "Others": "#8C8C8C",
}
STATUS_COLOURS = {
    "light": {"operating": "#14466B", "under construction": "#4F93C4", "announced": "#B9D7EC"},
    "dark": {"operating": "#8CC3E8", "under construction": "#3F7FAE", "announced": "#27496199"},
}
DEMAND_COLOUR = "#E3A008"
INK = {"light": "#1F2933", "dark": "#E6EAEE"}
MUTED = {"light": "#52606D", "dark": "#A5B1BD"}
LINE = {"light": "#D5DBE1", "dark": "#3A444E"}
PAPER = {"light": "#FFFFFF", "dark": "#14191F"}
LAND = {"light": "#E8ECEF", "dark": "#252E37"}


def config(dark: bool) -> dict[str, Any]:
    """The Vega-Lite config of a mode."""
    mode = "dark" if dark else "light"
    ink, muted, line = INK[mode], MUTED[mode], LINE[mode]
    return {
        "background": PAPER[mode],
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink, "titleColor": muted, "gridColor": line, "domainColor": line,
            "tickColor": line, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
            "labelLimit": 260,
        },
        "legend": {
            "labelColor": ink, "titleColor": muted, "labelFontSize": 12, "titleFontSize": 12,
            "titleFontWeight": "normal", "orient": "top", "labelLimit": 300,
        },
        "title": {
            "anchor": "start", "frame": "bounds", "color": ink, "subtitleColor": muted,
            "fontSize": 17, "subtitleFontSize": 12, "fontWeight": 600, "offset": 14,
            "subtitlePadding": 6,
        },
        "text": {"color": ink, "fontSize": 11},
        "geoshape": {"fill": LAND[mode], "stroke": PAPER[mode], "strokeWidth": 0.5},
        "rule": {"color": muted},
        "range": {"status": list(STATUS_COLOURS[mode].values())},
    }


def themed(view: View, dark: bool, footer: str = "", width: int | str | None = None) -> dict[str, Any]:
    """A full specification: the view with title, theme and, for files, a footer with the sources."""
    mode = "dark" if dark else "light"
    spec = _recoloured(copy.deepcopy(view.spec), mode)
    spec["$schema"] = SCHEMA
    spec["config"] = config(dark)
    spec["usermeta"] = {"embedOptions": {"actions": False}}
    if width is not None:
        spec["width"] = width
    if footer:
        spec["title"] = {"text": wrap(view.title, 78), "subtitle": wrap(view.subtitle, 110)}
        spec["padding"] = {"left": 12, "right": 16, "top": 12, "bottom": 12}
        spec["layer"] = [*spec["layer"], _footer(footer, spec["height"], MUTED[mode])]
    return spec


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters."""
    import textwrap

    return textwrap.wrap(text, width) or [""]


def _footer(text: str, height: int, colour: str) -> dict[str, Any]:
    return {
        "data": {"values": [{"footer": "\n".join(wrap(text, 128))}]},
        "mark": {
            "type": "text", "align": "left", "baseline": "top", "fontSize": 10, "color": colour,
            "lineBreak": "\n", "clip": False, "aria": False,
        },
        "encoding": {
            "text": {"field": "footer"},
            "x": {"value": 0},
            "y": {"value": height + 48},
        },
    }


def _recoloured(node: Any, mode: str) -> Any:
    """Colour names that depend on the mode, put in place of ``{"$colours": "status"}`` and the like."""
    if isinstance(node, dict):
        if "$colours" in node:
            return list(STATUS_COLOURS[mode].values())
        if "$colour" in node:
            return {"ink": INK, "muted": MUTED, "paper": PAPER}[node["$colour"]][mode]
        return {key: _recoloured(value, mode) for key, value in node.items()}
    if isinstance(node, list):
        return [_recoloured(value, mode) for value in node]
    return node
