"""Figure ``concentration``: how much of LFP, and of other goods, does the leading country hold?

Bars of the leading country's share in per cent, LFP cells and LFP cathode apart, beside other
strategic goods; the stages of the battery chain from mining to recycling; what places import from
China along these stages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.figures.bars import coloured, heat, labels, named_rows, ranges, room, tooltip
from multipolar.figures.figure import Figure, View
from multipolar.figures.marks import key
from multipolar.figures.say import listing, number, span
from multipolar.figures.theme import MUTED, PLACES, Mode
from multipolar.industry.concentration import (
    GOODS,
    HHI,
    HORIZON,
    LEADER,
    OWN,
    concentration,
    incomplete,
    lists,
)
from multipolar.trade.dependence import HHI as IMPORT_HHI
from multipolar.trade.dependence import SHARE, dependence
from multipolar.trade.exports import BATTERIES
from multipolar.words import places, products

UNCHECKED = "assumption"
ROW_HEIGHT = 36
#: Marks of what was read second-hand, and of what nobody has checked.
RELAYED, UNSURE = " †", " ?"
PALE = 0.4
#: A share above it (%) is more than from all others together.
HALF = 50
#: Measures and buyers of the view on imports: the places that the study compares, beside China.
CELLS = products.product(BATTERIES).holds
BOUGHT, IMPORTERS = "imports from China", "HHI of imports"
BUYERS = ("USA", "Europe", "KOR", "JPN", "IND", "CAN")
STAGES = ("mining", "refining", "cathode active material", "anode active material", "separator",
          "electrolyte", "cell", "recycling")  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One list: its leader and share, and what is counted."""

    product: str
    basis: str
    by: str
    source: str
    year: int
    leader: str
    low: float
    value: float
    high: float
    second_hand: bool

    @property
    def name(self) -> str:
        """The good, and the year to come where the bar is about one."""
        name = self.product[0].upper() + self.product[1:]
        return f"{name}, by {self.year}" if self.year == HORIZON else name

    @property
    def what(self) -> str:
        """What is counted, of whom and when."""
        return f"{self.basis} by {self.by}, {self.year}"

    @property
    def row(self) -> str:
        """What stands at the axis, in two lines."""
        mark = UNSURE if self.source == UNCHECKED else RELAYED if self.second_hand else ""
        return f"{self.name}{mark}|{self.what}"

    @property
    def country(self) -> str:
        """The name of the leader."""
        return places.name(self.leader)

    @property
    def told(self) -> str:
        """Leader and share with its range, what is counted and how well it is known."""
        ends = f" ({span(self.low, self.high)})" if self.low != self.high else ""
        origin = {UNCHECKED: "not checked", OWN: "our plants"}.get(self.source, "")
        origin = origin or ("second-hand" if self.second_hand else "")
        share = f"{self.country} {number(self.value)} %{ends}"
        return f"{share}, {self.what}{', ' if origin else ''}{origin}"


def data(evidence: Evidence, currency: str) -> Result:
    """Shares, leaders and concentration of makers and of imports; the currency plays no part."""
    del currency
    made, bought = concentration(evidence), _as_list(dependence(evidence))
    return replace(
        made,
        data=pl.concat([made.data, bought.data.select(made.data.columns)]).sort(made.dims),
        parts=pl.concat([made.parts, bought.parts.select(made.parts.columns)]),
        items=pl.concat([made.items, bought.items.select(made.items.columns)]),
    )


