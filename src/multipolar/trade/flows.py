"""Which flows of a product are on record, one statement each?

Of several statements of one flow the one is taken that the question prefers (as the exporter, the
importer or both tell it), then the surer, then the newer. World and groups stand beside countries
and are never added to them. Values nominal US$, weights kg.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from multipolar.evidence.scan import scan
from multipolar.evidence.store import Evidence
from multipolar.words import places, products

FLOW = ("month", "months", "exporter", "importer", "area")
#: Whose statement counts where both sides tell a flow: the rows of reconciled data come first.
RECONCILED = ("both", "exporter", "importer")
AS_EXPORTER = ("exporter", "both", "importer")
AS_IMPORTER = ("importer", "both", "exporter")
SUREST = ("high", "medium", "low")


def flows(
    evidence: Evidence,
    product: str,
    told_by: Sequence[str] = RECONCILED,
    exporter: str = "",
) -> pl.DataFrame:
    """The flows of a product (of one exporter), one row each, in the columns of the table trade.

    ``told_by``: whose statements count, the preferred first. Raises UnknownWord for a product or
    place.
    """
    import duckdb

    where = f"product = '{products.product(product).product}'"
    if exporter:
        where += f" AND exporter = '{places.resolve(exporter)}'"
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    try:
        rows = scan(evidence, "trade", con, where).pl()
    finally:
        con.close()
    return chosen(rows, told_by)


def chosen(rows: pl.DataFrame, told_by: Sequence[str]) -> pl.DataFrame:
    """One statement of each flow."""
    rows = rows.filter(pl.col("told_by").is_in(list(told_by)))
    ranked = rows.sort(
        pl.col("told_by").replace_strict({t: i for i, t in enumerate(told_by)}),
        pl.col("confidence").replace_strict({c: i for i, c in enumerate(SUREST)}),
        pl.col("date"),
        "record",
        descending=[False, False, True, False],
    )
    return ranked.unique(FLOW, keep="first", maintain_order=True).sort(
        "month", "exporter", "importer"
    )


def countries(rows: pl.DataFrame) -> pl.DataFrame:
    """The flows between single countries (or areas that are no place)."""
    known = [*places.countries()]
    single = [pl.col(side).is_in(known) | pl.col(side).is_null() for side in SIDES]
    return rows.filter(*single)


SIDES = ("exporter", "importer")
