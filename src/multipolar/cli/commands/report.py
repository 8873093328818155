"""``report`` and ``brief``: the whole analysis, and one page on a place or a firm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, CurrencyOption, WorkspaceOption
from multipolar.cli.run import opened, write
from multipolar.words.errors import UnknownWord

DEFAULT_REPORT = Path("multipolar-report")


@app.command()
def report(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to write")
    ] = DEFAULT_REPORT,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """Build the whole analysis: a page, a PDF, a workbook and the figure files."""
    from multipolar.report.build import build

    written = build(opened(workspace, as_of), out, currency)
    typer.echo(str(written / "index.html"))


@app.command()
def brief(
    subject: Annotated[str, typer.Argument(metavar="PLACE", help="A place, or a firm")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write: .md, .html, .pdf or .json"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """One page on a place or a firm: ten numbers, ten sources."""
    from multipolar.brief.content import brief as made
    from multipolar.brief.write import FORMATS, written

    ending = out.suffix.removeprefix(".").lower() if out else FORMATS[0]
    if ending not in FORMATS:
        raise UnknownWord("ending of --out", ending, FORMATS)
    write(written(made(opened(workspace, as_of), subject, currency), ending), out)
