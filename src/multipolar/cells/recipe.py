"""What goes into the cost of one plant: names of its inputs, and numbers of the process.

A ``Recipe`` is made once for a plant; ``works.py`` does the arithmetic on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from multipolar.cells import materials, prices
from multipolar.cells.inputs import Input, Inputs, certain, own
from multipolar.cells.plant import LAST, RIPE, Plant
from multipolar.cells.process import BUILDINGS, LOST, MAJOR_STEPS, Process, process
from multipolar.evidence.store import Evidence
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord

CHINA = "CHN"
CATHODE, ANODE = "cathode active material", "anode active material"
#: What a user may tell of a plant.
ROLES = (
    "capex", "capital cost", "labour hours", "wage", "electricity", "heat", "carbon", "scrap",
    "output", "margin", "local nickel-cathode", "local other-cathode", "local anode",
    "local other",
)  # fmt: skip
#: Assumptions on investment by region: the file's last word, and what it is for.
REGIONS = (("china", CHINA), ("europe", "Europe-wide"), ("north-america", "North-America"))
#: Materials by what yield they have, and by what their scrap brings.
FOILS = ("copper foil", "aluminium foil")
LOSS = {"electrolyte": "electrolyte", "separator": "separator", "housing": "housing"}
#: Cathode materials whose scrap is bought for its nickel and that are made in Korea and Europe.
NICKEL = re.compile(r"\.(nmc|nca)[0-9]*-cam$")
#: The same for every plant.
COMMON = (
    "overhead.labour", "overhead.depreciation", "administration.labour",
    "administration.depreciation", "research.depreciation", "warranty", "working-capital",
    "life.equipment", "life.buildings", "labour.fixed", "energy-use", "scale", "separator-mass",
    "carbon.heat",
)  # fmt: skip
DRY = ("dry.coating-capex", "dry.coating-energy")
AUTOMATION = ("automation.labour", "automation.capex")


@dataclass(frozen=True)
class Part:
    """A component of the cell: its materials as pairs of names (amount, factors of the price)."""

    label: str
    loss: str
    origin: str
    recovery: str
    materials: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Recipe:
    """Names of inputs by role, and the process in numbers.

    ``baseline``: GWh/yr of the plant in the table of steps, and at it when ripe ``keeps``: yield by
    material, ``passed``: yield of active material from a major step on. ``equipment``: (exponent,
    dry-coating kind) -> share of the investment; ``labour``: (major step, exponent) -> hours per
    kWh of capacity; ``energy``: (kind, per, major step, dry-coating kind) -> kWh or MJ per kg or
    kWh of cells in the step.
    """

    plant: Plant
    names: Mapping[str, str]
    parts: tuple[Part, ...]
    masses: tuple[str, ...]
    areas: tuple[str, ...]
    baseline: float
    keeps: Mapping[str, float]
    passed: Mapping[int | None, float]
    equipment: Mapping[tuple[float, str], float]
    buildings: Mapping[float, float]
    labour: Mapping[tuple[int | None, float], float]
    energy: Mapping[tuple[str, str, int | None, str], float]

    @property
    def abroad(self) -> bool:
        """Whether materials come over a border from where their price is quoted."""
        return self.plant.place != CHINA


def recipe(plant: Plant, inputs: Inputs) -> Recipe:
    """Everything that the cost of a plant rests on; its inputs are taken up in ``inputs``.

    Raises UnknownWord for a chemistry or role, MultipolarError where a number is missing or the
    day is outside the prices on record.
    """
    for role in plant.inputs:
        if role not in ROLES:
            raise UnknownWord("input of a plant", role, ROLES)
    names = {word: inputs.assumed(f"cells.{word}") for word in COMMON}
    names |= _of_place(plant, inputs) | _of_age(plant, inputs) | _options(plant, inputs)
    parts, masses, areas = _parts(plant, inputs)
    for kind in sorted({part.recovery for part in parts}):
        names[f"recovery {kind}"] = inputs.assumed(f"cells.recovery.{kind}")
    if plant.place != CHINA:
        names["freight of materials"] = inputs.assumed("cells.freight.materials")
        for kind in sorted({part.origin for part in parts}):
            names[f"premium {kind}"] = inputs.assumed(f"cells.premium.{kind}")
            local = f"cells.local-share.{kind}"
            names[f"local {kind}"] = _placed(plant, inputs, f"local {kind}", local)
    if plant.boundary == "module":
        names["module hardware"] = inputs.assumed("cells.module-hardware")
    steps = process(inputs.evidence, plant.boundary)
    # Investment by region is that of plants for cells.
    cells = float(process(inputs.evidence).of("capex")["value"].sum())
    return Recipe(plant, names, parts, masses, areas, steps.plant, **_numbers(steps, cells))


def aged(found: Recipe, inputs: Inputs, age: int) -> Recipe:
    """The same plant in another year after start."""
    plant = replace(found.plant, age=age)
    return replace(found, plant=plant, names={**found.names, **_of_age(plant, inputs)})


def in_step(found: Recipe, evidence: Evidence, major_step: int | None) -> Recipe:
    """The same plant with nothing to spend on but one major step (None: supporting areas).

    Investment, labour and energy of all steps and the supporting areas add up to the plant's.
    """
    steps = process(evidence, found.plant.boundary)
    cells = float(process(evidence).of("capex")["value"].sum())
    own = Process(steps.rows.filter(pl.col("major_step").eq_missing(major_step)), steps.boundary)
    needs = _needs(own, cells, steps.plant)
    return replace(found, **needs)


def _of_place(plant: Plant, inputs: Inputs) -> dict[str, str]:
    """Roles that depend on where the plant stands."""
    place = plant.place
    practice = "incumbent" if plant.maker == "incumbent" else "elsewhere"
    found = {"labour hours": _own(plant, inputs, "labour hours", "ratio")
             or inputs.assumed(f"cells.labour-hours.{practice}")}  # fmt: skip
    found["capex"] = _own(plant, inputs, "capex", "million US$/GWh") or _capex(place, inputs)
    found["capital cost"] = _placed(plant, inputs, "capital cost", "cells.capital-cost")
    found["margin"] = _placed(plant, inputs, "margin", "cells.margin")
    found["carbon"] = _placed(plant, inputs, "carbon", "cells.carbon.electricity")
    for role, per in (("wage", "hour"), ("electricity", "kWh"), ("heat", "MJ")):
        unit = f"US$/{per}"
        found[role] = _own(plant, inputs, role, unit) or _price(plant, inputs, role, per, place)
    return found


def _of_age(plant: Plant, inputs: Inputs) -> dict[str, str]:
    """Scrap and output in the year after start, at a ripe plant, and of an experienced maker."""
    found = {"availability": inputs.assumed("industry.availability")}
    kinds = {"": plant.maker, " with transfer": "incumbent"}
    for suffix, maker in kinds.items():
        for when, year in (("", plant.year), (" when ripe", RIPE)):
            scrap = f"cells.scrap.{maker}.year-{min(year, LAST)}"
            found[f"scrap{when}{suffix}"] = inputs.assumed(scrap, f"cells.scrap.{maker}")
            found[f"output{when}{suffix}"] = _output(maker, year, inputs)
    for role in ("scrap", "output"):
        if name := _own(plant, inputs, role, "share"):
            found |= {role: name, f"{role} when ripe": name}
            found |= {f"{role} with transfer": name, f"{role} when ripe with transfer": name}
    return found


def _output(maker: str, year: int, inputs: Inputs) -> str:
    """Output in a year as a share of full output."""
    if year == RIPE:
        return inputs.add(certain("cells.full-output", 1.0, "share"))
    stream = f"industry.ramp.{'china' if maker == 'incumbent' else 'abroad'}"
    name = f"{stream}.year-{year}"
    # The curve of China ends with year 3.
    return inputs.assumed(name if name in inputs.names else f"{stream}.year-3", stream)


def _options(plant: Plant, inputs: Inputs) -> dict[str, str]:
    """Size, dry coating and automation, as inputs of their own."""
    kind = slug(f"{plant.place}-{plant.maker}")
    told = {"gwh": (plant.gwh, "GWh/yr"), "dry": (plant.dry, "share"),
            "automation": (plant.automation, "share")}  # fmt: skip
    found = {
        word: inputs.add(certain(f"plant.{word}.{kind}", value, unit))
        for word, (value, unit) in told.items()
    }
    return found | {word: inputs.assumed(f"cells.{word}") for word in (*DRY, *AUTOMATION)}


def _parts(
    plant: Plant, inputs: Inputs
) -> tuple[tuple[Part, ...], tuple[str, ...], tuple[str, ...]]:
    """Components with their materials, and the names of masses and areas."""
    design = materials.design(inputs.evidence, plant.chemistry)
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    masses: list[str] = []
    areas: list[str] = []
    bill = materials.bill(inputs.evidence, design)
    for row in bill.iter_rows(named=True):
        name = inputs.add(
            Input(f"cells.content.{slug(design)}.{slug(row['material'])}", row["low"],
                  row["central"], row["high"], row["unit"], table="bill-of-materials",
                  records=(row["record"],))
        )  # fmt: skip
        (areas if row["unit"] == materials.AREA else masses).append(name)
        per = row["unit"].removesuffix("/kWh")
        found[row["component"]].append((name, _material(plant, inputs, row["material"], per)))
    parts = [_part(label, tuple(listed)) for label, listed in found.items()]
    return tuple(parts), tuple(masses), tuple(areas)


def _part(label: str, listed: tuple[tuple[str, tuple[str, ...]], ...]) -> Part:
    """How a component is lost, where it comes from and what its scrap brings."""
    loss = "foil" if label in FOILS else LOSS.get(label, "active material")
    kind = "other"
    if label == CATHODE:
        nickel = any(NICKEL.search(amount) for amount, _ in listed)
        kind = "nickel-cathode" if nickel else "other-cathode"
    elif label == ANODE:
        kind = "anode"
    return Part(label, loss, kind, "foil" if label in FOILS else kind, listed)


def _material(plant: Plant, inputs: Inputs, material: str, per: str) -> tuple[str, ...]:
    """Factors of a material's Chinese price: a quote, an assumption, or a ratio to another."""
    ratio = re.compile(rf"cells\.price-over\.(.+)\.{slug(material)}")
    for name in sorted(inputs.names):
        if found := ratio.fullmatch(name):
            base = found[1].upper().replace("-", " ")
            return (_price(plant, inputs, base, per, CHINA), inputs.assumed(name))
    return (_price(plant, inputs, material, per, CHINA),)


