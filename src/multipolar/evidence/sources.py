"""Who said it?

The bibliography is CSL-JSON (``data/sources.json``), which Zotero and other reference managers
read. ``custom.verified`` is false for a list that nobody checked and that names no licence: rows
read through it count as resting on one unverified list until another source says the same.
A source that a user cites in free text is an entry of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from multipolar.words.errors import UnknownWord
from multipolar.words.files import folder

#: The study whose claims are judged. A result that rests on it alone reproduces nothing.
STUDY = "mcbride-2026"


@dataclass(frozen=True)
class Source:
    """One publication; ``read`` says whether we read it or only know of it through another."""

    id: str
    title: str
    publisher: str
    date: str
    address: str
    licence: str
    verified: bool
    read: bool

    def __str__(self) -> str:
        parts = [self.publisher, self.title, self.date, self.address, self.licence]
        return ". ".join(part for part in parts if part)


@cache
def bibliography() -> dict[str, Source]:
    """Every source that ships with the package, by id."""
    text = folder("multipolar.evidence", "data", "sources.json").read_text(encoding="utf-8")
    return {entry["id"]: _source(entry) for entry in json.loads(text)}


def source(id: str) -> Source:
    """The source of that id; free text is a citation by the user. Raises UnknownWord."""
    known = bibliography()
    if id in known:
        return known[id]
    if "://" in id or " " in id:
        address = id if "://" in id else ""
        return Source(id, "" if address else id, "own citation", "", address, "", True, True)
    raise UnknownWord("source", id, known)


def unverified() -> frozenset[str]:
    """Ids of the lists that nobody checked."""
    return frozenset(entry.id for entry in bibliography().values() if not entry.verified)


def _source(entry: dict[str, Any]) -> Source:
    custom = entry.get("custom", {})
    parts = entry.get("issued", {}).get("date-parts", [[]])[0]
    return Source(
        id=entry["id"],
        title=entry.get("title", ""),
        publisher=entry.get("publisher", ""),
        date="-".join(f"{part:02d}" for part in parts),
        address=entry.get("URL", ""),
        licence=entry.get("license", ""),
        verified=custom.get("verified", True),
        read=custom.get("read", True),
    )
