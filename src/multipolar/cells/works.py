"""What does a cell cost where it is made, and by how much do levers of its government lower that?

All arithmetic of one plant: real 2025 US$ for a kWh of saleable cells (or modules), ex works,
without value added tax. Values are numbers, arrays of draws, or either on a tape.

What a kWh of sold cells needs of each material is what it holds over the yield of that material.
Yields of process steps are those of a ripe baseline plant, each raised to the same power, so that
active material as a whole has the yield of the plant's year: scrap is counted once. Investment and
a part of labour are spread over the output of that year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log as ln

from multipolar.cells.plant import RIPE
from multipolar.cells.process import LOST
from multipolar.cells.recipe import ANODE, CATHODE, Recipe
from multipolar.cells.tape import Value, bare, dot, exp, larger, log, total, zero

X = Mapping[str, Value]


@dataclass(frozen=True)
class Rules:
    """What of a market's policy is no number: whether duties rest on the CIF value (else FOB),
    and home countries of owners that get no credit."""

    cif: bool = True
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A kWh as it leaves the plant: lines of its cost, and kg of carbon dioxide from energy."""

    lines: dict[str, Value]
    carbon: Value

    @property
    def total(self) -> Value:
        """Ex works, US$/kWh."""
        return total(*self.lines.values())


@dataclass(frozen=True)
class _Bought:
    """Materials of a kWh: by component, those worth a credit, and all.

    ``chinese``: pairs whose products add up to what comes from China.
    """

    lines: dict[str, Value]
    credited: Value
    total: Value
    chinese: tuple[tuple[Value, Value], ...]

    @property
    def home_content(self) -> Value:
        """Share of the cost of materials that does not come from China, off the tape."""
        pairs = ((bare(value), bare(share)) for value, share in self.chinese)
        return 1.0 - dot(*pairs) / bare(self.total)


def made(x: X, r: Recipe, rules: Rules | None = None) -> Made:
    """The cost of a plant; with the levers of its own market if ``rules`` are given."""
    bought = _materials(x, r, rules)
    lines, invested, carbon, credited = _year(x, r, bought, "", rules)
    cost = total(*lines.values())
    lines["warranty"] = cost * x[r.names["warranty"]]
    lines["margin"] = (cost + lines["warranty"]) * x[r.names["margin"]]
    if rules is not None:
        if on(share := x["lever.ramp-support"]) and r.plant.year < RIPE:
            lines["ramp-up support"] = -(share * _early_loss(x, r, rules, bought, cost))
        lines |= _support(x, r, rules, invested, credited, bought)
        if on(price := x["lever.carbon-price"]):
            lines["carbon"] = carbon * price * 1e-3
    return Made(lines, carbon)


def _early_loss(x: X, r: Recipe, rules: Rules, bought: _Bought, cost: Value) -> Value:
    """What a kWh costs more than it will at a ripe plant, before warranty and margin."""
    if zero(bare(x["lever.ramp-support"])):
        # Support of nothing: what it would be has to be known, not what that depends on.
        x, cost = {name: bare(value) for name, value in x.items()}, bare(cost)
        lines = {name: bare(value) for name, value in bought.lines.items()}
        bought = _Bought(lines, bare(bought.credited), bare(bought.total), bought.chinese)
    return cost - total(*_year(x, r, bought, " when ripe", rules)[0].values())


def _support(
    x: X, r: Recipe, rules: Rules, invested: Value, credited: Value, bought: _Bought
) -> dict[str, Value]:
    """Levers that pay the maker, as lines below zero."""
    lines: dict[str, Value] = {}
    if on(grant := x["lever.capital-grant"]):
        lines["capital grant"] = -grant * invested
    # The law bars owners, and plants whose materials come from barred owners above a share.
    allowed: Value = 0.0 if r.plant.domicile in rules.excluded else 1.0
    if on(least := x["lever.credit-content"]):
        allowed = allowed * (bought.home_content >= bare(least))
    credit = x["lever.credit-cell"]
    if r.plant.boundary == "module":
        credit = credit + x["lever.credit-module"]
    if on(credit):
        lines["credit"] = -(credit * allowed)
    if on(rate := x["lever.credit-material"]):
        lines["credit for material"] = -(rate * credited * allowed)
    if on(saved := x["lever.co-location"]):
        lines["co-location"] = -saved
    return lines


def on(lever: Value) -> bool:
    """Whether a lever has to be calculated: anything but a plain zero."""
    return not zero(lever)


