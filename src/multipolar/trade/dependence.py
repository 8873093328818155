"""How much of what a place buys comes from one supplier, and from how few suppliers does it buy?

Yearly imports by product, so that the stages of the supply chain stand side by side. The share is
that of the supplier in the value of imports (per cent); the index of Herfindahl and Hirschman runs
from 0 to 10,000 over supplying countries. What a place buys from suppliers that are not listed may
come from the one asked for or from anybody: shares and indices have low and high values, and the
central one is that of the suppliers listed. A group buys from outside itself; the trade between its
members is left out.

Of lithium-ion batteries no open table has both partners. Where no flows tell more, the share is
what the supplier says it sold over all that the place says it bought, times what of the former is
lithium-ion and what freight adds; a place whose purchases are too small for that passes goods on,
and has no share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import VALUES, Result, on_grid
from multipolar.evidence.scan import scan
from multipolar.evidence.store import Evidence
from multipolar.trade.exports import BATTERIES, LITHIUM_ION
from multipolar.trade.flows import AS_EXPORTER, RECONCILED, countries, flows
from multipolar.trade.mirror import FREIGHT
from multipolar.words import places, products
from multipolar.words.errors import MultipolarError

DIMS = ("measure", "product", "year", "place")
BOUGHT = ("year", "place", "supplier", "value", "most", "records")
BOUGHT_TYPES: dict[str, Any] = {
    "product": pl.String,
    "year": pl.String,
    "place": pl.String,
    "supplier": pl.String,
    "value": pl.Float64,
    "most": pl.Float64,
    "records": pl.List(pl.String),
}
PARTS = ("measure", "product", "year", "place", "role", "item", *VALUES)
LISTED = "trade.listed-of-imports"
SHARE, HHI, IMPORTS = "share", "HHI", "imports"
WHOLE = 10_000.0
YEAR = 12
CHINA = "CHN"
#: Item of a share, in US$.
DOLLARS = "/US$"
SOLD_OVER_BOUGHT = "exports over imports"
MIRRORED = (LITHIUM_ION, FREIGHT)


def dependence(evidence: Evidence, on: str = CHINA) -> Result:
    """Share of one supplier in the imports of every place, and the concentration of suppliers.

    Dimensions: measure (share in %, HHI, imports in million US$ of the time), product, year, place.
    Raises UnknownWord for a place, MultipolarError for a supplier that is a group. A group that
    holds the supplier is left out.
    """
    supplier = places.resolve(on)
    if supplier not in places.countries():
        raise MultipolarError(f"{places.name(supplier)} is a group: name one country as supplier")
    listed = Assumptions(evidence)[LISTED].low / 100
    traded = [_bought(evidence, product, listed) for product in _traded(evidence)]
    bought = pl.concat([pl.DataFrame(schema=BOUGHT_TYPES), *traded])
    holding = [group for group in places.groups() if supplier in places.members(group)]
    bought = bought.filter(~pl.col("place").is_in([supplier, *holding]))
    told = _told(evidence, supplier, bought)
    tables = [_shares(bought, supplier), _squares(bought), _sums(bought), told.select(PARTS)]
    parts = pl.concat(tables)
    parts = parts.select(
        *DIMS,
        pl.lit(True).alias("whole"),
        "role",
        "item",
        *(on_grid(pl.col(name)).alias(name) for name in VALUES),
    )
    return Result(
        dims=DIMS,
        data=_data(parts),
        parts=parts,
        items=pl.concat([_items(bought), _of_shares(bought), _told_items(told)]),
        uses=(),
        defaults={"measure": SHARE, "year": str(parts["year"].max() or "")},
        evidence=evidence,
    )


def _traded(evidence: Evidence) -> list[str]:
    """Products of the supply chain with yearly flows between countries on record."""
    import duckdb

    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    try:
        yearly = scan(evidence, "trade", con, f"months = {YEAR} AND told_by <> 'exporter'")
        found = {code for (code,) in yearly.project("product").distinct().fetchall()}
    finally:
        con.close()
    return sorted(found & set(products.products()))


def _bought(evidence: Evidence, product: str, listed: float) -> pl.DataFrame:
    """Imports by place, year and supplier; supplier null is what nobody is named for.

    Columns: product, year, place, supplier, value, most (of the unnamed what it may be), records.
    """
    rows = flows(evidence, product, [word for word in RECONCILED if word != "exporter"])
    rows = rows.filter((pl.col("months") == YEAR) & pl.col("value").is_not_null())
    rows = rows.with_columns(year=pl.col("month").str.slice(0, 4))
    named = countries(rows).filter(pl.col("importer").is_not_null())
    members = pl.DataFrame(
        [(country, place) for place in _buyers() for country in places.members(place)],
        schema=["importer", "place"],
        orient="row",
    )
    inside = pl.struct("exporter", "place").is_in(
        members.select(pl.struct(pl.col("importer").alias("exporter"), "place"))
        .to_series()
        .implode()
    )
    named = named.join(members, on="importer").filter(~inside | pl.col("exporter").is_null())
    rest = _rest(named, rows.filter(pl.col("exporter") == places.WORLD), members)
    most = pl.col("value").alias("most")
    told = named.select("year", "place", "exporter", "value", most, "record")
    found = pl.concat([told, rest, _cut_off(named, rest, listed)])
    return (
        found.group_by("year", "place", supplier="exporter")
        .agg(pl.col("value", "most").sum(), records=pl.col("record").sort())
        .sort("year", "place", "supplier")
        .select(pl.lit(product).alias("product"), *BOUGHT)
    )


def _cut_off(named: pl.DataFrame, rest: pl.DataFrame, listed: float) -> pl.DataFrame:
    """What lists of the largest partners may leave out; ``listed`` is the least share they hold.

    Such rows are of medium confidence.
    """
    cut = named.filter(pl.col("confidence") != "high").join(
        rest.select("year", "place").unique(), on=["year", "place"], how="anti"
    )
    total = cut.group_by("year", "place").agg(pl.col("value").sum(), pl.col("record").min())
    return total.select(
        "year",
        "place",
        pl.lit(None, pl.String).alias("exporter"),
        pl.lit(0.0).alias("value"),
        (pl.col("value") * (1 / listed - 1)).alias("most"),
        "record",
    )


def _rest(named: pl.DataFrame, totals: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What the total imports of a country hold beyond the suppliers that the same source names.

    Nobody knows who sold it: it counts in the low and high ends alone, of a group too.
    """
    said = ["year", "importer", "source", "told_by", "basis"]
    single = named.filter(pl.col("importer") == pl.col("place"))
    known = single.group_by(said).agg(pl.col("value").sum().alias("known"))
    rest = totals.join(known, on=said, how="inner")
    rest = rest.with_columns(most=pl.col("value") - pl.col("known")).filter(pl.col("most") > 0)
    return rest.join(members, on="importer").select(
        "year",
        "place",
        pl.lit(None, pl.String).alias("exporter"),
        pl.lit(0.0).alias("value"),
        "most",
        "record",
    )


