"""``levers``: what a government can set, and what is in force in a market on a day."""

from __future__ import annotations

import typer

from multipolar.cli import market as options
from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened


@app.command()
def levers(
    place: options.PlaceOption = options.PLACE,
    date: options.DateOption = None,
    rival: options.RivalOption = "CHN",
    boundary: options.BoundaryOption = "cell",
    use: options.UseOption = options.Use.vehicles,
    format: options.FormatOption = Rows.table,
    out: options.OutOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """The levers of a market, and the rates in force there on a day with their rows."""
    import polars as pl

    from multipolar.cells.asked import jurisdiction, latest
    from multipolar.cells.levers import LEVERS, in_force, levers_of
    from multipolar.cli.tables import print_rows
    from multipolar.words.places import resolve

    store = opened(workspace, as_of)
    when = options.told_day(date) if date else latest(store)
    market, exporter = jurisdiction(place), resolve(rival)
    found = in_force(store, market, exporter, when, use.value, boundary)
    behind: dict[str, list[str]] = {}
    unread: dict[str, list[str]] = {}
    for row in store.table("policies").iter_rows(named=True):
        told = behind if row["record"] in found.records else unread
        if row["record"] in (*found.records, *found.unread):
            for name in levers_of(row, market, exporter) or ("",):
                told.setdefault(name, []).append(row["record"])
    rows = pl.DataFrame(
        [
            {
                "name": name,
                "in_force": float(getattr(found.levers, name)),
                "unit": lever.unit,
                "straight": lever.straight,
                "records": ", ".join(behind.get(name, [])),
                "not_counted": ", ".join(unread.get(name, [])),
                "meaning": lever.meaning,
            }
            for name, lever in LEVERS.items()
        ]
    )
    if out or format is not Rows.table:
        options.give(rows, format, out)
        return
    barred = f"; no credit for owners from {', '.join(found.levers.excluded)}" if (
        found.levers.excluded
    ) else ""  # fmt: skip
    typer.echo(f"{market} for {use.value} from {exporter} on {when}{barred}\n")
    print_rows(rows, "table", shown=rows.height, first=("name", "in_force", "unit", "records"))
    if behind.get("") or unread.get(""):
        rest = ", ".join([*behind.get("", []), *unread.get("", [])])
        typer.echo(f"\nalso in force: {rest}")
