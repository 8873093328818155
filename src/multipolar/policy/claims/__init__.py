"""What does the register say to the study's claims on what is in force?

Each module of this package answers the claims of one subject; see ``evidence.answers``. The
register holds what we have read and no more: a count is one of rows on record.
"""

from __future__ import annotations

from multipolar.evidence import answers
from multipolar.evidence.claims import Computed
from multipolar.policy.claims.room import Policies

#: Why a claim that our rows come near to has no answer.
REASONS = {
    "mt-eu-transparency-rules": "the register holds duties, support, shares and controls, and no "
    "duty to disclose",
    "mt-subsidies-us-india": "the register holds support in force in the United States and India, "
    "where it was looked up, and nowhere else, so that a count of jurisdictions says nothing",
    "pp-horizon-europe": "the register holds no agreements on research",
}


def compute(policies: Policies, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    return answers.compute(__name__, policies, claim)


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(answers.answers(__name__)))
