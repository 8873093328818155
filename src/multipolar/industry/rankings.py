"""What does one published ranking say: which firms, where domiciled, with which shares?

Each ranking stands for itself: one statistician, one product, one thing counted, one period, one
print. A printed share is believed before volume over total; a share that is missing is what a sum
of its domicile leaves, or lies between those of its neighbours in rank. *Other firms* are a class
of their own and never put into a country. Shares in per cent, volumes in GWh or kt of the period.

For a share the middle value is what is certain: a firm whose share nobody printed counts with the
largest share printed below it, and everything else is among the other firms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from multipolar.evidence.dates import day_number
from multipolar.evidence.result import ALL
from multipolar.evidence.store import Evidence
from multipolar.industry.herfindahl import WHOLE, Bounds, hhi
from multipolar.words import places

TABLE = "market-shares"
OTHERS = "other firms"
#: Rankings list this many firms.
TOP = 10
#: Shares are printed with one decimal.
ROUNDING = 0.05
STAGES = {"cell": "cells", "cathode active material": "cathode", "anode active material": "anode"}
TRUST = ("high", "medium", "low")

Row = dict[str, Any]
Span = tuple[float, float, float]
#: Rows that give the share of a group of firms, by scope and domicile.
Groups = dict[tuple[str, str | None], Row]


@dataclass(frozen=True)
class Holder:
    """A firm, or the firms of a domicile, in a ranking: least, certain and greatest share in %."""

    id: str
    name: str
    domicile: str
    rank: int | None
    share: Span
    volume: float | None
    records: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether the share is a number and no interval."""
        return self.share[0] == self.share[2]


@dataclass(frozen=True)
class Ranking:
    """One published ranking, reconciled within itself.

    ``firms`` in the order of their shares; ``domiciles`` their sums, or what the source says of
    them, and ``parts_of`` the terms of each; ``closed`` the domiciles of which all makers are in
    the sum; ``others`` the unlisted rest; ``total`` the whole market in ``unit``.
    """

    id: str
    product: str
    stage: str
    chemistry: str
    segment: str
    basis: str
    start: str
    end: str
    vintage: str
    place: str
    total: float | None
    unit: str
    firms: tuple[Holder, ...]
    domiciles: tuple[Holder, ...]
    closed: frozenset[str]
    others: Holder | None
    records: tuple[str, ...]
    parts_of: dict[str, tuple[Holder, ...]]

    @property
    def period(self) -> str:
        """The period in words."""
        return period(self.start, self.end)

    @property
    def months(self) -> int:
        """How many months the period has."""
        (first, begin), (last, end) = (map(int, t.split("-")) for t in (self.start, self.end))
        return (last - first) * 12 + end - begin + 1

    @property
    def attributed(self) -> float:
        """The share of the market that is put to a domicile, in per cent."""
        return sum(holder.share[1] for holder in self.domiciles)

    def top(self) -> tuple[Holder, ...]:
        """The firms on record that are among the first ten; one without a rank is, if listed."""
        return tuple(firm for firm in self.firms if firm.rank is None or firm.rank <= TOP)

    def share(self, id: str) -> Span:
        """Share of a firm or of the listed firms of a domicile; nothing where none is listed."""
        holders = (*self.firms, *self.domiciles)
        return next((h.share for h in holders if h.id == id), (0.0, 0.0, 0.0))

    def hhi_of_firms(self) -> Bounds:
        """Concentration over firms; nobody unlisted is larger than the last of an unbroken list."""
        return hhi([(f.share[0], f.share[2]) for f in self.firms], cap=_smallest(self.firms))

    def hhi_of_domiciles(self) -> Bounds:
        """Concentration over domiciles; the rest is in small parts elsewhere or in the largest."""
        lows = {holder.id: holder.share[0] for holder in self.domiciles}
        free = max(0.0, WHOLE - sum(lows.values()))
        return hhi(
            [(low, low if id in self.closed else low + free) for id, low in lows.items()], cap=free
        )


