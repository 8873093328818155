"""What a figure is: data with provenance, views of it, and a title computed from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from multipolar.evidence.result import Explanation, Result, tables_of
from multipolar.evidence.sources import Source, source
from multipolar.evidence.store import Evidence
from multipolar.figures.theme import Mode, config
from multipolar.words.errors import UnknownWord
from multipolar.words.money import USD, currencies


@dataclass(frozen=True)
class View:
    """One picture of a figure.

    ``draw`` makes the Altair chart in the colours of a mode, without title; ``alt`` says in a
    sentence or two what a reader would see; ``note`` stands under the picture, ``key`` (what
    numbers in it stand for) behind it on a page and inside the picture in a file.
    """

    draw: Callable[[Mode], Any]
    title: str
    subtitle: str
    alt: str
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure by name; ``number`` is that of the study's figure which it re-runs."""

    name: str
    number: int
    question: str
    data: Callable[[Evidence, str], Result]
    views: Callable[[Result], dict[str, View]]

    def draw(self, evidence: Evidence, currency: str = USD) -> Drawn:
        """The figure on the evidence as it stands. Raises UnknownWord for a currency."""
        if currency not in currencies():
            raise UnknownWord("currency", currency, currencies())
        return Drawn(self, self.data(evidence, currency))


@dataclass(frozen=True)
class Drawn:
    """A figure with its data and its views."""

    figure: Figure
    result: Result

    @property
    def data(self) -> pl.DataFrame:
        """Dimensions and value_low, value, value_high, unit."""
        return self.result.data

    @cached_property
    def views(self) -> dict[str, View]:
        """The pictures by name; the main one is called ""."""
        return self.figure.views(self.result)

    @property
    def chart(self) -> Any:
        """The main picture as an Altair chart, with its title and theme."""
        view = self.views[""]
        title = {"text": view.title, "subtitle": view.subtitle}
        return view.draw("light").properties(title=title, config=config("light"))

    @cached_property
    def sources(self) -> list[Source]:
        """Everyone who said something that this figure rests on, most used first."""
        evidence = self.result.evidence
        uses: Counter[str] = Counter()
        shown = pl.col("item").is_in(self.result.parts["item"].unique().implode())
        used_items = self.result.items.filter(shown)
        for table in tables_of(used_items["table"]):
            named = pl.col("table").str.split("|").list.contains(table)
            items = used_items.filter(named)
            records = items["records"].list.explode(empty_as_null=False).unique()
            rows = evidence.table(table)
            uses += _citations(rows.filter(pl.col(rows.columns[0]).is_in(records.implode())))
        used = sorted(
            {name for use in self.result.uses for name in use.assumptions}
            | set(used_items["assumptions"].list.explode(empty_as_null=False))
        )
        assumed = evidence.table("assumptions").filter(pl.col("assumption").is_in(used))
        uses += _citations(assumed)
        return [source(id) for id, _ in sorted(uses.items(), key=lambda item: (-item[1], item[0]))]

    def explain(self, /, **keys: Any) -> Explanation:
        """The rows, sources and assumptions behind one number."""
        return self.result.explain(**keys)


def _citations(rows: pl.DataFrame) -> Counter[str]:
    """How many rows cite each source, directly or as the one in between."""
    named = [rows[column] for column in ("source", "via") if column in rows.columns]
    return Counter(id for column in named for id in column.drop_nulls())
