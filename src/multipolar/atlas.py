"""The Python side: ``atlas = multipolar.open()``; names match the commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from multipolar.evidence.claims import Verdict
from multipolar.evidence.dates import parse_day
from multipolar.evidence.sources import Source, source
from multipolar.evidence.store import Evidence
from multipolar.words.money import USD

if TYPE_CHECKING:
    from multipolar.figures.figure import Drawn


class Atlas:
    """Evidence as it stands, and everything that can be asked of it."""

    def __init__(self, evidence: Evidence, currency: str = USD) -> None:
        self.evidence_store = evidence
        self.currency = currency

    def evidence(self, table: str) -> pl.DataFrame:
        """The rows on record of a table. Raises UnknownWord."""
        return self.evidence_store.table(table)

    def source(self, id: str) -> Source:
        """One entry of the bibliography. Raises UnknownWord."""
        return source(id)

    def figures(self) -> list[str]:
        """Names of the figures, in the study's order."""
        from multipolar.figures.registry import figures

        return list(figures())

    def figure(self, name: str) -> Drawn:
        """One figure: ``.data``, ``.chart``, ``.sources``, ``.explain(...)``."""
        from multipolar.figures.registry import figure

        return figure(name).draw(self.evidence_store, self.currency)

    def verify(self, everything: bool = False) -> list[Verdict]:
        """The verdict on each of the study's claims."""
        from multipolar.verify import verify

        return verify(self.evidence_store, everything)


def open(
    workspace: str | Path | None = None, as_of: str | date | None = None, currency: str = USD
) -> Atlas:
    """Open the bundled evidence, with a workspace's rows on top and as it stood on a date.

    >>> atlas = open()
    >>> atlas.figures()[:3]
    ['value-chain', 'market-share', 'cell-capacity']
    """
    day = parse_day(as_of) if isinstance(as_of, str) else as_of
    return Atlas(Evidence(Path(workspace) if workspace else None, day), currency)
