"""What does a reader make of a file: rows of the table plants, and what it refuses?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multipolar.readers.table import Line, Table
from multipolar.words.errors import Fault

#: Cells of the table plants as text, by column.
Cells = dict[str, str]


@dataclass(frozen=True)
class Row:
    """One statement: cells of the table plants, and the line of the file that it stands in.

    ``firm`` and ``owners`` hold names as printed, ``plant`` an id that the plant has in the list.
    """

    line: int
    cells: Cells


@dataclass(frozen=True)
class Told:
    """What a list says of a firm beside its name; blank where it says nothing."""

    domicile: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Read:
    """What became of a file.

    ``lines`` counts its rows. A line may hold further entries, each a statement of its own, so that
    rows and refused together are at least as many.
    """

    rows: list[Row]
    refused: list[Fault]
    lines: int
    firms: dict[str, Told] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One format that somebody else publishes.

    ``reads`` says in a line what it is; ``read`` raises MultipolarError for another file.
    ``own_ids``: its plant ids are those of our own table, so that an equal id is the same plant.
    ``table``: where its rows go.
    """

    format: str
    reads: str
    read: Callable[[Path], Read]
    own_ids: bool = False
    table: str = "plants"


class Refused(Exception):
    """A statement that a reader does not take."""

    def __init__(self, column: str | None, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.column, self.problem, self.advice = column, problem, advice

    def at(self, file: str, line: int) -> Fault:
        """The refusal as a fault of a line of a file."""
        return Fault(file, line, self.column, self.problem, self.advice)


def read_lines(
    table: Table, statements: Callable[[Line], Iterable[Cells | Refused]], **told: Any
) -> Read:
    """Every line as its statements; ``told`` are the further fields of Read.

    A line that repeats another cell by cell is refused. Statements with an id that the file has
    already given are numbered.
    """
    rows: list[Row] = []
    refused = list(table.broken)
    seen: dict[tuple[str, ...], int] = {}
    for line in table.lines:
        first = seen.setdefault(line.texts, line.number)
        try:
            if first != line.number:
                raise Refused(None, f"repeats row {first}", "keep one of the rows")
            found = list(statements(line))
        except Refused as refusal:
            found = [refusal]
        for statement in found:
            if isinstance(statement, Refused):
                refused.append(statement.at(table.file, line.number))
            else:
                rows.append(Row(line.number, statement))
    _number(rows)
    refused.sort(key=lambda fault: fault.row or 0)
    return Read(rows, refused, len(table.lines) + len(table.broken), **told)


def _number(rows: list[Row]) -> None:
    """Give every statement an id of its own, in the order of the file."""
    taken = {row.cells["record"] for row in rows}
    seen: set[str] = set()
    for row in rows:
        record, count = row.cells["record"], 1
        if record in seen:
            while f"{record}-{count + 1}" in taken:
                count += 1
            row.cells["record"] = f"{record}-{count + 1}"
            taken.add(row.cells["record"])
        seen.add(row.cells["record"])
