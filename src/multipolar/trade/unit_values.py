"""What does a kilogram cost, and where is a weight or a value beyond belief?

Unit values in US$/kg. A statement is held against all others of its product and time by the median
and the median absolute deviation of log unit values. What the publisher filled in from a standard
unit value is told apart: it weighs nothing as evidence. A number as it was reported stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from multipolar.evidence.assumptions import Assumptions

#: Beyond this many robust deviations a unit value is flagged.
LIMIT = "trade.unit-value-limit"
#: So many equal unit values of different reporters are one standard value.
EQUAL = "trade.equal-unit-values"
#: Times among which unit values are compared, as far as the rows have them.
WITHIN = ("product", "heading", "chapter", "year", "month", "months")
#: For a normal distribution the median absolute deviation times this is the standard deviation.
NORMAL = 1.4826
#: Equal to so many digits: the publisher rounds weights to kilograms or tonnes.
DIGITS = 4
ABOVE, BELOW = "far above", "far below"
FILLED, MISSING, ALONE = "filled in by publisher", "no weight", "too few to judge"
#: What unit values are compared within, and to so many digits, in tables of work.
KEY, SAME = "within_", "same_"
#: Fewer than these tell no spread.
FEWEST = 5
OUTLIERS = (ABOVE, BELOW)
COLUMNS = (
    "unit_value",
    "usual_low",
    "usual",
    "usual_high",
    "deviations",
    "flag",
    "reporter_flag",
    "weight_estimate_low",
    "weight_estimate",
    "weight_estimate_high",
)


def unit_values(
    rows: pl.DataFrame, assumptions: Assumptions, reference: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Flows or totals with their unit value, how far it is from the usual, and a believable weight.

    ``rows``: value (US$), weight (kg) and the dimensions; ``value_weighed`` where only a part of
    the value has a weight. ``reference``: the statements that tell what is usual; ``rows``
    themselves where it is not given. Adds COLUMNS: ``usual`` is the median unit value of the
    product and time, with its quartiles; ``deviations`` the robust z of the log unit value;
    ``flag`` one of far above, far below, filled in by publisher, no weight, too few to judge, or
    blank. ``reporter_flag`` is the same for all that a reporter tells of a product and time, where
    rows are by partner. ``weight`` stays as reported. ``weight_estimate`` is the same, or where
    that is missing or far off the value over the usual unit value, with the range of the quartiles.

    Robust deviations as in Leys et al. (2013, Detecting outliers, Journal of Experimental Social
    Psychology 49).
    """
    reference = rows if reference is None else reference
    judged = _judged(rows, reference, assumptions)
    judged = judged.with_columns(_reporters(rows, reference, assumptions))
    off = pl.col("flag").is_in([*OUTLIERS, MISSING])
    # Where a part of the flows has no weight, the usual unit value stands for theirs.
    told = pl.when(off).then(0.0).otherwise("weight")
    bare = pl.col("value") - pl.when(off).then(0.0).otherwise(_worth(rows))
    known = {"_low": "usual_high", "": "usual", "_high": "usual_low"}
    return judged.with_columns(
        pl.when(bare == 0)
        .then(told)
        .otherwise(told + bare / pl.col(usual))
        .alias(f"weight_estimate{end}")
        for end, usual in known.items()
    ).select(*(name for name in rows.columns if name not in COLUMNS), *COLUMNS)


def _judged(rows: pl.DataFrame, reference: pl.DataFrame, assumptions: Assumptions) -> pl.DataFrame:
    """Rows with unit value, the usual one, deviations and flag, in the order of rows."""
    keys = [name for name in WITHIN if name in rows.columns and name in reference.columns]
    usual, standard = _usual(reference, keys, assumptions)
    rows = _priced(rows, keys)
    rows = rows.join(usual, on=KEY, how="left", maintain_order="left")
    rows = rows.join(standard, on=[KEY, SAME], how="left", maintain_order="left")
    limit = assumptions.central(LIMIT)
    enough = pl.col("judged_").fill_null(0) >= FEWEST
    # Where all are equal there is no spread to measure by.
    z = (pl.col("unit_value").log() - pl.col("usual").log()) / pl.col("spread_")
    rows = rows.with_columns(deviations=pl.when(enough & (pl.col("spread_") > 0)).then(z))
    flag = (
        pl.when(pl.col("unit_value").is_null())
        .then(pl.lit(MISSING))
        .when(pl.col("filled_"))
        .then(pl.lit(FILLED))
        .when(~enough)
        .then(pl.lit(ALONE))
        .when(pl.col("deviations") > limit)
        .then(pl.lit(ABOVE))
        .when(pl.col("deviations") < -limit)
        .then(pl.lit(BELOW))
        .otherwise(pl.lit(""))
    )
    return rows.with_columns(flag=flag)


def _worth(rows: pl.DataFrame) -> pl.Expr:
    """The value to which the weight belongs."""
    return pl.col("value_weighed" if "value_weighed" in rows.columns else "value")


def _priced(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Rows with their unit value, what it is compared within, and its first digits."""
    worth = _worth(rows)
    sound = (pl.col("weight") > 0) & (worth > 0)
    within = pl.concat_str(
        [pl.col(name).cast(pl.String) for name in keys] or [pl.lit("")], separator="/"
    )
    return rows.with_columns(
        within.alias(KEY), unit_value=pl.when(sound).then(worth / pl.col("weight"))
    ).with_columns(pl.col("unit_value").round_sig_figs(DIGITS).alias(SAME))


def _usual(
    reference: pl.DataFrame, keys: Sequence[str], assumptions: Assumptions
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Median, quartiles and spread within product and time; standard values of publishers."""
    priced = _priced(reference, keys).filter(pl.col("unit_value").is_not_null())
    filled = pl.len().over(KEY, SAME) >= assumptions.central(EQUAL)
    priced = priced.with_columns(filled_=filled, log_=pl.col("unit_value").log())
    standard = priced.filter("filled_").select(KEY, SAME, "filled_").unique()
    own = priced.filter(~pl.col("filled_"))
    far = (pl.col("log_") - pl.col("log_").median()).abs()
    usual = own.group_by(KEY).agg(
        usual_low=pl.col("log_").quantile(0.25, "linear").exp(),
        usual=pl.col("log_").median().exp(),
        usual_high=pl.col("log_").quantile(0.75, "linear").exp(),
        spread_=far.median() * NORMAL,
        judged_=pl.len(),
    )
    return usual, standard


def _reporters(rows: pl.DataFrame, reference: pl.DataFrame, assumptions: Assumptions) -> pl.Series:
    """The flag of everything that the reporter of a row tells together; blank without partners."""
    if not {"exporter", "importer", "told_by"} <= set(rows.columns):
        return pl.repeat("", rows.height, eager=True).alias("reporter_flag")
    importer = pl.col("told_by") == "importer"
    weighed = pl.when(pl.col("weight") > 0).then(_worth(rows))
    told = rows.with_columns(
        teller=pl.when(importer).then("importer").otherwise("exporter"), value_weighed=weighed
    )
    by = [*(name for name in WITHIN if name in rows.columns), "told_by", "teller"]
    together = told.group_by(by).agg(pl.col("value", "weight", "value_weighed").sum())
    flags = _judged(together, reference, assumptions).select(*by, reporter_flag="flag")
    found = told.join(flags, on=by, how="left", nulls_equal=True, maintain_order="left")
    return found["reporter_flag"]
