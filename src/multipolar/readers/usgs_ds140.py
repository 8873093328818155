"""U.S. Geological Survey, Data Series 140: a mineral in the United States and the world since 1900.

One column a measure. Title lines say the mineral and the day of the last change; footnotes at the
end are refused, as are ``NA`` and ``W``. Unit values come in US$ of the time and of 1998.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import amount, id, period, read_statistics, subject, updated
from multipolar.readers.table import Line, Table, read_table
from multipolar.words.errors import MultipolarError

COLUMNS = {"year": ("Year",), "value": ("Unit value ($/t)",)}
#: Columns by what their names begin with: measure, place, unit.
SERIES = {
    "world production": ("production", "World", "t"),
    "production": ("production", "USA", "t"),
    "imports": ("imports", "USA", "t"),
    "exports": ("exports", "USA", "t"),
    "estimated consumption": ("consumption", "USA", "t"),
    "apparent consumption": ("consumption", "USA", "t"),
    "unit value": ("price", "USA", "US$/t"),
}
BASES = {
    "gross weight": "gross weight",
    "lithium carbonate equivalent": "lithium carbonate equivalent",
    "$/t": "nominal",
    "98$/t": "real",
}


def read(path: Path) -> Read:
    """Every number of the United States and the world."""
    table = read_table(path, COLUMNS, COLUMNS, "Data Series 140 of the USGS")
    mineral, date = _mineral(table), updated(table, "Last modification")
    if not date:
        raise MultipolarError(f"{path.name}: no line 'Last modification' above the header")
    return read_statistics(
        table, partial(_statements, header=table.header, mineral=mineral, date=date)
    )


READER = Reader(
    "usgs-ds140",
    "USGS Data Series 140: a mineral's history in the United States (XLSX)",
    read,
    table="statistics",
)


def _mineral(table: Table) -> str:
    """The mineral that the title names."""
    for cells in table.title:
        found = re.match(r"(.+?) STATISTICS\d*$", cells[0])
        if found:
            return subject(found[1].lower())
    raise MultipolarError(f"{table.file}: no title '... STATISTICS' above the header")


def _statements(
    line: Line, header: tuple[str, ...], mineral: str, date: str
) -> Iterator[Cells | Refused]:
    year, months = period("Year", line["year"])
    for name, text in zip(header, line.texts, strict=True):
        if name == "Year":
            continue
        plain, _, inside = name.partition(" (")
        inside = inside.rstrip(")")
        try:
            cells = amount(text)
            measure, where, unit = _series(plain)
        except Refused as refusal:
            yield refusal
            continue
        if measure != "price":
            basis = BASES.get(inside, "metal content")
        else:
            basis = BASES["98$/t"] if inside == "98$/t" else BASES["$/t"]
        estimated = plain.startswith("Estimated") or where == "World" or measure == "price"
        yield cells | {
            "record": id("ds140", date[:4], mineral, plain, inside, year),
            "subject": mineral,
            "detail": {"real": "unit value, US$ of 1998", "nominal": "unit value"}.get(basis, ""),
            "measure": measure,
            "place": where,
            "period": year,
            "months": months,
            "unit": unit,
            "basis": basis,
            "measurement": "derived" if estimated else "measured",
            "source": f"U.S. Geological Survey, Data Series 140, {mineral} statistics",
            "date": date,
            "confidence": "medium" if estimated else "high",
        }


def _series(name: str) -> tuple[str, str, str]:
    """Measure, place and unit of a column. Raises Refused."""
    for begins, series in SERIES.items():
        if name.casefold().startswith(begins):
            return series
    problem = f"unknown column {name!r}"
    raise Refused(name, problem, f"read are: {', '.join(SERIES)}")
