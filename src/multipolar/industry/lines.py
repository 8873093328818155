"""How are pilot lines told from the commercial plant at the same site?

Every reader of plants takes one id as one plant. Here an id is ``plant/scale``, so that the same
rules reconcile a pilot line and the plant that is to follow it apart from each other.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.store import Evidence


class Lines(Evidence):
    """The same evidence, in which pilot and commercial lines of a site are plants apart."""

    def __init__(self, evidence: Evidence) -> None:
        folder = evidence.workspace.path if evidence.workspace else None
        super().__init__(folder, evidence.as_of)
        self._whole = evidence

    def table(self, name: str) -> pl.DataFrame:
        """Rows of a table; of plants with ids ``plant/scale`` and a status date on every row."""
        rows = self._whole.table(name)
        if name != "plants":
            return rows
        return rows.with_columns(
            pl.format("{}/{}", "plant", "scale").alias("plant"),
            pl.format("{}/{}", "part_of", "scale").alias("part_of"),
            pl.coalesce("status_date", "date").alias("status_date"),
        )
