"""The sentences and short tables that page and PDF share, all from computed numbers."""

from __future__ import annotations

import polars as pl

from multipolar.figures.say import number, ranged
from multipolar.report.content import Content
from multipolar.words import places

LARGEST = 12


def intro(content: Content) -> list[str]:
    """What the report rests on, in a few sentences."""
    score = content.score
    judged = sum(score.values()) - score["not-computable"]
    return [
        f"{content.plants_counted} of {content.plants_with_capacity} cell plants with a published "
        f"capacity are in the sums, from {len(content.sources)} sources.",
        f"{content.share_on_one_list():.0%} of the gigawatt-hours rest on one list that nobody has "
        "checked. Verdicts take that into account; bounds in figures are nameplate as recorded.",
        f"Of the study's {sum(score.values())} numbers {judged} can be judged today: "
        f"{score['reproduced']} are reproduced, {score['differs']} differ, {score['undecided']} "
        f"stay undecided and {score['carried']} are the study's or its source's own statement, "
        "which shows nothing.",
    ]


def verdict_rows(content: Content) -> list[dict[str, str]]:
    """Each judged claim: statement, what the study says, what we find, verdict, note."""
    rows = []
    for verdict in content.judged:
        claim = verdict.claim
        ours = ""
        if verdict.central is not None and verdict.low is not None and verdict.high is not None:
            ours = ranged(verdict.low, verdict.central, verdict.high, claim.unit)
        rows.append(
            {
                "claim": claim.claim,
                "statement": claim.statement,
                "ours": ours,
                "verdict": verdict.verdict,
                "note": verdict.note,
                "caveat": claim.caveat,
            }
        )
    return rows


def coverage_rows(content: Content) -> list[dict[str, str]]:
    """Published totals of recent and coming years beside our sums."""
    present = content.evidence.year
    recent = content.totals.filter(pl.col("year") >= present - 2)
    return [
        {
            "place": places.name(row["place"]),
            "year": str(row["year"]),
            "scope": row["scope"],
            "published": number(row["published"]),
            "ours": number(row["ours"]),
            "ratio": "" if row["ratio"] is None else f"{row['ratio']:.2f}",
            "source": row["source"],
        }
        for row in recent.iter_rows(named=True)
    ]


def one_list_rows(content: Content) -> list[dict[str, str]]:
    """The places where most capacity rests on one unverified list."""
    return [
        {
            "place": places.name(row["place"]),
            "total": number(row["total"]),
            "on_one_list": number(row["on_one_list"]),
            "unchecked": number(row["unchecked"]),
            "share": "" if row["share"] is None else f"{row['share']:.0%}",
        }
        for row in content.one_list.head(LARGEST).iter_rows(named=True)
    ]
