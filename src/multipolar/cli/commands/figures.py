"""``figures``, ``figure`` and ``explain``: which there are, one of them, one number of one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, CurrencyOption, Table, WorkspaceOption
from multipolar.cli.run import opened, pair, pairs, write
from multipolar.words.errors import MultipolarError, UnknownWord

if TYPE_CHECKING:
    import polars as pl


@app.command()
def figures(format: Annotated[Table, typer.Option("--format")] = Table.table) -> None:
    """List the figures."""
    from multipolar.cli.tables import print_json
    from multipolar.figures.registry import figures

    found = [
        {"name": f.name, "study_figure": f.number, "question": f.question}
        for f in figures().values()
    ]
    if format is Table.json:
        print_json(found)
    else:
        for entry in found:
            typer.echo(
                f"{entry['name']:20} (study's Figure {entry['study_figure']})  {entry['question']}"
            )


@app.command()
def figure(
    name: str,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", help="table, csv, json, svg, png, pdf or html [that of --out, else csv]"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="File to write")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="DIM=VALUE",
            help="Rows of this value (several: a,b; years: 2025..2030); repeatable",
        ),
    ] = None,
    within: Annotated[
        str, typer.Option("--within", metavar="GROUP", help="Countries of a group only")
    ] = "",
    over: Annotated[
        str | None,
        typer.Option("--over", metavar="DIM=VALUE", help="Divide by the same row of this value"),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", metavar="N", min=1, help="The largest N")
    ] = None,
    view: Annotated[str, typer.Option("--view", help="Another view of the figure, as: map")] = "",
    dark: Annotated[bool, typer.Option("--dark", help="Dark picture")] = False,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """One figure: its data or its picture."""
    from multipolar.cli.tables import print_rows
    from multipolar.figures.files import FORMATS, PICTURES, TABLES, picture, table
    from multipolar.figures.registry import figure as find
    from multipolar.figures.table import rows

    ending = out.suffix.removeprefix(".").lower() if out else ""
    format = format or ending or "csv"
    if format not in (*FORMATS, "table"):
        raise UnknownWord("format", format, (*FORMATS, "table"))
    if ending in FORMATS and ending != format:
        raise MultipolarError(
            f"{out} ends in .{ending} but the format is {format}; use one of them"
        )
    if out is None and format in PICTURES and sys.stdout.isatty():
        raise MultipolarError(f"a picture is no text; write it to a file: --out {name}.{format}")
    drawn = find(name).draw(opened(workspace, as_of), currency)
    if view not in drawn.views:
        raise UnknownWord("view", view, [v for v in drawn.views if v])
    chosen = bool(where or within or over or top)
    if format in (*TABLES, "table"):
        conditions = [pair(condition) for condition in where or []]
        people = format == "table"
        found = rows(drawn, conditions, within, pair(over) if over else None, top, people)
        if people:
            if found.is_empty():
                typer.echo("no row fits", err=True)
            print_rows(_told_apart(found), format)
            return
        content = table(found, format).encode()
    elif chosen:
        raise MultipolarError("a picture shows all of a figure; choose rows with --format table")
    elif drawn.data.is_empty():
        raise MultipolarError(
            f"{name}: nothing is on record to draw{f' as of {as_of}' * bool(as_of)}"
        )
    else:
        content = picture(drawn, format, view, "dark" if dark else "light")
    write(content, out)


@app.command()
def explain(
    figure: str,
    keys: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="Dimensions of the number")
    ],
    format: Annotated[Table, typer.Option("--format")] = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """The rows, sources and assumptions behind one number."""
    from multipolar.cli.explained import explained
    from multipolar.figures.registry import figure as find

    drawn = find(figure).draw(opened(workspace, as_of), currency)
    found = drawn.explain(**pairs(keys))
    typer.echo(found.to_json() if format is Table.json else explained(found))


def _told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that say the same in every row, which are told on stderr."""
    same = [c for c in rows.columns[:-4] if rows.height and rows[c].n_unique() == 1]
    if same:
        typer.echo(", ".join(f"{name} {rows[name][0]}" for name in same), err=True)
    return rows.drop(same)
