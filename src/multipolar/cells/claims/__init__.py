"""What do our own rows say to the study's claims on what cells cost and how prices fall?

Each module of this package answers the claims of one subject; see ``evidence.answers``.
"""

from __future__ import annotations

from multipolar.cells.claims.room import Cells
from multipolar.evidence import answers
from multipolar.evidence.claims import Computed

_METHOD = "the claim says how the study works, which leaves nothing to calculate"
_MAKERS = "what one maker does better than another is an assumption here and no result"
_SYSTEM = "costs here end at the module, and a storage system is not in them"
#: Why a claim that our rows come near to has no answer.
REASONS = {
    "fig5-static-limit": _METHOD,
    "fig5-price-basis": _METHOD,
    "mt-throughput-definition": _METHOD,
    "mt-four-key-inputs": "the bill of materials has more components, and which of them are key is "
    "a judgement",
    "mt-cell-most-value-added": "what other stages add is not on record: the price of a cathode "
    "material holds that of its metals",
    "mt-scrap-rate-low": "scrap in the first year is an assumption here and no observation",
    "mt-scrap-rate-high": "scrap in the first year is an assumption here and no observation",
    "mt-asian-expertise": _MAKERS,
    "mt-ai-cuts-scrap": _MAKERS,
    "mt-dark-factory": _MAKERS,
    "fig5-domestic-lower-than-export": "no price of a Chinese cell in Europe is on record; our "
    "delivered price is the Chinese one and the way, and so dearer by construction",
    "fig12-density-no-bar-to-storage": _SYSTEM,
    "fig12-thermal-saving": _SYSTEM,
}


def compute(cells: Cells, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    return answers.compute(__name__, cells, claim)


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(answers.answers(__name__)))
