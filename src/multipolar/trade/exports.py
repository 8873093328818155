"""How much does a place sell to whom, month by month, over twelve months, and at the peak?

Value in millions of US$ of the time, or another currency at the mean rate of its months; weight in
kt; energy in GWh, estimated from value over the pack price of the year times what exports cost
above it. Regions are those of the source, which add up to its world.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import VALUES, Result, on_grid
from multipolar.evidence.store import Evidence
from multipolar.trade.flows import AS_EXPORTER, flows
from multipolar.words import places, products
from multipolar.words.money import USD, rate

DIMS = ("measure", "place", "month")
VALUE, WEIGHT, ENERGY = "value", "weight", "energy"
SUM = "{} of twelve months"
MEASURES = (VALUE, WEIGHT, ENERGY)
HIGHEST = "highest value"
YEAR = 12
#: The regions into which the source divides its world.
REGIONS = tuple(name for name in places.groups() if name.startswith("Ember-"))
PRICE = "trade.pack-price.{}"
ABOVE_PACK = "trade.export-over-pack-price"
LITHIUM_ION = "trade.lithium-ion-of-batteries"
#: An item of this ending is the estimate of a flow in GWh.
END = "/GWh"
CHINA, BATTERIES = "CHN", "batteries"


@dataclass(frozen=True)
class Estimate:
    """GWh for a million US$ of the time, and the assumptions that it rests on."""

    low: float
    central: float
    high: float
    assumptions: tuple[str, ...]


def exports(
    evidence: Evidence,
    currency: str = USD,
    exporter: str = CHINA,
    product: str = BATTERIES,
) -> Result:
    """Exports of a product by month and partner.

    Dimensions: measure (value, weight, energy, each also ``of twelve months``, and the highest
    value of a month), place (partner: country, region or World), month (the last, for sums).
    Raises UnknownWord for a product or place.
    """
    rows = flows(evidence, product, AS_EXPORTER, exporter).filter(pl.col("importer").is_not_null())
    rows = in_currency(rows, currency, "money")
    energy = {year: estimate(Assumptions(evidence), year, product) for year in _years(rows)}
    single = _measured(rows.filter(pl.col("months") == 1), energy)
    stated = _measured(rows.filter(pl.col("months") == YEAR), energy)
    summed = _twelve(single)
    # What the source itself has added up stands in where a month is missing.
    months_behind = summed.select("place", "month", "measure").unique()
    year = pl.col("measure").replace_strict({m: SUM.format(m) for m in MEASURES})
    stated = stated.with_columns(year.alias("measure"))
    stated = stated.join(months_behind, on=["place", "month", "measure"], how="anti")
    parts = pl.concat([single, summed, stated, _highest(single)]).select(
        *DIMS, pl.lit(True).alias("whole"), pl.lit("sum").alias("role"), "item", *VALUES
    )
    units = {VALUE: f"million {currency}", WEIGHT: "kt", ENERGY: "GWh"}
    unit = pl.col("measure").replace(HIGHEST, VALUE).str.split(" of ").list.first()
    data = parts.group_by(DIMS).agg(pl.col(VALUES).sum()).sort(DIMS)
    data = data.with_columns(unit=unit.replace_strict(units))
    return Result(
        dims=DIMS,
        data=data,
        parts=parts,
        items=_items(rows, energy),
        uses=(),
        defaults={"measure": VALUE, "place": places.WORLD, "month": str(data["month"].max() or "")},
        evidence=evidence,
    )


def in_currency(rows: pl.DataFrame, currency: str, column: str = "value") -> pl.DataFrame:
    """Flows with their value in a currency of the time in ``column``, and the ``rate`` in words.

    Raises UnknownWord for a currency, MultipolarError for a year without rates.
    """
    periods = rows.select("month", "months").unique()
    found = [rate(currency, *period) for period in periods.iter_rows()]
    told = [
        "" if currency == USD else f"; {one.units:.5g} {currency} for a US$ (ECB, mean of {one.of})"
        for one in found
    ]
    periods = periods.with_columns(
        pl.Series("units", [one.units for one in found], dtype=pl.Float64),
        pl.Series("rate", told, dtype=pl.String),
    )
    joined = rows.join(periods, on=["month", "months"], how="left", maintain_order="left")
    return joined.with_columns((pl.col("value") * pl.col("units")).alias(column)).drop("units")


def _years(rows: pl.DataFrame) -> list[int]:
    return sorted(set(rows["month"].str.slice(0, 4).cast(pl.Int64)))


def _measured(rows: pl.DataFrame, energy: dict[int, Estimate]) -> pl.DataFrame:
    """One line for each flow and measure: measure, place, month, item, the three values."""
    year = pl.col("month").str.slice(0, 4).cast(pl.Int64)
    base = rows.select("importer", "month", "value", "money", "weight", item="record", year=year)
    value = pl.col("money") / 1e6
    told = {
        VALUE: (value, value, value),
        WEIGHT: (pl.col("weight") / 1e6,) * 3,
        ENERGY: tuple(
            pl.col("value") / 1e6 * pl.col("year").replace_strict(
                {y: getattr(e, end) for y, e in energy.items()}, return_dtype=pl.Float64
            )
            for end in ("low", "central", "high")
        ),
    }  # fmt: skip
    found = [
        base.select(
            pl.lit(measure).alias("measure"),
            pl.col("importer").alias("place"),
            "month",
            pl.col("item") + (END if measure == ENERGY else ""),
            *(on_grid(e).alias(name) for e, name in zip(ends, VALUES, strict=True)),
        ).drop_nulls(VALUES)
        for measure, ends in told.items()
    ]
    return pl.concat(found)


def estimate(assumptions: Assumptions, year: int, product: str) -> Estimate:
    """GWh for a million US$ of exports in a year, with the assumptions behind it.

    The price of a year without one is that of the nearest year. For a category that holds more than
    lithium-ion batteries, their share enters.
    """
    years = [int(name[-4:]) for name in assumptions if name.startswith(PRICE.format(""))]
    names = [PRICE.format(min(years, key=lambda known: abs(known - year))), ABOVE_PACK]
    price, above = (assumptions[name] for name in names)
    low, central, high = (
        1 / (getattr(price, end) * getattr(above, end)) for end in ("high", "central", "low")
    )
    if products.product(product).holds:
        names.append(LITHIUM_ION)
        part = assumptions[LITHIUM_ION]
        low, central, high = (
            value * share / 100
            for value, share in zip(
                (low, central, high), (part.low, part.central, part.high), strict=True
            )
        )
    return Estimate(low, central, high, tuple(names))


def _twelve(single: pl.DataFrame) -> pl.DataFrame:
    """Each month of the last twelve as a part of their sum, where all twelve are on record."""
    number = pl.col("month").str.slice(0, 4).cast(pl.Int64) * YEAR
    single = single.with_columns(number=number + pl.col("month").str.slice(5, 2).cast(pl.Int64) - 1)
    ends = pl.concat(
        [single.with_columns(end=pl.col("number") + later) for later in range(YEAR)]
    ).filter(pl.len().over("measure", "place", "end") == YEAR)
    month = pl.format(
        "{}-{}", pl.col("end") // YEAR, (pl.col("end") % YEAR + 1).cast(pl.String).str.zfill(2)
    )
    year = pl.col("measure").replace_strict({m: SUM.format(m) for m in MEASURES})
    return ends.with_columns(month=month, measure=year).select(single.columns).drop("number")


def _highest(single: pl.DataFrame) -> pl.DataFrame:
    """The month of greatest value of each partner, told under the last month on record."""
    value = single.filter(pl.col("measure") == VALUE).sort("value", "month")
    best = value.unique("place", keep="last", maintain_order=True)
    last = pl.lit(str(value["month"].max() or ""))
    return best.with_columns(measure=pl.lit(HIGHEST), month=last)


def _items(rows: pl.DataFrame, energy: dict[int, Estimate]) -> pl.DataFrame:
    """What each flow is, with the row behind it and, of an estimate, the assumptions."""
    partner = pl.col("importer").replace(_titles())
    span = pl.when(pl.col("months") == YEAR).then(pl.lit(" (12 months)")).otherwise(pl.lit(""))
    none = pl.lit([], dtype=pl.List(pl.String))
    told = rows.select(
        item="record",
        label=pl.format(
            "{} to {}, {}{}{}",
            pl.col("exporter").replace(_titles()),
            partner,
            "month",
            span,
            "rate",
        ),
        table=pl.lit("trade"),
        records=pl.concat_list("record"),
        assumptions=none,
        firms=none,
    )
    behind = {year: list(found.assumptions) for year, found in energy.items()}
    year = rows["month"].str.slice(0, 4).cast(pl.Int64)
    estimated = told.with_columns(
        pl.col("item") + END,
        # Energy is estimated from US$, whatever the currency.
        pl.col("label").str.split(";").list.first(),
        assumptions=pl.Series([behind[y] for y in year], dtype=pl.List(pl.String)),
    )
    return pl.concat([told, estimated])


def _titles() -> dict[str, str]:
    return {code: places.name(code) for code in (*places.countries(), *REGIONS)}


def region_of(country: str) -> str:
    """The region of the source that a country lies in; blank for one that lies in none."""
    return next((r for r in REGIONS if country in places.members(r)), "")
