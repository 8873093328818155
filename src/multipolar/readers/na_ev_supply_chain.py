"""Post-IRA EV supply chain investments in North America (A. Cheng): the battery rows.

One row is one investment, without status and capacity. Positions are rounded to a tenth of a
degree. What only says components or materials has no stage that we could name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers import releases, stages
from multipolar.readers.geography import country
from multipolar.readers.reader import Cells, Read, Reader, Refused, read_lines
from multipolar.readers.table import Line, Table, read_table
from multipolar.readers.values import number, slug

LIST = "cheng-na-ev-2024"
COLUMNS = {
    "technology": ("technology",),
    "company": ("company_name", "company"),
    "product": ("product", "products"),
    "investment": ("reported_investment",),
    "city": ("city",),
    "state": ("state",),
    "country": ("country",),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "timeline": ("timeline",),
}
REQUIRED = ("technology", "company", "product", "country")
#: What a product stands for, the most telling first.
STAGES = {
    "cells": "cell",
    "packs": "pack",
    "modules": "pack",
    "recycling": "recycling",
    "minerals extraction": "mining",
}


def read(path: Path) -> Read:
    """Every investment in batteries; other technologies are refused."""
    what = "the list of North American EV supply chain investments"
    table = read_table(path, COLUMNS, REQUIRED, what)
    return read_lines(table, partial(_statements, table=table))


READER = Reader(
    "na-ev-supply-chain",
    "North American EV supply chain investments (supplementary data S9): batteries (CSV)",
    read,
)


def _statements(line: Line, table: Table) -> Iterator[Cells]:
    if line["technology"].casefold() != "batteries":
        problem = f"technology {line['technology']!r} is not batteries"
        raise Refused("technology", problem, "only battery investments are read")
    if not line["company"]:
        raise Refused("company_name", "no company", "nothing is known of it without one")
    place = country("country", line["country"])
    product = "; ".join(
        part.strip().removeprefix("Batteries:").strip() for part in line["product"].split(";")
    )
    stage = _stage(product, line["company"])
    latitude, longitude = _position(line, table)
    invested = number("reported_investment", line["investment"], table.decimal_comma)
    remarks = [f"listed as {product}" if product else "no product listed"]
    if invested and float(invested):
        remarks.append(f"investment {float(invested):g} million US$")
    site = slug(f"{line['company']} {line['city']} {line['state']} {place}")
    yield {
        "record": f"na-ev-{site}-{slug(stage or 'component')}",
        "plant": f"na-ev-{site}-{slug(stage or product)}",
        "name": f"{line['company']} {line['city']}".strip(),
        "firm": line["company"],
        "place": place,
        "region": line["state"],
        "town": line["city"],
        "latitude": latitude,
        "longitude": longitude,
        "coordinate_basis": "approximate" if latitude else "",
        "stage": stage,
        "chemistry": "unknown",
        "scale": "commercial",
        "status": "unknown",
        "source": LIST,
        "date": releases.issued(LIST),
        "confidence": "medium",
        "note": "; ".join(remarks),
    }


def _stage(product: str, company: str) -> str:
    kinds = [kind.strip().casefold() for kind in product.split(";")]
    told = next((stage for kind, stage in STAGES.items() if kind in kinds), "")
    return told or stages.of_name(company)


def _position(line: Line, table: Table) -> tuple[str, str]:
    """Latitude and longitude; none where the list has 0, 0 or names no town."""
    latitude = number("latitude", line["latitude"], table.decimal_comma)
    longitude = number("longitude", line["longitude"], table.decimal_comma)
    if not latitude or not longitude or not line["city"]:
        return "", ""
    if not float(latitude) and not float(longitude):
        return "", ""
    return latitude, longitude
