"""``lines``: the lines for nickel cells, which could be turned to LFP."""

from __future__ import annotations

from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened
from multipolar.words.errors import MultipolarError


@app.command()
def lines(
    where: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLACE]...", help="Countries or groups [USA Europe]"),
    ] = None,
    year: Annotated[int, typer.Option("--year", min=2020, max=2035)] = 2030,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Lines for nickel cells that could be turned to LFP, the largest first."""
    from multipolar.cli.tables import amount, print_rows
    from multipolar.evidence.result import VALUES
    from multipolar.industry.nickel_lines import PLACES, nickel_lines
    from multipolar.words.places import name, resolve
    from multipolar.words.vocabularies import UPPER_BOUND

    places = [resolve(place) for place in where or PLACES]
    found = nickel_lines(opened(workspace, as_of), places, year)
    if found.is_empty():
        asked = ", ".join(map(name, places))
        raise MultipolarError(f"no line for nickel cells by {year} is on record: {asked}")
    if format is not Rows.table:
        print_rows(found, format)
        return
    shown = ("place", "town", "name", "status", "from_year", *VALUES, "unit", "also_lfp")
    print_rows(found.select(shown), format, shown=found.height)
    typer.echo()
    for status in UPPER_BOUND:
        rows = found.filter(status=status)
        if rows.height:
            low, value, high = (amount(float(rows[end].sum())) for end in VALUES)
            mixed = amount(float(rows.filter(also_lfp=True)["value"].sum()))
            typer.echo(
                f"{status}: {value} ({low}–{high}) GWh/yr of nickel cells, "
                f"{mixed} of them at plants that make LFP too"
            )