def _as_list(bought: Result) -> Result:
    """Imports in the dimensions of this figure: who buys stands in ``place``."""
    known = products.products()
    names = {code: one.name for code, one in known.items() if one.name}
    words = {SHARE: BOUGHT, IMPORT_HHI: IMPORTERS}
    told = {
        "measure": pl.col("measure").replace(words),
        "product": pl.col("product").replace(names),
        "basis": pl.lit("imports"),
        "by": pl.lit("place"),
        "source": pl.lit("trade"),
        "year": pl.col("year").cast(pl.Int64),
    }
    # Of batteries every buyer is there; of other goods `dependence` has them all.
    wanted = pl.col("place").is_in(BUYERS) | (pl.col("product") == CELLS)
    kept = pl.col("measure").is_in(list(words)) & wanted
    data = bought.data.filter(kept).with_columns(**told)
    return replace(bought, data=data, parts=bought.parts.filter(kept).with_columns(**told))


def views(result: Result) -> dict[str, View]:
    """LFP among other goods, the stages of the battery chain, and imports along them."""
    return {"": _goods(result), "stages": _stages(result), "imports": _imports(result)}


def _imports(result: Result) -> View:
    """What each buyer takes from China of each product, in the newest year of the product."""
    rows = result.data.filter((pl.col("measure") == BOUGHT) & pl.col("place").is_in(BUYERS))
    rows = rows.filter(pl.col("year") == pl.col("year").max().over("product"))
    known = [one.name for one in products.products().values() if one.name in set(rows["product"])]
    years = dict(rows.select("product", "year").unique().rows())
    goods = {name: f"{name}, {years[name]}" for name in known}
    shown = rows.filter(pl.col("product").is_in(known)).with_columns(
        key("measure", "product", "place"),
        good=pl.col("product").replace(goods),
        buyer=pl.col("place").replace({code: places.name(code) for code in BUYERS}),
        text=pl.format("{}", pl.col("value").round(0).cast(pl.Int64)),
    )
    buyers = [places.name(code) for code in BUYERS]
    grid = pl.DataFrame({"good": list(goods.values())}, schema={"good": pl.String}).join(
        pl.DataFrame({"buyer": buyers}), how="cross"
    )
    missing = grid.join(shown, on=["good", "buyer"], how="anti")
    held = shown.group_by("product").agg((pl.col("value") > HALF).sum().alias("over"), pl.len())
    held = held.filter(pl.col("over") > 0).sort("over", "product", descending=[True, False])
    most = [f"{r['product'].lower()} by {r['over']} of {r['len']}" for r in held.to_dicts()]
    said = listing(most[:3], 3)

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = alt.Y("good:N", sort=[*goods.values()], title=None, axis=alt.Axis(labelLimit=240))
        x = alt.X("buyer:N", sort=buyers, title=None, axis=alt.Axis(orient="top", labelAngle=-90))
        table = heat(
            shown,
            "value",
            ",.0f",
            mode,
            y=y,
            x=x,
            tooltip=tooltip(
                ("good", "Product"),
                ("buyer", "Buyer"),
                ("value", "From China, %", ",.1f"),
                ("value_low", "low", ",.1f"),
                ("value_high", "high", ",.1f"),
            ),
            title="% from China",
        )
        blank = alt.Chart(missing).mark_text(text="–", color=MUTED[mode]).encode(y=y, x=x)
        chart = alt.layer(table, blank)
        return chart.properties(width=620, height=32 * max(len(goods), 1))

    return View(
        draw,
        title=_most_from_china(said, shown),
        subtitle="Share of China in the imports of each buyer by value, %, newest year",
        alt=f"Table of products and buyers. More than half bought from China: {said or 'none'}.",
        note="Buyers are the places that the study compares, beside China itself; the command "
        "dependence has all. Batteries: what China reports as sold, of it the part of lithium-ion "
        "and with freight (assumptions), over all that the buyer reports as bought. Other goods: "
        "flows between all countries, reconciled. Codes hold other grades too: flake for anodes is "
        "not apart. Europe buys from outside itself; –: not on record, as for its batteries, of "
        "which what its countries buy from each other cannot be told apart.",
    )


def _most_from_china(said: str, shown: pl.DataFrame) -> str:
    """The finding: what several buyers take for more than half from China."""
    if shown.is_empty():
        return "No imports are on record"
    if not said:
        return "No buyer shown takes more than half of a good from China"
    return f"Bought for more than half from China: {said} buyers shown"


