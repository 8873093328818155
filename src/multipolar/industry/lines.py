"""How are pilot lines told from the commercial plant at the same site?

Every reader of plants takes one id as one plant. Here an id is ``plant/scale``, so that the same
rules reconcile a pilot line and the plant that is to follow it apart from each other.
"""

from __future__ import annotations

import polars as pl

from multipolar.evidence.store import Evidence
from multipolar.words.units import units

#: The quantity in which a stage is measured (others in kt/yr); what a source counts otherwise, such
#: as an anode plant in GWh of cells, is not added up.
QUANTITY = {"cell": "capacity", "pack": "capacity", "separator": "area flow"}
MASS = "mass flow"


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
        quantity = pl.col("stage").replace_strict(QUANTITY, default=MASS)
        measured = {unit: kind for unit, (kind, _) in units().items()}
        fits = quantity == pl.col("unit").replace_strict(measured, return_dtype=pl.String)
        return rows.with_columns(
            pl.format("{}/{}", "plant", "scale").alias("plant"),
            pl.format("{}/{}", "part_of", "scale").alias("part_of"),
            pl.when(fits).then("capacity").alias("capacity"),
            pl.coalesce("status_date", "date").alias("status_date"),
        )