def rankings(evidence: Evidence) -> dict[str, Ranking]:
    """Every ranking of firms on record, by its id, the latest period first."""
    rows = evidence.table(TABLE).to_dicts()
    firms = {row["firm"]: row for row in evidence.table("firms").iter_rows(named=True)}
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(row["ranking"], []).append(row)
    found = [_ranking(id, table, firms) for id, table in tables.items()]
    order = sorted(found, key=lambda r: (r.end, r.months, r.attributed), reverse=True)
    return {ranking.id: ranking for ranking in order}


def latest(evidence: Evidence) -> list[Ranking]:
    """For each product of the whole market its latest ranking with shares: of two that end in the
    same month the longer one, then the one that leaves least open."""
    found: dict[str, Ranking] = {}
    for ranking in rankings(evidence).values():
        if ranking.attributed > 0 and ranking.place == places.WORLD:
            found.setdefault(ranking.product, ranking)
    return [found[product] for product in sorted(found)]


def by_chemistry(evidence: Evidence) -> list[Row]:
    """The rows that say how much of everything is of one chemistry, the earliest period first."""
    of_all = (pl.col("scope") == "all makers") & pl.col("chemistry").is_not_null()
    return evidence.table(TABLE).filter(of_all).sort("end", "record").to_dicts()


def volume(evidence: Evidence, stage: str, chemistry: str = "") -> tuple[float, list[Row]]:
    """The largest volume of a year or less that a ranking states, or its firms add up to, with
    its rows; the least that was made. GWh or kt, 0 where none is on record."""
    best: tuple[float, list[Row]] = 0.0, []
    for id, ranking in rankings(evidence).items():
        if ranking.stage != stage or ranking.chemistry != chemistry or ranking.months > 12:
            continue
        sold = sum(firm.volume or 0.0 for firm in ranking.firms)
        amount = max(ranking.total or 0.0, sold)
        if amount > best[0]:
            rows = evidence.table(TABLE).filter(pl.col("ranking") == id).to_dicts()
            best = amount, [r for r in rows if r["total"] == amount][:1] or rows
    return best


def product(row: Row) -> str:
    """The name of what a ranking counts, from its stage, chemistry, use and market.

    >>> row = {"stage": "cathode active material", "chemistry": "LFP", "segment": "vehicles"}
    >>> product(row | {"place": "World", "excluding": None})
    'LFP cathode in vehicles'
    """
    name = str(STAGES.get(row["stage"], row["stage"]))
    if row["chemistry"]:
        name = f"{row['chemistry'].replace('|', '/')} {name}"
    if row["segment"] != ALL:
        name += f" in {row['segment']}"
    if row["place"] != places.WORLD:
        name += f", {places.name(row['place'])}"
    return name + (f" outside {places.name(row['excluding'])}" if row["excluding"] else "")


def period(start: str, end: str) -> str:
    """The year, the month, or the first and last month.

    >>> period("2025-01", "2025-12"), period("2021-06", "2021-06"), period("2025-01", "2025-11")
    ('2025', '2021-06', '2025-01..2025-11')
    """
    if start.endswith("-01") and end == f"{start[:4]}-12":
        return start[:4]
    return start if start == end else f"{start}..{end}"


def share_of_row(row: Row) -> float | None:
    """The share of one row in per cent: as printed, or volume over total."""
    if row["share"] is not None:
        return float(row["share"])
    if row["value"] is not None and row["total"]:
        return float(WHOLE * row["value"] / row["total"])
    return None


