"""BatteryFactory (dmw24): export of a cell-plant database, with JSON inside its cells.

A row gives the nameplate of the whole planned site. Every entry of ``capacity_timeline`` is a
statement of its own: lines that ran at a year, or a target. GWh/yr. Nobody checked the database and
it names no licence: its confidence counts as medium at most.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from multipolar.readers import releases
from multipolar.readers.chemistry import mix
from multipolar.readers.geography import country, named
from multipolar.readers.reader import Cells, Read, Reader, Refused, Told, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import day, number, slug, word, year

LIST = "batteryfactory"
#: The database marks a row as blocked by a confidence of at most BLOCKED; from MEDIUM on it holds
#: the row for probable.
BLOCKED, MEDIUM = 0.25, 0.55
COLUMNS = {
    name: (name,)
    for name in (
        "id", "plant_name", "operator", "parent_company", "country", "latitude", "longitude",
        "status", "start_year", "nameplate_capacity_gwh", "capacity_ref_year", "capacity_timeline",
        "chemistry", "jv_partners", "source_url", "source_date", "confidence",
        "is_cell_manufacturer",
    )
}  # fmt: skip
REQUIRED = ("id", "plant_name", "operator", "country", "status", "nameplate_capacity_gwh")
STATUS = {
    "operational": "operating",
    "operating": "operating",
    "under construction": "under construction",
    "construction": "under construction",
    "announced": "announced",
    "planned": "announced",
    "paused": "paused",
    "on hold": "paused",
    "suspended": "paused",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "closed": "closed",
    "decommissioned": "closed",
    "unknown": "unknown",
    "": "unknown",
}
#: What an entry of the timeline counts, and the status that goes with it.
BASES = {
    "operational": ("online", "operating"),
    "operating": ("online", "operating"),
    "online": ("online", "operating"),
    "under construction": ("site target", "under construction"),
    "announced target": ("site target", "announced"),
    "announced": ("site target", "announced"),
    "planned": ("site target", "announced"),
    "target": ("site target", "announced"),
}
PILOT = re.compile(r"\bpilot\b|\bdemonstration\b|\bdemo\b|\bR&D\b", re.IGNORECASE)


def read(path: Path) -> Read:
    """Every cell plant that the database does not block, with the entries of its timeline."""
    table = read_table(path, COLUMNS, REQUIRED, "an export of BatteryFactory")
    firms = {line["operator"]: Told(parent=line["parent_company"]) for line in table.lines}
    newest = max([releases.issued(LIST), *(_date(line) for line in table.lines)])
    return read_lines(table, partial(_statements, table=table, newest=newest), firms=firms)


READER = Reader(
    "batteryfactory", "BatteryFactory: export of a database of cell plants (CSV with JSON)", read
)


def _statements(line: Line, table: Table, newest: str) -> Iterator[Cells | Refused]:
    if line["is_cell_manufacturer"].casefold() in ("false", "0", "no"):
        problem = "the list says that no cells are made here"
        raise Refused("is_cell_manufacturer", problem, "only cell plants are read")
    if not line["id"]:
        raise Refused("id", "no id", "give the row the id of its plant")
    confidence = _confidence(line, table)
    status = word("status", line["status"], STATUS)
    start = year("start_year", line["start_year"])
    date = day("source_date", line["source_date"]) or newest
    late = status == "operating" and start > date[:4]
    capacity = number("nameplate_capacity_gwh", line["nameplate_capacity_gwh"], table.decimal_comma)
    source = releases.cite(line["source_url"], LIST)
    place = country("country", line["country"])
    where = named(line["plant_name"], place)
    latitude = number("latitude", line["latitude"], table.decimal_comma)
    longitude = number("longitude", line["longitude"], table.decimal_comma)
    plant = f"batteryfactory-{slug(line['id'])}"
    main = {
        "record": plant,
        "plant": plant,
        "name": line["plant_name"],
        "firm": line["operator"] or line["parent_company"],
        "place": place,
        "region": where.region,
        "town": where.town,
        "latitude": latitude,
        "longitude": longitude,
        "coordinate_basis": "approximate" if latitude and longitude else "",
        "stage": "cell",
        "chemistry": mix(line["chemistry"]),
        "scale": "pilot" if PILOT.search(line["plant_name"]) else "commercial",
        "capacity": capacity,
        "unit": "GWh/yr" if capacity else "",
        "capacity_basis": "full site" if capacity else "",
        "capacity_year": year("capacity_ref_year", line["capacity_ref_year"]) if capacity else "",
        "status": status,
        "status_date": newest if late else date,
        "start_year": start,
        "source": source,
        "via": LIST if source != LIST else "",
        "identifier": line["id"],
        "date": newest if late else date,
        "confidence": confidence,
        "note": "dated by the list: the page it cites is older than the start" if late else "",
    }
    yield main
    yield from _timeline(line, main)


def _timeline(line: Line, main: Cells) -> Iterator[Cells | Refused]:
    """The entries of a timeline as statements of their own."""
    if not line["capacity_timeline"]:
        return
    try:
        entries = json.loads(line["capacity_timeline"])
        if not isinstance(entries, list):
            raise ValueError
    except (ValueError, RecursionError):
        yield Refused("capacity_timeline", "not readable as a JSON list", "mend the cell")
        return
    for entry in entries:
        try:
            yield _entry(entry, main)
        except Refused as refusal:
            yield refusal


def _entry(entry: Any, main: Cells) -> Cells:
    column = "capacity_timeline"
    if not isinstance(entry, dict):
        raise Refused(column, f"the entry {str(entry)[:40]!r} is no object", "mend the cell")
    told = {key: "" if value is None else str(value).strip() for key, value in entry.items()}
    plain = told.get("basis", "").replace("_", " ").casefold()
    if plain not in BASES:
        problem = f"unknown basis {told.get('basis', '')!r} of an entry"
        raise Refused(column, problem, f"read are: {', '.join(BASES)}")
    basis, status = BASES[plain]
    capacity = number(column, told.get("cumulative_gwh", ""))
    at = year(column, told.get("year", ""))
    if not capacity or not at:
        problem = "an entry without cumulative_gwh or without year"
        raise Refused(column, problem, "only entries with both are read")
    date = day(column, told.get("source_date", "")) or main["date"]
    source = releases.cite(told.get("source_url", ""), main["source"])
    return main | {
        "record": f"{main['record']}-{slug(basis)}-{at}",
        "capacity": capacity,
        "unit": "GWh/yr",
        "capacity_basis": basis,
        "capacity_year": at,
        "status": status,
        "status_date": date,
        "source": source,
        "via": LIST if source != LIST else "",
        "date": date,
        "note": "",
    }


def _confidence(line: Line, table: Table) -> str:
    """Ours for that of the database, which runs from 0 to 1."""
    text = number("confidence", line["confidence"], table.decimal_comma)
    if not text:
        return "low"
    if float(text) <= BLOCKED:
        problem = f"the list marks the row as blocked (confidence {text})"
        raise Refused("confidence", problem, "such rows are not read")
    return "medium" if float(text) >= MEDIUM else "low"


def _date(line: Line) -> str:
    try:
        return day("source_date", line["source_date"])
    except Refused:
        return ""
