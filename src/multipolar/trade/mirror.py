"""What do exporter and importer say of the same flow, and which value holds between them?

Values in US$ of the time, FOB. Imports are stated with freight and insurance (CIF) and are brought
to FOB by an assumption; what is left between the two statements is the range.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.assumptions import Assumption, Assumptions

#: CIF over FOB.
FREIGHT = "trade.cif-over-fob"
SIDES = ("exporter", "importer")
FLOW = ("product", "month", "months", "exporter", "importer")
COLUMNS = (
    *FLOW,
    "value_exporter",
    "value_importer",
    "ratio",
    "discrepancy",
    "value_low",
    "value",
    "value_high",
)


def mirror(rows: pl.DataFrame, assumptions: Assumptions) -> pl.DataFrame:
    """The two statements of each flow and the value between them, one row for each flow.

    ``rows``: one statement for each flow and side in the columns of the table trade, between single
    countries; those that tell both sides at once are left out. Gives COLUMNS: ``value_exporter``
    and ``value_importer`` as stated (US$); ``ratio`` the importer's over the exporter's;
    ``discrepancy`` the log of that ratio once both are FOB; ``value`` the mean of both as FOB;
    ``value_low`` and ``value_high`` the lower and the higher statement, of which that of the
    importer has the range of freight. Where one side alone speaks, its statement with its range.

    Gaulier and Zignago (2010, BACI: International Trade Database at the Product-Level, CEPII
    2010-23) estimate freight flow by flow and weigh reporters by how far they are from their
    partners. Decision 14 says why both sides weigh the same here.
    """
    pairs = _pairs(rows, assumptions[FREIGHT])
    exporter, importer = pl.col("value_exporter"), pl.col("importer_fob")
    ends = ("value_exporter", "importer_low", "importer_high")
    return pairs.with_columns(
        ratio=pl.col("value_importer") / exporter,
        discrepancy=(importer / exporter).log(),
        value=pl.mean_horizontal(exporter, importer),
        value_low=pl.min_horizontal(ends),
        value_high=pl.max_horizontal(ends),
    ).select(COLUMNS)


def _pairs(rows: pl.DataFrame, freight: Assumption) -> pl.DataFrame:
    """Flows with both statements side by side, the importer's also as FOB with its range."""
    told = {side: rows.filter(pl.col("value") > 0, told_by=side) for side in SIDES}
    # A few countries state their imports without freight.
    cif = pl.col("basis") == "CIF"
    ends = {"low": freight.high, "fob": freight.central, "high": freight.low}
    importer = told["importer"].select(
        *FLOW,
        pl.col("value").alias("value_importer"),
        *(
            (pl.col("value") / pl.when(cif).then(factor).otherwise(1.0)).alias(f"importer_{end}")
            for end, factor in ends.items()
        ),
    )
    exporter = told["exporter"].select(*FLOW, pl.col("value").alias("value_exporter"))
    pairs = exporter.join(importer, on=FLOW, how="full", coalesce=True, nulls_equal=True)
    return pairs.sort(FLOW)
