"""Any other list of plants, or table of trade flows, through a map of its columns to ours.

A map is proposed from the header (``columns.csv`` has the names that are known; where hardly any is
there, the map is to be filled in) and counts once the user has confirmed it; it then serves every
file with that header.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers import releases
from multipolar.readers.chemistry import mix
from multipolar.readers.flow_columns import FlowMap, flow_head, proposed
from multipolar.readers.flow_columns import read as read_flows_of
from multipolar.readers.flows import FlowReader
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
#: Where the rows of a map may go.
PLANTS, TRADE = "plants", "trade"
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
    ``table``: where its rows go, plants or trade; for trade see ``flow_columns``.
    """

    name: str
    header: tuple[str, ...]
    columns: dict[str, str]
    fixed: dict[str, str]
    unit: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    confirmed: bool = False
    table: str = PLANTS

    @property
    def key(self) -> str:
        """A number of the header: files that share it share the map."""
        text = "\n".join(normal(name) for name in self.header)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def fingerprint(self) -> str:
        """A number of everything that the map says."""
        told = [self.name, self.header, self.columns, self.fixed, self.unit, self.words]
        if self.table != PLANTS:
            told.append(self.table)
        return hashlib.sha256(repr(tuple(told)).encode()).hexdigest()[:12]

    @property
    def missing(self) -> list[str]:
        """What the map has to say and does not yet."""
        if self.table == TRADE:
            return self.flows.missing
        return [name for name in NEEDED if not self.columns.get(name) and not self.fixed.get(name)]

    @property
    def flows(self) -> FlowMap:
        """The map as one of a table of flows."""
        source = _source(self.fixed["source"], self) if self.fixed.get("source") else ""
        return FlowMap(self.name, self.columns, self.fixed | {"source": source}, self.words)


def propose(path: Path) -> ColumnMap:
    """A map of the columns of a file, to be filled in by hand where hardly a column is known.

    Raises MultipolarError where no line could be a header.
    """
    head, name = flow_head(path), slug(path.stem) or "list"
    if head:
        columns, fixed = proposed(path, head.header)
        return ColumnMap(name, _trimmed(head.header), columns, fixed, table=TRADE)
    header, known = _header(path)
    columns = {ours: header[at] for ours, at in known.items()}
    unit = _unit_of(columns.get("capacity", ""))
    quantity, _ = units.units().get(unit, ("", 1))
    fixed = dict(FIXED)
    if "stage" not in columns:
        fixed["stage"] = "cell" if quantity == "capacity" else ""
    fixed["source"] = f"own list {path.stem}"
    if not _is_list(known):
        columns = dict.fromkeys(sorted(set(_spellings().values())), "") | columns
    return ColumnMap(name, tuple(header), columns, fixed, unit)


def header_key(path: Path) -> str:
    """The number of the header of a file, by which its map is found again."""
    head = flow_head(path)
    header = _trimmed(head.header) if head else tuple(_header(path)[0])
    return ColumnMap("", header, {}, {}).key


def through_flows(map: ColumnMap) -> FlowReader:
    """A reader of tables of flows with the header of a map."""
    return FlowReader(FORMAT, READER.reads, partial(read_flows_of, map=map.flows))


def through(map: ColumnMap) -> Reader:
    """A reader of files with the header of a map."""
    return replace(READER, read=partial(_read, map=map))


def _unmapped(path: Path) -> Read:
    raise MultipolarError(f"{path.name}: its columns are not known yet; confirm a map of them")


READER = Reader(
    FORMAT, "Any other list of plants (CSV, XLSX) or of trade flows (CSV) by a map of its columns",
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
    """The header line and where the columns that we know stand in it.

    It is the line with the most columns that we know; where no line has enough of them, the longest
    of words only that another line follows.
    """
    best: tuple[list[str], dict[str, int]] = ([], {})
    plain: list[str] = []
    for _, records in attempts(path):
        before: list[str] = []
        for record in islice(records, HEADER_WITHIN):
            known = _known([normal(name) for name in record.cells])
            if len(known) > len(best[1]):
                best = (record.cells, known)
            words = [cell for cell in before if cell]
            if len(words) > len([cell for cell in plain if cell]) and _are_names(words):
                plain = before
            before = record.cells
    header, known = best
    if not _is_list(known):
        if not plain:
            advice = "give its columns such names as company, country, city, capacity, status"
            raise MultipolarError(f"{path.name}: no header that names columns we know; {advice}")
        header, known = plain, _known([normal(name) for name in plain])
    return list(_trimmed(header)), known


def _trimmed(header: list[str]) -> tuple[str, ...]:
    """A header without blank names at its end."""
    while header and not header[-1]:
        header = header[:-1]
    return tuple(header)


def _is_list(known: Iterable[str]) -> bool:
    """Whether the columns that we know make a list of plants."""
    found = set(known)
    return len(found) >= FEWEST_KNOWN and bool(TELLING & found)


def _are_names(cells: list[str]) -> bool:
    """Whether cells could be the header of a table: two at least, no number, none twice."""
    unlike = {normal(cell) for cell in cells}
    words = not any(re.fullmatch(r"[-\d.,%\s]+", cell) for cell in cells)
    return len(cells) >= FEWEST_KNOWN and words and len(unlike) == len(cells)


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
