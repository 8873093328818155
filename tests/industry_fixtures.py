"""What the tests of plants, figures, verdicts, commands and the report share.

Expensive things are made once (``atlas``, ``figure``, ``plants``); ``multipolar`` runs a command in
this process as the installed script would, and lets an unexplained error through.
"""

from __future__ import annotations

import atexit
import calendar
import contextlib
import io
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from conftest import as_csv
from conftest import plants as plant_rows
from multipolar import open as open_atlas
from multipolar.atlas import Atlas
from multipolar.cli import main
from multipolar.evidence.claims import Verdict
from multipolar.evidence.imports import import_files
from multipolar.evidence.store import Evidence, bundled
from multipolar.figures.figure import Drawn
from multipolar.industry.plants import Plants, reconcile

VALUES = ("value_low", "value", "value_high")
#: A stage of which nothing is bundled, so that only the rows of a test are reconciled.
STAGE = "equipment"
#: Hand-made rows are reconciled as of this day, so that new bundled rows do not move the present.
TODAY = date(2026, 12, 31)
#: One step of the grid of exact sums, in the unit of the number.
STEP = 2.0**-20


@cache
def atlas() -> Atlas:
    """The bundled evidence."""
    return open_atlas()


@cache
def figure(name: str) -> Drawn:
    """One figure of the bundled evidence."""
    return atlas().figure(name)


@cache
def verdicts() -> list[Verdict]:
    """What the study's own numbers look like on the bundled evidence."""
    return atlas().verify()


@cache
def plants() -> Plants:
    """The bundled plants, reconciled."""
    return reconcile(atlas().evidence_store)


def own_evidence(
    folder: Path, tables: dict[str, list[dict[str, str]]], as_of: date | None = None
) -> Evidence:
    """Evidence with rows of one's own, which went in by an import."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        file = folder / f"{table}.csv"
        file.write_text(as_csv(table, rows), encoding="utf-8")
        import_files(Evidence(folder / "workspace"), table, [file])
    return Evidence(folder / "workspace", as_of)


Change = dict[str, Any]


def reconciled(folder: Path, *changes: Change) -> Plants:
    """Plants made of hand-made rows alone; each change is one row."""
    return reconcile(own_plants(folder, *changes), STAGE)


def own_plants(folder: Path, *changes: Change) -> Evidence:
    """Evidence whose only plants of the stage are hand-made."""
    assert STAGE not in bundled("plants")["stage"].unique()
    cells = [{"stage": STAGE, "unit": "kt/yr", **change} for change in changes]
    text = [{name: str(value) for name, value in cell.items()} for cell in cells]
    return own_evidence(folder, {"plants": plant_rows(*text)}, TODAY)


def steps(found: Plants, plant: str = "test-cell-works") -> list[tuple[str, int, float]]:
    """What a plant adds: status, year and GWh/yr, in order of time."""
    rows = found.additions.filter(pl.col("plant") == plant).select(
        "from_year", "status", "capacity"
    )
    return [(status, year, capacity) for year, status, capacity in sorted(rows.rows())]


def plain(drawn: Drawn, **keys: Any) -> pl.DataFrame:
    """Rows of a figure with these keys, undivided in the dimensions that are not named."""
    chosen = drawn.data
    wanted = {**drawn.result.defaults, **keys}
    for name, value in wanted.items():
        if value is not None:
            chosen = chosen.filter(pl.col(name) == value)
    return chosen


def last_day(text: str) -> date:
    """The last day that YYYY, YYYY-MM or YYYY-MM-DD can mean."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=_no_constant)


def multipolar(*arguments: object, cwd: Path) -> Done:
    """Run a command. An exception other than its exit escapes: that would be a traceback."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err)]
    code = 0
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(streams[0]),
        contextlib.redirect_stderr(streams[1]),
        patch.object(sys, "argv", ["multipolar", *map(str, arguments)]),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue().decode())


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


@cache
def report() -> Path:
    """A report of the bundled evidence, as the command writes it."""
    folder = _scratch()
    done = multipolar("report", "--out", "report", cwd=folder)
    assert (done.code, done.out.strip()) == (0, "report/index.html"), done.err
    return folder / "report"


#: Rows that would like to be more than text. Each plant is large, so that it has a bar and circle.
HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "=cmd()",
    '"><img src=x onerror=alert(2)>',
    "<!--<script>",
    "</script><svg onload=alert(3)>",
    "{{ 7 * 7 }} ${alert(4)}",
    "#panic[boo] $x$ @cite",
)
HOSTILE_CITATION = 'https://example.org/"><script>alert(5)</script>#panic[boo]'


@cache
def hostile_report() -> Path:
    """A report in euros with rows of one's own, written over an earlier report."""
    folder = _scratch()
    shutil.copytree(report(), folder / "report")
    rows = [
        {
            "record": f"hostile-{index}", "plant": f"hostile-plant-{index}", "name": name,
            "capacity": "500", "start_year": "2020", "place": "ISL", "latitude": str(60 + index),
            "longitude": "-18", "coordinate_basis": "source", "source": HOSTILE_CITATION,
        }
        for index, name in enumerate(HOSTILE_NAMES)
    ]  # fmt: skip
    given_up = {"record": "hostile-end", "plant": "hostile-end", "name": "<b>gone</b>",
                "status": "cancelled", "source": HOSTILE_CITATION}  # fmt: skip
    own_evidence(folder, {"plants": plant_rows(*rows, given_up)})
    done = multipolar(
        "report", "--out", "report", "--workspace", "workspace", "--currency", "EUR", cwd=folder
    )
    assert done.code == 0, done.err
    return folder / "report"


def _scratch() -> Path:
    """A folder that is gone when the tests are over."""
    folder = Path(tempfile.mkdtemp(prefix="multipolar-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
