"""What do our own rows say to the study's claims on industry?

Each module of this package answers the claims of one subject; see ``evidence.answers``.
"""

from __future__ import annotations

from collections.abc import Callable

from multipolar.evidence import answers
from multipolar.evidence.claims import Computed
from multipolar.industry.claims.room import Industry

#: Why a claim that our rows come near to has no answer.
REASONS = {
    "fig12-europe-2029": "no row states when Altris, of which the study speaks, is to sell cells; "
    "the start that another European firm has announced is no answer",
}
Answer = Callable[[Industry], Computed | None]


def compute(industry: Industry, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    return answers.compute(__name__, industry, claim)


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(answers.answers(__name__)))