def _buyers() -> list[str]:
    """Every country, and the groups that buy as one; a source's own regions are none."""
    groups = [g for g in places.groups() if g != places.WORLD and not g.startswith("Ember-")]
    return [*places.countries(), *groups]


def _item(end: str = "") -> pl.Expr:
    supplier = pl.col("supplier").fill_null("nobody named")
    return pl.format("{}/{}/{}/{}{}", "product", "year", supplier, "place", pl.lit(end)).alias(
        "item"
    )


def _shares(bought: pl.DataFrame, supplier: str) -> pl.DataFrame:
    """Above the line what comes (or may come) from the supplier, below it all imports."""
    nobody = pl.col("supplier").is_null()
    # Whole US$ are exact on both sides of the line, however small a share is.
    value, most = pl.col("value").round(), pl.col("most").round()
    mine = pl.when(pl.col("supplier") == supplier).then(100 * value).otherwise(0.0)
    may = pl.when(nobody).then(100 * most).otherwise(mine)
    rows = bought.with_columns(_item(DOLLARS), measure=pl.lit(SHARE))
    above = rows.with_columns(role=pl.lit("above"), value_low=mine, value=mine, value_high=may)
    below = rows.with_columns(role=pl.lit("below"), value_low=most, value=value, value_high=most)
    return pl.concat([above.select(PARTS), below.select(PARTS)])


def _squares(bought: pl.DataFrame) -> pl.DataFrame:
    """Squared shares of the suppliers; what nobody is named for is spread thin, left out, or all
    with the largest of them."""
    market = ["product", "year", "place"]
    total, most = (pl.col(name).sum().over(market) for name in ("value", "most"))
    nobody = pl.col("supplier").is_null()
    first = pl.col("value").rank("ordinal", descending=True).over([*market, nobody]) == 1
    rest = pl.col("most").filter(nobody).sum().over(market)
    thin = pl.when(nobody).then(0.0).otherwise(pl.col("value"))
    thick = pl.when(first & ~nobody).then(pl.col("value") + rest).otherwise(thin)
    return bought.with_columns(
        _item(),
        role=pl.lit("sum"),
        measure=pl.lit(HHI),
        value_low=WHOLE * (thin / most) ** 2,
        value=WHOLE * (thin / total) ** 2,
        value_high=WHOLE * (thick / most) ** 2,
    ).select(PARTS)


