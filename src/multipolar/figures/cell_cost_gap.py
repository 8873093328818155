"""Pictures of the gap between a cell made at home and a Chinese one: where, why, what closes it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from multipolar.cells.cost_result import (
    AGE,
    CREDIT,
    DRIVER,
    DUTIES,
    DUTY,
    GAP,
    OVER_COST,
    OVER_PRICE,
    duty_line,
    year,
)
from multipolar.cells.costs import PLACES
from multipolar.evidence.result import ALL
from multipolar.figures.bars import coloured, labels, named_rows, tooltip
from multipolar.figures.cell_cost_found import (
    AGES_SHOWN,
    HERE,
    MAIN,
    OTHER,
    PAIR,
    PLACE,
    RANGE,
    Found,
    empty,
    ranged,
    whole,
)
from multipolar.figures.figure import View
from multipolar.figures.say import listing, span
from multipolar.figures.theme import INK, MUTED, STATUSES, Mode
from multipolar.words import places

#: A line of the stack that adds less to every gap shown is left to the data.
LEAST = 0.3
INPUTS_SHOWN = 12
#: Words of the names of inputs for readers.
WORDS = {
    "capex": "investment", "ramp": "output", "abroad": "outside China", "china": "China",
    "elsewhere": "outside China", "entrant": "new makers", "incumbent": "experienced makers",
    "europe": "Europe", "labour-hours": "hours of labour",
}  # fmt: skip
LETTERS = {"lfp": "LFP", "nmc": "NMC", " cam": " CAM", " aam": " AAM", "lipf6": "LiPF6"}


def gaps(found: Found) -> View:
    """The gap by place, chemistry and age, in money and on both bases."""
    shown = pl.col("chemistry").is_in(list(PAIR)) & pl.col("age").is_in(AGES_SHOWN)
    rows = found.of(GAP, line=ALL).filter(shown)
    rows = rows.with_columns(
        row=pl.format("{}, {}", pl.col("place").map_elements(places.name, pl.String), "chemistry"),
        when=pl.col("age").replace({age: year(age) for age in AGES_SHOWN}),
        low="value_low",
        high="value_high",
    )
    order = [f"{places.name(place)}, {design}" for place in PLACES for design in PAIR]
    order = [name for name in order if name in set(rows["row"])]
    whens = [year(age) for age in AGES_SHOWN]
    share = {
        (row["place"], row["chemistry"], row["measure"]): _percent(row)
        for measure in (OVER_PRICE, OVER_COST)
        for row in found.of(measure, age=AGE).to_dicts()
    }
    ends = rows.group_by("row", "place", "chemistry", maintain_order=True).agg(
        end=pl.col("high").max()
    )
    texts = [
        f"{share[p, c, OVER_PRICE]} on price|{share[p, c, OVER_COST]} of cost"
        for p, c in ends.select("place", "chemistry").rows()
    ]
    ends = ends.with_columns(text=pl.Series(texts, dtype=pl.String))
    least = min([0.0, *rows["low"].to_list()]) * 1.05
    most = max([1.0, *rows["high"].to_list()])

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order)
        # Room for the text beside the longest range.
        text = f"min({max(map(len, texts), default=0) / 2 * 6.2 + 14:.0f} / width, 0.7)"
        end = alt.ExprRef(f"{least} + ({most} - {least}) / (1 - {text})")
        scale = alt.Scale(domainMin=least, domainMax=end, nice=False)
        x = alt.X("value:Q", title=f"Gap, {found.money} per kWh", scale=scale)
        shades = dict(zip(whens, STATUSES[mode], strict=True))
        colour = coloured("when", None, shades)
        layers = [alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule().encode(alt.X("zero:Q"))]
        for at, when in enumerate(whens):
            here = alt.Chart(rows.filter(pl.col("when") == when))
            dy = 8 * (at - 1)
            layers += [
                here.mark_rule(strokeWidth=2, yOffset=dy).encode(
                    y, alt.X("low:Q"), alt.X2("high:Q"), colour
                ),
                here.mark_point(filled=True, size=60, opacity=1, yOffset=dy).encode(
                    y, x, colour,
                    tooltip=tooltip(
                        ("row", "Of"), ("when", "Plant"), ("value", found.money, ",.1f"),
                        ("low", "low", ",.1f"), ("high", "high", ",.1f"),
                    ),
                ),
            ]  # fmt: skip
        return alt.layer(*layers, labels(ends, y, "end")).properties(
            width=620, height=40 * max(len(order), 1)
        )

    if not order:
        return View(draw, f"No gap in cost: {found.when}", *empty())
    first = found.told(GAP, age="1")
    said = [
        f"{row['row']}, {row['when']}: {ranged(row)}"
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    ages = (f"in year {AGE}", "in year 5", "from a ripe plant")
    told = [f"{gap} {when}" for gap, when in zip(_ages(found, MAIN), ages, strict=True)]
    title = f"An {MAIN} cell made in {HERE} costs, in {found.money}/kWh, {listing(told)} more than "
    title += f"a Chinese one delivered there; {OTHER} {listing(_ages(found, OTHER))}"
    return View(
        draw,
        title,
        subtitle=f"Cost at home less the delivered price of a Chinese cell, {found.money} per kWh, "
        f"policy in force; text: the gap of year {AGE} over the price and over the cost",
        alt=f"Points with ranges by place, chemistry and age. {listing(said, len(said))}.",
        note=f"Year 1 stands in the data only ({HERE}, {MAIN}: {first}). {RANGE} "
        "Below zero the cell made at home is cheaper. Credits are paid here only to plants whose "
        f"materials meet the rule on content. {_unread(found)}",
    )


def _percent(row: dict[str, Any]) -> str:
    """A share with its range.

    >>> _percent({"value_low": 32.6, "value": 46.5, "value_high": 75.8})
    '46 % (33–76)'
    """
    value, _, ends = ranged(row).partition(" ")
    return f"{value} % {ends}"


def _ages(found: Found, design: str) -> list[str]:
    """The gap of a design at each age that is shown."""
    return [found.told(GAP, chemistry=design, age=age) for age in AGES_SHOWN]


def _unread(found: Found) -> str:
    """Instruments that are not counted."""
    if found.rows.is_empty():
        return ""
    ids = [record for place in PLACES for record in found.costs.policy(place).unread]
    rows = found.costs.evidence.table("policies").filter(pl.col("record").is_in(ids)).to_dicts()
    names = [f"{places.name(row['jurisdiction'])}, {row['name'].lower()}" for row in rows]
    return f"In force, but without a rate or its base on record: {listing(names)}." if names else ""


def lines(found: Found) -> View:
    """The gap by line of the stack."""
    rows = found.of(GAP, place=PLACE, age=AGE).filter(
        pl.col("chemistry").is_in(list(PAIR)) & (pl.col("line") != ALL)
    )
    large = rows.group_by("line").agg(pl.col("value").abs().max()).filter(pl.col("value") >= LEAST)
    rows = rows.filter(pl.col("line").is_in(large["line"].implode()))
    rows = rows.with_columns(low="value_low", high="value_high")
    main = rows.filter(pl.col("chemistry") == MAIN).sort("value", descending=True)
    order = [*main["line"].to_list(), *sorted(set(rows["line"]) - set(main["line"]))]

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(order, "line")
        offset = alt.YOffset("chemistry:N", sort=list(PAIR))
        x = alt.X("value:Q", title=f"Home less China, {found.money} per kWh")
        base = alt.Chart(rows)
        bars = base.mark_bar(height=alt.RelativeBandSize(0.8)).encode(
            y, x, offset, coloured("chemistry", None, PAIR),
            tooltip=tooltip(
                ("line", "Line"), ("chemistry", "Chemistry"), ("value", found.money, "+,.1f"),
                ("low", "low", "+,.1f"), ("high", "high", "+,.1f"),
            ),
        )  # fmt: skip
        line = base.mark_rule(strokeWidth=1.5, color=INK[mode])
        line = line.encode(y, alt.X("low:Q"), alt.X2("high:Q"), offset)
        zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule().encode(alt.X("zero:Q"))
        return alt.layer(bars, line, zero).properties(width=620, height=30 * max(len(order), 1))

    if not order:
        return View(draw, f"No gap in cost: {found.when}", *empty())
    above, below = main.filter(pl.col("value") > 0), main.filter(pl.col("value") < 0)
    plus = [f"{row['line']} {whole(row['value'])}" for row in above.head(4).to_dicts()]
    minus = [f"{r['line']} {whole(-r['value'])}" for r in below.reverse().head(2).to_dicts()]
    said = [f"{r['chemistry']} {r['line']} {r['value']:+.1f}" for r in rows.to_dicts()]
    title = f"Of the {found.told(GAP)} {found.money}/kWh that {MAIN} made in {HERE} costs more, "
    title += f"the most is {listing(plus)}"
    return View(
        draw,
        title=f"{title}; the import bears {listing(minus)}" if minus else title,
        subtitle=f"Cost at home in year {AGE} less that of the Chinese cell as it arrives in "
        f"{HERE}, by line, {found.money} per kWh",
        alt=f"Bars by line of the cost. {listing(said, len(said))} {found.money} per kWh.",
        note=f"Lines that add less than {LEAST} stand in the data. Scrap, depreciation, overhead "
        f"and the return on capital are high where a new plant sells little yet. {RANGE}",
    )


def drivers(found: Found) -> View:
    """The inputs that move the gap most."""
    rows = found.of(DRIVER, place=PLACE, chemistry=MAIN, age=AGE)
    rows = rows.with_columns(
        low="value_low",
        high="value_high",
        label=pl.col("line").map_elements(in_words, pl.String),
        size=pl.col("value_high") - pl.col("value_low"),
    ).sort("size", descending=True)
    rows = rows.head(INPUTS_SHOWN)
    order = rows["line"].to_list()
    middle = rows["value"][0] if rows.height else 0.0

    def draw(mode: Mode) -> Any:
        import altair as alt

        names = dict(zip(order, rows["label"], strict=True))
        words = f"({_lookup(names)})[datum.label]" if names else "datum.label"
        y = named_rows(order, "line", words)
        scale = alt.Scale(zero=False, padding=12)
        x = alt.X("low:Q", title=f"Gap, {found.money} per kWh", scale=scale)
        bars = (
            alt.Chart(rows)
            .mark_bar(height=alt.RelativeBandSize(0.6), color=PAIR[MAIN])
            .encode(y, x, alt.X2("high:Q"))
            .encode(
                tooltip=tooltip(("label", "Input"), ("low", "from", ",.1f"), ("high", "to", ",.1f"))
            )
        )
        best = alt.Chart(pl.DataFrame({"best": [middle]})).mark_rule(
            strokeWidth=2, color=INK[mode]
        ).encode(alt.X("best:Q"))  # fmt: skip
        return alt.layer(bars, best).properties(width=620, height=30 * max(len(order), 1))

    if not order:
        return View(draw, f"No gap in cost: {found.when}", *empty())
    first = [
        f"{row['label'][0].lower()}{row['label'][1:]} ({span(row['low'], row['high'], 2)})"
        for row in rows.head(3).to_dicts()
    ]
    said = [f"{r['label']} {span(r['low'], r['high'], 2)}" for r in rows.to_dicts()]
    others = found.of(DRIVER, place=PLACE, chemistry=OTHER, age=AGE).with_columns(
        size=pl.col("value_high") - pl.col("value_low")
    )
    most = [in_words(n) for n in others.sort("size", descending=True).head(3)["line"]]
    return View(
        draw,
        title=f"The gap for {MAIN} in {HERE} hangs most on {listing(first)}",
        subtitle=f"Gap in {found.money} per kWh in year {AGE} when one input goes from its 10 to "
        "its 90 % value, the others at their best",
        alt=f"Bars of the gap by input. {listing(said, len(said))} {found.money} per kWh.",
        note=f"For {OTHER}: {listing(most)}. An input that both plants share moves both sides.",
    )


def in_words(name: str) -> str:
    """An input in words, from its name.

    >>> in_words("cells.price.wage.eu27"), in_words("cells.labour-hours.elsewhere")
    ('Wage, EU27', 'Hours of labour, outside China')
    """
    known = {code.lower(): places.name(code) for code in (*places.countries(), *places.groups())}
    words = [known.get(word) or WORDS.get(word, word) for word in name.split(".")[1:]]
    if words[0] == "price" and words[1] in ("wage", "electricity", "heat"):
        words = words[1:]
    text = ", ".join(words).replace("-", " ").replace("year ", "year\u00a0")
    for short, shown in LETTERS.items():
        text = text.replace(short, shown)
    return text[0].upper() + text[1:]


def _lookup(names: dict[str, str]) -> str:
    """A Vega expression of names by what stands for them."""
    return json.dumps(names, ensure_ascii=False)


def breakeven(found: Found) -> View:
    """Pairs of duty and credit that close the gap."""
    lines = {duty_line(duty): float(duty) for duty in DUTIES}
    rows = found.of(CREDIT, place=PLACE).filter(
        pl.col("line").is_in(list(lines)) & pl.col("age").is_in(AGES_SHOWN)
    )
    rows = rows.with_columns(
        duty=pl.col("line").replace_strict(lines, return_dtype=pl.Float64),
        when=pl.col("age").replace({age: year(age) for age in AGES_SHOWN}),
    ).sort("duty")
    main = rows.filter(pl.col("chemistry") == MAIN)
    other = rows.filter(pl.col("chemistry") == OTHER)
    top = max([10.0, *main["value_high"].to_list()])
    whens = [year(age) for age in AGES_SHOWN]
    levers = found.costs.policy(PLACE).levers if rows.height else None
    now = pl.DataFrame(
        [(100 * levers.duty_cell, levers.credit_cell, "today")] if levers else [],
        schema={"duty": pl.Float64, "credit": pl.Float64, "text": pl.String},
        orient="row",
    )

    def draw(mode: Mode) -> Any:
        import altair as alt

        x = alt.X("duty:Q", title="Duty on imported cells, % of the customs value")
        x = x.scale(domain=[0, DUTIES[-1]], nice=False)
        scale = alt.Scale(domain=[0, top], nice=True)
        y = alt.Y("value:Q", title=f"Credit, {found.money} per kWh of cells sold", scale=scale)
        shades = dict(zip(whens, ("#D55E00", "#E69F00", "#009E73"), strict=True))
        colour = coloured("when", f"{MAIN} (dashed: {OTHER})", shades)
        colour = colour.legend(symbolOpacity=1, titleLimit=300)
        base = alt.Chart(main)
        band = base.mark_area(opacity=0.16, clip=True).encode(
            x, alt.Y("value_low:Q", scale=scale), alt.Y2("value_high:Q"), colour
        )
        line = base.mark_line(strokeWidth=2.5, clip=True).encode(x, y, colour)
        dashed = alt.Chart(other).mark_line(strokeWidth=1.5, strokeDash=[5, 4], clip=True)
        dashed = dashed.encode(x, y, colour)
        told = tooltip(
            ("chemistry", "Chemistry"), ("when", "Plant"), ("duty", "Duty, %", ".0f"),
            ("value", f"Credit, {found.money}", ".1f"), ("value_low", "low", ".1f"),
            ("value_high", "high", ".1f"),
        )  # fmt: skip
        over = base.mark_point(opacity=0, size=90, clip=True).encode(x, y, tooltip=told)
        point = alt.Chart(now).encode(alt.X("duty:Q"), alt.Y("credit:Q"))
        layers = [
            band, line, dashed, over,
            point.mark_point(filled=True, size=80, opacity=1, color=INK[mode]),
            point.mark_text(align="left", dx=8, dy=-9, color=MUTED[mode]).encode(text="text:N"),
        ]  # fmt: skip
        return alt.layer(*layers).properties(width=620, height=360)

    if rows.is_empty():
        return View(draw, f"Nothing closes a gap that is unknown: {found.when}", *empty())
    ripe = {"age": "ripe"}
    title = f"A duty of {found.told(DUTY)} % or a credit of {found.told(CREDIT)} {found.money}/kWh "
    title += f"would bring {MAIN} made in {HERE} in year {AGE} to the Chinese price; for a ripe "
    title += f"plant {found.told(DUTY, **ripe)} % or {found.told(CREDIT, **ripe)}"
    nmc = f"{found.told(DUTY, chemistry=OTHER)} % or {found.told(CREDIT, chemistry=OTHER)}"
    return View(
        draw,
        title,
        subtitle="Pairs of duty and credit without a gap in cost; bands: 10 to 90 % of the draws. "
        "Duty and credit are absolute, what else is in force stays",
        alt=f"Falling lines of credit over duty by age of the plant. {title}. {OTHER} in year "
        f"{AGE}: {nmc} {found.money}/kWh.",
        note=f"Above and to the right of a line the cell made at home is cheaper. {OTHER} in year "
        f"{AGE}: {nmc} {found.money}/kWh. The gap is a straight line in both levers, so each line "
        "is exact. Who pays the two differs: buyers a duty, the state a credit.",
    )