def _goods(result: Result) -> View:
    stages = _stages_of(result)
    bars = [
        bar
        for bar in _bars(result)
        if ("LFP" in bar.product and bar.by == "place") or not stages.get(bar.product)
    ]
    bars.sort(key=lambda bar: (-bar.value, bar.row))
    title, lfp = _title(bars)
    names = [f"{bar.name}: {bar.told}." for bar in bars]
    return View(
        _draw(bars),
        title,
        subtitle="Share of the leading country in each good, %; each bar counts one thing, as it "
        "says, and bars of different measures are no like for like",
        alt=f"Bars of the leading country's share. {' '.join(names)}",
        note=f"{lfp}Capacity of LFP is that of our plants; its lines run over the bounds, the "
        "split of mixed plants and plants of unknown chemistry. † read second-hand. ? and pale: an "
        "assumption that nobody has checked.",
    )


def _stages(result: Result) -> View:
    stages = _stages_of(result)
    missing = incomplete(result)
    newest: dict[tuple[str, str, str], Bar] = {}
    for bar in sorted(_bars(result), key=lambda bar: bar.year):
        own = bar.source == OWN
        if stages.get(bar.product) and bar.year < HORIZON and not (own and bar.product in missing):
            newest[bar.product, bar.basis, bar.by] = bar
    bars = sorted(
        newest.values(),
        key=lambda bar: (STAGES.index(stages[bar.product]), bar.product, -bar.value),
    )
    found = result.data.filter(pl.col("measure") == HHI)
    index = {row[1:6]: row[-4:-1] for row in found.rows()}
    said = []
    for bar in bars:
        low, _, high = index[bar.product, bar.basis, bar.by, bar.source, bar.year]
        said.append(f"{bar.name}: {bar.told}, concentration {span(low, high)}.")
    held = [bar for bar in bars if bar.leader == "CHN"]
    least = [bar for bar in bars if bar.leader != "CHN"]
    title = f"China leads in {len(held)} of {len(bars)} lists along the battery chain"
    if least:
        title += f"; others lead in {listing(sorted({bar.product for bar in least}), len(least))}"
    left = (
        f"Our plants of {listing(sorted(missing), 5)} are too few to be shown. " if missing else ""
    )
    return View(
        _draw(bars),
        title if bars else "Nothing on record",
        subtitle="Share of the leading country in the newest list of each stage and measure, %, "
        "from mining to recycling",
        alt=f"Bars of the leading country's share along the chain. {' '.join(said) or 'None.'}",
        note=f"{left}† read second-hand. Indices of concentration (0 to 10,000) with their bounds "
        "for what is not listed are in the data.",
    )


def _bars(result: Result) -> list[Bar]:
    """Every leading share, with what is counted."""
    second = {(one.product, one.basis, one.by, one.source, one.year) for one in
              lists(result.evidence) if one.via}  # fmt: skip
    found = []
    for row in result.data.filter(pl.col("measure") == LEADER).iter_rows(named=True):
        kind = (row["product"], row["basis"], row["by"], row["source"], row["year"])
        ends = (row["value_low"], row["value"], row["value_high"])
        found.append(Bar(*kind, row["place"], *ends, second_hand=kind in second))
    return found


def _stages_of(result: Result) -> dict[str, str]:
    """The stage of each good; goods outside the battery chain have none."""
    known = {one.product: one.stage for one in lists(result.evidence)}
    return known | {good.product: good.stage for good in GOODS}


