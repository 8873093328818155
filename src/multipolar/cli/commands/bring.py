"""``template``, ``formats`` and ``import``: rows of one's own, and lists that others publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import DEFAULT_WORKSPACE, Table, WorkspaceOption


@app.command()
def template(table: str) -> None:
    """An empty CSV of a table for rows of your own; its columns are explained on stderr."""
    from multipolar.evidence.check import allowed
    from multipolar.evidence.imports import template
    from multipolar.evidence.schemas import schema

    typer.echo(template(table), nl=False)
    for field in schema(table).fields:
        needed = "required" if field.required else "optional"
        typer.echo(f"# {field.name} ({field.type}, {needed}): {field.description}", err=True)
        words = allowed(field, schema(table))
        if words:
            typer.echo(f"#   one of: {', '.join(words)}", err=True)


@app.command()
def formats(format: Annotated[Table, typer.Option("--format")] = Table.table) -> None:
    """The formats that can be imported."""
    from multipolar.bring import formats
    from multipolar.cli.tables import print_json

    found = [{"format": name, "reads": reads} for name, reads in formats().items()]
    if format is Table.json:
        print_json(found)
    else:
        for entry in found:
            typer.echo(f"{entry['format']:26} {entry['reads']}")


@app.command("import")
def import_(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="One of: multipolar formats")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Accept the map of columns of a list of any layout")
    ] = False,
    released: Annotated[
        str,
        typer.Option(metavar="DATE", help="When flows, prices and the like were given out"),
    ] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Read somebody's file into the workspace.

    A file in a table's own format is stored whole or not at all; of a list that others publish,
    rows that cannot be used are left out with the reason.
    """
    from multipolar.bring import Unconfirmed, bring
    from multipolar.cli.imported import imported, steps
    from multipolar.evidence.store import Evidence

    folder = workspace or DEFAULT_WORKSPACE
    store = Evidence(folder)
    try:
        with steps() as step:
            done = bring(store, format, files, confirm, step, released)
    except Unconfirmed as proposal:
        typer.echo(proposal.text, nl=False)
        raise
    for one in done:
        said, aside = imported(one, folder)
        typer.echo(said)
        for line in aside:
            typer.echo(line, err=True)
