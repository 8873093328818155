"""U.S. Geological Survey, Mineral Commodity Summaries: the wide world tables and the long layout.

Wide (2025 and before): a line per country with columns for production and capacity of two years and
for reserves. Long (2026 on): a line per value, with what the United States trade and pay. Units are
told line by line. Withheld (``W``) and unknown values are refused; ``—`` is zero, ``>25`` and
``<1`` are limits, ``s`` is less than half a unit, ``E`` (net exporter) is a net import reliance of
at most zero. Other countries taken together are refused; World totals are rounded by the survey,
and some leave out the United States, which a note then says. Import sources are shares of four
years. A price that stands in two units is taken once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from multipolar.evidence.sources import bibliography
from multipolar.readers import usgs_labels as labels
from multipolar.readers.reader import Cells, Read, Reader, Refused
from multipolar.readers.statistic import (
    amount,
    cited,
    id,
    period,
    place,
    read_statistics,
    subject,
)
from multipolar.readers.table import Line, Table, normal, read_table
from multipolar.words.errors import MultipolarError

WIDE = {
    "edition": ("SOURCE",),
    "mineral": ("COMMODITY",),
    "country": ("COUNTRY",),
    "label": ("TYPE",),
    "unit": ("UNIT_MEAS",),
    "production": ("PROD_NOTES",),
    "capacity": ("CAP_NOTES",),
    "reserves": ("RESERVE_NOTES",),
}
LONG = {
    "chapter": ("MCS chapter",),
    "section": ("Section",),
    "mineral": ("Commodity",),
    "country": ("Country",),
    "statistic": ("Statistics",),
    "label": ("Statistics_detail",),
    "unit": ("Unit",),
    "year": ("Year",),
    "value": ("Value",),
    "notes": ("Notes",),
    "of_all": ("Other notes",),
}
#: The long layout is written in Windows-1252.
ENCODINGS = ("cp1252",)
VALUE = re.compile(r"(prod|cap|reserves)_(est_)?(\d{4})")
COLUMN_OF = {"prod": "production", "cap": "capacity", "reserves": "reserves"}
#: What one row of a mineral says of the reserves of all.
GROSS = "gross weight for reserves"
#: The last year of import sources is so many years before the edition.
LATER = 2
WITHOUT_USA = "without production of the United States"
#: What of a weight has no unit of its own.
OF_WEIGHT = (
    "production", "reserves", "imports", "exports", "shipments", "sales", "consumption", "supply",
    "stock", "capacity",
)  # fmt: skip


def read(path: Path) -> Read:
    """Every value of either layout."""
    try:
        table = read_table(path, LONG, LONG, "", ENCODINGS)
    except MultipolarError:
        what = "data of the Mineral Commodity Summaries"
        table = read_table(path, WIDE, WIDE, what, ENCODINGS)
        gross = frozenset(
            line["mineral"] for line in table.lines if GROSS in line["reserves"].casefold()
        )
        return read_statistics(table, partial(_wide, columns=_value_columns(table), gross=gross))
    return read_statistics(table, partial(_long, edition=_edition(table)))


READER = Reader(
    "usgs-mcs",
    "USGS Mineral Commodity Summaries: production, reserves, prices, imports (CSV, 2025 and 2026)",
    read,
    table="statistics",
)


def _edition(table: Table) -> str:
    """The year of an edition: two years after the last of its import sources, or in its name."""
    found = {match[1] for line in table.lines
             if (match := re.search(r"\d{4}.(\d{4})$", line["statistic"]))}  # fmt: skip
    if len(found) == 1:
        return str(int(found.pop()) + LATER)
    named = re.search(r"MCS[-_ ]?(20\d\d)", table.file, re.IGNORECASE)
    if named:
        return named[1]
    advice = "name the file MCS2026_..., after its edition"
    raise MultipolarError(
        f"{table.file}: neither name nor import sources tell the edition; {advice}"
    )


def _value_columns(table: Table) -> dict[int, tuple[str, str, bool]]:
    """Measure, year and whether it is an estimate, of every column of values by its position."""
    found = {at: VALUE.fullmatch(normal(name)) for at, name in enumerate(table.header)}
    return {at: (COLUMN_OF[m[1]], m[3], bool(m[2])) for at, m in found.items() if m}


def _wide(
    line: Line, columns: dict[int, tuple[str, str, bool]], gross: frozenset[str]
) -> Iterator[Cells | Refused]:
    country, remark = labels.without_remark(line["country"])
    where = place("COUNTRY", country)
    mineral, label = subject(line["mineral"]), line["label"]
    edition = line["edition"].removeprefix("MCS")
    silent: dict[str, Refused] = {}
    given = 0
    for at, (measure, year, estimated) in columns.items():
        # A dash in a note is text; the cell of the column says what it is.
        note = line.cells[measure]
        if not line.texts[at]:
            refusal = labels.refuse(note) if measure != "production" or _silent(note) else None
            if refusal:
                silent.setdefault(measure, refusal)
            continue
        given += 1
        try:
            cells = amount(line.texts[at].replace("\xa0", ""))
            unit = labels.unit(line["unit"], of=measure)
        except Refused as refusal:
            yield refusal
            continue
        basis = labels.basis(label)
        if measure == "reserves":
            unit, basis = _unit_of_reserves(note, unit), labels.basis(note) or basis
            basis = "gross weight" if line["mineral"] in gross else basis
        said = [labels.part(label, mineral).casefold(), *remark.split(", ")]
        detail = ", ".join(text for text in said if text not in ("", "rounded"))
        estimated = estimated or where == "World" or f"estimated {year}" in note
        estimated = estimated or labels.is_estimate(label) or f"estimated for {year}" in note
        yield _cells(
            edition, mineral, detail, measure, labels.stage(label), where, year,
            "" if measure == "reserves" else "12", unit, basis,
            estimated and note.casefold().rstrip(".") != "reported", note,
        ) | cells  # fmt: skip
    yield from silent.values()
    if not given and not silent:
        yield Refused(None, "no value is given", "nothing can stand in its place")


def _silent(note: str) -> bool:
    """Whether a note on production says why there is none."""
    return note.strip() in ("NA", "na", "xx", "XX") or note.startswith("W ")


def _unit_of_reserves(note: str, unit: str) -> str:
    """Reserves may be told in another unit than production."""
    for said, ours in (("million metric tons", "Mt"), ("thousand metric tons", "kt")):
        if said in note.casefold():
            return ours
    return unit


def _long(line: Line, edition: str) -> Iterator[Cells]:
    measure = labels.measure(line["statistic"])
    mineral, label, section = subject(line["mineral"]), line["label"], line["section"]
    where, partner = place("Country", line["country"]), ""
    unit = labels.unit(line["unit"], label, measure)
    cells = amount(line.cells["value"], most="100" if unit == "%" else "")
    if measure == "import share":
        where, partner = "USA", where
    # A year is written 2024; of several years the dash may be of any kind.
    year, months = period("Year", line["year"])
    basis = ""
    if measure == "price":
        basis = "real" if re.search(r"\breal\b", label) else "nominal"
        if "lithium carbonate" in label:
            mineral = "lithium carbonate"
    elif measure in OF_WEIGHT:
        basis = labels.basis(label, section, line["of_all"])
    note = cells.pop("note", "")
    if basis == "real":
        note = "the survey calls it real and names no year of the prices"
    estimated = where == "World" or labels.is_estimate(line["notes"], label)
    # Sections of the world name the stage where a label on capacity or reserves does not.
    stage = labels.stage(
        f"{label} {section}" if measure in ("capacity", "reserves") else label, section
    )
    detail = labels.part(label, mineral)
    found = _cells(
        edition, mineral, detail.casefold() if measure == "production" else detail, measure,
        stage if measure in OF_WEIGHT else "", where, year,
        "" if measure in ("reserves", "stock") else months, unit, basis, estimated, line["notes"],
    )  # fmt: skip
    found["partner"] = partner
    found["record"] = id(found["record"], partner)
    found["note"] = note or found["note"]
    yield found | cells


def _cells(
    edition: str,
    mineral: str,
    detail: str,
    measure: str,
    stage: str,
    where: str,
    year: str,
    months: str,
    unit: str,
    basis: str,
    estimated: bool,
    note: str,
) -> Cells:
    """One statement without its value."""
    source = f"usgs-mcs-{edition}"
    known = bibliography().get(source)
    excludes = re.search(r"excludes u\.s\. production", note, re.IGNORECASE)
    return {
        "record": id("mcs", edition, mineral, measure, stage, detail, where, year),
        "subject": mineral,
        "detail": detail,
        "measure": measure,
        "stage": stage,
        "place": where,
        "period": year,
        "months": months,
        "unit": unit,
        "basis": basis,
        "measurement": "derived" if estimated else "measured",
        "source": cited(source, f"U.S. Geological Survey, Mineral Commodity Summaries {edition}"),
        "date": known.date if known else edition,
        "confidence": "medium" if estimated else "high",
        "note": WITHOUT_USA if excludes else "",
    }
