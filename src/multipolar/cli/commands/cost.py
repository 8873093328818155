"""``cost``: what a cell costs where it is made, beside what an imported one costs there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from multipolar.cli import market as options
from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, CurrencyOption, Rows, WorkspaceOption
from multipolar.cli.run import opened

if TYPE_CHECKING:
    import polars as pl

    from multipolar.cells.asked import Asked
    from multipolar.cells.market import Market
    from multipolar.evidence.store import Evidence

HOME, RIVAL, GAP, TOTAL, PREMIUM = "home", "rival", "gap", "total", "premium paid by buyers"
KEYS = ("place", "chemistry", "age")


@app.command()
def cost(
    place: options.PlaceOption = options.PLACE,
    chemistry: options.ChemistryOption = options.CHEMISTRY,
    date: options.DateOption = None,
    plant_gwh: options.SizeOption = 40,
    age: options.AgeOption = options.AGE,
    maker: options.MakerOption = "",
    domicile: options.OwnerOption = "",
    dry: options.DryOption = 0,
    automation: options.AutomationOption = 0,
    boundary: options.BoundaryOption = "cell",
    rival: options.RivalOption = "CHN",
    policy: options.PolicyOption = options.Base.in_force,
    use: options.UseOption = options.Use.vehicles,
    lever: options.LeverOption = None,
    input: options.InputOption = None,
    drivers: Annotated[
        int, typer.Option("--drivers", metavar="N", min=0, help="Inputs that move the gap most")
    ] = 0,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="Instead: every number that enters, and its source")
    ] = False,
    currency: CurrencyOption = "USD",
    format: options.FormatOption = Rows.table,
    out: options.OutOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What a cell costs by line, and the gap to a rival's delivered price; several are compared."""
    import polars as pl

    from multipolar.cells.asked import pose
    from multipolar.cli.tables import print_rows
    from multipolar.words.money import from_real_usd

    words = options.Words(
        place, chemistry, date, plant_gwh, age, maker, domicile, dry, automation, boundary, rival,
        policy, use, lever, input,
    )  # fmt: skip
    store, rate = opened(workspace, as_of), from_real_usd(1.0, currency)
    asked = words.asked(store)
    posed = [pose(store, one) for one in asked]
    markets = [found for found, _ in posed]
    told = [options.head(one, found) for one, (_, found) in zip(asked, posed, strict=True)]
    if inputs:
        rows = pl.concat([_inputs(*pair) for pair in zip(asked, markets, strict=True)]).unique(
            maintain_order=True
        )
    else:
        pairs = zip(asked, markets, strict=True)
        rows = pl.concat([_lines(*pair, currency, rate) for pair in pairs])
    moved = [_drivers(m, drivers, currency, rate) for m in markets] if drivers else []
    if out or format is not Rows.table:
        more = {"drivers": [frame.to_dicts() for frame in moved]} if moved else {}
        options.give(rows, format, out, {"asked": told, **more})
        return
    if inputs:
        print_rows(options.told_apart(rows, KEYS), "table", shown=rows.height)
    elif len(markets) == 1:
        typer.echo(f"{told[0]}\n")
        print_rows(_stack(rows), "table", shown=rows.height)
        _tell_gap(rows)
        _tell_beside(store, asked[0], markets[0], currency, rate)
    else:
        policies = {a.place: p for a, (_, p) in zip(asked, posed, strict=True)}
        for where, under in policies.items():
            typer.echo(f"{where}: {options.standing(under)}")
        typer.echo(f"prices up to {asked[0].day}; {currency}/kWh; low and high: 10 and 90 %\n")
        print_rows(_summary(rows), "table", shown=len(markets))
    for one, frame in zip(asked, moved, strict=False):
        which = f" ({one.place}, {one.chemistry}, age {one.age})" if len(markets) > 1 else ""
        typer.echo(
            f"\nwhat moves the gap most, from 10 to 90 % of each input{which}; slope: change "
            "for one of the input, at best values"
        )
        print_rows(frame, "table")


def _lines(asked: Asked, found: Market, currency: str, rate: float) -> pl.DataFrame:
    """Every line of both stacks and the gap, with ranges."""
    import polars as pl

    from multipolar.cells.ranges import best_first, ranged

    values, unit = best_first(found), f"{currency}/kWh"
    entries: list[tuple[str, str, Any, str]] = []
    home = found.home_cost(values)
    entries += [(HOME, n, v * rate, unit) for n, v in found.home_stack(values).items()]
    entries.append((HOME, TOTAL, home * rate, unit))
    if found.rival is not None:
        price, gap = found.rival_price(values), found.gap(values)
        entries += [(RIVAL, n, v * rate, unit) for n, v in found.rival_stack(values).items()]
        entries.append((RIVAL, TOTAL, price * rate, unit))
        entries.append((GAP, TOTAL, gap * rate, unit))
        if premium := found.levers.local_premium:
            entries.append((GAP, PREMIUM, premium * rate, unit))
        entries.append((GAP, "over delivered price", 100 * gap / price, "%"))
        entries.append((GAP, "over home cost", 100 * gap / home, "%"))
    keys = {"place": found.home.plant.place, "chemistry": asked.chemistry, "age": asked.age}
    rows = [
        keys | {"what": what, "line": line}
        | dict(zip(("value_low", "value", "value_high"), ranged(value), strict=True))
        | {"unit": unit}
        for what, line, value, unit in entries
    ]  # fmt: skip
    return pl.DataFrame(rows)


