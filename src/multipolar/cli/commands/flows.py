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

    from multipolar.trade.question import Question

BY = "year,product,exporter"


@app.command()
def flows(
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="DIM,...",
            help="Of year, month, product, heading, chapter, exporter, importer",
        ),
    ] = BY,
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="CODE", help="This product only; repeatable"),
    ] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From this year or month on")
    ] = "",
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="Up to it")] = "",
    months: Annotated[
        int | None,
        typer.Option(
            "--months",
            metavar="N",
            min=1,
            max=12,
            help="Only statements of so many months: 1 or 12 [both, side by side]",
        ),
    ] = None,
    exporter: Annotated[
        str, typer.Option("--exporter", metavar="PLACE", help="A country, or a group of them")
    ] = "",
    importer: Annotated[
        str, typer.Option("--importer", metavar="PLACE", help="A country, or a group of them")
    ] = "",
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
    from multipolar.trade.remarks import nothing, remarks

    asked = Question(
        by=tuple(word.strip() for word in by.split(",") if word.strip()),
        products=tuple(product or ()),
        start=start,
        end=end,
        months=months,
        exporter=exporter,
        importer=importer,
        told_by=told_by,
        groups=tuple(group or ()),
        shares=shares,
        unit_values=unit_values,
        top=top,
    )
    if mirrored:
        _check_mirror(asked, by)
    store = opened(workspace, as_of)
    found = both_statements(store, asked) if mirrored else lines(store, asked)
    if found.is_empty():
        alone = "no exporter or importer tells such a flow; leave out --mirror, or name another"
        raise MultipolarError(alone if mirrored else nothing(store, asked))
    for remark in [] if mirrored else remarks(store, asked, found):
        typer.echo(remark, err=True)
    print_rows(found, format, first=_first(found))


def _check_mirror(asked: Question, by: str) -> None:
    """Raises MultipolarError for options that single flows with both statements have no use for."""
    given = {
        "--by": by != BY, "--told-by": asked.told_by, "--group": asked.groups,
        "--shares": asked.shares, "--unit-values": asked.unit_values,
    }  # fmt: skip
    if any(given.values()):
        idle = ", ".join(name for name, value in given.items() if value)
        raise MultipolarError(
            f"--mirror shows single flows as both sides tell them: leave out {idle}"
        )


def _first(found: pl.DataFrame) -> list[str]:
    """What a narrow table shows first behind the dimensions."""
    shown = (
        "value", "share", "share_high", "weight", "weight_estimate", "unit_value", "flag",
        "not_allocated", "told_by", "source",
    )  # fmt: skip
    dims = found.columns[: found.columns.index("span") + 1] if "span" in found.columns else []
    return [*dims, *(name for name in shown if name in found.columns)] if dims else []