def _sums(bought: pl.DataFrame) -> pl.DataFrame:
    value = pl.col("value") / 1e6
    most = pl.col("most") / 1e6
    return bought.with_columns(
        _item(),
        role=pl.lit("sum"),
        measure=pl.lit(IMPORTS),
        value_low=value,
        value=value,
        value_high=most,
    ).select(PARTS)


def _data(parts: pl.DataFrame) -> pl.DataFrame:
    below = pl.col("role") == "below"
    under = [pl.col(name).filter(below).sum().alias(f"{name}_below") for name in VALUES]
    totals = parts.group_by(DIMS).agg(
        pl.col(VALUES).filter(~below).sum(), *under, ratio=below.any()
    )
    ratio = pl.col("ratio")
    divided = [
        pl.when(ratio).then(pl.col(name) / pl.col(f"{name}_below")).otherwise(name).alias(name)
        for name in VALUES
    ]
    units = {SHARE: "%", HHI: "index", IMPORTS: "million USD"}
    unit = pl.col("measure").replace_strict(units)
    return totals.with_columns(divided).select(*DIMS, *VALUES, unit=unit).sort(DIMS)


def _told(evidence: Evidence, supplier: str, bought: pl.DataFrame) -> pl.DataFrame:
    """Shares that flows between the two do not tell, the surest way first.

    Columns: PARTS, and label, table, records, assumptions.
    """
    key = ["product", "year", "place"]
    own = _mirrored(evidence, supplier)
    rows = evidence.table("statistics").filter(pl.col("partner") == supplier)
    ways = [_stated(rows), own, _ratios(rows, evidence)]
    known = bought.select(key).unique()
    kept = []
    for way in ways:
        fresh = way.join(known, on=key, how="anti")
        kept.append(fresh)
        known = pl.concat([known, fresh.select(key)])
    names = {code: places.name(code) for code in (*places.countries(), *places.groups())}
    label = pl.format(
        "{}: share of {} in imports of {}, {}{}",
        "title",
        pl.lit(places.name(supplier)),
        pl.col("place").replace(names),
        "year",
        "how",
    )
    return pl.concat(kept).with_columns(label=label, role=pl.lit("sum"), measure=pl.lit(SHARE))


TOLD = ("product", "year", "place", "item", "title", "how", *VALUES, "table", "records",
        "assumptions")  # fmt: skip


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    """Shares that somebody states. A subject that is called like a product is that product."""
    ends = {
        "value_low": pl.coalesce("low", "central"),
        "value": pl.coalesce("central", (pl.col("low") + pl.col("high")) / 2, "low", "high"),
        "value_high": pl.coalesce("high", "central"),
    }
    found = _of_offices(rows, "import share").with_columns(**ends)
    none = pl.lit([], dtype=pl.List(pl.String))
    return found.drop_nulls(VALUES).with_columns(how=pl.lit(""), assumptions=none).select(TOLD)


