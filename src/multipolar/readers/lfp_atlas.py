"""LFP Atlas: claims on makers of LFP and LMFP cathode material, and of iron phosphate.

One row is one claim on a producer or on one of its sites. The country column is that of the
producer; where a site in another country is meant, only the note of the claim says so. A site that
neither column places keeps the producer's country with confidence low. Tonnes become kt/yr.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers import releases
from multipolar.readers.geography import Location, located, named
from multipolar.readers.reader import Cells, Read, Reader, Refused, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import day, number, slug, word, year

TONNES_IN_KT = 1000.0
#: The release that the bibliography has; a file with later dates in it is a later one.
KNOWN = "lfp-atlas-0-3-6"
COLUMNS = {
    name: (name,)
    for name in (
        "plant_id", "company", "country", "status", "claim_id", "kind", "product",
        "value_t_per_year", "as_of", "basis", "scope", "chem", "scale", "duplicate_of",
        "superseded_by", "target_date", "counted_operating", "public_confidence", "note",
        "source_date", "source_url",
    )
}  # fmt: skip
REQUIRED = ("plant_id", "company", "country", "claim_id", "kind", "value_t_per_year", "basis")
STATUS = {
    "built": "operating",
    "reported": "operating",
    "operating": "operating",
    "construction": "under construction",
    "under construction": "under construction",
    "announced": "announced",
    "planned": "announced",
    "target": "announced",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "paused": "paused",
    "historic": "closed",
}
GIVEN_UP = {"announced", "under construction"}
STAGES = {"cam": "cathode active material", "": "cathode active material", "fepo4": "precursor"}
CHEMISTRIES = {
    "lfp": "LFP",
    "lmfp": "LMFP",
    "l m fp unsplit": "LFP|LMFP",
    "cathode unsplit": "unknown",
    "fepo4": "LFP",
    "": "unknown",
}
CONFIDENCE = {"high": "high", "medium": "medium", "low": "low", "": "medium"}
SCALES = {"commercial": "commercial", "pilot": "pilot", "": "commercial"}


def read(path: Path) -> Read:
    """Every claim of a capacity that the list itself still holds."""
    table = read_table(path, COLUMNS, REQUIRED, "the claims of LFP Atlas")
    release = _release(table)
    held = {line["plant_id"] for line in table.lines if _is_company_capacity(line)}
    return read_lines(table, partial(_statements, table=table, release=release, held=held))


READER = Reader(
    "lfp-atlas", "LFP Atlas: claims on producers of LFP and LMFP cathode material (CSV)", read
)


def _statements(
    line: Line, table: Table, release: releases.Release, held: set[str]
) -> Iterator[Cells]:
    _check_kind(line)
    scope, status = line["scope"].casefold(), word("basis", line["basis"], STATUS)
    if "exited" in line["status"].casefold() and status in GIVEN_UP:
        status = "cancelled"
    tonnes = number("value_t_per_year", line["value_t_per_year"], table.decimal_comma)
    if not tonnes:
        raise Refused("value_t_per_year", "no capacity", "only claims with a number are read")
    where, sure = _where(line, scope)
    producer, claim = f"lfp-atlas-{slug(line['plant_id'])}", slug(line["claim_id"])
    site = f"{producer}-{slug(where.town)}" if where.town else f"lfp-atlas-{claim}"
    is_part = scope != "company" and status == "operating" and line["plant_id"] in held
    target = year("target_date", line["target_date"]) if status != "operating" else ""
    date = day("source_date", line["source_date"]) or day("as_of", line["as_of"]) or release.date
    source = releases.cite(line["source_url"], release.source)
    company = re.sub(r"\s*\([^)]*\)", "", line["company"]).strip() or line["company"]
    yield {
        "record": f"lfp-atlas-{claim}",
        "plant": producer if scope == "company" else site,
        "name": f"{company} {where.town or where.region}".strip(),
        "firm": line["company"],
        "place": where.place,
        "region": where.region,
        "town": where.town,
        "stage": word("product", line["product"], STAGES),
        "chemistry": word("chem", line["chem"], CHEMISTRIES),
        "scale": word("scale", line["scale"], SCALES),
        "capacity": f"{float(tonnes) / TONNES_IN_KT:.12g}",
        "unit": "kt/yr",
        "capacity_basis": "company" if scope == "company" else "as stated",
        "capacity_year": target,
        "part_of": producer if is_part and not line["counted_operating"] else "",
        "status": status,
        "status_date": day("as_of", line["as_of"]) or date,
        "start_year": target,
        "source": source,
        "via": release.source if source != release.source else "",
        "identifier": line["claim_id"],
        "date": date,
        "confidence": word("public_confidence", line["public_confidence"], CONFIDENCE)
        if sure
        else "low",
        "note": "" if sure else "country of the producer; the list does not place the site",
    }


def _check_kind(line: Line) -> None:
    """Refuse what the list itself has taken back, and what is no capacity."""
    if not line["claim_id"] or not line["plant_id"]:
        raise Refused("claim_id", "no plant_id or claim_id", "give the claim both")
    if line["superseded_by"]:
        problem = f"superseded by {line['superseded_by']}"
        raise Refused("superseded_by", problem, "the later claim is read")
    if line["duplicate_of"]:
        problem = f"says the same as {line['duplicate_of']}"
        raise Refused("duplicate_of", problem, "that claim is read")
    if line["kind"].casefold() != "capacity":
        problem = f"{line['kind'] or 'blank'!r} is no capacity"
        raise Refused("kind", problem, "only claims of the kind capacity are read")


def _is_company_capacity(line: Line) -> bool:
    """Whether a claim states what a whole producer can make today."""
    live = not line["superseded_by"] and not line["duplicate_of"]
    runs = STATUS.get(line["basis"].casefold()) == "operating"
    capacity = line["kind"].casefold() == "capacity"
    return live and runs and capacity and line["scope"].casefold() == "company"


def _where(line: Line, scope: str) -> tuple[Location, bool]:
    """Where a claim belongs, and whether the list says so."""
    where = located("country", line["country"], line["note"])
    if scope == "company":
        return where, True
    if where.town or where.region:
        # The country column names the site itself.
        return where, True
    told = named(line["note"])
    return (told, True) if told.place else (where, False)


def _release(table: Table) -> releases.Release:
    """The release on record, unless the file has dates after it."""
    dates = [date for line in table.lines for date in _dates(line)]
    newest = max(dates, default="")
    if newest <= releases.issued(KNOWN):
        return releases.Release(KNOWN, bibliography()[KNOWN].date, "")
    return releases.Release(f"LFP Atlas, claims up to {newest}", newest, "")


def _dates(line: Line) -> list[str]:
    found = []
    for column in ("source_date", "as_of"):
        try:
            found.append(day(column, line[column]))
        except Refused:
            continue
    return found
