"""``verify``: the study's claims held against our own evidence."""

from __future__ import annotations

from typing import Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Table, WorkspaceOption
from multipolar.cli.run import opened


@app.command()
def verify(
    format: Annotated[Table, typer.Option("--format")] = Table.table,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="All 409 claims, also those without a number of the study's own"
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Hold the study's claims against our own evidence."""
    from multipolar.cli.explained import judged
    from multipolar.cli.tables import print_json
    from multipolar.verify import scoreboard, to_dict, verify

    verdicts = verify(opened(workspace, as_of), everything)
    if format is Table.json:
        print_json([to_dict(verdict) for verdict in verdicts])
        return
    for name, count in scoreboard(verdicts).items():
        typer.echo(f"{count:5d}  {name}")
    for verdict in sorted(verdicts, key=lambda v: v.verdict == "not-computable"):
        typer.echo(f"\n{judged(verdict)}")
