"""``evidence`` and ``sources``: what is known, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, Table, WorkspaceOption
from multipolar.cli.run import opened, pair
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    import polars as pl

    from multipolar.evidence.check import Known
    from multipolar.evidence.schemas import Field


@app.command()
def evidence(
    table: Annotated[
        str | None, typer.Argument(help="A table; without one, the list of tables")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="COLUMN=VALUE",
            help="Rows with this value (years: 2025..2030); repeatable",
        ),
    ] = None,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What is known."""
    import polars as pl

    from multipolar.cli.tables import print_rows
    from multipolar.evidence.schemas import schema, tables

    store = opened(workspace, as_of)
    if table is None:
        listed = [
            {
                "table": name,
                "rows": store.on_record(name)[0],
                "description": schema(name).description,
            }
            for name in tables()
        ]
        print_rows(pl.DataFrame(listed), format)
        return
    rows = store.table(table)
    for condition in where or []:
        column, value = pair(condition)
        rows = rows.filter(_fits(schema(table).field(column), value, store.known))
    if rows.is_empty():
        typer.echo("no row fits", err=True)
    print_rows(rows, format, first=schema(table).shown, stated=True)


@app.command()
def sources(
    id: Annotated[str | None, typer.Argument(help="One source; without it, all")] = None,
    format: Annotated[Table, typer.Option("--format")] = Table.table,
) -> None:
    """Who says so."""
    from dataclasses import asdict

    from multipolar.cli.tables import print_json
    from multipolar.evidence.sources import bibliography, source

    found = [source(id)] if id else list(bibliography().values())
    if format is Table.json:
        print_json([asdict(entry) for entry in found])
        return
    for entry in found:
        read = "" if entry.read else "  [cited by another source; not read by us]"
        typer.echo(f"{entry.id}: {entry}{read}")


def _fits(field: Field, value: str, known: Known) -> pl.Expr:
    """Rows whose column has the value; numbers take a range ``a..b``, places may be groups."""
    import polars as pl

    from multipolar.evidence.check import canonical
    from multipolar.words.places import members

    column = pl.col(field.name)
    if field.type in ("number", "integer"):
        first, dots, last = value.partition("..")
        ends = [
            pl.Series([end]).cast(pl.Float64, strict=False)[0] for end in (first, last or first)
        ]
        if None in ends or (dots and not last):
            raise MultipolarError(f"{field.name}={value}: write a number, or a range as 2025..2030")
        return column.is_between(*ends)
    if field.vocabulary in ("country", "place"):
        word = canonical("place", value, known)
        return column.is_in([word, *members(word)] if field.vocabulary == "country" else [word])
    return column == canonical(field.vocabulary, value, known)
