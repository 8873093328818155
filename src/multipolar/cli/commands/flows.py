"""``flows``: what was traded, added up by any dimensions, with unit values or beside its mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    import polars as pl


@app.command()
def flows(
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="DIM,...",
            help="Of year, month, product, heading, chapter, exporter, importer",
        ),
    ] = "year,product,exporter",
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="CODE", help="This product only; repeatable"),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From this year or month on")
    ] = "",
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="Up to it")] = "",
    exporter: Annotated[str, typer.Option("--exporter", metavar="PLACE")] = "",
    importer: Annotated[str, typer.Option("--importer", metavar="PLACE")] = "",
    told_by: Annotated[
        str, typer.Option("--told-by", help="Whose statements: exporter, importer or both [all]")
    ] = "",
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="GROUP", help="Stands for its members; repeatable"),
    ] = None,
    shares: Annotated[
        str, typer.Option("--shares", metavar="DIM", help="With shares over this dimension")
    ] = "",
    unit_values: Annotated[
        bool, typer.Option("--unit-values", help="With US$/kg, flags and believable weights")
    ] = False,
    mirrored: Annotated[
        bool, typer.Option("--mirror", help="Instead: both statements of every flow side by side")
    ] = False,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", min=1, help="The N greatest by value")
    ] = None,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What was traded: sums over all flows on record, of which none is counted twice."""
    from multipolar.cli.tables import print_rows
    from multipolar.trade.question import Question, both_statements, lines

    asked = Question(
        by=tuple(word.strip() for word in by.split(",") if word.strip()),
        products=tuple(product or ()),
        start=start,
        end=end,
        exporter=exporter,
        importer=importer,
        told_by=told_by,
        groups=tuple(group or ()),
        shares=shares,
        unit_values=unit_values,
        top=top,
    )
    store = opened(workspace, as_of)
    found = both_statements(store, asked) if mirrored else lines(store, asked)
    if found.is_empty():
        raise MultipolarError("no flow on record fits; multipolar evidence trade lists some")
    print_rows(found, format, first=_first(found))


def _first(found: pl.DataFrame) -> list[str]:
    """What a narrow table shows first behind the dimensions."""
    shown = ("value", "weight", "unit_value", "flag", "share", "not_allocated", "told_by")
    dims = found.columns[: found.columns.index("source")] if "source" in found.columns else []
    return [*dims, *(name for name in shown if name in found.columns)] if dims else []
