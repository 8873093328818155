"""How does a publisher of trade flows lay out his columns, and which rows can nobody use?

A *layout* says under which names the columns stand and how these tell product, time, partners,
value and weight. Its fields hold SQL of our own over our names of columns, never text of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from multipolar.readers.flow_head import Head, Spellings
from multipolar.readers.table import BLANK

if TYPE_CHECKING:
    import duckdb

YEAR_OR_MONTH = """CASE WHEN regexp_full_match({0}, '[0-9]{{4}}') THEN {0} || '-12'
    WHEN regexp_full_match({0}, '[0-9]{{4}}(0[1-9]|1[0-2])') THEN {0}[1:4] || '-' || {0}[5:6]
    WHEN regexp_full_match({0}, '[0-9]{{4}}-(0[1-9]|1[0-2])(-[0-9]{{2}}.*)?') THEN {0}[1:7] END"""
MONTHS_OF = "CASE WHEN length({0}) = 4 THEN 12 ELSE 1 END"


@dataclass(frozen=True)
class Refusal:
    """A row is refused ``when`` an SQL condition holds; ``shown`` is the cell that is told."""

    when: str
    shown: str
    column: str
    problem: str
    advice: str


@dataclass(frozen=True)
class Layout:
    """One way in which a publisher lays out flows.

    ``columns``: our names, each with the header names that it may go under; those ``required`` tell
    the layout. ``fixed``: cells that are the same in every row where the file does not tell them;
    ``words``: by our column, what a cell stands for, in small letters.

    The next fields are SQL over these names, whose cells are text, blank where the file has no such
    column: ``reporter`` and ``partner`` name places by code or name, ``exports`` tells whether the
    reporter sells, ``numbers`` are the columns that hold numbers. ``total``, where a file may hold
    parts beside their total, tells the total, the largest of those that may be; without it rows of
    one flow contradict each other. ``entries`` makes of the table ``lines`` (cells and ``line``)
    the statements, where a line may hold several.

    ``places``: what the publisher calls a place, by our code, blank for what is no place of ours.
    ``products``: the only codes that there are, where the publisher lists them. ``rates``: units of
    money per US$ by last month and number of months (table ``rates``). ``confidence`` and ``note``
    of the rows; ``apart``: an ending of their ids, so that they stand beside better ones.
    ``remarks`` tells of the whole file.
    """

    columns: Spellings
    required: tuple[str, ...]
    product: str
    month: str
    months: str
    reporter: str
    partner: str
    exports: str
    value: str
    numbers: tuple[str, ...]
    weight: str = "CAST(NULL AS DOUBLE)"
    told_by: str = "CASE WHEN exports THEN 'exporter' ELSE 'importer' END"
    basis: str = "CASE WHEN exports THEN 'FOB' ELSE 'CIF' END"
    total: str = ""
    entries: str = "SELECT * FROM lines"
    refusals: tuple[Refusal, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    products: frozenset[str] = frozenset()
    rates: Mapping[tuple[str, int], float] = field(default_factory=dict)
    confidence: str = "high"
    note: str = ""
    apart: str = ""
    remarks: Callable[[duckdb.DuckDBPyConnection], tuple[str, ...]] = lambda con: ()

    def all_refusals(self) -> tuple[Refusal, ...]:
        """Why a row may be refused, the first reason that holds counts."""
        numbers = (
            Refusal(
                f"num({name}) IS NULL AND NOT blank({name})", name, name,
                "{} is no number, or may be read in two ways", "write 1234567.8",
            )
            for name in self.numbers
        )  # fmt: skip
        return (*self.refusals, *numbers, *REFUSALS)


#: What no row of any layout may be.
REFUSALS = (
    Refusal(
        "product_ IS NULL", "product_", "product", "no product code",
        "give a code of the Harmonised System",
    ),
    Refusal(
        "product_ NOT IN (SELECT code FROM listed) AND (SELECT count(*) FROM listed) > 0",
        "product_", "product", "{} is not among the codes of the publisher",
        "give the code file of the same release",
    ),
    Refusal("month_ IS NULL", "''", "period", "no year or month", "write YYYY or YYYY-MM"),
    Refusal(
        "known_r IS NOT TRUE", "reporter_", "reporter", "{} is no place", "use an ISO or M49 code",
    ),
    Refusal(
        "known_p IS NOT TRUE", "partner_", "partner", "{} is no place", "use an ISO or M49 code",
    ),
    Refusal(
        "value_ IS NULL AND weight_ IS NULL", "''", "value", "neither value nor weight",
        "ask the publisher, or leave the row out",
    ),
    Refusal("value_ < 0", "value_", "value", "negative: {}", "check the sign"),
    Refusal("weight_ < 0", "weight_", "weight", "negative: {}", "check the sign"),
)  # fmt: skip


def hs_code(column: str) -> str:
    """SQL for a code of the Harmonised System; a leading zero that a number lost is put back."""
    odd = "[0-9]{5}|[0-9]{3}|[0-9]"
    return (
        f"CASE WHEN regexp_full_match({column}, '{odd}') THEN '0' || {column} "
        f"WHEN regexp_full_match({column}, '([0-9]{{2}}){{1,3}}') THEN {column} END"
    )


def macros(head: Head) -> tuple[str, ...]:
    """SQL functions on the text of a cell.

    ``blank`` tells whether nothing is given; ``num`` is the number, null where there is none or it
    may be read in two ways; ``times`` is the number times a power of ten, without the error of
    binary fractions.
    """
    blank = ", ".join(f"'{word}'" for word in sorted(BLANK))
    if head.decimal_comma:
        grouped, form = (
            "replace(replace(t, '.', ''), ',', '.')",
            r"\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d+",
        )
    else:
        grouped = "replace(t, ',', '')"
        # Below a semicolon 1,234 may be a thousand or one: only more groups or a point decide.
        form = r"\d{1,3}(,\d{3})+(\.\d+)?"
        if head.separator not in (",", ""):
            form = r"\d{1,3}(,\d{3}){2,}(\.\d+)?|\d{1,3},\d{3}\.\d+"
    plain = r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?"
    return (
        f"CREATE MACRO blank(t) AS lower(t) IN ({blank})",
        f"CREATE MACRO figure(t) AS CASE WHEN regexp_full_match(t, '-?({form})') THEN {grouped} "
        f"WHEN regexp_full_match(t, '{plain}') THEN t END",
        "CREATE MACRO finite(x) AS CASE WHEN isfinite(x) THEN x END",
        "CREATE MACRO num(t) AS finite(try_cast(figure(t) AS DOUBLE))",
        "CREATE MACRO times(t, power) AS coalesce("
        "CAST(try_cast(figure(t) AS DECIMAL(28, 9)) * CAST(power AS DECIMAL(8, 0)) AS DOUBLE), "
        "num(t) * power)",
    )
