"""``dependence``: who buys from few, and how much of it from one supplier."""

from __future__ import annotations

from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened


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
        float, typer.Option(min=0, metavar="MILLION", help="Imports of at least, million US$")
    ] = 1,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Share of one supplier in the imports of a place, by product along the supply chain."""
    from multipolar.cli.tables import print_rows
    from multipolar.trade.dependence import table
    from multipolar.words.errors import MultipolarError

    found = table(opened(workspace, as_of), on, where or [], product, year)
    found = found.filter(found["share"] >= over, found["imports"].fill_null(least) >= least)
    if found.is_empty():
        raise MultipolarError("no imports on record are so: try another place, year or --over")
    print_rows(found, format, shown=60)
