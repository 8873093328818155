"""What do our own rows say to the study's claims on what cells cost and how prices fall?

Each module of this package answers the claims of one subject; see ``evidence.answers``.
"""

from __future__ import annotations

from multipolar.cells.claims.room import Cells
from multipolar.evidence import answers
from multipolar.evidence.claims import Computed


def compute(cells: Cells, claim: str) -> Computed | None:
    """Our result for one claim; None when this room has no evidence for it."""
    return answers.compute(__name__, cells, claim)


def computable() -> tuple[str, ...]:
    """The claims that this room computes."""
    return tuple(sorted(answers.answers(__name__)))
