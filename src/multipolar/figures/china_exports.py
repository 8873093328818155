"""Figure ``china-exports``: how much does China sell in batteries, month by month, and to whom?

Months by region with the policies that fell into them; latest month, mean and peak of each region;
partners over twelve months; an estimate in GWh. Millions of US$ (or another currency) of the time.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import INK, MUTED, Mode
from multipolar.policy.register import events
from multipolar.trade.exports import (
    BATTERIES,
    CHINA,
    ENERGY,
    REGIONS,
    SUM,
    VALUE,
    exports,
    region_of,
)
from multipolar.words import places

YEAR, ENERGY_YEAR = SUM.format(VALUE), SUM.format(ENERGY)
COLOURS = {
    "Europe": "#009E73",
    "Asia": "#E69F00",
    "US and Canada": "#0072B2",
    "Middle East": "#CC79A7",
    "Latin America": "#D55E00",
    "Oceania": "#56B4E9",
    "Africa": "#8C8C8C",
}
PARTNERS_SHOWN = 16
#: Room to the right of the longest bar for its label, as a factor on the bar.
LABEL_ROOM = 1.2
NONE, EMPTY = "No exports are on record", "An empty chart."
NOTE = (
    "Regions as Ember draws them: Europe holds Russia and Türkiye, Mexico is in Latin America. Its "
    "batteries are wider than HS 850760, which is 92 to 93 % of them."
)


def data(evidence: Evidence, currency: str) -> Result:
    """China's exports of batteries by month and partner, in ``currency`` of the time."""
    return exports(evidence, currency)


def views(result: Result) -> dict[str, View]:
    """Months, regions, partners and the estimate in GWh."""
    return {
        "": _months(result),
        "regions": _regions(result),
        "partners": _partners(result),
        "energy": _energy(result),
    }


def _months(result: Result) -> View:
    rows = _by_region(result, VALUE).with_columns(key("measure", "place", "month"))
    money = _money(result)
    rows = rows.with_columns(pl.col("value") / 1000)
    month, total, europe = _latest(rows)
    marks = _marks(result)

    def draw(mode: Mode) -> Any:
        import altair as alt

        bars = (
            alt.Chart(rows)
            .mark_bar(size=6)
            .encode(
                _time(alt),
                alt.Y("value:Q", title=f"Billion {money} a month").stack("zero"),
                _colour(alt),
                order=alt.Order("rank:O", sort="ascending"),
                tooltip=[
                    alt.Tooltip("region:N", title="Region"),
                    alt.Tooltip("month:N", title="Month"),
                    alt.Tooltip("value:Q", title=f"Billion {money}", format=",.2f"),
                ],
            )
        )
        told = [alt.Tooltip("told:N", title="From then on")]
        rule = alt.Chart(marks).mark_rule(strokeDash=[3, 3], color=MUTED[mode])
        text = alt.Chart(marks).mark_text(dy=-6, baseline="bottom", color=INK[mode], fontWeight=600)
        top = alt.value(0)
        return alt.layer(
            bars,
            rule.encode(_time(alt), tooltip=told),
            text.encode(_time(alt), y=top, text="label:N", tooltip=told),
        ).properties(width=620, height=320)

    said = "; ".join(f"{row['number']} {row['told']}" for row in marks.iter_rows(named=True))
    began = f"Began to apply: {said}." if said else ""
    share = f"{number(100 * europe / total, 2)} %" if total else "nothing"
    finding = f"China sold batteries for {number(total, 2)} billion {money} in {_in_words(month)}"
    return View(
        draw,
        title=f"{finding}; {share} went to Europe" if total else NONE,
        subtitle=f"Exports by month and region of the buyer, billion {money} of the time, FOB",
        alt=f"Stacked bars of monthly exports by region up to {_in_words(month)}, when they were "
        f"{number(total, 2)} billion {money}, {share} of it to Europe."
        if total
        else EMPTY,
        note=NOTE,
        key=began,
    )


