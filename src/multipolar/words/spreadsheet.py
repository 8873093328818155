"""CSV for spreadsheets: text that somebody else wrote is never a formula there.

A program that opens a CSV file runs cells that begin with ``=``, ``+``, ``-`` or ``@``. Such text
gets a single quote before it (OWASP, CSV injection); numbers, also those that stand as text, stay.
What is read back by the package itself is not written in this way.
"""

from __future__ import annotations

import polars as pl

#: How a formula begins; tab and carriage return are passed over by the program that opens it.
FORMULA = r"^[=+\-@\t\r]"


def csv(rows: pl.DataFrame) -> str:
    """Rows as CSV with a header; lists of words are joined by ``; ``."""
    kinds = rows.schema
    lists = [pl.col(name).list.join("; ") for name, kind in kinds.items() if kind == pl.List]
    texts = [name for name, kind in rows.with_columns(lists).schema.items() if kind == pl.String]
    return rows.with_columns(lists).with_columns(_harmless(name) for name in texts).write_csv()


def _harmless(name: str) -> pl.Expr:
    text = pl.col(name)
    number = text.cast(pl.Float64, strict=False).is_not_null()
    return (
        pl.when(text.str.contains(FORMULA) & ~number).then("'" + text).otherwise(text).alias(name)
    )
