"""World Bank, Worldwide Governance Indicators: six indicators a country and year since 1996.

A line becomes three numbers: the estimate and its standard error (scores, about -2.5 to 2.5) and
the percentile rank with its range. Codes that differ from ISO 3166 are turned. A line without an
estimate (``..``) is refused. The file names no date: it is of the year after its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import (
    amount,
    cited,
    coded,
    id,
    latest,
    period,
    read_statistics,
    subject,
)
from multipolar.readers.table import Line, read_table

COLUMNS = {
    "code": ("code",),
    "name": ("countryname",),
    "year": ("year",),
    "indicator": ("indicator",),
    "estimate": ("estimate",),
    "error": ("stddev",),
    "rank": ("pctrank",),
    "lower": ("pctranklower",),
    "upper": ("pctrankupper",),
}
INDICATORS = ("va", "pv", "ge", "rq", "rl", "cc")


def read(path: Path) -> Read:
    """Every estimate with its error and rank."""
    table = read_table(path, COLUMNS, COLUMNS, "Worldwide Governance Indicators in the long layout")
    update = str(int(latest(table, "year")[:4]) + 1)
    return read_statistics(table, partial(_statements, update=update))


READER = Reader(
    "world-bank-wgi",
    "World Bank: Worldwide Governance Indicators (XLSX in the long layout, since 2023)",
    read,
    table="statistics",
)


def _statements(line: Line, update: str) -> Iterator[Cells]:
    if line["indicator"] not in INDICATORS:
        problem = f"unknown indicator {line['indicator']!r}"
        raise Refused("indicator", problem, f"read are: {', '.join(INDICATORS)}")
    estimate = amount(line["estimate"], signed=True)
    where = coded("code", line["code"], line["name"])
    year, months = period("year", line["year"])
    common = {
        "subject": subject(line["indicator"]),
        "place": where,
        "period": year,
        "months": months,
        "unit": "score",
        "measurement": "derived",
        "source": cited(
            f"worldbank-wgi-{update}",
            f"World Bank, Worldwide Governance Indicators, update of {update}",
        ),
        "date": update,
        "confidence": "high",
    }
    key = ("wgi", update, where, line["indicator"], year)
    yield common | estimate | {"record": id(*key), "measure": "score"}
    error = amount(line["error"])
    yield common | error | {"record": id(*key, "error"), "measure": "standard error"}
    ends = {"low": amount(line["lower"])["central"], "high": amount(line["upper"])["central"]}
    rank = {"record": id(*key, "rank"), "measure": "percentile rank", "unit": "%"}
    yield common | amount(line["rank"]) | ends | rank
