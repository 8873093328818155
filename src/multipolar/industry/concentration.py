"""How much of each battery stage, mineral and other strategic good does one country hold?

Two kinds of lists, never mixed. *Published* ones: shares of countries in one good, by one thing
counted, of the place where it is made or of the domicile of its makers. *Our own plants*: shares of
the capacity on record, by place and by domicile, of what runs at present and of what could stand in
2030; a good of which our capacity is less than what was sold is incomplete and says so. LFP cells
and LFP cathode are two goods. Shares in per cent, concentration on the scale of 0 to 10,000 over
countries, never over groups.

The range of a share of our own capacity sets the low end of one side against the high end of the
other: no combination of bounds lies outside. What a cell plant makes of LFP is stated or assumed;
plants of unknown chemistry are in the high end alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multipolar.evidence.assumptions import Assumption, Assumptions
from multipolar.evidence.result import GRID, VALUES, Result, Use, add_up, on_grid
from multipolar.evidence.store import Evidence
from multipolar.industry.capacity import REALISATION
from multipolar.industry.capacity_held import (
    DOMICILE,
    PLACE,
    Good,
    holdings,
    share_of,
)
from multipolar.industry.herfindahl import WHOLE, Bounds, hhi
from multipolar.industry.plants import Plants, reconcile
from multipolar.industry.rankings import volume
from multipolar.words import places

DIMS = ("measure", "product", "basis", "by", "source", "year", "place")
SHARE, LEADER, TOP_THREE, HHI = "share", "leading share", "top three share", "HHI"
COVERAGE = "capacity over volume sold"
UNITS = {SHARE: "%", LEADER: "%", TOP_THREE: "%", HHI: "points", COVERAGE: "ratio"}
#: The word for our own plants where others have the id of a source.
OWN = "plants"
HORIZON = 2030
#: Assumptions on goods that nobody has checked are named so:
#: industry.comparison.<good>.<variant>.<basis>.<place or domicile>.<country>.<year>.
COMPARISON = "industry.comparison."
LARGEST = 3

GOODS = (
    Good("cells", "cell"),
    Good("LFP cells", "cell", "LFP"),
    Good("cathode", "cathode active material"),
    Good("LFP cathode", "cathode active material", "LFP"),
    Good("NMC/NCA cathode", "cathode active material", "NMC|NCA"),
    Good("anode", "anode active material"),
)


def concentration(evidence: Evidence) -> Result:
    """Shares, leaders and concentration of every list.

    Dimensions: measure, product, basis (what is counted), by (place or domicile), source (its id,
    or ``plants`` for our own), year, place (who holds the share; of a leading share the leader;
    ``World`` for numbers of the whole list).
    """
    tables = [_published(evidence), _assumed(evidence)]
    stages = {good.stage: reconcile(evidence, good.stage) for good in GOODS}
    for good in GOODS:
        plants = stages[good.stage]
        tables += [_own(plants, evidence, good, by, year) for by, year in _views(evidence)]
        tables.append(_coverage(plants, evidence, good))
    parts = pl.concat([parts for parts, _ in tables])
    parts = parts.filter(pl.any_horizontal(pl.col(VALUES) != 0))
    items = pl.concat([items for _, items in tables]).unique("item", maintain_order=True)
    unit = pl.col("measure").replace_strict(UNITS, return_dtype=pl.String).alias("unit")
    return Result(
        dims=DIMS,
        data=add_up(parts, DIMS, places.groups()).with_columns(unit),
        parts=parts,
        items=items,
        uses=(Use({"source": OWN, "year": str(HORIZON)}, (REALISATION.format("announced"),)),),
        defaults={"measure": LEADER, "by": PLACE},
        evidence=evidence,
    )


def incomplete(result: Result) -> frozenset[str]:
    """Goods of which our plants hold less than was sold, or of one of their chemistries."""
    lacking = result.data.filter((pl.col("measure") == COVERAGE) & (pl.col("value") < 1))
    return frozenset(
        good.product
        for good in GOODS
        for product in lacking["product"]
        if product == good.product or product.endswith(f" {good.product}")
    )


def _views(evidence: Evidence) -> list[tuple[str, int]]:
    years = sorted({evidence.year, HORIZON})
    return [(by, year) for by in (PLACE, DOMICILE) for year in years]


Tables = tuple[pl.DataFrame, pl.DataFrame]
_PARTS: dict[str, Any] = dict.fromkeys(DIMS, pl.String) | {"year": pl.Int64, "whole": pl.Boolean}
_PARTS |= {"role": pl.String, "item": pl.String} | dict.fromkeys(VALUES, pl.Float64)
_ITEMS: dict[str, Any] = dict.fromkeys(("item", "label", "table"), pl.String)
_ITEMS |= dict.fromkeys(("records", "assumptions", "firms"), pl.List(pl.String))


def _frames(parts: list[tuple[Any, ...]], items: list[tuple[Any, ...]]) -> Tables:
    frame = pl.DataFrame(parts, schema=_PARTS, orient="row").with_columns(on_grid(pl.col(VALUES)))
    return frame, pl.DataFrame(items, schema=_ITEMS, orient="row")


def _own(plants: Plants, evidence: Evidence, good: Good, by: str, year: int) -> Tables:
    """Everything that our own plants say of one good, by place or domicile, in one year."""
    held = holdings(plants, evidence, good, by, year)
    codes = held["holder"].to_list()
    if not codes:
        return _frames([], [])
    kind = (good.product, "capacity", by, OWN, year)
    ids = {code: f"{OWN}/{good.product}/{by}/{year}/{code}" for code in codes}
    when = f"running in {year}" if year <= evidence.year else f"by {year}"
    items: list[tuple[Any, ...]] = [
        (
            ids[row["holder"]],
            f"{good.product}, {places.name(row['holder'])}, {when}, {good.unit}",
            "plants",
            row["records"],
            row["assumptions"],
            row["firms"],
        )
        for row in held.to_dicts()
    ]
    groups = {name: members for name, members in places.groups().items() if name != places.WORLD}
    sets = {code: [code] for code in codes} | {
        name: inside for name, members in groups.items() if (inside := [*{*codes} & {*members}])
    }
    parts: list[tuple[Any, ...]] = []
    for place, holders in sets.items():
        parts += _ratio((SHARE, *kind, place), held, holders, ids)
    parts += _ratio((LEADER, *kind, codes[0]), held, codes[:1], ids)
    parts += _ratio((TOP_THREE, *kind, places.WORLD), held, codes[:LARGEST], ids)
    spans = {code: share_of(held, [code]) for code in codes}
    bounds = hhi([(low, high) for low, _, high in spans.values()], cap=0.0)
    for code, least, most in zip(codes, bounds.low, bounds.high, strict=True):
        squares = (least, spans[code][1] ** 2, most)
        parts.append((HHI, *kind, places.WORLD, True, "sum", ids[code], *squares))
    return _frames(parts, items)


def _ratio(
    head: tuple[Any, ...], held: pl.DataFrame, holders: list[str], ids: dict[str, str]
) -> list[tuple[Any, ...]]:
    """The parts of a share: its holders above the line, they and all others below it."""
    parts: list[tuple[Any, ...]] = []
    for row in held.to_dicts():
        ends = (row["low"], row["value"], row["high"])
        item = ids[row["holder"]]
        if row["holder"] in holders:
            parts.append((*head, True, "above", item, *(WHOLE * end for end in ends)))
            parts.append((*head, True, "below", item, *ends))
        else:
            parts.append((*head, True, "below", item, *reversed(ends)))
    return parts


def _coverage(plants: Plants, evidence: Evidence, good: Good) -> Tables:
    """What runs on our record over the largest volume that makers are known to have sold."""
    sold, rows = volume(evidence, good.stage, good.chemistry)
    held = holdings(plants, evidence, good, PLACE, evidence.year)
    if not sold or held.is_empty():
        return _frames([], [])
    kind = (COVERAGE, good.product, "capacity", PLACE, OWN, evidence.year, places.WORLD, True)
    year = evidence.year
    parts: list[tuple[Any, ...]] = [
        (
            *kind,
            "above",
            f"{OWN}/{good.product}/{PLACE}/{year}/{row['holder']}",
            row["low"],
            row["value"],
            row["high"],
        )
        for row in held.to_dicts()
    ]
    item = f"sold/{good.product}"
    label = f"{good.product}: the largest volume on record, {good.unit.removesuffix('/yr')}"
    # The volume of a list without a total is that of its firms.
    parts.append((*kind, "below", item, *(round(sold * GRID) / GRID,) * 3))
    items: list[tuple[Any, ...]] = [
        (item, label, "market-shares", [row["record"] for row in rows], [], [])
    ]
    return _frames(parts, items)


@dataclass(frozen=True)
class List:
    """One published list: shares of countries in one good, counted in one way."""

    product: str
    stage: str
    basis: str
    by: str
    source: str
    via: str
    year: int
    rows: tuple[dict[str, Any], ...]

    @property
    def countries(self) -> list[dict[str, Any]]:
        """The rows of countries, the largest share first."""
        rows = [row for row in self.rows if row["place"] in places.countries()]
        return sorted(rows, key=lambda row: (-row["central"], row["place"]))

    def bounds(self) -> Bounds:
        """Concentration over countries; a group is at most one country, and so is the rest unless
        the list has the largest countries in order."""
        groups = [
            _span(row)[2]
            for row in self.rows
            if row["place"] and row["place"] not in places.countries()
        ]
        return hhi([_span(row)[::2] for row in self.countries], groups, self._cap())

    @property
    def leader(self) -> dict[str, Any] | None:
        """The row of the largest country, if no country outside the list can be larger."""
        if not self.countries:
            return None
        first = self.countries[0]
        rest = WHOLE - sum(_span(row)[0] for row in self.countries)
        return first if _span(first)[0] >= min(rest, self._cap()) else None

    def _cap(self) -> float:
        ranked = [row["central"] for row in self.countries if row["rank"] is not None]
        return min(ranked) if ranked else WHOLE


def lists(evidence: Evidence) -> list[List]:
    """The published lists, one for each good, thing counted, year and source."""
    keys = ("product", "basis", "by", "source", "year")
    found = []
    rows = evidence.table("concentration")
    for key, group in rows.partition_by(keys, as_dict=True, maintain_order=True).items():
        product, basis, by, source, year = key
        first = group.row(0, named=True)
        found.append(
            List(
                product,
                first["stage"] or "",
                basis,
                by,
                source,
                first["via"] or "",
                year,
                tuple(group.to_dicts()),
            )
        )
    return found


def _span(row: dict[str, Any]) -> tuple[float, float, float]:
    """Low, central and high share of a row; an end that is not stated is the central one."""
    low, central, high = row["low"], row["central"], row["high"]
    return (central if low is None else low, central, central if high is None else high)


def _published(evidence: Evidence) -> Tables:
    """Everything that the published lists say."""
    parts: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for one in lists(evidence):
        kind = (one.product, one.basis, one.by, one.source, one.year)
        for row in one.rows:
            name = places.name(row["place"]) if row["place"] else "rest of the world"
            label = f"{one.product}, {name}, {one.year}"
            items.append((row["record"], label, "concentration", [row["record"]], [], []))
            if row["place"]:
                head = (SHARE, *kind, row["place"])
                parts.append((*head, True, "sum", row["record"], *_span(row)))
        largest = one.countries[:LARGEST]
        if one.leader:
            head = (LEADER, *kind, one.leader["place"])
            parts.append((*head, True, "sum", one.leader["record"], *_span(one.leader)))
        if one.leader and len(largest) == LARGEST:
            head = (TOP_THREE, *kind, places.WORLD)
            parts += [(*head, True, "sum", row["record"], *_span(row)) for row in largest]
        bounds = one.bounds()
        rest = f"rest/{'/'.join(map(str, kind))}"
        records = [row["record"] for row in one.rows]
        label = f"{one.product}, everybody who is not listed, {one.year}"
        items.append((rest, label, "concentration", records, [], []))
        ends = zip(
            [*(row["record"] for row in one.countries), rest],
            (*bounds.low, 0.0),
            (*bounds.high, bounds.rest),
            strict=True,
        )
        for item, low, high in ends:
            terms = (low, (low + high) / 2, high)
            parts.append((HHI, *kind, places.WORLD, True, "sum", item, *terms))
    return _frames(parts, items)


def _assumed(evidence: Evidence) -> Tables:
    """Shares of other goods that nobody has checked, as leading shares; each is an assumption."""
    parts: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for entry in comparisons(evidence):
        *_, basis, by, country, year = entry.assumption.split(".")
        product, _, _ = entry.meaning.partition(":")
        ends = (entry.low, entry.central, entry.high)
        head = (LEADER, product, basis, by, "assumption", int(year), country.upper())
        parts.append((*head, True, "sum", entry.assumption, *ends))
        label = f"{product}, {places.name(country.upper())}, not checked"
        name = [entry.assumption]
        items.append((entry.assumption, label, "assumptions", name, name, []))
    return _frames(parts, items)


def comparisons(evidence: Evidence) -> list[Assumption]:
    """The assumptions on other strategic goods."""
    assumptions = Assumptions(evidence)
    return [assumptions[name] for name in assumptions if name.startswith(COMPARISON)]
