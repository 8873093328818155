"""The command line: parse, call one library function, print. Data to stdout, the rest to stderr."""

from __future__ import annotations

import os
import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multipolar.words.errors import MultipolarError, UnknownWord

if TYPE_CHECKING:
    import polars as pl

    from multipolar.evidence.check import Known
    from multipolar.evidence.schemas import Field
    from multipolar.evidence.store import Evidence

DEFAULT_WORKSPACE = Path("multipolar-workspace")
DEFAULT_REPORT = Path("multipolar-report")

app = typer.Typer(
    help="The geopolitics of batteries: sourced evidence, models that re-run, a range on "
    "every number.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


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
    typer.Option("--currency", metavar="CODE", help="Currency of money figures, at 2025 prices"),
]


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop")] = False,
) -> None:
    """Answer the options that belong to no command."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"multipolar {installed('multipolar')}")
        raise typer.Exit


@app.command()
def report(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to write")
    ] = DEFAULT_REPORT,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """Build the whole analysis: a page, a PDF, a workbook and the figure files."""
    from multipolar.report.build import build

    written = build(_evidence(workspace, as_of), out, currency)
    typer.echo(str(written / "index.html"))


@app.command()
def brief(
    subject: Annotated[str, typer.Argument(metavar="PLACE", help="A place, or a firm")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write: .md, .html, .pdf or .json"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
    currency: CurrencyOption = "USD",
) -> None:
    """One page on a place or a firm: ten numbers, ten sources."""
    from multipolar.brief.content import brief as made
    from multipolar.brief.write import FORMATS, written

    ending = out.suffix.removeprefix(".").lower() if out else FORMATS[0]
    if ending not in FORMATS:
        raise UnknownWord("ending of --out", ending, FORMATS)
    _write(written(made(_evidence(workspace, as_of), subject, currency), ending), out)


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
    from multipolar.terminal import judged, print_json
    from multipolar.verify import scoreboard, to_dict, verify

    verdicts = verify(_evidence(workspace, as_of), everything)
    if format is Table.json:
        print_json([to_dict(verdict) for verdict in verdicts])
        return
    for name, count in scoreboard(verdicts).items():
        typer.echo(f"{count:5d}  {name}")
    for verdict in sorted(verdicts, key=lambda v: v.verdict == "not-computable"):
        typer.echo(f"\n{judged(verdict)}")


@app.command()
def figures(format: Annotated[Table, typer.Option("--format")] = Table.table) -> None:
    """List the figures."""
    from multipolar.figures.registry import figures
    from multipolar.terminal import print_json

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
    from multipolar.figures.files import FORMATS, PICTURES, TABLES, picture, table
    from multipolar.figures.registry import figure as find
    from multipolar.figures.table import rows
    from multipolar.terminal import print_rows

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
    drawn = find(name).draw(_evidence(workspace, as_of), currency)
    if view not in drawn.views:
        raise UnknownWord("view", view, [v for v in drawn.views if v])
    chosen = bool(where or within or over or top)
    if format in (*TABLES, "table"):
        conditions = [_pair(condition) for condition in where or []]
        people = format == "table"
        found = rows(drawn, conditions, within, _pair(over) if over else None, top, people)
        if people:
            if found.is_empty():
                typer.echo("no row fits", err=True)
            print_rows(_told_apart(found), format)
            return
        content = table(found, format).encode()
    elif chosen:
        raise MultipolarError("a picture shows all of a figure; choose rows with --format table")
    else:
        content = picture(drawn, format, view, "dark" if dark else "light")
    _write(content, out)


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
    from multipolar.figures.registry import figure as find
    from multipolar.terminal import explained

    drawn = find(figure).draw(_evidence(workspace, as_of), currency)
    found = drawn.explain(**_pairs(keys))
    typer.echo(found.to_json() if format is Table.json else explained(found))


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

    from multipolar.evidence.schemas import schema, tables
    from multipolar.terminal import print_rows

    store = _evidence(workspace, as_of)
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
        column, value = _pair(condition)
        rows = rows.filter(_fits(schema(table).field(column), value, store.known))
    if rows.is_empty():
        typer.echo("no row fits", err=True)
    print_rows(rows, format, first=schema(table).shown)


@app.command()
def sources(
    id: Annotated[str | None, typer.Argument(help="One source; without it, all")] = None,
    format: Annotated[Table, typer.Option("--format")] = Table.table,
) -> None:
    """Who says so."""
    from dataclasses import asdict

    from multipolar.evidence.sources import bibliography, source
    from multipolar.terminal import print_json

    found = [source(id)] if id else list(bibliography().values())
    if format is Table.json:
        print_json([asdict(entry) for entry in found])
        return
    for entry in found:
        read = "" if entry.read else "  [cited by another source; not read by us]"
        typer.echo(f"{entry.id}: {entry}{read}")


@app.command()
def coverage(
    format: Annotated[Table, typer.Option("--format")] = Table.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """How complete the plants are, and how much rests on a single list."""
    from multipolar.industry.coverage import against_totals, reached, single_list
    from multipolar.industry.plants import reconcile
    from multipolar.terminal import print_json, print_rows

    store = _evidence(workspace, as_of)
    plants = reconcile(store)
    counted, known, rest = reached(plants)
    totals, listed = against_totals(plants, store), single_list(plants, store)
    if format is Table.json:
        print_json(
            {
                "plants_in_sums": counted,
                "plants_with_capacity": known,
                "left_out": rest.to_dicts(),
                "against_totals": totals.to_dicts(),
                "on_one_unverified_list": listed.to_dicts(),
            }
        )
        return
    typer.echo(f"{counted} of {known} plants with a capacity are in the sums; left out:")
    print_rows(rest, Rows.table)
    typer.echo("\nOur sums beside published totals, GWh/yr:")
    columns = ("place", "year", "scope", "published", "ours", "ratio", "source")
    print_rows(totals.select(columns), Rows.table, shown=totals.height)
    typer.echo("\nGWh/yr that rest on one unverified list (upper bound, all years on record):")
    print_rows(listed, Rows.table)


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
    explained: Annotated[bool, typer.Option("--explain", help="With what is behind it")] = False,
    format: Annotated[Rows, typer.Option("--format")] = Rows.table,
    workspace: WorkspaceOption = None,
    as_of: AsOfOption = None,
) -> None:
    """What a place lacks to meet its demand, or a demand of your own, by chemistry."""
    import polars as pl

    from multipolar.industry.demand_build import build_up, scaled_to, terms
    from multipolar.industry.gap import gap as computed
    from multipolar.terminal import explained as derivation
    from multipolar.terminal import print_rows
    from multipolar.words.places import resolve

    store, place = _evidence(workspace, as_of), resolve(place)
    own = {
        "ev_share": ev_share,
        "cars_sold": cars_sold,
        "kwh_per_car": kwh_per_car,
        "storage": storage,
    }
    builds = []
    if any(value is not None for value in (demand, *own.values())):
        build = build_up(store, place, year, **own)
        builds = [build if demand is None else scaled_to(build, demand)]
    result = computed(store, [year], builds, lfp_share)
    found = result.data.filter(pl.col("place") == place)
    if found.is_empty():
        raise MultipolarError(f"no outlook of demand for {place} in {year} is on record")
    if builds and format is Rows.table:
        print_rows(terms(builds[0]), format)
        typer.echo()
    print_rows(found.drop("place", "year") if format is Rows.table else found, format)
    if explained and format is Rows.table:
        for measure, chemistry in found.select("measure", "chemistry").rows():
            keys = {"measure": measure, "place": place, "chemistry": chemistry, "year": year}
            typer.echo(f"\n{derivation(result.explain(**keys))}")


@app.command()
def template(table: str) -> None:
    """An empty CSV of a table for rows of your own; its columns are explained on stderr."""
    from multipolar.evidence.check import allowed
    from multipolar.evidence.imports import template
    from multipolar.evidence.schemas import schema

    typer.echo(template(table), nl=False)
    for field in schema(table).fields:
        needed = "required" if field.required else "optional"
        typer.echo(f"# {field.name} ({field.type}, {needed}): {field.description}", err=True)
        words = allowed(field, schema(table))
        if words:
            typer.echo(f"#   one of: {', '.join(words)}", err=True)


@app.command()
def formats(format: Annotated[Table, typer.Option("--format")] = Table.table) -> None:
    """The formats that can be imported."""
    from multipolar.bring import formats
    from multipolar.terminal import print_json

    found = [{"format": name, "reads": reads} for name, reads in formats().items()]
    if format is Table.json:
        print_json(found)
    else:
        for entry in found:
            typer.echo(f"{entry['format']:26} {entry['reads']}")


@app.command("import")
def import_(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="One of: multipolar formats")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Accept the map of columns of a list of any layout")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Read somebody's file into the workspace.

    A file in a table's own format is stored whole or not at all; of a list that others publish,
    rows that cannot be used are left out with the reason.
    """
    from multipolar.bring import Unconfirmed, bring
    from multipolar.evidence.store import Evidence
    from multipolar.terminal import imported, steps

    folder = workspace or DEFAULT_WORKSPACE
    store = Evidence(folder)
    try:
        with steps() as step:
            done = bring(store, format, files, confirm, step)
    except Unconfirmed as proposal:
        typer.echo(proposal.text, nl=False)
        raise
    for one in done:
        said, aside = imported(one, folder)
        typer.echo(said)
        for line in aside:
            typer.echo(line, err=True)


