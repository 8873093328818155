"""How do all pictures look: one colour for one place everywhere, readable in grey, light and dark.

Colours of places are Okabe and Ito's colour-blind safe set (2008); statuses are three depths of one
blue, so that a picture printed in grey still tells built from announced.
"""

from __future__ import annotations

from typing import Any, Literal

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
PLACES = {
    "China": "#D55E00",
    "South Korea": "#E69F00",
    "Japan": "#CC79A7",
    "United States": "#0072B2",
    "Europe": "#009E73",
    "India": "#56B4E9",
    "Canada": "#B79AD1",
    "Others": "#8C8C8C",
}
STATUSES: dict[Mode, list[str]] = {
    "light": ["#14466B", "#4F93C4", "#B9D7EC"],
    "dark": ["#8CC3E8", "#3F7FAE", "#35597A"],
}
#: Least and most of a table in colours.
HEAT: dict[Mode, tuple[str, str]] = {
    "light": ("#E6EFF7", "#14466B"),
    "dark": ("#1E2C38", "#8CC3E8"),
}
DEMAND = "#E3A008"
INK: dict[Mode, str] = {"light": "#1F2933", "dark": "#E6EAEE"}
MUTED: dict[Mode, str] = {"light": "#52606D", "dark": "#A5B1BD"}
PAPER: dict[Mode, str] = {"light": "#FFFFFF", "dark": "#14191F"}
_LINE: dict[Mode, str] = {"light": "#D5DBE1", "dark": "#3A444E"}
_LAND: dict[Mode, str] = {"light": "#E8ECEF", "dark": "#252E37"}


def config(mode: Mode) -> dict[str, Any]:
    """The Vega-Lite config of a mode."""
    ink, muted, line = INK[mode], MUTED[mode], _LINE[mode]
    words = {"labelColor": ink, "titleColor": muted, "labelFontSize": 12, "titleFontSize": 12}
    words["titleFontWeight"] = "normal"
    lines = {"gridColor": line, "domainColor": line, "tickColor": line}
    return {
        "background": PAPER[mode],
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**words, **lines, "labelLimit": 260, "tickCount": 7},
        "legend": {**words, "orient": "top", "labelLimit": 300},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": ink,
            "subtitleColor": muted,
            "fontSize": 17,
            "subtitleFontSize": 12,
            "fontWeight": 600,
            "offset": 14,
            "subtitlePadding": 6,
        },
        "text": {"color": ink, "fontSize": 11},
        "geoshape": {"fill": _LAND[mode], "stroke": PAPER[mode], "strokeWidth": 0.5},
        "rule": {"color": muted},
    }