def _ranking(id: str, rows: list[Row], known: dict[str, Row]) -> Ranking:
    rows = sorted(rows, key=lambda r: (TRUST.index(r["confidence"]), -day_number(r["date"])))
    first = rows[0]
    if all(row["scope"] == "all makers" for row in rows):
        # A list of chemistries speaks of all of them.
        first = {**first, "chemistry": None}
    own = [row for row in rows if row["scope"] == "firm"]
    groups = {
        (row["scope"], row["domicile"]): row
        for row in reversed(rows)
        if row["scope"] in ("listed", "domicile") and share_of_row(row) is not None
    }
    total = next((row["total"] for row in rows if row["total"] is not None), None)
    firms = [_firm(firm, own, known, total) for firm in dict.fromkeys(row["firm"] for row in own)]
    firms = _between(_left_over(firms, groups), groups)
    firms.sort(key=lambda f: (-f.share[1], f.rank or TOP + 1, f.id))
    sums, closed, parts = _domiciles(firms, groups)
    every = tuple(sorted(row["record"] for row in rows))
    whole = next((r for r in rows if r["scope"] == "all makers" and not r["chemistry"]), None)
    return Ranking(
        id=id,
        product=product(first),
        stage=first["stage"],
        chemistry=first["chemistry"] or "",
        segment=first["segment"],
        basis=first["basis"],
        start=first["start"],
        end=first["end"],
        vintage=first["vintage"],
        place=first["place"],
        total=total if total is not None or whole is None else whole["value"],
        unit=next((row["unit"] for row in rows if row["unit"]), ""),
        firms=tuple(firms),
        domiciles=tuple(sums),
        closed=closed,
        others=_others(rows, firms, sums, groups, every),
        records=every,
        parts_of=parts,
    )


def _firm(firm: str, rows: list[Row], known: dict[str, Row], total: float | None) -> Holder:
    """One firm from all its rows, most trusted first; its share is open where no row has one."""
    rows = [row for row in rows if row["firm"] == firm]
    printed = next((row["share"] for row in rows if row["share"] is not None), None)
    share = printed if printed is not None else next(filter(None, map(share_of_row, rows)), None)
    sold = next((row["value"] for row in rows if row["value"] is not None), None)
    if sold is None and share is not None and total is not None:
        sold = share * total / WHOLE
    return Holder(
        id=firm,
        name=known[firm]["name"],
        domicile=known[firm]["domicile"],
        rank=next((row["rank"] for row in rows if row["rank"] is not None), None),
        share=(0.0, 0.0, WHOLE) if share is None else (share, share, share),
        volume=sold,
        records=tuple(sorted(row["record"] for row in rows)),
    )


def _left_over(firms: list[Holder], groups: Groups) -> list[Holder]:
    """What the sum of the listed firms of a domicile leaves to the only one without a share."""
    found = list(firms)
    for (scope, domicile), row in groups.items():
        mine = [f for f in firms if f.domicile == domicile and (f.rank or 1) <= TOP]
        open_ = [f for f in mine if not f.known]
        if scope != "listed" or len(open_) != 1:
            continue
        left = (share_of_row(row) or 0.0) - sum(f.share[1] for f in mine if f.known)
        below, above = _neighbours(open_[0], firms)
        # More than its rank allows is the share of firms that are in the sum and not named.
        if 0 < left <= above and left >= below:
            records = {row["record"], *(record for f in mine for record in f.records)}
            at = found.index(open_[0])
            found[at] = replace(open_[0], share=(left, left, left), records=tuple(sorted(records)))
    return found


def _neighbours(firm: Holder, firms: list[Holder]) -> tuple[float, float]:
    """The largest share printed below the rank of a firm, and the smallest one above it."""
    rank = firm.rank or TOP
    known = [(f.rank or TOP + 1, f.share[1]) for f in firms if f.known]
    below = [share for other, share in known if firm.rank and other > rank]
    return max(below, default=0.0), min((s for r, s in known if r < rank), default=WHOLE)


def _between(firms: list[Holder], groups: Groups) -> list[Holder]:
    """Shares that nobody printed lie between those of the neighbours in rank, and within what the
    other domiciles leave."""
    known = [firm for firm in firms if firm.known]
    behind = {r for f in known for r in f.records} | {row["record"] for row in groups.values()}
    held = dict.fromkeys({f.domicile for f in firms} | {d for _, d in groups if d}, 0.0)
    for firm in known:
        held[firm.domicile] += firm.share[1]
    stated = {d: share_of_row(row) or 0.0 for (_, d), row in groups.items() if d}
    taken = {code: max(sold, stated.get(code, 0.0)) for code, sold in held.items()}
    found = []
    for firm in firms:
        if firm.known:
            found.append(firm)
            continue
        rank, home = firm.rank or TOP, firm.domicile
        least, above = _neighbours(firm, firms)
        # Of those at home whose share is open, all that rank before this one are as large.
        before = sum(not f.known and f.domicile == home and (f.rank or rank) <= rank for f in firms)
        elsewhere = sum(share for code, share in taken.items() if code != home)
        free = min(WHOLE - elsewhere, stated.get(home, WHOLE)) - held[home]
        most = min(above, max(0.0, free) / max(before, 1))
        records = tuple(sorted({*firm.records, *behind}))
        found.append(replace(firm, share=(least, least, max(least, most)), records=records))
    return found