def main() -> None:
    """Run the command line; explain failures in one line and never with a traceback."""
    try:
        app(standalone_mode=True)
    except MultipolarError as error:
        typer.echo(f"multipolar: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader has seen enough; what is left must not reach a closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        typer.echo(f"multipolar: {error.filename or 'file'}: {error.strerror}", err=True)
        sys.exit(1)


def _evidence(workspace: Path | None, as_of: str | None) -> Evidence:
    from multipolar.evidence.dates import parse_past_day
    from multipolar.evidence.store import Evidence

    if workspace is not None and not workspace.exists():
        raise MultipolarError(f"no workspace at {workspace}; import a file into it first")
    if workspace is None and DEFAULT_WORKSPACE.is_dir():
        workspace = DEFAULT_WORKSPACE
        typer.echo(f"with the rows of {workspace}", err=True)
    store = Evidence(workspace, parse_past_day(as_of) if as_of else None)
    if as_of:
        then, now = store.on_record("plants")
        typer.echo(f"as of {as_of}: {then:,} of {now:,} plant rows were on record", err=True)
        typer.echo(
            "(rows of a list carry the day of its check: less than was public then)", err=True
        )
    return store


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


def _told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that say the same in every row, which are told on stderr."""
    same = [c for c in rows.columns[:-4] if rows.height and rows[c].n_unique() == 1]
    if same:
        typer.echo(", ".join(f"{name} {rows[name][0]}" for name in same), err=True)
    return rows.drop(same)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} is not of the form KEY=VALUE")
    return key.strip(), value.strip()


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = [_pair(text) for text in texts]
    for key, count in Counter(key for key, _ in pairs).items():
        if count > 1:
            raise MultipolarError(f"{key} is given {count} times; one number has one {key}")
    return dict(pairs)


def _write(content: bytes, out: Path | None) -> None:
    from multipolar.words.files import write_atomic

    if out is None:
        typer.get_binary_stream("stdout").write(content)
    else:
        write_atomic(out, content)
        typer.echo(str(out), err=True)
