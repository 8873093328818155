"""What the claims of this room are computed from; each part is made once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from multipolar.evidence.result import Result
from multipolar.evidence.store import Evidence
from multipolar.trade.exports import exports


@dataclass(frozen=True)
class Trade:
    """Everything the claims of this room are computed from."""

    evidence: Evidence

    @cached_property
    def exports(self) -> Result | None:
        """China's exports of batteries by month; None where none are on record."""
        found = exports(self.evidence)
        return found if found.data.height else None