def _price(plant: Plant, inputs: Inputs, subject: str, per: str, place: str) -> str:
    """The input for a price: the quote that holds, else the assumption for it."""
    unit = f"US$/{per}"
    placed = subject in prices.PLACED
    name = f"cells.price.{slug(subject)}" + (f".{place.lower()}" if placed else "")
    if name in inputs.own:
        return inputs.add(own(name, inputs.own[name], unit))
    quote = prices.quote(inputs.evidence, subject, place, plant.day, per)
    if quote is None:
        if name not in inputs.names:
            raise MultipolarError(
                f"nothing is on record for the {subject} in {places.name(place)}: give it "
                f"as an input of the plant, in {unit}"
            )
        wanted = "US$/h" if per == "hour" else unit
        if (told := inputs.assumptions[name].unit) != wanted:
            raise UnitMismatch(f"assumption {name} is in {told}, wanted {wanted}")
        return inputs.assumed(name)
    low, high = quote.low, quote.high
    if low == high:
        error = inputs.assumptions["cells.quote-error"]
        low, high = quote.central * error.low, quote.central * error.high
    return inputs.add(
        Input(name, low, quote.central, high, unit, table="prices", records=quote.records)
    )


def _capex(place: str, inputs: Inputs) -> str:
    """Investment by region, or for a place of its own."""
    if (name := f"cells.capex.{place.lower()}") in inputs.names:
        return inputs.assumed(name)
    inside = set(places.members(place))
    for word, region in REGIONS:
        if inside <= set(places.members(region)):
            return inputs.assumed(f"industry.capex.{word}")
    return inputs.assumed("industry.capex.elsewhere")


