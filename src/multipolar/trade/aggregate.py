"""How much was traded, added up by the dimensions that a question names, whatever the engine?

One expression on lazy frames of Narwhals runs on DuckDB, Polars, PySpark and pandas alike. Value
nominal US$, weight kg. Nothing is added twice: the total for the World and the flows it is made of,
groups and their countries, months and whole years, codes of two, four and six digits, statements of
exporters and of importers, publishers of the same flow stay apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnknownWord

if TYPE_CHECKING:
    import narwhals as nw

YEAR, MONTH, PRODUCT, HEADING, CHAPTER = "year", "month", "product", "heading", "chapter"
EXPORTER, IMPORTER = "exporter", "importer"
DIMS = (YEAR, MONTH, PRODUCT, HEADING, CHAPTER, EXPORTER, IMPORTER)
TELLERS = ("both", "exporter", "importer")
#: Digits of a code that a wider code keeps; only whole codes are added up to one.
DIGITS = {HEADING: 4, CHAPTER: 2}
WHOLE_CODE = 6
#: A code sorts before, a category of a source behind this letter.
FIRST_LETTER = "A"
#: What a place sells to the world beyond the partners that are listed.
NOT_ALLOCATED = "not allocated"
#: A partner that is no place of ours, such as a free zone.
ELSEWHERE = "elsewhere"
#: Statements that differ in these are never added.
APART = ("source", "months")
ADDED = ("value", "weight", "value_weighed")
SUMS = (*ADDED, "flows")
PARTS = ("world", "listed")
#: How many totals for the World a part of a line has at least and at most.
TOTALS = ("fewest", "most")
#: The columns of a line behind its dimensions.
COLUMNS = (*APART, "told_by", "first", "last", *SUMS, "listed", "not_allocated")


def totals(
    frame: Any,
    by: Sequence[str],
    told_by: str = EXPORTER,
    products: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Any:
    """Flows in the columns of the table trade, added up by ``by``: a lazy frame of the same engine.

    ``by``: any of DIMS. ``told_by``: whose statements count. ``products``: only these codes or
    categories. Products are added up over six-digit codes alone, or over those named where these
    have one width. ``groups``: groups without common members that stand for their members; other
    countries stay.

    A line has its dimensions, then COLUMNS: ``value`` (US$), ``weight`` (kg, null where nobody
    weighed), ``value_weighed`` (value of the flows with a weight: the two give a unit value),
    ``flows`` (statements added), ``first`` and ``last`` month. A total for the World stands for the
    flows it is made of where it is greater: ``listed`` is the value with a partner,
    ``not_allocated`` the rest, null where some part has no such total: who bought what else is not
    known there. Where partners are asked for, the rest has a line of its own, and lines of partners
    tell none.

    Raises UnknownWord for another dimension or teller, MultipolarError for groups that overlap and
    for products that must not be added up.
    """
    import narwhals as nw

    by = dimensions(by, told_by)
    products = addable(products, by)
    members = _members(groups)
    reporter = IMPORTER if told_by == IMPORTER else EXPORTER
    partner = EXPORTER if told_by == IMPORTER else IMPORTER
    rows = _rows(nw.from_native(frame).lazy(), by, told_by, products, reporter, partner)
    if partner in by and members:
        rows = rows.with_columns(_grouped(partner, members))
    keys = [*(name for name in by if name not in (reporter, partner)), *APART, reporter]
    lines = (_by_partner if partner in by else _whole)(rows, keys, partner)
    if reporter not in by or members:
        lines = _folded(lines, [*by, *APART], reporter if reporter in by else "", members)
    weighed = nw.col("weight") > 0
    lines = lines.with_columns(
        *(nw.col(side).fill_null(ELSEWHERE) for side in (EXPORTER, IMPORTER) if side in by),
        *([nw.col(YEAR).cast(nw.Int32)] if YEAR in by else []),
        told_by=nw.lit(told_by),
        weight=nw.when(weighed).then(nw.col("weight")),
        flows=nw.col("flows").cast(nw.Int64),
        not_allocated=nw.when(nw.col("fewest") > 0).then(nw.col("value") - nw.col("listed")),
    )
    if partner in by:
        # Where a total leaves nothing, the line says so; where none is told, there is no such line.
        lines = lines.filter((nw.col(partner) != NOT_ALLOCATED) | (nw.col("most") > 0))
    return lines.select(*by, *COLUMNS).to_native()


def shares(lines: Any, of: str) -> Any:
    """The share (%) of each value of dimension ``of`` in lines of ``totals``, beside its index.

    Adds ``share`` and ``share_high`` (what is not allocated may be anybody's; null where nobody
    tells how much that is) and ``hhi``: the sum of squared shares of those listed, on the scale to
    10,000, a lower bound. The line of what is not allocated has no share. Shares of products are
    among codes of one width, and among categories. Raises MultipolarError where ``of`` is no
    dimension of the lines.
    """
    import narwhals as nw

    frame = nw.from_native(lines).lazy()
    names = frame.collect_schema().names()
    dims = [name for name in names if name in DIMS]
    if of not in dims:
        raise MultipolarError(f"shares of {of} need lines by {of}; these are by {', '.join(dims)}")
    within = [*(name for name in dims if name != of), *APART, "told_by"]
    if of == PRODUCT:
        code = nw.col(PRODUCT) < FIRST_LETTER
        width = nw.when(code).then(nw.col(PRODUCT).str.len_chars()).otherwise(0)
        frame = frame.with_columns(width=width)
        within.append("width")
    unknown = nw.col(of) == NOT_ALLOCATED
    told = nw.when(unknown & ~nw.col("not_allocated").is_null()).then(1).otherwise(0)
    # Who tells a flow knows all that he sells or buys himself.
    other = nw.col("told_by") == IMPORTER
    partner = {EXPORTER: other, IMPORTER: ~other}.get(of, nw.lit(False))
    # Not every engine adds up an expression within groups.
    frame = frame.with_columns(
        rest=nw.when(unknown).then(nw.col("value")).otherwise(0.0), told=told
    ).with_columns(
        whole=nw.col("value").sum().over(*within),
        rest=nw.col("rest").sum().over(*within),
        bounded=(nw.col("told").max().over(*within) == 1) | ~partner,
    )
    share = nw.when(~unknown & (nw.col("whole") > 0)).then(nw.col("value") / nw.col("whole") * 100)
    frame = frame.with_columns(share=share)
    frame = frame.with_columns(
        share_high=nw.when(nw.col("bounded")).then(
            nw.col("share") + nw.col("rest") / nw.col("whole") * 100
        ),
        square=nw.col("share") * nw.col("share"),
    )
    frame = frame.with_columns(hhi=nw.col("square").sum().over(*within))
    return frame.select(*names, "share", "share_high", "hhi").to_native()


def dimensions(by: Sequence[str], told_by: str) -> list[str]:
    """The dimensions asked for, in their own order, each once."""
    for word in by:
        if word not in DIMS:
            raise UnknownWord("dimension", word, DIMS)
    if told_by not in TELLERS:
        raise UnknownWord("teller", told_by, TELLERS)
    return [name for name in DIMS if name in by]


def addable(products: Sequence[str], by: Sequence[str]) -> list[str]:
    """The products asked for, each once.

    Raises MultipolarError where lines by ``by`` would add up what overlaps: codes of unlike width,
    and categories, of which nobody says that they hold nothing in common.
    """
    products = list(dict.fromkeys(products))
    widths = {len(code) if code < FIRST_LETTER else 0 for code in products}
    wider = sorted(set(by) & set(DIGITS))
    if wider and widths - {WHOLE_CODE}:
        odd = next(code for code in products if len(code) != WHOLE_CODE or code >= FIRST_LETTER)
        raise MultipolarError(
            f"{odd} is no code of six digits, of which a {wider[0]} is made; ask by product"
        )
    if PRODUCT not in by and len(products) > 1 and (len(widths) > 1 or 0 in widths):
        raise MultipolarError(
            f"{' and '.join(products)} may overlap and are not added up; ask by product, or for one"
        )
    return products


def _members(groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The groups with their members; no place may be counted in two."""
    members = {places.resolve(group): places.members(group) for group in groups}
    if places.WORLD in members:
        raise MultipolarError("the World is what a total is: leave the dimension out instead")
    seen: dict[str, str] = {}
    for group, held in members.items():
        for place in held:
            if place in seen:
                both = f"{seen[place]} and {group}"
                raise MultipolarError(f"{both} both hold {place}: it would be counted twice")
            seen[place] = group
    return members


