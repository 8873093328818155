"""British Geological Survey, World Mineral Statistics: production by country and year since 1971.

Ores are weighed gross, as the products that a country sells, so that a total over countries means
nothing: the basis says so, and every sub-commodity is a subject of its own. States that are gone
are refused, and so are years for which the survey has no figure, though it prints a zero.
The rows may not be handed on. The file names no date: it is of two years after its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import (
    amount,
    coded,
    id,
    period,
    read_statistics,
    subject,
)
from multipolar.readers.table import Line, read_table
from multipolar.readers.values import word, year
from multipolar.words.errors import MultipolarError

COLUMNS = {
    "code": ("country_iso3_code",),
    "name": ("country_trans",),
    "year": ("year",),
    "quantity": ("quantity",),
    "units": ("units",),
    "commodity": ("bgs_commodity_trans",),
    "part": ("bgs_sub_commodity_trans",),
    "statistic": ("bgs_statistic_type_trans",),
    "precision": ("data_precision_description",),
}
SOURCE = "British Geological Survey, World Mineral Statistics (NERC, by permission)"
#: The survey prints a year about so many years later.
LATER = 2
TONNES = {"tonnes metal content": "metal content", "tonnes metric": ""}
STAGES = {"mine": "mining", "refined": "refining", "smelter/refinery": "refining"}
UNKNOWN = "Figures not available"


def read(path: Path) -> Read:
    """Every country, product and year."""
    table = read_table(path, COLUMNS, COLUMNS, "World Mineral Statistics of the BGS")
    years = [int(line["year"][:4]) for line in table.lines if line["year"][:4].isdigit()]
    if not years:
        raise MultipolarError(f"{path.name}: no year in the column year; check the file")
    return read_statistics(table, partial(_statements, date=str(max(years) + LATER)))


READER = Reader(
    "bgs",
    "British Geological Survey: World Mineral Statistics (CSV of the OGC service)",
    read,
    table="statistics",
)


def _statements(line: Line, date: str) -> Iterator[Cells]:
    if line["precision"] == UNKNOWN:
        raise Refused("quantity", "the survey has no figure", "its zero stands for a gap")
    measure = word("bgs_statistic_type_trans", line["statistic"], {"production": "production"})
    where = coded("country_iso3_code", line["code"], line["name"])
    when, months = period("year", year("year", line["year"]))
    content = word("units", line["units"], TONNES)
    name, _, step = line["commodity"].partition(", ")
    stage = STAGES.get(step, "mining")
    if not content and stage == "mining":
        content = "metal content" if "content" in line["part"] else "gross weight"
    product = f"{name}, {line['part'].lower()}" if line["part"] else name
    yield amount(line["quantity"]) | {
        "record": id("bgs", date, name, step, line["part"], where, when),
        "subject": subject(product),
        "measure": measure,
        "stage": stage,
        "place": where,
        "period": when,
        "months": months,
        "unit": "t",
        "basis": content,
        "measurement": "measured",
        "source": SOURCE,
        "date": date,
        "confidence": "high",
    }
