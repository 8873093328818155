"""What do our own rows say to the study's claims on trade and on the stages of the supply chain?

Each module of this package answers the claims of one subject; see ``evidence.answers``.
"""

from __future__ import annotations

from multipolar.evidence import answers
from multipolar.evidence.claims import Computed
from multipolar.trade.claims.room import Trade

#: Why a claim that our rows come near to has no answer.
REASONS = {
    "fig4-korea-slowing": "months of South Korea before 2025 are not on record, and sums over "
    "twelve months that overlap tell no growth a year",
}


def compute(trade: Trade, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    return answers.compute(__name__, trade, claim)


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(answers.answers(__name__)))
