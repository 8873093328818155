"""The hand-checked sample of linkage, and splits of the bundled plants with known answers.

Each line of ``linkage_sample.csv`` is a pair: a plant as a list prints it (``list``, ``key``,
facts), a plant of our table (``candidate``), whether they are one plant (``same``) and why.
``truth`` is the plant of our table that the list means, blank where it has none. Rows that came
into our table from the list itself (``without``) are taken out before, or, where that is blank, the
rows of the sample themselves, so that every link has to rest on other sources.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.industry.linkage import Linked, link
from multipolar.industry.linkage.units import publisher

SAMPLE = Path(__file__).parent / "linkage_sample.csv"
#: Lists that policyfocus relays; their rows are not its own.
RELAYED = ("battery-news-2026-02", "transport-environment-2024-05")
TEXTS = ("key", "truth", "owners", "region", "town", "start_year", "identifier", "without", "date")


@dataclass(frozen=True)
class Task:
    """A list to be linked: its rows, what is known, and the plant that each of its ids means."""

    list: str
    incoming: pl.DataFrame
    known: pl.DataFrame
    firms: pl.DataFrame
    truth: dict[str, str | None]

    def expected(self) -> dict[str, str]:
        """The known plant of each id that has one."""
        known = set(self.known["plant"])
        return {id: plant for id, plant in self.truth.items() if plant in known}


@dataclass(frozen=True)
class Score:
    """Links that are right, links that are wrong, and plants that were not found."""

    right: int
    wrong: int
    missed: int

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


def score(task: Task, links: dict[str, str]) -> Score:
    """``links``: the known plant of each id that was linked."""
    expected = task.expected()
    right = sum(expected.get(id) == plant for id, plant in links.items())
    return Score(right, len(links) - right, len(expected) - right)


def links_of(found: Linked) -> dict[str, str]:
    """The known plant of each id that was linked."""
    return dict(found.plants.filter(pl.col("how") != "new").select("incoming", "plant").rows())


@cache
def evidence() -> Evidence:
    return Evidence()


@cache
def sample() -> pl.DataFrame:
    """The pairs, with the column ``plant``: an id for each plant of each list."""
    rows = pl.read_csv(SAMPLE, schema_overrides=dict.fromkeys(TEXTS, pl.String))
    return rows.with_columns(
        pl.col("key").map_elements(lambda key: f"in-{slug(key)}", pl.String).alias("plant"),
        pl.col("start_year").cast(pl.Int64),
        pl.col("capacity").cast(pl.Float64),
    )


@cache
def tasks() -> list[Task]:
    """One task for each list of the sample."""
    found = []
    for pairs in sample().partition_by("list", "without", maintain_order=True):
        incoming, firms = _with_firms(pairs.unique("plant", maintain_order=True))
        incoming = incoming.with_columns(
            pl.lit(None, pl.String).alias("via"), pl.format("sample-{}", "pair").alias("record")
        )
        truth = dict(pairs.select("plant", "truth").rows())
        found.append(Task(pairs["list"][0], incoming, _without(pairs), firms, truth))
    return found


def linked(task: Task) -> Linked:
    return link(task.incoming, task.known, task.firms)


@cache
def sample_links() -> dict[tuple[str, str], str]:
    """The known plant of each list and id of the sample that was linked."""
    return {
        (task.list, id): plant for task in tasks() for id, plant in links_of(linked(task)).items()
    }


def plants() -> pl.DataFrame:
    return evidence().table("plants")


def halves(seed: int) -> Task:
    """The lists of each plant at random on either side; every id is a plant in one list."""
    draw = random.Random(seed)  # noqa: S311
    rows = _by_list()
    mine: list[str] = []
    for (_,), told in _told(rows).partition_by("plant", as_dict=True, maintain_order=True).items():
        lists = told["told"].to_list()
        draw.shuffle(lists)
        mine += lists[: draw.randint(1, len(lists) - 1) if len(lists) > 1 else draw.randint(0, 1)]
    chosen = pl.col("told").is_in(mine)
    return _split(f"halves {seed}", rows, chosen)


def left_out(seed: int, share: float = 0.12) -> Task:
    """All rows of some plants on one side: each of them is new, however many lists tell of it."""
    draw = random.Random(seed)  # noqa: S311
    every = sorted(plants()["plant"].unique())
    chosen = draw.sample(every, round(share * len(every)))
    return _split(f"left out {seed}", _by_list(), pl.col("plant").is_in(chosen))


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _split(name: str, rows: pl.DataFrame, chosen: pl.Expr) -> Task:
    mine = rows.filter(chosen)
    truth = dict(mine.select("told", "plant").rows())
    incoming = mine.with_columns(
        pl.col("told").alias("plant"),
        pl.format("split-{}", "record").alias("record"),
        pl.lit(None, pl.String).alias("identifier"),
    )
    known = rows.filter(~chosen).drop("told")
    return Task(name, incoming.drop("told"), known, evidence().table("firms"), truth)


def _by_list() -> pl.DataFrame:
    read_in = pl.coalesce("via", "source").map_elements(publisher, pl.String)
    return plants().with_columns((pl.col("plant") + "--" + read_in).alias("told"))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("plant", "told").unique().sort("plant", "told")


def _without(pairs: pl.DataFrame) -> pl.DataFrame:
    """What is known without the list itself."""
    without = pairs["without"][0]
    if without is None:
        return plants().filter(~pl.col("record").is_in(pairs["key"].implode()))
    own = without.split("|")
    relayed = pl.col("via").is_in(own) & ~pl.col("source").is_in(RELAYED)
    return plants().filter(~pl.col("source").is_in(own) & ~relayed.fill_null(False))


def _with_firms(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with ids of firms for printed names; a spelling that nobody knows is a new firm."""
    spelled = evidence().known.firms
    printed = {name: spelled.get(name.casefold(), f"own-{slug(name)}") for name in rows["firm"]}
    fresh = sorted((id, name) for name, id in printed.items() if id.startswith("own-"))
    firms = evidence().table("firms")
    new = pl.DataFrame(fresh, schema={"firm": pl.String, "name": pl.String}, orient="row")
    table = pl.concat([firms, new], how="diagonal")
    return rows.with_columns(pl.col("firm").replace_strict(printed)), table
