"""How do prices of batteries fall, by chemistry, for cells and for packs, in China and the world?

Lithium-ion has a history: its experience curve is fitted to published prices and volumes, for
packs and for cells apart (``curves_fit``). LFP and NMC start at their own published prices and
follow it. Sodium-ion and lithium metal have no history: they start at what little has been said
and borrow the exponent and the noise, widened. What experience they have is read in two ways, and
draws lie between: their own volume alone, or on top of that with which lithium-ion had come to the
same price. All of that is flagged. Cells are held against cells and packs against packs, in real
2025 US$ per kWh without tax. No floor is set under a price: what materials cost is the subject of
the cost model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl

from multipolar.cells.curves_facts import CELL, PACK, Said, facts, history
from multipolar.cells.curves_fit import Fit, Surprises, fit
from multipolar.cells.curves_volumes import FIRST, LAST, LI_ION, Volumes, volumes
from multipolar.evidence.assumptions import DRAWS, SEED, Assumptions, spread
from multipolar.evidence.store import Evidence
from multipolar.words import places

LFP, NMC, NA_ION, LI_METAL = "LFP", "NMC", "Na-ion", "Li-metal"
CHINA = "CHN"
BOUNDARIES = (PACK, CELL)
RATIO, AUTOCORRELATION = "curves.pack-over-cell", "curves.autocorrelation"
OWN, ERROR = "curves.own-experience", "curves.borrowed-error"
BLEND, PART, PART_GROWTH = (
    "curves.pack-experience",
    "curves.pack-part.{}",
    "curves.pack-part-growth",
)
PART_YEARS = (2013, 2017, 2021, 2025)
#: The chemistries that borrow, each with a volume of its own.
BORROWERS = (NA_ION, LI_METAL)
CHEMISTRIES = (LI_ION, LFP, NMC, *BORROWERS)


@dataclass(frozen=True)
class Experience:
    """GWh of experience by the end of each year from FIRST to LAST: best values and draws."""

    central: np.ndarray
    drawn: np.ndarray
    records: dict[str, tuple[str, ...]]
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class Curve:
    """The price of one chemistry at one boundary and place, from its last published year on.

    ``central`` and ``drawn`` (draws, years) hold real US$ per kWh of the years ``years``; ``first``
    is what is said of the first of them.
    """

    chemistry: str
    boundary: str
    place: str
    years: np.ndarray
    central: np.ndarray
    drawn: np.ndarray
    first: Said
    records: dict[str, tuple[str, ...]] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()

    def at(self, year: int) -> np.ndarray:
        """Draws of one year. Raises IndexError before the first."""
        return np.asarray(self.drawn[:, self._index(year)])

    def best(self, year: int) -> float:
        """The price of one year with everything at its best value."""
        return float(self.central[self._index(year)])

    def _index(self, year: int) -> int:
        if not self.years[0] <= year <= self.years[-1]:
            raise IndexError(f"no price of {self.chemistry} in {year}")
        return int(year - self.years[0])


@dataclass(frozen=True)
class Curves:
    """The curves on the evidence as it stands."""

    evidence: Evidence

    @cached_property
    def assumptions(self) -> Assumptions:
        """The assumptions on record."""
        return Assumptions(self.evidence)

    @cached_property
    def prices(self) -> pl.DataFrame:
        """Every published price in real US$."""
        return facts(self.evidence)

    def history(self, chemistry: str, boundary: str, place: str = places.WORLD) -> list[Said]:
        """What is said of each year of a chemistry."""
        return history(self.prices, chemistry, boundary, place)

    @cached_property
    def _volumes(self) -> dict[str, Volumes | None]:
        return {name: volumes(self.evidence, name) for name in (LI_ION, *BORROWERS)}

    def experience(self, chemistry: str, boundary: str) -> Experience | None:
        """What a chemistry has experience from: its own volume, or that of lithium-ion.

        The experience of packs lies between that of all cells and that of the packs of vehicles and
        storage, which the survey of packs covers.
        """
        own = self._volumes[chemistry if chemistry in BORROWERS else LI_ION]
        if own is None:
            return None
        central, drawn = own.ever_central(), own.ever()
        if chemistry in BORROWERS or boundary == CELL:
            return Experience(central, drawn, own.records, own.assumptions)
        names = (BLEND, PART_GROWTH, *(PART.format(year) for year in PART_YEARS))
        all_, rest = ({n: pick(n) for n in names} for pick in (self._draw, self._central))
        of_packs = np.cumsum(own.drawn * _part(all_), axis=1)
        of_packs_central = np.cumsum(own.central * _part(rest), axis=1)[0]
        blend, blend_best = all_[BLEND][:, None], rest[BLEND][0]
        return Experience(
            central**blend_best * of_packs_central ** (1 - blend_best),
            drawn**blend * of_packs ** (1 - blend),
            own.records,
            (*own.assumptions, *names),
        )

    def fitted(self, boundary: str, central: bool = True) -> Fit | None:
        """The experience curve of lithium-ion; None with too short a history."""
        said, known = self.history(LI_ION, boundary), self.experience(LI_ION, boundary)
        said = _unbroken(said)
        if known is None or len(said) < 6:
            return None
        at = [one.year - FIRST for one in said]
        paths = known.central if central else known.drawn
        return fit(np.array([one.value for one in said]), paths[..., at])

    def rates(self, boundary: str) -> np.ndarray | None:
        """The 10 and 90 % ends of the rate of lithium-ion, per cent at a doubling.

        They hold what is not known of volumes and the error of the estimate.
        """
        found = self.fitted(boundary, central=False)
        if found is None:
            return None
        error = found.noise / np.sqrt((found.steps**2).sum(axis=-1))
        stream = np.random.default_rng([SEED, len(boundary)])
        exponent = found.exponent + error * stream.standard_t(found.degrees, len(error))
        return np.asarray(np.quantile(100 * (1 - 2.0**exponent), (0.1, 0.9)))

    @cached_property
    def all(self) -> dict[tuple[str, str, str], Curve]:
        """Every curve by chemistry, boundary and place."""
        found = {}
        for place in (places.WORLD, CHINA):
            for chemistry in CHEMISTRIES:
                for boundary in BOUNDARIES:
                    curve = self._curve(chemistry, boundary, place)
                    if curve is not None:
                        found[chemistry, boundary, place] = curve
        return found

    def _curve(self, chemistry: str, boundary: str, place: str) -> Curve | None:
        started = self._start(chemistry, boundary, place)
        known, lithium = self.experience(chemistry, boundary), self.experience(LI_ION, boundary)
        central, drawn = self.fitted(boundary), self.fitted(boundary, central=False)
        if not (started and known and lithium and central and drawn):
            return None
        first, value, names = started
        now = self.history(LI_ION, boundary)[-1]
        names, wide = (*names, AUTOCORRELATION), np.ones(DRAWS)
        if chemistry in BORROWERS:
            # Where nobody has said a newer price, the last one stands.
            first = replace(first, year=max(first.year, now.year))
            known = self._borrowed(known, lithium, (central, drawn), now, (first.value, value))
            wide, names = self._draw(ERROR), (*names, OWN, ERROR)
        at = slice(first.year - FIRST, None)
        ahead = np.diff(np.log(known.drawn[:, at]), axis=1)
        best = np.diff(np.log(known.central[at]))
        # A shock is one for cells and packs and for China and the world.
        open_ = Surprises(f"curves/{boundary}/past", f"curves/{chemistry}", DRAWS)
        errors = open_.errors(drawn, ahead, self._draw(AUTOCORRELATION), wide)
        moved = drawn.exponent[:, None] * np.cumsum(ahead, axis=1) + errors
        path = np.exp(np.concatenate([np.zeros((DRAWS, 1)), moved], axis=1)) * value[:, None]
        falls = float(central.exponent) * np.cumsum(best)
        fitted = tuple(r for one in self.history(LI_ION, boundary) for r in one.records)
        table = "price-history"
        records = {
            name: tuple(sorted({*known.records.get(name, ()), *lithium.records.get(name, ())}))
            for name in {*known.records, *lithium.records}
        }
        records[table] = tuple(sorted({*records.get(table, ()), *first.records, *fitted}))
        return Curve(
            chemistry,
            boundary,
            place,
            np.arange(first.year, LAST + 1),
            first.value * np.exp(np.concatenate([[0.0], falls])),
            path,
            first,
            records,
            tuple(dict.fromkeys((*names, *known.assumptions, *lithium.assumptions))),
        )

    def _borrowed(
        self,
        own: Experience,
        lithium: Experience,
        fits: tuple[Fit, Fit],
        now: Said,
        start: tuple[float, np.ndarray],
    ) -> Experience:
        """Experience between the own volume alone and on top of what lithium-ion needed.

        What lithium-ion needed is where its curve meets the first price; ``start`` is that price at
        best and in draws.
        """
        at = now.year - FIRST
        needed = lithium.central[at] * (start[0] / now.value) ** (1 / fits[0].exponent)
        needed_drawn = lithium.drawn[:, at] * (start[1] / now.value) ** (1 / fits[1].exponent)
        part, best = self._draw(OWN)[:, None], self.assumptions.central(OWN)
        return replace(
            own,
            central=own.central**best * (needed + own.central) ** (1 - best),
            drawn=own.drawn**part * (needed_drawn[:, None] + own.drawn) ** (1 - part),
        )

    def _start(
        self, chemistry: str, boundary: str, place: str
    ) -> tuple[Said, np.ndarray, tuple[str, ...]] | None:
        """The last published price and its draws; from the other boundary where that is newer.

        What little is known of a borrower counts wherever it was said, all of it within two years.
        """
        other = CELL if boundary == PACK else PACK
        mine, theirs = (self._last(chemistry, b, place) for b in (boundary, other))
        names: tuple[str, ...] = ()
        if mine is None and theirs is None:
            return None
        if mine is None or (theirs is not None and theirs.year > mine.year):
            # In one country a pack follows its cells, or they it, where both have been published.
            if theirs is None or (mine is None and place != places.WORLD):
                return None
            entry = self.assumptions[RATIO]
            low, best, high = entry.low, entry.central, entry.high
            if boundary == CELL:
                low, best, high = 1 / high, 1 / best, 1 / low
            mine = Said(
                theirs.year, theirs.low * low, theirs.value * best, theirs.high * high,
                theirs.records,
            )  # fmt: skip
            names = (RATIO,)
        ends = (math.log(mine.low), math.log(mine.value), math.log(mine.high))
        drawn = np.exp(spread(f"curves/start/{chemistry}/{place}", *ends))
        return mine, drawn, names

    def _last(self, chemistry: str, boundary: str, place: str) -> Said | None:
        said = self.history(chemistry, boundary, place)
        if chemistry in BORROWERS and place == places.WORLD:
            said = [*said, *self.history(chemistry, boundary, CHINA)]
        if not said:
            return None
        newest = max(one.year for one in said)
        if chemistry not in BORROWERS:
            return said[-1]
        near = [one for one in said if one.year > newest - 2]
        return Said(
            newest,
            min(one.low for one in near),
            math.exp(sum(math.log(one.value) for one in near) / len(near)),
            max(one.high for one in near),
            tuple(record for one in near for record in one.records),
        )

    def _draw(self, name: str) -> np.ndarray:
        return self.assumptions.draw(name)

    def _central(self, name: str) -> np.ndarray:
        return np.array([self.assumptions.central(name)])


def _part(values: dict[str, np.ndarray]) -> np.ndarray:
    """Part of vehicles and storage in the volume of each year, shape (draws, years)."""
    years = np.arange(FIRST, LAST + 1)
    marks = np.stack([values[PART.format(year)] for year in PART_YEARS], axis=1) / 100
    inside = np.clip(years, PART_YEARS[0], PART_YEARS[-1])
    at = np.clip(np.searchsorted(PART_YEARS, inside, side="right") - 1, 0, len(PART_YEARS) - 2)
    known = np.array(PART_YEARS)
    along = (inside - known[at]) / (known[at + 1] - known[at])
    part = marks[:, at] * (1 - along) + marks[:, at + 1] * along
    growth = 1 + values[PART_GROWTH][:, None] / 100
    return np.asarray(part * growth ** np.minimum(years - PART_YEARS[0], 0))


def _unbroken(said: list[Said]) -> list[Said]:
    """The last years without a gap: noise is that of single years."""
    kept = said[-1:]
    for one in reversed(said[:-1]):
        if one.year != kept[0].year - 1:
            break
        kept.insert(0, one)
    return kept