def _regions(result: Result) -> View:
    months = _by_region(result, VALUE)
    money = _money(result)
    year = months.filter(pl.col("month").rank("dense", descending=True) <= 12)
    newest = str(months["month"].max() or "")
    last = months.filter(pl.col("month") == newest).with_columns(kind=pl.lit(LATEST))
    highest = months.sort("value").unique("region", keep="last", maintain_order=True)
    points = pl.concat([last, highest.with_columns(kind=pl.lit(PEAK))])
    points = points.with_columns(key("measure", "place", "month"))
    mean = year.group_by("region", "place", "rank").agg(
        pl.col("value").mean(), pl.col("month").max(), measure=pl.lit(YEAR).first()
    )
    mean = mean.with_columns(key("measure", "place", "month"), kind=pl.lit(MEAN))
    columns = ["region", "kind", "value", "month", "key"]
    rows = pl.concat([points.select(columns), mean.select(columns)])
    order = mean.sort("value", descending=True)["region"].to_list()
    largest = mean.sort("value", descending=True).head(2).iter_rows(named=True)

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = alt.Y("region:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
        x = alt.X("value:Q", title=f"Million {money} a month")
        # The symbols of a legend of shapes alone are drawn in black unless they are told.
        legend = alt.Legend(symbolFillColor=MUTED[mode], symbolStrokeColor=MUTED[mode])
        shape = alt.Shape("kind:N", title=None, sort=[LATEST, MEAN, PEAK], legend=legend)
        shape = shape.scale(domain=[LATEST, MEAN, PEAK], range=["circle", "diamond", "triangle"])
        base = alt.Chart(rows)
        line = base.mark_rule(color=MUTED[mode]).encode(
            y, alt.X("min(value):Q"), alt.X2("max(value):Q")
        )
        dots = base.mark_point(filled=True, size=90, opacity=1).encode(
            y, x, shape, _colour(alt).legend(None),
            tooltip=[
                alt.Tooltip("region:N", title="Region"),
                alt.Tooltip("kind:N", title="Of"),
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("value:Q", title=f"Million {money}", format=",.0f"),
            ],
        )  # fmt: skip
        return alt.layer(line, dots).properties(width=620, height=38 * max(len(order), 1))

    said = listing([f"{r['region']} {number(r['value'])} million" for r in largest], 2)
    return View(
        draw,
        title=f"Over twelve months {said} {money} a month" if order else NONE,
        subtitle=f"Exports of batteries by region: latest month, mean of twelve, highest month; "
        f"million {money} of the time",
        alt=f"Dots by region. The means of twelve months are largest for {said} {money}."
        if order
        else EMPTY,
        note=NOTE,
    )


LATEST, MEAN, PEAK = "latest month", "mean of twelve months", "highest month"


def _partners(result: Result) -> View:
    money = _money(result)
    rows = result.data.filter((pl.col("measure") == YEAR) & _single())
    month = str(rows["month"].max()) if rows.height else ""
    now = rows.filter(pl.col("month") == month).sort("value", descending=True).head(PARTNERS_SHOWN)
    before = rows.filter(pl.col("month") != month)
    earlier = str(before["month"].max()) if before.height else ""
    before = before.filter(pl.col("month") == earlier).select("place", earlier="value")
    shown = now.join(before, on="place", how="left", maintain_order="left").with_columns(
        pl.col("value") / 1000,
        pl.col("earlier") / 1000,
        key("measure", "place", "month"),
        partner=pl.col("place").replace(places.countries()),
        region=pl.Series([_title(region_of(code)) for code in now["place"]], dtype=pl.String),
    )
    shown = shown.with_columns(
        text=pl.Series([number(value) for value in shown["value"]], dtype=pl.String),
        end=pl.max_horizontal("value", "earlier"),
    )
    order = shown["partner"].to_list()
    largest = [f"{r['partner']} {r['text']}" for r in shown.head(3).iter_rows(named=True)]

    def draw(mode: Mode) -> Any:
        import altair as alt

        top = max([*shown["value"].to_list(), *shown["earlier"].drop_nulls().to_list(), 0.1])
        scale = alt.Scale(domain=[0, top * LABEL_ROOM], nice=False)
        y = alt.Y("partner:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
        base = alt.Chart(shown)
        bars = base.mark_bar(height=alt.RelativeBandSize(0.65)).encode(
            y,
            alt.X("value:Q", title=f"Billion {money} over twelve months", scale=scale),
            _colour(alt),
            tooltip=[
                alt.Tooltip("partner:N", title="Partner"),
                alt.Tooltip("value:Q", title=f"Billion {money} to {month}", format=",.2f"),
                alt.Tooltip("earlier:Q", title=f"to {earlier}", format=",.2f"),
            ],
        )
        tick = base.mark_tick(thickness=2, color=INK[mode]).encode(y, alt.X("earlier:Q"))
        label = base.mark_text(align="left", dx=6).encode(y, alt.X("end:Q"), text="text:N")
        return alt.layer(bars, tick, label).properties(width=620, height=24 * max(len(order), 1))

    said = listing(largest, 3)
    before_that = f"; the line is the sum to {_in_words(earlier)}" if earlier else ""
    return View(
        draw,
        title=f"Over the twelve months to {_in_words(month)}: {said} billion {money}"
        if order
        else NONE,
        subtitle=f"China's exports of batteries by country of the buyer, billion {money} of the "
        f"time{before_that}",
        alt=f"Bars by country. The largest: {said} billion {money}." if order else EMPTY,
        note="Where the goods go through customs, not where they are used: the Netherlands, "
        "Belgium, Slovenia, Hong Kong and the United Arab Emirates pass on a part.",
    )


def _energy(result: Result) -> View:
    world = result.data.filter(
        (pl.col("measure") == ENERGY_YEAR) & (pl.col("place") == places.WORLD)
    ).with_columns(key("measure", "place", "month"), date=pl.col("month") + "-01")
    last = world.sort("month").tail(1).to_dicts()

    def draw(mode: Mode) -> Any:
        import altair as alt

        base = alt.Chart(world)
        band = base.mark_area(opacity=0.25, color=COLOURS["US and Canada"]).encode(
            _time(alt), alt.Y("value_low:Q", title="GWh over twelve months"), alt.Y2("value_high:Q")
        )
        line = base.mark_line(color=COLOURS["US and Canada"], strokeWidth=2).encode(
            _time(alt), alt.Y("value:Q")
        )
        dots = base.mark_point(opacity=0, size=60).encode(
            _time(alt),
            alt.Y("value:Q"),
            tooltip=[
                alt.Tooltip("month:N", title="Twelve months to"),
                alt.Tooltip("value:Q", title="GWh", format=",.0f"),
                alt.Tooltip("value_low:Q", title="low", format=",.0f"),
                alt.Tooltip("value_high:Q", title="high", format=",.0f"),
            ],
        )
        return alt.layer(band, line, dots).properties(width=620, height=280)

    told = ""
    if last:
        ends = span(last[0]["value_low"], last[0]["value_high"], 2)
        year = _in_words(last[0]["month"])
        told = f"{number(last[0]['value'], 2)} GWh ({ends}) over the year to {year}"
    return View(
        draw,
        title=f"China's exports hold some {told}" if told else NONE,
        subtitle="Estimated from value, the pack price of the year and what exports cost above it",
        alt=f"A line with a band: China's exports of lithium-ion batteries, some {told}."
        if told
        else EMPTY,
        note="Customs count value and weight, not energy. The band is that of the price and of the "
        "part of lithium-ion batteries; see the assumptions trade.* behind the number.",
    )


def _by_region(result: Result, measure: str) -> pl.DataFrame:
    """Rows of the regions with their title, rank in the stack and first day of the month."""
    rank = {name: i for i, name in enumerate(COLOURS)}
    rows = result.data.filter((pl.col("measure") == measure) & pl.col("place").is_in([*REGIONS]))
    titles = {code: _title(code) for code in REGIONS}
    return (
        rows.select(
            "measure",
            "place",
            "month",
            "value",
            date=pl.col("month") + "-01",
            region=pl.col("place").replace_strict(titles, return_dtype=pl.String),
        )
        .with_columns(rank=pl.col("region").replace_strict(rank, return_dtype=pl.Int64))
        .sort("month", "rank")
    )


#: Months from one line to the next within which labels would touch.
CLOSE = 2


def _marks(result: Result) -> pl.DataFrame:
    """Policies that began to apply within the months shown, numbered by month."""
    months = result.data.filter(pl.col("measure") == VALUE)["month"]
    found = events(result.evidence, BATTERIES, CHINA)
    first, last = (str(end or "") for end in (months.min(), months.max()))
    found = found.filter(pl.col("month") > first, pl.col("month") <= last)
    who = pl.col("jurisdiction").replace(places.countries())
    rate = pl.when(pl.col("rate").is_not_null()).then(
        pl.format(" ({} {})", pl.col("rate").cast(pl.String).str.strip_suffix(".0"), pl.col("unit"))
    ).otherwise(pl.lit(""))  # fmt: skip
    told = found.with_columns(told=pl.format("{}: {}{}", who, "name", rate))
    told = told.group_by("month").agg(pl.col("told").unique(maintain_order=True).str.join(", "))
    told = told.sort("month").with_row_index("number", 1)
    # Lines that stand close have one label, at the first of them.
    at = pl.col("month").str.slice(0, 4).cast(int) * 12 + pl.col("month").str.slice(5).cast(int)
    told = told.with_columns(run=(at.diff() > CLOSE).fill_null(False).cum_sum())
    own = pl.col("number").cast(pl.String)
    start, end = (own.min_by("number").over("run"), own.max_by("number").over("run"))
    label = pl.when(start == end).then(own).otherwise(start + "–" + end)
    return told.with_columns(
        own,
        pl.when(own == start).then(label).otherwise(pl.lit("")).alias("label"),
        pl.format("{} ({})", "told", "month").alias("told"),
        (pl.col("month") + "-01").alias("date"),
    )


def _latest(rows: pl.DataFrame) -> tuple[str, float, float]:
    """The last month, its sum, and what of it went to Europe."""
    if rows.is_empty():
        return "", 0.0, 0.0
    month = str(rows["month"].max())
    last = rows.filter(pl.col("month") == month)
    europe = last.filter(pl.col("region") == "Europe")["value"].sum()
    return month, float(last["value"].sum()), float(europe)


def _single() -> pl.Expr:
    return pl.col("place").is_in(list(places.countries()))


def _money(result: Result) -> str:
    unit = result.data.filter(pl.col("measure") == VALUE)["unit"]
    return str(unit[0]).removeprefix("million ").replace("USD", "US$") if unit.len() else "US$"


def _title(region: str) -> str:
    return places.name(region).removesuffix(" (Ember)") if region else "Others"


def _in_words(month: str) -> str:
    names = "January February March April May June July August September October November December"
    return f"{names.split()[int(month[5:7]) - 1]} {month[:4]}" if month else "no month"


def _time(alt: Any) -> Any:
    return alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", grid=False))


def _colour(alt: Any) -> Any:
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    return alt.Color("region:N", title=None, scale=scale)


FIGURE = Figure(
    name="china-exports",
    number=4,
    question="How much does China sell in batteries, month by month, and to whom?",
    data=data,
    views=views,
)
