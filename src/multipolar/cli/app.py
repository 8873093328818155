"""The program that commands are added to, and the options that belong to no command."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    help="The geopolitics of batteries: sourced evidence, models that re-run, a range on "
    "every number.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop")] = False,
) -> None:
    """Answer the options that belong to no command."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"multipolar {installed('multipolar')}")
        raise typer.Exit
