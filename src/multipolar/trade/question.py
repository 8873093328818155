"""What was traded, for a question put in words: sums, shares, unit values, both statements.

Runs on DuckDB in bounded memory, whatever the number of rows on record; what comes back is the
answer alone. Value nominal US$, weight kg. A group that is asked for as the partner has what is
told of the group itself for its total, where somebody tells it, and the sum of its members else.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.scan import scan
from multipolar.evidence.store import Evidence
from multipolar.trade.aggregate import (
    EXPORTER,
    IMPORTER,
    NOT_ALLOCATED,
    TELLERS,
    dimensions,
    shares,
    totals,
)
from multipolar.trade.flows import chosen, countries
from multipolar.trade.mirror import SIDES, mirror
from multipolar.trade.unit_values import unit_values
from multipolar.words import places, products
from multipolar.words.errors import MultipolarError, UnknownWord

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What does not fit into it is put on disk.
MEMORY = "1GB"
SPAN, YEAR_MONTHS = "span", 12
TIME = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Question:
    """Which flows are added up by what; blank is all. Times are YYYY or YYYY-MM, both included.

    ``months``: only statements of so many months each.
    """

    by: tuple[str, ...]
    products: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    months: int | None = None
    exporter: str = ""
    importer: str = ""
    told_by: str = ""
    groups: tuple[str, ...] = ()
    shares: str = ""
    unit_values: bool = False
    top: int | None = None


def lines(evidence: Evidence, asked: Question) -> pl.DataFrame:
    """Sums over all flows on record, as ``aggregate.totals`` gives them, of every teller asked for.

    ``span`` behind the dimensions tells of which time a line is, since single months and sums of
    twelve stand beside each other and must not be added. With shares (``aggregate.shares``) and
    unit values where asked; with ``top`` the greatest by value first, else in the order of the
    dimensions. Raises UnknownWord for a word that is none.
    """
    by = dimensions(asked.by, asked.told_by or TELLERS[0])
    tellers = (asked.told_by,) if asked.told_by else TELLERS
    # Unit values are judged before any line is left out.
    top = None if asked.unit_values else asked.top
    answer = pl.concat(_lines(evidence, replace(asked, top=top), by, one) for one in tellers)
    if asked.unit_values:
        usual = pl.concat(_usual(evidence, asked, by), how="diagonal")
        answer = unit_values(answer, Assumptions(evidence), usual)
    answer = answer.with_columns(_span().alias(SPAN))
    answer = answer.select(*by, SPAN, pl.exclude(*by, SPAN))
    if asked.top:
        descending = [True, *([False] * len(by))]
        return answer.sort("value", *by, descending=descending).head(asked.top)
    return answer.sort(*by, "told_by", "source", "months")


def _lines(evidence: Evidence, asked: Question, by: Sequence[str], teller: str) -> pl.DataFrame:
    """The lines of one teller."""
    # A connection keeps memory of what it has done, so that each sum gets its own.
    with connection() as con:
        rows: Any = scan(evidence, "trade", con, condition(asked, teller))
        side = partner(teller)
        group = group_of(getattr(asked, side))
        if group:
            told = f"CASE WHEN {side} = '{group}' THEN '{places.WORLD}' ELSE {side} END"
            rows = rows.project(f"* REPLACE ({told} AS {side})")
        rows = totals(rows, by, teller, asked.products, asked.groups)
        if asked.shares:
            rows = shares(rows, asked.shares)
        if asked.top:
            rows = rows.order("value DESC").limit(asked.top)
        found: pl.DataFrame = rows.pl()
    return found


def _usual(evidence: Evidence, asked: Question, by: Sequence[str]) -> Iterator[pl.DataFrame]:
    """What everybody tells of the products and times asked for: single flows, else by reporter."""
    everybody = Question((), asked.products, asked.start, asked.end)
    rest = [name for name in by if name not in SIDES]
    for teller in TELLERS:
        reporter = EXPORTER if partner(teller) == IMPORTER else IMPORTER
        sides = SIDES if set(SIDES) <= set(by) else (reporter,)
        rows = _lines(evidence, everybody, [*rest, *sides], teller)
        yield rows.filter(pl.col(side) != NOT_ALLOCATED for side in sides)


def both_statements(evidence: Evidence, asked: Question) -> pl.DataFrame:
    """What exporter and importer say of each flow of the products asked for (``mirror.mirror``).

    Raises MultipolarError without a product: single flows of all products are too many.
    """
    if not asked.products:
        raise MultipolarError("the two statements of flows are told of one product: name it")
    statements = []
    with connection() as con:
        for side in SIDES:
            for product in dict.fromkeys(asked.products):
                one = f"{condition(asked, side)} AND product = '{product}'"
                rows = countries(scan(evidence, "trade", con, one).pl())
                statements.append(chosen(rows.filter(pl.col("area").is_null()), (side,)))
    pairs = mirror(pl.concat(statements), Assumptions(evidence))
    return pairs.sort("value", descending=True).head(asked.top) if asked.top else pairs


@contextmanager
def connection() -> Iterator[DuckDBPyConnection]:
    """A connection in bounded memory, with a folder for what does not fit."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="multipolar-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        con = duckdb.connect(config=config)
        try:
            yield con
        except duckdb.OutOfMemoryException:
            advice = "ask for fewer dimensions, fewer products, or one --told-by"
            raise MultipolarError(f"the answer does not fit into {MEMORY}; {advice}") from None
        finally:
            con.close()


