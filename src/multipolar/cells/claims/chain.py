"""What do process steps and bills of materials say to the study's Figure 1 and to dry coating?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from multipolar.cells.claims.room import Cells
from multipolar.cells.claims.told import calculated, summed, told
from multipolar.cells.market import market
from multipolar.cells.plant import Plant
from multipolar.cells.process import MAJOR_STEPS
from multipolar.cells.recipe import CHINA, coating
from multipolar.evidence.assumptions import DRAWS
from multipolar.evidence.claims import Computed
from multipolar.words import chemistries
from multipolar.words.errors import MultipolarError

Answer = Callable[[Cells], Computed | None]
STEPS, BILL, LI_ION = "process-steps", "bill-of-materials", "Li-ion"
#: Words of a step that name no operation, and the last major step that works on an electrode.
NO_OPERATION, LAST_OF_ELECTRODE = ("anode", "cathode", "materials"), 4
#: Lines of a cost that are not spent on making the cell: those of materials are all others.
MAKING = (
    "energy", "labour", "depreciation", "capital cost", "maintenance", "overhead", "research",
)  # fmt: skip


def _same(value: float, table: str, rows: pl.DataFrame, note: str) -> Computed | None:
    """A number that is the same in all draws."""
    if rows.is_empty():
        return None
    return Computed(np.full(DRAWS, value), value, table, tuple(rows["record"]), note=note)


def _operations(cells: Cells) -> Computed | None:
    """What is done to a cathode and an anode before the cell is assembled."""
    rows = cells.evidence.table(STEPS).filter(
        (pl.col("measure") == "capex") & (pl.col("major_step") <= LAST_OF_ELECTRODE)
    )
    done: dict[str, set[str]] = {}
    for kind in ("cathode", "anode"):
        for step in rows.filter(pl.col("step").str.split(" ").list.contains(kind))["step"]:
            words = " ".join(word for word in step.split() if word not in NO_OPERATION)
            done.setdefault(kind, set()).update(words.split(" and "))
    both = sorted(set.intersection(*done.values())) if done else []
    own = rows.filter(pl.col("step").str.contains("anode|cathode"))
    note = f"{', '.join(both)}; the last of them cut and dry the finished electrode"
    return _same(float(len(both)), STEPS, own, note)


def _collectors(cells: Cells) -> Computed | None:
    """Metals of the current collectors of lithium-ion cells."""
    listed = cells.evidence.table(BILL)
    named = listed["chemistry"].unique()
    kind = [n for n in named if chemistries.get(chemistries.family(n)).parent == LI_ION]
    rows = listed.filter(
        pl.col("component").str.ends_with(" foil") & pl.col("chemistry").is_in(kind)
    )
    metals = sorted(rows["component"].str.strip_suffix(" foil").unique())
    designs = rows["design"].n_unique()
    return _same(float(len(metals)), BILL, rows, f"{', '.join(metals)}, in {designs} designs")


def _skipped(cells: Cells) -> Computed | None:
    """Major steps of which dry coating leaves nothing."""
    rows = cells.evidence.table(STEPS).filter(
        (pl.col("measure") == "capex") & pl.col("major_step").is_in(list(MAJOR_STEPS))
    )
    kinds = pl.Series("kind", [coating(step) for step in rows["step"]], pl.String)
    rows = rows.with_columns(kinds)
    gone = rows.group_by("major_step").agg(whole=(pl.col("kind") == "solvent").all())
    lighter = rows.filter(pl.col("kind") != "")
    steps = [MAJOR_STEPS[number] for number in lighter["major_step"].unique().sort()]
    note = (
        f"of our {len(MAJOR_STEPS)} major steps; drying and the recovery of solvent fall away, "
        f"both inside {', '.join(steps)}, of which the coating stays"
    )
    return _same(float(gone["whole"].sum()), STEPS, rows, note)


def _dry(cells: Cells) -> Computed | None:
    """What dry coating saves of the cost of making an LFP cell, materials aside, %."""
    day = cells.costs.day
    if day is None:
        return None
    try:
        wet, dry = (market(cells.evidence, Plant(CHINA, "LFP", day, dry=d)) for d in (0.0, 1.0))
    except MultipolarError:
        return None
    before, after = (calculated(one, summed(one.home_stack, MAKING)) for one in (wet, dry))
    note = (
        "of the cost of making the cell without materials and scrap, ripe Chinese plant; what dry "
        "coating saves in its own steps is an assumption that nobody has checked"
    )
    result = 100 * (1 - after / before)
    return told(cells, result, [(dry, dry.home_stack)], note, MAKING)


CLAIMS: dict[str, Answer] = {
    "fig1-electrode-operations": _operations,
    "fig1-current-collectors": _collectors,
    "mt-dry-coating-steps": _skipped,
    "mt-dry-coating-cost": _dry,
}
