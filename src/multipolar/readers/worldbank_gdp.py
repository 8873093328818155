"""World Bank, gross domestic product in US$ of the time, as packed by the project datasets.

Countries and groups stand together; World, the European Union and the OECD are groups of ours, the
others are refused. The file names no date: it is of the year after its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader
from multipolar.readers.statistic import (
    amount,
    cited,
    coded,
    id,
    latest,
    period,
    read_statistics,
)
from multipolar.readers.table import Line, read_table

COLUMNS = {
    "name": ("Country Name",),
    "code": ("Country Code",),
    "year": ("Year",),
    "value": ("Value",),
}
GROUPS = {"WLD": "World", "EUU": "EU27", "OED": "OECD"}


def read(path: Path) -> Read:
    """Every country and year."""
    table = read_table(path, COLUMNS, COLUMNS, "a list of gross domestic product by country")
    vintage = str(int(latest(table, "year")[:4]) + 1)
    return read_statistics(table, partial(_statements, vintage=vintage))


READER = Reader(
    "world-bank-gdp",
    "World Bank: gross domestic product, US$ of the time (CSV of the project datasets)",
    read,
    table="statistics",
)


def _statements(line: Line, vintage: str) -> Iterator[Cells]:
    where = coded("Country Code", line["code"], line["name"], GROUPS)
    year, months = period("Year", line["year"])
    yield amount(line["value"]) | {
        "record": id("gdp", vintage, where, year),
        "subject": "gross domestic product",
        "measure": "value",
        "place": where,
        "period": year,
        "months": months,
        "unit": "nominal US$",
        "basis": "nominal",
        "measurement": "derived" if where in GROUPS.values() else "measured",
        "source": cited(
            "worldbank-wdi-gdp" if vintage == "2024" else "",
            f"World Bank, World Development Indicators, GDP to {int(vintage) - 1}",
        ),
        "date": vintage,
        "confidence": "high",
    }
