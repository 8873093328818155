"""What the claims on policy are computed from."""

from __future__ import annotations

from dataclasses import dataclass

from multipolar.evidence.store import Evidence


@dataclass(frozen=True)
class Policies:
    """Everything the claims of this room are computed from."""

    evidence: Evidence
