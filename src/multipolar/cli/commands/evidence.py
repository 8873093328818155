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
            help="Rows with this value (a range as 2025..2030 or 2024-01..2024-06); repeatable",
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
    whole = rows = store.table(table)
    asked = [(text, *pair(text)) for text in where or []]
    fitting = [_fits(schema(table).field(name), value, store.known) for _, name, value in asked]
    for (text, name, value), fits in zip(asked, fitting, strict=True):
        rows = rows.filter(fits)
        if rows.is_empty():
            typer.echo(f"no row fits {text}{_groups(whole, name, value)}", err=True)
            break
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
    """Rows whose column has the value; numbers and times take a range ``a..b``.

    A time fits what it holds: 2024 every month of that year. Countries may be asked for by group.
    """
    import polars as pl

    from multipolar.evidence.check import canonical
    from multipolar.evidence.dates import is_partial_date
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
    if field.type == "date":
        first, dots, last = value.partition("..")
        last = last if dots else first
        if not (is_partial_date(first) and is_partial_date(last)):
            raise MultipolarError(
                f"{field.name}={value}: write YYYY, YYYY-MM or YYYY-MM-DD, or a range as "
                "2024-01..2024-06"
            )
        return (column.str.head(len(first)) >= first) & (column.str.head(len(last)) <= last)
    if field.vocabulary in ("country", "place"):
        word = canonical("place", value, known)
        return column.is_in([word, *members(word)] if field.vocabulary == "country" else [word])
    return column == canonical(field.vocabulary, value, known)


def _groups(rows: pl.DataFrame, column: str, value: str) -> str:
    """Groups in a column of places that are called like the one asked for."""
    from multipolar.words.places import groups

    found = sorted(set(rows[column].unique()) & set(groups())) if column in rows.columns else []
    alike = [name for name in found if value.casefold() in name.casefold()]
    return f"; did you mean {' or '.join(alike)}?" if alike else ""
