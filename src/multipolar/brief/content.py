"""Which numbers stand in a brief?

A number is one row of a figure (of a firm: of its holdings), so that its derivation is at hand. Of
the candidates the first ten that evidence knows are taken, in order.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from multipolar.evidence.result import ALL, Explanation
from multipolar.evidence.sources import Source
from multipolar.evidence.store import Evidence
from multipolar.figures.registry import figure, figures
from multipolar.figures.say import number, ranged
from multipolar.industry.firm import holdings
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnknownWord
from multipolar.words.money import USD

NUMBERS = SOURCES = 10
YEAR = 2030
CHINA, YEAR_OF_TRADE = "CHN", "value of twelve months"
SOLD = "Batteries sold abroad, twelve months to {month}"
BOUGHT = "Batteries bought from China by {place}, twelve months to {month}"
SHARE = "Share of China in its imports of lithium-ion batteries"
#: What is told to be missing where these have no number.
TRADE = {SOLD: "its sales of batteries abroad over twelve months",
         BOUGHT: "its purchases of batteries from China over twelve months",
         SHARE: "the share of China in its imports of lithium-ion batteries"}  # fmt: skip
#: Units that the label of a number says already.
BARE = ("ratio", "plants", "firms")


@dataclass(frozen=True)
class Line:
    """One number of a brief: what it is, its derivation, and the command that shows it."""

    label: str
    found: Explanation
    command: str = ""

    @property
    def text(self) -> str:
        """The number with its range and unit."""
        row = self.found.row
        low, value, high = (float(row[name]) for name in ("value_low", "value", "value_high"))
        return ranged(low, value, high, "" if row["unit"] in BARE else str(row["unit"]))


@dataclass(frozen=True)
class Brief:
    """One page on ``subject``; ``plants`` lists what a firm holds, ``missing`` what of a place's
    trade is not on record."""

    subject: str
    as_of: str
    lines: list[Line]
    plants: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def sources(self) -> list[Source]:
        """Those that stand behind most of the numbers, ten at most."""
        uses: Counter[str] = Counter()
        known = {}
        for line in self.lines:
            for source in line.found.sources:
                known[source.id] = source
                uses[source.id] += 1 + sum(_cites(line.found, source.id))
        ranked = sorted(uses, key=lambda id: (-uses[id], id))
        return [known[id] for id in ranked[:SOURCES]]

    @property
    def sources_in_all(self) -> int:
        """How many sources stand behind the numbers."""
        return len({source.id for line in self.lines for source in line.found.sources})


def brief(evidence: Evidence, subject: str, currency: str = USD) -> Brief:
    """The brief on a place or else on a firm. Raises UnknownWord."""
    try:
        place = places.resolve(subject)
    except UnknownWord:
        return _of_firm(evidence, subject)
    return _of_place(evidence, place, currency)


def _of_place(evidence: Evidence, place: str, currency: str) -> Brief:
    lines: list[Line] = []
    missing: list[str] = []
    drawn: dict[str, Any] = {}
    for label, name, keys in _candidates(evidence, place):
        if name not in figures() or len(lines) == NUMBERS:
            continue
        if name not in drawn:
            drawn[name] = figure(name).draw(evidence, currency)
        if callable(keys):
            keys = keys(drawn[name].data)
        try:
            found = drawn[name].explain(**keys) if keys else None
        except MultipolarError:
            found = None
        if label in TRADE and not found:
            missing.append(TRADE[label])
        if found:
            words = " ".join(shlex.quote(f"{dim}={value}") for dim, value in keys.items())
            shown = label.format(**{dim: places.name(str(value)) for dim, value in keys.items()})
            lines.append(Line(shown, found, f"multipolar explain {name} {words}"))
    if not lines:
        raise MultipolarError(f"nothing is on record for {places.name(place)}")
    return Brief(places.name(place), _as_of(evidence), lines, missing=missing)


def _candidates(evidence: Evidence, place: str) -> Iterator[tuple[str, str, Any]]:
    """Label, figure and keys (or a function that finds them in the figure's data)."""
    cells, present = "cell-capacity", evidence.year
    here = {"place": place}
    then = here | {"year": YEAR}
    yield (
        f"Cell capacity operating in {present}",
        cells,
        here | {"status": "operating", "year": present},
    )
    yield f"Cell capacity in {YEAR}, lower to upper bound", cells, then
    yield f"Demand for cells in {YEAR}", cells, then | {"measure": "demand"}
    yield f"Demand over capacity in {YEAR}", cells, then | {"measure": "utilisation"}
    yield SOLD if place == CHINA else BOUGHT, "china-exports", _bought(place)
    if place != CHINA:
        imports = {"measure": "imports from China", "product": "Lithium-ion batteries"}
        yield SHARE, "concentration", here | imports
    yield f"Cell capacity of domestic owners in {YEAR}", cells, then | {"domicile": place}
    yield "Cell capacity here of owners from {domicile} in " + str(YEAR), cells, _foreign(place)
    yield "Capacity abroad of its firms", "foreign-investment", {"domicile": place}
    yield "Share of its firms in cells of vehicles sold in {period}", "market-share", _sold(place)
    yield f"LFP cell capacity in {YEAR}", cells, then | {"chemistry": "LFP"}
    lfp = "lfp-outside-china"
    yield (
        f"Need of its LFP cells in {YEAR} covered by its LFP cathode",
        lfp,
        then | {"measure": "coverage"},
    )
    for name in ("sodium-ion-plants", "lithium-metal-plants", "silicon-anode-plants"):
        what = name.removesuffix("-plants")
        yield f"Projects for {what} started or to start by {YEAR}", name, then
    yield f"Effective cell capacity in {YEAR}", cells, then | {"measure": "effective capacity"}
    yield f"NMC cell capacity in {YEAR}", cells, then | {"chemistry": "NMC"}
    for status in ("under construction", "announced", "paused"):
        yield f"Cell capacity {status}, {YEAR}", cells, then | {"status": status}


def _bought(place: str) -> Any:
    """Finds the last twelve months of a place, or of the region of its name; of China all sales."""

    def keys(data: pl.DataFrame) -> dict[str, Any]:
        wanted = [places.WORLD] if place == CHINA else [place, f"Ember-{place}"]
        here = data.filter((pl.col("measure") == YEAR_OF_TRADE) & pl.col("place").is_in(wanted))
        newest = here.sort("month", "place").tail(1).select("place", "month").to_dicts()
        return newest[0] | {"measure": YEAR_OF_TRADE} if newest else {}

    return keys


def _sold(place: str) -> Any:
    """Finds the newest ranking of a whole year that gives the share of a domicile."""

    def keys(data: pl.DataFrame) -> dict[str, Any]:
        here = data.filter(
            (pl.col("measure") == "share")
            & (pl.col("product") == "cells in vehicles")
            & (pl.col("domicile") == place)
            & (pl.col("firm") == ALL)
            & pl.col("period").str.contains("^[0-9]{4}$")
        )
        wanted = ("product", "period", "ranking", "domicile")
        newest = here.sort("period", "ranking").tail(1).select(wanted).to_dicts()
        return newest[0] | {"measure": "share"} if newest else {}

    return keys


def _foreign(place: str) -> Any:
    """Finds the foreign domicile whose firms hold most capacity at a place."""
    inside = [*places.members(place), ALL]

    def keys(data: pl.DataFrame) -> dict[str, Any]:
        here = data.filter(
            (pl.col("measure") == "capacity")
            & (pl.col("place") == place)
            & (pl.col("year") == YEAR)
            & (pl.col("status") == ALL)
            & ~pl.col("domicile").is_in(inside)
        )
        if here.is_empty():
            return {}
        return {"place": place, "year": YEAR, "domicile": here.sort("value")["domicile"][-1]}

    return keys


def _of_firm(evidence: Evidence, subject: str) -> Brief:
    firms = evidence.known.firms
    if subject.casefold() not in firms:
        named = evidence.table("firms")
        words = [*places.countries().values(), *places.groups(), *named["firm"], *named["name"]]
        raise UnknownWord("place or firm", subject, words)
    firm = firms[subject.casefold()]
    entry = evidence.table("firms").row(by_predicate=pl.col("firm") == firm, named=True)
    plants = reconcile(evidence)
    result = holdings(evidence, firm, plants)
    home = str(entry["domicile"])
    asked: list[tuple[str, dict[str, str]]] = [
        ("Cell capacity operating, its share of joint ventures", {"status": "operating"}),
        ("under construction", {"status": "under construction"}),
        ("announced", {"status": "announced"}),
        ("All of these", {}),
        ("All of these, plants that it runs in full and no others", {"rule": "lead"}),
        (f"Of its share: in {places.name(home)}", {"place": home}),
    ]
    hosts = result.data.filter(
        (pl.col("rule") == "equity") & (pl.col("status") == ALL) & (pl.col("place") != home)
    ).filter(pl.col("place").is_in(list(places.countries())))
    for place in hosts.sort("value", "place", descending=[True, False])["place"].to_list():
        asked.append((f"in {places.name(place)}", {"place": place}))
    lines = []
    for label, keys in asked[:NUMBERS]:
        try:
            lines.append(Line(label, result.explain(**keys)))
        except MultipolarError:
            continue
    if not lines:
        raise MultipolarError(f"no cell plant of {entry['name']} with a capacity is on record")
    return Brief(f"{entry['name']} ({places.name(home)})", _as_of(evidence), lines, _plants(lines))


def _plants(lines: list[Line]) -> list[dict[str, Any]]:
    """Every phase behind the numbers, once, with its rows."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.found.row["rule"] != "equity":
            continue
        for part in line.found.parts.iter_rows(named=True):
            found.setdefault(part["item"], part)
    ranked = sorted(found.values(), key=lambda part: (-part["value"], part["item"]))
    return [
        {"label": part["label"], "value": number(part["value"]), "records": part["records"]}
        for part in ranked
    ]


def _as_of(evidence: Evidence) -> str:
    if evidence.as_of is None:
        return f"all {evidence.on_record('plants')[1]:,} plant rows on record"
    return f"as of {evidence.as_of.isoformat()}: {evidence.on_record_then}"


def _cites(found: Explanation, id: str) -> Iterator[int]:
    """How many rows behind a number cite a source."""
    for rows in found.rows().values():
        for column in ("source", "via"):
            if column in rows.columns:
                yield rows.filter(pl.col(column) == id).height