def _rows(
    frame: nw.LazyFrame[Any],
    by: Sequence[str],
    told_by: str,
    products: Sequence[str],
    reporter: str,
    partner: str,
) -> nw.LazyFrame[Any]:
    """The statements that may be added, with the dimensions that are no columns of the table."""
    import narwhals as nw

    groups = [name for name in places.groups() if name != places.WORLD]
    rows = frame.filter(
        nw.col("told_by") == told_by,
        ~nw.col(reporter).is_in([*groups, places.WORLD]) | nw.col(reporter).is_null(),
        ~nw.col(partner).is_in(groups) | nw.col(partner).is_null(),
        ~nw.col("value").is_null(),
    )
    if products:
        rows = rows.filter(nw.col(PRODUCT).is_in(list(products)))
    if PRODUCT not in by and not products:
        # Wider codes hold the six-digit ones, and the categories of a source overlap with both.
        rows = rows.filter(
            nw.col(PRODUCT).str.len_chars() == WHOLE_CODE, nw.col(PRODUCT) < FIRST_LETTER
        )
    if MONTH not in by:
        # Of sums of twelve months only those of calendar years do not overlap.
        year = (nw.col("months") == 12) & nw.col(MONTH).str.ends_with("-12")
        rows = rows.filter((nw.col("months") == 1) | year)
    derived = {name: nw.col(PRODUCT).str.slice(0, DIGITS[name]) for name in by if name in DIGITS}
    if YEAR in by:
        derived[YEAR] = nw.col(MONTH).str.slice(0, 4)
    weighed = nw.when(~nw.col("weight").is_null()).then(nw.col("value"))
    return rows.with_columns(**derived, value_weighed=weighed, at=nw.col(MONTH))