def _domiciles(
    firms: list[Holder], groups: Groups
) -> tuple[list[Holder], frozenset[str], dict[str, tuple[Holder, ...]]]:
    """Shares by domicile, those of which all makers are in the sum, and the terms of each."""
    codes = sorted({f.domicile for f in firms} | {d for _, d in groups if d})
    found: list[Holder] = []
    closed: set[str] = set()
    parts: dict[str, tuple[Holder, ...]] = {}
    for code in codes:
        mine = tuple(f for f in firms if f.domicile == code)
        stated = groups.get(("domicile", code)) or groups.get(("listed", code))
        if ("domicile", code) in groups:
            closed.add(code)
        share = (share_of_row(stated) or 0.0) if stated else 0.0
        held = sum(f.share[1] for f in mine if (f.rank or 1) <= TOP)
        # A sum that its own firms make up adds nothing to them.
        complete = all(f.known for f in mine) and share - held <= ROUNDING * (len(mine) + 1)
        if stated and (code in closed or not complete):
            # The sum of the listed ones leaves out who ranks behind them.
            late = tuple(f for f in mine if (f.rank or 1) > TOP and code not in closed)
            group = Holder(code, stated["name"], code, None, (share,) * 3, None, ())
            records = (stated["record"], *(r for f in mine if f not in late for r in f.records))
            mine = (replace(group, records=tuple(sorted(records))), *late)
        low, value, high = (sum(f.share[end] for f in mine) for end in range(3))
        records = tuple(sorted({record for f in mine for record in f.records}))
        found.append(Holder(code, places.name(code), code, None, (low, value, high), None, records))
        parts[code] = mine
    free = max(0.0, WHOLE - sum(holder.share[0] for holder in found))
    for at, holder in enumerate(found):
        low, value, high = holder.share
        if low < high:
            # Together the open shares hold no more than what is free.
            found[at] = replace(holder, share=(low, value, min(high, low + free)))
            parts[holder.id] = (found[at],)
    found.sort(key=lambda holder: (-holder.share[1], holder.id))
    return found, frozenset(closed), parts


def _others(
    rows: list[Row],
    firms: list[Holder],
    sums: list[Holder],
    groups: Groups,
    every: tuple[str, ...],
) -> Holder | None:
    """Everybody whom the ranking does not name; how much of it is outside the first ten is open
    where not all ten are named."""
    certain = sum(holder.share[1] for holder in sums)
    if not certain:
        return None
    printed = next((row for row in rows if row["scope"] == "other makers"), None)
    if printed and (share := share_of_row(printed)) is not None:
        return Holder(OTHERS, "Other firms", "", None, (share,) * 3, None, (printed["record"],))
    left = max(0.0, WHOLE - certain)
    together = groups.get(("listed", None))
    late = sum(firm.share[1] for firm in firms if (firm.rank or 1) > TOP)
    unnamed = max(0, TOP - sum((firm.rank or 1) <= TOP for firm in firms))
    if together:
        least = WHOLE - (share_of_row(together) or 0.0) - late
    else:
        least = WHOLE - sum(holder.share[2] for holder in sums) - unnamed * _smallest(firms)
    low = min(max(0.0, least), left)
    return Holder(OTHERS, "Other firms", "", None, (low, left, left), None, every)


def _smallest(firms: list[Holder] | tuple[Holder, ...]) -> float:
    """The greatest share that a firm without a place in an unbroken list from rank 1 can have."""
    ranked = {firm.rank: firm.share[2] for firm in firms if firm.rank}
    last = 0
    while last + 1 in ranked:
        last += 1
    return ranked[last] if last else WHOLE
