"""Which plant is it, as far as that has been decided: by an earlier import, or by the user?

Every import of a list keeps, for each row, the id that the plant has in the list and the plant
that it was taken for (``linkage.csv``). A later file of the list keeps to that, as corrected by the
user. What was uncertain is told as corrections that the user may import as they are.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Import, Workspace
from multipolar.words.errors import EvidenceError

LINKAGE, REVIEW = "linkage", "review-{number}"
COLUMNS = {
    "record": pl.String,
    "incoming": pl.String,
    "plant": pl.String,
    "how": pl.String,
    "probability": pl.Float64,
    "reasons": pl.String,
}


def remembered(workspace: Workspace, format: str, evidence: Evidence) -> dict[str, str]:
    """The plant that each id of a list stands for, by the imports of its format in use.

    Where corrections have moved rows of an id, the plant that most of them belong to now.
    """
    now = evidence.table("plants").select("record", "origin", pl.col("plant").alias("now"))
    found: dict[str, str] = {}
    for record in workspace.active():
        if record.format != format:
            continue
        here = now.filter(pl.col("origin") == record.id)
        told = _read(workspace.folder(record) / f"{LINKAGE}.csv", COLUMNS).join(
            here, on="record", how="left"
        )
        for (incoming,), rows in told.partition_by("incoming", as_dict=True).items():
            plants = rows.select(pl.coalesce("now", "plant")).to_series().to_list()
            found[str(incoming)] = Counter(sorted(plants)).most_common(1)[0][0]
    return found


def review_file(workspace: Workspace, record: Import) -> Path:
    """The list of uncertain pairs of an import; its name is like no other of the workspace."""
    return workspace.folder(record) / f"{REVIEW.format(number=record.number)}.csv"


def review(pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The likeliest pair of each uncertain plant as corrections, one for each of its rows.

    ``pairs``: see ``Linked.review``; ``rows``: stored rows with the column ``incoming``.
    """
    best = pairs.sort("probability", descending=True).unique("incoming", maintain_order=True)
    plant_of = rows.select("incoming", "plant").unique("incoming")
    asked = best.join(plant_of, on="incoming").unique("plant", maintain_order=True)
    told = asked.join(rows.select("record", "plant", "date"), on="plant", maintain_order="left")
    reason = pl.format(
        "the same plant with probability {}: {}, {} is {}, {} ({})",
        pl.col("probability").round(2), "incoming_name", pl.col("incoming_town").fill_null(""),
        "candidate_name", pl.col("candidate_town").fill_null(""), pl.col("reasons").fill_null(""),
    )  # fmt: skip
    return told.select(
        pl.lit("plants").alias("table"),
        "record",
        pl.lit("plant").alias("field"),
        pl.col("candidate").alias("value"),
        reason.alias("reason"),
        pl.lit("own decision on an uncertain pair").alias("source"),
        "date",
    )


def asked_before(workspace: Workspace, replaced: Import) -> pl.DataFrame:
    """What the import that is replaced asked."""
    return _read(review_file(workspace, replaced), schema("corrections").types)


def _read(file: Path, types: dict[str, Any]) -> pl.DataFrame:
    """A file of an import, empty where it has none. Raises EvidenceError for a damaged one."""
    if not file.exists():
        return pl.DataFrame(schema=types)
    try:
        return pl.read_csv(file, schema=types)
    except (OSError, pl.exceptions.PolarsError):
        raise EvidenceError(f"damaged decisions in {file}: move its folder away") from None
