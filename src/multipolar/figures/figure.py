"""What a figure is: data with provenance, views of it, and a title computed from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from multipolar.evidence.result import Explanation, Result
from multipolar.evidence.sources import Source, source
from multipolar.evidence.store import Evidence
from multipolar.words.money import USD


@dataclass(frozen=True)
class View:
    """One picture of a figure: a Vega-Lite specification without theme, and what it shows.

    ``alt`` says in a sentence or two what a reader would see; ``note`` stands under the picture.
    """

    spec: dict[str, Any]
    title: str
    subtitle: str
    alt: str
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure by name; ``number`` is that of the study's figure which it re-runs."""

    name: str
    number: int
    question: str
    data: Callable[[Evidence, str], Result]
    views: Callable[[Result], dict[str, View]]

    def draw(self, evidence: Evidence, currency: str = USD) -> Drawn:
        """The figure on the evidence as it stands."""
        return Drawn(self, self.data(evidence, currency))


@dataclass(frozen=True)
class Drawn:
    """A figure with its data. ``views`` maps "" to the main picture, other names to further ones."""

    figure: Figure
    result: Result

    @property
    def data(self) -> pl.DataFrame:
        """Dimensions and value_low, value, value_high, unit."""
        return self.result.data

    @cached_property
    def views(self) -> dict[str, View]:
        return self.figure.views(self.result)

    @property
    def chart(self) -> Any:
        """The main picture as an Altair chart."""
        import altair as alt

        from multipolar.figures.theme import themed

        return alt.Chart.from_dict(themed(self.views[""], dark=False))

    @cached_property
    def sources(self) -> list[Source]:
        """Everyone who said something that this figure rests on, most used first."""
        evidence = self.result.evidence
        uses: Counter[str] = Counter()
        for (table,), items in self.result.items.partition_by("table", as_dict=True).items():
            records = items["records"].list.explode(empty_as_null=False).unique()
            rows = evidence.table(str(table))
            uses += _citations(rows.filter(pl.col(rows.columns[0]).is_in(records.implode())))
        used = {name for _, names in self.result.uses for name in names}
        uses += _citations(evidence.table("assumptions").filter(pl.col("assumption").is_in(sorted(used))))
        return [source(id) for id, _ in sorted(uses.items(), key=lambda item: (-item[1], item[0]))]

    def explain(self, **keys: Any) -> Explanation:
        """The rows, sources and assumptions behind one number."""
        return self.result.explain(**keys)


def _citations(rows: pl.DataFrame) -> Counter[str]:
    """How many rows cite each source, directly or as the one in between."""
    return Counter(id for column in ("source", "via") for id in rows[column].drop_nulls())
