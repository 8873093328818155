"""The PDF: findings, figures, verdicts, coverage and sources, set with Typst."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from multipolar.figures.files import footer, picture
from multipolar.report.content import Content
from multipolar.report.told import coverage_rows, intro, one_list_rows, verdict_rows
from multipolar.words.files import folder


def pdf(content: Content) -> bytes:
    """The report as a PDF."""
    import typst

    with tempfile.TemporaryDirectory(prefix="multipolar-") as name:
        work = Path(name)
        template = folder("multipolar.report", "report.typ").read_text(encoding="utf-8")
        (work / "report.typ").write_text(template, encoding="utf-8")
        data = _data(content, work)
        (work / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return bytes(typst.compile(work / "report.typ", root=work))


def _data(content: Content, work: Path) -> dict[str, Any]:
    figures = []
    for name, drawn in content.figures.items():
        views = []
        for view, shown in drawn.views.items():
            # A picture as PDF carries its fonts; Typst would set an SVG in whatever fonts it has.
            file = f"{name}-{view or 'main'}.pdf"
            (work / file).write_bytes(picture(drawn, "pdf", view))
            views.append({"file": file, "title": shown.title, "note": shown.note, "alt": shown.alt})
        figures.append(
            {
                "name": name,
                "question": drawn.figure.question,
                "views": views,
                "footer": footer(drawn),
            }
        )
    return {
        "title": "The geopolitics of batteries",
        "version": content.version,
        "as_of": f"{content.as_of}. {content.own_rows}".strip(),
        "intro": intro(content),
        "figures": figures,
        "score": content.score,
        "verdicts": verdict_rows(content),
        "coverage": coverage_rows(content),
        "one_list": one_list_rows(content),
        "assumptions": _assumptions(content),
        "sources": [str(source) for source in content.sources],
    }


def _assumptions(content: Content) -> list[dict[str, str]]:
    rows = content.evidence.table("assumptions").sort("assumption").iter_rows(named=True)
    return [
        {
            "name": row["assumption"],
            "range": f"{row['low']:g} / {row['central']:g} / {row['high']:g} {row['unit']}",
            "checked": row["checked"],
            "note": row["note"] or "",
        }
        for row in rows
    ]