def _title(bars: list[Bar]) -> tuple[str, str]:
    """The finding, and what our plants say of the years to come."""
    own = {bar.row: bar for bar in bars if bar.source == OWN}
    now = [bar for bar in own.values() if bar.year < HORIZON]
    later = [bar for bar in own.values() if bar.year == HORIZON]
    others = [bar for bar in bars if "LFP" not in bar.product and bar.source != UNCHECKED]
    unchecked = [bar for bar in bars if bar.source == UNCHECKED]
    if not now:
        return "No plant of LFP cells or cathode on record", ""
    leader = places.name(now[0].leader)
    held = listing([f"{number(bar.value)} % of {bar.product}" for bar in now])
    title = f"Of the capacity on record {leader} has {held}"
    if others:
        best = others[0]
        owner = "too" if best.leader == now[0].leader else ""
        title += f"; the highest checked share of another good is {number(best.value)} % "
        title += f"({best.product}, {places.name(best.leader)} {owner}".rstrip() + ")"
    above = [bar for bar in unchecked if bar.value > min(b.value for b in now)]
    if above:
        product = above[0].product.replace(" (", ", ").rstrip(")")
        title += f", an unchecked one {number(above[0].value)} % ({product}, "
        title += f"{places.name(above[0].leader)})"
    told = listing([f"{number(bar.value)} % ({span(bar.low, bar.high)}) of {bar.product}"
                    for bar in later])  # fmt: skip
    return title, f"With the known pipeline it holds {told} by {HORIZON}. " if later else ""


def _class(bar: Bar) -> str:
    """The leader, if it has a colour of its own; else Europe or the others."""
    own = "Europe" if bar.leader in places.members("Europe-wide") else "Others"
    return bar.country if bar.country in PLACES else own


def _label(bar: Bar) -> str:
    """The share, and the leader where the legend does not name it."""
    share = f"{number(bar.value)} %"
    return share if _class(bar) == bar.country else f"{bar.country} {share}"


def _draw(bars: list[Bar]) -> Any:
    """The picture of some bars, in their order."""
    rows = pl.DataFrame(
        [
            (
                number_,
                f"{number_:02d} {bar.row}",
                bar.product,
                bar.basis,
                bar.by,
                bar.source,
                str(bar.year),
                bar.country,
                _class(bar),
                bar.low,
                bar.value,
                bar.high,
                _label(bar),
                bar.told,
                PALE if bar.source == UNCHECKED else 1.0,
            )
            for number_, bar in enumerate(bars)
        ],
        schema={
            "order": pl.Int64,
            "row": pl.String,
            "product": pl.String,
            "basis": pl.String,
            "by": pl.String,
            "source": pl.String,
            "year": pl.String,
            "country": pl.String,
            "class": pl.String,
            "low": pl.Float64,
            "value": pl.Float64,
            "high": pl.Float64,
            "label": pl.String,
            "told": pl.String,
            "depth": pl.Float64,
        },
        orient="row",
    ).with_columns(
        key("product", "basis", "by", "source", "year"), pl.col("low", "value", "high").round(2)
    )
    classes = {name: PLACES[name] for name in PLACES if name in set(rows["class"])}

    def draw(mode: Mode) -> Any:
        import altair as alt

        y = named_rows(None, name="slice(datum.label, 3)")
        scale = room([*rows["high"], 100.0], [*rows["label"], ""])
        ticks = alt.Axis(values=[0, 20, 40, 60, 80, 100])
        x = alt.X("value:Q", title="Share of the leading country, %", scale=scale, axis=ticks)
        bar = (
            alt.Chart(rows)
            .mark_bar(height=alt.RelativeBandSize(0.68))
            .encode(y, x, coloured("class", "Leading country", classes))
            .encode(
                opacity=alt.Opacity("depth:Q", scale=None),
                tooltip=tooltip(("product", "Good"), ("told", "Leader")),
            )
        )
        chart = alt.layer(bar, ranges(rows, y, mode), labels(rows, y, "high", "label"))
        return chart.properties(width=600, height=ROW_HEIGHT * max(len(bars), 1))

    return draw


FIGURE = Figure(
    name="concentration",
    number=7,
    question="How much of LFP, and of other strategic goods, does the leading country hold?",
    data=data,
    views=views,
)
