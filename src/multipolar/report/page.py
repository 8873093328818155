"""The page: one file of HTML that needs no network, with every number leading to its rows."""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, PLACES
from multipolar.figures.embed import POLICY, as_json, vega
from multipolar.figures.figure import Drawn, View
from multipolar.figures.files import footer, specification
from multipolar.figures.foreign_investment import REGIONS
from multipolar.figures.theme import MODES
from multipolar.report.content import Content
from multipolar.report.told import coverage_rows, intro, one_list_rows, verdict_rows
from multipolar.words import places
from multipolar.words.files import folder


def page(content: Content) -> str:
    """The report as one HTML page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        content=content,
        intro=intro(content),
        figures=[_figure(name, drawn) for name, drawn in content.figures.items()],
        verdicts=verdict_rows(content),
        coverage=coverage_rows(content),
        one_list=one_list_rows(content),
        assumptions=content.evidence.table("assumptions").sort("assumption").to_dicts(),
        policy=POLICY,
        style=_read("page.css"),
        script=_read("page.js"),
        vega=vega(),
        data=as_json(_behind(content)),
    )


def _figure(name: str, drawn: Drawn) -> dict[str, Any]:
    views = [
        {
            "id": f"{name}-{view}" if view else name,
            "title": shown.title,
            "subtitle": shown.subtitle,
            "alt": shown.alt,
            "note": shown.note,
            "specs": as_json(
                {mode: specification(shown, mode, width="container") for mode in MODES}
            ),
        }
        for view, shown in drawn.views.items()
    ]
    return {
        "name": name,
        "number": drawn.figure.number,
        "question": drawn.figure.question,
        "views": views,
        "footer": footer(drawn),
    }


def _both_modes(view: View) -> dict[str, Any]:
    return {mode: specification(view, mode, width="container") for mode in MODES}


def _behind(content: Content) -> dict[str, Any]:
    """What a click on a bar leads to: parts, items, rows and sources, each once."""
    rows: dict[str, Any] = {}
    figures = {}
    used: set[str] = set()
    for name, drawn in content.figures.items():
        result = drawn.result
        parts = _clickable(drawn)
        items = result.items.filter(pl.col("item").is_in(parts["item"].unique().implode()))
        used |= {record for records in items["records"].to_list() for record in records}
        figures[name] = {
            "columns": parts.columns,
            "parts": [list(row) for row in parts.iter_rows()],
            "items": {
                row["item"]: [row["label"], row["records"]] for row in items.iter_rows(named=True)
            },
        }
    for table in ("plants", "demand"):
        evidence = content.evidence.table(table)
        for row in evidence.filter(pl.col("record").is_in(sorted(used))).iter_rows(named=True):
            said = row.get("status") or f"{row.get('segment')} {row.get('year')}"
            size = row["capacity"] if "capacity" in row else row["central"]
            rows[row["record"]] = [
                said,
                size,
                row.get("capacity_basis") or "",
                row["date"],
                row["source"],
                row["via"] or "",
            ]
    groups = {places.name(group): members for group, members in places.groups().items()}
    return {
        "figures": figures,
        "rows": rows,
        "sources": {s.id: [s.publisher, s.title, s.address, s.read] for s in content.sources},
        "groups": groups,
        "hosts": _regions(),
        "codes": {name: code for code, name in places.countries().items()},
    }


def _regions() -> dict[str, list[str]]:
    """The countries behind the host regions of the figure on foreign investment."""
    named = {code for codes in REGIONS.values() for code in codes}
    others = [code for code in places.countries() if code not in named]
    return {name: list(codes) for name, codes in REGIONS.items()} | {"Others": others}


def _clickable(drawn: Drawn) -> pl.DataFrame:
    """The parts of the main measure, without those that only bound it."""
    result = drawn.result
    parts = result.parts.filter(pl.col("value") != 0)
    for dim in ("measure", "rule", "chemistry", "domicile"):
        if dim in result.dims and dim in result.defaults:
            parts = parts.filter(pl.col(dim) == result.defaults[dim])
    # A figure with a year shows statuses apart; its undivided rows are bounds.
    undivided = pl.col("status") == ALL
    parts = parts.filter(~undivided if "year" in result.dims else undivided)
    keep = [dim for dim in result.dims if dim in (*PLACES, "status", "year")]
    return parts.select(*keep, "item", "value")


def _read(name: str) -> str:
    return folder("multipolar.report", name).read_text(encoding="utf-8")
