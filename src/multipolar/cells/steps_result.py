"""What each step of cell making costs, uses and loses, and what cells hold, with its rows.

Dimensions: measure, place (World where no place matters), chemistry (design of the cell), coating
(wet | dry), age (year after start, or ripe), step (one of the seven major steps, or supporting
areas), part (line of the cost, electricity or heat, component or material, what dry coating saves).
Cost is that of making: without material but for what is lost of it, without warranty and margin.
The value is that at best values, the ends are 10 and 90 % of the draws; of what a cell holds, the
ends are those on record, and those of a sum the sums of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from multipolar.cells import materials
from multipolar.cells.behind import ALL_STEPS, STEPS, Behind, behind, joined
from multipolar.cells.cost_result import Rows, table, year
from multipolar.cells.costs import AGES, Costs
from multipolar.cells.market import Draws
from multipolar.cells.process import MAJOR_STEPS, process
from multipolar.cells.ranges import inputs_first
from multipolar.cells.recipe import aged
from multipolar.cells.steps import NAMES, Parted, parted
from multipolar.cells.works import X, made
from multipolar.evidence.assumptions import Assumptions
from multipolar.evidence.result import ALL, ITEMS, VALUES, Result, on_grid
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.money import USD, from_real_usd

DIMS = ("measure", "place", "chemistry", "coating", "age", "step", "part")
COST, ENERGY, SCRAP, LABOUR = "cost", "energy", "scrap", "labour"
INVESTMENT, MASS, SAVED = "investment", "mass", "saved by dry coating"
UNITS = {ENERGY: "kWh/kWh", SCRAP: "%", LABOUR: "h/MWh", MASS: "kg/kWh", SAVED: "%"}
PLACES, DESIGNS = ("EU27", "CHN"), ("LFP", "NMC622", "Na-ion-layered")
WET, DRY = "wet", "dry"
COATINGS = {WET: 0.0, DRY: 1.0}
TOLD = ("1", "3", "ripe")
RIPE = TOLD[-1]
ELECTRICITY, HEAT = "electricity", "heat"
COATING_STEP = MAJOR_STEPS[2]
FILM = "cells.separator-mass"
_Items = dict[str, tuple[Any, ...]]


def steps(evidence: Evidence, currency: str = USD) -> Result:
    """Steps and materials of cells; money is real 2025 money of ``currency``.

    Raises UnknownWord for a currency.
    """
    rows = Rows(from_real_usd(1.0, currency), tuple(UNITS))
    items = _held(evidence, rows)
    for told in _plants(Costs(evidence), rows):
        items |= told
    parts = table(rows.rows, _PARTS)
    parts = parts.with_columns(on_grid(pl.col(name)) for name in VALUES)
    parts = parts.filter(pl.any_horizontal(pl.col(VALUES) != 0))
    data = parts.group_by(DIMS).agg(pl.col(VALUES).sum()).sort(DIMS)
    money = {COST: f"{currency}/kWh", INVESTMENT: f"million {currency}/GWh"}
    unit = pl.col("measure").replace_strict({**UNITS, **money}, return_dtype=pl.String)
    return Result(
        dims=DIMS,
        data=data.with_columns(unit=unit),
        parts=parts,
        items=table(list(items.values()), ITEMS),
        uses=(),
        defaults={"measure": COST, "place": "EU27", "chemistry": "LFP", "coating": WET,
                  "age": RIPE, "step": ALL, "part": ALL},
        evidence=evidence,
    )  # fmt: skip


def _held(evidence: Evidence, rows: Rows) -> _Items:
    """What cells hold, in kg for each kWh, by component and by material where it has several."""
    known = Assumptions(evidence)
    told: _Items = {}
    for design in sorted(set(evidence.table("bill-of-materials")["design"])):
        key = (MASS, places.WORLD, design, ALL, ALL, ALL)
        parts: dict[str, dict[str, tuple[float, float, float]]] = {}
        for row in materials.bill(evidence, design).iter_rows(named=True):
            area = row["unit"] == materials.AREA
            if area and FILM not in known:
                continue
            size = known.central(FILM) if area else 1.0
            item = f"held/{row['record']}"
            label = f"{row['material']} in a {design} cell"
            used = [FILM] if area else []
            told[item] = (item, label, "bill-of-materials", [row["record"]], used, [])
            ends = (row["low"] * size, row["central"] * size, row["high"] * size)
            parts.setdefault(row["component"], {})[item] = ends
            rows.span((*key, material_line(row["component"], row["material"])), {item: ends})
        for component, terms in parts.items():
            rows.span((*key, component), terms)
        rows.span(
            (*key, ALL), {item: ends for terms in parts.values() for item, ends in terms.items()}
        )
    return told


def material_line(component: str, material: str) -> str:
    """The word for a material of a component in the dimension ``part``."""
    return f"{component}: {material}"


def _plants(found: Costs, rows: Rows) -> Iterator[_Items]:
    """Fill in the numbers of every plant; gives the items behind them."""
    recipes = found.recipes(PLACES, AGES[RIPE], DESIGNS)
    if not recipes:
        return
    steps_ = _rows_of_steps(found.evidence)
    ages = {
        (place, design, age): aged(ripe, found.inputs, AGES[age])
        for place, designs in recipes.items()
        for design, ripe in designs.items()
        for age in TOLD
    }
    x = inputs_first(found.inputs)
    for place, designs in recipes.items():
        for design, ripe in designs.items():
            whole = parted(ripe, found.evidence)
            for age in TOLD:
                plant = whole.now(ages[place, design, age])
                coated = {
                    coating: _Coated(found, plant, (place, design, coating, age), x, steps_)
                    for coating in COATINGS
                }
                for one in coated.values():
                    one.spend(rows)
                if design == DESIGNS[0]:
                    coated[WET].scrap(rows)
                if age == RIPE:
                    for one in coated.values():
                        one.use(rows, once=design == DESIGNS[0])
                    _saved(rows, coated[WET], coated[DRY])
                yield from (one.items for one in coated.values())


def _rows_of_steps(evidence: Evidence) -> dict[int | None, dict[str, list[str]]]:
    """Rows of the table of steps by step and measure; a step rests on the yields of all."""
    whole = process(evidence)
    return {
        step: {
            measure: whole.of(measure)
            .filter(pl.lit(measure == "yield") | pl.col("major_step").eq_missing(step))["record"]
            .to_list()
            for measure in ALL_STEPS
        }
        for step in NAMES
    }


class _Coated:
    """A plant of an age with wet or dry coating, by step, and the items behind its numbers."""

    def __init__(
        self,
        found: Costs,
        plant: Parted,
        key: tuple[str, str, str, str],
        x: X,
        steps_: Mapping[int | None, Mapping[str, list[str]]],
    ) -> None:
        self.found, self.plant, self.key, self.steps = found, plant, key, steps_
        self.dry = {plant.names["dry"]: COATINGS[key[2]]}
        self.x = {**x, **self.dry}
        self.items: _Items = {}
        #: By measure, what is to be told of each step.
        self.sums: dict[str, dict[int | None, Draws]] = {}

    def item(self, step: int | None, word: str) -> str:
        """The item of a line or a measure in a step."""
        return f"{'-'.join(self.key)}-{NAMES[step]}/{word}".replace(" ", "-")

    def spend(self, rows: Rows) -> None:
        """What making costs, by step and line."""
        read = self._read({})
        scrap = self.plant.scrap_cost(self.x)
        lines = self.plant.by_step(self.x)
        self.sums[COST] = {}
        for step, name in NAMES.items():
            own = dict(lines[step])
            if step is not None:
                own["scrap"] = scrap[step]
            behind_ = {line: self._of_step(read[line], STEPS[line], step) for line in own}
            for line, value in own.items():
                rows.add((COST, *self.key, name, line), {self.item(step, line): value})
                self._told(step, line, line, behind_[line])
            rows.add((COST, *self.key, name, ALL), {self.item(step, n): v for n, v in own.items()})
            self.sums[COST][step] = np.asarray(np.sum(list(own.values()), axis=0))
            self._told(step, ALL, "all that making costs there", joined(behind_.values()))
        total = {self.item(step, ALL): value for step, value in self.sums[COST].items()}
        rows.add((COST, *self.key, ALL, ALL), total)

    def scrap(self, rows: Rows) -> None:
        """Active material that is lost, by step."""
        place, _, _, age = self.key
        told = {}
        name = self.plant.names["scrap"]
        for step, share in self.plant.scrap_share(self.x).items():
            own = Behind({name}, {})
            own.add("process-steps", self.steps[step]["yield"])
            item = self._told(step, "lost", "active material lost", own)
            told[item] = share
            rows.add((SCRAP, place, ALL, ALL, age, NAMES[step], ALL), {item: share})
        rows.add((SCRAP, place, ALL, ALL, age, ALL, ALL), told)

    def use(self, rows: Rows, once: bool) -> None:
        """Energy by step; investment and hours, which no chemistry changes, once."""
        place, _, coating, age = self.key
        measures: tuple[tuple[str, str, dict[str, float], tuple[str, ...]], ...] = (
            (ELECTRICITY, "energy", self.plant.power, (*self.key,)),
            (HEAT, "energy", self.plant.warmth, (*self.key,)),
            (LABOUR, "labour", self.plant.hours, (place, ALL, ALL, age)),
            (INVESTMENT, "depreciation", self.plant.built, (place, ALL, coating, ALL)),
        )
        energy: dict[int | None, dict[str, Draws]] = {step: {} for step in NAMES}
        for measure, line, inputs, key in measures:
            read = self._read(inputs)[line]
            amounts = self.plant.by_step({**self.x, **inputs}, (line,))
            told: dict[str, Draws] = {}
            self.sums[measure] = {}
            for step, name in NAMES.items():
                own = self._of_step(
                    read, STEPS[line] if measure != INVESTMENT else ("capex",), step
                )
                if measure in (ELECTRICITY, HEAT):
                    own = self._of_step(read, (measure, "yield"), step)
                value = amounts[step][line] * (1000 if measure == LABOUR else 1)
                self.sums[measure][step] = value
                item = self._told(step, measure, measure, own)
                told[item] = value
                if measure in (ELECTRICITY, HEAT):
                    energy[step][item] = value
                    rows.add((ENERGY, *key, name, measure), {item: value})
                elif once and (measure == INVESTMENT or coating == WET):
                    rows.add((measure, *key, name, ALL), {item: value})
            if measure in (ELECTRICITY, HEAT):
                rows.add((ENERGY, *key, ALL, measure), told)
            elif once and (measure == INVESTMENT or coating == WET):
                rows.add((measure, *key, ALL, ALL), told)
        for step, both in energy.items():
            rows.add((ENERGY, *self.key, NAMES[step], ALL), both)
        rows.add(
            (ENERGY, *self.key, ALL, ALL),
            {i: v for both in energy.values() for i, v in both.items()},
        )
        self.sums[ENERGY] = {s: np.asarray(sum(both.values())) for s, both in energy.items()}

    def _read(self, inputs: Mapping[str, float]) -> dict[str, Behind]:
        """What stands behind each line of the plant, some inputs set aside."""
        return behind(
            lambda x: made({**x, **inputs}, self.plant.whole).lines,
            self.found.inputs,
            self.dry,
            {measure: [] for measure in ALL_STEPS},
            {},
        )

    def _of_step(self, read: Behind, measures: tuple[str, ...], step: int | None) -> Behind:
        """The same with the rows of one step."""
        own = joined([read])
        for measure in measures:
            own.add("process-steps", self.steps[step][measure])
        return own

    def _told(self, step: int | None, word: str, label: str, own: Behind) -> str:
        """Take up an item; returns its name."""
        place, design, coating, age = self.key
        item = self.item(step, word)
        where = f"{design}, {coating} coating, {places.name(place)}, {year(age)}"
        self.items[item] = (item, f"{label}, {NAMES[step]}, {where}", *own.told, [])
        return item


def _saved(rows: Rows, wet: _Coated, dry: _Coated) -> None:
    """What dry coating saves of cost, energy and investment, % of those with wet coating.

    Nothing but coating and drying differs.
    """
    place, design, _, age = wet.key
    words = {COST: (ALL,), ENERGY: (ELECTRICITY, HEAT), INVESTMENT: (INVESTMENT,)}
    for measure, names in words.items():
        every = wet.sums[measure].values()
        for step, base in (
            (COATING_STEP, wet.sums[measure][2]),
            (ALL, np.sum(list(every), axis=0)),
        ):
            terms = {}
            for one, sign in ((wet, 100.0), (dry, -100.0)):
                for name in names:
                    own = one.sums[COST if name == ALL else name][2]
                    terms[one.item(2, name)] = sign * own / base
            rows.add((SAVED, place, design, DRY, age, step, measure), terms)


_PARTS: dict[str, Any] = {
    **dict.fromkeys(DIMS, pl.String),
    "whole": pl.Boolean,
    "role": pl.String,
    "item": pl.String,
    **dict.fromkeys(VALUES, pl.Float64),
}
