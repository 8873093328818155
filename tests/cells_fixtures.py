"""Plants and markets that tests of cell cost share."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from multipolar.cells.levers import NO_POLICY, Levers
from multipolar.cells.market import Market, market
from multipolar.cells.plant import Plant
from multipolar.evidence.store import Evidence

DAY = date(2025, 10, 24)
PLACES = ("CHN", "EU27", "USA", "KOR", "JPN", "IND", "CAN")
DESIGNS = (
    "LFP", "LMFP", "Li-S", "NCA", "NMC622", "NMC811", "NMC811-semi-solid", "NMC811-silicon",
    "NMC811-sulfide", "Na-ion-PBA", "Na-ion-layered", "Na-ion-polyanion",
)  # fmt: skip


@cache
def evidence() -> Evidence:
    return Evidence()


def plant(place: str = "EU27", chemistry: str = "LFP", **changes: Any) -> Plant:
    return Plant(place, chemistry, changes.pop("day", DAY), **changes)


def europe(chemistry: str = "LFP", levers: Levers = NO_POLICY, **changes: Any) -> Market:
    """A European plant beside a ripe Chinese one."""
    return market(evidence(), plant(chemistry=chemistry, **changes), rival(chemistry), levers)


def rival(chemistry: str = "LFP") -> Plant:
    return plant("CHN", chemistry)
