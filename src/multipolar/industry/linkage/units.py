"""What is told of each plant, in a form in which two plants can be compared?

A unit is all rows of one id. Its sets hold every different statement, names as folded words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import polars as pl

from multipolar.evidence.sources import bibliography
from multipolar.industry.linkage.firms import Firms, owners
from multipolar.industry.linkage.levels import setting
from multipolar.industry.linkage.spelling import generic, in_name, is_acronym, towns, words
from multipolar.words import chemistries, places

#: What a plant may make when a list does not tell: whoever lists cells, packs or mines says so.
MATERIALS = frozenset(
    {"precursor", "cathode active material", "anode active material", "separator", "electrolyte",
     "foil"}
)  # fmt: skip
#: Kinds of chemistry between which no works changes, by stage; what is not named is of one kind.
KINDS = {
    "cathode active material": {"LFP": "iron", "Na-ion": "sodium"},
    "anode active material": {"Si-anode": "silicon", "Na-ion": "sodium", "Li-metal": "metal"},
}
OTHER_KINDS = {"Na-ion": "sodium", "Li-metal": "metal", "Li-S": "sulfur"}
#: What stands in the table where no chemistry is told.
SILENT = {"unknown", "other", "", None}
COLUMNS = ("name", "firm", "owners", "place", "region", "town", "latitude", "longitude",
           "coordinate_basis", "stage", "chemistry", "scale", "capacity", "unit", "start_year",
           "source", "via")  # fmt: skip
KM_PER_DEGREE = 111


@dataclass
class Unit:
    """All rows of one id.

    ``areas`` are named in brackets behind a town; ``words`` those of the names without the firm's;
    ``telling`` the words that tell it from other plants of its firm and town; ``points`` are
    degrees north and east and the error in km, ``bases`` what they point at; ``capacities`` come
    with their unit, ``pages`` with the list that cites them; ``lists`` are the publishers.
    """

    id: str
    names: set[str] = field(default_factory=set)
    firms: set[str] = field(default_factory=set)
    partners: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    stages: set[str] = field(default_factory=set)
    printed_towns: set[str] = field(default_factory=set)
    towns: set[str] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    telling: set[str] = field(default_factory=set)
    points: set[tuple[float, float, float]] = field(default_factory=set)
    bases: set[str] = field(default_factory=set)
    chemistries: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    capacities: set[tuple[str, float]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    scales: set[str] = field(default_factory=set)
    pages: set[tuple[str, str]] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        """The country; the first where rows disagree."""
        return min(self.places)

    @property
    def makes(self) -> frozenset[str]:
        """The stages; any material where a list does not tell."""
        return frozenset(self.stages) or MATERIALS


def units(rows: pl.DataFrame, firms: Firms, key: str = "plant") -> list[Unit]:
    """One unit for each value of ``key``, ordered by it."""
    found: dict[str, Unit] = {}
    for id, *cells in rows.select(pl.col(key).alias("id"), *COLUMNS).iter_rows():
        _add(found.setdefault(id, Unit(id)), dict(zip(COLUMNS, cells, strict=True)), firms)
    for unit in found.values():
        _finish(unit, firms)
    return [found[id] for id in sorted(found)]


def merged(parts: Sequence[Unit], id: str) -> Unit:
    """Several units as one plant, which makes what all of them may make."""
    one = Unit(id)
    for part in parts:
        for told in fields(Unit)[1:]:
            getattr(one, told.name).update(getattr(part, told.name))
    if one.stages:
        one.stages = set(frozenset.intersection(*(part.makes for part in parts)))
    return one


def publisher(of_list: str) -> str:
    """Who publishes a list, in all its releases: the host of an address, else the first word.

    >>> publisher("cim-2024q4"), publisher("https://www.example.org/plants.csv")
    ('cim', 'example.org')
    """
    if "://" in of_list:
        return of_list.split("://")[1].split("/")[0].removeprefix("www.")
    return of_list.replace("-", " ").casefold().split(" ")[0]


def too_often(of: Sequence[Unit]) -> set[str]:
    """Pages that speak of so many plants that citing them tells nothing."""
    counts = Counter(page for unit in of for page in {page for page, _ in unit.pages})
    return {page for page, count in counts.items() if count > setting("page plants")}


def _add(unit: Unit, row: dict[str, Any], firms: Firms) -> None:
    unit.names.add(row["name"])
    unit.firms.add(row["firm"])
    unit.partners |= owners(row["owners"]) | firms.behind.get(row["firm"], frozenset())
    unit.places.add(row["place"])
    unit.stages |= {row["stage"]} - {None, ""}
    inner, outer = towns(row["town"])
    unit.towns |= inner
    unit.areas |= outer
    unit.printed_towns |= {row["town"]} - {None, ""}
    unit.regions |= towns(row["region"])[0]
    unit.words.update(words(row["name"]))
    if row["latitude"] is not None and row["longitude"] is not None:
        basis = row["coordinate_basis"] or "approximate"
        unit.points.add(_point(row["latitude"], row["longitude"], basis))
        unit.bases.add(basis)
    for chemistry in _chemistries(row):
        family = chemistries.family(chemistry)
        unit.kinds.add(KINDS.get(row["stage"], OTHER_KINDS).get(family, "usual"))
        unit.chemistries |= {family} - {"Li-ion"}
    if row["capacity"]:
        unit.capacities.add((row["unit"], row["capacity"]))
    if row["start_year"]:
        unit.years.add(row["start_year"])
    if row["scale"] == "pilot" or row["capacity"]:
        # What a list without capacities calls commercial is nothing that it tells.
        unit.scales.add(row["scale"])
    read_in = row["via"] or row["source"]
    unit.lists.add(publisher(read_in))
    unit.pages.add((_page(row["source"]), read_in))


def _chemistries(row: dict[str, Any]) -> list[str]:
    """What the column tells, else what the name tells."""
    named = {part.split(":")[0] for part in (row["chemistry"] or "").split("|")} - SILENT
    return sorted((named or in_name(row["name"])) & chemistries.chemistries().keys())


def _finish(unit: Unit, firms: Firms) -> None:
    """The words of the names that are left without firms, places and common words."""
    where = {word for name in unit.towns | unit.areas | unit.regions for word in name.split()}
    where.update(word for place in unit.places for word in words(places.name(place)))
    told = unit.words - where - firms.words - generic("plant") - generic("place")
    involved = sorted(unit.firms | unit.partners)
    written = [name for firm in involved for name in firms.written.get(firm, [])]
    unit.words -= {word for name in written for word in name}
    unit.telling = {
        word
        for word in told
        if len(word) > 1 and not word.isdigit() and not any(is_acronym(word, n) for n in written)
    }


def _point(north: float, east: float, basis: str) -> tuple[float, float, float]:
    """A point with its error in km, by what it points at and by its decimals."""
    decimals = max(len(f"{value:.5f}".rstrip("0").split(".")[1]) for value in (north, east))
    rounding = KM_PER_DEGREE / 2 * math.sqrt(2) * 10.0**-decimals
    return north, east, max(setting(f"precise {basis}"), rounding)


def _page(source: str) -> str:
    """The address of a source, so that an id and an address of one page agree."""
    known = bibliography().get(source)
    address = known.address if known and known.address else source
    return address.split("://")[-1].removeprefix("www.").rstrip("/")
