"""Helpers of the tests that import lists: files in the real layouts, and a quick linkage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from multipolar.bring import bring
from multipolar.evidence.store import BUNDLED, Evidence
from multipolar.readers.registry import reader

LISTS = Path(__file__).parent / "fixtures" / "lists"

#: A small file of every layout: format, name, rows in it, statements in it, statements stored.
FILES = [
    ("clean-investment-monitor", "facility_metadata_2031Q1.csv", 11, 11, 6),
    ("clean-investment-monitor", "facility_status_2031Q3.csv", 2, 2, 2),
    ("lfp-atlas", "lfp_atlas_claims.csv", 16, 16, 8),
    ("batteryfactory", "factories_export.csv", 6, 10, 5),
    ("na-ev-supply-chain", "na_ev_investments.csv", 8, 8, 4),
    ("europe-cell-lists", "battery-news_europe_2031-02.csv", 4, 4, 3),
    ("europe-cell-lists", "transport-environment_2031.csv", 3, 3, 3),
    ("europe-cell-lists", "policyfocus_candidates_2031-09.csv", 2, 2, 2),
    ("plants-curated", "plants.csv", 6, 6, 3),
]


def read(format: str, file: Path | str):
    """What the reader of a format makes of a file."""
    return reader(format).read(LISTS / file)


def cells(format: str, file: Path | str) -> dict[str, dict[str, str]]:
    """The statements of a file by their ids."""
    return {row.cells["record"]: row.cells for row in read(format, file).rows}


def problems(found) -> dict[int, str]:
    """What is said of each refused line."""
    return {fault.row: fault.problem for fault in found.refused}


@dataclass
class Linked:
    """What linkage answers, as far as an import asks."""

    plants: pl.DataFrame
    review: pl.DataFrame
    counts: dict[str, int]


def by_name(incoming: pl.DataFrame, known: pl.DataFrame, firms: pl.DataFrame) -> Linked:
    """A linkage for tests: one name in one place is one plant, one firm there a question."""
    plants, asked = [], []
    known_as = {(r["name"], r["place"]): r["plant"] for r in known.iter_rows(named=True)}
    of_firm = {(r["firm"], r["place"]): r for r in known.iter_rows(named=True)}
    for row in incoming.unique("plant", maintain_order=True, keep="first").iter_rows(named=True):
        same = known_as.get((row["name"], row["place"]))
        if same:
            plants.append((row["plant"], same, "evidence", 0.99, "same name"))
            continue
        plants.append((row["plant"], row["plant"], "new", 0.9, ""))
        other = of_firm.get((row["firm"], row["place"]))
        if other:
            sides = [
                (row["name"], other["name"]),
                (row["town"], other["town"]),
                (row["firm"],) * 2,
            ]
            shown = [text or "" for side in sides for text in side]
            asked.append((row["plant"], other["plant"], *shown, 0.5, "same firm"))
    columns = ["incoming", "plant", "how", "probability", "reasons"]
    names = [f"{side}_{what}" for what in ("name", "town", "firm") for side in ("incoming",
             "candidate")]  # fmt: skip
    types = dict.fromkeys(("incoming", "candidate", *names), pl.String)
    review = pl.DataFrame(
        asked, schema={**types, "probability": pl.Float64, "reasons": pl.String}, orient="row"
    )
    return Linked(pl.DataFrame(plants, schema=columns, orient="row"), review, {})


@pytest.fixture
def quick_linkage(monkeypatch):
    """The linkage of ``by_name`` in place of the real one, which takes seconds."""
    monkeypatch.setattr("multipolar.industry.linkage.link", by_name)


def imported(workspace: Path, format: str, *files: Path | str):
    """Import files into a workspace."""
    return bring(Evidence(workspace), format, [LISTS / file for file in files])


def own(workspace: Path, table: str = "plants") -> dict[str, dict]:
    """The rows of a table that are not bundled, by their ids."""
    rows = Evidence(workspace).table(table).filter(pl.col("origin") != BUNDLED)
    return {row[rows.columns[0]]: row for row in rows.iter_rows(named=True)}
