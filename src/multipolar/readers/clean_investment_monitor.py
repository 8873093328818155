"""Clean Investment Monitor (Rhodium Group, MIT CEEPR): facility metadata of every release.

One row is one project; phases of a plant have ids of their own and share firm and address. The list
gives no capacity. The stage of electrode materials (EAM) is not told and stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers import releases, stages
from multipolar.readers.geography import region, town_of_address
from multipolar.readers.reader import Cells, Read, Reader, Refused, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import day, number, slug, word

PLACE = "USA"
COLUMNS = {
    "id": ("unique_id", "facility_id"),
    "segment": ("Segment",),
    "company": ("Company", "company_name", "Company_Name"),
    "technology": ("Technology",),
    "subcategory": ("Subcategory", "Sub_category"),
    "project": ("Project_Type",),
    "status": ("Current_Facility_Status", "Facility_Status", "Status"),
    "investment": ("Estimated_Total_Facility_CAPEX", "Total_Facility_CAPEX"),
    "announced": ("Announcement_Date",),
    "state": ("State",),
    "address": ("Address",),
    "latitude": ("Latitude", "lat"),
    "longitude": ("Longitude", "lon", "long"),
    "valid": ("LatLon_Valid",),
}
REQUIRED = ("id", "company", "subcategory", "status")
STATUS = {
    "announced": "announced",
    "under construction": "under construction",
    "operating": "operating",
    "retired": "closed",
    "canceled prior to operation": "cancelled",
    "cancelled prior to operation": "cancelled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "paused": "paused",
    "on hold": "paused",
}
#: What a subcategory makes, the most telling first; EAM is any material of electrodes.
STAGES = {"cells": "cell", "packs": "pack", "modules": "pack", "aam": "anode active material"}
#: Where the United States lie, for positions with a wrong sign.
LATITUDES, LONGITUDES = (13.0, 72.0), (-180.0, -64.0)


def read(path: Path) -> Read:
    """Every battery project; other technologies are refused."""
    table = read_table(path, COLUMNS, REQUIRED, "facility metadata of Clean Investment Monitor")
    release = _release(table)
    plants = _plants(table)
    return read_lines(table, partial(_statements, table=table, release=release, plants=plants))


READER = Reader(
    "clean-investment-monitor",
    "Clean Investment Monitor: facility metadata, US battery projects (CSV, any release)",
    read,
)


def _statements(
    line: Line, table: Table, release: releases.Release, plants: dict[str, str]
) -> Iterator[Cells]:
    id, company, listed = line["id"], line["company"], line["subcategory"]
    if line["technology"] not in ("", "Batteries"):
        problem = f"technology {line['technology']!r} is not batteries"
        raise Refused("Technology", problem, "only battery projects are read")
    if line["segment"] not in ("", "Manufacturing") or not re.match(r"M\.B\.", id):
        problem = f"{id!r} is no project of battery manufacturing"
        raise Refused("unique_id", problem, "ids of such projects begin with M.B.")
    if not company:
        raise Refused("Company", "no company", "nothing is known of it without one")
    place_in_state = town_of_address(PLACE, line["address"])
    latitude, longitude, basis = _position(line, table)
    remarks = [line["project"], f"announced {line['announced']}" if line["announced"] else ""]
    invested = number("Estimated_Total_Facility_CAPEX", line["investment"], table.decimal_comma)
    remarks.append(f"investment {float(invested):.0f} million US$" if invested else "")
    remarks.append(f"listed as {listed}")
    yield {
        "record": f"cim-{slug(id.removeprefix('M.B.'))}-{release.short}",
        "plant": plants[id],
        "name": f"{company} {place_in_state}".strip(),
        "firm": company,
        "place": PLACE,
        "region": region(PLACE, line["state"]),
        "town": place_in_state,
        "latitude": latitude,
        "longitude": longitude,
        "coordinate_basis": basis,
        "stage": _stage(listed, company),
        "chemistry": "unknown",
        "scale": "commercial",
        "status": word("Current_Facility_Status", line["status"], STATUS),
        "status_date": release.date,
        "source": release.source,
        "identifier": id,
        "date": release.date,
        "confidence": "medium",
        "note": "; ".join(remark for remark in remarks if remark),
    }


def _stage(listed: str, company: str) -> str:
    kinds = [kind.strip().casefold() for kind in listed.split(",")]
    told = next((stage for kind, stage in STAGES.items() if kind in kinds), "")
    return told or stages.of_name(company)


def _position(line: Line, table: Table) -> tuple[str, str, str]:
    """Latitude, longitude and what they point at; a position outside the country is left out."""
    latitude = number("Latitude", line["latitude"], table.decimal_comma)
    longitude = number("Longitude", line["longitude"], table.decimal_comma)
    if not latitude or not longitude:
        return "", "", ""
    inside = LATITUDES[0] < float(latitude) < LATITUDES[1]
    if not inside or not LONGITUDES[0] < float(longitude) < LONGITUDES[1]:
        return "", "", ""
    basis = "approximate" if line["valid"].casefold() in ("false", "0", "no") else "source"
    return latitude, longitude, basis


def _plants(table: Table) -> dict[str, str]:
    """A plant for each id: projects of one company, address and stage are one plant.

    It is called after the first of its ids in alphabetical order, so that releases agree.
    """
    first: dict[tuple[str, ...], str] = {}
    plants = {}
    for line in sorted(table.lines, key=lambda line: line["id"]):
        site = slug(line["address"]) or line["id"]
        stage = _stage(line["subcategory"], line["company"])
        key = (slug(line["company"]), site, stage or line["subcategory"])
        id = slug(line["id"].removeprefix("M.B."))
        plants[line["id"]] = first.setdefault(key, f"cim-{id}")
    return plants


def _release(table: Table) -> releases.Release:
    """The release that the title lines or the name of the file give.

    Else the list is as old as the newest date in it.
    """
    version = " ".join(" ".join(cells) for cells in table.title)
    quarter = releases.quarter_in(version) or releases.quarter_in(table.file)
    source = f"cim-{quarter}"
    if source in bibliography():
        return releases.Release(source, releases.issued(source), quarter)
    date = releases.date_in(version) or releases.date_in(table.file)
    if quarter:
        date = date or releases.quarter_end(quarter)
    else:
        date = date or max((_announced(line) for line in table.lines), default="")
    called = quarter.upper() if quarter else f"of {date}"
    citation = f"Clean Investment Monitor, facility metadata, release {called}"
    return releases.Release(citation, date, quarter or slug(date))


def _announced(line: Line) -> str:
    try:
        return day("Announcement_Date", line["announced"])
    except Refused:
        return ""
