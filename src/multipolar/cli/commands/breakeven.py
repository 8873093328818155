"""``breakeven``: what closes the gap, who pays, and what else is worth as much as a credit."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from multipolar.cli import market as options
from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, CurrencyOption, Rows, WorkspaceOption
from multipolar.cli.run import opened

KEYS = ("place", "chemistry", "age")


class Topic(StrEnum):
    """What is asked."""

    gap = "gap"
    scrap = "scrap"
    materials = "materials"
    hub = "hub"
    lithium = "lithium"


@app.command()
def breakeven(
    topic: Annotated[
        Topic,
        typer.Argument(
            help="gap: levers that close it; scrap: a better yield; materials: a duty on them; "
            "hub: a small plant; lithium: its price at which sodium-ion is cheaper"
        ),
    ] = Topic.gap,
    place: options.PlaceOption = "",
    chemistry: options.ChemistryOption = options.CHEMISTRY,
    date: options.DateOption = None,
    plant_gwh: options.SizeOption = 40,
    age: options.AgeOption = "",
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
    pair: Annotated[
        str,
        typer.Option("--pair", metavar="LEVER,LEVER", help="gap: the two of the line"),
    ] = "duty_cell,credit_cell",
    scrap: Annotated[
        str, typer.Option("--scrap", metavar="A..B", help="scrap: from one share to another")
    ] = "0.4..0.1",
    credit: Annotated[
        float,
        typer.Option("--credit", metavar="US$", min=0, help="scrap: the credit to set it beside"),
    ] = 30,
    rate: Annotated[
        float, typer.Option("--rate", metavar="SHARE", help="materials: the duty")
    ] = 0.25,
    hub_gwh: Annotated[
        float, typer.Option("--hub-gwh", metavar="GWH", help="hub: size of the small plant")
    ] = 5,
    against: Annotated[
        str, typer.Option("--against", metavar="NAME,...", help="lithium: the cells without it")
    ] = "Na-ion-layered,Na-ion-PBA,Na-ion-polyanion",
    currency: CurrencyOption = "USD",
    format: options.FormatOption = Rows.table,
    out: options.OutOption = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """The duty, credit or mix that closes the gap, or what else is worth as much."""
    import polars as pl

    from multipolar.cells.asked import pose
    from multipolar.cells.lithium import quoted_day
    from multipolar.cli import answers
    from multipolar.cli.tables import print_rows
    from multipolar.words.money import from_real_usd

    store, money = opened(workspace, as_of), answers.Money(currency, from_real_usd(1.0, currency))
    of_cells = topic is Topic.lithium
    words = options.Words(
        place or ("CHN" if of_cells else options.PLACE), chemistry, date, plant_gwh,
        age or ("6" if of_cells else options.AGE), maker, domicile, dry, automation, boundary,
        "" if of_cells else rival, policy, use, lever, input,
    )  # fmt: skip
    asked = words.asked(store, (lambda: quoted_day(store, chemistry)) if of_cells else None)
    several = [name for name in KEYS if len({getattr(one, name) for one in asked}) > 1]
    told: dict[str, list[pl.DataFrame]] = {}
    heads: list[str] = []
    said: list[str] = []
    general: list[str] = []
    for one in asked:
        found, under = pose(store, one)
        heads += options.head(one, under).splitlines()
        keys = {"place": found.home.plant.place, "chemistry": one.chemistry, "age": one.age}
        if topic is Topic.gap:
            answer = answers.gap(found, pair, money)
        elif topic is Topic.scrap:
            answer = answers.scrap(found, *options.ends(scrap), credit, money)
        elif topic is Topic.materials:
            answer = answers.materials(found, rate, money)
        elif topic is Topic.hub:
            answer = answers.hub(store, one, hub_gwh, money)
        else:
            answer = answers.lithium(store, one, against, money)
        which = ", ".join(str(keys[name]) for name in several)
        said += [f"{which}: {line}" if several else line for line in answer.said]
        general += answer.general
        for name, rows in answer.tables.items():
            frame = pl.DataFrame([keys | row for row in rows], infer_schema_length=None)
            told.setdefault(name, []).append(frame)
    joined = {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in told.items()}
    heads, said = list(dict.fromkeys(heads)), [*said, *dict.fromkeys(general)]
    if out or format is not Rows.table:
        first, *rest = joined
        also = {"asked": heads, "said": said, **{name: joined[name].to_dicts() for name in rest}}
        options.give(joined[first], format, out, also)
        return
    typer.echo("\n".join(heads))
    for name, frame in joined.items():
        typer.echo(f"\n{name}")
        print_rows(options.told_apart(frame, KEYS), "table", shown=frame.height)
    typer.echo("\n" + "\n".join(said))
    typer.echo(f"{currency} of 2025, without tax; low and high: 10 and 90 % of draws")
