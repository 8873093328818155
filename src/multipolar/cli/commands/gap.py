"""``gap``: what a place lacks to meet its demand, or a demand of one's own.

A gap below zero is told as what it is, a surplus.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from multipolar.cli.app import app
from multipolar.cli.options import AsOfOption, Rows, WorkspaceOption
from multipolar.cli.run import opened
from multipolar.words.errors import MultipolarError


@app.command()
def gap(
    place: str,
    year: Annotated[int, typer.Option("--year", min=2020, max=2035)] = 2030,
    ev_share: Annotated[
        float | None, typer.Option("--ev-share", metavar="PERCENT", help="Of cars sold")
    ] = None,
    cars_sold: Annotated[
        float | None, typer.Option("--cars-sold", metavar="MILLIONS", help="A year")
    ] = None,
    kwh_per_car: Annotated[
        float | None,
        typer.Option("--kwh-per-car", metavar="KWH", help="Battery of an electric car"),
    ] = None,
    storage: Annotated[
        float | None, typer.Option("--storage", metavar="GWH", help="Stationary storage a year")
    ] = None,
    demand: Annotated[
        float | None,
        typer.Option("--demand", metavar="GWH", help="All uses together, in the mix on record"),
    ] = None,
    lfp_share: Annotated[
        float | None,
        typer.Option("--lfp-share", metavar="PERCENT", help="Of plants that make LFP and nickel"),
    ] = None,
    outlooks: Annotated[
        bool,
        typer.Option("--outlooks", help="Instead, the demand built up beside every outlook"),
    ] = False,
    explained: Annotated[bool, typer.Option("--explain", help="With what is behind it")] = False,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What a place lacks to meet its demand, or a demand of your own, by chemistry."""
    import polars as pl

    from multipolar.cli.explained import explained as derivation
    from multipolar.cli.tables import print_rows
    from multipolar.industry.demand_build import beside_outlooks, build_up, scaled_to, terms
    from multipolar.industry.gap import GAP
    from multipolar.industry.gap import gap as computed
    from multipolar.words.places import name, resolve

    store, place = opened(workspace, as_of), resolve(place)
    own = {
        "ev_share": ev_share,
        "cars_sold": cars_sold,
        "kwh_per_car": kwh_per_car,
        "storage": storage,
    }
    builds = []
    if outlooks or any(value is not None for value in (demand, *own.values())):
        build = build_up(store, place, year, **own)
        builds = [build if demand is None else scaled_to(build, demand)]
    if builds and format is Rows.table:
        print_rows(terms(builds[0], store), format)
        typer.echo()
    if outlooks:
        print_rows(beside_outlooks(builds[0], store), format)
        return
    result = computed(store, [year], builds, lfp_share)
    found = result.data.filter(pl.col("place") == place)
    if found.is_empty():
        raise MultipolarError(f"no outlook of demand for {name(place)} in {year} is on record")
    if format is not Rows.table:
        print_rows(found, format)
        return
    print_rows(found.drop("place", "year"), format)
    typer.echo()
    for row in found.filter(measure=GAP).iter_rows(named=True):
        typer.echo(in_words(row))
    if explained:
        for measure, chemistry in found.select("measure", "chemistry").rows():
            keys = {"measure": measure, "place": place, "chemistry": chemistry, "year": year}
            typer.echo(f"\n{derivation(result.explain(**keys))}")


def in_words(row: dict[str, Any]) -> str:
    """One row of the gap as a line that says gap or surplus.

    >>> in_words({"chemistry": "all", "value_low": -459.4, "value": -417.0, "value_high": -375.9,
    ...           "unit": "GWh/yr"})
    'all chemistries: a surplus of 417 (376–459) GWh/yr'
    >>> in_words({"chemistry": "LFP", "value_low": -211.0, "value": -40.8, "value_high": 52.5,
    ...           "unit": "GWh/yr"})
    'LFP: a surplus of 40.8 GWh/yr (from a surplus of 211 to a gap of 52.5)'
    """
    from multipolar.evidence.result import ALL, VALUES
    from multipolar.figures.say import number, ranged

    low, value, high = (float(row[end]) for end in VALUES)
    what = "all chemistries" if row["chemistry"] == ALL else row["chemistry"]
    word = _word(value)
    if low < 0 < high:
        first, last = (f"a {_word(end)} of {number(abs(end))}" for end in (low, high))
        told = f"a {word} of {number(abs(value))} {row['unit']} (from {first} to {last})"
    else:
        nearest, furthest = sorted((abs(low), abs(high)))
        told = f"a {word} of {ranged(nearest, abs(value), furthest, row['unit'])}"
    return f"{what}: {told}"


def _word(value: float) -> str:
    return "surplus" if value < 0 else "gap"
