"""World Bank, Commodity Price Data (Pink Sheet): monthly prices, nominal US$, since 1960.

Series stand side by side: names, units in brackets, in some editions codes, then one line a month.
Marks behind a name are dropped. A month without a price (``…``) is refused, and so is a series in a
unit that is no weight, volume or heat. Prices are of a market and have no place. Iron ore is
labelled US$/dmtu, is quoted for the tonne, and stays in the unit of the label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import (
    MONTH,
    amount,
    cited,
    id,
    period,
    read_statistics,
    subject,
    updated,
)
from multipolar.readers.table import Line, read_table
from multipolar.words.errors import MultipolarError

COLUMNS = {name: (name,) for name in ("Aluminum", "Copper", "Nickel")}
UNITS = {
    "($/mt)": "US$/t",
    "($/kg)": "US$/kg",
    "($/troy oz)": "US$/troy oz",
    "($/dmtu)": "US$/dmtu",
    "($/bbl)": "US$/bbl",
    "($/mmbtu)": "US$/MMBtu",
    "($/cubic meter)": "US$/m3",
    "(2010=100)": "index",
}


def read(path: Path) -> Read:
    """Every price of every month."""
    table = read_table(path, COLUMNS, COLUMNS, "the monthly prices of the World Bank")
    months = [at for at, line in enumerate(table.lines) if MONTH.fullmatch(line.texts[0])]
    above = table.lines[: months[0]] if months else []
    units = next((line.texts for line in above if any(cell in UNITS for cell in line.texts)), None)
    if units is None:
        raise MultipolarError(f"{path.name}: no line of units between names and months")
    date = updated(table, "Updated on") or period("month", table.lines[months[-1]].texts[0])[0]
    body = replace(table, lines=table.lines[months[0] :])
    statements = partial(_statements, names=table.header, units=units, date=date)
    return read_statistics(body, statements)


READER = Reader(
    "world-bank-prices",
    "World Bank Pink Sheet: monthly commodity prices (XLSX, any edition)",
    read,
    table="statistics",
)


def _statements(
    line: Line, names: tuple[str, ...], units: tuple[str, ...], date: str
) -> Iterator[Cells | Refused]:
    month, months = period("month", line.texts[0])
    for name, unit, text in list(zip(names, units, line.texts, strict=True))[1:]:
        series, _, detail = name.rstrip(" *").partition(", ")
        try:
            cells = amount(text)
            if unit not in UNITS:
                raise Refused(None, f"{name!r} is in {unit}", "read are: " + " ".join(UNITS))
        except Refused as refusal:
            yield refusal
            continue
        ours = UNITS[unit]
        yield cells | {
            "record": id("pink", date[:7], series, detail, month),
            "subject": subject(series),
            "detail": detail,
            "measure": "index" if ours == "index" else "price",
            "period": month,
            "months": months,
            "unit": ours,
            "basis": "nominal",
            "measurement": "derived" if ours == "index" else "measured",
            "source": cited(
                f"worldbank-pink-sheet-{date[:7]}",
                f"World Bank, Commodity Price Data (The Pink Sheet), {date}",
            ),
            "date": date,
            "confidence": "high",
            "note": f"{unit.strip('()')}" if ours == "index" else "",
        }
