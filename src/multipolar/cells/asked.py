"""Which market does a user ask about: what is named, and what holds where nothing is named?

Words become a ``Market``: the policy in force or none, levers of one's own on top, and numbers of
one's own for the plant at home (a role as wage), the rival (rival.wage), or any input by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from multipolar.cells.levers import NO_POLICY, Policy, in_force, key
from multipolar.cells.market import Market, market
from multipolar.cells.plant import RIPE, Plant
from multipolar.cells.recipe import CHINA, ROLES
from multipolar.evidence.store import Evidence
from multipolar.policy.register import first_day
from multipolar.words import places
from multipolar.words.errors import EvidenceError, MultipolarError, UnknownWord

Own = float | tuple[float, float, float]
RIVAL = "rival."
#: A customs union levies duties for its members.
UNION = "EU27"
#: Size of a plant where none is named, GWh/yr.
USUAL = 40.0


@dataclass(frozen=True)
class Asked:
    """A question about cost. ``rival``: who exports there, empty for nobody. Rates of ``levers``
    replace those in force."""

    place: str
    chemistry: str
    day: date
    gwh: float = USUAL
    age: int = 3
    maker: str = ""
    domicile: str = ""
    dry: float = 0.0
    automation: float = 0.0
    boundary: str = "cell"
    rival: str = CHINA
    in_force: bool = True
    use: str = "vehicles"
    levers: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, Own] = field(default_factory=dict)

    def plant(self) -> Plant:
        """The plant at home. Raises UnknownWord for an input that no plant has."""
        told = {n: v for n, v in self.inputs.items() if "." not in n}
        return Plant(
            self.place, self.chemistry, self.day, self.gwh, self.age, self.maker, self.domicile,
            self.dry, self.automation, self.boundary, told,
        )  # fmt: skip

    def other(self) -> Plant | None:
        """The rival's plant: ripe, of the usual size; China has none where no other is named."""
        if not self.rival or {places.resolve(self.rival), places.resolve(self.place)} == {CHINA}:
            return None
        told = {n.removeprefix(RIVAL): v for n, v in self.inputs.items() if n.startswith(RIVAL)}
        return Plant(
            self.rival, self.chemistry, self.day, USUAL, RIPE, boundary=self.boundary,
            inputs=told,
        )  # fmt: skip

    def policy(self, evidence: Evidence) -> Policy:
        """What is in force, with the user's own rates in place of it."""
        exporter = places.resolve(self.rival) if self.rival else ""
        found = Policy(NO_POLICY)
        if self.in_force:
            market = jurisdiction(self.place)
            found = in_force(evidence, market, exporter, self.day, self.use, self.boundary)
        for name in self.levers:
            key(name)
        own: dict[str, Any] = dict(self.levers)
        return replace(found, levers=replace(found.levers, **own))


def pose(evidence: Evidence, asked: Asked) -> tuple[Market, Policy]:
    """The market that is asked about, and the policy that it is under."""
    full = {n: v for n, v in asked.inputs.items() if "." in n and not n.startswith(RIVAL)}
    for name in asked.inputs:
        if "." not in name and name not in ROLES:
            told = UnknownWord("input", name, ROLES)
            raise MultipolarError(f"{told}; names that cost --inputs tells work too")
    policy = asked.policy(evidence)
    return market(evidence, asked.plant(), asked.other(), policy.levers, full), policy


def jurisdiction(place: str) -> str:
    """Whose duties and credits hold in a place."""
    resolved = places.resolve(place)
    inside = set(places.members(resolved)) <= set(places.members(UNION))
    return UNION if inside else resolved


def latest(evidence: Evidence) -> date:
    """The last day for which a price of a material is on record."""
    rows = evidence.table("prices").filter((pl.col("kind") == "price") & (pl.col("place") == CHINA))
    if rows.is_empty():
        raise EvidenceError("no price of a material is on record on this date")
    return rows.select(first_day("day").max()).item()  # type: ignore[no-any-return]