def partner(teller: str) -> str:
    """The side that a statement lists: whom an exporter sells to, or an importer buys from."""
    return EXPORTER if teller == IMPORTER else IMPORTER


def terms(asked: Question) -> str:
    """The rows asked for as SQL, of words that have been looked up, but for places and tellers."""
    found = ["true"]
    for time, sign, rest in ((asked.start, ">=", ""), (asked.end, "<=", "-12")):
        if time and not TIME.fullmatch(time):
            raise MultipolarError(f"{time!r} is no time; write 2023 or 2023-06")
        if time:
            found.append(f"month {sign} '{time if len(time) > len('2023') else time + rest}'")
    if asked.start and asked.end and asked.start[: len(asked.end)] > asked.end:
        raise MultipolarError(f"from {asked.start} to {asked.end} is no time; exchange the two")
    codes = [products.product(code).product for code in asked.products]
    if codes:
        found.append(f"product IN ({quoted(codes)})")
    if asked.months:
        found.append(f"months = {asked.months:d}")
    if asked.told_by and asked.told_by not in TELLERS:
        raise UnknownWord("teller", asked.told_by, TELLERS)
    return " AND ".join(found)


def quoted(words: Sequence[str]) -> str:
    """Words as SQL."""
    return ", ".join(f"'{word}'" for word in words)


def condition(asked: Question, teller: str) -> str:
    """The rows asked for of one teller; of a group of partners its own rows too."""
    found = [terms(asked), f"told_by = '{teller}'"]
    for side in SIDES:
        place = getattr(asked, side)
        if place and places.resolve(place) != places.WORLD:
            own = [group_of(place)] if side == partner(teller) and group_of(place) else []
            found.append(f"{side} IN ({quoted([*places.members(place), *own])})")
    return " AND ".join(found)


def group_of(place: str) -> str:
    """The group that is meant; blank for a country, for the World, and for none."""
    found = places.resolve(place) if place else ""
    return found if found in places.groups() and found != places.WORLD else ""


def _span() -> pl.Expr:
    """Of which time a line is: month 2024-12, months 2024-01..2024-12, year 2024 and so on."""
    first, last, months = pl.col("first"), pl.col("last"), pl.col("months")
    single, year = months == 1, (months == YEAR_MONTHS) & last.str.ends_with("-12")
    return (
        pl.when(single & (first == last))
        .then(pl.format("month {}", last))
        .when(single)
        .then(pl.format("months {}..{}", first, last))
        .when(year & (first == last))
        .then(pl.format("year {}", last.str.head(4)))
        .when(year)
        .then(pl.format("years {}..{}", first.str.head(4), last.str.head(4)))
        .otherwise(pl.format("{} months to {}", months, last))
    )