def _ratios(rows: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Shares from the ratios of what was sold to what was bought that are on record."""
    found = _of_offices(rows, SOLD_OVER_BOUGHT)
    return _as_share(found.with_columns(ratio=pl.col("central") / 100), evidence)


def _of_offices(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    """The newest number of each product, year and place."""
    codes = {one.name.casefold(): code for code, one in products.products().items() if one.name}
    rows = rows.filter(pl.col("measure") == measure).with_columns(
        product=pl.col("subject").str.to_lowercase().replace(codes),
        year=pl.col("period").str.slice(0, 4),
        item="record",
        title="subject",
        table=pl.lit("statistics"),
        records=pl.concat_list("record"),
    )
    return rows.sort("date", "record").unique(["product", "year", "place"], keep="last")


def _mirrored(evidence: Evidence, supplier: str) -> pl.DataFrame:
    """Shares in all imports of lithium-ion batteries of the places whose total is on record."""
    code = products.product(BATTERIES).holds
    flow = (pl.col("months") == YEAR) & pl.col("month").str.ends_with("-12")
    month = pl.col("month")
    bought = flows(evidence, code, ["importer"], places.WORLD).filter(flow & (pl.col("value") > 0))
    sold = flows(evidence, BATTERIES, AS_EXPORTER, supplier).filter(flow)
    both = sold.join(bought, on=["month", "importer"], suffix="_bought").with_columns(
        product=pl.lit(code),
        year=month.str.slice(0, 4),
        place="importer",
        item=pl.format("{}/{}", "record", "record_bought"),
        title=pl.lit(products.product(code).name),
        table=pl.lit("trade"),
        records=pl.concat_list("record", "record_bought"),
        ratio=pl.col("value") / pl.col("value_bought"),
    )
    return _as_share(both.filter(pl.col("importer").is_in(list(places.countries()))), evidence)


def _as_share(found: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Sold over bought as a share: of the sold what is lithium-ion, with freight, at most all."""
    known = Assumptions(evidence)
    lithium, freight = (known[name] for name in MIRRORED)
    # Who sells on buys more than it keeps: beyond the freight, sales would exceed purchases.
    found = found.filter(pl.col("ratio") <= freight.high)
    factors = {
        name: getattr(lithium, end) * getattr(freight, end)
        for name, end in zip(VALUES, ("low", "central", "high"), strict=True)
    }
    return found.with_columns(
        *(
            (pl.col("ratio") * by).clip(upper_bound=100.0).alias(name)
            for name, by in factors.items()
        ),
        how=pl.lit(": sold, as the seller says, over all bought, as the buyer says"),
        assumptions=pl.lit(list(MIRRORED)),
    ).select(TOLD)


def _told_items(told: pl.DataFrame) -> pl.DataFrame:
    return told.select(
        "item", "label", "table", "records", "assumptions",
        firms=pl.lit([], dtype=pl.List(pl.String)),
    )  # fmt: skip


def _of_shares(bought: pl.DataFrame) -> pl.DataFrame:
    """The same items in US$, as the parts of a share are."""
    return _items(bought).with_columns(
        pl.col("item") + DOLLARS, pl.format("{}, US$", "label").alias("label")
    )


def _items(bought: pl.DataFrame) -> pl.DataFrame:
    """What each supplier sells to a place, with the rows behind it."""
    names = {code: places.name(code) for code in (*places.countries(), *places.groups())}
    seller = pl.col("supplier").replace(names).fill_null("suppliers that are not named")
    product = pl.col("product").replace({c: p.name for c, p in products.products().items()})
    none = pl.lit([], dtype=pl.List(pl.String))
    cut_off = pl.col("supplier").is_null() & (pl.col("value") == 0)
    assumed = pl.when(cut_off).then(pl.lit([LISTED])).otherwise(none)
    return bought.select(
        _item(),
        label=pl.format(
            "{} from {} to {}, {}", product, seller, pl.col("place").replace(names), "year"
        ),
        table=pl.lit("trade"),
        records="records",
        assumptions=assumed,
        firms=none,
    )


def table(
    evidence: Evidence,
    on: str = CHINA,
    where: Sequence[str] = (),
    product: str = "",
    year: int | None = None,
) -> pl.DataFrame:
    """The same as one row for each place and product, the most dependent first.

    ``where``: places, all countries if empty; ``year``: the newest of each product if None.
    Columns: stage, product, name, year, place, share_low, share, share_high (%), HHI, imports
    (million US$; None where a share alone is on record). Raises UnknownWord for a place or product,
    MultipolarError where nothing is on record.
    """
    asked = [places.resolve(place) for place in where] or list(places.countries())
    rows = dependence(evidence, on).data
    if rows.is_empty():
        raise MultipolarError("no yearly imports are on record")
    if product:
        code, there = products.product(product).product, rows["product"].unique().sort()
        rows = rows.filter(pl.col("product") == code)
        if rows.is_empty():
            raise MultipolarError(
                f"no yearly imports of {code} are on record; there is {', '.join(there)}"
            )
    if where:
        rows = rows.filter(pl.col("place").is_in(asked))
        if rows.is_empty():
            of = f" of {code}" if product else ""
            who = ", ".join(map(places.name, asked))
            raise MultipolarError(
                f"no yearly imports{of} by {who} are on record: name countries or other groups"
            )
    rows = rows.filter(pl.col("place").is_in(asked))
    if year is not None:
        years = sorted(rows["year"].unique())
        rows = rows.filter(pl.col("year") == str(year))
        if rows.is_empty():
            raise MultipolarError(
                f"no imports of {year} are on record; there is {', '.join(years)}"
            )
    rows = rows.filter(pl.col("year") == pl.col("year").max().over("product"))
    key = ["product", "year", "place"]
    shares = rows.filter(pl.col("measure") == SHARE).rename(
        {"value_low": "share_low", "value": "share", "value_high": "share_high"}
    )
    for measure in (HHI, IMPORTS):
        more = rows.filter(pl.col("measure") == measure).select(
            *key, pl.col("value").alias(measure)
        )
        shares = shares.join(more, on=key, how="left")
    chain = products.products()
    named = [chain.get(code, products.Product(code)) for code in shares["product"]]
    told = shares.with_columns(
        stage=pl.Series([one.stage for one in named], dtype=pl.String),
        name=pl.Series([one.name for one in named], dtype=pl.String),
    )
    columns = ("stage", "product", "name", "year", "place", "share_low", SHARE, "share_high")
    return told.select(*columns, HHI, IMPORTS).sort(
        SHARE, IMPORTS, "product", "place", descending=[True, True, False, False]
    )
