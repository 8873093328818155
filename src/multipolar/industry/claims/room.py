"""What the claims of this room are computed from; each part is made once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from multipolar.evidence.store import Evidence
from multipolar.industry.plants import Plants, reconcile
from multipolar.industry.sample import Sample


@dataclass(frozen=True)
class Industry:
    """Everything the claims of this room are computed from."""

    evidence: Evidence

    @cached_property
    def plants(self) -> Plants:
        """The reconciled plants."""
        return reconcile(self.evidence)

    @cached_property
    def sample(self) -> Sample:
        """Draws over their phases."""
        return Sample(self.evidence, self.plants)
