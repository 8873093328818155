"""Everything that page, PDF and workbook show, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import polars as pl

from multipolar.evidence.claims import Verdict
from multipolar.evidence.sources import Source, bibliography
from multipolar.evidence.store import Evidence
from multipolar.figures.figure import Drawn
from multipolar.industry.coverage import against_totals, reached, single_list
from multipolar.industry.plants import Plants, reconcile
from multipolar.verify import scoreboard, verify


@dataclass(frozen=True)
class Content:
    """What a report says."""

    evidence: Evidence
    currency: str
    figures: dict[str, Drawn]
    verdicts: list[Verdict]
    plants: Plants
    plants_counted: int
    plants_with_capacity: int
    left_out: pl.DataFrame
    totals: pl.DataFrame
    one_list: pl.DataFrame

    @property
    def score(self) -> dict[str, int]:
        """How many claims got which verdict."""
        return scoreboard(self.verdicts)

    @property
    def judged(self) -> list[Verdict]:
        """Claims with a verdict, in the study's order."""
        return [verdict for verdict in self.verdicts if verdict.verdict != "not-computable"]

    @property
    def rows_on_record(self) -> tuple[int, int]:
        """(plant rows on record at the as-of date, plant rows known today)."""
        return self.evidence.on_record("plants")

    @property
    def as_of(self) -> str:
        """The as-of date in words."""
        if self.evidence.as_of is None:
            return f"All {self.rows_on_record[1]:,} plant rows on record"
        day = self.evidence.as_of.isoformat()
        return (
            f"As of {day}: {self.evidence.on_record_then}. Rows read through a list "
            "carry the day of its check, so this shows less than was public then"
        )

    @property
    def own_rows(self) -> str:
        """Which imports of the user are in the report."""
        workspace = self.evidence.workspace
        files = [record.file for record in workspace.active()] if workspace else []
        return f"With rows of your own: {', '.join(files)}." if files else ""

    @property
    def sources(self) -> list[Source]:
        """Every source behind a figure, by id."""
        found = {source.id: source for drawn in self.figures.values() for source in drawn.sources}
        return [found[id] for id in sorted(found)]

    @property
    def version(self) -> str:
        """The version of this software."""
        return version("multipolar")

    def share_on_one_list(self) -> float:
        """Share of all capacity that rests on one unverified list, a fraction."""
        total = float(self.one_list["total"].sum())
        return float(self.one_list["on_one_list"].sum()) / total if total else 0.0

    def manifest(self) -> dict[str, Any]:
        """What the report was made from, so that it can be made again."""
        workspace = self.evidence.workspace
        return {
            "multipolar": self.version,
            "made": date.today().isoformat(),
            "as_of": self.evidence.as_of.isoformat() if self.evidence.as_of else None,
            "currency": self.currency,
            "rows": {
                name: self.evidence.on_record(name)[0] for name in ("plants", "demand", "firms")
            },
            "imports": [record.id for record in workspace.active()] if workspace else [],
            "sources": len(bibliography()),
            "verdicts": self.score,
        }


def gather(evidence: Evidence, figures: dict[str, Drawn], currency: str) -> Content:
    """Compute what is not in the figures: verdicts and coverage."""
    plants = reconcile(evidence)
    counted, known, rest = reached(plants)
    return Content(
        evidence=evidence,
        currency=currency,
        figures=figures,
        verdicts=verify(evidence),
        plants=plants,
        plants_counted=counted,
        plants_with_capacity=known,
        left_out=rest,
        totals=against_totals(plants, evidence),
        one_list=single_list(plants, evidence),
    )
