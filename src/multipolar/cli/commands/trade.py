"""``forecast``, ``impact``, ``divert``: what exports will be, were after a measure, would become.

A forecast is told with what it is worth, an effect is not told as a cause, and what a duty diverts
is told as what it rests on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, CurrencyOption, Table, WorkspaceOption
from multipolar.cli.run import opened
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    from multipolar.trade.diversion import Diversion

#: What China exports and a source follows by month.
PRODUCT = "batteries"
ProductOption = Annotated[
    str, typer.Option("--product", metavar="CODE", help="Category of a source, or HS code")
]
FROM = "CHN"
FromOption = Annotated[str, typer.Option("--from", metavar="PLACE", help="Who exports")]
FormatOption = Annotated[Table, typer.Option("--format")]
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@app.command()
def forecast(
    place: Annotated[str, typer.Argument(help="Country or group that buys")] = "World",
    product: ProductOption = PRODUCT,
    exporter: FromOption = FROM,
    months: Annotated[int, typer.Option("--months", min=1, max=12)] = 12,
    format: FormatOption = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """Exports to a place in the next months, with ranges and with what the forecast is worth."""
    import polars as pl

    from multipolar.cli.tables import amount, print_json, print_rows
    from multipolar.evidence.result import VALUES
    from multipolar.trade.exports import VALUE
    from multipolar.trade.forecast import forecast as computed
    from multipolar.trade.forecast import worth
    from multipolar.trade.series import place_name
    from multipolar.words.places import resolve

    found = computed(opened(workspace, as_of), product, resolve(exporter), place, currency)
    shown = found.result.defaults["place"]
    data = found.data.filter(pl.col("place") == shown)
    rows = data.filter(measure=VALUE).head(months)
    told, last = worth(found.scores[shown]), found.last[shown]
    if format is Table.json:
        score = found.scores[shown]
        print_json(
            {
                "place": shown,
                "product": product,
                "model": found.models[shown],
                "last": last,
                "score": None if score is None else vars(score),
                "worth": told,
                "rows": rows.to_dicts(),
                "year": data.filter(pl.col("measure") != VALUE).to_dicts(),
            }
        )
        return
    print_rows(rows.select("month", *VALUES, "unit"), "table")
    year = data.filter(pl.col("measure") != VALUE).row(0, named=True)
    low, central, high = (amount(year[end]) for end in VALUES)
    typer.echo(
        f"\n{place_name(shown)}, 12 months to {year['month']}: {central} ({low}–{high}) "
        f"{year['unit']}\nmodel: {found.models[shown]}, from its own months to {last} alone; "
        f"forecasts of regions need not add up to that of the World\n{told}"
    )


@app.command()
def impact(
    event: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="Record of the table policies")
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="PLACE", help="Instead: who buys")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="Its first month")
    ] = None,
    product: Annotated[
        str | None, typer.Option("--product", metavar="CODE", help=f"[{PRODUCT}]")
    ] = None,
    exporter: FromOption = FROM,
    format: FormatOption = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What exports did after a measure, beside what the months before it led to expect."""
    from multipolar.cli.tables import print_json, print_rows
    from multipolar.trade import impact as room
    from multipolar.trade.series import place_name
    from multipolar.words.places import resolve

    if (event is None) == (place is None) or (place is None) != (month is None):
        raise typer.BadParameter("give an event, or --place and --month")
    if month is not None and not MONTH.fullmatch(month):
        raise MultipolarError(f"not a month: {month!r}; write YYYY-MM")
    store, seller = opened(workspace, as_of), resolve(exporter)
    if event is not None:
        what = room.event(store, event, product or "", seller)
    else:
        what = room.Event("", resolve(place or ""), month or "", product or PRODUCT)
    found = room.impact(store, what, seller)
    if format is Table.json:
        print_json(
            {
                "event": vars(what),
                "place": found.place,
                "notes": list(found.notes),
                "windows": found.windows.to_dicts(),
                "unit_values": found.unit_values.to_dicts(),
                "sums": found.sums.to_dicts(),
            }
        )
        return
    name = f"{what.name}, " if what.name else ""
    typer.echo(f"{name}{what.product} to {place_name(found.place)}, from {what.month}")
    for note in found.notes:
        typer.echo(f"  {note}")
    tables = {
        "": found.windows,
        "unit values, US$/kg, and a year earlier": found.unit_values,
        "12-month sums, million USD, and their growth in %": found.sums,
    }
    for title, rows in tables.items():
        if not rows.is_empty():
            typer.echo(f"\n{title}".rstrip())
            print_rows(rows, "table")
    typer.echo("\nA difference is what happened; that the measure caused it does not follow.")


@app.command()
def divert(
    place: Annotated[str, typer.Option("--place", metavar="PLACE", help="Who levies the duty")],
    duty: Annotated[
        float, typer.Option("--duty", metavar="PERCENT", help="Of the customs value, as 30")
    ],
    product: ProductOption = PRODUCT,
    instead: Annotated[
        bool, typer.Option("--instead", help="In place of the duties in force, not on top")
    ] = False,
    lasting: Annotated[
        bool, typer.Option("--lasting", help="Where goods go in the long run, not the first year")
    ] = False,
    exporter: FromOption = FROM,
    format: FormatOption = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What a duty would keep out of a place, and where the goods would go instead."""
    from multipolar.cli.tables import print_json, print_rows
    from multipolar.trade.diversion import FIRST_YEAR, LASTING, USED, diversion
    from multipolar.words.places import resolve

    seller = resolve(exporter)
    found = diversion(opened(workspace, as_of), place, duty, product, instead, seller)
    if format is Table.json:
        frames = {name: getattr(found, name) for name in ("duties", "totals", "where")}
        told = {name: value for name, value in vars(found).items() if name not in frames}
        rows = {name: frame.to_dicts() for name, frame in frames.items()}
        print_json(told | {"assumptions": list(USED)} | rows)
        return
    typer.echo(_standing(found))
    typer.echo()
    print_rows(found.totals, "table")
    horizon = LASTING if lasting else FIRST_YEAR
    typer.echo(f"\ndiverted, {horizon}: by purchases now, and (by_growth) by their growth")
    where = found.where.filter(horizon=horizon).drop("horizon")
    print_rows(where, "table", shown=where.height)
    typer.echo(
        f"\nrests on {', '.join(USED)} (multipolar evidence assumptions)\n"
        "No market is solved: nobody's capacity, price or own answer enters."
    )


def _standing(found: Diversion) -> str:
    """Which duty is asked for, and what is in force already."""
    from multipolar.words.places import name

    rows = found.duties.to_dicts()
    listed = "; ".join(
        f"{row['name']} ({row['record']}): "
        + ("rate not on record" if row["rate"] is None else f"{row['rate']:g} {row['unit']}")
        + (", counted as nothing" if row["record"] in found.uncounted else "")
        for row in rows
    )
    warning = (
        f"\nwarning: no range below allows for {', '.join(found.uncounted)}, counted as nothing: "
        "sales pay more than is told here, so that less would be lost"
        if found.uncounted
        else ""
    )
    way = "instead of" if found.instead else "on top of"
    return (
        f"{name(found.place)}: {found.duty:g} % {way} {found.standing:.3g} % in force"
        f" ({listed}); sales are those of the 12 months to {found.month}{warning}"
    )
