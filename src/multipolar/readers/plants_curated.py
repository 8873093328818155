"""Plant table of the curated layout (plants.csv, plants-nextgen.csv): one row per observation.

Its plant ids are those of our own table. Where a row was read through a list, the page that the
list cites is the source and the list is *via*; a list that nobody checked counts as medium at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.evidence.sources import unverified
from multipolar.readers import releases
from multipolar.readers.chemistry import mix
from multipolar.readers.geography import country
from multipolar.readers.reader import Cells, Read, Reader, Refused, Told, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import day, number, slug, word, year
from multipolar.words.chemistries import chemistries

COLUMNS = {
    name: (name,)
    for name in (
        "plant_id", "record_id", "name", "company", "company_hq_iso3", "owners", "host_iso3",
        "region_admin1", "city", "lat", "lon", "coord_basis", "product", "chemistry", "scale",
        "capacity_gwh", "capacity_kt", "capacity_msqm", "capacity_unit", "capacity_basis",
        "capacity_year", "scope", "status", "status_as_of", "start_year", "source_title",
        "source_url", "cited_url", "source_date", "quote_or_note", "confidence",
    )
}  # fmt: skip
REQUIRED = ("plant_id", "record_id", "company", "host_iso3", "product", "status")
STAGES = {
    "cell": "cell",
    "cam": "cathode active material",
    "aam": "anode active material",
    "silicon anode": "anode active material",
    "separator": "separator",
    "electrolyte": "electrolyte",
    "precursor": "precursor",
    "pcam": "precursor",
    "foil": "foil",
    "pack": "pack",
    "module": "pack",
    "recycling": "recycling",
}
CHEMISTRIES = {
    "Li-metal-SSB": "Li-metal-solid-state",
    "SSB": "Li-metal-solid-state",
    "SSB-unspecified": "Li-metal-solid-state",
    "SSB-semi": "Li-metal-semi-solid",
    "SSB-sulfide": "Li-metal-solid-state-sulfide",
    "graphite": "Li-ion",
    "LiPF6/electrolyte": "Li-ion",
    "NMC-pCAM": "NMC",
    "polymer electrolyte": "Li-metal-solid-state",
    "sodium-chloride solid-state": "other",
    "": "unknown",
}
UNITS = {"capacity_gwh": "GWh/yr", "capacity_kt": "kt/yr", "capacity_msqm": "million m2/yr"}
BASES = {
    "nameplate full site": "full site",
    "online cumulative": "online",
    "phase": "phase",
    "site target": "site target",
    "as stated": "as stated",
    "company nameplate": "company",
    "list maximum": "list maximum",
    "2030 capacity": "2030 capacity",
    "": "as stated",
}
POINTS = {
    "source": "source",
    "source approximate": "approximate",
    "gazetteer city": "town",
    "gazetteer nearby": "town",
    "gazetteer region seat": "region",
    "none": "",
    "": "approximate",
}
STATUS = {
    "operating": "operating",
    "under construction": "under construction",
    "announced": "announced",
    "paused": "paused",
    "cancelled": "cancelled",
    "closed": "closed",
    "unspecified": "unknown",
    "unknown": "unknown",
    "": "unknown",
}
SCALES = {"commercial": "commercial", "pilot": "pilot", "": "commercial"}
CONFIDENCE = {"high": "high", "medium": "medium", "low": "low", "": "low"}
#: Lists by what the title of a source says: the source (else the page cited), and the list via
#: which it was read.
LISTS = (
    (r"BatteryFactory", "", "batteryfactory"),
    (r"LFP Atlas", "", "lfp-atlas-0-3-6"),
    (r"Clean Investment Monitor.*2026.?Q2", "cim-2026q2", ""),
    (r"Clean Investment Monitor.*2024.?Q4", "cim-2024q4", ""),
    (r"Battery-News\.de, Battery cell", "battery-news-2026-02", "policyfocus"),
    (r"Transport & Environment, An ind", "transport-environment-2024-05", "policyfocus"),
    (r"policyfocus", "", "policyfocus"),
    (r"^SI\. IRA", "cheng-na-ev-2024", ""),
)  # fmt: skip
OF_CIM = re.compile(r"\bM\.B\.\w+")


def read(path: Path) -> Read:
    """Every observation."""
    table = read_table(path, COLUMNS, REQUIRED, "a plant table of the curated layout")
    firms = {
        line["company"]: Told(domicile=line["company_hq_iso3"])
        for line in table.lines
        if line["company_hq_iso3"]
    }
    return read_lines(table, partial(_statements, table=table), firms=firms)


READER = Reader(
    "plants-curated",
    "Plant table of the curated layout: plants.csv and plants-nextgen.csv (CSV)",
    read,
    own_ids=True,
)


def _statements(line: Line, table: Table) -> Iterator[Cells]:
    if not line["record_id"] or not line["plant_id"]:
        raise Refused("record_id", "no plant_id or record_id", "give the row both")
    capacity, unit = _capacity(line, table)
    status = word("status", line["status"], STATUS)
    start = year("start_year", line["start_year"])
    date = day("source_date", line["source_date"])
    status_date = day("status_as_of", line["status_as_of"])
    source, via = _cited(line)
    confidence = word("confidence", line["confidence"], CONFIDENCE)
    if confidence == "high" and unverified() & {source, via}:
        confidence = "medium"
    note = ""
    if via == "batteryfactory" and status == "operating" and start > date[:4]:
        date = status_date = max(date, releases.issued(via))
        note = "dated by the list: the page it cites is older than the start"
    latitude = number("lat", line["lat"], table.decimal_comma)
    of_cim = OF_CIM.search(line["quote_or_note"]) if source.startswith("cim-") else None
    yield {
        "record": f"curated-{slug(line['record_id'])}",
        "plant": slug(line["plant_id"]),
        "name": line["name"] or line["company"],
        "firm": line["company"],
        "owners": line["owners"],
        "place": country("host_iso3", line["host_iso3"]),
        "region": line["region_admin1"],
        "town": line["city"],
        "latitude": latitude,
        "longitude": number("lon", line["lon"], table.decimal_comma),
        "coordinate_basis": word("coord_basis", line["coord_basis"], POINTS) if latitude else "",
        "stage": word("product", line["product"], STAGES),
        "chemistry": _chemistry(line["chemistry"]),
        "scale": word("scale", line["scale"], SCALES),
        "capacity": capacity,
        "unit": unit,
        "capacity_basis": _basis(line) if unit else "",
        "capacity_year": year("capacity_year", line["capacity_year"]),
        "status": status,
        "status_date": status_date,
        "start_year": start,
        "source": source,
        "via": via,
        "identifier": of_cim[0] if of_cim else "",
        "date": date,
        "confidence": confidence,
        "note": note,
    }


def _capacity(line: Line, table: Table) -> tuple[str, str]:
    """The capacity and its unit; blank where none of the three columns is filled."""
    found = [
        (number(column, line[column], table.decimal_comma), unit)
        for column, unit in UNITS.items()
        if line[column]
    ]
    if len(found) > 1:
        raise Refused("capacity_gwh", "several capacities in one row", "leave one of them")
    return found[0] if found else ("", "")


def _basis(line: Line) -> str:
    """What the capacity counts; a total of a company is one whatever else is said of it."""
    stated = word("capacity_basis", line["capacity_basis"], BASES)
    return "company" if line["scope"] == "company-total" else stated


def _chemistry(text: str) -> str:
    """A chemistry of the layout: one word, ``mixed:A/B`` or ``other:X``."""
    kind, _, rest = text.rpartition(":")
    parts = rest.split("/") if kind == "mixed" else [rest]
    found: list[str] = []
    for part in parts:
        meant = CHEMISTRIES.get(part) or (part if part in chemistries() else mix(part))
        if kind == "other" and meant == "unknown":
            meant = "other"
        found += [word for word in meant.split("|") if word not in found]
    return "|".join(found)


def _cited(line: Line) -> tuple[str, str]:
    """The source and the list via which it was read."""
    title, page, cited = line["source_title"], line["source_url"], line["cited_url"]
    for pattern, source, via in LISTS:
        if re.search(pattern, title):
            # A list that cites nothing but itself is the source.
            own = "" if cited == page or "github.com" in cited else cited
            source = source or releases.cite(own, via)
            return source, via if via != source else ""
    return releases.cite(page, title if " " in title else f"page {title}"), ""