def _stack(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines of home and rival side by side, with the difference at best values."""
    import polars as pl

    ends = ("value_low", "value", "value_high")
    sides = []
    for side in (HOME, RIVAL):
        names = dict(zip(ends, (f"{side}_low", side, f"{side}_high"), strict=True))
        sides.append(rows.filter(what=side).select("line", *ends).rename(names))
    home, other = sides
    order = [*home["line"], *other["line"]]
    order = [*dict.fromkeys(line for line in order if line != TOTAL), TOTAL]
    found = pl.DataFrame({"line": order})
    for frame in sides:
        found = found.join(frame, on="line", how="left", maintain_order="left")
    if other.is_empty():
        return found.select("line", "home_low", "home", "home_high")
    difference = pl.col("home").fill_null(0) - pl.col("rival").fill_null(0)
    return found.with_columns(difference=difference)


def _tell_gap(rows: pl.DataFrame) -> None:
    from multipolar.figures.say import ranged

    unit = rows["unit"][0]
    typer.echo(f"\n{unit}, real 2025, without tax; low and high: 10 and 90 % of draws")
    found = {r["line"]: r for r in rows.filter(what=GAP).to_dicts()}
    premium = found.pop(PREMIUM, None)
    if found:
        told = [
            ranged(row["value_low"], row["value"], row["value_high"], row["unit"])
            for row in found.values()
        ]
        paid = f", after the premium of {premium['value']:.3g} that buyers pay" if premium else ""
        typer.echo(
            f"gap: {told[0]}{paid}; {told[1]} of the delivered price, {told[2]} of the home cost"
        )


def _tell_beside(store: Evidence, asked: Asked, found: Market, currency: str, rate: float) -> None:
    """How often a conditional credit is paid, what is quoted, and what nobody has checked."""
    import numpy as np

    from multipolar.cells import prices
    from multipolar.cells.ranges import best_first

    if found.levers.credit_content and found.levers.credit_cell:
        credit = np.asarray(found.home_stack(best_first(found))["credit"])
        paid = np.broadcast_to(credit, 2)[1:] if credit.ndim == 0 else credit[1:]
        typer.echo(
            f"the credit is paid in {100 * np.mean(paid < 0):.0f} % of draws: it asks for "
            f"{100 * found.levers.credit_content:g} % of materials from outside China"
        )
    if quoted := prices.cells(store, asked.chemistry, asked.day):
        typer.echo(
            f"for comparison, no input: such cells are quoted at {quoted.central * rate:.3g} "
            f"{currency}/kWh in China ({', '.join(quoted.records)})"
        )
    all_ = [i for i in found.inputs if i.table == "assumptions"]
    open_ = [i for i in all_ if any(not found.inputs.assumptions[r].checked for r in i.records)]
    typer.echo(
        f"{len(open_)} of {len(list(found.inputs))} inputs are assumptions that nobody has checked "
        "(--inputs lists all)"
    )


def _summary(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each question: home, rival, and the gap on both bases."""
    import polars as pl

    def side(what: str, line: str, name: str, ranged: bool = True) -> pl.DataFrame:
        picked = rows.filter(what=what, line=line)
        ends = {"value_low": f"{name}_low", "value": name, "value_high": f"{name}_high"}
        names = ends if ranged else {"value": name}
        return picked.select(*KEYS, *names).rename(names)

    found = side(HOME, TOTAL, "home")
    others = [
        side(RIVAL, TOTAL, "rival"),
        side(GAP, TOTAL, "gap"),
        side(GAP, "over delivered price", "%_of_price", False),
        side(GAP, "over home cost", "%_of_cost", False),
    ]
    for other in others:
        if other.height:
            found = found.join(other, on=list(KEYS), how="left", maintain_order="left")
    return found.select(pl.all())


def _drivers(found: Market, most: int, currency: str, rate: float) -> pl.DataFrame:
    """The inputs that move the gap (or the cost, without a rival) most."""
    import numpy as np
    import polars as pl

    from multipolar.cells.market import slopes
    from multipolar.cells.ranges import ENDS
    from multipolar.evidence.assumptions import DRAWS, SEED

    rows = []
    function = found.gap if found.rival is not None else found.home_cost
    best = {**found.inputs.central(), **found.levers.values()}
    _, exact = slopes(function, {name: np.array([value]) for name, value in best.items()}, 1)
    for swing in found.swings(function)[:most]:
        entry = found.inputs.named[swing.name]
        low, high = np.quantile(np.asarray(entry.draw(DRAWS, SEED)), ENDS)
        rows.append(
            {"input": swing.name, "from": float(low), "to": float(high), "of": entry.unit,
             "gap_from": swing.low * rate, "gap_to": swing.high * rate, "unit": f"{currency}/kWh",
             "slope": float(exact[swing.name][0]) * rate}
        )  # fmt: skip
    return pl.DataFrame(rows)


def _inputs(asked: Asked, found: Market) -> pl.DataFrame:
    """Every number that enters."""
    import polars as pl

    rows = [
        {"place": found.home.plant.place, "chemistry": asked.chemistry, "age": asked.age,
         "input": i.name, "low": i.low, "central": i.central, "high": i.high, "unit": i.unit,
         "table": i.table, "records": ", ".join(i.records)}
        for i in found.inputs
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
