"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_WORKSPACE = Path("multipolar-workspace")


class Table(StrEnum):
    """How a command answers: for people or for scripts."""

    table = "table"
    json = "json"


class Rows(StrEnum):
    """How rows are printed."""

    table = "table"
    csv = "csv"
    json = "json"


WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help=f"Folder with your own rows [{DEFAULT_WORKSPACE}, if there]",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="What was on record on a day, YYYY-MM-DD"),
]
CurrencyOption = Annotated[
    str,
    typer.Option(
        "--currency",
        metavar="CODE",
        help="Currency of money: investment at 2025 prices, trade in money of the time",
    ),
]
