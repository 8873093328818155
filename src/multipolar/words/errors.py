"""What can go wrong, as one tree.

MultipolarError            every error that a user may see; printed in one line, exit 1
├── UnknownWord            a place, chemistry, unit, table, figure ... that nobody knows
├── UnitMismatch           two quantities whose units or boundaries do not agree
├── EvidenceError          evidence that contradicts itself (as a correction without a row)
└── FaultyInput            a file that was refused; carries every fault, not only the first
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: How many known words a message lists when none is near.
SHOWN = 12
#: A word that is so much less like the one asked for than the nearest is not offered beside it.
FAR = 0.15


class MultipolarError(Exception):
    """Base of every error that is explained to the user in one line."""


class UnknownWord(MultipolarError):
    """A word outside its vocabulary; the message offers near ones."""

    def __init__(self, kind: str, word: object, known: Iterable[str]) -> None:
        super().__init__(kind, word)
        self.kind, self.word, self.known = kind, word, sorted(known)

    @property
    def problem(self) -> str:
        """What is wrong, without advice."""
        return f"unknown {self.kind} {str(self.word)!r}"

    def __str__(self) -> str:
        return f"{self.problem}: {self.advice}"

    @property
    def advice(self) -> str:
        """Near words, or the first of those that are known."""
        lowered = {name.lower(): name for name in self.known}
        word = str(self.word).lower()
        near = difflib.get_close_matches(word, lowered, n=3, cutoff=0.5)
        if near:
            likeness = [difflib.SequenceMatcher(None, name, word).ratio() for name in near]
            best = [n for n, like in zip(near, likeness, strict=True) if like > likeness[0] - FAR]
            return f"did you mean {' or '.join(lowered[name] for name in best)}?"
        more = " ..." if len(self.known) > SHOWN else ""
        return f"known are {', '.join(self.known[:SHOWN])}{more}"


class UnitMismatch(MultipolarError):
    """Quantities that may not be combined: other unit, currency, price year or boundary."""


class EvidenceError(MultipolarError):
    """Evidence that cannot be used as it stands."""


@dataclass(frozen=True)
class Fault:
    """One fault of an input: where, and what to do. ``row`` counts the header as 1."""

    file: str
    row: int | None
    column: str | None
    problem: str
    advice: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.problem}; {self.advice}"


class FaultyInput(MultipolarError):
    """A refused input. ``faults`` lists everything that is wrong with it; nothing was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(str(self))

    def __str__(self) -> str:
        files = sorted({fault.file for fault in self.faults})
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        lines = [f"refused {', '.join(files)}: {count}, nothing was stored"]
        return "\n".join(lines + [f"  {fault}" for fault in self.faults])
