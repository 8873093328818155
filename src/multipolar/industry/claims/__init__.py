"""What do our own rows say to the study's claims on industry?

Each module of this package answers the claims of one subject: ``CLAIMS`` maps a claim's id to a
function that gives our result in the claim's unit, with draws. No function knows the claimed value;
the verdict is made elsewhere, from draws and sources.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from pkgutil import iter_modules

import numpy as np

from multipolar.evidence.claims import Computed
from multipolar.industry.claims.room import Industry

Answer = Callable[[Industry], Computed | None]


def compute(industry: Industry, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    found = _answers().get(claim)
    if found is None:
        return None
    # With little on record a quantity may be a ratio to nothing, which is no result.
    with np.errstate(divide="ignore", invalid="ignore"):
        computed = found(industry)
    if computed is None or not np.isfinite([*computed.draws, computed.central]).all():
        return None
    return computed if computed.words or computed.records else None


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(_answers()))


@cache
def _answers() -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for module in iter_modules(__path__):
        subject = importlib.import_module(f"{__name__}.{module.name}")
        for claim, answer in getattr(subject, "CLAIMS", {}).items():
            if claim in found:
                raise ValueError(f"two modules answer the claim {claim}")
            found[claim] = answer
    return found
