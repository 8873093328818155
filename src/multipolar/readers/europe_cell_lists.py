"""Three lists of European cell plants, as transcribed by policyfocus: Battery-News, Transport &
Environment, and its own.

They share their columns; the name of the file tells them apart, else what only one of them has.
GWh/yr: Battery-News gives the largest number announced, Transport & Environment that of 2030.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from multipolar.readers import releases
from multipolar.readers.geography import country
from multipolar.readers.reader import Cells, Read, Reader, Refused, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import number, slug, word, year
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnknownWord

VIA = "policyfocus"
COLUMNS = {
    "company": ("company",),
    "site": ("site", "location"),
    "country": ("country_iso2", "country"),
    "gwh": ("gwh", "capacity_gwh"),
    "year": ("year",),
    "status": ("status",),
    "page": ("source_page",),
    "note": ("note",),
}
REQUIRED = ("company", "site", "country", "gwh", "status")
STATUS = {
    "operating": "operating",
    "operational": "operating",
    "construction": "under construction",
    "under construction": "under construction",
    "announced": "announced",
    "planned": "announced",
    "paused": "paused",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "closed": "closed",
    "unspecified": "unknown",
    "unknown": "unknown",
    "": "unknown",
}


@dataclass(frozen=True)
class Kind:
    """One of the lists: its release on record, how its file is called, and what it counts."""

    short: str
    source: str
    called: str
    title: str
    basis: str


KINDS = (
    Kind(
        "battery-news", "battery-news-2026-02", r"battery.?news",
        "Battery-News.de, battery cell production in Europe", "list maximum",
    ),
    Kind(
        "te", "transport-environment-2024-05", r"transport|\bt.?(?:&|and).?e\b|(?:^|[-_ ])te[-_ ]",
        "Transport & Environment, list of battery plants in Europe", "2030 capacity",
    ),
    Kind(
        "policyfocus", "policyfocus", r"policy.?focus",
        "policyfocus, list of battery plants in Europe", "as stated",
    ),
)  # fmt: skip


def read(path: Path) -> Read:
    """Every plant of one of the three lists."""
    table = read_table(path, COLUMNS, REQUIRED, "one of the European cell lists")
    kind, told = _kind(table)
    release, dated = _release(kind, table.file)
    remarks = tuple(remark for remark in (told, dated) if remark)
    statements = partial(_statements, table=table, kind=kind, release=release)
    return read_lines(table, statements, remarks=remarks)


READER = Reader(
    "europe-cell-lists",
    "European cell plants: Battery-News, Transport & Environment, policyfocus (CSV)",
    read,
)


def _statements(line: Line, table: Table, kind: Kind, release: releases.Release) -> Iterator[Cells]:
    place = country("country_iso2", line["country"])
    company, town = line["company"], line["site"]
    if not company:
        raise Refused("company", "no company", "nothing is known of it without one")
    if _is_country(town):
        # Only the country is named; a town may stand in brackets behind the company.
        inside = re.search(r"\(([^)]*)\)\s*$", company)
        town = inside[1] if inside else ""
        company = company[: inside.start()].strip() if inside else company
    capacity = number("gwh", line["gwh"], table.decimal_comma)
    status = word("status", line["status"], STATUS)
    cited = releases.cite(line["page"], release.source)
    via = VIA if cited != VIA and kind.source == VIA else ""
    if kind.source != VIA and release.source == kind.source:
        via = VIA
    site = slug(f"{company} {town} {place}")
    yield {
        "record": f"europe-{kind.short}-{site}-{release.short}",
        "plant": f"europe-{kind.short}-{site}",
        "name": f"{company} {town}".strip(),
        "firm": company,
        "place": place,
        "town": town,
        "stage": "cell",
        "chemistry": "unknown",
        "scale": "commercial",
        "capacity": capacity,
        "unit": "GWh/yr" if capacity else "",
        "capacity_basis": kind.basis if capacity else "",
        "capacity_year": year("year", line["year"]) if capacity else "",
        "status": status,
        "status_date": release.date,
        "source": cited,
        "via": via,
        "date": release.date,
        "confidence": "medium" if town else "low",
        "note": "" if town else "the list names only the country",
    }


def _is_country(text: str) -> bool:
    try:
        return places.resolve(text) in places.countries()
    except UnknownWord:
        return False


def _kind(table: Table) -> tuple[Kind, str]:
    """Which list it is, and a remark where that had to be concluded. Raises MultipolarError."""
    name = table.file.casefold()
    for kind in KINDS:
        if re.search(kind.called, name):
            return kind, ""
    kinds = {kind.short: kind for kind in KINDS}
    years = {line["year"] for line in table.lines if line["gwh"]}
    if any("://" in line["page"] for line in table.lines):
        found = kinds["policyfocus"]
    elif (
        table.lines
        and sum(_is_country(line["site"]) for line in table.lines) > len(table.lines) / 2
    ):
        found = kinds["te"]
    elif years - {"", "2030"}:
        found = kinds["battery-news"]
    else:
        advice = "put battery-news, transport-environment or policyfocus into its name"
        raise MultipolarError(f"{table.file}: cannot tell which European list it is; {advice}")
    return found, f"taken for the list of {found.title.partition(',')[0]}, by its columns"


def _release(kind: Kind, file: str) -> tuple[releases.Release, str]:
    """The release that the name of the file gives, else the one on record with a remark."""
    known = releases.issued(kind.source)
    date = releases.date_in(file)
    if not date or date[: len(known)] == known:
        remark = "" if date else f"no date in its name; taken for the list of {known}"
        return releases.Release(kind.source, known, known), remark
    return releases.Release(f"{kind.title}, {date}", date, date), ""