def _materials(x: X, r: Recipe, rules: Rules | None) -> _Bought:
    """What the cell holds, at what the plant pays for it."""
    lines: dict[str, Value] = {}
    credited, chinese = [], []
    factors = {kind: _origin(x, r, kind, rules) for kind in {p.origin for p in r.parts}}
    for part in r.parts:
        value = dot(*((x[amount], _product(x, names)) for amount, names in part.materials))
        brought, local, both = factors[part.origin]
        lines[part.label] = value * both if r.abroad else value
        if part.label in (CATHODE, ANODE):
            credited.append((value, local))
        chinese.append((value, brought))
    held = total(*lines.values())
    if r.plant.boundary == "module":
        lines["module hardware"] = x[r.names["module hardware"]]
    return _Bought(lines, dot(*credited), held, tuple(chinese))


def _product(x: X, names: tuple[str, ...]) -> Value:
    """A price: a quote, or a ratio to one."""
    price = x[names[0]]
    for name in names[1:]:
        price = price * x[name]
    return price


def _origin(x: X, r: Recipe, kind: str, rules: Rules | None) -> tuple[Value, ...]:
    """Price paid over the Chinese price: the part from China, the local part, and both."""
    if not r.abroad:
        return 1.0, 1.0, 1.0
    share = x[r.names[f"local {kind}"]]
    freight, duty, kept = x[r.names["freight of materials"]], 0.0, 0.0
    if rules is not None and kind != "other":
        if on(least := x["lever.local-content"]):
            share = larger(share, least)
        duty = x[f"lever.duty-{kind.removeprefix('nickel-').removeprefix('other-')}"]
        kept = x["lever.tax-kept-material"] if kind == "nickel-cathode" else 0.0
    export = 1.0 + kept if on(kept) else 1.0
    landed = export + freight
    if on(duty):
        landed = landed + duty * (landed if rules and rules.cif else export)
    brought, local = (1.0 - share) * landed, share * (1.0 + x[r.names[f"premium {kind}"]])
    return brought, local, brought + local


def _year(
    x: X, r: Recipe, bought: _Bought, when: str, rules: Rules | None
) -> tuple[dict[str, Value], Value, Value, Value]:
    """All cost of a kWh in a year after start, before warranty and margin.

    Returns the lines, what the investment costs, kg of carbon dioxide, and what the active material
    that was made locally cost with its scrap.
    """
    n = r.names
    scrap, ramp = (_transferred(x, r, f"{word}{when}", rules) for word in ("scrap", "output"))
    good = 1.0 - scrap
    power = log(good) * (1.0 / ln(r.keeps["active material"]))
    once = 1.0 / good
    # What has to be started for one that is sold, by material and by major step.
    over = {kind: exp(power * -ln(r.keeps[kind])) - 1.0 for kind in LOST[1:]}
    over["active material"] = once - 1.0
    active = r.keeps["active material"]
    by = {passed: exp(power * -ln(passed)) for passed in {*r.passed.values()} - {active}}
    by[active] = once
    started = {step: by[passed] for step, passed in r.passed.items()}
    lines = dict(bought.lines)
    lost = {
        kind: dot(*((lines[p.label], over[p.loss]) for p in r.parts if p.recovery == kind))
        for kind in {p.recovery for p in r.parts}
    }
    # What is lost, less what the sale or reuse of it brings.
    lines["scrap"] = dot(*((gone, 1.0 - x[n[f"recovery {k}"]]) for k, gone in lost.items()))
    spread = 1.0 / (ramp * x[n["availability"]])
    used, warmth = _energy(x, r, started)
    price = x[n["electricity"]]
    if rules is not None and on(relief := x["lever.electricity-relief"]):
        price = price - relief
    lines["energy"] = dot((used, price), (warmth, x[n["heat"]]))
    lines["labour"] = _hours(x, r, started, spread) * x[n["wage"]]
    equipment, buildings = _investment(x, r)
    rate = x[n["capital cost"]]
    share_e, share_b = 1.0 / x[n["life.equipment"]], 1.0 / x[n["life.buildings"]]
    growth = log(1.0 + rate)
    spent = dot((equipment, share_e), (buildings, share_b)) * spread
    yearly_e = rate / (1.0 - exp(-growth * x[n["life.equipment"]]))
    yearly_b = rate / (1.0 - exp(-growth * x[n["life.buildings"]]))
    paid = dot((equipment, yearly_e), (buildings, yearly_b)) * spread
    lines["depreciation"] = spent
    running = total(bought.total, lines["scrap"], lines["energy"], lines["labour"])
    lines["capital cost"] = total(paid, -spent, running * (rate * x[n["working-capital"]]))
    lines["maintenance"] = spent * x[n["overhead.depreciation"]]
    lines["overhead"] = dot(
        (lines["labour"], x[n["overhead.labour"]]),
        (lines["labour"], x[n["administration.labour"]]),
        (spent, x[n["administration.depreciation"]]),
    )
    lines["research"] = spent * x[n["research.depreciation"]]
    carbon = dot((used, x[n["carbon"]]), (warmth, x[n["carbon.heat"]]))
    return lines, paid, carbon, bought.credited * once


