"""``coverage``: how complete the plants are, and how much rests on a single list."""

from __future__ import annotations

from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, Table, WorkspaceOption
from multipolar.cli.run import opened


@app.command()
def coverage(
    format: Annotated[Table, typer.Option("--format")] = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """How complete the plants are, and how much rests on a single list."""
    from multipolar.cli.tables import print_json, print_rows
    from multipolar.industry.coverage import against_totals, reached, single_list
    from multipolar.industry.plants import reconcile

    store = opened(workspace, as_of)
    plants = reconcile(store)
    counted, known, rest = reached(plants)
    totals, listed = against_totals(plants, store), single_list(plants, store)
    if format is Table.json:
        print_json(
            {
                "plants_in_sums": counted,
                "plants_with_capacity": known,
                "left_out": rest.to_dicts(),
                "against_totals": totals.to_dicts(),
                "on_one_unverified_list": listed.to_dicts(),
            }
        )
        return
    typer.echo(f"{counted} of {known} plants with a capacity are in the sums; left out:")
    print_rows(rest, Rows.table)
    typer.echo("\nOur sums beside published totals, GWh/yr:")
    columns = ("place", "year", "scope", "published", "ours", "ratio", "source")
    print_rows(totals.select(columns), Rows.table, shown=totals.height)
    typer.echo("\nGWh/yr that rest on one unverified list (upper bound, all years on record):")
    print_rows(listed, Rows.table)
