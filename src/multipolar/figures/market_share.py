"""Figure ``market-share``: whose firms sell the world's cells, cathodes and anodes?

Stacked bars of shares in per cent by domicile, each of the latest ranking of a product; a table of
the firms over the years.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, heat, named_rows, ranges, tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import INK, PLACES, Mode
from multipolar.industry.rankings import OTHERS, TOP, Ranking, latest, rankings
from multipolar.industry.shares import CLASSES, market_share
from multipolar.words import places

#: A bar of a single firm says nothing about domiciles.
LEAST_NAMED = 2
#: Firms and periods in the table.
FIRMS_SHOWN, PERIODS_SHOWN, LEAST_IN_PERIOD = 14, 6, 3
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: A part of a bar that is narrower has no room for its number.
NARROWEST = 6.0
REST = "Other firms"
REST_COLOUR: dict[Mode, str] = {"light": "#E3E7EB", "dark": "#2C3640"}


def data(evidence: Evidence, currency: str) -> Result:
    """Shares, volumes, ranks, counts and concentration; the currency plays no part."""
    del currency
    return market_share(evidence)


def views(result: Result) -> dict[str, View]:
    """The bars by domicile, and the firms over the years."""
    return {"": _bars(result), "firms": _firms(result)}


def _bars(result: Result) -> View:
    shown = [r for r in latest(result.evidence) if len(r.top()) >= LEAST_NAMED and not _partial(r)]
    shown.sort(key=lambda r: (r.stage != "cell", r.segment != "vehicles", r.product))
    titles = {places.name(code): code for code in CLASSES} | {"Others": "", REST: OTHERS}
    rows = [
        (_label(r), _class(h.domicile), h.share[1], r.product, r.period, r.id, h.domicile, "all")
        for r in shown
        for h in r.domiciles
    ]
    rows += [
        (_label(r), REST, r.others.share[1], r.product, r.period, r.id, "all", OTHERS)
        for r in shown
        if r.others
    ]
    names = ("row", "class", "share", "product", "period", "ranking", "domicile", "firm")
    schema: dict[str, Any] = {n: pl.Float64 if n == "share" else pl.String for n in names}
    classes = [title for title in titles if any(row[1] == title for row in rows)]
    bars = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(
            key("product", "period", "ranking", "domicile", "firm"),
            pl.col("share").round(1),
            pl.col("class").replace_strict({c: n for n, c in enumerate(classes)}).alias("order"),
        )
        .with_columns(
            (pl.col("share").cum_sum().over("row", order_by="order") - pl.col("share") / 2)
            .round(2)
            .alias("middle"),
            pl.when(pl.col("share") >= NARROWEST)
            .then(pl.col("share").map_elements(_short, return_dtype=pl.String))
            .otherwise(pl.lit(""))
            .alias("text"),
        )
    )
    open_ = pl.DataFrame(
        [line for r in shown for line in _open(r)],
        schema={"row": pl.String, "low": pl.Float64, "high": pl.Float64, "told": pl.String},
        orient="row",
    )
    order = [_label(r) for r in shown]

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        colours = {title: PLACES.get(title, REST_COLOUR[mode]) for title in classes}
        colour = coloured("class", None, colours)
        x = alt.X("share:Q", title="Share of the market, %").scale(domain=[0, 100]).stack("zero")
        bar = (
            alt.Chart(bars)
            .mark_bar(height=alt.RelativeBandSize(0.66))
            .encode(y, x, colour, alt.Order("order:Q"))
            .encode(
                tooltip=tooltip(
                    ("product", "Product"),
                    ("period", "Period"),
                    ("class", "Firms of"),
                    ("share", "%", ".1f"),
                )
            )
        )
        faint = alt.when(alt.datum["class"] == REST).then(alt.value(INK[mode]))
        text = (
            alt.Chart(bars)
            .mark_text()
            .encode(
                y,
                alt.X("middle:Q"),
                text="text:N",
                color=faint.otherwise(alt.value("#14191F")),
            )
        )
        reach = ranges(open_, y, mode, yOffset=9).encode(tooltip="told:N")
        return alt.layer(bar, reach, text).properties(width=560, height=40 * max(len(order), 1))

    title, alt_text = _said(shown)
    return View(
        draw,
        title,
        subtitle="Shares of named firms by domicile in the latest ranking of each product, %: "
        "batteries and materials in cars sold, shipments elsewhere",
        alt=alt_text,
        note=f"In brackets, how many of the first {TOP} firms are on record. A share that nobody "
        "printed counts with the largest one printed below it, and a line shows how far it could "
        "reach. Firms that no source names are in a class of their own and in no country.",
    )


def _short(share: float) -> str:
    return number(share, 2)


def _open(ranking: Ranking) -> list[tuple[str, float, float, str]]:
    """How far the open shares of a ranking could reach along its bar."""
    found, start = [], 0.0
    for holder in sorted(ranking.domiciles, key=lambda h: _place_in_bar(h.domicile)):
        low, value, high = holder.share
        if low < high:
            told = f"{holder.name}: {_range(holder.share)} %"
            found.append((_label(ranking), start + low, min(start + high, 100.0), told))
        start += value
    return found


def _place_in_bar(domicile: str) -> int:
    return CLASSES.index(domicile) if domicile in CLASSES else len(CLASSES)


def _partial(ranking: Ranking) -> bool:
    """Whether the ranking leaves a part of the world market out."""
    return " outside " in ranking.product


def _class(domicile: str) -> str:
    return places.name(domicile) if domicile in CLASSES else "Others"


def _label(ranking: Ranking) -> str:
    """The row of a ranking, with how much of its head is on record."""
    named = min(len(ranking.top()), TOP)
    product = ranking.product[0].upper() + ranking.product[1:]
    return f"{product}|{_when(ranking)} ({named} of {TOP})"


def _when(ranking: Ranking) -> str:
    """The period with months in words."""
    if len(ranking.period) == len("2025"):
        return ranking.period
    first, last = (MONTHS[int(text[5:]) - 1] for text in (ranking.start, ranking.end))
    return f"{first if first == last else f'{first}–{last}'} {ranking.end[:4]}"


def _said(shown: list[Ranking]) -> tuple[str, str]:
    """Title and alternative text, from the numbers."""
    cells = next((r for r in shown if r.stage == "cell" and r.domiciles), None)
    if cells is None:
        return "No ranking of cell makers on record", "An empty chart."
    first, *others = cells.domiciles
    title = f"Firms from {first.name} have {number(first.share[1])} % of {cells.product}"
    title += f" ({_when(cells)})"
    if others:
        rival = others[0]
        title += f", those from {rival.name} {number(rival.share[1])} %"
        cathode = [(r.product, r.share(rival.id)[1]) for r in shown if "cathode" in r.stage]
        named = [f"at least {number(share)} % of {product}" for product, share in cathode if share]
        none = [product for product, share in cathode if not share]
        title += f", and {listing(named)}" if named else ""
        title += f"; none of them is named for {listing(none)}" if none else ""
    lines = []
    for r in shown:
        parts = [f"{h.name} {_range(h.share)}" for h in r.domiciles]
        if r.others:
            parts.append(f"other firms {_range(r.others.share)}")
        bounds = span(*r.hhi_of_firms().ends), span(*r.hhi_of_domiciles().ends)
        lines.append(
            f"{r.product} ({_when(r)}): {', '.join(parts)} %; concentration over firms "
            f"{bounds[0]}, over domiciles {bounds[1]} of 10,000."
        )
    return title, f"Stacked bars of market shares by domicile. {' '.join(lines)}"


def _range(share: tuple[float, float, float]) -> str:
    low, value, high = share
    return number(value) if low == high else f"{number(value)} ({span(low, high)})"


def _firms(result: Result) -> View:
    """Firms and years: the shares, with the rank."""
    every = [
        r
        for r in rankings(result.evidence).values()
        if r.product == "cells in vehicles"
        and r.vintage == "first print"
        and r.months in (1, len(MONTHS))
        and sum(firm.known for firm in r.firms) >= LEAST_IN_PERIOD
    ]
    yearly = {r.end[:4]: r for r in sorted(every, key=lambda r: (r.end, r.months))}
    shown = list(yearly.values())[-PERIODS_SHOWN:]
    last = shown[-1] if shown else None
    best: dict[str, float] = {}
    for ranking in shown:
        for firm in ranking.firms:
            now = ranking is last
            best[firm.id] = max(best.get(firm.id, 0.0), firm.share[1] + (1000 if now else 0))
    firms = sorted(best, key=lambda firm: -best[firm])[:FIRMS_SHOWN]
    names = {f.id: f"{f.name}, {places.name(f.domicile)}" for r in shown for f in r.firms}
    rows = [
        (names[f.id], _column(r), f.share[1], f.rank, r.product, r.period, r.id, f.id)
        for r in shown
        for f in r.firms
        if f.id in firms and f.known
    ]
    columns = ("owner", "when", "share", "rank", "product", "period", "ranking", "firm")
    types = {"share": pl.Float64, "rank": pl.Int64}
    schema: dict[str, Any] = {name: types.get(name, pl.String) for name in columns}
    cells = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("share").round(1), key("product", "period", "ranking", "firm")
    )
    order, whens = [names[firm] for firm in firms], [_column(r) for r in shown]

    def draw(mode: Mode) -> Any:
        import altair as alt

        axis = alt.Axis(orient="top", labelAngle=0)
        chart = heat(
            cells,
            "share",
            ".1f",
            mode,
            title="Share, %",
            y=named_rows(order, "owner"),
            x=alt.X("when:N", sort=whens, title=None, axis=axis),
            tooltip=tooltip(
                ("owner", "Firm"),
                ("when", "Period"),
                ("share", "Share, %", ".1f"),
                ("rank", "Rank", "d"),
            ),
        )
        return chart.properties(width=520, height=26 * max(len(order), 1))

    title = _moved(shown, names) or "No ranking of firms on record"
    ends = last.firms if last else ()
    sizes = [f"{names[f.id]} {number(f.share[1])} %" for f in ends if f.id in firms]
    return View(
        draw,
        title,
        subtitle="Shares of cells in electric vehicles sold, by firm, %; first prints, the firms "
        "of the latest list first",
        alt=f"Table of firms and periods. The latest: {listing(sizes, FIRMS_SHOWN) or 'none'}.",
        note="An empty field: no source prints the share. A star: a part of the year "
        f"({listing([_when(r) for r in shown if _is_part(r)]) or 'none here'}). Later restatements "
        "are in the data.",
    )


def _column(ranking: Ranking) -> str:
    return ranking.end[:4] + ("*" if _is_part(ranking) else "")


def _is_part(ranking: Ranking) -> bool:
    return ranking.months < len(MONTHS)


def _moved(shown: list[Ranking], names: dict[str, str]) -> str:
    """The largest rise and the largest fall among firms of the first and the last period."""
    if len(shown) < 2:
        return ""
    first, last = shown[0], shown[-1]
    both = {f.id for f in first.firms if f.known} & {f.id for f in last.firms if f.known}
    if len(both) < 2:
        return ""
    change = {firm: last.share(firm)[1] - first.share(firm)[1] for firm in sorted(both)}
    up, down = max(change, key=lambda f: change[f]), min(change, key=lambda f: change[f])
    told = [
        f"{names[firm].rpartition(', ')[0]} {'rose' if change[firm] > 0 else 'fell'} from "
        f"{number(first.share(firm)[1])} to {number(last.share(firm)[1])} %"
        for firm in (up, down)
    ]
    return f"Of cells in vehicles, {told[0]} from {_when(first)} to {_when(last)}; {told[1]}"


FIGURE = Figure(
    name="market-share",
    number=2,
    question="Whose firms sell the world's cells, cathodes and anodes?",
    data=data,
    views=views,
)
