"""``dependence``: who buys from few, and how much of it from one supplier."""

from __future__ import annotations

from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened

#: Million US$ below which imports are too small to be listed.
SMALLEST = 1.0


@app.command()
def dependence(
    where: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLACE]...", help="Buyers: countries or groups [all countries]"),
    ] = None,
    on: Annotated[str, typer.Option("--on", metavar="PLACE", help="The supplier")] = "CHN",
    product: Annotated[
        str, typer.Option(metavar="CODE", help="One product: a code of words/products.csv")
    ] = "",
    over: Annotated[
        float, typer.Option("--over", min=0, max=100, metavar="PERCENT", help="Shares above this")
    ] = 0,
    year: Annotated[int | None, typer.Option(help="Year [the newest of each product]")] = None,
    least: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="MILLION", help="Imports of at least, million US$ [1, or not on record]"
        ),
    ] = None,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Share of one supplier in the imports of a place, by product along the supply chain."""
    from multipolar.cli.tables import print_rows
    from multipolar.trade.dependence import table
    from multipolar.words.errors import MultipolarError
    from multipolar.words.places import name, resolve

    found = table(opened(workspace, as_of), on, where or [], product, year)
    if least is not None:
        unknown = found.filter(found["imports"].is_null())
        if unknown.height:
            names = ", ".join(unknown["name"].unique().sort())
            typer.echo(f"left out, since their imports are not on record: {names}", err=True)
        found = found.filter(found["imports"].is_not_null())
    least = SMALLEST if least is None else least
    kept = found.filter(found["share"] >= over, found["imports"].fill_null(least) >= least)
    if kept.is_empty():
        raise MultipolarError(
            f"none of {found.height} imports on record has {over:g} % or more from "
            f"{name(resolve(on))} and {least:,.10g} million US$ or more: lower --over or --least"
        )
    print_rows(kept, format, shown=60)
