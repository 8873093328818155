"""Which firm on record does a printed name mean, and who is entered where none does?

Spellings on record come first; then the name without legal form, case and accents; then without
what stands in brackets; then up to words that tell no firm from another (``Farasis`` and ``Farasis
Energy``, ``WeLion`` and ``Beijing WeLion``). A name of several firms is their joint venture.
Nothing is guessed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import polars as pl

from multipolar.evidence.schemas import schema
from multipolar.evidence.store import spellings
from multipolar.industry.linkage.spelling import fold
from multipolar.readers.geography import country, is_place
from multipolar.readers.reader import Refused, Told
from multipolar.readers.values import slug
from multipolar.words.files import read_rows

#: A name is not completed by words that tell no firm apart unless it has so many letters.
LETTERS_ENOUGH = 3
LONGEST_ID = 48
CHINESE_FORM = re.compile("(?:股份)?有限公司$")
SEVERAL = re.compile(r"\s*(?:[/&+,;]|\band\b|\bwith\b|\s[-–]\s)\s*")


class Firms:
    """Firms on record, and those that an import enters. ``entered`` has the columns of firms."""

    def __init__(self, firms: pl.DataFrame, plants: pl.DataFrame) -> None:
        """``plants`` says in which places a joint venture is at work."""
        self.entered: list[dict[str, Any]] = []
        self._ids: dict[str, str] = {}
        self._bare: dict[str, set[str]] = {}
        self._joined: dict[str, set[str]] = {}
        self._placeless: dict[str, set[str]] = {}
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        self._ventures: dict[frozenset[str], list[str]] = {}
        self._domiciles: dict[str, str] = {}
        self._places: set[tuple[str, str]] = set(plants.select("firm", "place").unique().rows())
        for row in firms.iter_rows(named=True):
            self._ids[row["firm"].casefold()] = row["firm"]
        for row in firms.iter_rows(named=True):
            self._add(row)

    def spellings(self) -> dict[str, str]:
        """Every spelling in small letters with its firm."""
        return dict(self._ids)

    def find(self, name: str, place: str = "") -> str:
        """The id of the firm that a name means; blank where none on record is meant."""
        outside, inside = _brackets(name)
        for form in (name, outside):
            found = self._exact(form) or self._completed(form, place)
            if found:
                return found
        return self._venture(outside, place) or (self._exact(inside) if inside else "")

    def firm(self, name: str, place: str, told: Told, note: str) -> str:
        """The id of a firm, which is entered if nobody knows it."""
        found = self.find(name, place)
        if not found and told.parent:
            found = self.find(told.parent)
        return found or self._enter(name, place, told, note)

    def owners(self, text: str, place: str, note: str) -> str:
        """Owners as ids with their shares as printed; several firms without shares likewise."""
        parts = text.split("|")
        if len(parts) == 1 and ":" not in text:
            several = self._several(text)
            if len(several) > 1:
                return "|".join(f"{id}:" for id in several)
        found = []
        for part in parts:
            name, colon, share = part.rpartition(":")
            name, share = (name, share) if colon else (share, "")
            id = self._exact(name) or self._completed(name)
            found.append(f"{id or self._enter(name, place, Told(), note)}:{share.strip()}")
        return "|".join(found)

    def _exact(self, name: str) -> str:
        """The firm that is spelled so, but for case, accents and legal form."""
        if name.strip().casefold() in self._ids:
            return self._ids[name.strip().casefold()]
        found = self._bare.get(bare(name)) or self._joined.get(bare(name).replace(" ", ""), set())
        return next(iter(found)) if len(found) == 1 else ""

    def _completed(self, name: str, place: str = "") -> str:
        """The one firm whose name differs only by words that tell no firm apart.

        These are words at its end as energy, and a town or region at its beginning. A name shorter
        than that on record means a firm that is at home or at work in the place.
        """
        mine = bare(name)
        rest = _placeless(mine)
        found = self._longer(mine, self._bare) or self._longer(mine, self._placeless)
        if not found and rest and not self._placeless.get(rest):
            found = self._bare.get(rest, set()) or self._longer(rest, self._bare)
        if not found:
            found = {id for id in self._shorter(mine) if self._is_at(id, place)}
        return next(iter(found)) if len(found) == 1 else ""

    def _longer(self, mine: str, known: dict[str, set[str]]) -> set[str]:
        """Firms whose name is a bare name without general words at its end."""
        found: set[str] = set(known.get(mine, ()))
        for short in _shortened(mine.split()):
            found |= known.get(" ".join(short), set())
        return found

    def _shorter(self, mine: str) -> set[str]:
        """Firms whose name has general words behind a bare name."""
        found: set[str] = set()
        if len(mine) >= LETTERS_ENOUGH:
            for other, id in self._by_first.get(mine.partition(" ")[0], ()):
                rest = set(other.removeprefix(mine).split())
                if other.startswith(f"{mine} ") and rest <= words("generic"):
                    found.add(id)
        return found

    def _is_at(self, firm: str, place: str) -> bool:
        return not place or self._domiciles[firm] == place or (firm, place) in self._places

    def _several(self, name: str) -> list[str]:
        """The firms that a name joins, if all its parts are firms on record."""
        parts = [part for part in SEVERAL.split(name) if bare(part)]
        parts = [part for part in parts if set(bare(part).split()) - words("legal")]
        ids = [self._exact(part) or self._completed(part) for part in parts]
        return list(dict.fromkeys(ids)) if len(parts) > 1 and all(ids) else []

    def _venture(self, name: str, place: str) -> str:
        """The joint venture of the firms that a name joins, or the one firm that they all are.

        Of several ventures of the same partners the one at work in the place is meant.
        """
        partners = self._several(name)
        if len(partners) == 1:
            return partners[0]
        if not partners and "/" in name:
            # Of two names of one firm only one may be on record.
            known = [self._exact(part) or self._completed(part) for part in name.split("/")]
            return next((id for id in known if id), "")
        found = self._ventures.get(frozenset(partners), []) if partners else []
        if len(found) > 1:
            found = [id for id in found if (id, place) in self._places]
        return found[0] if len(found) == 1 else ""

    def _enter(self, name: str, place: str, told: Told, note: str) -> str:
        outside, inside = _brackets(name)
        partners = self._several(outside)
        domicile, said = _domicile(told, place)
        if partners:
            domicile, said = self._domiciles[partners[0]], "that of the first partner"
        # In another script the brackets hold the same name; in Latin letters often an owner.
        forms = (name, outside, inside if not fold(inside) else "")
        written = [form.replace("|", "/") for form in forms if form]
        row = {
            "firm": self._id(outside or name),
            "name": (outside or name).replace("|", "/"),
            "domicile": domicile,
            "kind": "joint-venture" if partners else "firm",
            "owners": "|".join(f"{partner}:" for partner in partners) or None,
            "aliases": "|".join(self._free(written)) or None,
            "confidence": "low",
            "note": f"{note}; domicile: {said}; nobody has checked it",
        }
        self.entered.append(dict.fromkeys(schema("firms").columns) | row)
        self._add(self.entered[-1])
        return str(row["firm"])

    def _free(self, written: list[str]) -> list[str]:
        """Spellings that belong to nobody yet."""
        return [form for form in dict.fromkeys(written) if form.casefold() not in self._ids]

    def _id(self, name: str) -> str:
        parts = slug(name).split("-")
        while len(parts) > 1 and parts[-1] in words("legal"):
            parts.pop()
        stem = id = "-".join(parts)[:LONGEST_ID].strip("-")
        count = 1
        while id in self._ids:
            count += 1
            id = f"{stem}-{count}"
        return id

    def _add(self, row: dict[str, Any]) -> None:
        self._ids.setdefault(row["firm"].casefold(), row["firm"])
        self._domiciles[row["firm"]] = row["domicile"]
        for written in spellings(row):
            self._ids.setdefault(written.casefold(), row["firm"])
            for form in {written, _brackets(written)[0]}:
                self._index(bare(form), row["firm"])
        if row["owners"] and row["kind"] == "joint-venture":
            partners = frozenset(part.partition(":")[0] for part in row["owners"].split("|"))
            self._ventures.setdefault(partners, []).append(row["firm"])

    def _index(self, name: str, firm: str) -> None:
        """Let a firm be found by a bare name."""
        if not name:
            return
        self._bare.setdefault(name, set()).add(firm)
        self._joined.setdefault(name.replace(" ", ""), set()).add(firm)
        if _placeless(name):
            self._placeless.setdefault(_placeless(name), set()).add(firm)
        for known in (name, _placeless(name)):
            self._by_first.setdefault(known.partition(" ")[0], []).append((known, firm))


@cache
def words(kind: str) -> frozenset[str]:
    """Words of legal forms (``legal``), and those that tell no firm apart (``generic``)."""
    rows = read_rows("multipolar.bring", "firm_words.csv")
    return frozenset(row["word"] for row in rows if row["kind"] == kind)


def bare(name: str) -> str:
    """A name in small letters without accents, full stops and legal form.

    >>> bare("Chuneng New Energy Co., Ltd."), bare("Eni S.p.A."), bare("The Enel Corp.")
    ('chuneng new energy', 'eni', 'enel')
    """
    plain = CHINESE_FORM.sub("", name.strip()).replace(".", "").replace("&", " and ")
    folded = fold(plain) or " ".join(re.findall(r"\w+", plain.casefold()))
    kept = folded.split()
    while len(kept) > 1 and kept[-1] in words("legal"):
        kept.pop()
    return " ".join(kept[1:] if len(kept) > 1 and kept[0] == "the" else kept)


def _shortened(name: list[str]) -> Iterator[list[str]]:
    """The name without one, two ... words at its end that tell no firm apart."""
    end = len(name)
    while end > 1 and name[end - 1] in words("generic"):
        end -= 1
        if len("".join(name[:end])) >= LETTERS_ENOUGH:
            yield name[:end]


def _placeless(name: str) -> str:
    """A bare name without the town or region that it begins with; blank where it does not."""
    first, _, rest = name.partition(" ")
    telling = set(rest.split()) - words("generic")
    return rest if is_place(first) and len(rest) >= LETTERS_ENOUGH and telling else ""


def _brackets(name: str) -> tuple[str, str]:
    """A name without its brackets, and what stands in the first of them."""
    inside = re.search(r"\(([^()]*)\)", name)
    outside = " ".join(re.sub(r"\([^()]*\)", " ", name).split())
    return outside or name, inside[1].strip() if inside and outside else ""


def _domicile(told: Told, place: str) -> tuple[str, str]:
    """The domicile that a list tells, else the country of the plant; and which of the two."""
    try:
        return country("domicile", told.domicile), "as the list has it"
    except Refused:
        return place, "the country of its plant"
