"""Which inputs, rows of the evidence and assumptions stand behind each line of a cost?

Told by the calculation itself: a stack is put on a tape once, and what a line was made from is what
leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from multipolar.cells.inputs import Inputs
from multipolar.cells.tape import Value, Var
from multipolar.cells.works import X

#: Measures of the table of steps that stand behind a line; lines that are not named rest on all.
STEPS = {
    "scrap": ("yield",),
    "energy": ("electricity", "heat", "yield"),
    "labour": ("labour", "yield"),
    **dict.fromkeys(("depreciation", "maintenance", "research"), ("capex",)),
    "capital cost": ("capex", "yield", "labour", "electricity", "heat"),
    "overhead": ("labour", "capex", "yield"),
}
ALL_STEPS = ("capex", "labour", "electricity", "heat", "yield")
TABLES = ("bill-of-materials", "prices")


@dataclass
class Behind:
    """Names of assumptions, and rows by table."""

    assumptions: set[str] = field(default_factory=set)
    records: dict[str, set[str]] = field(default_factory=dict)

    def add(self, table: str, records: Iterable[str]) -> None:
        """Take up rows of a table."""
        if found := set(records):
            self.records.setdefault(table, set()).update(found)

    def without(self, table: str) -> Behind:
        """The same but for the rows of a table."""
        return Behind(self.assumptions, {n: r for n, r in self.records.items() if n != table})

    @property
    def told(self) -> tuple[str, list[str], list[str]]:
        """Tables, rows and assumptions as the items of a result have them.

        What rests on assumptions alone has these as its rows.
        """
        rows = self.records or {"assumptions": self.assumptions}
        records = sorted(record for found in rows.values() for record in found)
        return "|".join(sorted(rows)), records, sorted(self.assumptions)


def joined(parts: Iterable[Behind]) -> Behind:
    """Everything that stands behind several."""
    found = Behind()
    for part in parts:
        found.assumptions |= part.assumptions
        for table, records in part.records.items():
            found.add(table, records)
    return found


def behind(
    function: Callable[[X], Mapping[str, Value]],
    inputs: Inputs,
    levers: Mapping[str, float],
    steps: Mapping[str, list[str]],
    policies: Mapping[str, Iterable[str]],
) -> dict[str, Behind]:
    """What stands behind each line of a stack.

    ``steps``: rows of the table of steps by measure; ``policies``: rows of the register by lever.
    """
    # At best values of zero a factor would hide what it multiplies.
    x = {entry.name: entry.central or entry.high for entry in inputs}
    read = reached(function, {**x, **levers})
    found = {}
    for line, names in read.items():
        own = found[line] = Behind()
        for name in names:
            if name in policies:
                own.add("policies", policies[name])
            elif (entry := inputs.named.get(name)) is None:
                continue
            elif entry.table == "assumptions":
                own.assumptions.update(entry.records)
            elif entry.table in TABLES:
                own.add(entry.table, entry.records)
        bought = any(n.startswith("cells.content.") for n in names) and line not in STEPS
        whole = any(n.startswith("cells.life.") for n in names) and line not in STEPS
        measures = ALL_STEPS if whole else () if bought else STEPS.get(line, ())
        for measure in measures:
            own.add("process-steps", steps[measure])
    return found


def reached(
    function: Callable[[X], Mapping[str, Value]], x: Mapping[str, float]
) -> dict[str, set[str]]:
    """The names of the inputs that lead to each line of a stack."""
    tape: list[Var] = []
    names = list(x)
    leaves = {name: Var(tape, x[name]) for name in names}
    lines = function(leaves)
    leading = {id(leaves[name]): 1 << bit for bit, name in enumerate(names)}
    for node in tape[len(names) :]:
        mask = 0
        for parent, _ in node.parents:
            mask |= leading[id(parent)]
        leading[id(node)] = mask
    found = {}
    for line, value in lines.items():
        mask = leading[id(value)] if isinstance(value, Var) else 0
        found[line] = {name for bit, name in enumerate(names) if mask >> bit & 1}
    return found
