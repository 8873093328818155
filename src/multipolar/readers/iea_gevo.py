"""International Energy Agency, Global EV Outlook data: CSV of 2024, workbook of 2025.

Years of history stand again in the outlooks: the scenario and the word projected tell them apart.
Sums over kinds of vehicles are left to whoever uses the numbers, which are rounded. World, EU27 and
North America are drawn as ours are; the other regions are refused, since countries stand beside
them. Oil displacement is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import (
    amount,
    cited,
    id,
    latest,
    period,
    place,
    read_statistics,
    subject,
)
from multipolar.readers.table import Line, read_table
from multipolar.readers.values import word

COLUMNS = {
    "region": ("region_country", "region"),
    "category": ("category",),
    "parameter": ("parameter",),
    "mode": ("mode",),
    "powertrain": ("powertrain",),
    "year": ("year",),
    "unit": ("unit",),
    "value": ("value",),
}
GROUPS = {"EU27": "EU27", "North America": "North-America"}
HISTORY, PROJECTION = "Historical", "Projection-"
MEASURES = {
    "ev sales": "sales",
    "ev sales share": "sales share",
    "ev stock": "stock",
    "ev stock share": "stock share",
    "ev charging points": "stock",
    "battery demand": "battery demand",
    "electricity demand": "electricity demand",
}
#: What stands at the end of a year holds no months.
AT_THE_END = ("stock", "stock share")
UNITS = {"vehicles": "vehicles", "percent": "%", "gwh": "GWh", "charging points": "charging points"}
#: The sum of all kinds of electric drive.
ALL = "EV"


def read(path: Path) -> Read:
    """Every number on vehicles, batteries and charging points."""
    table = read_table(path, COLUMNS, COLUMNS, "data of the Global EV Outlook")
    last = latest(table, "year", lambda line: line["category"] == HISTORY)
    return read_statistics(table, partial(_statements, edition=str(int(last) + 1)))


READER = Reader(
    "iea-gevo",
    "IEA Global EV Outlook: sales, stock, battery demand (CSV of 2024, XLSX of 2025)",
    read,
    table="statistics",
)


def _statements(line: Line, edition: str) -> Iterator[Cells]:
    category, mode = line["category"], line["mode"]
    if category != HISTORY and not category.startswith(PROJECTION):
        problem = f"unknown category {category!r}"
        raise Refused("category", problem, f"read are {HISTORY} and {PROJECTION}...")
    if line["parameter"].startswith("Oil displacement"):
        raise Refused("parameter", "oil displacement", "no part of battery chains")
    measure = word("parameter", line["parameter"], MEASURES)
    scenario = category.removeprefix(PROJECTION) if category != HISTORY else ""
    where = place("region", line["region"], GROUPS)
    year, months = period("year", line["year"])
    source = f"iea-gevo-{edition}-data"
    known = bibliography().get(source)
    drive = "" if line["powertrain"] == ALL else line["powertrain"]
    yield amount(line["value"]) | {
        "record": id("gevo", edition, where, measure, mode, drive, year, scenario),
        "subject": "charging points" if mode == ALL else subject(mode),
        "detail": drive,
        "measure": measure,
        "place": where,
        "period": year,
        "months": "" if measure in AT_THE_END else months,
        "unit": word("unit", line["unit"], UNITS),
        "scenario": scenario,
        "measurement": "projected" if scenario else "measured",
        "source": cited(source, f"International Energy Agency, Global EV Outlook {edition}, data"),
        "date": known.date if known else edition,
        "confidence": "high",
    }