def _whole(rows: nw.LazyFrame[Any], keys: Sequence[str], partner: str) -> nw.LazyFrame[Any]:
    """A line for each reporter: its totals for the World, or its listed flows where they are more.

    Which is more is asked for each month and product, before these are added up.
    """

    cells = _cells(keys)
    lines = _compared(rows, cells, partner)
    if len(cells) == len(keys):
        return lines
    return lines.group_by(*keys).agg(*_together())


def _together() -> list[nw.Expr]:
    """How lines become one."""
    import narwhals as nw

    ends = [nw.col("first", "fewest").min(), nw.col("last", "most").max()]
    return [*ends, *(nw.col(name).sum() for name in (*SUMS, "listed"))]


def _cells(keys: Sequence[str]) -> list[str]:
    """The dimensions within which a total for the World stands for flows."""
    return [*keys, *(name for name in (MONTH, PRODUCT) if name not in keys)]


def _compared(rows: nw.LazyFrame[Any], keys: Sequence[str], partner: str) -> nw.LazyFrame[Any]:
    """The total for the World beside the listed flows, and which of them is more."""
    import narwhals as nw

    # Both in one pass over the rows, of which there may be many. Sums come from plain columns,
    # since not every engine adds up an expression within groups.
    world = nw.col(partner) == places.WORLD
    world = world & ~nw.col(partner).is_null()
    told = {f"world_{name}": nw.when(world).then(nw.col(name)) for name in ADDED}
    rest = {f"listed_{name}": nw.when(~world).then(nw.col(name)) for name in ADDED}
    lines = (
        rows.with_columns(**told, **rest)
        .group_by(*keys)
        .agg(
            nw.col("at").min().alias("first"),
            nw.col("at").max().alias("last"),
            *(nw.col(name).sum() for name in (*told, *rest)),
            *(nw.col(f"{part}_value").count().alias(f"{part}_flows") for part in PARTS),
        )
    )
    whole = (nw.col("world_flows") > 0) & (nw.col("world_value") >= nw.col("listed_value"))
    return lines.with_columns(
        *(
            nw.when(whole)
            .then(nw.col(f"world_{name}"))
            .otherwise(nw.col(f"listed_{name}"))
            .alias(name)
            for name in SUMS
        ),
        listed=nw.col("listed_value"),
        **dict.fromkeys(TOTALS, nw.col("world_flows")),
    )


