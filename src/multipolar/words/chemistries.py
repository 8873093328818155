"""Which chemistries are there, and how do they nest?

One hierarchy with anode, cathode and electrolyte. ``study_chemistry`` is the study's grouping
of six. An unknown chemistry is a band of its own, never NMC. Plant sources rarely say whether
a solid-state cell has a lithium-metal anode, so what stands under Li-metal is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chemistry:
    """One entry of the hierarchy; empty fields are open (any cathode, any electrolyte)."""

    chemistry: str
    parent: str
    label: str
    anode: str
    cathode: str
    electrolyte: str
    study_chemistry: str


@cache
def chemistries() -> dict[str, Chemistry]:
    """Every chemistry by its name."""
    rows = read_rows("multipolar.words", "chemistries.csv")
    return {row["chemistry"]: Chemistry(**row) for row in rows}


def family(chemistry: str) -> str:
    """The topmost ancestor but Li-ion: the band that charts and totals use.

    >>> family("LMFP"), family("Li-metal-solid-state-sulfide"), family("NCA")
    ('LFP', 'Li-metal', 'NCA')
    """
    entry = get(chemistry)
    while entry.parent not in ("", "Li-ion"):
        entry = chemistries()[entry.parent]
    return entry.chemistry


def get(chemistry: str) -> Chemistry:
    """The entry of that name. Raises UnknownWord."""
    if chemistry not in chemistries():
        raise UnknownWord("chemistry", chemistry, chemistries())
    return chemistries()[chemistry]
