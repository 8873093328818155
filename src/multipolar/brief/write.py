"""A brief as Markdown, HTML, PDF or JSON."""

from __future__ import annotations

import json
from typing import Any

from multipolar.brief.content import Brief
from multipolar.words.files import folder

FORMATS = ("md", "html", "pdf", "json")


def written(page: Brief, format: str) -> bytes:
    """The brief in one of FORMATS."""
    if format == "json":
        return json.dumps(_data(page, rows=True), ensure_ascii=False, indent=1).encode()
    if format == "pdf":
        return _pdf(page)
    import jinja2

    name = f"brief.{format}"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(**_data(page)).encode()


def _data(page: Brief, rows: bool = False) -> dict[str, Any]:
    numbers = []
    for line in page.lines:
        entry: dict[str, Any] = {"label": line.label, "text": line.text, "command": line.command}
        numbers.append(entry | (line.found.to_dict() if rows else {}))
    return {
        "subject": page.subject,
        "as_of": page.as_of,
        "numbers": numbers,
        "plants": page.plants,
        "missing": page.missing,
        "sources": [str(source) for source in page.sources],
        "sources_in_all": page.sources_in_all,
    }


def _pdf(page: Brief) -> bytes:
    import typst

    data = json.dumps(_data(page), ensure_ascii=False)
    return bytes(typst.compile(_read("brief.typ").encode(), sys_inputs={"brief": data}))


def _read(name: str) -> str:
    return folder("multipolar.brief", name).read_text(encoding="utf-8")
