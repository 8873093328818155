"""Any other list of plants, as CSV or workbook, through a map of its columns to ours.

A map is proposed from the header (``columns.csv`` has the names that are known) and counts once the
user has confirmed it; it then serves every file with that header.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers import releases
from multipolar.readers.chemistry import mix
from multipolar.readers.geography import located, region
from multipolar.readers.reader import Cells, Read, Reader, Refused, Told, read_lines
from multipolar.readers.table import (
    HEADER_WITHIN,
    Line,
    Table,
    attempts,
    normal,
    read_table,
)
from multipolar.readers.values import day, number, slug, word, year
from multipolar.words import units
from multipolar.words.chemistries import chemistries
from multipolar.words.errors import MultipolarError
from multipolar.words.files import read_rows

FORMAT = "columns"
#: Fewer columns that we know make no list of plants, nor does one without any of these.
FEWEST_KNOWN, TELLING = 2, {"firm", "place"}
#: What has to come from a column, or to be the same for every row of the list.
NEEDED = ("firm", "place", "stage", "source")
#: What holds for every row where the list says nothing.
FIXED = {"chemistry": "unknown", "scale": "commercial", "status": "unknown", "confidence": "medium"}
#: Words of a header that give the unit of the capacity.
UNITS = {
    "gwh": "GWh/yr", "mwh": "MWh/yr", "twh": "TWh/yr", "kt": "kt/yr", "ktpa": "kt/yr",
    "kta": "kt/yr", "t": "t/yr", "tpa": "t/yr", "tonnes": "t/yr", "tons": "t/yr", "mt": "Mt/yr",
    "msqm": "million m2/yr",
}  # fmt: skip


@dataclass(frozen=True)
class ColumnMap:
    """Which of their columns (by its name in the header) holds which of ours.

    ``fixed``: what holds for every row. ``words``: further words of theirs by our column.
    """

    name: str
    header: tuple[str, ...]
    columns: dict[str, str]
    fixed: dict[str, str]
    unit: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    confirmed: bool = False

    @property
    def key(self) -> str:
        """A number of the header: files that share it share the map."""
        text = "\n".join(normal(name) for name in self.header)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def fingerprint(self) -> str:
        """A number of everything that the map says."""
        told = (self.name, self.header, self.columns, self.fixed, self.unit, self.words)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:12]

    @property
    def missing(self) -> list[str]:
        """What the map has to say and does not yet."""
        return [name for name in NEEDED if not self.columns.get(name) and not self.fixed.get(name)]


def propose(path: Path) -> ColumnMap:
    """A map of the columns of a file. Raises MultipolarError where hardly a column is known."""
    header, known = _header(path)
    columns = {ours: header[at] for ours, at in known.items()}
    unit = _unit_of(columns.get("capacity", ""))
    quantity, _ = units.units().get(unit, ("", 1))
    fixed = dict(FIXED)
    if "stage" not in columns:
        fixed["stage"] = "cell" if quantity == "capacity" else ""
    fixed["source"] = f"own list {path.stem}"
    return ColumnMap(slug(path.stem) or "list", tuple(header), columns, fixed, unit)


def header_key(path: Path) -> str:
    """The number of the header of a file, by which its map is found again."""
    header, _ = _header(path)
    return ColumnMap("", tuple(header), {}, {}).key


def through(map: ColumnMap) -> Reader:
    """A reader of files with the header of a map."""
    return replace(READER, read=partial(_read, map=map))


def _unmapped(path: Path) -> Read:
    raise MultipolarError(f"{path.name}: its columns are not known yet; confirm a map of them")


READER = Reader(
    FORMAT, "Any other list of plants through a map of its columns, confirmed once (CSV, XLSX)",
    _unmapped,
)  # fmt: skip


def _read(path: Path, map: ColumnMap) -> Read:
    columns = {ours: (theirs,) for ours, theirs in map.columns.items() if theirs}
    table = read_table(path, columns, columns, f"a file of the list {map.name}")
    firms = {line["firm"]: Told(domicile=line["domicile"]) for line in table.lines}
    date = releases.date_in(path.stem) or _last_change(path)
    statements = partial(_statements, table=table, map=map, date=date)
    told = {firm: told for firm, told in firms.items() if told.domicile}
    return read_lines(table, statements, firms=told)


def _statements(line: Line, table: Table, map: ColumnMap, date: str) -> Iterator[Cells]:
    def cell(column: str) -> str:
        return line[column] or map.fixed.get(column, "")

    firm = cell("firm")
    if not firm:
        raise Refused(map.columns.get("firm"), "no firm", "name the firm that runs the plant")
    place = map.words.get("place", {}).get(cell("place"), cell("place"))
    where = located(map.columns.get("place", "place"), place, cell("town"))
    town = cell("town") or where.town
    capacity, unit = _amount(cell("capacity"), cell("unit") or map.unit, table)
    latitude = number("latitude", line["latitude"], table.decimal_comma)
    longitude = number("longitude", line["longitude"], table.decimal_comma)
    stage = _word("stage", cell("stage"), map)
    id = slug(line["identifier"]) or slug(f"{firm} {cell('name') or town} {where.place} {stage}")
    stated = day("date", cell("date")) or date
    yield {
        "record": f"own-{map.name}-{id}",
        "plant": f"own-{map.name}-{id}",
        "name": cell("name") or f"{firm} {town}".strip(),
        "firm": firm,
        "owners": cell("owners"),
        "place": where.place,
        "region": region(where.place, cell("region")) or where.region,
        "town": town,
        "latitude": latitude if longitude else "",
        "longitude": longitude if latitude else "",
        "coordinate_basis": "source" if latitude and longitude else "",
        "stage": stage,
        "chemistry": _chemistry(cell("chemistry")),
        "scale": _word("scale", cell("scale"), map),
        "capacity": capacity,
        "unit": unit,
        "capacity_basis": "as stated" if capacity else "",
        "capacity_year": year("capacity_year", cell("capacity_year")) if capacity else "",
        "status": _word("status", cell("status"), map),
        "status_date": day("status_date", cell("status_date")) or stated,
        "start_year": year("start_year", cell("start_year")),
        "source": _source(cell("source"), map),
        "identifier": line["identifier"],
        "date": stated,
        "confidence": _word("confidence", cell("confidence"), map),
        "note": cell("note"),
    }


def _header(path: Path) -> tuple[list[str], dict[str, int]]:
    """The header line with the most columns that we know, and where these stand."""
    best: tuple[list[str], dict[str, int]] = ([], {})
    for _, records in attempts(path):
        for count, record in enumerate(records):
            if count >= HEADER_WITHIN:
                break
            known = _known([normal(name) for name in record.cells])
            if len(known) > len(best[1]):
                best = (record.cells, known)
    if len(best[1]) < FEWEST_KNOWN or not TELLING & set(best[1]):
        advice = "give its columns such names as company, country, city, capacity, status"
        raise MultipolarError(f"{path.name}: no header that names columns we know; {advice}")
    header, known = best
    while header and not header[-1]:
        header = header[:-1]
    return header, known


def _known(names: list[str]) -> dict[str, int]:
    """Where our columns stand in a header: by their whole name first, then by a part of it."""
    found: dict[str, int] = {}
    spellings = _spellings()
    for at, name in enumerate(names):
        ours = spellings.get(name)
        if ours and ours not in found:
            found[ours] = at
    parts = sorted(spellings, key=lambda spelling: -len(spelling))
    for at, name in enumerate(names):
        words = set(name.split("_"))
        for spelling in parts:
            ours = spellings[spelling]
            if ours in found or at in found.values() or ours in ("identifier", "capacity_year"):
                continue
            if set(spelling.split("_")) <= words:
                found[ours] = at
    return found


@cache
def _spellings() -> dict[str, str]:
    rows = read_rows("multipolar.readers", "columns.csv")
    return {normal(row["header"]): row["column"] for row in rows}


def _unit_of(header: str) -> str:
    return next((UNITS[word] for word in normal(header).split("_") if word in UNITS), "")


def _amount(text: str, unit: str, table: Table) -> tuple[str, str]:
    """A capacity and its unit; a unit in the cell itself counts before that of the column."""
    found = re.fullmatch(r"(.*?\d)\s*([A-Za-z][A-Za-z0-9 /]*)", text)
    if found:
        unit = _unit_of(found[2]) or unit
        text = found[1] if _unit_of(found[2]) else text
    value = number("capacity", text, table.decimal_comma)
    unit = unit if unit in units.units() else _unit_of(unit) or unit
    return value, unit if value else ""


def _word(column: str, text: str, map: ColumnMap) -> str:
    """Our word for one of theirs: of the map, of those known to all, or ours already."""
    rows = read_rows("multipolar.readers", "words.csv")
    known = {row["word"]: row["ours"] for row in rows if row["column"] == column}
    own = {
        normal(theirs).replace("_", " "): ours for theirs, ours in map.words.get(column, {}).items()
    }
    try:
        return word(column, text, known | own)
    except Refused as refusal:
        advice = f'add it to the map of columns: "words": {{"{column}": {{"{text}": "..."}}}}'
        raise Refused(map.columns.get(column, column), refusal.problem, advice) from None


def _chemistry(text: str) -> str:
    parts = [part.partition(":")[0] for part in text.split("|")]
    return text if all(part in chemistries() for part in parts) else mix(text)


def _source(text: str, map: ColumnMap) -> str:
    """An address, an id of the bibliography or several words; one word gets the list as company."""
    if "://" in text:
        return releases.cite(text)
    if text in bibliography() or " " in text:
        return text
    return f"{text} in the list {map.name}"


def _last_change(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