def _transferred(x: X, r: Recipe, role: str, rules: Rules | None) -> Value:
    """Scrap or output of the maker, moved to that of an experienced one by a joint venture."""
    own = x[r.names[role]]
    if rules is not None and r.plant.maker == "entrant" and on(share := x["lever.transfer"]):
        return own + share * (x[r.names[f"{role} with transfer"]] - own)
    return own


def _energy(x: X, r: Recipe, started: Mapping[int | None, Value]) -> tuple[Value, Value]:
    """Electricity in kWh and heat in MJ for a kWh of cells that are sold."""
    film = x[r.names["separator-mass"]]
    areas = ((x[name], film) for name in r.areas)
    mass = dot(*((x[name], 1.0) for name in r.masses), *areas)
    dry, saved = x[r.names["dry"]], x[r.names["dry.coating-energy"]]
    left = 1.0 - dry * saved if on(dry) else 1.0
    found: dict[str, Value] = {}
    for kind in ("electricity", "heat"):
        sums: dict[tuple[str, int | None, str], float] = {}
        for (which, per, step, coating), amount in r.energy.items():
            if which == kind:
                sums[per, step, coating] = sums.get((per, step, coating), 0.0) + amount
        terms = {
            per: dot(
                *(
                    (started[step], amount * left if coating else amount)
                    for (p, step, coating), amount in sums.items()
                    if p == per
                )
            )
            for per in ("kg", "kWh")
        }
        found[kind] = dot((mass, terms["kg"]), (terms["kWh"], 1.0)) * x[r.names["energy-use"]]
    return found["electricity"], found["heat"]


def _size(x: X, r: Recipe, exponent: float) -> Value:
    """Cost per GWh at the plant's size over that at the baseline."""
    size = x[r.names["gwh"]] * (1.0 / r.baseline)
    return exp(x[r.names["scale"]] * log(size) * (exponent - 1.0))


def _hours(x: X, r: Recipe, started: Mapping[int | None, Value], spread: Value) -> Value:
    """Hours of direct labour for a sold kWh: a fixed part over output, the rest with throughput."""
    sized = {exponent: _size(x, r, exponent) for _, exponent in r.labour}
    still: dict[float, float] = {}
    moving: dict[tuple[float, float], float] = {}
    by = {r.passed[step]: share for step, share in started.items()}
    for (step, exponent), hours in r.labour.items():
        still[exponent] = still.get(exponent, 0.0) + hours
        # At the yields of the baseline plant the throughput is that of its hours.
        where = r.passed[step], exponent
        moving[where] = moving.get(where, 0.0) + hours * r.passed[step]
    fixed = dot(*((sized[exponent], hours) for exponent, hours in still.items()))
    varied = dot(*((sized[e] * hours, by[passed]) for (passed, e), hours in moving.items()))
    share = x[r.names["labour.fixed"]]
    hours = dot((share, fixed * spread), (1.0 - share, varied)) * x[r.names["labour hours"]]
    if on(degree := x[r.names["automation"]]):
        hours = hours * (1.0 - degree * x[r.names["automation.labour"]])
    return hours


def _investment(x: X, r: Recipe) -> tuple[Value, Value]:
    """Equipment and buildings, US$ for each kWh of yearly capacity."""
    sized = {e: _size(x, r, e) for e in {e for e, _ in r.equipment} | set(r.buildings)}
    dry, saved = x[r.names["dry"]], x[r.names["dry.coating-capex"]]
    left = {"": 1.0, "coating": 1.0, "solvent": 1.0}
    if on(dry):
        left |= {"coating": 1.0 - dry * saved, "solvent": 1.0 - dry}
    equipment = dot(*((sized[e], left[kind] * s) for (e, kind), s in r.equipment.items()))
    buildings = dot(*((sized[e], s) for e, s in r.buildings.items()))
    if on(degree := x[r.names["automation"]]):
        equipment = equipment * (1.0 + degree * x[r.names["automation.capex"]])
    level = x[r.names["capex"]]
    return equipment * level, buildings * level
