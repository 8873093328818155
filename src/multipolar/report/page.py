"""The page: one file of HTML that needs no network, with every number leading to its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from multipolar.evidence.result import tables_of
from multipolar.evidence.said import said
from multipolar.figures.embed import POLICY, as_json, vega
from multipolar.figures.figure import Drawn, View
from multipolar.figures.files import footer, specification
from multipolar.figures.marks import behind_all, keys
from multipolar.figures.theme import MODES
from multipolar.report.content import Content
from multipolar.report.told import coverage_rows, intro, one_list_rows, verdict_rows
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
            "note": " ".join(filter(None, (shown.note, shown.key))),
            "specs": as_json(_both_modes(shown)),
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
    """What a click on a mark leads to: parts, items, rows and sources, each once."""
    figures = {}
    used: dict[str, set[str]] = {}
    for name, drawn in content.figures.items():
        known = {row["item"]: row for row in drawn.result.items.iter_rows(named=True)}
        numbers: dict[str, int] = {}
        marks = {}
        for key, (title, unit, parts) in behind_all(drawn.result, _keys(drawn)).items():
            listed = [
                [numbers.setdefault(item, len(numbers)), value, role == "below"]
                for role, item, value in parts.rows()
            ]
            marks[key] = [title, unit, listed]
        for item in numbers:
            for table in tables_of([known[item]["table"]]):
                used.setdefault(table, set()).update(known[item]["records"])
        figures[name] = {
            "marks": marks,
            "items": [[known[item]["label"], known[item]["records"]] for item in numbers],
        }
    return {
        "figures": figures,
        "rows": {record: row for table in used for record, row in _rows(content, table, used)},
        "sources": {s.id: [s.publisher, s.title, s.address, s.read] for s in content.sources},
    }


def _keys(drawn: Drawn) -> list[str]:
    """The marks of all views of a figure that can be clicked."""
    found = (key for view in drawn.views.values() for key in keys(specification(view, "light")))
    return list(dict.fromkeys(found))


def _rows(
    content: Content, table: str, used: dict[str, set[str]]
) -> Iterator[tuple[str, list[str]]]:
    """Evidence rows as a reader wants them: what is said, when, by whom, through whom."""
    rows = content.evidence.table(table)
    id = rows.columns[0]
    for row in rows.filter(pl.col(id).is_in(sorted(used[table]))).iter_rows(named=True):
        via = row.get("via") or ""
        yield row[id], [said(table, row), row["date"] or "", row["source"] or "", via]


def _read(name: str) -> str:
    return folder("multipolar.report", name).read_text(encoding="utf-8")
