"""European Central Bank, reference exchange rates as SDMX-CSV: units of a currency for one euro.

Monthly and yearly means are read; daily rates and rates of a period's end are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import amount, cited, id, latest, period, read_statistics
from multipolar.readers.table import Line, read_table

COLUMNS = {
    "frequency": ("FREQ",),
    "currency": ("CURRENCY",),
    "of": ("CURRENCY_DENOM",),
    "kind": ("EXR_SUFFIX",),
    "time": ("TIME_PERIOD",),
    "value": ("OBS_VALUE",),
}


def read(path: Path) -> Read:
    """Every mean of a month or year; the file is of its last one."""
    table = read_table(path, COLUMNS, COLUMNS, "exchange rates of the ECB as SDMX-CSV")
    return read_statistics(table, partial(_statements, date=latest(table, "time")))


READER = Reader(
    "ecb",
    "European Central Bank: reference exchange rates (SDMX-CSV of the data portal)",
    read,
    table="statistics",
)


def _statements(line: Line, date: str) -> Iterator[Cells]:
    if line["kind"] != "A" or line["frequency"] not in ("M", "A"):
        advice = "read are means of months and years (EXR_SUFFIX A, FREQ M or A)"
        raise Refused("FREQ", "no mean of a month or year", advice)
    when, months = period("TIME_PERIOD", line["time"])
    pair = f"{line['currency']} per {line['of']}"
    yield amount(line["value"]) | {
        "record": id("ecb", pair, when),
        "subject": pair,
        "measure": "exchange rate",
        "period": when,
        "months": months,
        "unit": "ratio",
        "measurement": "measured",
        "source": cited("ecb-exr", "European Central Bank, euro foreign exchange reference rates"),
        "date": date,
        "confidence": "high",
    }