def _placed(plant: Plant, inputs: Inputs, role: str, prefix: str) -> str:
    """The assumption on a role for the plant's place. Raises MultipolarError without one."""
    if name := _own(plant, inputs, role, "share"):
        return name
    found = inputs.placed(prefix, plant.place)
    if found is None:
        raise MultipolarError(f"nothing is on record for {role} in {places.name(plant.place)}")
    return inputs.assumed(found)


def _own(plant: Plant, inputs: Inputs, role: str, unit: str) -> str | None:
    """The user's own number for a role, if there is one."""
    if role not in plant.inputs:
        return None
    entry = own(f"own.{slug(role)}.{plant.place.lower()}", plant.inputs[role], unit)
    if role == "scrap" and entry.high >= 1:
        raise MultipolarError("scrap is 100 %: nothing is left to sell; name less")
    if role in ("output", "capital cost") and entry.low <= 0:
        raise MultipolarError(f"{role} is {entry.low:g}: name more than zero")
    return inputs.add(entry)


def _numbers(steps: Process, total: float) -> dict[str, Any]:
    """What is lost on the way, and sums of the process by what scales or is lost alike."""
    keeps = {kind: steps.yields(kind) for kind in LOST}
    passed = {step: steps.passed(step) for step in (*MAJOR_STEPS, None)}
    return {"keeps": keeps, "passed": passed, **_needs(steps, total, steps.plant)}


def _needs(steps: Process, total: float, gwh: float) -> dict[str, Any]:
    """Investment, labour and energy by what scales alike, of a plant of ``gwh``."""
    equipment: dict[tuple[float, str], float] = defaultdict(float)
    buildings: dict[float, float] = defaultdict(float)
    labour: dict[tuple[int | None, float], float] = defaultdict(float)
    energy: dict[tuple[str, str, int | None, str], float] = defaultdict(float)
    for row in steps.of("capex").iter_rows(named=True):
        if row["step"] == BUILDINGS:
            buildings[row["exponent"]] += row["value"] / total
        else:
            equipment[row["exponent"], coating(row["step"])] += row["value"] / total
    kwh = gwh * 1e6
    for row in steps.of("labour").iter_rows(named=True):
        labour[row["major_step"], row["exponent"]] += row["value"] / kwh
    for kind in ("electricity", "heat"):
        for row in steps.of(kind).iter_rows(named=True):
            per = row["unit"].split("/")[1]
            energy[kind, per, row["major_step"], coating(row["step"])] += row["value"]
    return {
        "equipment": dict(equipment),
        "buildings": dict(buildings),
        "labour": dict(labour),
        "energy": dict(energy),
    }


def coating(step: str) -> str:
    """What dry coating changes in a step."""
    if step == "solvent recovery":
        return "solvent"
    return "coating" if "coating" in step else ""


def slug(text: str) -> str:
    """A word as part of a name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