def _by_partner(rows: nw.LazyFrame[Any], keys: Sequence[str], partner: str) -> nw.LazyFrame[Any]:
    """A line for each partner, and one for what the total for the World holds beyond them."""
    import narwhals as nw

    whole = _compared(rows, _cells(keys), partner)
    told, some = nw.col("world_flows") > 0, nw.col("value") > nw.col("listed")
    none = nw.lit(0.0)
    rest = whole.with_columns(
        *(
            nw.when(some)
            .then(nw.col(f"world_{name}") - nw.col(f"listed_{name}"))
            .otherwise(none)
            .alias(name)
            for name in ADDED
        ),
        *(nw.when(told).then(nw.col(name)).alias(name) for name in ("first", "last")),
        flows=nw.lit(0),
        listed=nw.lit(0.0),
    )
    # A rest cannot weigh less than nothing, nor can one be told where the listed are not weighed.
    bare = (nw.col("weight") <= 0) | (nw.col("listed_value") > nw.col("listed_value_weighed"))
    rest = rest.with_columns(
        nw.lit(NOT_ALLOCATED).alias(partner),
        *(nw.when(bare).then(none).otherwise(nw.col(name)).alias(name) for name in ADDED[1:]),
    )
    listed = rows.filter((nw.col(partner) != places.WORLD) | nw.col(partner).is_null())
    lines = (
        listed.group_by(*keys, partner)
        .agg(
            nw.col("at").min().alias("first"),
            nw.col("at").max().alias("last"),
            *(nw.col(name).sum() for name in ADDED),
            nw.col("value").count().alias("flows"),
        )
        .with_columns(listed=nw.col("value"), **dict.fromkeys(TOTALS, nw.lit(0)))
    )
    rest = rest.group_by(*keys, partner).agg(*_together())
    order = [*keys, partner, "first", "last", *SUMS, "listed", *TOTALS]
    types = nw.col("flows", *TOTALS).cast(nw.Int64)
    return nw.concat([part.select(*order).with_columns(types) for part in (lines, rest)])


def _folded(
    lines: nw.LazyFrame[Any],
    keys: Sequence[str],
    reporter: str,
    members: dict[str, tuple[str, ...]],
) -> nw.LazyFrame[Any]:
    """Lines of single reporters added up to what was asked for."""

    if reporter and members:
        lines = lines.with_columns(_grouped(reporter, members))
    return lines.group_by(*keys).agg(*_together())


def _grouped(side: str, members: dict[str, tuple[str, ...]]) -> nw.Expr:
    """The group of a place, or the place itself."""
    import narwhals as nw

    found = nw.col(side)
    for group, held in members.items():
        found = nw.when(nw.col(side).is_in(held)).then(nw.lit(group)).otherwise(found)
    return found.alias(side)
