"""What must be said beside an answer of ``question.lines``, so that nobody reads it as more?

Spans that stand side by side, members of groups and products that are not on record; and, where
nothing fits, which part of the question nothing fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from multipolar.evidence.scan import scan
from multipolar.evidence.store import Evidence
from multipolar.trade.aggregate import APART, DIMS, MONTH, PRODUCT, TELLERS
from multipolar.trade.mirror import SIDES
from multipolar.trade.question import (
    Question,
    condition,
    connection,
    group_of,
    partner,
    quoted,
)
from multipolar.words import places

#: So many places that are missing are named.
NAMED = 6


def remarks(evidence: Evidence, asked: Question, found: pl.DataFrame) -> list[str]:
    """One line each; ``found`` is the answer to what was asked."""
    said = [*_spans(asked, found), *_products(evidence, asked)]
    for side in SIDES:
        folded = asked.groups if side in asked.by else ()
        for word in dict.fromkeys(map(group_of, (getattr(asked, side), *folded))):
            if word:
                said += _members(evidence, asked, side, word)
    return list(dict.fromkeys(said))


def nothing(evidence: Evidence, asked: Question) -> str:
    """Why no flow fits, and what to do."""
    if _exists(evidence, asked):
        by = [name for name in (PRODUCT, MONTH) if name not in asked.by]
        advice = f"ask by {' or by '.join(by)}" if by else "name countries"
        kinds = "wider codes, categories, sums of twelve months within years, reports of groups"
        return f"what fits may not be added up ({kinds}); {advice}"
    place = evidence.workspace.path if evidence.workspace else None
    if evidence.as_of and _exists(Evidence(place), asked):
        return f"no flow that fits was on record on {evidence.as_of}; without --as-of some are"
    for name, option in OPTIONS.items():
        if getattr(asked, name) and _exists(evidence, _without(asked, name)):
            return f"no flow on record fits; without {option} some do"
    return "no flow on record fits; multipolar evidence trade lists what there is"


#: What the parts of a question are called on the command line.
OPTIONS = {
    "start": "--from", "end": "--to", "months": "--months", "exporter": "--exporter",
    "importer": "--importer", "told_by": "--told-by", "products": "--product",
}  # fmt: skip


def _without(asked: Question, name: str) -> Question:
    """The question without one of its conditions."""
    change: dict[str, Any] = {name: getattr(Question(()), name)}
    return replace(asked, **change)


def _exists(evidence: Evidence, asked: Question) -> bool:
    """Whether any row is on record, whatever may be added up."""
    tellers = (asked.told_by,) if asked.told_by else TELLERS
    with connection() as con:
        return any(
            scan(evidence, "trade", con, condition(asked, teller)).limit(1).fetchall()
            for teller in tellers
        )


def _spans(asked: Question, found: pl.DataFrame) -> Iterator[str]:
    """Lines of unlike spans side by side."""
    if found.group_by("source", "told_by").agg(pl.col("months").n_unique() > 1)["months"].any():
        yield (
            "single months and sums of twelve months stand side by side (span): never add them; "
            "--months 1 or --months 12 keeps one kind"
        )
    if asked.shares:
        within = [name for name in DIMS if name in found.columns and name != asked.shares]
        spans = found.group_by(*within, *APART, "told_by").agg(
            pl.struct("first", "last").n_unique()
        )
        if (spans["first"] > 1).any():
            yield "shares compare lines of unlike spans: ask by month, or for a time all have"


def _products(evidence: Evidence, asked: Question) -> Iterator[str]:
    """Products that were asked for and have no flow."""
    wanted = dict.fromkeys(asked.products)
    if len(wanted) < 2:
        return
    fitting = " OR ".join(f"({condition(asked, teller)})" for teller in TELLERS)
    if asked.told_by:
        fitting = condition(asked, asked.told_by)
    with connection() as con:
        rows = scan(evidence, "trade", con, fitting).project("product").distinct().fetchall()
    missing = [code for code in wanted if (code,) not in rows]
    if missing:
        yield f"no flow of {' and '.join(missing)} fits; the answer holds none"


def _members(evidence: Evidence, asked: Question, side: str, group: str) -> Iterator[str]:
    """How many members of a group are on record, and whether its own rows count instead."""
    members = places.members(group)
    other = _without(asked, side)
    known = quoted([name for name in places.groups() if name != places.WORLD])
    tellers = (asked.told_by,) if asked.told_by else TELLERS
    fitting = " OR ".join(f"({condition(other, teller)})" for teller in tellers)
    with connection() as con:
        here = f"({fitting}) AND ({side} IN ({quoted(members)}) OR {side} IN ({known}))"
        rows = scan(evidence, "trade", con, here)
        told = rows.project(f"told_by, source, months, month, {side} AS place").distinct().pl()
    alike = sorted(
        place
        for place in set(told["place"]) & set(places.groups())
        if place != group and group.casefold() in place.casefold()
    )
    kinds = told.sort("source", "months", "told_by").partition_by(
        "source", "months", "told_by", as_dict=True
    )
    for (source, months, teller), rows in kinds.items():
        own = side == partner(str(teller)) and bool(getattr(asked, side))
        own = own and group in rows["place"].to_list()
        rows = rows.filter(pl.col("place").is_in([*members, *([group] if own else [])]))
        if rows.height:
            kind = f"{'single months' if months == 1 else f'{months} months'} of {source}"
            yield f"{group} as {side}, {kind}: {_told(members, rows, own)}"
            alike = [] if own else alike
    if alike:
        yield f"{group} is the sum of its members; {' and '.join(alike)} has rows of its own"


def _told(members: Sequence[str], rows: pl.DataFrame, own: bool) -> str:
    """Which rows of a group are on record; ``rows``: those of its members, or its own."""
    listed = rows.filter(pl.col("place").is_in(members))
    times = rows["month"].n_unique()
    steady = listed.group_by("place").agg(pl.col("month").n_unique() == times)["month"].sum()
    missing = [place for place in members if place not in set(listed["place"])]
    said = "its own row is the total" if own else "its members are added up"
    said += f"; {listed['place'].n_unique()} of {len(members)} are on record"
    if times > 1 and not listed.is_empty():
        said += f", {steady} of them at all {times} times"
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        said += f"; missing are {', '.join(missing[:NAMED])}{more}"
    return said
