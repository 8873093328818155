"""What the claims of this room are computed from; each part is made once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from multipolar.cells.costs import Costs
from multipolar.cells.curves import Curves
from multipolar.evidence.store import Evidence


@dataclass(frozen=True)
class Cells:
    """Everything the claims of this room are computed from."""

    evidence: Evidence

    @cached_property
    def curves(self) -> Curves:
        """How prices fall with experience."""
        return Curves(self.evidence)

    @cached_property
    def costs(self) -> Costs:
        """What cells cost where, on the day of the newest quotes."""
        return Costs(self.evidence)
