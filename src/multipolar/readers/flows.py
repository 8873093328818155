"""How does a file of trade flows, of any size, become rows of the table trade?

DuckDB reads the file row by row in bounded memory, all cells as text. Every statement is stored or
refused with a reason: what cannot be read, what repeats another row, what is a part of a total that
stands in the file too. Values are nominal US$, weights kg.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from multipolar.evidence.scan import literal
from multipolar.readers.flow_areas import area
from multipolar.readers.flow_head import (
    Head,
    array_of,
    goes_on,
    heads,
    in_utf8,
    is_cut_off,
    lines_of,
    positions,
)
from multipolar.readers.flow_layout import Layout, Refusal, macros
from multipolar.readers.flow_told import Job, Telling, counted
from multipolar.readers.releases import date_in
from multipolar.readers.table import normal
from multipolar.words.errors import Fault, FaultyInput, MultipolarError

if TYPE_CHECKING:
    import duckdb

MEMORY = "1GB"
MAX_LINE = 1_000_000
#: With more partners than this a column does not hold what it is called.
MOST_PARTNERS = 5000
#: With more broken rows than this the file is not what its header says.
MOST_BROKEN = 10_000
#: Lines that are no rows: broken ones, blank ones, and those within a quoted cell.
MOST_ODD = 500_000
#: So much is told of a cell that cannot be used.
SHOWN = 80
#: What makes two rows statements of one flow.
KEY = ("product", "month", "months", "exporter", "importer", "area", "told_by")
_KEY = ", ".join(KEY)
UNDATED = "nobody says when it was given out: on record from today on (else --released DATE)"
CUT_OFF = "its last row does not end: the file may be cut off there"


@dataclass(frozen=True)
class Flows:
    """What became of a file: ``statements`` = ``rows`` stored + refused.

    ``lines`` may hold several statements each. ``refused`` counts by reason; ``told`` holds the
    first of each, ``kinds`` one of each with its count. ``released``: the day or month on which the
    publisher gave the file out, the day of the import where nobody says.
    """

    rows: int
    lines: int
    statements: int
    refused: dict[str, int]
    told: list[Fault]
    kinds: tuple[tuple[Fault, int], ...]
    released: str
    products: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowReader:
    """A format of flows: ``read`` writes those of a file as Parquet to a path.

    It is told when the file was released, blank where the user does not say, and the code files
    that the user names beside it, which ``is_code_file`` tells from the others. It raises
    MultipolarError for another file.
    """

    format: str
    reads: str
    read: Callable[[Path, Path, str, Sequence[Path]], Flows]
    is_code_file: Callable[[Path], bool] = lambda path: False


REPEATS = Refusal("nth > 1 AND equal", "first_line", "", "repeats row {}", "nothing is lost")
PART = Refusal(
    "nth > 1 AND NOT equal", "first_line", "", "a part of the total in row {}",
    "the total is stored",
)  # fmt: skip
PARTS_ONLY = Refusal(
    "NOT has_total", "first_line", "", "a part without its total",
    "ask the publisher for all modes, procedures and second partners together",
)  # fmt: skip
CONTRADICTS = Refusal(
    "unlike", "first_line", "", "contradicts another row of this flow (see row {})",
    "keep the row that is right",
)  # fmt: skip


def read_flows(
    path: Path,
    out: Path,
    layouts: Sequence[Layout],
    what: str,
    source: str,
    released: str,
    mend: Callable[[Head], Head] = lambda head: head,
    rows: pl.DataFrame | None = None,
    prefix: str = "",
) -> Flows:
    """Write the flows of a CSV, Parquet or JSON file as Parquet to ``out``, cited to a ``source``.

    Ids of rows begin with the source or a ``prefix``. ``mend`` puts a header right that does not
    stand above its columns; ``rows`` are those of a file that is no table. Raises MultipolarError
    where no layout fits, FaultyInput where no row can be used.
    """
    import duckdb

    layout, head = _fitting(path, layouts, what, mend, rows)
    with TemporaryDirectory(dir=out.parent) as folder:
        setting = {"memory_limit": MEMORY, "temp_directory": folder}
        con = duckdb.connect(config=setting)  # type: ignore[arg-type]
        job = Job(con, path, layout, head, Path(folder))
        try:
            broken = _open(job, rows)
            _judge(job)
            return _stored(job, out, source, prefix or source, released, broken)
        except duckdb.Error as error:
            said = str(error).splitlines()[0].replace(f"{folder}/", "")
            problem = f"cannot be read: {said[:200]}"
            advice = "check that it is whole; save it as CSV with encoding UTF-8"
            raise FaultyInput([Fault(path.name, None, None, problem, advice)]) from None
        finally:
            con.close()


def _fitting(
    path: Path,
    layouts: Sequence[Layout],
    what: str,
    mend: Callable[[Head], Head],
    rows: pl.DataFrame | None,
) -> tuple[Layout, Head]:
    """The first layout that a line near the beginning is the header of."""
    lacking = [layouts[0].columns[name][0] for name in layouts[0].required]
    for head in heads(path) if rows is None else [Head(rows.columns)]:
        for layout in layouts:
            found = positions(head.header, layout.columns)
            needed = [name for name in layout.required if name not in layout.fixed]
            missing = [layout.columns[name][0] for name in needed if name not in found]
            if not missing:
                head = mend(head)
                _check_names(path, head, layout)
                return layout, head
            lacking = min(missing, lacking, key=len)
    advice = "see multipolar formats; any other list: multipolar import columns FILE"
    raise MultipolarError(
        f"{path.name} is not {what}: no header with {', '.join(lacking)}; {advice}"
    )


def _check_names(path: Path, head: Head, layout: Layout) -> None:
    """Raises MultipolarError where two columns have the name of one that is read."""
    names = [normal(name) for name in head.header]
    for at in positions(head.header, layout.columns).values():
        if names.count(names[at]) > 1:
            problem = f"two columns are called {head.header[at]}"
            raise MultipolarError(f"{path.name}: {problem}; rename the one that is not meant")


def _open(job: Job, rows: pl.DataFrame | None) -> list[tuple[int, int, str]]:
    """Make the table ``lines`` of the columns that the layout names.

    Returns the line, the number of lines and the problem of each row that broke.
    """
    con, head, layout = job.con, job.head, job.layout
    # It would be drawn on standard output, between the results.
    con.execute("SET enable_progress_bar = false")
    for macro in macros(head):
        con.execute(macro)
    names = [f"c{i}" for i in range(len(head.header))]
    # Under a name of ours nothing in a path is taken for a pattern.
    link = job.folder / f"input.{head.kind}"
    at, above = positions(head.header, layout.columns), 0
    if rows is not None:
        con.register("file", rows.cast(pl.String))
    elif head.kind == "csv":
        in_utf8(job.path, head, link)
        above = head.skip + 1
        _csv(job, link, ignore_errors=True).create_view("file")
    elif head.kind == "json":
        array_of(job.path, head, link)
        at = {name: n for n, name in enumerate(at)}
        asked = [head.header[i] for i in positions(head.header, layout.columns).values()]
        names = [f"c{i}" for i in range(len(asked))]
        con.read_json(
            literal(link), format="array", columns=dict.fromkeys(asked, "VARCHAR"),
            hive_partitioning=False,
        ).create_view("file")  # fmt: skip
    else:
        link.symlink_to(job.path.resolve())
        con.read_parquet(literal(link), hive_partitioning=False).create_view("file")
    con.register("fixed", pl.DataFrame([{"nothing": "", **layout.fixed}]))
    cells, joins = [], []
    for name in layout.columns:
        cell = f"trim(coalesce(CAST(c{at[name]} AS VARCHAR), ''))" if name in at else "''"
        if name in layout.fixed:
            cell = f"coalesce(nullif({cell}, ''), fixed.{name})"
        if name in layout.words:
            taught = pl.DataFrame([*layout.words[name].items()], ["theirs", "ours"], orient="row")
            con.register(f"words_{name}", taught)
            joins.append(f"LEFT JOIN words_{name} ON words_{name}.theirs = lower({cell})")
            cell = f"coalesce(words_{name}.ours, {cell})"
        cells.append(f"{cell} AS {name}")
    listed = ", ".join(names)
    job.keep(
        "lines",
        f"SELECT line, {', '.join(cells)} FROM (SELECT row_number() OVER () + {above} AS line, * "  # noqa: S608
        f"FROM file AS file({listed})) CROSS JOIN fixed {' '.join(joins)}",
    )
    return _broken(job, link, above) if above else []


def _csv(job: Job, text: Path, **options: Any) -> duckdb.DuckDBPyRelation:
    columns = {f"c{i}": "VARCHAR" for i in range(len(job.head.header))}
    return job.con.read_csv(
        literal(text), header=False, skiprows=job.head.skip + 1, delimiter=job.head.separator,
        quotechar='"', escapechar='"', columns=columns, auto_detect=False, strict_mode=True,
        max_line_size=MAX_LINE, hive_partitioning=False, **options,
    )  # fmt: skip


def _broken(job: Job, text: Path, above: int) -> list[tuple[int, int, str]]:
    """The rows of a text that could not be read; with many the file is refused."""
    missing = lines_of(text) - above - job.count("SELECT count(*) FROM lines")
    if missing == 0:
        return []
    advice = "look at its quotes, separators and encoding"
    # DuckDB keeps all that it rejects in memory, so that it is asked for a bounded number only.
    if missing > MOST_ODD:
        problem = f"{missing:,} of its lines are no rows of this table"
        raise FaultyInput([Fault(job.path.name, None, None, problem, advice)])
    con, names = job.con, ", ".join(f"count(c{i})" for i in range(len(job.head.header)))
    again = _csv(job, text, store_rejects=True, rejects_limit=MOST_BROKEN + 1)
    again.create_view("again")
    con.sql(f"SELECT {names} FROM again").fetchall()  # noqa: S608
    _check_quotes(job, text)
    found = con.execute(
        "SELECT min(line), max(1 + length(csv_line) - length(replace(csv_line, chr(10), '')) "
        "- CAST(suffix(csv_line, chr(10)) AS INTEGER)), min(error_message) "
        "FROM reject_errors GROUP BY line_byte_position ORDER BY line_byte_position"
    )
    broken = [(line, many or 1, problem) for line, many, problem in found.fetchall()]
    if len(broken) > MOST_BROKEN:
        line, _, problem = broken[0]
        said = f"more than {MOST_BROKEN:,} broken rows, this one first: {problem.splitlines()[0]}"
        raise FaultyInput([Fault(job.path.name, line, None, said, advice)])
    return broken


def _check_quotes(job: Job, text: Path) -> None:
    """Raises FaultyInput where a quote that is not closed swallows the rows below."""
    query = """SELECT line, line_byte_position FROM reject_errors
        WHERE error_type = 'UNQUOTED VALUE' ORDER BY line"""
    for line, at in job.con.sql(query).fetchall():
        if goes_on(text, at):
            problem = "a quote that is not closed takes the rows below with it"
            raise FaultyInput([Fault(job.path.name, line, None, problem, "close it")])


def _judge(job: Job) -> None:
    """Every statement as a flow (``judged``), with its rank where others tell the same flow."""
    con, layout = job.con, job.layout
    rates = [(*when, rate) for when, rate in layout.rates.items()]
    types = {"month_of": pl.String, "months_of": pl.Int8, "rate": pl.Float64}
    con.register("rates", pl.DataFrame(rates, schema=types, orient="row"))
    con.sql(layout.entries).create_view("cells")
    con.register("areas", _areas(job))
    con.register("listed", pl.DataFrame({"code": sorted(layout.products)}, {"code": pl.String}))
    refusals = layout.all_refusals()
    reason = " ".join(f"WHEN {r.when} THEN {i}" for i, r in enumerate(refusals))
    shown = " ".join(
        f"WHEN {i} THEN left(CAST({r.shown} AS VARCHAR), {SHOWN})"
        for i, r in enumerate(refusals)
        if r.shown
    )
    # Only our own SQL is put together here; texts of the file stay in their columns.
    job.keep(
        "judged",
        f"""
        SELECT line, product_ AS product, month_ AS month, months_ AS months,
            CASE WHEN exports THEN place_r ELSE place_p END AS exporter,
            CASE WHEN exports THEN place_p ELSE place_r END AS importer,
            nullif(concat_ws(' / ', CASE WHEN place_r IS NULL THEN reporter_ END,
                CASE WHEN place_p IS NULL THEN partner_ END), '') AS area,
            {layout.told_by} AS told_by, value_ AS value, {layout.basis} AS basis,
            weight_ AS weight, total_ AS total, reason, CASE reason {shown} END AS shown
        FROM (SELECT *, CASE {reason} END AS reason FROM (
            SELECT flow.*, r.place AS place_r, r.known AS known_r, p.place AS place_p,
                p.known AS known_p
            FROM (SELECT *, {layout.product} AS product_, {layout.month} AS month_,
                    CAST({layout.months} AS TINYINT) AS months_, {layout.exports} AS exports,
                    {layout.value} AS value_, {layout.weight} AS weight_,
                    {layout.reporter} AS reporter_, {layout.partner} AS partner_,
                    {layout.total or "true"} AS total_ FROM cells) flow
            LEFT JOIN areas r ON r.area = reporter_ LEFT JOIN areas p ON p.area = partner_))
        """,  # noqa: S608
    )
    # Nearly all flows are told once and whole. The others are found by a number of what makes a
    # flow, so that few rows have to be ranked.
    job.keep(
        "twice",
        f"SELECT hash({_KEY}) AS flow FROM judged WHERE reason IS NULL GROUP BY 1 "  # noqa: S608
        "HAVING count(*) > 1 OR NOT bool_or(total)",
    )
    job.keep(
        "ranked",
        f"""
        SELECT *, bool_or(NOT equal) OVER (PARTITION BY {_KEY}) AS unlike FROM (
            SELECT *, row_number() OVER best AS nth, first(line) OVER best AS first_line,
                first(total) OVER best AS has_total,
                value IS NOT DISTINCT FROM first(value) OVER best
                    AND weight IS NOT DISTINCT FROM first(weight) OVER best AS equal
            FROM judged WHERE reason IS NULL AND hash({_KEY}) IN (SELECT flow FROM twice)
            WINDOW best AS (PARTITION BY {_KEY}
                ORDER BY total DESC, value DESC NULLS LAST, weight DESC NULLS LAST, line))
        """,  # noqa: S608
    )


def _stored(
    job: Job,
    out: Path,
    source: str,
    prefix: str,
    released: str,
    broken: list[tuple[int, int, str]],
) -> Flows:
    """Write the flows, and count and tell the rest."""
    con, layout = job.con, job.layout
    # Of parts that differ without their total nobody knows what they leave out, nor which of two
    # rows that contradict each other is right.
    unclear = PARTS_ONLY if layout.total else CONTRADICTS
    con.sql(
        f"""
        SELECT {_KEY}, value, basis, weight FROM judged
        WHERE reason IS NULL AND hash({_KEY}) NOT IN (SELECT flow FROM twice)
        UNION ALL BY NAME
        SELECT {_KEY}, value, basis, weight FROM ranked WHERE nth = 1 AND NOT ({unclear.when})
        """  # noqa: S608
    ).create_view("kept")
    newest = con.sql("SELECT max(month) FROM kept").fetchall()[0][0] or ""
    given_out, undated = _released(released, date_in(job.path.name), newest)
    said = {
        "prefix": prefix,
        "source": source,
        "released": given_out,
        "confidence": layout.confidence,
        "note": layout.note or None,
        "apart": layout.apart or None,
    }
    con.register("said", pl.DataFrame([said], schema=dict.fromkeys(said, pl.String)))
    con.sql(
        f"""
        SELECT concat_ws('/', prefix, product, month, months,
                coalesce(exporter, 'area ' || area), coalesce(importer, 'area ' || area), told_by,
                apart) AS record,
            {_KEY}, value, basis, weight, source, CAST(NULL AS VARCHAR) AS via, released AS date,
            confidence, note
        FROM kept, said ORDER BY product, month, told_by
        """  # noqa: S608
    ).write_parquet(str(out), compression="zstd")
    rows = int(pl.scan_parquet(out, glob=False).select(pl.len()).collect().item())
    telling = Telling(job, [line for line, _, _ in broken])
    for index, refusal in enumerate(layout.all_refusals()):
        telling.tell(refusal, "shown", f"judged WHERE reason = {index}")
    for refusal in (unclear, REPEATS, PART):
        first = f" AND NOT ({unclear.when})" if refusal is not unclear else ""
        telling.tell(refusal, "first_line", f"ranked WHERE {refusal.when}{first}")
    telling.broken(broken)
    if not rows:
        nothing = Fault(job.path.name, None, None, "no rows below its header", "check the file")
        raise FaultyInput([counted(*kind) for kind in telling.kinds] or [nothing])
    lost = sum(many for _, many, _ in broken)
    found = con.sql("SELECT DISTINCT product FROM kept ORDER BY 1").fetchall()
    return Flows(
        rows,
        job.count("SELECT count(*) FROM lines") + lost,
        job.count("SELECT count(*) FROM cells") + lost,
        telling.refused,
        sorted(telling.told, key=lambda fault: fault.row or 0),
        tuple(sorted(telling.kinds, key=lambda kind: -kind[1])),
        given_out,
        tuple(product for (product,) in found),
        (*_cut_off(job), *layout.remarks(con), *undated),
    )


def _areas(job: Job) -> pl.DataFrame:
    """Every partner as the file calls it, with its place, and whether it is known at all."""
    layout = job.layout
    query = (
        f"SELECT {layout.reporter} FROM cells UNION SELECT {layout.partner} FROM cells "  # noqa: S608
        f"LIMIT {MOST_PARTNERS + 1}"
    )
    spelled = [text for (text,) in job.con.sql(query).fetchall() if text is not None]
    if len(spelled) > MOST_PARTNERS:
        problem = f"more than {MOST_PARTNERS:,} partners: a column does not hold what it is called"
        raise MultipolarError(f"{job.path.name} has {problem}; check the header")
    rows = [(text, *area(text, layout.places)) for text in spelled]
    types = {"area": pl.String, "place": pl.String, "known": pl.Boolean}
    return pl.DataFrame(rows, schema=types, orient="row")


def _released(told: str, named: str, newest: str) -> tuple[str, tuple[str, ...]]:
    """When a file was given out, and a remark where nobody says so.

    A date in its name counts where it lies behind the last month of the file, since no month can be
    told before it is over: an earlier one names what the file holds. Without any the file counts
    from the day of its import on, so that no question as of an earlier day sees what may not have
    been public then.
    """
    if told:
        return told, ()
    if named[: len(newest)] > newest:
        return named, ()
    return date.today().isoformat(), (UNDATED,)


def _cut_off(job: Job) -> tuple[str, ...]:
    return (CUT_OFF,) if job.head.kind == "csv" and is_cut_off(job.path) else ()
