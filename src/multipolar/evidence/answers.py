"""How does a room answer claims? Each module of its package ``claims`` has ``CLAIMS``.

They map the id of a claim to a function of the room that gives our result in the claim's unit, with
draws. No function knows the claimed value; the verdict is made elsewhere, from draws and sources.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from pkgutil import iter_modules
from typing import Any

import numpy as np

from multipolar.evidence.claims import Computed


def compute(package: str, room: Any, claim: str) -> Computed | None:
    """The result of a room for one claim; None when it has no evidence for it."""
    found = answers(package).get(claim)
    if found is None:
        return None
    # With little on record a quantity may be a ratio to nothing, which is no result.
    with np.errstate(divide="ignore", invalid="ignore"):
        computed: Computed | None = found(room)
    if computed is None or not np.isfinite([*computed.draws, computed.central]).all():
        return None
    return computed if computed.words or computed.records else None


def reason(package: str, claim: str) -> str:
    """Why a room's rows come near a claim and give no answer; blank where it says nothing."""
    told: dict[str, str] = getattr(importlib.import_module(package), "REASONS", {})
    return told.get(claim, "")


@cache
def answers(package: str) -> dict[str, Callable[[Any], Computed | None]]:
    """The claims that a room answers. Raises ValueError where two modules answer one."""
    path = importlib.import_module(package).__path__
    found: dict[str, Callable[[Any], Computed | None]] = {}
    for module in iter_modules(path):
        subject = importlib.import_module(f"{package}.{module.name}")
        for claim, answer in getattr(subject, "CLAIMS", {}).items():
            if claim in found:
                raise ValueError(f"two modules answer the claim {claim}")
            found[claim] = answer
    return found
